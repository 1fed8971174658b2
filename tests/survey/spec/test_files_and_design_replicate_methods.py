"""Compares the coefficients of replicate weights with those of R's `svrepdesign`, and tests what is
refused."""

from __future__ import annotations

import math
from typing import Any

import pytest

from fltoolkit.errors import DesignError
from fltoolkit.survey.spec.files_and_design import Method, factors, refuse_coefficients


@pytest.mark.parametrize(
    ("method", "rscales", "each"),
    [
        (Method("brr"), None, 1 / 6),
        (Method("fay", rho=0.5), None, 1 / (6 * 0.25)),
        (Method("jk1"), None, 5 / 6),
        (Method("jkn"), [1 / 2] * 6, 1 / 2),
        (Method("jkn", scale=2), [0.5] * 6, 1.0),
        (Method("jk2"), None, 1.0),
        (Method("bootstrap"), None, 1 / 5),
        (Method("successive_difference"), None, 4 / 6),
        (Method("other", scale=3), 0.2, 0.6),
    ],
)
def test_coefficients_of_each_method(
    method: Method, rscales: float | list[float] | None, each: float
) -> None:
    assert factors(method, 6, rscales) == pytest.approx([each] * 6)


def test_each_replicate_keeps_its_own_coefficient_and_one_may_be_zero() -> None:
    assert factors(Method("other", scale=2.0), 3, [0.5, 0.0, 1.5]) == (1.0, 0.0, 3.0)


@pytest.mark.parametrize(
    ("scale", "rscales", "says"),
    [
        (1.0, [0.5, 0.5], "3 replicates have 2 coefficients"),
        (1.0, [0.5, -0.5, 0.5], "not numbers above zero"),
        (1.0, [0.0, 0.0, 0.0], "not numbers above zero"),
        (1.0, [0.5, math.inf, 0.5], "not numbers above zero"),
        (1.0, [0.5, math.nan, 0.5], "not numbers above zero"),
        (0.0, 1.0, "not numbers above zero"),
        (math.inf, 1.0, "not numbers above zero"),
    ],
)
def test_coefficients_that_give_no_variance_are_refused(scale: float, rscales: Any, says: str) -> None:
    with pytest.raises(DesignError, match=says):
        factors(Method("other", scale=scale), 3, rscales)


@pytest.mark.parametrize(
    ("method", "strata", "where"),
    [
        (Method("jackknife"), False, "method"),  # type: ignore[arg-type]
        (Method("fay"), False, "rho"),
        (Method("fay", rho=1.0), False, "rho"),
        (Method("fay", rho=-0.1), False, "rho"),
        (Method("jk1", rho=0.5), False, "rho"),
        (Method("brr", scale=0.1), False, "scale, rscales"),
        (Method("jk2", rscales=0.1), False, "scale, rscales"),
        (Method("successive_difference", scale=1), False, "scale, rscales"),
        (Method("jkn"), False, "rscales"),
        (Method("jkn", scale=1), False, "rscales"),
        (Method("other", scale=1), False, "scale, rscales"),
        (Method("other", rscales=1), False, "scale, rscales"),
    ],
)
def test_what_does_not_go_with_a_method_is_refused(method: Method, strata: bool, where: str) -> None:
    with pytest.raises(DesignError) as error:
        refuse_coefficients(method, strata)
    assert error.value.where == where


@pytest.mark.parametrize(
    ("method", "strata"),
    [
        (Method("jkn"), True),
        (Method("jkn", rscales=0.5), False),
        (Method("fay", rho=0.0), False),
        (Method("jk1", scale=0.9), False),
        (Method("bootstrap", rscales=1), False),
        (Method("other", scale=1, rscales=1), False),
        (Method("brr"), False),
    ],
)
def test_what_goes_with_a_method_is_taken(method: Method, strata: bool) -> None:
    refuse_coefficients(method, strata)
