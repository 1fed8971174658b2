"""fltoolkit: from a labour force survey to the number of people in forced labour, and to the baseline of a plan.

The rooms, in the order in which a statistician thinks: survey, classify, estimate, nap, show, report.
"""

from __future__ import annotations

from importlib.metadata import version

from fltoolkit import report, show
from fltoolkit.classify import check_cases, classify
from fltoolkit.estimate import (
    Estimates,
    Published,
    cube,
    current,
    duration,
    flowchart,
    mean,
    paths,
    prevalence,
    publish,
    publish_run,
    quantile,
    ratio,
    rule_sets,
    share,
    stack,
    stock,
    total,
)
from fltoolkit.nap import Baseline, Plan, baseline, read_plan
from fltoolkit.survey import ReplicateDesign, Survey, SurveyDesign, check, describe, nonresponse, read_survey

__version__ = version("fltoolkit")

__all__ = [
    "Baseline", "Estimates", "Plan", "Published", "ReplicateDesign", "Survey", "SurveyDesign", "baseline", "check",
    "check_cases", "classify", "cube", "current", "describe", "duration",
    "flowchart", "mean", "nonresponse", "paths", "prevalence", "publish", "publish_run", "quantile", "ratio", "read_plan", "read_survey",
    "report", "rule_sets", "share", "show", "stack", "stock", "total",
]  # fmt: skip
