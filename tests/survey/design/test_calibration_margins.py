"""Tests the margins of calibration, which are counted in one pass, and the factors by which weights are
multiplied."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import fltoolkit as fl
from fltoolkit.survey.design.calibrated_weights import BEFORE, PERSONS, Calibration, G
from fltoolkit.survey.design.calibration_margins import BAD, pattern_totals, with_calibration
from fltoolkit.survey.spec.benchmarks import Margin

PEOPLE = pd.DataFrame(
    {
        "w": [1.0, 2.0, 3.0, 0.0, 4.0, -5.0, np.nan, 6.0],
        "region": ["n", "n", "s", "s", None, "n", "s", "n"],
        "adult": [True, True, True, True, True, True, True, False],
    }
)


def totals(table: pd.DataFrame, domain: str | None) -> list[list[Any]]:
    design = fl.SurveyDesign(table, weight="w")
    found = pattern_totals(design, ["region"], "fl__weight", domain)
    return found[["region", PERSONS, BEFORE, BAD]].to_numpy().tolist()


def test_persons_and_weights_are_added_up_by_pattern_and_bad_weights_are_counted_apart() -> None:
    """Blank regions are a row of their own; a weight of zero is nobody, one below zero or blank is bad."""
    assert totals(PEOPLE, None) == [["n", 3, 9.0, 1], ["not stated", 1, 4.0, 0], ["s", 1, 3.0, 1]]


def test_who_is_outside_the_population_is_not_counted() -> None:
    assert totals(PEOPLE, "adult") == [["n", 2, 3.0, 1], ["not stated", 1, 4.0, 0], ["s", 1, 3.0, 1]]


def test_replicate_weights_are_added_up_beside_the_weight() -> None:
    table = pd.DataFrame(
        {"w": [1.0, 2.0, 4.0], "r1": [0.0, 3.0, 4.0], "r2": [2.0, 1.0, 5.0], "region": ["n", "n", "s"]}
    )
    design = fl.ReplicateDesign(table, weight="w", replicates=["r1", "r2"], method="jk1")
    found = pattern_totals(design, ["region"], "fl__weight", None)
    assert found[[BEFORE, f"{BEFORE}0", f"{BEFORE}1"]].to_numpy().tolist() == [
        [3.0, 3.0, 3.0],
        [4.0, 4.0, 5.0],
    ]


def test_a_weight_is_multiplied_by_the_factor_of_its_pattern_inside_the_population_alone() -> None:
    table = PEOPLE.assign(id=range(8), w=[1.0, 2.0, 3.0, 0.0, 4.0, 5.0, 7.0, 6.0])
    design = fl.SurveyDesign(table, weight="w", weights="normalised")
    patterns = pd.DataFrame({"region": ["n", "s"], PERSONS: [4, 2], G: [2.0, 10.0]})
    margins = (Margin(("region",), {("n",): 18.0, ("s",): 100.0}),)

    def bound(domain: str | None) -> tuple[list[list[Any]], bool]:
        made = Calibration(
            "rake", margins, ("region",), patterns, np.zeros((2, 1), np.intp), ("fl__weight",), domain, ""
        )
        found = with_calibration(design, made)
        assert (found.calibration, design.calibration) == (made, None)  # the design given stays as it was
        rows = (
            found.frame.sort("id")
            .collect("pandas")
            .to_native()[["fl__weight", "fl__calibrated", "fl__pattern"]]
        )
        return rows.astype(object).where(rows.notna(), None).to_numpy().tolist(), found.grosses_up

    everybody = [
        [2, 2, 0],
        [4, 4, 0],
        [30, 30, 1],
        [0, 0, None],
        [4, 4, None],
        [10, 10, 0],
        [70, 70, 1],
        [12, 12, 0],
    ]
    assert bound(None) == (everybody, True)  # weights that meet counts of everybody gross up
    assert bound("adult") == ([*everybody[:7], [6, 0, None]], False)


def test_replicate_weights_have_factors_of_their_own() -> None:
    table = pd.DataFrame({"w": [1.0, 2.0], "r1": [3.0, 4.0], "r2": [5.0, 6.0], "region": ["n", "e"]})
    design = fl.ReplicateDesign(table, weight="w", replicates=["r1", "r2"], method="jk1")
    patterns = pd.DataFrame({"region": ["n"], G: [2.0], f"{G}0": [10.0], f"{G}1": [0.5]})
    made = Calibration(
        "rake",
        (Margin(("region",), {}),),
        ("region",),
        patterns,
        np.zeros((1, 1), np.intp),
        ("fl__weight",),
        None,
        "",
    )
    found = with_calibration(design, made).frame.sort("w").collect("pandas").to_native()
    assert found[["fl__weight", "fl__replicate0", "fl__replicate1"]].to_numpy().tolist() == [
        [2.0, 30.0, 2.5],
        [2.0, 4.0, 6.0],
    ]
