"""Room 3: how many, and how sure; and what may be shown of it."""

from fltoolkit.estimate.association import rao_scott
from fltoolkit.estimate.calibrate import calibrate, check_weights, g_weights, poststratify, rake
from fltoolkit.estimate.cells import cube
from fltoolkit.estimate.change import Change, change, change_from_published
from fltoolkit.estimate.contrast import About, Contrast, Estimates, prevalence_ratio
from fltoolkit.estimate.contributions import contributions
from fltoolkit.estimate.estimates import flowchart, mean, prevalence, ratio, share, total
from fltoolkit.estimate.measures import current, duration, stock
from fltoolkit.estimate.planning import Detectable, detectable_change, power_of_change, sample_size
from fltoolkit.estimate.publish import Published, paths, publish, publish_run
from fltoolkit.estimate.publish_change import publish_change
from fltoolkit.estimate.publish_model import PublishedModel, risk_factors
from fltoolkit.estimate.published_baseline import PublishedBaseline
from fltoolkit.estimate.quantiles import quantile
from fltoolkit.estimate.response_error import ResponseError, observed_rate, response_error
from fltoolkit.estimate.risk import Logit, logit
from fltoolkit.estimate.since import Rounds, changes, rounds
from fltoolkit.estimate.stack import rule_sets, stack

__all__ = [
    "About", "Change", "Contrast", "Detectable", "Estimates", "Logit", "Published", "PublishedBaseline", "PublishedModel",
    "ResponseError", "Rounds", "calibrate", "change", "change_from_published", "changes", "check_weights", "contributions", "cube",
    "current", "detectable_change", "duration", "flowchart", "g_weights", "logit", "mean", "observed_rate", "paths", "poststratify",
    "power_of_change", "prevalence", "prevalence_ratio", "publish", "publish_change", "publish_run", "quantile", "rake", "rao_scott",
    "ratio", "response_error", "risk_factors", "rounds", "rule_sets", "sample_size", "share", "stack", "stock", "total",
]  # fmt: skip
