"""Room 3: how many, and how sure; and what may be shown of it."""

from fltoolkit.estimate.calibrate import calibrate, check_weights, g_weights, poststratify, rake
from fltoolkit.estimate.cells import cube
from fltoolkit.estimate.estimates import About, Estimates, flowchart, mean, prevalence, ratio, share, total
from fltoolkit.estimate.publish import Published, paths, publish, publish_run
from fltoolkit.estimate.stack import rule_sets, stack

__all__ = [
    "About", "Estimates", "Published", "calibrate", "check_weights", "cube", "flowchart", "g_weights", "mean", "paths",
    "poststratify", "prevalence", "publish", "publish_run", "rake", "ratio", "rule_sets", "share", "stack", "total",
]  # fmt: skip
