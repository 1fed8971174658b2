"""Compares linear and non-linear contrasts with R's svycontrast, and tests which contrasts are refused."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import fltoolkit as fl
from fltoolkit.errors import RequestError

GOLDEN = Path(__file__).parents[2] / "golden"
RECORDS = {r["id"]: r for r in json.loads((GOLDEN / "change.json").read_text("utf-8"))["records"]}
WANTED: dict[str, dict[str, Any]] = {
    "linear": {"gap": {"1": 1, "2": -1}, "mixed": {"1": 0.5, "2": 0.25, "3": 0.25, "4": -1}, "one": {"4": 1}},
    "smooth": {
        "ratio": lambda p: p["1"] / p["2"],
        "log_ratio": lambda p: np.log(p["3"] / p["4"]),
        "odds": lambda p: np.log(p["1"] / (1 - p["1"])) - np.log(p["2"] / (1 - p["2"])),
        "other": lambda p: np.sqrt(p["1"] * p["2"]) + np.exp(-p["3"]) * p["4"] ** 2 - p["5"] / (1 + p["1"]),
    },
}


def square(lower: list[list[float]]) -> np.ndarray[Any, Any]:
    """R's lower triangle as a matrix."""
    half = np.array([line + [0.0] * (len(lower) - len(line)) for line in lower])
    return np.asarray(half + np.tril(half, -1).T)


@pytest.fixture(scope="module")
def regions() -> fl.Estimates:
    design = fl.SurveyDesign(
        GOLDEN / "data" / "clustered.csv", weight="weight", strata="stratum", psu="psu", fpc="fpc"
    )
    return fl.prevalence(design, "award", by=[[], ["region"], ["sex"], ["sex", "region"]])


@pytest.fixture(scope="module")
def by_region(regions: fl.Estimates) -> fl.Estimates:
    design = fl.SurveyDesign(
        GOLDEN / "data" / "clustered.csv", weight="weight", strata="stratum", psu="psu", fpc="fpc"
    )
    return fl.prevalence(design, "award", by="region")


@pytest.mark.parametrize("name", WANTED)
def test_contrasts_agree_with_r(name: str, by_region: fl.Estimates) -> None:
    r = RECORDS[f"contrast-{name}"]["numbers"]
    got = by_region.contrast(WANTED[name])
    v = square(r["covariance"])
    np.testing.assert_allclose(got.table["estimate"], r["estimate"], rtol=1e-10)
    np.testing.assert_allclose(got.covariance, v, rtol=1e-10, atol=1e-12 * v.max())
    np.testing.assert_allclose(got.table["se"], np.sqrt(np.diag(v)), rtol=1e-10)


def test_the_interval_is_walds_with_the_smallest_df_of_the_rows_involved(by_region: fl.Estimates) -> None:
    df = by_region.table.set_index("region")["df"]
    assert df["5"] < df["1"]
    table = by_region.contrast({"with": {"1": 1, "5": -1}, "without": lambda p: p["1"] - p["2"]}).table
    assert table["df"].tolist() == [df["5"], min(df["1"], df["2"])]
    t = stats.t.ppf(0.975, table["df"])
    np.testing.assert_allclose(table["ci_high"] - table["estimate"], t * table["se"], rtol=1e-12)


def test_a_row_is_named_by_its_category_its_values_or_all_groups(regions: fl.Estimates) -> None:
    names = {"a": "3 × 1", "b": ("3", "1"), "c": "total", "d": ("total", "1"), "e": "4"}
    got = regions.contrast({name: {row: 1} for name, row in names.items()}).table["estimate"]
    assert list(regions.table.columns[:2]) == ["region", "sex"]  # a tuple follows the table's columns
    table = regions.table.set_index(["region", "sex"])["estimate"]
    rows = [("3", "1"), ("3", "1"), ("total", "total"), ("total", "1"), ("4", "total")]
    assert got.tolist() == [table[row] for row in rows]


def test_what_cannot_be_named_is_refused_with_what_there_is(regions: fl.Estimates) -> None:
    with pytest.raises(RequestError, match="more than one row") as error:
        regions.contrast({"x": {"1": 1, "total": -1}})
    assert "('1', 'total'), ('total', '1')" in str(error.value)
    assert "region, sex" in str(error.value)
    with pytest.raises(RequestError, match="no such row") as error:
        regions.contrast({"x": lambda p: p["north"]})
    assert "found:   north" in str(error.value)
    assert "total" in str(error.value)
    with pytest.raises(RequestError, match="named twice"):
        regions.contrast({"x": {"4": 1, ("4", "total"): -1}})
    with pytest.raises(RequestError, match="nothing to contrast"):
        regions.contrast({})


@pytest.mark.parametrize(
    "function",
    [
        lambda p: abs(p["1"]),
        lambda p: max(p["1"], p["2"]),
        lambda p: math.log(p["1"]),
        lambda p: (p["1"], p["2"]),
        lambda p: 1.0,
    ],
)
def test_what_has_no_exact_gradient_is_refused(function: Any, by_region: fl.Estimates) -> None:
    with pytest.raises(RequestError, match="one smooth number"):
        by_region.contrast({"x": function})


def test_contrasts_of_a_stack_know_its_covariance(regions: fl.Estimates, by_region: fl.Estimates) -> None:
    both = fl.stack({"a": by_region, "b": by_region}, name="part")
    zero = both.contrast({"x": {("a", "1"): 1, ("b", "1"): -1}}).table.iloc[0]
    assert (zero["estimate"], zero["se"]) == (0.0, 0.0)


def test_a_prevalence_ratio_has_its_interval_on_the_log_scale(by_region: fl.Estimates) -> None:
    log = by_region.contrast({"log": lambda p: np.log(p["1"] / p["2"])}).table.iloc[0]
    got = fl.prevalence_ratio(by_region, "1", "2")
    row = got.table.iloc[0]
    assert row["contrast"] == "1 / 2"
    assert row[["estimate", "ci_low", "ci_high"]].tolist() == pytest.approx(
        np.exp(log[["estimate", "ci_low", "ci_high"]].astype(float)).tolist()
    )
    plain = by_region.contrast({"ratio": lambda p: p["1"] / p["2"]})
    assert row["se"] == pytest.approx(plain.table["se"][0], rel=1e-12)
    np.testing.assert_allclose(got.covariance, plain.covariance, rtol=1e-12)


def test_a_ratio_with_a_row_without_cases_has_no_interval() -> None:
    frame = pd.DataFrame(
        {"w": 1.0, "psu": np.arange(80) % 10, "g": np.arange(80) // 40, "y": [0] * 40 + [1, 0] * 20}
    )
    est = fl.prevalence(fl.SurveyDesign(frame, weight="w", psu="psu"), "y", by="g")
    none = fl.prevalence_ratio(est, "0", "1").table.iloc[0]
    assert none["estimate"] == 0.0
    for table in (none, fl.prevalence_ratio(est, "1", "0").table.iloc[0]):
        assert table[["se", "ci_low", "ci_high"]].isna().all()
    assert pd.isna(fl.prevalence_ratio(est, "1", "0").table["estimate"][0])


def test_a_code_may_be_named_as_a_number() -> None:
    frame = pd.DataFrame({"w": 1.0, "g": [1, 2] * 30, "y": [0, 1, 1, 1, 0, 0] * 10})
    est = fl.prevalence(fl.SurveyDesign(frame, weight="w"), "y", by="g")
    by_number, by_text = (est.contrast({"gap": what}).table for what in ({1: 1, 2: -1}, {"1": 1, "2": -1}))
    pd.testing.assert_frame_equal(by_number, by_text)


def two_sexes() -> fl.Estimates:
    frame = pd.DataFrame({"w": 1.0, "y": [0, 1] * 20, "sex": ["men"] * 20 + ["women"] * 20})
    return fl.prevalence(fl.SurveyDesign(frame, weight="w"), "y", by=[[], ["sex"]])


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"x": {"men": float("nan")}}, "contrast: wanted: x: men"),
        ({"x": {"men": float("inf")}}, "contrast: wanted: x: men"),
        ({"x": {"men": "1"}}, "contrast: wanted: x: men"),
        ({"x": 3}, "contrast: wanted: x"),
        (None, "contrast: wanted"),
        ({"x": lambda p: np.log(-p["total"])}, "a complex number"),
        ({"x": lambda p: (-p["total"]) ** 0.5}, "a complex number"),
        ({"x": lambda p: p["total"] * float("nan")}, "found:   nan"),
        ({"x": lambda p: p.men}, "AttributeError"),
        ({"x": lambda p: (1e300 * p["total"]) ** 9}, "found:   nan"),
    ],
)
def test_a_contrast_without_a_real_number_is_refused(wanted: Any, words: str) -> None:
    with pytest.raises(RequestError, match=words):
        two_sexes().contrast(wanted)


@pytest.mark.parametrize(
    "function",
    [
        lambda p: 1 / (p["men"] - p["women"]),
        lambda p: np.divide(p["men"], p["men"] - p["women"]),
        lambda p: np.log(p["men"] - p["women"]),
        lambda p: p["men"] * 1e308 * 1e308,
    ],
    ids=["python", "numpy", "logarithm", "too large"],
)
def test_a_contrast_that_divides_by_zero_is_refused(function: Any) -> None:
    with pytest.raises(
        RequestError, match=r"contrast: x: (the contrast divides by 0|a contrast gives one smooth)"
    ):
        two_sexes().contrast({"x": function})


def test_a_contrast_of_rows_without_an_estimate_is_blank() -> None:
    frame = pd.DataFrame({"w": 1.0, "y": [0, 1, None, None] * 10, "g": ["a", "a", "b", "b"] * 10})
    est = fl.mean(fl.SurveyDesign(frame, weight="w"), "y", by="g")
    assert est.contrast({"x": {"a": 1}}).table["estimate"].notna().all()


def test_the_square_of_a_negative_is_real() -> None:
    made = two_sexes().contrast({"square": lambda p: (p["men"] - 1) ** 2})
    assert made.table["estimate"].iloc[0] == pytest.approx(0.25)


@pytest.mark.parametrize("name", ["estimate", "estimat", "sex"])
def test_a_result_taken_for_its_table_says_where_the_numbers_are(name: str) -> None:
    for result in (two_sexes(), two_sexes().contrast({"gap": {"men": 1, "women": -1}})):
        with pytest.raises(RequestError, match=r"is no table: it holds one(.|\n)*est.table\[\"estimate\"\]"):
            result[name]
    with pytest.raises(RequestError, match="did you mean estimate"):
        two_sexes()["estimat"]
