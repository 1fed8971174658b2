"""Tests that a weight, or a value of many weights, that carries much of the sum is found, and that odd but
right weights are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl

Found = Callable[..., list[dict[str, Any]]]
CODE = 9999.99


@pytest.fixture
def found(
    spec: dict[str, Any],
    people: pd.DataFrame,
    write: Callable[..., Path],
    changed: Callable[..., dict[str, Any]],
) -> Found:
    """Returns a function that gives some persons these weights (and other columns), and returns the findings
    about weights."""

    def of_weights(
        weights: Any, keys: dict[str, Any] | None = None, *, show_values: bool = False, **columns: Any
    ) -> list[dict[str, Any]]:
        times = -(-len(weights) // len(people))
        many = pd.concat([people.assign(hh=people["hh"] + f"_{i}") for i in range(times)], ignore_index=True)[
            : len(weights)
        ]
        path = write(changed(spec, keys or {}), people=many.assign(w=weights, **columns))
        table = fl.check(fl.read_survey(path), show_values=show_values)
        return table[table["check"] == "weights"].to_dict("records")  # type: ignore[no-any-return]

    return of_weights


def skewed(n: int = 800, mean: float = 300.0, sigma: float = 0.6) -> np.ndarray[Any, Any]:
    return np.exp(np.random.default_rng(3).normal(np.log(mean), sigma, n)).round(3)


def with_value(value: float, holders: int) -> np.ndarray[Any, Any]:
    weights = skewed()
    weights[:holders] = value
    return weights


@pytest.mark.parametrize("keys", [{}, {"design.weights": "normalised"}])
def test_a_code_for_a_missing_weight_is_a_warning_with_its_share(found: Found, keys: dict[str, Any]) -> None:
    weights = with_value(CODE, 40)
    (warning,) = found(weights, keys)
    share = 40 * CODE / weights.sum()
    assert (warning["severity"], warning["where"], warning["count"]) == ("warning", "w", "about 40")
    assert (
        warning["what"]
        == f"one value of the weight carries {share:.0%} of the sum of the weights: 1 value, not printed"
    )
    assert found(weights, keys, show_values=True)[0]["what"].endswith(": 9999.99")


def test_one_weight_that_carries_much_is_a_warning_that_does_not_print_it(found: Found) -> None:
    weights = with_value(40_000.0, 1)
    (warning,) = found(weights)
    assert warning["what"].startswith(f"one weight carries {40_000 / weights.sum():.0%} of the sum")
    assert "40000" not in str(warning)
    assert warning["count"] == "fewer than 5"


def test_two_values_are_two_warnings_the_larger_value_first(found: Found) -> None:
    weights = with_value(CODE, 20)
    weights[20:50] = 5000.0
    shares = [f"carries {part / weights.sum():.0%} of" for part in (20 * CODE, 30 * 5000)]
    assert [share in row["what"] for share, row in zip(shares, found(weights), strict=True)] == [True, True]


def test_who_did_not_answer_the_module_carries_nothing(found: Found) -> None:
    findings = found(with_value(CODE, 40), result=["out"] * 40 + ["done"] * 760)
    assert [row["what"] for row in findings if "carries" in row["what"]] == []


@pytest.mark.parametrize(
    ("name", "weights"),
    [
        ("skewed weights", skewed()),
        ("very skewed weights of many persons", skewed(1600, sigma=1.0)),
        ("a small part of the country that was drawn heavily", [10.0] * 600 + [1000.0] * 400),
        ("strata taken as a whole", [1.0] * 300 + [40.0] * 500),
        ("a survey of a few persons", [2.5] * 16),
        ("one heavy weight that carries little", [*skewed(), 3000.0]),
    ],
)
def test_odd_but_right_weights_give_no_warning(name: str, weights: Any, found: Found) -> None:
    assert found(weights) == [], name
