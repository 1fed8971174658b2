"""Lerova: a roster (.tab), a household file (Stata) and a module (Parquet), each with its own keys; one adult
and one child a household."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
from brought_in.draws import Codes, Draws, age_of_a_member

Row = dict[str, str]
SEED = 20260527
STRATA, CLUSTERS, HOUSEHOLDS = 5, 16, 13
YES_NO = Codes("1", "5", "8", "9")
ELSEWHERE, NOBODY, NOT_ANSWERED = "90", "95", "-999999999"
ROSTER = [
    "interview__key",
    "roster__id",
    "cluster_no",
    "household_no",
    "s1_sex",
    "s1_age",
    "s1_educ",
    "s1_mother",
    "s1_father",
]
HOUSEHOLD = ["cluster", "hhkey", "stratum", "region", "milieu", "hhweight"]
A = ["A1", "A2", "A3", "B1", "B2", "B3", "B4", "B5", "C1", "C2", "C3", "C4", "C5"]
C = ["D1", "D2", "D3", "D4", "D5", "W1", "W2", "W3"]
WEIGHTS = ["WT_ADULT", "WT_CHILD"]
MODULE = ["HH_REF", "MEMBER", "MODULE", "RESULT", "PROXY", *WEIGHTS, *A, *C]


def survey() -> tuple[list[Row], list[Row], list[Row]]:
    """The rows of the roster, of the households and of the module."""
    draws, roster, households, module = Draws(SEED), list[Row](), list[Row](), list[Row]()
    for stratum in range(1, STRATA + 1):
        for number in range(1, CLUSTERS + 1):
            cluster, weight, victims = (
                100 * stratum + number,
                draws.between(60, 300, 3),
                draws.pick({0.01: 0.6, 0.07: 0.4}),
            )
            for household in range(1, HOUSEHOLDS + 1):
                place = {"stratum": stratum, "region": 1 + stratum // 2, "milieu": 1 + number % 2}
                row = {name: str(value) for name, value in place.items()}
                households.append(
                    row | {"cluster": str(cluster), "hhkey": str(household), "hhweight": repr(weight)}
                )
                members = _members(draws, households[-1])
                roster += members
                module += _selected(draws, members, weight, draws.chance(victims))
    return roster, households, module


def _members(draws: Draws, household: Row) -> list[Row]:
    key = "-".join(f"{draws.whole(0, 99):02d}" for _ in range(4))
    rows = []
    for line in range(1, draws.whole(1, 6) + 1):
        age = age_of_a_member(draws, line)
        row = dict.fromkeys(ROSTER, "") | {"interview__key": key, "roster__id": str(line), "s1_age": str(age)}
        row |= {
            "cluster_no": household["cluster"],
            "household_no": household["hhkey"],
            "s1_sex": draws.pick({"1": 0.51, "2": 0.49}),
        }
        if age >= 15:
            row["s1_educ"] = draws.pick({"1": 0.5, "2": 0.33, "3": 0.14, NOT_ANSWERED: 0.03})
        rows.append(row)
    adults = [row for row in rows if int(row["s1_age"]) >= 18]
    for child in (row for row in rows if int(row["s1_age"]) < 18):
        for column, sex in (("s1_mother", "1"), ("s1_father", "2")):
            here = [
                row["roster__id"]
                for row in adults
                if row["s1_sex"] == sex and int(row["s1_age"]) >= int(child["s1_age"]) + 16
            ]
            child[column] = here[0] if here else draws.pick({ELSEWHERE: 0.35, NOBODY: 0.65})
    return rows


def _selected(draws: Draws, members: list[Row], weight: float, victims: bool) -> list[Row]:
    """The adult and the child of a household whom the modules are about."""
    adults = [row for row in members if int(row["s1_age"]) >= 18]
    children = [row for row in members if 5 <= int(row["s1_age"]) < 18]
    rows = []
    for letter, group, column in (("A", adults, "WT_ADULT"), ("C", children, "WT_CHILD")):
        if not group:
            continue
        person = draws.one_of(group)
        row = dict.fromkeys(MODULE, "") | {
            "HH_REF": person["interview__key"],
            "MEMBER": person["roster__id"],
            "MODULE": letter,
        }
        row["RESULT"] = draws.pick({"1": 0.92, "2": 0.05, "3": 0.03})
        if row["RESULT"] == "1":
            row["PROXY"] = draws.pick({"1": 0.12, "2": 0.88})
            row[column] = repr(round(weight * len(group) * 1.085, 4))
            row |= _adult(draws, victims) if letter == "A" else _child(draws, victims)
        rows.append(row)
    return rows


def _adult(draws: Draws, victim: bool) -> Row:
    row = {
        name: YES_NO.answer(draws, share)
        for name, share in (("A1", 0.95 if victim else 0.45), ("A2", 0.3), ("A3", 0.08))
    }
    if "1" not in row.values():
        return row
    row |= {name: YES_NO.answer(draws, 0.4 if victim else 0.015) for name in ("B1", "B2", "B3", "B4")}
    if row["B4"] == "5" and draws.chance(0.05):
        row["B4"] = "7"
    row["B5"] = draws.pick(
        {
            "1": 0.35 if victim else 0.93,
            "2": 0.3 if victim else 0.02,
            "3": 0.3 if victim else 0.004,
            "8": 0.02,
            "9": 0.01,
        }
    )
    if "1" in (row["B1"], row["B2"], row["B3"], row["B4"]) or row["B5"] in ("2", "3"):
        row |= {name: YES_NO.answer(draws, 0.4 if victim else 0.015) for name in ("C1", "C2", "C3", "C4")}
        papers = YES_NO.answer(draws, 0.3 if victim else 0.02)
        row["C5"] = "7" if papers == "8" else "6" if papers == "5" and draws.chance(0.15) else papers
    return row


def _child(draws: Draws, victims: bool) -> Row:
    """`victims`: whether the adults of the household are likely to be in forced labour; then children work
    with them more often."""
    row = {"D1": YES_NO.answer(draws, 0.15), "D4": YES_NO.answer(draws, 0.75 if victims else 0.13)}
    if row["D1"] == "1":
        row["D2"] = YES_NO.answer(draws, 0.12)
    if row.get("D2") == "1":
        row["D3"] = draws.pick({"1": 0.3, "2": 0.45, "3": 0.15, "8": 0.06, "9": 0.04})
    if row["D4"] == "1":
        row["D5"] = YES_NO.answer(draws, 0.2 if victims else 0.03)
    return row | {name: YES_NO.answer(draws, 0.004) for name in ("W1", "W2", "W3")}


def write(folder: Path) -> None:
    """Write roster.tab, household.dta and module.parquet into a folder."""
    roster, households, module = survey()
    with (folder / "roster.tab").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, ROSTER, delimiter="\t", lineterminator="\r\n")
        table.writeheader()
        table.writerows(roster)
    frame = pd.DataFrame(households, columns=HOUSEHOLD).apply(pd.to_numeric)
    labels = {"region": {1: "Highland", 2: "Lowland", 3: "Islands"}, "milieu": {1: "town", 2: "village"}}
    pyreadstat.write_dta(
        frame, folder / "household.dta", file_label="Lerova 2026", variable_value_labels=labels
    )
    columns = {name: _column(name, [row[name] for row in module]) for name in MODULE}
    pq.write_table(pa.table(columns), folder / "module.parquet")


def _column(name: str, cells: list[str]) -> pa.Array:
    """A column of the module: text, weights, or whole numbers; a blank is null."""
    if name in ("HH_REF", "MODULE"):
        return pa.array(cells, pa.string())
    number = float if name in WEIGHTS else int
    return pa.array(
        [number(cell) if cell else None for cell in cells], pa.float64() if name in WEIGHTS else pa.int16()
    )
