"""Tests each publication profile at both sides of each of its limits (docs/methods.md §4), on rows made by
hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import small_country as country
import yaml
from shared_surveys import classified

import fltoolkit as fl
from fltoolkit.errors import SpecError
from fltoolkit.publish.publication_profiles import shipped_publication_profiles
from fltoolkit.publish.reliability import bounds_notes, has_wide_bounds, load_publication_profile, reliability

GOOD: dict[str, Any] = {
    "measure": "prevalence",
    "interval": "korn_graubard",
    "outcome": "y",
    "reference_population": "adults",
    "rule_set": "r",
    "breakdown": "",
    "estimate": 0.1,
    "se": 0.01,
    "ci_low": 0.07,
    "ci_high": 0.14,
    "cv": 0.1,
    "df": 40,
    "n": 1000,
    "cases": 100,
    "population": 9000.0,
    "n_eff": 800.0,
    "psus_with_cases": 40,
}
TOTAL = {
    "measure": "total",
    "interval": "log",
    "estimate": 900.0,
    "se": 90.0,
    "ci_low": 700.0,
    "ci_high": 1150.0,
}
MEAN = {"measure": "mean", "interval": "wald", "estimate": 7.0, "se": 0.7, "ci_low": 5.6, "ci_high": 8.4}
NONE = {
    "estimate": 0.0,
    "se": 0.0,
    "ci_low": 0.0,
    "ci_high": 0.004,
    "cv": np.nan,
    "cases": 0,
    "psus_with_cases": 0,
}


def row(**facts: Any) -> dict[str, Any]:
    return {**GOOD, **facts}


def judged(profile: str, *rows: Mapping[str, Any]) -> pd.DataFrame:
    return reliability(pd.DataFrame([*rows]), load_publication_profile(profile))


def simple_sample(cases: int, n: int, measure: str = "prevalence", **facts: Any) -> dict[str, Any]:
    """Cases among n of a simple random sample: the Korn–Graubard interval is then Clopper and Pearson's."""
    p, size = cases / n, 9000.0 if measure == "total" else 1.0
    se = np.sqrt(p * (1 - p) / n)
    own = {
        "estimate": p * size,
        "se": se * size,
        "cv": se / p if p else np.nan,
        "df": n - 1,
        "n": n,
        "cases": cases,
        "n_eff": n,
    }
    return row(**({**TOTAL, **own} if measure == "total" else own), **facts)


@pytest.mark.parametrize("name", shipped_publication_profiles())
def test_a_good_number_has_no_flag_under_any_profile(name: str) -> None:
    found = judged(
        name, row(), row(**TOTAL), row(**MEAN), row(measure="share", estimate=0.4, ci_low=0.35, ci_high=0.45)
    )
    assert found["flag"].tolist() == [""] * 4


CASES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("nchs_2017", simple_sample(15, 29), simple_sample(15, 30), "fewer than 30 persons"),
    ("nchs_2017", row(n_eff=29.9), row(n_eff=30.0), "effective sample size below 30"),
    # Clopper–Pearson 95 % (published tables): 9 of 100 0.0420–0.1640, 10 of 100 0.0490–0.1762: 136% and 127%
    # of the proportion
    ("nchs_2017", simple_sample(9, 100), simple_sample(10, 100), "than 130% of it"),
    ("nchs_2017", simple_sample(9, 100, "total"), simple_sample(10, 100, "total"), "than 130% of it"),
    ("nchs_2017", simple_sample(91, 100), simple_sample(90, 100), "complement"),
    ("nchs_2017", row(df=7), row(df=8), "fewer than 8 degrees"),
    (
        "nchs_2023",
        row(n=9, cases=9, n_eff=9.0),
        row(n=10, cases=10, n_eff=10.0),
        "fewer than 10 persons in the denominator",
    ),
    ("nchs_2023", row(n_eff=9.9), row(n_eff=10.0), "effective sample size of the denominator below 10"),
    ("nchs_2023", row(cases=9), row(cases=10), "fewer than 10 cases"),
    (
        "nchs_2023",
        row(cases=12, n_eff=830.0),
        row(cases=12, n_eff=840.0),
        "effective number of cases below 10",
    ),
    ("nchs_2023", row(ci_low=0.02, ci_high=0.1801), row(ci_low=0.02, ci_high=0.18), "wider than 160%"),
    ("nchs_2023", row(df=7), row(df=8), "fewer than 8 degrees"),
    ("statcan", row(cv=0.334), row(cv=0.333), "above 33.3%"),
    ("statcan", row(cv=0.166), row(cv=0.165), "above 16.5%"),
    ("ilo", row(n=14), row(n=15), "ILOSTAT's U"),
    ("ilo", row(n=4), row(n=5), "ILOSTAT's S"),
    ("ilo", row(**TOTAL, cases=14), row(**TOTAL, cases=15), "ILOSTAT's U"),
    ("ilo", row(**TOTAL, cases=4), row(**TOTAL, cases=5), "ILOSTAT's S"),
    ("ilo", row(**MEAN | {"n": 14}), row(**MEAN | {"n": 15}), "ILOSTAT's U"),
    ("eclac_2023", row(n_eff=59.9), row(n_eff=60.0), "effective sample size below 60"),
    (
        "eclac_2023",
        row(n=59, cases=55, n_eff=70.0),
        row(n=60, cases=55, n_eff=70.0),
        "effective sample size below 60",
    ),
    ("eclac_2023", row(df=8), row(df=9), "fewer than 9 degrees"),
    ("eclac_2023", row(cases=29), row(cases=30), "fewer than 30 cases"),
    ("eclac_2023", row(cases=49), row(cases=50), "fewer than 50 cases"),
    # SE/(p·(−ln p)) = 0.175 at p = 0.1 is SE = 0.175·0.1·2.302585 = 0.0402952
    ("eclac_2023", row(se=0.0403), row(se=0.0402), "logarithmic coefficient of variation"),
    # above 0.5 of 1 − p: at p = 0.9 the same SE
    (
        "eclac_2023",
        row(estimate=0.9, se=0.0403),
        row(estimate=0.9, se=0.0402),
        "logarithmic coefficient of variation",
    ),
    ("eclac_2023", row(**TOTAL, cv=0.301), row(**TOTAL, cv=0.30), "above 30%"),
    ("eclac_2023", row(**TOTAL, cv=0.201), row(**TOTAL, cv=0.20), "above 20%"),
    ("eclac_2023", row(**MEAN, cv=0.201), row(**MEAN, cv=0.20), "above 20%"),
]
FLAGS = {
    "than 130% of it": "suppress", "complement": "caution", "fewer than 8 degrees": "review",
    "wider than 160%": "suppress", "fewer than 30 persons": "suppress",
    "effective sample size below 30": "suppress", "fewer than 10 cases": "suppress",
    "fewer than 10 persons in the denominator": "suppress",
    "effective sample size of the denominator below 10": "suppress",
    "effective number of cases below 10": "suppress", "above 33.3%": "suppress", "above 16.5%": "caution",
    "ILOSTAT's U": "unreliable", "ILOSTAT's S": "suppress", "effective sample size below 60": "unreliable",
    "fewer than 9 degrees": "unreliable", "fewer than 30 cases": "unreliable",
    "fewer than 50 cases": "caution", "above 30%": "unreliable", "above 20%": "caution",
}  # fmt: skip


@pytest.mark.parametrize(("profile", "past", "at", "reason"), CASES)
def test_a_flag_flips_just_past_its_limit(
    profile: str, past: dict[str, Any], at: dict[str, Any], reason: str
) -> None:
    found = judged(profile, past, at)
    expected = FLAGS.get(reason, "caution" if past["estimate"] > 0.5 else "unreliable")
    assert found["flag"][0] == expected
    assert reason in found["reason"][0]
    assert reason not in found["reason"][1]


def test_a_logarithmic_coefficient_above_its_limit_is_unreliable_below_a_half_and_weak_above() -> None:
    assert judged("eclac_2023", row(se=0.05), row(estimate=0.9, se=0.05), row(**TOTAL, cv=0.25))[
        "flag"
    ].tolist() == [
        "unreliable",
        "caution",
        "caution",
    ]


def test_nchs_2017_suppresses_a_wide_interval_from_exactly_thirty_points_on() -> None:
    """The rule reads 0.30 or more; the widths around it are Clopper and Pearson's: 21 of 42 0.341–0.659, 24
    of 48 0.352–0.648."""
    found = judged("nchs_2017", simple_sample(21, 42), simple_sample(24, 48))
    assert "30 percentage points" in found["reason"][0]
    assert found["flag"].tolist() == ["suppress", ""]
    rule = next(r for r in load_publication_profile("nchs_2017").reliability if r.at_least)
    assert [rule.met({"kg_width": w}) for w in (0.30, 0.2999)] == [True, False]


def test_nchs_2017_shows_a_rare_event_of_two_cases_in_three_hundred() -> None:
    """Width 0.023: not above 0.05, so its relative width (340%) does not count. Confidentiality hides it, not
    this profile."""
    assert judged("nchs_2017", simple_sample(2, 300))["flag"].tolist() == [""]
    assert judged("fltoolkit", simple_sample(2, 300, ci_low=0.0008, ci_high=0.0239))["flag"].tolist() == [
        "unreliable"
    ]


@pytest.mark.parametrize("name", shipped_publication_profiles())
def test_without_a_case_a_number_is_reviewed_and_rules_for_cases_are_silent(name: str) -> None:
    found = judged(name, row(**NONE), row(**TOTAL | NONE))
    assert found["flag"].tolist() == ["review", "review"]
    assert found["marker"].tolist() == ["w", "w"]


def test_ilo_withholds_a_whole_table_from_a_third_of_suppressed_cells_on() -> None:
    def table(cells: int, few: int, breakdown: str = "region") -> pd.DataFrame:
        return judged(
            "ilo", *(row(**TOTAL, breakdown=breakdown, cases=4 if i < few else 40) for i in range(cells))
        )

    assert table(6, 2)["flag"].tolist() == ["suppress", "suppress", "", "", "", ""]  # 33.3%
    dropped = table(5, 2)  # 40%
    assert dropped["flag"].tolist() == ["suppress"] * 5
    assert dropped["reason"].tolist()[2:] == ["33.4% or more of the table's cells are suppressed"] * 3
    assert table(1, 1, "")["reason"].tolist() == ["fewer than 5 cases counted (ILOSTAT's S)"]
    both = judged(
        "ilo", row(**TOTAL, breakdown="region", cases=4), row(breakdown="region")
    )  # another measure is another table
    assert both["flag"].tolist() == ["suppress", ""]


def test_a_rule_names_one_limit_of_a_column_that_there_is(tmp_path: Path) -> None:
    for rule, told in (
        ({"column": "cases", "below": 5, "above": 3}, "give one of below, above, at_least"),
        ({"column": "cases"}, "give one of below, above, at_least"),
        ({"column": "width", "below": 5}, "kg_width"),
    ):
        text = {"name": "own", "title": "own", "reliability": [{"flag": "review", "reason": "few", **rule}]}
        (tmp_path / "own.yaml").write_text(yaml.safe_dump(text), encoding="utf-8")
        with pytest.raises(SpecError, match=told):
            load_publication_profile(tmp_path / "own.yaml")


@pytest.mark.thorough("publishes a sample under every profile")
def test_the_profile_never_changes_what_is_confidential(tmp_path: Path) -> None:
    """The same run under six profiles hides the same cells, and shows no count under one that it hides under
    another."""
    persons, hidden = classified(country.write(tmp_path / "small")), {}
    for name in shipped_publication_profiles():
        table = fl.publish_run(persons, profile=name).table
        hidden[name] = (
            table["marker"].eq("c").tolist(),
            table["unresolved_marker"].tolist(),
            table["cases_class"].tolist(),
        )
    assert all(found == hidden["fltoolkit"] for found in hidden.values())
    assert sum(hidden["fltoolkit"][0]) > 5


def test_bounds_are_wide_at_full_precision_and_not_where_they_are_hidden() -> None:
    """Printed, 0.0172 and 0.0172 would look alike; a confidential or withheld number has no bound to
    compare."""
    table = pd.DataFrame(
        {"bound_high": [0.01721, 0.0172, np.nan, 0.03], "ci_high": [0.0172, 0.01721, 0.02, np.nan]}
    )
    assert bounds_notes(table).tolist() == ["wide bounds", "", "", ""]
    assert bounds_notes(table[["ci_high"]]).tolist() == [""] * 4
    assert has_wide_bounds({"bounds_note": "wide bounds"})
    assert not has_wide_bounds({"bounds_note": float("nan")})
