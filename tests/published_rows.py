"""Published sets that are written row by row, for tests of the texts about them. Nothing is estimated, and no
file is read."""

from __future__ import annotations

from typing import Any

import pandas as pd

import fltoolkit as fl
from fltoolkit.publish.contrasts.published_contrasts import HIGHER, UNTESTED
from fltoolkit.publish.disclosure.confidential_cells import Limits
from fltoolkit.publish.printed_numbers import cases_class

RULES, OTHER_RULES = "icls_2018 v1", "hts_2012 v1"
# 20 per 1,000 adults: 40 cases of 2,000 persons who stand for 20,000.
USUAL: dict[str, Any] = {
    "measure": "prevalence",
    "outcome": "forced_labour",
    "reference_population": "adults",
    "breakdown": "",
    "category": "total",
    "ilostat": "",
    "sex": "total",
    "region": "total",
    "step": "total",
    "estimate": 0.02,
    "se": 0.003,
    "ci_low": 0.015,
    "ci_high": 0.026,
    "cv": 0.15,
    "deff": 1.5,
    "deff_replace": 1.4,
    "df": 40.0,
    "n": 2000.0,
    "cases": 40.0,
    "population": 20_000.0,
    "n_eff": 1300.0,
    "psus_with_cases": 20.0,
    "households_with_cases": 40.0,
    "unresolved": 0.0,
    "resolved_only": 0.02,
    "bound_high": 0.02,
    "bound_ci_high": 0.026,
    "flag": "",
    "marker": "",
    "reason": "",
    "unresolved_marker": "",
    "bounds_note": "",
    "interval": "korn_graubard",
    "level": 0.95,
    "survey": "Small survey",
    "country": "Nowhere",
    "round": "",
    "year": 2025,
    "rule_set": RULES,
    "reference_period": "the past 12 months",
    "reference_months": 12,
    "reference_population_label": "adults",
    "same_work": "assumed",
    "sector_basis": "",
    "age_basis": "age at interview",
    "missing": 0,
    "to_verify": "",
    "rule_note": "",
    "group_note": "",
    "calibration": "",
    "duration_basis": "",
    "interview_conditions": "",
    "rounding": 10.0,
    "decimals": 1.0,
}
COUNTS = ("n", "cases", "psus_with_cases", "households_with_cases", "unresolved")
NUMBERS = (
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "cv",
    "deff",
    "df",
    "population",
    "n_eff",
    "resolved_only",
    "bound_high",
    "bound_ci_high",
)
HIDDEN: dict[str, Any] = dict.fromkeys((*COUNTS, *NUMBERS), float("nan")) | {
    "flag": "suppress",
    "marker": "c",
    "reason": (
        "confidential: too few persons or cases, or hidden so that such a cell cannot be worked out exactly"
    ),
}


def row(**facts: Any) -> dict[str, Any]:
    """Returns a published row, given by its differences from the usual row."""
    return USUAL | facts


def of(group: str, category: str, **facts: Any) -> dict[str, Any]:
    """Returns a row of a group's category."""
    return row(**{"breakdown": group, "category": category, group: category} | facts)


def contrasts(*pairs: dict[str, Any]) -> pd.DataFrame:
    """Returns the table of compared pairs, each given by its differences from the usual one: the rate is higher for
    men than for women."""
    usual = {
        "reference_population": "adults",
        "group": "sex",
        "category": "men",
        "reference": "women",
        "family": len(pairs),
        "level": 0.95,
        "ci_low": 0.0021,
        "ci_high": 0.0124,
        "p_adjusted": 0.01,
        "verdict": HIGHER,
        "only_in_tables": "",
    }
    rows = [usual | pair for pair in pairs]
    return pd.DataFrame(
        [r | {"only_in_tables": r["verdict"]} if r["verdict"] in UNTESTED else r for r in rows]
    )


def published(*rows: dict[str, Any], **about: Any) -> fl.Published:
    """Returns the published set of these rows."""
    given: dict[str, Any] = {
        "profile": "fltoolkit",
        "limits": Limits(),
        "rule_set": RULES,
        "headlines": ("adults",),
    } | about
    table = pd.DataFrame(
        [{"cases_class": cases_class(r["cases"], headline=not r["breakdown"]), **r} for r in rows]
    )
    return fl.Published(table, table, **given)


OPEN = {"unresolved": 6.0, "resolved_only": 0.0201, "bound_high": 0.023, "bound_ci_high": 0.03}
TOTAL = row(measure="total", estimate=400.0, ci_low=300.0, ci_high=520.0, interval="log")
UNRELIABLE = {"flag": "unreliable", "marker": "u", "reason": "fewer than 15 cases"}
CHILDREN = {"reference_population": "children", "reference_population_label": "children"}


def small(*more: dict[str, Any], **about: Any) -> fl.Published:
    """Returns the rate and number of adults, the rates of men and women (one unreliable, one hidden), and the
    given rows."""
    rows = [row(**OPEN), TOTAL, of("sex", "men", **UNRELIABLE), of("sex", "women", **HIDDEN), *more]
    return published(*rows, coverage_excludes=("the homeless",), judged="fltoolkit: rare events", **about)


def plain(text: str) -> str:
    return text.replace("\xa0", " ")
