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
    calibrate,
    check_weights,
    cube,
    flowchart,
    g_weights,
    mean,
    paths,
    poststratify,
    prevalence,
    publish,
    publish_run,
    rake,
    ratio,
    rule_sets,
    share,
    stack,
    total,
)
from fltoolkit.nap import Baseline, Plan, baseline, read_plan
from fltoolkit.survey import ReplicateDesign, Survey, SurveyDesign, check, describe, nonresponse, read_survey

__version__ = version("fltoolkit")

__all__ = [
    "Baseline", "Estimates", "Plan", "Published", "ReplicateDesign", "Survey", "SurveyDesign", "baseline",
    "calibrate", "check", "check_cases", "check_weights", "classify", "cube", "describe",
    "flowchart", "g_weights", "mean", "nonresponse", "paths", "poststratify", "prevalence", "publish", "publish_run", "rake", "ratio", "read_plan",
    "read_survey", "report", "rule_sets", "share", "show", "stack", "total",
]  # fmt: skip
