"""Baselines of one row in the form of `fl.baseline`, the evidence that documents make of them, and the values
that planning must give for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import small_country as country

from fltoolkit.estimate.change_over_time.difference import DECREASED
from fltoolkit.nap.baseline import Baseline, words_of
from fltoolkit.nap.evidence import Evidence, evidence
from fltoolkit.nap.later_survey import (
    FOLLOW_UP,
    answer_on_change,
    sign_and_verdict,
    targets_with_results,
    with_targets,
)
from fltoolkit.nap.partner_entries import Partners
from fltoolkit.nap.results_framework import Plan
from fltoolkit.nap.smart_criteria import smart
from fltoolkit.nap.targets import milestones, targets
from fltoolkit.publish.disclosure.confidential_cells import Limits
from fltoolkit.publish.measure_units import unit
from fltoolkit.publish.published_set import Published
from fltoolkit.publish.rounds_and_changes import Rounds

# Two-sided 5%, power 80%, design effect 1.5, prevalence 5 per 1,000, rounds of equal size: the smallest
# relative fall that is found, and the persons a round that a fall needs (arithmetic of the normal
# approximation, docs/methods.md §6).
SMALLEST = {5_000: 0.762, 10_000: 0.578, 20_000: 0.429, 40_000: 0.314, 80_000: 0.228}
NEEDED = {0.25: 65_637, 0.5: 14_070}


def plan_with(*given: dict[str, Any], **keys: Any) -> Plan:
    """Returns the small country's plan with one row, a prevalence, and its targets."""
    row = {"measure": "prevalence", "id": "rate", "disaggregated_by": ["gender"], "targets": list(given)}
    return Plan.model_validate({**country.with_rows(row), **keys})


def filled(plan: Plan, **facts: Any) -> Baseline:
    """Returns a baseline of one row in the form of `fl.baseline`: 5 per 1,000 among 5,000 persons, design
    effect 1.5."""
    p, n, deff = facts.pop("p", 0.005), facts.pop("n", 5_000), facts.pop("deff", 1.5)
    row = {
        "id": "rate",
        "indicator": "Prevalence",
        "group": "total",
        "category": "total",
        "unit": unit("prevalence", "adults"),
        "measure": "prevalence",
        "derived_from": "",
        "filled_by": "survey",
        "baseline_value": 1000 * p,
        "ci_low": 800 * p,
        "ci_high": 1200 * p,
        "marker": "",
        "flag": "",
        "reason": "",
        "n": float(n),
        "cv": np.sqrt(deff * (1 - p) / (p * n)) if p else np.nan,
        "deff": deff,
        "year": 2025,
        "population": "adults",
        "weighted_population": 1e6,
        "reference_months": 12,
        "cases": n * p,
        "bound_high": np.nan,
        "unresolved": 0.0,
        "unresolved_marker": "",
        "survey": "Labour force survey",
        "confidence": 0.95,
        "reference_population_label": "adults",
        "rounding": 50.0,
        "decimals": 1.0,
    }
    table = pd.DataFrame([row | facts])
    return Baseline(plan, table, table, words_of(plan))


def evidence_of(
    given: Baseline, followed: list[dict[str, Any]] | None = None, now: Published | None = None
) -> Evidence:
    """Returns the evidence that a plan with this baseline gives to its documents. Rows of the follow-up are
    given by their differences from the usual row.

    `now` is left out if only the plan's own texts are tested.
    """
    usual = {c: given.table.iloc[0].get(c, "") for c in FOLLOW_UP} | {
        "baseline_ci_low": given.table["ci_low"].iloc[0],
        "baseline_ci_high": given.table["ci_high"].iloc[0],
        "value": 3.0,
        "ci_low": 2.0,
        "ci_high": 4.0,
        "change": -2.0,
        "change_ci_low": -3.0,
        "change_ci_high": -1.0,
        "verdict": DECREASED,
        "verdict_reason": "",
        "light": sign_and_verdict(DECREASED),
        "marker": "",
        "flag": "",
        "reason": "",
        "year_before": 2025,
        "year": 2027,
        "baseline_bound": np.nan,
        "bound": np.nan,
        "beyond_zero": "",
        "milestone": np.nan,
    }
    rows = [usual | row for row in followed or []]
    rows = [
        r
        | {"changed": answer_on_change(r["verdict"], r["verdict_reason"], r["flag"]) if r["verdict"] else ""}
        for r in rows
    ]
    later = pd.DataFrame(rows, columns=FOLLOW_UP)
    judged = targets(given.plan, given)
    answered = targets_with_results(judged, later, later)
    return Evidence(
        given.plan,
        now,
        now,
        None,
        given,
        answered,
        milestones(given.plan, given),
        smart(given.plan, given, judged),
        with_targets(later, answered, given),
        Partners(),
    )  # type: ignore[arg-type]


def evidence_from(out: Published, *given: dict[str, Any], **keys: Any) -> Evidence:
    """Returns the evidence of a run that is its own baseline. Its plan asks for the prevalence by gender and
    region, has these targets, and counts trained inspectors, a number of the partners."""
    row = {
        "id": "rate",
        "indicator": "Prevalence",
        "measure": "prevalence",
        "disaggregated_by": ["gender", "region"],
        "targets": list(given),
    }
    said = country.with_rows(row)
    said["framework"].append(country.PLAN["framework"][1])
    return evidence(
        Plan.model_validate({**said, "country": out.table["country"].iloc[0], **keys}), Rounds(out, out)
    )


def evidence_before_a_repeat(plan: Plan, partners: Partners | None = None, **facts: Any) -> Evidence:
    """Returns the evidence that `fl.evidence` would make from such a baseline before there is a later round.
    Nothing else was published."""
    nothing = Published(pd.DataFrame(columns=["survey", "level"]), pd.DataFrame(), "fltoolkit", Limits())
    return replace(evidence_of(filled(plan, **facts), now=nothing), partners=partners or Partners())
