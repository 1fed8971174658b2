"""Evidence of a plan with targets for everybody and for two regions, and the decision that documents take
from it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import small_country as country
from handed import EN
from promises import evidence_of, filled
from published_rows import published, row

import fltoolkit as fl
from fltoolkit.nap.baseline import Baseline, words_of
from fltoolkit.nap.results_framework import Plan
from fltoolkit.report.document_sections import targets_section

TARGETS = [
    {"year": 2030, "cut": 0.5},
    {"year": 2030, "cut": 0.1, "group": "region", "category": "north"},
    {"year": 2030, "cut": 0.5, "group": "region", "category": "west"},
]
NOTHING = {"baseline_value": float("nan"), "ci_low": float("nan"), "ci_high": float("nan"), "n": float("nan")}
RATE = published(row())


def evidence(
    targets: list[dict[str, Any]] = TARGETS,
    followed: list[dict[str, Any]] | None = None,
    n: int = 15_000,
    **keys: Any,
) -> fl.Evidence:
    """5 per 1,000 everywhere: of everybody, whose target a repeat can find, of the north, too few for theirs,
    and of the west, hidden."""
    row = {
        "measure": "prevalence",
        "id": "rate",
        "disaggregated_by": ["gender", "region"],
        "targets": targets,
    }
    planned: dict[str, Any] = {"planned_sample": n, "planned_surveys": [2028, 2030]}
    plan = Plan.model_validate({**country.with_rows(row), **planned, **keys})
    first = filled(plan, n=n).table.iloc[0].to_dict()
    north = {"group": "region", "category": "north", "n": 3000.0}
    west = {**NOTHING, "group": "region", "category": "west", "marker": "c", "reason": "confidential"}
    return evidence_of(
        Baseline(plan, table := pd.DataFrame([first, first | north, first | west]), table, words_of(plan)),
        followed,
    )


def decided(evidence: fl.Evidence) -> str:
    return targets_section.to_decide(evidence, EN).text
