"""Tests designs without a survey.yaml on a PySpark DataFrame: the same numbers as DuckDB, for all column
types and blanks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy.linalg import hadamard

import fltoolkit as fl
from fltoolkit.errors import FltoolkitError

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900), pytest.mark.filterwarnings("ignore:::pyspark")]
N = 120


def persons(**own: Any) -> pa.Table:
    """Four strata of five PSUs of six persons; groups of every type, blanks and NaN among the answers. The
    replicates rw drop one PSU of a stratum, bw are half samples: some PSUs count twice, and the others not."""
    rng = np.random.default_rng(7)
    i = np.arange(N)
    y = rng.integers(0, 50, N) / 4
    columns = {
        "w": rng.integers(1, 40, N) / 8,
        "stratum": i // 30,
        "psu": i // 6 % 5 + 1,
        "fpc": np.full(N, 40.0),
        "fpc2": np.full(N, 60.0),
        "y": pa.array([None if k % 17 == 0 else v for k, v in enumerate(y)]),
        "x": np.where(i % 19 == 3, np.nan, y + 1),
        "yes": pa.array([None if k % 23 == 0 else bool(k % 3 == 0) for k in i]),
        "sure": pa.array(i < 30),
        "code": pa.array([None if k % 29 == 0 else k % 3 for k in i], pa.int16()),
        "float": np.where(i % 31 == 0, np.nan, i % 4 + (i % 2) / 2),
        "text": pa.array([[" 1", "1.0", "01 ", "", None][k % 5] for k in i]),
        "price": pa.array([Decimal("1.50") if k % 2 else Decimal("2.00") for k in i]),
        "day": pa.array([date(2025, 1, k % 3 + 1) for k in i]),
        "odd": pa.array(["it's", 'a "b"', "c\\d", "é / f"] * 30),
    }
    psu, stratum = i // 6, i // 30
    for r in range(8):
        drop = psu == (r // 2) * 5 + r % 2
        columns[f"rw{r}"] = columns["w"] * np.where(drop, 0, np.where(stratum == r // 2, 1.25, 1))
    signs = hadamard(8)[:, stratum + 1] * np.where(psu % 2, 1, -1)
    columns |= {f"bw{r}": columns["w"] * (1 + signs[r]) for r in range(8)}
    return pa.table(columns | own)


@pytest.fixture
def pair(in_spark: Callable[..., Any]) -> Callable[..., list[Any]]:
    """The same design of a table in memory and in the cluster."""

    def make(table: pa.Table, how: Callable[..., Any] = fl.SurveyDesign, **design: Any) -> list[Any]:
        return [how(data, **{"weight": "w", **design}) for data in (table, in_spark(table))]

    return make


def same(one: fl.Estimates, other: fl.Estimates) -> None:
    pd.testing.assert_frame_equal(one.table, other.table, rtol=1e-12, atol=1e-13)
    assert one.covariance == pytest.approx(other.covariance, rel=1e-9, abs=1e-15)


CLUSTERS = {"strata": "stratum", "psu": "psu", "nest": True}


def test_groups_of_every_type_are_the_same_labels(pair: Callable[..., list[Any]]) -> None:
    one, other = pair(persons(), **CLUSTERS)
    by = [["code"], ["float"], ["text"], ["price"], ["day"], ["odd"], ["yes"]]
    same(fl.mean(one, "y", by=by), fl.mean(other, "y", by=by))


def test_truths_numbers_and_ratios_with_blanks_and_nan(pair: Callable[..., list[Any]]) -> None:
    one, other = pair(persons(), **CLUSTERS)
    for verb in (
        lambda d: fl.prevalence(d, "yes", by=[[], ["code"]]),
        lambda d: fl.total(d, "x", by=["code"]),
        lambda d: fl.ratio(d, "y", "x"),
        lambda d: fl.mean(d, "price"),
    ):
        same(verb(one), verb(other))


@pytest.mark.parametrize(
    "design",
    [
        {},
        {"strata": "stratum", "fpc": "fpc"},
        {"strata": "stratum", "psu": "psu", "fpc": ["fpc", "fpc2"], "nest": True},
        {"strata": "stratum", "psu": "psu", "certainty": "sure", "nest": True},
    ],
    ids=[
        "persons drawn directly",
        "with their fpc",
        "two stages, persons the second",
        "PSUs taken with certainty",
    ],
)
def test_persons_as_units(pair: Callable[..., list[Any]], design: dict[str, Any]) -> None:
    """Two passes over the same rows know each unit again: the covariance between their estimates is that of
    DuckDB."""
    one, other = pair(persons(), **design)
    together = [fl.stack({"y": fl.mean(d, "y"), "x": fl.mean(d, "x")}, name="of") for d in (one, other)]
    same(*together)
    assert abs(together[1].covariance[0, 1]) > 0


def test_rows_that_are_alike_are_units_of_their_own(pair: Callable[..., list[Any]]) -> None:
    table = pa.table(
        {"w": [1.0] * 6, "y": [1.0, 1.0, 1.0, None, 0.0, 0.0], "z": [None, None, 1.0, 1.0, 0.0, 0.0]}
    )
    same(*(fl.mean(d, "y") for d in pair(table)))


@pytest.mark.parametrize(
    "more",
    [
        {"replicates": "rw*", "method": "jkn", "strata": "stratum"},
        {"replicates": "bw*", "method": "bootstrap"},
        {"replicates": "bw*", "method": "brr", "df": 4},
    ],
    ids=str,
)
def test_replicate_weights(pair: Callable[..., list[Any]], more: dict[str, Any]) -> None:
    same(*(fl.mean(d, "y", by=[[], ["code"]]) for d in pair(persons(), fl.ReplicateDesign, **more)))


def test_of_a_large_table_rows_travel_in_buckets(
    pair: Callable[..., list[Any]], collected: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fltoolkit.survey.design.replicate_weights.LARGEST_BY_ROW", N - 1)
    monkeypatch.setattr("fltoolkit.survey.design.replicate_weights.MANY", 3)
    one, other = pair(persons(), fl.ReplicateDesign, replicates="bw*", method="bootstrap")
    collected.clear()
    same(fl.mean(one, "x"), fl.mean(other, "x"))
    assert max(collected) <= 3 * 8 + 24  # buckets, of those whose x is known and of those whose x is not


def test_calibrated_weights(pair: Callable[..., list[Any]]) -> None:
    """The factors go to the cluster as a small table, exactly, and with them labels that SQL would stumble
    over."""
    one, other = pair(persons(), **CLUSTERS)
    odd = {"it's": 110.0, 'a "b"': 90.0, "c\\d": 70.0, "é / f": 80.5}
    strata = {str(k): v for k, v in enumerate((100.0, 90.0, 80.0, 80.5))}
    raked = [fl.rake(d, {"odd": odd, "stratum": strata}) for d in (one, other)]
    same(*(fl.total(d, "y", by=[[], ["odd"]]) for d in raked))
    same(*(fl.mean(fl.poststratify(d, {"odd": odd}), "x") for d in (one, other)))


def test_a_model(pair: Callable[..., list[Any]]) -> None:
    one, other = (fl.logit(d, "yes ~ C(price)") for d in pair(persons(), **CLUSTERS))
    assert one.params.to_numpy() == pytest.approx(other.params.to_numpy(), rel=1e-9)
    assert one.bse.to_numpy() == pytest.approx(other.bse.to_numpy(), rel=1e-9)


@pytest.mark.parametrize(
    ("own", "verb"),
    [
        ({"w": pa.array([None, *[1.0] * (N - 1)])}, lambda d: fl.mean(d, "y")),
        ({"w": pa.array([float("nan"), *[1.0] * (N - 1)])}, lambda d: fl.mean(d, "y")),
        ({"w": pa.array([-1.0, float("inf"), *[1.0] * (N - 2)])}, lambda d: fl.mean(d, "y")),
        ({"w": pa.array(["ten", *["1"] * (N - 1)])}, lambda d: fl.mean(d, "y")),
        ({"w": pa.array([0.0] * N)}, lambda d: fl.mean(d, "y")),
        ({"psu": pa.array([None, *range(N - 1)])}, lambda d: fl.mean(d, "y")),
        ({"y": pa.array(["much", *["1"] * (N - 1)])}, lambda d: fl.mean(d, "y")),
        ({}, lambda d: fl.mean(d, "height")),
        ({}, lambda d: fl.mean(d, "y", by=["county"])),
        ({}, lambda d: fl.prevalence(d, "code")),
    ],
    ids=[
        "no weight",
        "a weight that is NaN",
        "weights below 0 and infinite",
        "a word",
        "no weight above 0",
        "no PSU",
        "a number that is none",
        "no such column",
        "no such group",
        "no truth",
    ],
)
def test_the_same_words_on_what_is_wrong(
    pair: Callable[..., list[Any]], own: dict[str, Any], verb: Callable[[Any], Any]
) -> None:
    words = []
    for design in pair(persons(**own), strata="stratum", psu="psu", nest=True):
        with pytest.raises(FltoolkitError) as error:
            verb(design)
        words.append(str(error.value))
    assert words[0] == words[1]


def test_a_column_that_the_design_names_and_the_table_lacks(pair: Callable[..., list[Any]]) -> None:
    with pytest.raises(FltoolkitError, match="no such column"):
        pair(persons().drop_columns(["psu"]), **CLUSTERS)
