"""Room 3: how many, and how sure."""

from fltoolkit.estimate.change_over_time.change_between_rounds import Change, change, change_from_published
from fltoolkit.estimate.change_over_time.published_baseline import PublishedBaseline
from fltoolkit.estimate.measures.estimates import About, Contrast, Estimates, prevalence_ratio
from fltoolkit.estimate.measures.prevalence_and_totals import flowchart, mean, prevalence, ratio, share, total
from fltoolkit.estimate.measures.quantiles import quantile
from fltoolkit.estimate.measures.stacked_estimates import rule_sets, stack
from fltoolkit.estimate.measures.stock_and_duration import current, duration, stock
from fltoolkit.estimate.models.logistic_model import Logit, logit
from fltoolkit.estimate.models.rao_scott import rao_scott
from fltoolkit.estimate.power_and_sample_size import Detectable, detectable_change, power_of_change, sample_size
from fltoolkit.estimate.totals.result_cells import cube
from fltoolkit.estimate.weights.calibration import calibrate, check_weights, g_weights, poststratify, rake

__all__ = [
    "About", "Change", "Contrast", "Detectable", "Estimates", "Logit", "PublishedBaseline", "calibrate", "change",
    "change_from_published", "check_weights", "cube", "current", "detectable_change", "duration", "flowchart", "g_weights",
    "logit", "mean", "poststratify", "power_of_change", "prevalence", "prevalence_ratio", "quantile", "rake", "rao_scott",
    "ratio", "rule_sets", "sample_size", "share", "stack", "stock", "total",
]  # fmt: skip
