"""Tests groups of equal size: their limits against a plain loop, equal numbers at a limit, and that no limit
is printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import fltoolkit as fl
from fltoolkit.classify.group_columns import quantile_limits, weighted_quantiles
from fltoolkit.errors import DataError

SurveyOf = Callable[..., fl.Survey]
KEYS = {"groups.wealth": {"column": "wealth", "quantiles": 5, "missing": 99}}
FIFTHS = ("1 of 5 (lowest)", "2 of 5", "3 of 5", "4 of 5", "5 of 5 (highest)")


@pytest.mark.parametrize("seed", range(20))
def test_a_limit_is_the_least_value_that_reaches_the_share(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, weights = np.unique(rng.normal(size=50).round(1)), rng.integers(1, 9, 50)
    weights, shares = weights[: len(values)].astype(float), (0.2, 0.4, 0.6, 0.8)
    expected = []
    for share in shares:
        summed = 0.0
        for value, weight in zip(values, weights, strict=True):
            summed += weight
            if summed >= share * weights.sum() - 1e-9:
                expected.append(value)
                break
    assert weighted_quantiles(values, weights, shares) == tuple(expected)


def test_a_share_that_is_reached_but_for_rounding_is_reached() -> None:
    assert weighted_quantiles(np.arange(10.0), np.full(10, 0.1), (0.3,)) == (
        2.0,
    )  # 0.1 three times is a little more than 0.3
    assert weighted_quantiles(np.arange(10.0), np.full(10, 1.1), (0.2, 0.7)) == (1.0, 6.0)
    assert weighted_quantiles(np.array([]), np.array([]), (0.5,)) == ()
    assert weighted_quantiles(np.array([1.0]), np.array([np.nan]), (0.5,)) == ()


def _persons(wealth: list[Any], **facts: Any) -> dict[str, dict[str, Any]]:
    return {
        f"p{i:02d}": {"wealth": value, **{name: values[i] for name, values in facts.items()}}
        for i, value in enumerate(wealth)
    }


def test_all_persons_of_the_sample_count_and_equal_numbers_stay_together(survey_of: SurveyOf) -> None:
    """The limits are over everybody with the number: also the ten who were not asked the module."""
    wealth = [10, 10, 20, 20, 30, 30, 40, 40, 50, 50, 60, 60, 70, 70, 99, ""]
    asked = ["in"] * 6 + ["out"] * 10
    keys = {**KEYS, "module": {"column": "result", "answered": "in", "not_asked": "out"}}
    survey = survey_of(_persons(wealth, result=asked), keys)
    found = fl.classify(survey).frame.select("wealth", "src__wealth").collect("pandas").to_native()
    groups = dict(zip(found["src__wealth"].fillna("blank"), found["wealth"], strict=True))
    # Of 14 persons with a number a fifth is 2.8: reached at the 4th (20), the 6th (30), the 10th (50), the
    # 12th (60).
    expected = {"10": 0, "20": 0, "30": 1, "40": 2, "50": 2, "60": 3, "70": 4}
    assert {value: groups[value] for value in expected} == {value: FIFTHS[i] for value, i in expected.items()}
    assert groups["99"] == groups["blank"] == "not stated"


def test_weights_count(survey_of: SurveyOf) -> None:
    """The one person of weight 6 among ten of weight 1 fills three fifths alone: no limit can be set within
    them."""
    with pytest.raises(DataError, match="cannot be divided into 5 groups"):
        fl.classify(survey_of(_persons([*range(10), 100], weight=[1] * 10 + [6]), KEYS))
    found = (
        fl.classify(survey_of(_persons(list(range(10)), weight=[3] + [1] * 9), KEYS))
        .frame.select("wealth")
        .collect("pandas")
        .to_native()
    )
    assert found["wealth"].value_counts().to_dict() == {
        FIFTHS[0]: 1,
        FIFTHS[1]: 2,
        FIFTHS[2]: 3,
        FIFTHS[3]: 2,
        FIFTHS[4]: 2,
    }


def test_too_many_equal_numbers_are_an_error_that_tells_none_of_them(survey_of: SurveyOf) -> None:
    survey = survey_of(_persons([777] * 12 + [888, 999, 111, 222]), KEYS)
    with pytest.raises(DataError) as error:
        fl.classify(survey)
    said = str(error.value)
    assert "cannot be divided into 5 groups" in said
    assert "wealth (groups.wealth)" in said
    assert not any(number in said for number in ("777", "888", "999", "111", "222"))


def test_no_limit_is_in_what_is_published(classified_of: Callable[..., fl.ClassifiedSurvey]) -> None:
    wealth = [1000.25 + 7.5 * i for i in range(200)]
    keys = {**KEYS, "tables": [{"measure": "prevalence", "by": ["wealth"]}]}
    forced = ["J" if i % 7 == 0 else "N" for i in range(200)]
    persons = classified_of(_persons(wealth, hazardous_work=forced, debt_bondage=forced), keys)
    limits = quantile_limits(persons.spec, persons.frame)["wealth"]
    out = fl.publish_run(persons)
    said = " ".join(
        [out.table.to_csv(), out.exact.to_csv(), repr(out), repr(persons), fl.check(persons).to_csv()]
    )
    assert len(limits) == 4
    assert FIFTHS[0] in said
    assert not any(f"{limit:g}" in said for limit in limits)
