"""Tests replicate weights in the data: blanks, the coefficients that strata give, and which rows are one
unit."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pandas as pd
import pytest
from small_surveys import frame_of

from fltoolkit.errors import DesignError
from fltoolkit.survey.design import replicate_weights
from fltoolkit.survey.design.replicate_weights import Replication, replicated
from fltoolkit.survey.spec.files_and_design import Method

# Strata of two and of three PSUs, a person each; each replicate drops one PSU and raises the others of its
# stratum. A third stratum was taken whole, so that no replicate changes it.
STRATIFIED: dict[str, list[Any]] = {
    "fl__weight": [10.0, 10.0, 4.0, 4.0, 4.0, 1.0],
    "fl__strata": ["a", "a", "b", "b", "b", "c"],
    "r1": [0.0, 20.0, 4.0, 4.0, 4.0, 1.0],
    "r2": [20.0, 0.0, 4.0, 4.0, 4.0, 1.0],
    "r3": [10.0, 10.0, 0.0, 6.0, 6.0, 1.0],
    "r4": [10.0, 10.0, 6.0, 0.0, 6.0, 1.0],
    "r5": [10.0, 10.0, 6.0, 6.0, 0.0, 1.0],
}


def bound(
    columns: dict[str, list[Any]], method: Method, strata: bool = False
) -> tuple[pd.DataFrame, Replication]:
    names = [name for name in columns if name.startswith("r")]
    frame, made = replicated(frame_of(**columns), names, [nw.col(name) for name in names], method, strata)
    return frame.collect("pandas").to_native(), made


def test_a_stratified_jackknife_takes_its_coefficients_from_the_strata() -> None:
    """(n_h − 1)/n_h, n_h being the number of replicates that change stratum h (Wolter 2007, ch. 4)."""
    _, made = bound(STRATIFIED, Method("jkn", mse=True, df=3), strata=True)
    assert made.factor == pytest.approx([1 / 2] * 2 + [2 / 3] * 3)
    assert (made.mse, made.df, made.names) == (True, 3, ("r1", "r2", "r3", "r4", "r5"))


def test_coefficients_that_are_given_go_before_those_of_the_strata() -> None:
    assert bound(STRATIFIED, Method("jkn", rscales=0.25), strata=True)[1].factor == (0.25,) * 5
    assert bound(STRATIFIED, Method("jk1"), strata=True)[1].factor == pytest.approx([4 / 5] * 5)


def test_a_replicate_that_touches_two_strata_or_none_cannot_be_of_a_stratified_jackknife() -> None:
    odd = {**STRATIFIED, "r2": [20.0, 0.0, 0.0, 6.0, 6.0, 1.0], "r4": STRATIFIED["fl__weight"]}
    with pytest.raises(
        DesignError, match=r"2 replicate\(s\) change the weights of no stratum or of several"
    ) as error:
        bound(odd, Method("jkn"), strata=True)
    assert error.value.found == "r2, r4"


def test_factors_of_the_weight_are_multiplied_and_a_blank_is_no_number() -> None:
    columns = {"fl__weight": [10.0, 4.0, 2.0], "r1": [0.0, 2.0, None], "r2": [1.5, 0.0, 1.0]}
    rows, made = bound(columns, Method("bootstrap", combined=False))
    assert rows.sort_values("fl__weight")[["fl__replicate0", "fl__replicate1"]].fillna(
        -1
    ).to_numpy().tolist() == [[-1, 2.0], [8.0, 0.0], [0.0, 15.0]]
    assert made.factor == (1.0, 1.0)
    rows, _ = bound(columns, Method("bootstrap"))
    assert sorted(rows["fl__replicate1"]) == [0.0, 1.0, 1.5]  # weights are taken as they are
    assert rows["fl__replicate0"].isna().sum() == 1  # in DuckDB NaN, which a sum does not pass over


def test_a_column_named_twice_is_refused() -> None:
    frame = frame_of(**STRATIFIED)
    with pytest.raises(DesignError, match=r"named twice[\s\S]*found: +r2"):
        replicated(
            frame, ["r1", "r2", "r2"], [nw.col("r1"), nw.col("r2"), nw.col("r2")], Method("jk1"), False
        )


def test_each_row_is_a_unit_of_one_stratum_and_of_a_very_large_file_one_of_few_buckets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    columns = {"fl__weight": [1.0] * 300, "r1": [1.0] * 300, "r2": [1.0] * 300}
    rows, _ = bound(columns, Method("brr"))
    assert rows["fl__psu"].nunique() == 300
    assert set(rows["fl__strata"]) == {"all"}
    monkeypatch.setattr(replicate_weights, "LARGEST_BY_ROW", 299)
    assert 2 < bound(columns, Method("brr"))[0]["fl__psu"].nunique() <= 20  # ten buckets for each replicate
