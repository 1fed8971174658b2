"""Room 3: how many, and how sure; and what may be shown of it."""

from fltoolkit.estimate.association import rao_scott
from fltoolkit.estimate.cells import cube
from fltoolkit.estimate.estimates import About, Estimates, flowchart, mean, prevalence, ratio, share, total
from fltoolkit.estimate.publish import Published, paths, publish, publish_run
from fltoolkit.estimate.risk import logit
from fltoolkit.estimate.stack import rule_sets, stack

__all__ = [
    "About", "Estimates", "Published", "cube", "flowchart", "logit", "mean", "paths", "prevalence", "publish", "publish_run", "rao_scott", "ratio",
    "rule_sets", "share", "stack", "total",
]  # fmt: skip
