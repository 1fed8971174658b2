"""Tests the Rao-Scott tests against R's svychisq, and in samples without a design effect, for which Pearson's
test is known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from risk_records import CHISQ, RECORDS, design_of, grouped, of_group

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.estimate.models.rao_scott import _both_tests

COUNTS = {("a", 1): 10, ("a", 0): 20, ("b", 1): 30, ("b", 0): 40}
PEARSON = 100 * (10 * 40 - 20 * 30) ** 2 / (30 * 70 * 40 * 60)  # of a table of four cells


@pytest.mark.parametrize("key", of_group("rao_scott"))
def test_rao_scott_as_r_svychisq(key: str) -> None:
    r = RECORDS[key]
    found = fl.rao_scott(design_of(r["design"]), *r["of"])
    for ours, theirs in ((found.F, r["F"]), (found.chisq, r["chisq"])):
        for name, number in theirs.items():
            assert_allclose(getattr(ours, name), number, rtol=CHISQ, err_msg=name)
    assert found.table.to_numpy().sum() == pytest.approx(1)


def test_rao_scott_of_a_classified_survey(norvia: fl.Survey) -> None:
    found = fl.rao_scott(norvia, "area")
    rates = fl.prevalence(norvia, by="area").table.set_index("area")["estimate"]
    assert_allclose((found.table["yes"] / found.table.sum(axis=1)).reindex(rates.index), rates, rtol=1e-12)
    assert 0 < found.F.p_value < 1
    with pytest.raises(RequestError, match="only cases"):
        fl.rao_scott(norvia, "sector")


def test_of_persons_drawn_directly_it_is_pearsons_test() -> None:
    """Their design effect is n/(n − 1), with which X² is divided; a table of four cells has one degree of
    freedom."""
    found = fl.rao_scott(grouped(COUNTS), "group", "case")
    assert found.F.statistic == pytest.approx(PEARSON * 99 / 100)
    assert (found.F.ndf, found.F.ddf) == (pytest.approx(1), pytest.approx(99))
    assert found.chisq.statistic == pytest.approx(PEARSON)
    assert found.chisq.p_value == pytest.approx(
        math.erfc(math.sqrt(PEARSON * 0.99 / 2))
    )  # the tail of chi-squared with 1
    assert found.table.to_dict("index") == {
        "a": {"no": pytest.approx(0.2), "yes": pytest.approx(0.1)},
        "b": {"no": pytest.approx(0.4), "yes": pytest.approx(0.3)},
    }


def test_a_covariance_twice_that_of_independent_persons_halves_the_statistic() -> None:
    """Two rows and three columns: two degrees of freedom, of which the tail of chi-squared is e^(−x/2)."""
    p = np.array([0.1, 0.2, 0.1, 0.2, 0.1, 0.3])
    grid = p.reshape(2, 3)
    expected = np.outer(grid.sum(axis=1), grid.sum(axis=0))
    pearson = 200 * ((grid - expected) ** 2 / expected).sum()
    second, first = _both_tests(grid, 2 * (np.diag(p) - np.outer(p, p)) / 200, 200, 30, "x and y")
    assert (second.statistic, second.ndf, second.ddf) == (
        pytest.approx(pearson / 4),
        pytest.approx(2),
        pytest.approx(60),
    )
    assert (first.statistic, first.ndf, first.ddf) == (pytest.approx(pearson), 2, math.inf)
    assert first.p_value == pytest.approx(math.exp(-pearson / 2 / 2))
    assert second.what == "x and y: Rao-Scott F, second order"


def test_two_groups_are_a_grid_in_which_a_pair_that_nobody_has_is_nothing() -> None:
    pairs = [("a", "x")] * 4 + [("a", "y")] * 3 + [("b", "x")] * 3
    frame = pd.DataFrame(pairs, columns=["one", "other"]).assign(w=2.0)
    found = fl.rao_scott(fl.SurveyDesign(frame, weight="w"), "one", "other")
    assert found.table.loc["a"].tolist() == pytest.approx([0.4, 0.3])
    assert found.table.loc["b"].tolist() == pytest.approx([0.3, 0.0])
    assert (found.table.index.name, found.table.columns.name) == ("one", "other")


def test_a_group_against_itself_or_with_one_category_is_refused() -> None:
    design = grouped({("a", 1): 20, ("a", 0): 200})
    with pytest.raises(RequestError, match="against itself"):
        fl.rao_scott(design, "group", "group")
    with pytest.raises(RequestError, match="nothing to compare"):
        fl.rao_scott(design, "group", "case")


@pytest.mark.parametrize("everybody", [0, 1])
def test_an_outcome_of_nobody_or_of_everybody_is_refused(everybody: int) -> None:
    design = grouped({("a", everybody): 20, ("b", everybody): 30})
    with pytest.raises(RequestError, match="outcome that some persons have"):
        fl.rao_scott(design, "group", "case")
