"""Explorers: interactive parts of the notebooks. Each is a function that makes the view (texts, pictures, tables), with controls
(ipywidgets) above it. Without interaction only the view is shown.
"""

from fltoolkit.show.explore.definition_explorer import definition
from fltoolkit.show.explore.plan_explorer import plan
from fltoolkit.show.explore.questionnaire_explorer import questionnaire
from fltoolkit.show.explore.table_explorer import tables

__all__ = ["definition", "plan", "questionnaire", "tables"]
