"""fltoolkit: from a labour force survey to the number of people in forced labour, and to the baseline of a plan.

The rooms, in the order in which a statistician thinks: survey, classify, estimate, nap, show, report.
"""

from __future__ import annotations

from importlib.metadata import version

from fltoolkit import report, show
from fltoolkit.classify import check_cases, classify
from fltoolkit.estimate import (
    Change,
    Contrast,
    Detectable,
    Estimates,
    Published,
    PublishedBaseline,
    change,
    change_from_published,
    cube,
    current,
    detectable_change,
    duration,
    flowchart,
    mean,
    paths,
    power_of_change,
    prevalence,
    prevalence_ratio,
    publish,
    publish_change,
    publish_run,
    quantile,
    ratio,
    rule_sets,
    sample_size,
    share,
    stack,
    stock,
    total,
)
from fltoolkit.nap import Baseline, Plan, baseline, read_plan
from fltoolkit.survey import ReplicateDesign, Survey, SurveyDesign, check, describe, nonresponse, read_survey

__version__ = version("fltoolkit")

__all__ = [
    "Baseline", "Change", "Contrast", "Detectable", "Estimates", "Plan", "Published", "PublishedBaseline", "ReplicateDesign", "Survey",
    "SurveyDesign", "baseline", "change", "change_from_published", "check", "check_cases", "classify", "cube", "current", "describe",
    "detectable_change", "duration", "flowchart", "mean", "nonresponse", "paths", "power_of_change", "prevalence", "prevalence_ratio",
    "publish", "publish_change", "publish_run", "quantile", "ratio", "read_plan", "read_survey", "report", "rule_sets", "sample_size",
    "share", "show", "stack", "stock", "total",
]  # fmt: skip
