"""Explorers: each a pure view, and a thin ipywidgets shell around it. Without interaction, the view alone."""

from fltoolkit.show.explore.definition import definition
from fltoolkit.show.explore.plan import plan
from fltoolkit.show.explore.questionnaire import questionnaire
from fltoolkit.show.explore.tables import tables

__all__ = ["definition", "plan", "questionnaire", "tables"]
