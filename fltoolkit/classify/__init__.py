"""Room 2: who is in forced labour, by the 20th ICLS guidelines (2018), and why."""

from fltoolkit.classify.adults import classify
from fltoolkit.classify.case_checks import check_cases
from fltoolkit.classify.classified_survey import ClassifiedSurvey

__all__ = ["ClassifiedSurvey", "check_cases", "classify"]
