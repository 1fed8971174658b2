"""fltoolkit: from a labour force survey to the number of people in forced labour, and to the baseline of a plan.

The rooms, in the order in which a statistician thinks: survey, classify, estimate, publish, nap, show, report.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fltoolkit.classify import ClassifiedSurvey, check_cases, classify
from fltoolkit.estimate import (
    Change,
    Contrast,
    Detectable,
    Estimates,
    PublishedBaseline,
    calibrate,
    change,
    change_from_published,
    check_weights,
    cube,
    current,
    detectable_change,
    duration,
    flowchart,
    g_weights,
    logit,
    mean,
    poststratify,
    power_of_change,
    prevalence,
    prevalence_ratio,
    quantile,
    rake,
    rao_scott,
    ratio,
    rule_sets,
    sample_size,
    share,
    stack,
    stock,
    total,
)
from fltoolkit.publish import (
    Published,
    PublishedModel,
    Rounds,
    changes,
    contributions,
    observed_rate,
    paths,
    publish,
    publish_change,
    publish_run,
    response_error,
    risk_factors,
    rounds,
)
from fltoolkit.survey import ReplicateDesign, Survey, SurveyDesign, check, describe, nonresponse, read_survey

if TYPE_CHECKING:
    from fltoolkit import report, show
    from fltoolkit.nap import Baseline, Evidence, Plan, baseline, evidence, plan_beside, read_plan

    __version__: str

__all__ = [
    "Baseline", "Change", "ClassifiedSurvey", "Contrast", "Detectable", "Estimates", "Evidence", "Plan", "Published", "PublishedBaseline", "PublishedModel",
    "ReplicateDesign", "Rounds", "Survey", "SurveyDesign", "baseline", "calibrate", "change", "change_from_published", "changes", "check",
    "check_cases", "check_weights", "classify", "contributions", "cube", "current", "describe", "detectable_change", "duration", "evidence", "flowchart",
    "g_weights", "logit", "mean", "nonresponse", "observed_rate", "paths", "plan_beside", "poststratify", "power_of_change", "prevalence",
    "prevalence_ratio", "publish", "publish_change", "publish_run", "quantile", "rake", "rao_scott", "ratio", "read_plan",
    "read_survey", "report", "response_error", "risk_factors", "rounds", "rule_sets", "sample_size", "share", "show", "stack", "stock", "total",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """The rooms of the plan, of what is drawn and of what is written, opened when they are first asked for: an estimate needs none."""
    if name in ("nap", "report", "show"):
        return import_module(f"fltoolkit.{name}")
    if name in ("Baseline", "Evidence", "Plan", "baseline", "evidence", "plan_beside", "read_plan"):
        return getattr(import_module("fltoolkit.nap"), name)
    if name == "__version__":
        return import_module("importlib.metadata").version("fltoolkit")
    raise AttributeError(f"module 'fltoolkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
