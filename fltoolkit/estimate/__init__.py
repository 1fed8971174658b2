"""Room 3: how many, and how sure; and what may be shown of it."""

from fltoolkit.estimate.cells import cube
from fltoolkit.estimate.estimates import About, Estimates, flowchart, mean, prevalence, ratio, share, total
from fltoolkit.estimate.measures import current, duration, stock
from fltoolkit.estimate.publish import Published, paths, publish, publish_run
from fltoolkit.estimate.quantiles import quantile
from fltoolkit.estimate.stack import rule_sets, stack

__all__ = [
    "About", "Estimates", "Published", "cube", "current", "duration", "flowchart", "mean", "paths", "prevalence", "publish", "publish_run",
    "quantile", "ratio", "rule_sets", "share", "stack", "stock", "total",
]  # fmt: skip
