"""Tamaria: a Kobo export with long group names, select-multiple questions, blanks that mean no, and two jobs
side by side."""

from __future__ import annotations

import csv
from pathlib import Path

from brought_in.draws import Codes, Draws, age_of_a_member

Row = dict[str, str]
SEED = 20260204
STRATA, AREAS, HOUSEHOLDS = 6, 13, 11
YES_NO = Codes("1", "0", "98", "99")
ALONE = ("0", "98", "99")  # options of a select-multiple that stand alone
INVOL, PENALTY = ("1", "2", "3", "4", "5"), ("1", "2", "3", "4")
JOBS = ("job1", "job2")
BLOCK = [
    "invol",
    "leave",
    "penalty",
    *(f"penalty/{code}" for code in (*PENALTY, *ALONE)),
    "debt_hold",
    "docs_kept",
    "who",
]
MODULE = ["grp_mod/proxy", "grp_work/q_paid", "grp_work/q_own", "grp_work/q_other", "grp_work/n_jobs"]
MODULE += [f"grp_jobs/{job}_{name}" for job in JOBS for name in BLOCK]
HOUSEHOLD = [
    "start",
    "grp_intro/mode",
    "grp_cover/stratum",
    "grp_cover/ea_code",
    "grp_cover/region",
    "grp_cover/area",
    "hh_weight",
    "_id",
    "_uuid",
    "_submission_time",
    "_index",
]
PERSON = ["grp_roster/line_no", "grp_roster/sex", "grp_roster/age", "grp_mod/consent", *MODULE]
PERSON += ["_index", "_parent_table_name", "_parent_index", "_submission__id", "_submission__uuid"]


def survey() -> tuple[list[Row], list[Row]]:
    """The households' rows and the persons' rows."""
    draws, households, persons = Draws(SEED), list[Row](), list[Row]()
    for stratum in range(1, STRATA + 1):
        for area in range(1, AREAS + 1):
            weight, victims = draws.between(40, 260, 3), draws.pick({0.01: 0.65, 0.07: 0.35})
            for _ in range(HOUSEHOLDS):
                household = _household(draws, stratum, area, len(households) + 1) | {
                    "hh_weight": repr(weight)
                }
                households.append(household)
                for line in range(1, draws.whole(1, 5) + 1):
                    persons.append(
                        _person(draws, household, line, victims) | {"_index": str(len(persons) + 1)}
                    )
    return households, persons


def _household(draws: Draws, stratum: int, area: int, index: int) -> Row:
    day = f"2026-03-{draws.whole(1, 28):02d}T{draws.whole(8, 18):02d}:{draws.whole(0, 59):02d}:00.000+02:00"
    return {
        "start": day,
        "grp_intro/mode": draws.pick({"capi": 0.8, "cati": 0.2}),
        "grp_cover/stratum": str(stratum),
        "grp_cover/ea_code": f"{stratum}{area:03d}",
        "grp_cover/region": str(1 + stratum // 4),
        "grp_cover/area": str(1 + area % 2),
        "_id": str(411000 + 3 * index),
        "_uuid": "-".join(draws.hexadecimal(n) for n in (8, 4, 4, 4, 12)),
        "_submission_time": day[:19],
        "_index": str(index),
    }


def _person(draws: Draws, household: Row, line: int, victims: float) -> Row:
    age = age_of_a_member(draws, line)
    row = {
        "grp_roster/line_no": str(line),
        "grp_roster/sex": draws.pick({"male": 0.5, "female": 0.5}),
        "grp_roster/age": str(age),
        "_parent_table_name": "tlcws_households",
        "_parent_index": household["_index"],
        "_submission__id": household["_id"],
        "_submission__uuid": household["_uuid"],
    }
    if age < 18:
        return row
    row["grp_mod/consent"] = draws.pick({"1": 0.93, "2": 0.03, "3": 0.04})
    return row | (_module(draws, line, draws.chance(victims)) if row["grp_mod/consent"] == "1" else {})


def _module(draws: Draws, line: int, victim: bool) -> Row:
    work = {name: YES_NO.answer(draws, 0.9 if victim else 0.4) for name in MODULE[1:4]}
    row = {"grp_mod/proxy": "0" if line == 1 else draws.pick({"0": 0.75, "1": 0.25})} | work
    if "1" not in work.values():
        return row
    jobs = draws.pick({"1": 0.72, "2": 0.2, "3": 0.05, "99": 0.02, "": 0.003})
    row["grp_work/n_jobs"] = jobs
    worse = draws.one_of(JOBS) if jobs in ("2", "3") else "job1"  # the job in which a victim was one
    for job in JOBS if jobs in ("2", "3") else ["job1"] if jobs == "1" else []:
        if not draws.chance(0.005):  # else the interview broke off
            row |= {
                f"grp_jobs/{job}_{name}": value
                for name, value in _block(draws, victim and job == worse).items()
            }
    return row


def _block(draws: Draws, victim: bool) -> Row:
    """One job's answers."""
    row = {
        "invol": _ticked(draws, INVOL, 0.4 if victim else 0.015),
        "leave": YES_NO.answer(draws, 0.35 if victim else 0.98),
    }
    row["penalty"] = _ticked(draws, PENALTY, 0.4 if victim else 0.006)
    codes = row["penalty"].split()
    if codes:
        row |= {f"penalty/{code}": str(int(code in codes)) for code in (*PENALTY, *ALONE)}
    owes = draws.chance(0.5 if victim else 0.06)
    row["debt_hold"] = YES_NO.answer(draws, 0.5 if victim else 0.1) if owes else ""
    row["docs_kept"] = draws.pick(
        {"1": 0.25 if victim else 0.005, "99": 0.008, "": 0.97 if not victim else 0.7}
    )
    if {*codes} & {*PENALTY} or row["debt_hold"] == "1" or row["docs_kept"] == "1":
        row["who"] = draws.pick({"1": 0.55, "2": 0.2, "3": 0.1, "4": 0.07, "98": 0.05, "99": 0.03})
    return row


def _ticked(draws: Draws, options: tuple[str, ...], share: float) -> str:
    """The cell of a select-multiple: codes with blanks between them, or one of the options that stand
    alone."""
    special = draws.pick({"": 0.97, "98": 0.017, "99": 0.01, "lost": 0.003})
    if special:
        return "" if special == "lost" else special
    return " ".join(option for option in options if draws.chance(share)) or "0"


def write(folder: Path) -> None:
    """Write tlcws_households.csv and tlcws_persons.csv into a folder."""
    households, persons = survey()
    for name, columns, rows in (("households", HOUSEHOLD, households), ("persons", PERSON, persons)):
        with (folder / f"tlcws_{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.DictWriter(
                file, columns, restval="", delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n"
            )
            table.writeheader()
            table.writerows(rows)
