"""Room 1: what was asked, of whom, and how they were drawn."""

from fltoolkit.survey.answers import nonresponse
from fltoolkit.survey.checks import check, describe
from fltoolkit.survey.design import Survey, SurveyDesign, read_survey
from fltoolkit.survey.replicates import ReplicateDesign

__all__ = ["ReplicateDesign", "Survey", "SurveyDesign", "check", "describe", "nonresponse", "read_survey"]
