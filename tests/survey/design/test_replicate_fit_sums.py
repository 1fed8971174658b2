"""Tests that columns which cannot be replicates of the weight are found, and that those of every method are
not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import DesignError
from fltoolkit.survey.design.replicate_fit import ReplicateSums, replicate_sums
from fltoolkit.survey.engine.columns import REPLICATE, WEIGHT

GOLDEN = Path(__file__).resolve().parents[2] / "golden/data/replicates.csv"
Columns = dict[str, np.ndarray]


def sums(weight: np.ndarray, replicates: Columns, *, combined: bool = True) -> ReplicateSums:
    bound = {
        f"{REPLICATE}{i}": values * (1 if combined else weight)
        for i, values in enumerate(replicates.values())
    }
    table = duckdb.from_df(pd.DataFrame({WEIGHT: weight, "row": np.arange(len(weight)) % 7, **bound}))
    frame = nw.from_native(table).lazy()
    return replicate_sums(
        frame, list(replicates), combined=combined, asked=nw.lit(True), beside=nw.col("row")
    )


def bootstrap(weight: np.ndarray, replicates: int = 30) -> Columns:
    """Factors of a bootstrap of clusters of ten."""
    rng, clusters = np.random.default_rng(7), len(weight) // 10
    counts = rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=replicates)
    return {f"b{i}": np.repeat(row, 10).astype(float) for i, row in enumerate(counts)}


def kinds() -> dict[str, list[str]]:
    names = pd.read_csv(GOLDEN, nrows=0).columns
    found: dict[str, list[str]] = {}
    for name in names:
        if numbered := re.fullmatch(r"(.+?)_?\d+", name):
            found.setdefault(numbered[1], []).append(name)
    return found


@pytest.mark.parametrize("kind", kinds())
def test_the_replicates_of_every_method_of_r_are_right(kind: str) -> None:
    table = pd.read_csv(GOLDEN).query("weight > 0")
    replicates = {name: table[name].to_numpy(float) for name in kinds()[kind]}
    combined = max(map(np.mean, replicates.values())) > 5
    found = sums(table["weight"].to_numpy(float), replicates, combined=combined)
    assert not found.are_other
    assert not [*found.zero, *found.constant, *found.far], kind
    assert found.equal == []
    other = {
        name: r if not combined else r / table["weight"].to_numpy(float) for name, r in replicates.items()
    }
    assert sums(table["weight"].to_numpy(float), other, combined=True).are_other


@pytest.mark.parametrize("mean", [1.0, 250.0], ids=["normalised", "grossing up"])
def test_factors_and_weights_are_told_apart_on_every_scale(mean: float) -> None:
    weight = np.random.default_rng(1).uniform(0.4, 1.6, 600) * mean
    factors = bootstrap(weight)
    weights = {name: factor * weight for name, factor in factors.items()}
    assert sums(weight, factors, combined=True).are_other
    assert sums(weight, weights, combined=False).are_other
    assert not sums(weight, weights, combined=True).are_other
    assert not sums(weight, factors, combined=False).are_other


def test_weights_of_one_are_both() -> None:
    weight = np.ones(600)
    assert not sums(weight, bootstrap(weight), combined=True).are_other
    assert not sums(weight, bootstrap(weight), combined=False).are_other


def test_what_is_wrong_in_single_replicates() -> None:
    weight = np.random.default_rng(1).uniform(100, 400, 600)
    right = {name: factor * weight for name, factor in bootstrap(weight).items()}
    changes: list[tuple[str, Callable[[np.ndarray], np.ndarray]]] = [
        ("zero", lambda _: np.zeros(600)),
        ("constant", lambda _: np.ones(600)),
        ("equal", lambda _: weight),
        ("equal", lambda _: weight * 1.02),
        ("far", lambda own: own * 3),
        ("far", lambda own: own * 0.3),
    ]
    for kind, change in changes:
        found = sums(weight, {**right, "b4": change(right["b4"])})
        assert getattr(found, kind) == ["b4"], kind
        assert not found.are_other
    assert sums(weight, {**right, "b9": right["b4"]}).alike == [(4, 9)]
    assert sums(weight, right).alike == []


def test_a_design_without_survey_yaml_is_refused_too() -> None:
    weight = np.random.default_rng(1).uniform(100, 400, 600)
    table = pd.DataFrame({"w": weight, "y": np.arange(600) % 3, **bootstrap(weight)})
    with pytest.raises(DesignError, match=r"factors of the weight, not weights[\s\S]*combined=False"):
        fl.ReplicateDesign(table, weight="w", replicates="b*", method="bootstrap")
    assert (
        fl.mean(
            fl.ReplicateDesign(table, weight="w", replicates="b*", method="bootstrap", combined=False), "y"
        ).table["se"][0]
        > 0
    )
    with pytest.raises(DesignError, match=r"zero for everybody[\s\S]*b3"):
        fl.ReplicateDesign(
            table.assign(b3=0.0), weight="w", replicates="b*", method="bootstrap", combined=False
        )
