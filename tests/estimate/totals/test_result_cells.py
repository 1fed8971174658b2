"""Tests the rows that breakdowns give."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.estimate.totals.breakdowns import cube

PERSONS = pd.DataFrame(
    {"w": 2.0, "psu": range(8), "y": [1, 0] * 4, "a": list("xxxxyyyy"), "b": list("ppqqppqq")}
)


def design(frame: pd.DataFrame = PERSONS) -> fl.SurveyDesign:
    return fl.SurveyDesign(frame, weight="w", psu="psu")


def test_names_and_lists_do_not_mix() -> None:
    with pytest.raises(RequestError) as error:
        fl.mean(design(), "y", by=["a", ["b"]])  # type: ignore[list-item]
    assert "mean: by: this value is not allowed here" in str(error.value)
    assert "found:   list ['a', ['b']]" in str(error.value)
    assert 'write each breakdown as a list, and the total as []: [[], ["sex"]]' in str(error.value)


def test_several_breakdowns_stand_below_each_other_with_total_in_unused_columns() -> None:
    table = fl.total(design(), "y", by=cube("a", "b")).table
    rows = [(r["a"], r["b"], r["n"]) for r in table.to_dict("records")]
    assert rows == [
        ("total", "total", 8),
        ("x", "total", 4),
        ("y", "total", 4),
        ("total", "p", 4),
        ("total", "q", 4),
        ("x", "p", 2),
        ("x", "q", 2),
        ("y", "p", 2),
        ("y", "q", 2),
    ]


def test_one_crossed_breakdown_has_no_margins() -> None:
    assert fl.total(design(), "y", by=["a", "b"]).table["n"].tolist() == [2, 2, 2, 2]


def test_combinations_of_any_number_of_groups_are_told_apart() -> None:
    """28 groups of five categories have more possible combinations than a whole number can count; before,
    NumPy refused them."""
    rng = np.random.default_rng(1)
    names = [f"g{i}" for i in range(28)]
    frame = pd.DataFrame({**{name: rng.choice(list("12345"), 300) for name in names}, "w": 1.0, "y": 1})
    twice = pd.concat([frame, frame.head(100)], ignore_index=True)
    found = fl.total(fl.SurveyDesign(twice, weight="w"), "y", by=names).table
    expected = twice.groupby(names).size()
    assert found.set_index(names)["n"].sort_index().tolist() == expected.sort_index().tolist()
    assert sorted(found["n"]) == [1] * 200 + [2] * 100


def test_a_value_named_total_is_refused_because_margins_are_called_so() -> None:
    with pytest.raises(RequestError) as error:
        fl.mean(design(PERSONS.assign(b="total")), "y", by=[[], ["b"]])
    assert "'total'" in str(error.value)
    assert "found:   b" in str(error.value)
    assert "rename" in str(error.value)


def test_sums_by_unit_are_the_same_in_a_full_and_in_a_sparse_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "w": rng.uniform(1, 3, 500),
            "psu": rng.integers(0, 40, 500),
            "stratum": 0,
            "y": rng.random(500) < 0.2,
        }
    )
    frame = frame.assign(
        stratum=frame["psu"] % 5, a=rng.choice(list("xyz"), 500), b=rng.choice(list("pqrs"), 500)
    )
    drawn = fl.SurveyDesign(frame, weight="w", psu="psu", strata="stratum")
    found = []
    for full in (0.0, 2.0):
        monkeypatch.setattr("fltoolkit.estimate.totals.result_cells.FULL", full)
        found.append(fl.prevalence(drawn, "y", by=[[], ["a"], ["a", "b"]]))
    assert isinstance(found[0].influence, np.ndarray)
    assert not isinstance(found[1].influence, np.ndarray)
    pd.testing.assert_frame_equal(found[0].table, found[1].table, rtol=1e-12)
    assert found[0].covariance == pytest.approx(found[1].covariance, rel=1e-12, abs=1e-15)
