"""Tests one pass over eight persons: the cells and denominators, and their sums by sampled unit, replicate or
pattern."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import NotAvailable
from fltoolkit.estimate.totals.cluster_totals import Outcome
from fltoolkit.estimate.totals.one_pass import Estimand, EstimandSums, _renumber, sum_persons
from fltoolkit.estimate.totals.reference_population import ReferencePopulation
from fltoolkit.estimate.variance import as_dense
from fltoolkit.survey.engine.columns import WEIGHT

# Three villages; the second has no case, and one person of the third has not answered.
PERSONS = pd.DataFrame(
    {
        "w": [1.0, 2, 3, 4, 5, 6, 7, 8],
        "village": [1, 1, 1, 2, 2, 3, 3, 3],
        "g": list("aabaabab"),
        "h": list("xxxyyyxx"),
        "case": [1, 0, 1, 0, 0, 0, 1, None],
        "all": 1,
    }
)
TRUTH = Outcome("truth", "case", three_valued=True)


def design(**more: Any) -> fl.SurveyDesign:
    return fl.SurveyDesign(PERSONS, weight="w", psu="village", **more)


def passed(
    wanted: tuple[tuple[str, ...], ...], measure: str = "prevalence", of: str | None = None, **more: Any
) -> EstimandSums:
    given = {"design": design(), "outcome": TRUTH} | more
    return sum_persons(
        given["design"],
        Estimand(given["outcome"], measure, wanted, of),
        ReferencePopulation("", WEIGHT, None),
    )


def test_weights_and_outcomes_are_summed_by_village_and_cell() -> None:
    """Cells: everybody, a, b."""
    run = passed(((), ("g",)))
    assert run.cells.keys["g"].tolist() == ["total", "a", "b"]
    assert run.denominators is run.cells
    assert as_dense(run.by_unit("w", run.denominators)).tolist() == [[6, 3, 3], [9, 9, 0], [21, 7, 14]]
    assert as_dense(run.cases).tolist() == [[4, 1, 3], [0, 0, 0], [7, 7, 0]]
    assert run.y.tolist() == [11, 8, 3]
    assert run.degrees_of_freedom(run.by_unit("w", run.denominators)).tolist() == [
        2,
        2,
        1,
    ]  # of b two villages


def test_persons_are_found_by_whether_they_are_cases() -> None:
    run = passed(((),))
    persons = run.table["n"].to_numpy()
    assert [persons[rows].sum() for rows in (run.of_cases, run.counted, run.unresolved)] == [3, 3, 1]
    assert run.psus_with_cases().tolist() == [2]
    assert run.psus_with_cases(unresolved=True).tolist() == [
        2
    ]  # the person who did not answer lives where a case does


def test_whoever_is_unresolved_in_the_denominator_counts_for_each_of_its_cells() -> None:
    """Cases of a live in the villages 1 and 3, of b in 1; the person of the second village who did not answer
    is of a."""
    frame = PERSONS.assign(case=[1, 0, 1, 0, None, 0, 1, 0])
    run = passed((("g",),), of="g", design=fl.SurveyDesign(frame, weight="w", psu="village"))
    assert (len(run.denominators), len(run.cells)) == (1, 2)
    assert run.psus_with_cases().tolist() == [2, 1]
    assert run.psus_with_cases(unresolved=True).tolist() == [3, 2]


def test_the_denominator_of_a_share_is_all_cases_and_a_group_without_one_has_none() -> None:
    """By h and g: of y nobody is a case, so that there is nothing to distribute."""
    run = passed((("h", "g"),), "share", "g")
    assert run.cells.keys[["h", "g"]].to_numpy().tolist() == [["x", "a"], ["x", "b"]]
    assert run.denominators.keys["h"].tolist() == ["x"]
    assert run.parent.tolist() == [0, 0]
    assert run.denominator_values(run.denominators.sums(run.table["wy"].to_numpy())).tolist() == [11, 11]
    nobody = fl.SurveyDesign(PERSONS.assign(case=0), weight="w", psu="village")
    for by in (("h", "g"), ("g",)):
        with pytest.raises(NotAvailable, match="no case was recorded"):
            passed((by,), "share", "g", design=nobody)


def test_of_replicate_weights_each_replicate_is_a_row_and_villages_are_not_known() -> None:
    frame = PERSONS.assign(
        r1=PERSONS["w"] * [2, 0, 2, 0, 2, 0, 2, 0], r2=PERSONS["w"] * [0, 2, 0, 2, 0, 2, 0, 2]
    )
    given = {"weight": "w", "replicates": ["r1", "r2"], "method": "brr"}
    run = passed(((), ("g",)), design=fl.ReplicateDesign(frame, **given))
    assert run.unit is None
    assert as_dense(run.by_unit("w", run.denominators)).tolist() == [[32, 26, 6], [40, 12, 28]]
    assert as_dense(run.cases).tolist() == [[22, 16, 6], [0, 0, 0]]
    assert run.psus_with_cases().isna().all()
    assert run.degrees_of_freedom(run.by_unit("w", run.denominators)).tolist() == [
        1,
        1,
        1,
    ]  # their rank less one
    given_df = passed(((),), design=fl.ReplicateDesign(frame, df=7, **given))
    assert given_df.degrees_of_freedom(given_df.by_unit("w", given_df.denominators)).tolist() == [7]


def test_below_the_units_of_calibrated_weights_stand_the_sums_by_pattern_of_the_margins() -> None:
    """Five persons of a, of weight 19, are to be 20, and three of b, of weight 17, to be 60."""
    benchmarks: dict[Any, dict[str, float]] = {("g",): {"a": 20, "b": 60}}
    plain, raked = (passed(((),), design=verb(design(), benchmarks)) for verb in (fl.poststratify, fl.rake))
    assert plain.margins is not None
    assert plain.calibration
    by = as_dense(plain.by_unit("w", plain.denominators)).ravel()
    assert by == pytest.approx([3 * 20 / 19 + 3 * 60 / 17, 9 * 20 / 19, 7 * 20 / 19 + 14 * 60 / 17, 20, 60])
    assert plain.margins.w.sum() == pytest.approx(80)
    assert as_dense(raked.by_unit("w", raked.denominators)).ravel() == pytest.approx(
        [*by, 5, 3]
    )  # and persons, for raking's means
    assert len(as_dense(plain.by_unit("n", plain.denominators))) == 3
    assert passed(((),)).margins is None


def test_cells_that_stay_are_numbered_anew_and_the_others_are_none() -> None:
    assert _renumber(np.array([2, -1, 0, 1], dtype=np.intp), np.array([True, False, True])).tolist() == [
        1,
        -1,
        0,
        -1,
    ]


@pytest.mark.parametrize(
    ("kind", "measure", "is_of_cases", "is_proportion"),
    [
        ("truth", "prevalence", False, True),
        ("everyone", "share", True, True),
        ("amount", "duration", True, False),
        ("amount", "stock", False, True),
        ("number", "mean", False, False),
        ("ratio", "ratio", False, False),
    ],
)
def test_a_measure_says_what_its_denominator_is_and_which_intervals_fit(
    kind: Any, measure: str, is_of_cases: bool, is_proportion: bool
) -> None:
    asked = Estimand(Outcome(kind, "y"), measure, ((), ("g",), ("h", "g")))
    assert (asked.is_of_cases, asked.is_proportion) == (is_of_cases, is_proportion)
    assert asked.groups == ("g", "h")
