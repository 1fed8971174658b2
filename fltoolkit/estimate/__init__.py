"""Room 3: how many, and how sure; and what may be shown of it."""

from fltoolkit.estimate.association import rao_scott
from fltoolkit.estimate.cells import cube
from fltoolkit.estimate.estimates import About, Estimates, flowchart, mean, prevalence, ratio, share, total
from fltoolkit.estimate.publish import Published, paths, publish, publish_run
from fltoolkit.estimate.publish_model import PublishedModel, risk_factors
from fltoolkit.estimate.response_error import ResponseError, observed_rate, response_error
from fltoolkit.estimate.risk import Logit, logit
from fltoolkit.estimate.stack import rule_sets, stack

__all__ = [
    "About", "Estimates", "Logit", "Published", "PublishedModel", "ResponseError", "cube", "flowchart", "logit", "mean", "observed_rate", "paths",
    "prevalence", "publish", "publish_run", "rao_scott", "ratio", "response_error", "risk_factors", "rule_sets", "share", "stack", "total",
]  # fmt: skip
