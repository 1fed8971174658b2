"""fltoolkit: from a labour force survey to the number of people in forced labour, and to the baseline of a plan.

The rooms, in the order in which a statistician thinks: survey, classify, estimate, nap, show, report.
"""

from __future__ import annotations

from fltoolkit.classify import classify
from fltoolkit.estimate import Estimates, cube, flowchart, mean, prevalence, ratio, share, total
from fltoolkit.survey import Survey, SurveyDesign, read_survey

__version__ = "0.1.0"

__all__ = [
    "Estimates", "Survey", "SurveyDesign", "classify", "cube", "flowchart", "mean", "prevalence", "ratio", "read_survey", "share", "total",
]  # fmt: skip
