"""Room 5: what the plan needs. Tables only."""

from fltoolkit.nap.baseline import Baseline, baseline
from fltoolkit.nap.evidence import Evidence, evidence
from fltoolkit.nap.results_framework import Plan, plan_beside, read_plan

__all__ = ["Baseline", "Evidence", "Plan", "baseline", "evidence", "plan_beside", "read_plan"]
