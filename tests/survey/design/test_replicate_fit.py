"""Tests which methods the replicate weights exclude. R's survey package made the weights, and says how wrong
the standard errors of another method are."""

from __future__ import annotations

import functools
import json
import math
import re
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import DesignError
from fltoolkit.survey.design.replicate_fit import ReplicateFit, replicate_fit, replicate_sums, se_over_taylor
from fltoolkit.survey.design.replicate_weights import Replication
from fltoolkit.survey.engine.columns import REPLICATE, WEIGHT
from fltoolkit.survey.spec.files_and_design import Method, factors

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
RECORDS = {
    record["id"].removeprefix("replicate-methods-"): record
    for record in json.loads((GOLDEN / "replicate_methods.json").read_text("utf-8"))["records"]
}
NAMES = {"BRR": "brr", "Fay": "fay", "JK1": "jk1", "JKn": "jkn", "JK2": "jk2"}
STATED = {
    "brr": Method("brr"),
    "fay .3": Method("fay", rho=0.3),
    "fay .5": Method("fay", rho=0.5),
    "jk1": Method("jk1"),
    "jk2": Method("jk2"),
    "bootstrap": Method("bootstrap"),
    "successive_difference": Method("successive_difference"),
}
# By pattern and stated method: . silent, n note, w warning, E error. In the order of STATED.
TABLE = {
    "pairs-brr": ".EEEE.E",
    "pairs-fay3_": "E.EEEwE",
    "pairs-fay5_": "EE.EEE.",
    "pairs-jk1_": "EEE..EE",
    "pairs-jkn": "EEEEEEE",
    "pairs-jk2_": "EEE..EE",
    "pairs-jk2certain": "EEE..EE",
    "pairs-raowu": ".EEEE.E",
    "pairs-canty": "w.wEEww",
    "pairs-sdr": "EE.EEE.",
    "pairs-brrcertain": ".EEEE.E",
    "pairs-brrpost": "nwEEE.E",
    "pairs-fayrake": "wnwEEww",
    "pairs-jkngreg": "EwwwwEw",
    "many-jk1_": "EEE..EE",
    "many-groups": "EEE..EE",
    "many-jkn": "EEEwEEE",
    "many-takeall": "EEEwEEE",
    "many-raowu": ".wEEE.E",
    "many-canty": "nnwEE.w",
    "many-jk1post": "EEwnnEw",
    "many-jknpost": "EEwnnEw",
    "many-jk1strata": "EEwnnEw",
    "many-bootgreg": ".wEEE.E",
}
LETTERS = {
    "replicates_without_pattern": "n",
    "replicates_unlike_method": "w",
    "replicates_of_other_method": "E",
}


@functools.cache
def table_of(name: str) -> pd.DataFrame:
    return pd.read_csv(GOLDEN / "data" / name)


def columns_of(table: pd.DataFrame, pattern: str) -> list[str]:
    return [name for name in table if re.fullmatch(re.escape(pattern) + r"\d+", name)]


def fit(
    weight: np.ndarray, columns: np.ndarray, method: Method, asked: nw.Expr | None = None
) -> ReplicateFit | None:
    count, asked = columns.shape[1], nw.lit(True) if asked is None else asked
    bound = {f"{REPLICATE}{r}": columns[:, r].astype(float) for r in range(count)}
    frame = nw.from_native(duckdb.from_df(pd.DataFrame({WEIGHT: weight, **bound}))).lazy()
    names = [f"r{r}" for r in range(count)]
    sums = replicate_sums(frame, names, combined=True, asked=asked, beside=nw.lit(0.0))
    return replicate_fit(frame, sums, method, factors(method, count, method.rscales), asked)


def weights_of(record: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    table = table_of(record["design"]["data"])
    return (
        table[record["weight"]].to_numpy(float),
        table[columns_of(table, record["pattern"])].to_numpy(float),
    )


def own_method(record: dict[str, Any]) -> Method:
    name: Any = NAMES.get(record["type"], record["type"].replace("-", "_"))
    return Method(name, scale=record["scale"], rscales=record["rscales"], rho=record["rho"])


@pytest.mark.parametrize("pattern", RECORDS)
def test_a_method_is_never_excluded_by_its_own_replicates(pattern: str) -> None:
    """Also calibrated, raked and post-stratified ones, and those with strata that no replicate changes."""
    found = fit(*weights_of(RECORDS[pattern]), own_method(RECORDS[pattern]))
    assert found is None or found.kind == "replicates_without_pattern"
    adjusted = re.search("post|rake|greg|jk1strata", pattern)
    assert adjusted or found is None


@pytest.mark.parametrize("pattern", RECORDS)
def test_what_the_pattern_says_of_other_methods(pattern: str) -> None:
    """A finding prints how wrong R's standard errors are. Without one, they are nearly right."""
    record, letters = RECORDS[pattern], ""
    for name, method in STATED.items():
        found = fit(*weights_of(record), method)
        wrong = record["se"][name] / record["own_se"]
        letters += LETTERS[found.kind] if found else "."
        if letters[-1] in ".n":
            assert 0.8 < wrong < 1.25, name
        else:
            assert found.values["times"] == pytest.approx(wrong, rel=0.15), name
    assert letters == TABLE[pattern]


@pytest.mark.parametrize(
    ("pattern", "stated", "says"),
    [
        ("pairs-fay5_", Method("brr"), "say method: fay with rho: 0.5,"),
        ("pairs-fay3_", Method("fay", rho=0.5), "say method: fay with rho: 0.3,"),
        ("pairs-brr", Method("jk1"), "say method: brr "),
        ("pairs-jkn", Method("bootstrap"), "say method: jkn "),
        ("pairs-jkn", Method("jkn", rscales=1.0), "say method: jkn with its usual coefficients"),
        ("many-jkn", Method("jk1"), "say method: jkn "),
        ("many-groups", Method("brr"), "say method: jk1 "),
        ("pairs-jk2_", Method("bootstrap"), "say method: jk2 "),
        ("pairs-sdr", Method("bootstrap"), "say method: successive_difference "),
        ("many-raowu", Method("jk1"), "say method: bootstrap "),
        ("pairs-canty", Method("bootstrap"), "scale: 0.069 would fit"),
    ],
)
def test_the_method_that_fits_is_named(pattern: str, stated: Method, says: str) -> None:
    found = fit(*weights_of(RECORDS[pattern]), stated)
    assert found
    assert says in str(found.values["advice"])


@pytest.mark.parametrize("pattern", RECORDS)
def test_both_standard_errors_are_those_of_r(pattern: str) -> None:
    record = RECORDS[pattern]
    weight, columns = weights_of(record)
    table = pd.read_csv(GOLDEN / "data" / record["design"]["data"])[["stratum", "psu", "y"]]
    held = table.assign(
        **{WEIGHT: weight}, **{f"{REPLICATE}{r}": column for r, column in enumerate(columns.T)}
    )
    method, count = own_method(record), columns.shape[1]
    made = Replication(tuple(factors(method, count, method.rscales)), False, None, (), method.name)
    frame = nw.from_native(duckdb.from_df(held)).lazy()
    found = se_over_taylor(
        frame, made, strata=["stratum"], psu="psu", asked=nw.lit(True), yes=nw.col("y") == 1
    )
    assert found == pytest.approx(record["own_se"] / record["taylor_se"], rel=1e-6)


@pytest.mark.parametrize("pattern", RECORDS)
def test_a_part_of_the_sample_and_weights_on_any_scale_say_the_same(pattern: str) -> None:
    """A region of a national file, normalised weights, weights in files with two decimals."""
    record = RECORDS[pattern]
    weight, columns = weights_of(record)
    part = np.arange(len(weight)) >= 50
    for w, v in (
        (weight[part], columns[part]),
        (weight / weight.mean(), columns / weight.mean()),
        (weight.round(2), columns.round(2)),
    ):
        found = fit(w, v, own_method(record))
        assert found is None or found.kind == "replicates_without_pattern"


def test_persons_without_a_weight_do_not_count() -> None:
    weight, columns = weights_of(RECORDS["pairs-brr"])
    refused = np.arange(len(weight)) % 4 == 0
    left = np.where(refused, 0.0, weight), np.where(refused[:, None], 0.0, columns)
    assert fit(*left, Method("brr")) is None
    assert fit(*left, Method("jk1")) is not None


def test_a_bootstrap_of_pairs_with_a_finite_population_may_have_other_factors() -> None:
    """Preston (2009): with a sampling fraction f, the factors of pairs are 1 ± √(1 − f)."""
    weight, columns = weights_of(RECORDS["pairs-raowu"])
    smaller = weight[:, None] + math.sqrt(1 - 0.3) * (columns - weight[:, None])
    found = fit(weight, smaller, Method("bootstrap"))
    assert found
    assert found.kind == "replicates_unlike_method"  # which accept takes away
    assert fit(weight, smaller, Method("bootstrap", scale=1 / 30)) is None


@pytest.mark.parametrize("method", ["brr", "jk1", "bootstrap"])
def test_two_replicates_fit_several_methods(method: Any) -> None:
    weight = np.repeat([3.0, 5.0], 8)
    half = np.arange(16) % 2 == 0
    columns = np.column_stack([weight * 2 * half, weight * 2 * ~half])
    assert fit(weight, columns, Method(method)) is None


def test_replicates_of_another_method_are_refused_in_python() -> None:
    table = table_of("replicate_methods_pairs.csv")
    arguments: dict[str, Any] = {"weight": "w", "replicates": columns_of(table, "fay5_")}
    with pytest.raises(DesignError) as error:
        fl.ReplicateDesign(table, **arguments, method="brr")
    for words in (
        "method: the replicates are not those of the method brr",
        "about 0.5 times",
        "fay with rho: 0.5",
    ):
        assert words in str(error.value)
    right = fl.mean(fl.ReplicateDesign(table, **arguments, method="fay", rho=0.5), "y").table["se"][0]
    assert right == pytest.approx(RECORDS["pairs-fay5_"]["own_se"], rel=1e-9)


def test_a_warning_does_not_stop_python() -> None:
    table = table_of("replicate_methods_pairs.csv")
    design = fl.ReplicateDesign(table, weight="w", replicates=columns_of(table, "canty"), method="bootstrap")
    assert fl.mean(design, "y").table["se"][0] == pytest.approx(RECORDS["pairs-canty"]["se"]["bootstrap"])
