"""Tests findings about industry codes: a few unknown codes give a warning, and a column that is read wrongly
stops the estimate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import DataError

OWN = {"column": "isic", "revision": "isic_rev4", "digits": 4, "job": "forced_labour", "missing": 9999}
ONE = OWN | {"job": "all_workers", "population": "adults"}
HALF = "more than half of all are codes that are not in isic_rev4: "
SHOWN = "; shown as not stated"
ZERO = "codes one digit short, read as if a leading zero were lost: "

# The codes of sixteen persons (repeated), what the sector says, and the findings.
FINDINGS: list[tuple[str, list[str], dict[str, Any], list[tuple[Any, ...]]]] = [
    ("codes that are all known", ["0111", "9700", "9999", ""], OWN, []),
    (
        "a few unknown, of forced labour",
        [*["0111"] * 12, "0400", "x", "", "9999"],
        OWN,
        [("warning", "isic (sectors.s)", f"codes that are not in isic_rev4: 0400, x{SHOWN}", 2)],
    ),
    (
        "a few unknown, of all workers",
        [*["0111"] * 12, "0400", "x", "", "9999"],
        ONE,
        [("warning", "isic (sectors.s)", f"codes that are not in isic_rev4: 0400, x{SHOWN}", 2)],
    ),
    (
        "half unknown",
        ["0111", "0400"],
        ONE,
        [("warning", "isic (sectors.s)", f"codes that are not in isic_rev4: 0400{SHOWN}", 8)],
    ),
    (
        "more than half unknown",
        [*["0111"] * 7, *["0400"] * 9],
        ONE,
        [("error", "isic (sectors.s)", f"{HALF}0400", 9)],
    ),
    (
        "points in the codes",
        ["01.11", "41.00", "97.00"],
        ONE,
        [("error", "isic (sectors.s)", f"{HALF}01.11, 41, 97", 16)],
    ),
    (
        "two digits said to be four",
        ["01", "41", "97"],
        ONE,
        [("error", "isic (sectors.s)", f"{HALF}01, 41, 97", 16)],
    ),
    (
        "four digits said to be two",
        ["0111", "4100", "9700"],
        ONE | {"digits": 2},
        [("error", "isic (sectors.s)", f"{HALF}0111, 4100, 9700", 16)],
    ),
    (
        "three digits said to be four",
        ["101", "960", "351"],
        ONE,
        [("error", "isic (sectors.s)", "no code has 4 digits; many have 3", 16)],
    ),
    (
        "digits said to be letters",
        ["01", "41"],
        ONE | {"digits": "letter"},
        [
            ("error", "isic (sectors.s)", f"{HALF}01, 41", 16),
            ("note", "s", "section letters do not identify fishing and domestic work", 0),
        ],
    ),
    ("numbers that lost their zeros", ["111", "4100", "311", "9700"], ONE, []),
    (
        "some zeros lost, some not",
        ["0111", "311", "4100", "9700"],
        ONE,
        [("warning", "isic (sectors.s)", f"{ZERO}311", 4)],
    ),
    ("one digit of two", ["1", "3", "41"], ONE | {"digits": 2}, []),
    (
        "another revision",
        ["4520", "4520", "0111"],
        ONE | {"revision": "isic_rev5"},
        [("error", "isic (sectors.s)", f"{HALF}4520".replace("rev4", "rev5"), 11)],
    ),
    (
        "letters",
        ["A", "t"],
        OWN | {"digits": "letter"},
        [("note", "s", "section letters do not identify fishing and domestic work", 0)],
    ),
    (
        "letters of Rev.3.1",
        ["A", "B"],
        OWN | {"digits": "letter", "revision": "isic_rev3.1"},
        [("note", "s", "section letters do not identify domestic work", 0)],
    ),
    (
        "letters that are none",
        ["Z"],
        OWN | {"digits": "letter"},
        [
            ("error", "isic (sectors.s)", f"{HALF}Z", 16),
            ("note", "s", "section letters do not identify fishing and domestic work", 0),
        ],
    ),
]


def short(table: pd.DataFrame) -> list[tuple[Any, ...]]:
    rows = table[table["check"] == "industry"]
    return list(rows[["severity", "where", "what", "count"]].itertuples(index=False, name=None))


def test_findings_about_industries(
    spec: dict[str, Any], people: pd.DataFrame, write: Callable[..., Path], changed: Callable[..., Any]
) -> None:
    """One survey has a column and a sector for each entry of FINDINGS."""
    columns = {f"isic{i}": (codes * 16)[:16] for i, (_, codes, _, _) in enumerate(FINDINGS)}
    sectors = {f"s{i}": {**sector, "column": f"isic{i}"} for i, (_, _, sector, _) in enumerate(FINDINGS)}
    table = people.assign(**columns)
    survey = fl.read_survey(write(changed(spec, {"sectors": sectors}), people=table))
    told, stopped = short(fl.check(survey, show_values=True)), set()
    for i, (name, _, _, expected) in enumerate(FINDINGS):
        own = {f"isic{i} (sectors.s{i})": "isic (sectors.s)", f"s{i}": "s"}
        mine = [(severity, own[where], *rest) for severity, where, *rest in told if where in own]
        assert mine == expected, name
        stopped |= {f"s{i}" for severity, *_ in expected if severity == "error"}
    with pytest.raises(DataError, match="stop the estimate"):
        fl.classify(survey)
    others = {name: sector for name, sector in sectors.items() if name not in stopped}
    fl.classify(fl.read_survey(write(changed(spec, {"sectors": others}), people=table)))


@pytest.mark.parametrize("sector", [OWN, ONE])
def test_how_many_codes_are_shown_as_not_stated_is_told_roughly_of_every_job(
    spec: dict[str, Any],
    people: pd.DataFrame,
    write: Callable[..., Path],
    changed: Callable[..., Any],
    sector: dict[str, Any],
) -> None:
    """A table by the sector shows the others, so that an exact number would give the row *not stated* and
    what is hidden with it."""
    table = people.assign(isic=["0400"] * 6 + ["0111"] * 10)
    found = fl.check(fl.read_survey(write(changed(spec, {"sectors.s": sector}), people=table)))
    assert [row[-1] for row in short(found)] == ["about 10"]


def test_the_codes_of_all_episodes_are_judged_together(
    spec: dict[str, Any], people: pd.DataFrame, write: Callable[..., Path], changed: Callable[..., Any]
) -> None:
    keys = {"sectors.s": OWN | {"column": "isic_{episode}"}, "episodes": {"wide": [1, 2]}}
    table = people.assign(isic_1="0111", isic_2=["0400"] * 6 + [""] * 10)
    found = short(fl.check(fl.read_survey(write(changed(spec, keys), people=table)), show_values=True))
    assert found == [
        ("warning", "isic_{episode} (sectors.s)", f"codes that are not in isic_rev4: 0400{SHOWN}", 6)
    ]


def test_industries_in_a_file_of_spells_are_found(
    spec: dict[str, Any], people: pd.DataFrame, write: Callable[..., Path], changed: Callable[..., Any]
) -> None:
    files = {
        "files.episodes": {"path": "spells.csv", "key": ["hh", "line", "spell"]},
        "episodes": {"long": "true"},
    }
    answers = {"items.involuntary": {"hazardous_work": "a1"}, "items.coercion": {"debt_bondage": "a2"}}
    isic = ["0400" if i < 5 else "0311" for i in range(16)]
    spells = people[["hh", "line"]].assign(spell=1, a1="Y", a2="Y", isic=isic)
    survey = fl.read_survey(
        write(changed(spec, files | answers | {"sectors.s": OWN}), people=people, spells=spells)
    )
    assert short(fl.check(survey, show_values=True)) == [
        ("warning", "isic (sectors.s)", f"codes that are not in isic_rev4: 0400{SHOWN}", 5)
    ]
