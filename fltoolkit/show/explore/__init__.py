"""Defines explorers: interactive parts of the notebooks. Each has a view (texts, pictures, tables) and
controls (ipywidgets) above it. In a notebook that does not run, only the view is shown."""

from fltoolkit.show.explore.definition_explorer import definition
from fltoolkit.show.explore.explorer_controls import questionnaire
from fltoolkit.show.explore.plan_explorer import plan
from fltoolkit.show.explore.table_explorer import tables

__all__ = ["definition", "plan", "questionnaire", "tables"]
