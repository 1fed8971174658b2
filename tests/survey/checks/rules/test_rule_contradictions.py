"""Tests that survey.yaml and data that contradict themselves get a finding, and that data that only look alike get none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl
from tests.legal_oddities import ROW, Oddity, Table

Group = dict[str, Any]


def found(folder: Path, columns: Table, keys: dict[str, Any], accept: list[dict[str, str]]) -> pd.DataFrame:
    table = fl.check(fl.read_survey(Oddity("", "", columns, keys).write(folder, accept)))
    return table[["severity", "check", "where", "what"]]


def unchanged(table: pd.DataFrame) -> dict[str, Any]:
    return {}


def stratum_times(factor: float, stratum: int = 2) -> Table:
    return lambda table: {"W": np.where(table["S"] == stratum, table["W"] * factor, table["W"])}


def months(values: Any) -> Table:
    return lambda table: {"MONTHS": np.where(table["MONTHS"] == "", "", np.asarray(values).astype(str))}


def items(other: Any) -> Table:
    return lambda table: {"INV2": other(table["INV"]), "INV3": table["INV"].replace("1", "2")}


def population(label: str, **keys: Any) -> Group:
    return {"populations": {"adults": {"label": label, "age": {"min": 15}, **keys}}}


def region(**groups: dict[int, str]) -> Group:
    named = {name: {"column": "R", "codes": codes} for name, codes in groups.items()}
    return {"groups": {"sex": {"column": "SEX", "codes": {1: "men", 2: "women"}}, **named}}


TWO = {
    "items.involuntary": {
        "very_low_or_no_wages": {"column": "INV"},
        "unagreed_overtime": {"column": "INV2"},
        "no_freedom_to_leave": {"column": "INV3"},
    }
}
CONSCRIPTS = {
    "exceptions": {
        "kinds": {"military_conscription": [{"column": "MIL"}]},
        "within_limits": [{"column": "MIL"}],
    }
}
TWO_WORDS = {
    1: {"en": "North", "fr": "Nord"},
    2: {"en": "South", "fr": "Nord"},
    3: {"en": "East", "fr": "Est"},
}
ASKED_WOMEN = {
    "items.coercion": {
        "withheld_wages": {"column": "COE", "routing": {"column": "SEX", "asked": 2, "skipped": 1}}
    }
}
SEXES = {"groups.sex": {"column": "SEX", "codes": {1: "m", 2: "f"}, "classification": "sex"}}
SAME_LABEL = {
    "populations": {
        name: {"label": "adults", "age": {"min": least}} for name, least in (("a", 15), ("b", 18))
    }
}
NORTH, TYPO = {1: "North", 2: "South", 3: "East"}, {1: "North", 2: "Nort", 3: "East"}
ASKED: list[tuple[Table, Group, str, str]] = [
    (stratum_times(1000), {}, "weights", "W"),
    (stratum_times(0.01), {}, "weights", "W"),
    (months(ROW % 10 / 10), {}, "reference_period", "MONTHS"),
    (months(0), {}, "reference_period", "MONTHS"),
    (items(lambda inv: inv), TWO, "questions", "INV2, INV"),
    (unchanged, population("adults, 15 to 64"), "populations", "populations.adults.label"),
    (unchanged, population("18 and over"), "populations", "populations.adults.label"),
    (
        unchanged,
        population("15 ans et plus", age={"min": 15, "max": 64}),
        "populations",
        "populations.adults.label",
    ),
    (unchanged, population("women", where={"SEX": [1]}), "populations", "populations.adults.where"),
    (unchanged, population("Females of 15", where={"SEX": [1]}), "populations", "populations.adults.where"),
    (unchanged, region(region=NORTH, area={1: "South", 2: "North", 3: "East"}), "groups", "groups.region"),
    (unchanged, region(region=TYPO), "groups", "groups.region"),
    (unchanged, SAME_LABEL, "populations", "populations.b.label"),
    (unchanged, region(region=TWO_WORDS), "groups", "groups.region"),
    (unchanged, {"months": {"column": "AGE", "covers": "all_spells"}}, "questions", "months"),
    (
        unchanged,
        {"files.person": {"path": "persons.csv", "key": ["HH", "LINE"], "weight_factor": [0.25]}},
        "files",
        "files.person.weight_factor",
    ),
    (
        lambda t: {"MIL": np.where(ROW % 2, 1, 2)},
        CONSCRIPTS,
        "questions",
        "exceptions.kinds.military_conscription",
    ),
    (lambda t: {"COE": t["COE"].where(ROW % 2 == 1, "")}, {**ASKED_WOMEN, **SEXES}, "routing", "SEX"),
    (
        lambda t: {"M": 1 + (ROW % 64 == 37)},
        {"module": {"column": "M", "answered": 1, "not_asked": 2}},
        "module",
        "M",
    ),
]
SILENT: list[tuple[Table, Group]] = [
    (stratum_times(8), {}),
    (lambda table: {"W": np.where(table["S"] == 2, 1, table["W"])}, {}),  # drawn with certainty
    (months(2), {}),
    (months(1), {"reference_period": {"months": 1, "text": "the past month"}}),
    (items(lambda inv: np.where(ROW == 41, "1", inv)), TWO),
    (unchanged, population("15 and over")),
    (unchanged, population("adults of 2025")),
    (unchanged, population("persons aged 15 years and over who worked in the 12 months before")),
    (unchanged, population("15–64", age={"min": 15, "max": 64})),
    (unchanged, population("workers of firms with 5 persons or more")),
    (unchanged, population("children under 18", age={"min": 15, "max": 17})),
    (unchanged, population("women", where={"SEX": [2]})),
    (unchanged, population("men and women", where={"SEX": [1, 2]})),
    (unchanged, region(region=NORTH, area={1: "rest", 2: "rest", 3: "East"})),
    (lambda t: {"M": np.where(ROW == 5, 2, 1)}, {"module": {"column": "M", "answered": 1, "not_asked": 2}}),
    (unchanged, region(region={1: "este", 2: "oeste", 3: "centro"})),
    (unchanged, region(region={1: "noreste", 2: "noroeste", 3: "sur"})),
    (unchanged, region(region={1: "Zone I", 2: "Zone II", 3: "Zone III"})),
]


@pytest.mark.parametrize(("columns", "keys", "check", "where"), ASKED)
def test_a_contradiction_is_asked_about_until_it_is_accepted(
    tmp_path: Path, columns: Table, keys: Group, check: str, where: str
) -> None:
    asked = found(tmp_path, columns, keys, []).query("severity != 'note'")
    assert asked[["severity", "check", "where"]].values.tolist() == [["warning", check, where]]
    entry = {"finding": check, "column": where, "why": "it is right"}
    assert "warning" not in set(found(tmp_path, columns, keys, [entry]).severity)


@pytest.mark.parametrize(("columns", "keys"), SILENT)
def test_what_only_looks_alike_is_not_asked_about(tmp_path: Path, columns: Table, keys: Group) -> None:
    assert found(tmp_path, columns, keys, []).query("severity != 'note'").empty


def test_a_row_that_repeats_the_header_is_named_first(tmp_path: Path) -> None:
    path = Oddity("", "").write(tmp_path, [])
    data = tmp_path / "persons.csv"
    lines = data.read_text("utf-8").splitlines(keepends=True)
    data.write_text("".join([*lines, lines[0]]), "utf-8")
    first = fl.check(fl.read_survey(path)).iloc[0]
    assert (first.severity, first["where"]) == ("error", "files.person")
    assert first.what == "rows that repeat the names of the columns"


def test_an_age_above_what_people_reach_is_no_oldest_age(tmp_path: Path) -> None:
    path = Oddity("", "", keys={"age.max": 1000}).write(tmp_path, [])
    with pytest.raises(fl.errors.SpecError, match=r"age.max.*130"):
        fl.read_survey(path)


@pytest.mark.parametrize(
    ("change", "asked"),
    [(lambda own: own, []), (lambda own: own[::-1].to_numpy(), ["m_AGE", "m_SEX"])],
    ids=["the same", "of other persons"],
)
def test_columns_that_two_files_have_are_compared(tmp_path: Path, change: Any, asked: list[str]) -> None:
    keys = {"files.module": {"path": "module.csv", "key": ["HH", "LINE"], "prefix": "m_"}}
    path = Oddity("", "", lambda table: {}, keys).write(tmp_path, [])
    table = pd.read_csv(tmp_path / "persons.csv", dtype=str)
    module = table[["HH", "LINE", "SEX", "AGE"]].assign(SEX=change(table["SEX"]), AGE=change(table["AGE"]))
    module.to_csv(tmp_path / "module.csv", index=False)
    rows = fl.check(fl.read_survey(path)).query("severity != 'note'")
    assert sorted(rows["where"]) == asked
    assert set(rows["check"]) <= {"files"}


TWICE: list[tuple[Table, Group, str]] = [
    (unchanged, {"items.coercion": {"withheld_wages": {"column": "INV"}}}, "items.coercion.withheld_wages"),
]


@pytest.mark.parametrize(("columns", "keys", "where"), TWICE)
def test_one_question_cannot_tell_two_criteria(
    tmp_path: Path, columns: Table, keys: Group, where: str
) -> None:
    asked = found(tmp_path, columns, keys, []).query("severity != 'note'")
    assert asked[["check", "where"]].values.tolist() == [["questions", where]]


@pytest.mark.parametrize(
    ("where", "asked"), [({"WORK": [1]}, []), ({"INV": [1]}, ["questions"]), ({"R": [1, 9]}, ["populations"])]
)
def test_conditions_of_a_population(tmp_path: Path, where: dict[str, Any], asked: list[str]) -> None:
    rows = found(tmp_path, unchanged, population("persons", where=where), []).query("check == 'populations'")
    assert rows["where"].tolist() == ["populations.adults.where"] * len(asked)


@pytest.mark.parametrize(("column", "asked"), [("COE_{episode}", []), ("COE_1", ["COE_1"]), ("COE", [])])
def test_a_column_of_one_episode_for_all(tmp_path: Path, column: str, asked: list[str]) -> None:
    columns = lambda t: {f"{n}_{e}": t[n].where(30 * e < ROW, "2") for n in ("INV", "COE") for e in (1, 2)}  # noqa: E731
    keys = {
        "episodes": {"wide": [1, 2]},
        "items": {
            "involuntary": {"very_low_or_no_wages": {"column": "INV_{episode}"}},
            "coercion": {"withheld_wages": {"column": column}},
        },
    }
    rows = found(tmp_path, columns, keys, []).query("check == 'questions' and severity == 'warning'")
    assert rows["where"].tolist() == asked
