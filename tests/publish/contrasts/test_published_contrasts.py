"""Tests the comparisons that survey.yaml names beforehand: which are tested, that they are one family, what is
printed, and what may stand in a title."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import shipped
import small_country as country
from published_rows import HIDDEN, RULES, of, published, row
from pydantic import TypeAdapter
from scipy.stats import t as student
from shared_surveys import classified

import fltoolkit as fl
from fltoolkit.estimate.measures.family_of_contrasts import ALL_OTHERS
from fltoolkit.publish.contrasts.published_contrasts import (
    FEW_FOR_TITLES,
    HIGHER,
    LOWER,
    NO_DIFFERENCE,
    NOT_SHOWN,
    TOO_FEW,
    UNRESOLVED,
    WIDE,
    Comparisons,
    published_contrasts,
    with_answers,
)
from fltoolkit.publish.reliability import load_publication_profile
from fltoolkit.survey.spec.groups_and_tables import AnyGroup, may_compare

PROFILE = load_publication_profile("fltoolkit")
PEOPLE = {"population": 10_000.0}
WHOLE = {"population": 30_000.0, "cases": 120.0}


def compared(
    *differences: float,
    others: dict[str, Any] | None = None,
    whole: dict[str, Any] | None = None,
    **rates: Any,
) -> pd.DataFrame:
    """Returns the comparisons of the categories a, b, c of `sex` with all others, by their exact differences
    (standard error 0.004). A category's row is given by what differs from the usual one (20 per 1,000, 40 cases
    in 20 PSUs), and by `exact_a` what its row at full precision has instead; the total and the others too."""
    names = "abc"[: len(differences)]
    rows = [of("sex", name, **PEOPLE | rates.get(name, {})) for name in "abc"]
    table = published(row(**WHOLE | (whole or {})), *rows).table
    exact = [
        of("sex", name, **PEOPLE | rates.get(name, {}) | rates.get(f"exact_{name}", {})) for name in names
    ]
    pairs = pd.DataFrame({"category": list(names), "estimate": differences}).assign(
        reference_population="adults", group="sex", level=0.95, se=0.004, df=30.0
    )
    pairs["reference"] = pd.Series([ALL_OTHERS] * len(pairs), dtype=object)
    references = pd.DataFrame([row(**PEOPLE | {"cases": 80.0} | (others or {}))] * len(pairs))
    made = Comparisons(pairs, pd.DataFrame(exact), references)
    found = published_contrasts(made, table, RULES, PROFILE)
    assert with_answers(table, found, RULES).columns[-2:].tolist() == ["compared", "p_adjusted"]
    return found


def test_a_verdict_is_that_of_the_adjusted_test() -> None:
    """0.009 is 2.25 standard errors: p = 0.032 alone, 0.064 as the second of three."""
    alone = compared(0.009).iloc[0]
    assert (alone["verdict"], alone["family"]) == (HIGHER, 1)
    many = compared(0.009, -0.02, 0.001)
    assert many["verdict"].tolist() == [NO_DIFFERENCE, LOWER, NO_DIFFERENCE]
    assert set(many["family"]) == {3}


def test_a_comparison_without_an_answer_counts_in_the_family() -> None:
    """Else the family would depend on what was found. Alone among two, 0.009 has p = 0.064."""
    assert compared(0.009, 0.0)["verdict"].tolist() == [NO_DIFFERENCE, NO_DIFFERENCE]
    hidden = compared(0.009, 0.0, b=HIDDEN)
    assert hidden["verdict"].tolist() == [NO_DIFFERENCE, NOT_SHOWN]
    assert compared(0.02, 0.02, b={"cases": 14.0})["verdict"].tolist() == [HIGHER, TOO_FEW]


def test_no_answer_depends_on_a_comparison_that_is_not_tested() -> None:
    """A hidden difference of many standard errors must not move the p-value of another one."""
    few = {"cases": 14.0}
    told = [compared(0.012, far, b=few)[["verdict", "p_adjusted"]].head(1) for far in (0.0, 0.9)]
    pd.testing.assert_frame_equal(*told)


def test_what_is_printed_follows_from_the_printed_rates() -> None:
    """Two exact differences that are printed alike have the same limits and p-value. Steps are 1 per 1,000;
    Bonferroni for one test: t = 2.042 with 30 df, 8 per 1,000."""
    rates = {"a": {"estimate": 0.03}, "whole": {"estimate": 0.0233}}
    one, two = (compared(exact, **rates).iloc[0] for exact in (0.0098, 0.0103))
    assert one[["verdict", "ci_low", "ci_high", "p_adjusted"]].equals(
        two[["verdict", "ci_low", "ci_high", "p_adjusted"]]
    )
    assert one["p_adjusted"] == pytest.approx(2 * student.sf(0.01 / 0.004, 30), abs=0.0005)
    assert (one["ci_low"], one["ci_high"]) == pytest.approx((0.002, 0.018), abs=1e-12)


def test_a_p_value_has_two_digits_and_a_small_one_is_0() -> None:
    p = compared(0.1, a={"estimate": 0.12}, whole={"estimate": 0.0533})["p_adjusted"].iloc[0]
    assert p == 0.0
    p = compared(0.009, a={"estimate": 0.029}, whole={"estimate": 0.023})["p_adjusted"].iloc[0]
    assert p == 0.032


@pytest.mark.parametrize(
    ("fact", "side"),
    [
        ({"flag": "unreliable", "marker": "u"}, "a"),
        ({"cases": 14.0}, "a"),
        ({"psus_with_cases": 9.0}, "a"),
        ({"cases": 14.0}, "others"),
        ({"psus_with_cases": 9.0}, "others"),
        ({"cv": 2.0, "estimate": 0.02, "se": 0.04, "ci_low": 0.001, "ci_high": 0.1}, "others"),
    ],
)
def test_there_are_too_few_cases_whatever_the_intervals_do(fact: dict[str, Any], side: str) -> None:
    made = compared(0.2, 0.2, **{side: fact})
    assert made["verdict"].iloc[0] == TOO_FEW
    assert made.loc[0, ["ci_low", "ci_high", "p_adjusted"]].isna().all()


def test_nothing_is_told_if_a_side_is_hidden() -> None:
    assert compared(0.2, a=HIDDEN)["verdict"].tolist() == [NOT_SHOWN]
    assert compared(0.2, b=HIDDEN)["verdict"].tolist() == [HIGHER]  # everybody less a are all others
    both = compared(0.2, b=HIDDEN, whole=HIDDEN)
    assert both["verdict"].tolist() == [NOT_SHOWN]
    assert both[["ci_low", "ci_high", "p_adjusted"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({}, ""),
        ({"exact_a": {"cases": 29.0}}, FEW_FOR_TITLES),
        ({"others": {"cases": 29.0}}, FEW_FOR_TITLES),
        ({"exact_a": {"bound_high": 0.03}}, WIDE),
        ({"others": {"bound_high": 0.03, "ci_high": 0.026}}, WIDE),
        (
            {"others": {"bound_high": 0.045, "ci_low": 0.018, "ci_high": 0.046}},
            UNRESOLVED,
        ),  # all unresolved of the lower side as cases
    ],
)
def test_a_title_needs_more_cases_and_a_difference_that_unresolved_answers_cannot_explain(
    facts: dict[str, Any], why: object
) -> None:
    made = compared(0.02, a={"estimate": 0.04}, **facts).iloc[0]
    assert made["verdict"] == HIGHER
    assert made["only_in_tables"] == why


def test_a_p_value_is_printed_only_where_both_standard_errors_are() -> None:
    a = {"estimate": 0.04}
    assert compared(0.02, a=a)["p_adjusted"].notna().all()
    assert compared(0.02, a=a | {"se": np.nan})["p_adjusted"].isna().all()
    assert compared(0.02, a=a, others={"cases": 29.0})["p_adjusted"].isna().all()


def test_a_p_value_that_is_the_one_of_a_comparison_without_one_is_blank() -> None:
    """Holm's values never fall: the second of two p-values may be that of the first, which is not printed."""
    high = {"estimate": 0.0458}  # both are 12.9 per 1,000 above all others
    both = compared(0.0129, 0.0129, a=high, b=high)
    assert both["p_adjusted"].notna().all()
    alone = compared(0.0129, 0.0129, a=high | {"se": np.nan}, b=high)
    assert alone["p_adjusted"].isna().all()


def test_a_run_compares_each_group_that_survey_yaml_names(tmp_path: Any) -> None:
    out = fl.publish_run(classified(country.write(tmp_path / "b")))
    assert (out.lead, (out.contrasts["group"] == "sex").sum()) == ("sex", 1)
    asked = set(out.table.loc[out.table["measure"] == "prevalence", "breakdown"])
    assert set(out.contrasts["group"]) <= asked
    assert {"compared", "p_adjusted"} <= set(out.table)
    rows = out.select("prevalence", "sex")
    mirrored = {HIGHER: LOWER, LOWER: HIGHER}
    first, second = rows["compared"]
    assert second == mirrored.get(first, first)
    shown = out.contrasts[out.contrasts["verdict"].map(lambda v: v == NOT_SHOWN)]
    assert shown[["ci_low", "ci_high", "p_adjusted"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("migrant", {"column": "region", "codes": {"1": "here", "2": "elsewhere"}}),
        ("handicap", {"column": "region", "codes": {"1": "oui", "2": "non"}}),
        ("group", {"column": "region", "codes": {"1": "x", "2": "y"}, "label": "Lieu de naissance"}),
        (
            "group",
            {
                "column": "region",
                "codes": {"1": "native", "2": "foreign"},
                "classification": "place_of_birth",
            },
        ),
        (
            "group",
            {"column": "region", "codes": {"1": "with", "2": "without"}, "classification": "disability"},
        ),
    ],
)
def test_origin_migrant_status_and_disability_are_not_compared(name: str, group: dict[str, Any]) -> None:
    made = TypeAdapter(AnyGroup).validate_python(group)
    assert not may_compare(name, made)
    assert may_compare("region", TypeAdapter(AnyGroup).validate_python({"column": "r", "codes": {"1": "n"}}))


def test_migrant_status_is_not_compared_by_the_kit_itself() -> None:
    out = shipped.published("norvia_lfs_2025")
    assert "migrant" in set(out.table["breakdown"])
    assert "migrant" not in set(out.contrasts["group"])
