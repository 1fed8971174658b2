"""Who is in forced labour in Quirama: the questionnaire's gates and the corrections of the office's memo, by
hand."""

from __future__ import annotations

import math
from pathlib import Path

import pyreadstat
from brought_in.three_valued import Answers, Person, Truth, age_group, behind, both, code, either, opposite

BLANK = "en blanco"
SEX = {"1": "men", "2": "women"}


def read(folder: Path) -> list[dict[str, str]]:
    """The rows of enh2026.sav as text, user-missing codes kept."""
    table, _ = pyreadstat.read_sav(folder / "enh2026.sav", user_missing=True)
    return [{name: _text(value) for name, value in row.items()} for row in table.to_dict("records")]


def _text(value: float) -> str:
    if math.isnan(value):
        return ""
    return str(int(value)) if value == int(value) else repr(value)


def memo(folder: Path) -> list[tuple[dict[str, str], str, str, str]]:
    """The corrections: the row's key, the column, what was typed, what is right ("" for blank)."""
    lines = (folder / "corrections_memo.txt").read_text("utf-8").split("\n")
    table = [line.split(" | ") for line in lines if line.startswith("FOLIO=")]
    return [
        (dict(part.split("=") for part in key.split(" ")), column, wrong, "" if right == BLANK else right)
        for key, column, wrong, right, *_ in table
    ]


def corrected(folder: Path) -> list[dict[str, str]]:
    """The rows with every correction made; each has to find exactly one row."""
    rows = read(folder)
    for key, column, wrong, right in memo(folder):
        (row,) = [
            row
            for row in rows
            if row[column] == wrong and all(row[name] == value for name, value in key.items())
        ]
        row[column] = right
    return rows


def people(folder: Path) -> list[Person]:
    return [_person(row) for row in corrected(folder)]


def _person(row: Answers) -> Person:
    asked = row["RESMOD"] == "1"
    return Person(
        (row["FOLIO"], row["LIN"]),
        "adults",
        asked,
        forced_labour(row) if asked else None,
        row["ESTRATO"],
        row["UPM"],
        float(row["FACTOR"]),
        SEX[row["P03"]],
        age_group(row["P04"]),
    )


def forced_labour(row: Answers) -> Truth:
    """The definition for one adult who was asked the module."""
    worked = code(row["P10"], "1", "2")
    # P12 and P15 are asked of those who worked, so a gate on them is shut for who did not.
    employee = both(worked, code(row["P12"], "12", "345"))
    for_others = both(worked, code(row["P12"], "125", "34"))
    ordered = both(worked, code(row["P15"], "1", "2"))
    inside, wider = both(employee, ordered), either(for_others, ordered)

    def asked_inside(column: str, yes: str = "1", no: str = "2") -> Truth:
        return behind(inside, row[column], code(row[column], yes, no))

    unpaid, debt = (behind(wider, row[column], code(row[column], "1", "2")) for column in ("P26", "P36"))
    involuntary = either(
        *(asked_inside(column) for column in ("P21", "P22", "P23", "P24")),
        asked_inside("P25", "2", "1"),
        unpaid,
    )
    coerced = either(
        asked_inside("P31"),
        asked_inside("P32"),
        asked_inside("P33"),
        asked_inside("P34", "2", "13"),
        asked_inside("P35"),
        debt,
    )
    # P40 opens where both sides were told of: the gate is the two sides themselves.
    linked = behind(both(involuntary, coerced), row["P40"], code(row["P40"], "1", "2"))
    named = behind(linked, row["P45"], code(row["P45"], "123", "0"))
    within = behind(named, row["P46"], code(row["P46"], "1", "2"))
    return both(worked, involuntary, coerced, linked, opposite(both(named, within)))
