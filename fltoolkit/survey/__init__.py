"""Room 1: what was asked, of whom, and how they were drawn."""

from fltoolkit.survey.checks.item_nonresponse import nonresponse
from fltoolkit.survey.checks.survey_checks import check, describe
from fltoolkit.survey.design.replicate_design import ReplicateDesign
from fltoolkit.survey.design.survey_design import Survey, SurveyDesign, read_survey

__all__ = ["ReplicateDesign", "Survey", "SurveyDesign", "check", "describe", "nonresponse", "read_survey"]
