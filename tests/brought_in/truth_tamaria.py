"""Who is in forced labour in Tamaria: job by job, with blanks as the form defines them, by hand."""

from __future__ import annotations

import csv
from pathlib import Path

from brought_in.three_valued import Answers, Person, Truth, age_group, behind, both, code, either

SEX = {"male": "men", "female": "women"}
FORMS = {
    "1": "forced_labour_exploitation",
    "2": "forced_labour_exploitation",
    "3": "state_imposed",
    "4": "forced_commercial_sexual_exploitation",
}


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"tlcws_{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def people(folder: Path) -> list[Person]:
    households = {row["_index"]: row for row in read(folder, "households")}
    return [_person(row, households[row["_parent_index"]]) for row in read(folder, "persons")]


def _person(row: Answers, household: Answers) -> Person:
    asked = row["grp_mod/consent"] == "1"
    outcome = forced_labour(row) if asked else None
    return Person(
        (row["_parent_index"], row["grp_roster/line_no"]),
        "adults",
        asked,
        outcome,
        household["grp_cover/stratum"],
        household["grp_cover/ea_code"],
        float(household["hh_weight"]),
        SEX[row["grp_roster/sex"]],
        age_group(row["grp_roster/age"]),
        form(row) if outcome else "",
    )


def forced_labour(row: Answers) -> Truth:
    """The definition for one adult who was asked the module: in any of the two jobs."""
    worked = either(
        *(code(row[f"grp_work/{name}"], ("1",), ("0",)) for name in ("q_paid", "q_own", "q_other"))
    )
    return both(worked, either(in_job(row, 1), in_job(row, 2)))


def in_job(row: Answers, number: int) -> Truth:
    """Whether job 1 or 2 was there, was involuntary and under coercion."""
    worked = either(
        *(code(row[f"grp_work/{name}"], ("1",), ("0",)) for name in ("q_paid", "q_own", "q_other"))
    )
    jobs = row["grp_work/n_jobs"]
    counted = None if jobs in ("", "99") else int(jobs) >= number
    there = behind(worked, jobs, counted)
    block = {
        name: row[f"grp_jobs/job{number}_{name}"]
        for name in ("invol", "leave", "penalty", "debt_hold", "docs_kept")
    }
    involuntary = either(
        *(ticked(block["invol"], option) for option in "12345"), code(block["leave"], ("0",), ("1",))
    )
    # The form says what a blank means in these two questions, and in no other.
    debt = False if block["debt_hold"] == "" else code(block["debt_hold"], ("1",), ("0",))
    papers = False if block["docs_kept"] == "" else code(block["docs_kept"], ("1",), ())
    coerced = either(*(ticked(block["penalty"], option) for option in "1234"), debt, papers)
    return both(there, involuntary, coerced)


def ticked(cell: str, option: str) -> Truth:
    """Whether an option of a select-multiple is ticked; don't know, refused and blank leave it open."""
    codes = cell.split(" ")
    if option in codes:
        return True
    return None if codes in ([""], ["98"], ["99"]) else False


def form(row: Answers) -> str:
    """Who imposed it, in the first job that is forced labour."""
    number = next(number for number in (1, 2) if in_job(row, number))
    return FORMS.get(row[f"grp_jobs/job{number}_who"], "not stated")
