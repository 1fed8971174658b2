"""Room 3: how many, and how sure; and what may be shown of it."""

from fltoolkit.estimate.cells import cube
from fltoolkit.estimate.estimates import About, Estimates, flowchart, mean, prevalence, ratio, share, total

__all__ = ["About", "Estimates", "cube", "flowchart", "mean", "prevalence", "ratio", "share", "total"]
