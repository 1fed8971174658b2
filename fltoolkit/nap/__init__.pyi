from .baseline import Baseline as Baseline, baseline as baseline
from .evidence import Evidence as Evidence, evidence as evidence
from .results_framework import Plan as Plan, plan_beside as plan_beside, read_plan as read_plan
