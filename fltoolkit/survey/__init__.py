"""Room 1: what was asked, of whom, and how they were drawn."""

from fltoolkit.survey.design import Survey, SurveyDesign, read_survey

__all__ = ["Survey", "SurveyDesign", "read_survey"]
