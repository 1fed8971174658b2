"""Tests the comparison that survey.yaml names beforehand: which pairs are tested, that they are one family,
and what is printed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import small_country as country
from published_rows import HIDDEN, RULES, of, published, row
from shared_surveys import classified

import fltoolkit as fl
from fltoolkit.estimate.change_over_time.unresolved_excess import WIDE_BOUNDS
from fltoolkit.publish.contrasts.lead_contrasts import (
    HIGHER,
    LOWER,
    NO_DIFFERENCE,
    NOT_TESTED,
    published_contrasts,
)

CASES = {"cases": 40.0, "psus_with_cases": 20.0}


def contrasts(
    *differences: tuple[str, str, float], se: float = 0.004, **rates: dict[str, Any]
) -> pd.DataFrame:
    """Pairs of the categories a, b, c of `sex`, each with its difference; a category's row by what differs
    from the usual one."""
    rows = [of("sex", name, **{"population": 10_000.0} | CASES | rates.get(name, {})) for name in "abc"]
    out = published(row(), *rows)
    pairs = pd.DataFrame(differences, columns=["category", "reference", "estimate"]).assign(
        reference_population="adults", group="sex", level=0.95, se=se, df=30.0
    )
    return published_contrasts(pairs, out.table, out.exact, RULES)


def test_a_verdict_is_that_of_the_adjusted_test() -> None:
    """0.009 is 2.25 standard errors: p = 0.032 alone, 0.064 among others."""
    alone = contrasts(("a", "b", 0.009)).iloc[0]
    assert (alone["verdict"], alone["tested"]) == (HIGHER, 1)
    many = contrasts(("a", "b", 0.009), ("a", "c", -0.02), ("b", "c", 0.001))
    assert many["verdict"].tolist() == [NO_DIFFERENCE, LOWER, NO_DIFFERENCE]
    assert set(many["tested"]) == {3}


def test_limits_hold_at_once_and_are_rounded_as_the_rates_are() -> None:
    """Rates of 10,000 persons in tens: steps of one per 1,000. Bonferroni for three: t = 2.536 with 30 df."""
    many = contrasts(("a", "b", 0.009), ("a", "c", -0.02), ("b", "c", 0.001))
    np.testing.assert_allclose(many["ci_high"], [0.019, -0.010, 0.011], atol=1e-12)
    np.testing.assert_allclose(many["ci_low"], [-0.001, -0.030, -0.009], atol=1e-12)


@pytest.mark.parametrize(
    ("fact", "why"),
    [
        (HIDDEN, "a number is not shown"),
        ({"flag": "unreliable", "marker": "u"}, "a number is unreliable"),
        ({"bounds_note": WIDE_BOUNDS}, "too many unresolved answers"),
        ({"cases": 14.0}, "too few cases"),
        ({"psus_with_cases": 9.0}, "too few cases"),
    ],
)
def test_a_pair_is_not_tested_where_no_verdict_may_rest_on_a_rate(fact: dict[str, Any], why: str) -> None:
    made = contrasts(("a", "b", 0.02), ("a", "c", 0.02), b=fact)
    assert made["verdict"].tolist() == [NOT_TESTED, HIGHER]
    assert made["reason"].tolist() == [why, ""]
    assert set(made["tested"]) == {1}  # the family is what is tested
    assert made.loc[0, ["ci_low", "ci_high", "p_adjusted"]].isna().all()


def test_a_p_value_is_printed_only_where_both_standard_errors_are() -> None:
    assert contrasts(("a", "b", 0.02), b={"se": np.nan})["p_adjusted"].isna().all()
    assert contrasts(("a", "b", 0.02))["p_adjusted"].notna().all()


def test_a_run_tests_the_group_that_survey_yaml_names(tmp_path: Any) -> None:
    """By region only north and south have 12 cases or more, and south is unreliable: nothing is tested; by
    sex the one pair is."""
    by_region = fl.publish_run(
        classified(country.write(tmp_path / "a", {**country.SURVEY, "lead": "region"}))
    )
    assert by_region.lead == "region"
    assert set(by_region.contrasts["verdict"]) == {NOT_TESTED}
    hidden = by_region.contrasts[
        (by_region.contrasts["category"] == "east") | (by_region.contrasts["reference"] == "west")
    ]
    assert hidden[["ci_low", "ci_high"]].isna().all().all()
    by_sex = fl.publish_run(classified(country.write(tmp_path / "b")))
    assert (by_sex.lead, len(by_sex.contrasts)) == ("sex", 1)
