"""Who is in forced labour in Lerova: one adult and one child a household, children by their four routes, by
hand."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pyreadstat
from brought_in.three_valued import Answers, Person, Truth, age_group, behind, both, code, either

Key = tuple[str, str]
SEX = {"1": "women", "2": "men"}
YES, NO = "1", "5"
ELSEWHERE, NOBODY = "90", "95"
ROUTES = ("iv", "iii", "ii", "i")  # in the order of the flowchart: the first that holds is the primary one


def read_roster(folder: Path) -> list[dict[str, str]]:
    with (folder / "roster.tab").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def read_households(folder: Path) -> dict[Key, dict[str, str]]:
    """By cluster and number of the household in it."""
    table, _ = pyreadstat.read_dta(folder / "household.dta")
    rows = [{name: _text(value) for name, value in row.items()} for row in table.to_dict("records")]
    return {(row["cluster"], row["hhkey"]): row for row in rows}


def read_module(folder: Path) -> dict[Key, dict[str, str]]:
    """By the roster's household and line."""
    rows = [
        {name: _text(value) for name, value in row.items()}
        for row in pq.read_table(folder / "module.parquet").to_pylist()
    ]
    return {(row["HH_REF"], row["MEMBER"]): row for row in rows}


def _text(value: str | float | None) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return str(int(value)) if value == int(value) else repr(value)


def people(folder: Path) -> list[Person]:
    households, module = read_households(folder), read_module(folder)
    adults = {key: adult(row) for key, row in module.items() if row["MODULE"] == "A" and row["RESULT"] == "1"}
    return [_person(member, households, module, adults) for member in read_roster(folder)]


def _person(
    member: Answers,
    households: dict[Key, dict[str, str]],
    module: dict[Key, dict[str, str]],
    adults: dict[Key, Truth],
) -> Person:
    key = (member["interview__key"], member["roster__id"])
    household = households[member["cluster_no"], member["household_no"]]
    row = module.get(key, {})
    asked, is_adult, outcome, label = row.get("RESULT") == "1", int(member["s1_age"]) >= 18, None, ""
    if asked and is_adult:
        outcome = adults[key]
    elif asked:
        holds = routes(row, member, adults)
        outcome = either(*holds.values())
        label = next((route for route in ROUTES if holds[route]), "")
    weight = float(row["WT_ADULT" if is_adult else "WT_CHILD"]) if asked else 0.0
    return Person(
        key,
        "adults" if is_adult else "children",
        asked,
        outcome,
        household["stratum"],
        household["cluster"],
        weight,
        SEX[member["s1_sex"]],
        age_group(member["s1_age"]),
        label,
    )


def adult(row: Answers) -> Truth:
    """The definition for one adult; that all was in the same work is assumed."""
    worked = either(*(code(row[name], YES, NO) for name in ("A1", "A2", "A3")))

    def of_workers(column: str, yes: str, no: str) -> Truth:
        return behind(worked, row[column], code(row[column], yes, no))

    involuntary = [
        of_workers("B1", YES, NO),
        of_workers("B2", YES, NO),
        of_workers("B3", YES, NO),
        of_workers("B4", YES, "57"),
    ]
    kept, punished = of_workers("B5", "2", "13"), of_workers("B5", "3", "12")
    told = either(*involuntary, kept, punished)

    def of_the_told(column: str, no: str = NO) -> Truth:
        return behind(told, row[column], code(row[column], YES, no))

    coercion = [
        of_the_told("C1"),
        of_the_told("C2"),
        of_the_told("C3"),
        of_the_told("C4"),
        of_the_told("C5", "56"),
        punished,
    ]
    return both(worked, either(*involuntary, kept), either(*coercion))


def routes(row: Answers, member: Answers, adults: dict[Key, Truth]) -> dict[str, Truth]:
    """The four routes of a child, each by itself."""
    others = code(row["D1"], YES, NO)
    threat = behind(others, row["D2"], code(row["D2"], YES, NO))
    by_others = behind(threat, row["D3"], code(row["D3"], "23", "1"))
    parents = code(row["D4"], YES, NO)
    threat_with_parents = behind(parents, row["D5"], code(row["D5"], YES, NO))
    parent = either(*(parent_forced(member, column, adults) for column in ("s1_mother", "s1_father")))
    return {
        "iv": either(*(code(row[name], YES, NO) for name in ("W1", "W2", "W3"))),
        "iii": both(parents, parent),
        "ii": both(parents, threat_with_parents),
        "i": both(others, threat, by_others),
    }


def parent_forced(member: Answers, column: str, adults: dict[Key, Truth]) -> Truth:
    """A parent who has died or is not known is no; one who was not asked, or lives elsewhere, leaves it
    open."""
    if member[column] == NOBODY:
        return False
    return adults.get((member["interview__key"], member[column]))
