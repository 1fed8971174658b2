"""Tests labels of a CSV without a survey.yaml: they are kept as written, and different labels stay
different."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import DataError

# Labels that are the same number, or blank, to whoever takes them for numbers.
ALIKE = [
    ["1.1", "1.10", "1.2", "1.20"],
    ["1e1", "10", "1e2", "100"],
    ["+1", "1", "+2", "2"],
    ["NaN", "1", "2", "NA"],
    ["01", "1", "02", "2"],
    ["1.0", "1", "2.0", "2"],
    ["-0", "0", "1", "2"],
    ["Inf", "inf", "1", "2"],
    ["0.10000000000000001", "0.1", "0.2", "0.3"],
    ["1.", "1", "2", "3"],
    [".5", "0.5", "1", "2"],
    ["12345678901234567", "12345678901234568", "1", "2"],
    ["1E3", "1e3", "1000", "2"],
]
OUTCOME = [3, 5, 4, 9, 1, 2, 7, 8]


def standard_error(units: Sequence[str], outcome: Sequence[float]) -> float:
    """Of a mean of equal weights: the sum over units of squared residual totals, n/(n-1)."""
    mean, totals = sum(outcome) / len(outcome), defaultdict(float)
    for unit, value in zip(units, outcome, strict=True):
        totals[unit] += (value - mean) / len(outcome)
    return math.sqrt(len(totals) / (len(totals) - 1) * sum(t * t for t in totals.values()))


def csv_of(folder: Path, labels: Sequence[str]) -> Path:
    table = pd.DataFrame({"w": 1, "label": list(labels) * 2, "y": OUTCOME, "half": ["a"] * 4 + ["b"] * 4})
    table.to_csv(folder / "a.csv", index=False)
    return folder / "a.csv"


@pytest.mark.parametrize("labels", ALIKE, ids=" ".join)
def test_units_stay_as_many_as_were_written(tmp_path: Path, labels: list[str]) -> None:
    path = csv_of(tmp_path, labels)
    row = fl.mean(fl.SurveyDesign(path, weight="w", psu="label"), "y").table.loc[0]
    assert row["df"] == 3
    assert row["se"] == pytest.approx(standard_error(labels * 2, OUTCOME), rel=1e-12)
    crossed = fl.mean(
        fl.SurveyDesign(path, weight="w", strata="label", psu="half", nest=True), "y"
    ).table.loc[0]
    assert crossed["df"] == 4  # four strata of two units


def test_the_standard_error_is_that_of_r(tmp_path: Path) -> None:
    """svymean with ids = ~p, p the text: with the same numbers"""
    design = fl.SurveyDesign(csv_of(tmp_path, ALIKE[0]), weight="w", psu="label")
    assert fl.mean(design, "y").table["se"].iloc[0] == pytest.approx(1.40497627500728, rel=1e-12)


@pytest.mark.parametrize("labels", ALIKE, ids=" ".join)
def test_groups_margins_and_strata_of_a_jackknife_keep_their_labels(
    tmp_path: Path, labels: list[str]
) -> None:
    path = csv_of(tmp_path, labels)
    design = fl.SurveyDesign(path, weight="w")
    table = fl.mean(design, "y", by="label").table
    assert dict(zip(table["label"], table["estimate"], strict=True)) == {
        label: (OUTCOME[i] + OUTCOME[i + 4]) / 2 for i, label in enumerate(labels)
    }
    wanted = {label: 10.0 * (i + 1) for i, label in enumerate(labels)}
    benchmarks = pd.DataFrame(
        {"margin": "label", "category": list(wanted), "population": list(wanted.values())}
    )
    if {"1.0", "1"} <= set(labels):  # in benchmarks, as in survey.yaml, both are the code 1
        with pytest.raises(DataError, match="the category is given twice"):
            fl.rake(design, benchmarks)
        return
    totals = fl.total(fl.rake(design, benchmarks), "w", by="label").table
    assert dict(zip(totals["label"], totals["estimate"], strict=True)) == pytest.approx(wanted)


@pytest.mark.parametrize(
    "written",
    [
        ["1", "2", "3", "2.5"],
        ["1.0", "2.0", "3.0", "2.5"],
        ["", "2", "3", "0.25"],
        ["", "2.0", "3.0", "-1.5"],
    ],
)
def test_numbers_as_r_and_python_write_them_are_numbers(tmp_path: Path, written: list[str]) -> None:
    design = fl.SurveyDesign(csv_of(tmp_path, written), weight="w")
    assert design.frame.collect_schema()["label"].is_numeric()
    there = [float(v) for v in written if v]
    assert fl.mean(design, "label").table["estimate"].iloc[0] == pytest.approx(sum(there) / len(there))


@pytest.mark.parametrize(
    "written",
    [
        ["1.10", "2.20", "3.30", "4.40"],
        ["1e1", "2", "3", "4"],
        ["+1", "2", "NaN", "4"],
        ["01", "02", "3", ""],
    ],
)
def test_a_text_is_a_number_where_a_number_is_asked_for(tmp_path: Path, written: list[str]) -> None:
    path = csv_of(tmp_path, written)
    there = [float(v) for v in written if v not in ("", "NaN")]
    assert fl.mean(fl.SurveyDesign(path, weight="w"), "label").table["estimate"].iloc[0] == pytest.approx(
        sum(there) / len(there)
    )
    if len(there) == 4:
        weighted = fl.mean(fl.SurveyDesign(path, weight="label"), "y").table["estimate"].iloc[0]
        total = sum(w * y for w, y in zip(there * 2, OUTCOME, strict=True))
        assert weighted == pytest.approx(total / sum(there * 2))


@pytest.mark.parametrize(
    "truths",
    [["1", "0", "1", ""], ["1.0", "0.0", "1.0", ""], ["1.0", "0", "1", ""], ["true", "False", "TRUE", ""]],
)
def test_truths_are_truths_however_they_are_written(tmp_path: Path, truths: list[str]) -> None:
    design = fl.SurveyDesign(csv_of(tmp_path, truths), weight="w")
    assert fl.prevalence(design, "label").table["estimate"].iloc[0] == pytest.approx(2 / 3)
