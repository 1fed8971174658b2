from .baseline import Baseline as Baseline
from .baseline import baseline as baseline
from .evidence import Evidence as Evidence
from .evidence import evidence as evidence
from .results_framework import Plan as Plan
from .results_framework import plan_beside as plan_beside
from .results_framework import read_plan as read_plan
