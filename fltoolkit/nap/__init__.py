"""Room 4: what the plan needs. Tables only."""

from fltoolkit.nap.baseline import Baseline, baseline
from fltoolkit.nap.framework import Plan, read_plan

__all__ = ["Baseline", "Plan", "baseline", "read_plan"]
