"""Baselines of one row, as `fl.baseline` would give them, and the values that planning must give on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import small_country as country

from fltoolkit.nap.baseline import Baseline
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.follow_up import beside_targets, follow_up
from fltoolkit.nap.partner_entries import Partners
from fltoolkit.nap.results_framework import Plan
from fltoolkit.nap.smart_criteria import smart
from fltoolkit.nap.targets import milestones, targets
from fltoolkit.publish.disclosure.cell_counts import Limits
from fltoolkit.publish.published_set import Published

# Two-sided 5 %, power 80 %, design effect 1.5, prevalence 5 per 1,000, rounds of equal size: the smallest relative fall that is found, and the persons
# a round that a fall needs (arithmetic of the normal approximation, docs/methods.md §6).
SMALLEST = {5_000: 0.762, 10_000: 0.578, 20_000: 0.429, 40_000: 0.314, 80_000: 0.228}
NEEDED = {0.25: 65_637, 0.5: 14_070}


def plan_with(*given: dict[str, Any], **keys: Any) -> Plan:
    """The small country's plan with one row, a prevalence, and its targets."""
    row = {"measure": "prevalence", "id": "rate", "disaggregated_by": ["gender"], "targets": list(given)}
    return Plan.model_validate({**country.with_rows(row), **keys})


def filled(plan: Plan, **facts: Any) -> Baseline:
    """A baseline of one row as `fl.baseline` would give it: 5 per 1,000 among 5,000 persons, design effect 1.5."""
    p, n, deff = facts.pop("p", 0.005), facts.pop("n", 5_000), facts.pop("deff", 1.5)
    row = {
        "id": "rate", "indicator": "Prevalence", "group": "total", "category": "total", "unit": "per 1,000 adults", "measure": "prevalence", "derived_from": "",
        "filled_by": "survey", "baseline_value": 1000 * p, "ci_low": 800 * p, "ci_high": 1200 * p, "marker": "", "flag": "", "reason": "",
        "n": float(n), "cv": np.sqrt(deff * (1 - p) / (p * n)) if p else np.nan, "deff": deff, "year": 2025, "population": "adults",
        "weighted_population": 1e6, "reference_months": 12,
    }  # fmt: skip
    return Baseline(plan, pd.DataFrame([row | facts]))


def evidence(plan: Plan, partners: Partners | None = None, **facts: Any) -> Evidence:
    """What `fl.evidence` would make of such a baseline before there is a later round; nothing else was published."""
    base = filled(plan, **facts)
    judged, followed = targets(plan, base), follow_up(plan, base, None)
    out = Published(pd.DataFrame(), "fltoolkit", Limits())
    return Evidence(
        plan, out, out, None, base, beside_targets(judged, followed), milestones(plan, base), smart(plan, base, judged), followed,
        partners or Partners(),
    )  # fmt: skip
