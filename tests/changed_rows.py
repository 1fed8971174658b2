"""Rows of a published change, for tests of its text, picture and table."""

from __future__ import annotations

from typing import Any

import numpy as np

# 120 and 45 cases of 2,400 persons, whose rates are 50 and 18.75 per 1,000.
FELL: dict[str, Any] = {
    "measure": "change_in_prevalence", "breakdown": "", "category": "total", "verdict": "decreased",
    "verdict_reason": "", "estimate": -0.03125, "ci_low": -0.034, "ci_high": -0.028, "estimate_before": 0.05,
    "ci_low_before": 0.042, "ci_high_before": 0.059, "flag_before": "", "marker_before": "",
    "marker_after": "", "estimate_after": 0.01875, "ci_low_after": 0.014, "ci_high_after": 0.025,
    "flag_after": "", "marker": "", "flag": "", "reason": "", "level": 0.95, "year": 2027,
    "year_before": 2025, "round": "second", "round_before": "first", "rule_set": "icls_2018 v1",
    "reference_population_label": "adults", "reference_population": "adults",
    "reference_period": "the past 12 months", "beyond_zero": "", "survey": "Second survey",
    "survey_before": "First survey", "n_before": 2400.0, "n_after": 2400.0,
}  # fmt: skip
PERSONS = FELL | {
    "measure": "change_in_total",
    "estimate": -750.0,
    "ci_low": -830.0,
    "ci_high": -670.0,
    "estimate_before": 1200.0,
    "estimate_after": 450.0,
}
GONE = ("estimate", "ci_low", "ci_high", "estimate_after", "ci_low_after", "ci_high_after")
HIDDEN = (
    FELL
    | dict.fromkeys(GONE, np.nan)
    | {"verdict": "", "marker": "c", "marker_after": "c", "reason": "confidential"}
)
