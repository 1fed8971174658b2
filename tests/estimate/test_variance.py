"""Tests strata, PSUs and FPC: designs that give a variance, and designs that are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csc_array

import fltoolkit as fl
from fltoolkit.errors import DesignError
from fltoolkit.estimate.variance import AT_ONCE, Units


def persons(strata: tuple[int, ...] = (3, 4, 2), seed: int = 4) -> pd.DataFrame:
    """Six persons a PSU; `strata` gives the PSUs of each, whose labels are unique in `psu` and restart in
    `again`."""
    rng = np.random.default_rng(seed)
    rows = [(f"s{h}", 100 * h + i, i) for h, psus in enumerate(strata) for i in range(psus) for _ in range(6)]
    frame = pd.DataFrame(rows, columns=["stratum", "psu", "again"])
    return frame.assign(w=rng.uniform(5, 50, len(frame)), y=rng.normal(frame["psu"] % 7, 1), fpc=30)


def design(frame: pd.DataFrame, **more: Any) -> fl.SurveyDesign:
    return fl.SurveyDesign(frame, **{"weight": "w", "strata": "stratum", "psu": "psu", **more})


def se(frame: pd.DataFrame, **more: Any) -> float:
    return float(fl.mean(design(frame, **more), "y").table["se"][0])


def refusal(frame: pd.DataFrame, **more: Any) -> str:
    with pytest.raises(DesignError) as error:
        fl.mean(design(frame, **more), "y")
    return str(error.value)


def test_psu_labels_that_restart_need_nest() -> None:
    message = refusal(persons(), psu="again")
    assert message.startswith("psu: PSU labels occur in more than one stratum")
    assert "found:   0, 1, 2" in message
    assert "3" not in message.split("do:")[0]  # stands in one stratum only
    assert "nest: true" in message
    assert "correct the strata" in message


def test_with_nest_they_are_told_apart() -> None:
    assert se(persons(), psu="again", nest=True) == pytest.approx(se(persons()))
    assert fl.mean(design(persons(), psu="again", nest=True), "y").table["df"][0] == 9 - 3


def test_several_strata_columns_are_crossed() -> None:
    frame = persons((2, 2, 2, 2)).assign(
        a=lambda f: f["stratum"].isin(["s0", "s1"]), b=lambda f: f["stratum"].isin(["s0", "s2"])
    )
    assert se(frame, strata=["a", "b"]) == pytest.approx(se(frame))
    assert se(frame, strata="a") != pytest.approx(se(frame))


def test_without_psus_each_person_is_one() -> None:
    frame = persons().assign(row=range(54))
    assert se(frame, psu=None) == pytest.approx(se(frame, psu="row"))
    assert fl.mean(design(frame, psu=None), "y").table["df"][0] == 54 - 3


def test_a_single_psu_stops_the_estimate_and_names_the_stratum() -> None:
    message = refusal(persons((3, 1, 2, 1)))
    assert message.startswith("strata: 2 stratum/strata have a single PSU")
    assert "found:   s1, s3" in message
    assert "single_psu: certainty, remove, adjust or average" in message


def contributions(frame: pd.DataFrame, weight: pd.Series) -> pd.DataFrame:
    """PSU sums of the influence of the mean."""
    z = weight * (frame["y"] - (weight * frame["y"]).sum() / weight.sum()) / weight.sum()
    return z.groupby([frame["stratum"], frame["psu"]]).sum().rename("z").reset_index()


def test_each_rule_for_a_single_psu_does_what_it_says() -> None:
    frame = persons((3, 1, 4))
    sums = contributions(frame, frame["w"])
    by = sums.groupby("stratum")["z"]
    others = sum(len(z) * z.var() for s, z in by if s != "s1")
    alone = sums["z"][sums["stratum"] == "s1"].iloc[0] - sums["z"].mean()
    assert se(frame, single_psu="certainty") ** 2 == pytest.approx(others)
    assert se(frame, single_psu="remove") ** 2 == pytest.approx(others)
    assert se(frame, single_psu="average") ** 2 == pytest.approx(others * 3 / 2)
    assert se(frame, single_psu="adjust") ** 2 == pytest.approx(others + alone**2)


def test_no_rule_changes_anything_where_no_psu_is_single() -> None:
    assert {
        se(persons(), single_psu=rule) for rule in ("fail", "certainty", "remove", "adjust", "average")
    } == {se(persons())}


def test_an_fpc_as_a_count_or_as_the_fraction_it_makes_is_the_same() -> None:
    frame = persons()
    fraction = frame["stratum"].map({"s0": 3 / 30, "s1": 4 / 30, "s2": 2 / 30})
    assert se(frame, fpc="fpc") == pytest.approx(se(frame.assign(fpc=fraction), fpc="fpc"))
    assert se(frame, fpc="fpc") < se(frame)


def test_a_stratum_certain_by_its_fpc_passes_with_a_single_psu() -> None:
    frame = persons((3, 1, 4))
    certain = frame.assign(fpc=frame["stratum"].map({"s0": 1000, "s1": 1, "s2": 1000}))
    assert se(certain, fpc="fpc") < se(frame, single_psu="certainty")


@pytest.mark.parametrize("wrong", ["varies", "one row", "all rows", "text"])
def test_an_fpc_that_varies_in_a_stratum_or_is_missing_is_refused(wrong: str) -> None:
    frame = persons().astype({"fpc": object})
    last = frame.index[frame["stratum"] == "s1"][-1]
    if wrong == "text":
        frame["fpc"] = frame["fpc"].astype(str)
    at = frame["stratum"] == "s1" if wrong == "all rows" else last
    frame.loc[at, "fpc"] = {"varies": 31, "text": "thirty"}.get(wrong)
    message = refusal(frame, fpc="fpc")
    assert message.startswith("fpc: the FPC is missing or varies within a stratum")
    assert "found:   s1\n" in message
    assert "one number" in message


def test_an_fpc_smaller_than_the_sample_is_refused() -> None:
    message = refusal(
        persons().assign(fpc=lambda f: f["stratum"].map({"s0": 30, "s1": 3, "s2": 30})), fpc="fpc"
    )
    assert message.startswith("fpc: the FPC is smaller than the sample")
    assert "found:   s1\n" in message
    assert "counts PSUs in the population" in message


GOLDEN = Path(__file__).resolve().parents[1] / "golden"
PERCENT = {r["id"]: r for r in json.loads((GOLDEN / "fpc_units.json").read_text("utf-8"))["records"]}


def in_percent() -> tuple[pd.DataFrame, pd.Series]:
    """The persons of R's script with the fraction of PSUs in percent, and with their number in the sample."""
    frame = pd.read_csv(GOLDEN / "data/clustered.csv").rename(columns={"weight": "w", "income": "y"})
    drawn = frame.groupby("stratum")["psu"].transform("nunique")
    return frame.assign(percent=100 * drawn / frame["fpc"], fraction=drawn / frame["fpc"]), drawn


def test_percentages_that_r_reads_as_counts_are_refused() -> None:
    """R's standard error is 14% too small."""
    frame, _ = in_percent()
    right, wrong = PERCENT["fpc-percent"]["right"], PERCENT["fpc-percent"]["wrong"]
    assert wrong < 0.87 * right
    message = refusal(frame, fpc="percent")
    assert message.startswith(
        "fpc: the FPC is above 1 and not whole, so it is neither a count nor a fraction"
    )
    assert "give whole counts of PSUs, or fractions; divide percentages by 100" in message
    assert se(frame, fpc="fraction") == pytest.approx(right, rel=1e-10)


def test_percentages_of_the_second_stage_are_refused() -> None:
    frame = pd.read_csv(GOLDEN / "data/stages.csv").rename(columns={"weight": "w", "income": "y"})
    homes = frame.groupby(["stratum", "psu"])["home"].transform("nunique")
    frame = frame.assign(percent=100 * homes / frame["fpc2"])
    message = refusal(frame, psu=["psu", "home"], fpc=["fpc", "percent"], nest=True)
    assert "neither a count nor a fraction" in message
    assert "whole counts of units of the second stage" in message
    assert PERCENT["fpc-percent-second"]["wrong"] < 0.97 * PERCENT["fpc-percent-second"]["right"]


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ({"s0": 30, "s1": 0.2, "s2": 30}, "fractions below 1 beside numbers above 1"),
        ({"s0": 30, "s1": 12.5, "s2": 30}, "above 1 and not whole"),
        ({"s0": 133.4, "s1": 200, "s2": 30}, "above 1 and not whole"),
        ({"s0": 30, "s1": 3, "s2": 30}, "smaller than the sample"),
    ],
)
def test_an_fpc_that_is_neither_counts_nor_fractions(counts: dict[str, float], says: str) -> None:
    message = refusal(persons().assign(fpc=lambda f: f["stratum"].map(counts)), fpc="fpc")
    assert says in message
    assert "divide percentages by 100" in message


@pytest.mark.parametrize(
    "counts",
    [
        {"s0": 30, "s1": 4, "s2": np.inf},
        {"s0": 30.000000001, "s1": 40, "s2": 1e12},
        {"s0": 0.1, "s1": 1, "s2": 0.013},
    ],
)
def test_an_fpc_that_is_legal(counts: dict[str, float]) -> None:
    assert se(persons().assign(fpc=lambda f: f["stratum"].map(counts)), fpc="fpc") > 0


@pytest.mark.parametrize("fpc", [-0.5, 0.0, -30])
def test_an_fpc_that_is_not_above_zero_is_refused(fpc: float) -> None:
    message = refusal(persons().assign(fpc=fpc), fpc="fpc")
    assert message.startswith("fpc: the FPC is not above zero")
    assert "found:   s0, s1, s2" in message
    assert "sampling fraction" in message


def test_an_unknown_design_column_is_refused_with_those_there_are() -> None:
    for argument in ("weight", "strata", "psu", "fpc"):
        with pytest.raises(
            Exception,
            match=rf"SurveyDesign: {argument}: no such column(.|\n)*found: +nowhere(.|\n)*allowed: +stratum, psu",
        ):
            design(persons(), **{argument: "nowhere"})


def test_degrees_of_freedom_count_only_psus_and_strata_with_members() -> None:
    frame = persons().assign(g="all")
    frame.loc[frame["stratum"] == "s0", "g"] = "first"
    frame.loc[frame["psu"] == 100, "g"] = "first"
    est = fl.mean(design(frame), "y", by="g")
    assert dict(zip(est.table["g"], est.table["df"], strict=True)) == {
        "all": 3 - 1 + 2 - 1,
        "first": 3 - 1 + 1 - 1,
    }
    assert est.units.degrees_of_freedom(csc_array((len(est.units), 1))).tolist() == [0]


@pytest.mark.thorough("large designs")
@pytest.mark.parametrize("stages", [1, 2])
@pytest.mark.parametrize("rule", ["certainty", "adjust", "average"])
def test_a_sparse_influence_varies_as_the_dense_one(rule: str, stages: int) -> None:
    frame = persons((3, 1, 4, 2, 5, 1, *[3] * 40)).assign(home=lambda f: np.arange(len(f)) // 2 % 3, homes=12)
    wanted = (
        design(frame, psu=["psu", "home"], fpc=["fpc", "homes"], single_psu=rule)
        if stages == 2
        else design(frame, single_psu=rule)
    )
    units = fl.mean(wanted, "y").units
    assert isinstance(units, Units)
    rng = np.random.default_rng(5)
    z = (
        rng.normal(size=(len(units), 3 * AT_ONCE // 2))
        * (rng.random((len(units), 1)) < 0.02)
        * (rng.random(3 * AT_ONCE // 2) < 0.9)
    )
    z[units.psu_of < 2, 0] = 1.0  # a constant in its stratum
    sparse = csc_array(z)
    assert units.variances(sparse) == pytest.approx(units.variances(z), rel=1e-12, abs=1e-12)
    assert units.covariance(sparse) == pytest.approx(units.covariance(z), rel=1e-12, abs=1e-12)


def test_a_row_whose_denominator_is_nothing_has_no_influence() -> None:
    units = fl.mean(design(persons()), "y").units
    assert isinstance(units, Units)
    y, x = (np.outer(np.ones(len(units)), row) for row in ([1.0, 1.0, 0.0], [1.0, 0.0, 0.0]))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = units.influence(csc_array(y), csc_array(x), y.sum(axis=0) / x.sum(axis=0))
    assert np.isnan(units.variances(z)).tolist() == [False, True, True]


def test_sums_are_overwritten_only_where_they_may_be() -> None:
    units = fl.mean(design(persons()), "y").units
    assert isinstance(units, Units)
    x = np.arange(1.0, 1 + 3 * len(units)).reshape(len(units), 3)
    y, before = np.sqrt(x), x.copy()
    z = units.influence(y, x, y.sum(axis=0) / x.sum(axis=0))
    assert (x == before).all()
    again = units.influence(y, x, y.sum(axis=0) / x.sum(axis=0), overwrite_x=True)
    assert (again == z).all()
    assert np.shares_memory(again, x)


def two_stages(**more: Any) -> fl.SurveyDesign:
    frame = persons().assign(home=lambda f: np.arange(len(f)) // 2 % 3, homes=12)
    return design(frame, **{"psu": ["psu", "home"], "fpc": ["fpc", "homes"], **more})


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"fpc": "fpc"}, "two stages are named, but only one FPC"),
        ({"psu": None}, "two FPCs are named, but no PSU"),
        ({"psu": ["psu", "home", "y"], "fpc": None}, "more than two stages"),
        ({"psu": "psu", "fpc": "fpc", "certainty": "again"}, "taken with certainty need psu, and no fpc"),
        ({"psu": None, "fpc": None, "certainty": "again"}, "taken with certainty need psu, and no fpc"),
    ],
)
def test_stages_that_do_not_fit_together_are_refused(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(DesignError, match=says):
        two_stages(**arguments)


@pytest.mark.parametrize(
    ("homes", "says"),
    [
        (lambda f: np.where(f["y"] > f["y"].median(), 12, 13), "varies within a PSU"),
        (2, "smaller than the sample"),
        (0, "not above zero"),
        (None, "missing or varies within a PSU"),
    ],
)
def test_a_wrong_second_fpc_names_psus(homes: Any, says: str) -> None:
    frame = persons().assign(home=lambda f: np.arange(len(f)) // 2 % 3)
    frame["homes"] = homes(frame) if callable(homes) else homes
    with pytest.raises(DesignError, match=says):
        fl.mean(design(frame, psu=["psu", "home"], fpc=["fpc", "homes"]), "y")


def test_a_second_stage_adds_variance_and_units_but_no_degrees_of_freedom() -> None:
    est, one = fl.mean(two_stages(), "y"), fl.mean(two_stages(psu="psu", fpc="fpc"), "y")
    assert est.table["se"][0] > one.table["se"][0]
    assert est.table["df"][0] == one.table["df"][0] == 6
    assert (len(est.units), len(one.units)) == (27, 9)


def test_households_counted_in_full_leave_the_first_stage_alone() -> None:
    frame = persons().assign(home=lambda f: np.arange(len(f)) // 2 % 3, homes=3)
    both = fl.mean(design(frame, psu=["psu", "home"], fpc=["fpc", "homes"]), "y").table["se"][0]
    assert both == pytest.approx(se(frame, fpc="fpc"))


def test_psus_with_cases_are_counted_as_psus_where_units_are_households() -> None:
    frame = persons().assign(
        home=lambda f: np.arange(len(f)) // 2 % 3, homes=12, case=lambda f: (f["psu"] < 102).astype(int)
    )
    row = fl.prevalence(design(frame, psu=["psu", "home"], fpc=["fpc", "homes"]), "case").table.iloc[0]
    assert row["psus_with_cases"] == frame.loc[frame["case"] == 1, "psu"].nunique()


def test_a_psu_taken_with_certainty_varies_only_within() -> None:
    frame = persons().assign(home=lambda f: np.arange(len(f)) // 2 % 3)
    frame["sure"] = (frame["psu"] == 100).astype(int)
    by_hand = frame.assign(
        stratum=np.where(frame["sure"] == 1, "sure", frame["stratum"]),
        psu=frame["psu"] + frame["sure"] * (1000 + frame["home"]),
    )
    est = fl.mean(design(frame, psu=["psu", "home"], certainty="sure"), "y")
    assert est.table["se"][0] == pytest.approx(se(by_hand))
    assert est.table["df"][0] == 6 + 2 - 1


def test_persons_are_the_second_stage_where_none_is_named() -> None:
    frame = persons().assign(row=range(54), people=60)
    named = fl.mean(design(frame, psu=["psu", "row"], fpc=["fpc", "people"]), "y").table["se"][0]
    assert fl.mean(design(frame, fpc=["fpc", "people"]), "y").table["se"][0] == pytest.approx(named)


def test_estimates_of_two_stages_are_stacked() -> None:
    est = fl.mean(two_stages(), "y")
    assert fl.stack({"a": est, "b": est}, name="set").covariance == pytest.approx(est.covariance[0, 0])
