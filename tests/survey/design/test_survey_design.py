"""Tests that a design is bound once to data of any kind, and that every estimate is then the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from small_surveys import variance_of_the_mean

import fltoolkit as fl
from fltoolkit.errors import DesignError, RequestError, SpecError

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]
DESIGN: dict[str, Any] = {"weight": "w", "strata": "stratum", "psu": "village"}
KINDS = ["pandas", "Polars", "Arrow", "DuckDB", "CSV", "Parquet"]


@pytest.fixture
def table(people: pd.DataFrame) -> pd.DataFrame:
    """The small survey with a truth and a number, both with blanks."""
    truth = (people["q1"] == "Y").astype(object).where(people["line"] == 1)
    return people.assign(truth=truth.astype("boolean"), income=people["age"].where(people["sex"] == 2) * 1.5)


def as_kind(table: pd.DataFrame, kind: str, folder: Path) -> Any:
    if kind == "CSV":
        table.to_csv(folder / "t.csv", index=False)
        return folder / "t.csv"
    if kind == "Parquet":
        table.to_parquet(folder / "t.parquet")
        return str(folder / "t.parquet")
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    return {
        "pandas": table,
        "Polars": pl.from_arrow(arrow),
        "Arrow": arrow,
        "DuckDB": duckdb.from_arrow(arrow),
    }[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_table_gives_the_same_estimates(table: pd.DataFrame, tmp_path: Path, kind: str) -> None:
    design = fl.SurveyDesign(as_kind(table, kind, tmp_path), **DESIGN)
    truth = fl.prevalence(design, "truth", by=[[], ["sex"]]).table
    income = fl.mean(design, "income", by="stratum").table
    # eight first lines answered, one of them yes; second lines are the women, of ages 21, 23, … 35
    assert truth[["sex", "estimate", "n"]].to_numpy().tolist() == [["total", 0.125, 8], ["1", 0.125, 8]]
    assert income[["stratum", "estimate", "n"]].to_numpy().tolist() == [["0", 36.0, 4], ["1", 48.0, 4]]
    assert fl.total(design, "income").table.loc[0, "estimate"] == 2.5 * 8 * 42


@pytest.mark.parametrize(
    ("argument", "name"), [("weight", "wt"), ("strata", "strat"), ("psu", "vill"), ("fpc", "big_n")]
)
def test_a_column_that_is_not_there_is_told(people: pd.DataFrame, argument: str, name: str) -> None:
    with pytest.raises(RequestError) as error:
        fl.SurveyDesign(people, **(DESIGN | {argument: name}))
    assert f"SurveyDesign: {argument}: no such column\n  found:   {name}" in str(error.value)
    assert "\n  allowed: hh, line, stratum" in str(error.value)


def test_an_estimate_of_a_column_that_is_not_there_offers_those_of_the_data(people: pd.DataFrame) -> None:
    design = fl.SurveyDesign(people, **DESIGN)
    for verb in (fl.mean, fl.prevalence):
        with pytest.raises(RequestError) as error:
            verb(design, "wage")
        assert "found:   wage; did you mean age?\n  allowed: hh, line" in str(error.value)
        assert "fl__" not in str(error.value)


def test_labels_that_restart_in_each_stratum_need_nest(people: pd.DataFrame) -> None:
    restarting = people.assign(village="v" + (people["village"].str[1:].astype(int) % 2).astype(str))
    right = variance_of_the_mean(people, **DESIGN)
    assert variance_of_the_mean(restarting, **DESIGN, nest=True) == right
    assert right[1] == 2
    unstratified = variance_of_the_mean(people, weight="w", psu="village")
    assert unstratified[1] == 3
    assert unstratified != right


def test_several_strata_are_crossed(people: pd.DataFrame) -> None:
    crossed = people.assign(region=people["stratum"], area=people["stratum"] + 1)
    assert variance_of_the_mean(crossed, **(DESIGN | {"strata": ["region", "area"]})) == variance_of_the_mean(
        people, **DESIGN
    )


def test_crossed_labels_that_hold_the_separator_stay_apart(people: pd.DataFrame) -> None:
    first = people["stratum"] == people["stratum"].iloc[0]
    one, other = first.map({True: "a", False: "a / b"}), first.map({True: "b / c", False: "c"})
    crossed = people.assign(one=one, other=other)
    assert variance_of_the_mean(crossed, **(DESIGN | {"strata": ["one", "other"]})) == variance_of_the_mean(
        people, **DESIGN
    )
    slashes = people.assign(
        one=first.map({True: "a/", False: "a"}), other=first.map({True: "b", False: "/b"})
    )
    assert variance_of_the_mean(slashes, **(DESIGN | {"strata": ["one", "other"]})) == variance_of_the_mean(
        people, **DESIGN
    )


def test_persons_drawn_directly_are_their_own_psus(people: pd.DataFrame) -> None:
    drawn = people.assign(person=range(16))
    assert variance_of_the_mean(drawn, weight="w") == variance_of_the_mean(drawn, weight="w", psu="person")
    assert variance_of_the_mean(drawn, weight="w")[1] == 15


def test_a_finite_population_makes_the_variance_smaller(people: pd.DataFrame) -> None:
    free, _ = variance_of_the_mean(people, **DESIGN)
    half, _ = variance_of_the_mean(people.assign(villages=4), **DESIGN, fpc="villages")
    assert half == pytest.approx(free / 2)


def test_normalised_weights_give_means_and_no_totals(people: pd.DataFrame) -> None:
    design = fl.SurveyDesign(people, **DESIGN, weights="normalised")
    assert fl.mean(design, "age").table.loc[0, "estimate"] == 27.5
    with pytest.raises(DesignError, match="the weights are normalised") as error:
        fl.total(design, "age")
    assert "use weights that add up to the population" in str(error.value)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        (
            {"design.fpc": "n", "design.replicates": {"columns": "r{1..4}", "method": "jk1"}},
            "the replicate weights reflect the design; leave these out",
        ),
        (
            {
                "design.psu": None,
                "design.strata": None,
                "design.replicates": {"columns": "r{1..4}", "method": "jkn"},
            },
            "a stratified jackknife needs",
        ),
        (
            {"design.psu": None, "design.replicates": {"columns": "r1", "method": "brr"}},
            "fewer than two columns",
        ),
        (
            {
                "design.psu": None,
                "design.replicates": {"columns": "r{1..4}", "method": "brr"},
                "populations.adults.weight": "w2",
            },
            "belong to design.weight",
        ),
        (
            {"design.ssu": "hh", "design.fpc": "big_n", "design.selection": "srs"},
            "two stages are named, but only one FPC",
        ),
        ({"design.psu": None, "design.ssu": "hh"}, "need psu"),
        (
            {
                "design.certainty": {"column": "c", "codes": 1},
                "design.fpc": "big_n",
                "design.selection": "srs",
            },
            "leave certainty out",
        ),
    ],
)
def test_designs_that_contradict_themselves_are_refused(
    keys: dict[str, Any], says: str, spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    with pytest.raises(SpecError, match=says):
        fl.read_survey(write(changed(spec, keys), people=people))


def test_a_psu_is_certain_for_all_its_rows_or_none() -> None:
    """Else half of the PSU would be a stratum of its own, and half would stay where it was."""
    people = pd.DataFrame(
        {"w": 1.0, "s": ["a"] * 8, "p": [1, 1, 2, 2, 3, 3, 4, 4], "c": [1, 0, 0, 0, 0, 0, 0, 0]}
    )
    with pytest.raises(DesignError, match=r"certain(.|\n)*1 PSU"):
        fl.SurveyDesign(people, weight="w", strata="s", psu="p", certainty="c")
    fl.SurveyDesign(people.assign(c=[1, 1, 0, 0, 0, 0, 0, 0]), weight="w", strata="s", psu="p", certainty="c")


def test_the_labels_of_a_column_are_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from fltoolkit.survey.design import survey_design
    from fltoolkit.survey.engine import engines

    monkeypatch.setattr(engines, "FEW_ROWS", 0)
    asked: list[str] = []

    def counted(values: Any, where: object) -> Any:
        asked.extend(values.columns)
        return labels_of(values, where)

    labels_of = survey_design.labels_of
    monkeypatch.setattr(survey_design, "labels_of", counted)
    frame = pd.DataFrame(
        {"w": 1.0, "h": list("aabb"), "p": list("wxyz"), "g": list("stst"), "y": [0, 1, 1, 0], "v": range(4)}
    )
    design = fl.SurveyDesign(frame, weight="w", strata="h", psu="p")
    for by in (["g"], [], ["g"], ["v"]):
        fl.prevalence(design, "y", by=by)
    assert sorted(asked) == ["fl__psu", "fl__strata", "g"]


@pytest.mark.parametrize("values", [["yes", "no"], [1, 2], ["Y", "N"]])
def test_a_certainty_that_is_neither_true_nor_false_is_refused(values: list[Any]) -> None:
    """Nobody would count as certain."""
    people = pd.DataFrame({"w": 1.0, "s": 1, "p": range(8), "y": 1.0}).assign(c=values * 4)
    with pytest.raises(fl.errors.DataError, match=r"certainty: c: this column must be true or false"):
        fl.SurveyDesign(people, weight="w", strata="s", psu="p", certainty="c")
    fl.SurveyDesign(people.assign(c=people["c"] == values[0]), weight="w", strata="s", psu="p", certainty="c")
