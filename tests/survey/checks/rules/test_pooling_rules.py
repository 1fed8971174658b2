"""Tests findings about pooled files: each contradiction is found and can be accepted, and legal files are not
mentioned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_surveys import SPEC, persons_table

import fltoolkit as fl
from fltoolkit.errors import DataError

Write = Callable[..., Path]
Files = Mapping[str, pd.DataFrame]

GROUPS = {
    "sex": {"column": "SEX", "codes": {1: "men", 2: "women"}},
    "region": {"column": "R", "codes": {1: "north", 2: "south", 3: "east", 4: "west"}},
}


def quarter(number: int, **own: Any) -> pd.DataFrame:
    """400 persons in 20 sampling points of two strata and four regions. 5% are in forced labour."""
    drawn = np.random.default_rng(number)
    answers = drawn.choice(["case", "not", "idle"], 400, p=[0.05, 0.75, 0.2])
    points = [i % 20 for i in range(400)]
    places = [{"P": p, "S": 1 + p // 10, "R": 1 + p // 5} for p in points]
    table = persons_table(list(zip(answers, places, strict=True)))
    table = table.assign(
        HH=table["HH"] + 1000 * number, W=drawn.integers(900, 1100, 400), AGE=drawn.integers(18, 70, 400)
    )
    return table.assign(**own)


def recoded(table: pd.DataFrame, column: str, codes: Mapping[Any, Any]) -> pd.DataFrame:
    return table.assign(**{column: table[column].map(lambda code: codes.get(code, code))})


Q1, Q2, Q3 = quarter(1), quarter(2), quarter(3)


@pytest.fixture
def pooled(write: Write) -> Callable[..., fl.Survey]:
    """Returns a function that pools files with some factors, by default those of quarters."""

    def read(files: Files, factors: list[float] | None = None, **keys: Any) -> fl.Survey:
        names = [f"{name}.csv" for name in files]
        person = {
            "path": names,
            "key": ["HH", "LINE"],
            "weight_factor": factors or [1 / len(files)] * len(files),
        }
        spec = {**SPEC, "files": {"person": person}, "sectors": {}, "groups": GROUPS, **keys}
        return fl.read_survey(write({**spec, "design": {**SPEC["design"], "selection": "srs"}}, **files))

    return read


def told(survey: fl.Survey) -> list[tuple[str, str, str, str]]:
    facts = fl.check(survey)[["severity", "check", "where", "what"]]
    return [row for row in facts.itertuples(index=False, name=None) if row[0] != "note"]


FACTORS = "files.person.weight_factor"
PATH = "files.person.path"
CONTRADICTIONS: dict[str, tuple[Files, list[float] | None, tuple[str, str], str]] = {
    "each file stands for the country": (
        {"q1": Q1, "q2": Q2},
        [1, 1],
        ("files", FACTORS),
        (
            "the factors of the pooled files add up to 2: the weights of the files add up to about 400,000 "
            "(q1.csv), 400,000 (q2.csv), and pooled to about 800,000"
        ),
    ),
    "the same persons in two waves": (
        {"q1": Q1, "q2": Q2.assign(HH=Q1["HH"])},
        [1, 1],
        ("files", FACTORS),
        "add up to 2, and keys of persons occur in several files: the weights of the files add up to about",
    ),
    "three halves": ({"q1": Q1, "q2": Q2, "q3": Q3}, [0.5] * 3, ("files", FACTORS), "add up to 1.5: "),
    "thousands in one file": (
        {"q1": Q1, "q2": Q2.assign(W=Q2["W"] / 1000)},
        None,
        ("weights", PATH),
        "the mean weight of q1.csv is 1,000 times that of q2.csv, after the factors",
    ),
    "a file and its copy": (
        {"q1": Q1, "q2": Q1.assign(W=[999, *Q1["W"][1:]])},
        None,
        ("files", PATH),
        "with the same key and the same answers: q1.csv, q2.csv",
    ),
    "a file and a file that goes on": (
        {"q1": Q1, "q2": pd.concat([Q1, Q2])},
        None,
        ("files", PATH),
        "nearly all rows of one file are in another too",
    ),
    "yes and no swapped in one of three": (
        {"q1": Q1, "q2": recoded(Q2, "INV", {1: 2, 2: 1}), "q3": Q3},
        None,
        ("items", PATH),
        "most say yes in one file, and most say no in another: INV (in q2.csv, q3.csv)",
    ),
    "no women in one file": (
        {"q1": Q1, "q2": Q2.assign(SEX=1)},
        None,
        ("groups", "groups.sex"),
        "categories that a pooled file does not have, although the others do: women (q2.csv)",
    ),
    "sex blank in one file": (
        {"q1": Q1, "q2": Q2.assign(SEX="")},
        None,
        ("groups", "groups.sex"),
        "although the others do: men (q2.csv), women (q2.csv)",
    ),
    "regions of two kinds": (
        {"q1": Q1, "q2": recoded(Q2, "R", {2: 1, 3: 2, 4: 2})},
        None,
        ("groups", "groups.region"),
        "although the others do: east (q2.csv), west (q2.csv)",
    ),
    "regions shifted by one": (
        {"q1": Q1, "q2": recoded(Q2, "R", {1: 2, 2: 3, 3: 4, 4: 1})},
        None,
        ("groups", "groups.region"),
        "the areas that have one category of region in the first file all have another one in other files: q2.csv",
    ),
    "no key in one file": (
        {"q1": Q1, "q2": Q2.assign(LINE="")},
        None,
        ("files", "LINE"),
        "rows without LINE, which is of the key",
    ),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_files_that_contradict_one_another_are_asked_about_once(
    name: str, pooled: Callable[..., fl.Survey]
) -> None:
    files, factors, (check, where), what = CONTRADICTIONS[name]
    (found,) = told(pooled(files, factors))
    assert found[:3] == ("warning", check, where)
    assert what in found[3]
    accepted = {"finding": check, "column": where, "why": "the fieldwork report says why"}
    assert not told(pooled(files, factors, accept=accepted))


def test_quarters_that_each_stand_for_the_country_count_it_twice(pooled: Callable[..., fl.Survey]) -> None:
    wrong, right, one = (
        fl.total(fl.classify(pooled(files, factors))).table["estimate"].iloc[0]
        for files, factors in (
            ({"q1": Q1, "q2": Q1.assign(AGE=40)}, [1, 1]),
            ({"q1": Q1, "q2": Q1.assign(AGE=40)}, [0.5, 0.5]),
            ({"q1": Q1}, [1]),
        )
    )
    assert right == one
    assert wrong == 2 * one


QUARTERS = {"quarter": {"column": "Q", "codes": {1: "first", 2: "second"}}}
TWO_KINDS = {
    "region": {
        "column": "R",
        "codes": {**GROUPS["region"]["codes"], **{i + 10: c for i, c in GROUPS["region"]["codes"].items()}},
    }
}  # type: ignore[dict-item,attr-defined]
LEGAL: dict[str, tuple[Files, list[float] | None, dict[str, Any]]] = {
    "two quarters": ({"q1": Q1, "q2": Q2}, None, {}),
    "thirds": ({"q1": Q1, "q2": Q2, "q3": Q3}, [0.33, 0.33, 0.33], {}),
    "a panel": ({"q1": Q1, "q2": Q2.assign(HH=Q1["HH"])}, None, {}),
    "a panel in which a quarter had a birthday": (
        {"q1": Q1, "q2": Q1.assign(AGE=Q1["AGE"] + (Q1["HH"] % 4 == 0))},
        None,
        {},
    ),
    "a group of quarters": ({"q1": Q1.assign(Q=1), "q2": Q2.assign(Q=2)}, None, {"groups": QUARTERS}),
    "new codes with the old labels": (
        {"q1": Q1, "q2": Q2.assign(R=Q2["R"] + 10)},
        None,
        {"groups": TWO_KINDS},
    ),
    "labels of sampling points that begin anew": (
        {"q1": Q1, "q2": Q2.assign(P=(Q2["P"] * 7) % 20, S=1 + (Q2["P"] * 7) % 20 // 10)},
        None,
        {},
    ),
    "columns that are not used": ({"q1": Q1.assign(X=1), "q2": Q2.assign(Y=1)}, None, {}),
    "weights per thousand that the factor corrects": (
        {"q1": Q1, "q2": Q2.assign(W=Q2["W"] / 1000)},
        [0.5, 500],
        {"accept": {"finding": "files", "column": FACTORS, "why": "the second quarter is in thousands"}},
    ),
    "files of regions": (
        {"north": Q1[Q1["R"] < 3], "south": Q2[Q2["R"] > 2]},
        [1, 1],
        {"accept": {"finding": "files", "column": FACTORS, "why": "each file has two regions"}},
    ),
}


@pytest.mark.parametrize("name", LEGAL)
def test_legal_files_are_not_asked_about(name: str, pooled: Callable[..., fl.Survey]) -> None:
    files, factors, keys = LEGAL[name]
    assert not told(pooled(files, factors, **keys))


def test_a_column_that_one_file_lacks_is_told_with_the_file(pooled: Callable[..., fl.Survey]) -> None:
    for files, lacking in (
        ({"q1": Q1.drop(columns="SEX"), "q2": Q2}, "q1.csv"),
        ({"q1": Q1, "q2": Q2.drop(columns="SEX")}, "q2.csv"),
    ):
        with pytest.raises(DataError, match=f"found:   no SEX in {lacking}"):
            pooled(files)
