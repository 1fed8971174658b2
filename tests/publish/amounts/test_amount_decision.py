"""Tests which means and medians of amounts are hidden, and how the others are printed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from surveys_of_amounts import survey

import fltoolkit as fl
from fltoolkit.errors import PublicationError
from fltoolkit.publish.amounts.amount_decision import _Amount, _dominated


def amounts(folder: Path, seed: int) -> pd.DataFrame:
    return fl.publish_run(survey(folder, seed)[0]).own_rows(outcome="debt")


def test_amounts_and_their_intervals_are_multiples_of_one_base(tmp_path: Path) -> None:
    shown = amounts(tmp_path, 4).query("marker == ''")
    assert set(shown["measure"]) == {"mean", "median"}
    assert shown["rounding"].nunique() == 1
    base, whole = shown["rounding"].iloc[0], shown["estimate"].iloc[0]
    assert 0.04 * whole < base < 0.15 * whole
    for column in ("estimate", "ci_low", "ci_high"):
        assert (shown[column] % base == 0).all()
    assert shown[["se", "cv", "deff", "deff_replace", "n_eff"]].isna().all(axis=None)


def test_the_middle_of_an_interval_tells_no_more_than_the_mean(tmp_path: Path) -> None:
    shown = amounts(tmp_path, 4).query("measure == 'mean' and marker == ''")
    assert np.allclose((shown["ci_low"] + shown["ci_high"]) / 2, shown["estimate"])


def test_a_hidden_mean_of_all_hides_every_number_and_the_base(tmp_path: Path) -> None:
    rows = amounts(tmp_path, 6)  # one debt is larger than all others together
    assert (rows["marker"] == "c").all()
    assert rows["estimate"].isna().all()
    run = fl.publish_run(survey(tmp_path, 6)[0]).own_rows(measure="total")["rounding"]
    assert set(rows["rounding"]) == set(run)


def test_nonresponse_is_printed(tmp_path: Path) -> None:
    persons, cases = survey(tmp_path, 4)
    row = fl.publish_run(persons).select("mean", outcome="debt").iloc[0]
    assert row["missing"] == (cases["DEBT"] == 99999).sum()
    assert (row["amount"], row["amount_unit"]) == ("debt", "crowns of 2025")


def test_dominance() -> None:
    assert _dominated(np.array([60.0, 30, 15]))  # more than half of the sum
    assert _dominated(np.array([50.0, 45, 7]))  # the second knows 50 to within 7, that is 14%
    assert not _dominated(np.array([50.0, 45, 8]))
    assert not _dominated(np.zeros(3))


@pytest.mark.parametrize(("below", "hidden"), [(4, True), (5, False)])
def test_a_median_needs_five_persons_on_each_side(below: int, hidden: bool) -> None:
    debts = np.array([100.0 * i for i in range(below)] + [5000.0] + [9000.0 + i for i in range(20)])
    weights = np.where(debts < 5000, 100.0, 1.0)[None]
    adults = ("adults", frozenset[tuple[str, str]]())
    amount = _Amount(pd.DataFrame({"persons": np.ones(len(debts))}), debts, [adults], weights, 100.0)
    assert amount.few_on_a_side(adults, 5000.0) is hidden


@pytest.mark.parametrize("measure", ["mean", "median"])
def test_an_amount_is_not_published_alone_or_beside_a_run(measure: str, tmp_path: Path) -> None:
    persons, _ = survey(tmp_path, 4)
    est = fl.mean(persons, "debt") if measure == "mean" else fl.quantile(persons, "debt", 0.5)
    for beside in (None, fl.publish_run(persons)):
        with pytest.raises(PublicationError, match="of: debt"):
            fl.publish(est, beside=beside)
