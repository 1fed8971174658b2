"""Tests findings about episodes of work and about the age at its start, each with persons who cause it and
persons who do not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import SpecError
from fltoolkit.survey.checks.findings import count_rows
from fltoolkit.survey.checks.rules.rule import apply_rules
from fltoolkit.survey.checks.rules.time_rules import episode_rules
from fltoolkit.survey.printed_values import Mask

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]
Told = Callable[..., list[tuple[str, str, str, int]]]

ITEMS: dict[str, Any] = {
    "items.involuntary.hazardous_work": "q1_{episode}",
    "items.coercion.debt_bondage": "q2_{episode}",
}
WIDE = {**ITEMS, "episodes": {"wide": [1, 2], "exists": {"number": "jobs", "missing": 98}}}
ASKED_EACH = {**ITEMS, "episodes": {"wide": [1, 2], "exists": "job_{episode}"}}
LONG: dict[str, Any] = {
    "items.involuntary.hazardous_work": "q1",
    "items.coercion.debt_bondage": "q2",
    "files.episodes": {"path": "spells.csv", "key": ["hh", "line", "spell"]},
    "episodes": {"long": True, "exists": {"number": "jobs", "missing": 98}},
}
START = {"age.at_start": "start"}


@pytest.fixture
def told(spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change) -> Told:
    """Returns a function that gives the findings about the first of sixteen persons, who has the given cells
    and rows of episodes. The others have one episode in which they worked freely."""

    def read(keys: dict[str, Any], cells: dict[str, Any], rows: int = 1) -> list[tuple[str, str, str, int]]:
        usual = {"jobs": 1, "job_1": "Y", "job_2": "N", "start": 20}
        usual |= {f"q{item}_{episode}": "N" if episode == 1 else "" for item in (1, 2) for episode in (1, 2)}
        table = people.drop(columns=["q1", "q2"] if "files.episodes" in keys else []).assign(**usual)
        table = table.astype(object)
        for name, value in cells.items():
            table.loc[0, name] = value
        spells = [
            {"hh": who["hh"], "line": who["line"], "spell": i, "q1": "N", "q2": "N"}
            for n, who in people.iterrows()
            for i in range(rows if n == 0 else 1)
        ]
        survey = fl.read_survey(write(changed(spec, keys), people=table, spells=pd.DataFrame(spells)))
        found = apply_rules(episode_rules(survey), survey.frame, Mask(5))
        for finding in found:
            if finding.rows is None:
                continue
            assert count_rows(finding.rows.frame, {"n": finding.rows.condition})["n"] == finding.count
        return [(f.severity, f.check, str(f.where), f.count) for f in found]

    return read


FINDINGS: list[tuple[str, dict[str, Any], dict[str, Any], int, tuple[str, str, str]]] = [
    ("four jobs, three rows", LONG, {"jobs": 4}, 3, ("warning", "episodes", "jobs")),
    ("a job, no row", LONG, {"jobs": 1}, 0, ("warning", "episodes", "jobs")),
    ("one job, two rows", LONG, {"jobs": 1}, 2, ("warning", "episodes", "jobs")),
    ("rows and no work", LONG, {"worked": "N"}, 1, ("warning", "episodes", "any_work")),
    ("rows and not asked", LONG, {"result": "out"}, 1, ("warning", "episodes", "files.episodes")),
    ("half a job", LONG, {"jobs": 1.5}, 1, ("error", "episodes", "jobs")),
    ("more jobs than columns", WIDE, {"jobs": 3}, 1, ("warning", "episodes", "jobs")),
    ("yes in a job of nobody", WIDE, {"jobs": 1, "q1_2": "Y"}, 1, ("warning", "episodes", "episodes.exists")),
    ("yes in a job that was not", ASKED_EACH, {"q2_2": "Y"}, 1, ("warning", "episodes", "episodes.exists")),
    ("a start before birth", START, {"start": -8}, 1, ("error", "age", "start")),
    ("a start that is no number", START, {"start": "x"}, 1, ("error", "age", "start")),
    ("a start of a baby", START, {"start": 0}, 1, ("warning", "age", "start")),
    ("a start after the interview", START, {"start": 98}, 1, ("warning", "age", "start")),
]


@pytest.mark.parametrize(
    ("keys", "cells", "rows", "expected"), [f[1:] for f in FINDINGS], ids=[f[0] for f in FINDINGS]
)
def test_episodes_that_contradict_another_answer_are_asked_about(
    told: Told, keys: dict[str, Any], cells: dict[str, Any], rows: int, expected: tuple[str, str, str]
) -> None:
    assert told(keys, cells, rows) == [(*expected, 1)]


@pytest.mark.parametrize(
    ("keys", "cells", "rows"),
    [
        (LONG, {}, 1),
        (LONG, {"jobs": 0}, 0),
        (LONG, {"jobs": 98}, 1),
        (LONG, {"jobs": ""}, 2),
        (LONG, {"jobs": 3}, 3),
        (LONG, {"jobs": 0, "worked": "N"}, 0),
        (LONG, {"jobs": "", "result": "out"}, 0),
        ({k: v for k, v in LONG.items() if k != "episodes"} | {"episodes": {"long": True}}, {"jobs": 4}, 3),
        (WIDE, {}, 1),
        (WIDE, {"q1_2": "N", "q2_2": "N"}, 1),  # a file may fill what was not asked
        (WIDE, {"jobs": 2, "q1_2": "Y"}, 1),
        (WIDE, {"jobs": 98, "q1_2": "Y"}, 1),
        (ASKED_EACH, {"job_2": "D", "q1_2": "Y"}, 1),
        (START, {"start": 17}, 1),
        (START, {"start": ""}, 1),
        (START, {"start": 999}, 1),  # a code of age.missing
    ],
)
def test_legal_episodes_are_not_mentioned(
    told: Told, keys: dict[str, Any], cells: dict[str, Any], rows: int
) -> None:
    assert told(keys, cells, rows) == []


def test_a_number_of_episodes_needs_episodes(told: Told) -> None:
    with pytest.raises(SpecError, match="leave it out with same_work"):
        told({"episodes": {"same_work": "assumed", "exists": {"number": "jobs"}}}, {})
