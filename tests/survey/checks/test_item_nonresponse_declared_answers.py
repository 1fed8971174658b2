"""Tests for how many persons survey.yaml makes a missing answer count as *no*, and the note about them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from gated_persons import SPEC, persons

import fltoolkit as fl
from fltoolkit.errors import DataError
from fltoolkit.survey.checks.findings import Finding
from fltoolkit.survey.checks.item_nonresponse import TICKED, declared_counts
from fltoolkit.survey.checks.rules.rule import apply_rules
from fltoolkit.survey.checks.rules.time_rules import episode_rules
from fltoolkit.survey.printed_values import Mask

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]


def number_findings(survey: fl.Survey) -> list[Finding]:
    found = apply_rules(episode_rules(survey), survey.frame, Mask(5))
    return [finding for finding in found if finding.where == "jobs"]


@pytest.fixture
def gated(write: Write) -> tuple[fl.Survey, list[dict[str, str]]]:
    people = persons(3000, seed=5)
    table = pd.DataFrame(people).assign(WHO=range(len(people)), W=1, AGE=40)
    return fl.read_survey(write(SPEC, people=table)), people


def test_those_whom_a_blank_makes_a_no_are_counted(gated: tuple[fl.Survey, list[dict[str, str]]]) -> None:
    survey, people = gated
    reached = [p for p in people if p["WORKED"] != "2"]  # those without work are no already
    by_hand = [
        (
            "items.coercion.debt_bondage",
            "DEBT",
            "filled only of those with a debt",
            sum(p["DEBT"] == "" for p in reached),
        ),
        (
            "items.coercion.withheld_documents",
            "DOC_A",
            TICKED,
            sum(p["DOC_A"] == "" and "1" in (p["DOC_B"], p["DOC_NONE"]) for p in reached),
        ),
        (
            "items.coercion.withheld_documents",
            "DOC_B",
            TICKED,
            sum(p["DOC_B"] == "" and "1" in (p["DOC_A"], p["DOC_NONE"]) for p in reached),
        ),
    ]
    assert list(declared_counts(survey, "blank").itertuples(index=False, name=None)) == by_hand


def test_those_whom_a_refusal_at_a_gate_makes_a_no_are_counted(
    gated: tuple[fl.Survey, list[dict[str, str]]],
) -> None:
    survey, people = gated
    made = sum(p["WORKED"] != "2" and p["HOURS"] == "9" and p["THREAT"] == "" for p in people)
    assert made > 20
    found = list(declared_counts(survey, "gate").itertuples(index=False, name=None))
    assert found == [("items.coercion.threats_or_violence", "THREAT", "as printed", made)]


def test_each_declaration_is_a_note_with_its_reason_and_a_rounded_count(
    gated: tuple[fl.Survey, list[dict[str, str]]],
) -> None:
    survey, people = gated
    table = fl.check(survey)
    notes = table[table["what"].str.contains("filled only of those with a debt|as printed|is ticked")]
    blank = sum(p["WORKED"] != "2" and p["DEBT"] == "" for p in people)
    assert notes["severity"].to_list() == ["note"] * 4
    assert notes["where"].to_list() == ["DEBT", "DOC_A", "DOC_B", "THREAT"]
    assert notes["what"].iloc[0] == "a blank counts as no: filled only of those with a debt"
    assert (
        notes["what"].iloc[3]
        == "after don't know or refused at the gate, the answer counts as no: as printed"
    )
    assert notes["count"].iloc[0] == f"about {(blank + 5) // 10 * 10:,}"
    # and no such blank is a missing answer
    assert not (table["what"].eq("blank without a reason") & table["where"].eq("DEBT")).any()


def test_a_skip_is_not_counted_as_a_blank_that_means_no(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    gate = {"column": "gate", "asked": "Y"}
    keys = {
        "items.coercion.debt_bondage": {
            "column": "q2",
            "routing": gate,
            "blank": "no",
            "why": "a box to tick",
        }
    }
    table = people.assign(gate=["Y"] * 10 + ["N"] * 6, q2=["Y"] + [""] * 15)
    survey = fl.read_survey(write(changed(spec, keys), people=table))
    assert declared_counts(survey, "blank")["persons"].to_list() == [9]


WIDE = {
    "episodes": {"wide": ["a", "b"], "exists": {"number": "jobs", "missing": 98}},
    "items.involuntary.hazardous_work": {"column": "q1_{episode}"},
    "items.coercion.debt_bondage": {"column": "q2_{episode}"},
}


def jobs(people: pd.DataFrame, numbers: list[str]) -> pd.DataFrame:
    """Persons with so many jobs; whatever is asked of a job is yes."""
    return people.assign(
        jobs=numbers + ["2"] * (len(people) - len(numbers)), q1_a="Y", q1_b="Y", q2_a="Y", q2_b="Y"
    )


def test_a_number_of_episodes_that_is_none_stops_and_one_too_large_is_told(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    good = fl.read_survey(write(changed(spec, WIDE), people=jobs(people, ["0", "1", "2", "98", ""])))
    assert number_findings(good) == []
    more = fl.read_survey(write(changed(spec, WIDE), people=jobs(people, ["3", "7"])))
    assert [(f.severity, f.where, f.count) for f in number_findings(more)] == [("warning", "jobs", 2)]
    odd = fl.read_survey(write(changed(spec, WIDE), people=jobs(people, ["-1", "1.5", "two"])))
    assert [(f.severity, f.where, f.count) for f in number_findings(odd)] == [("error", "jobs", 3)]
    with pytest.raises(DataError, match="numbers of episodes that are not whole numbers of 0 or more"):
        fl.classify(odd)


def test_an_episode_exists_if_the_number_is_at_least_its_place(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    table = jobs(people, ["0", "1", "2", "98", "", "3"]).assign(q1_a="N")
    table.loc[[1, 4], ["q1_b", "q2_b"]] = ""
    survey = fl.classify(fl.read_survey(write(changed(spec, WIDE), people=table)))
    rows = survey.frame.select("src__hh", "src__line", "forced_labour").collect("pandas").to_native()
    truths = rows.sort_values(["src__hh", "src__line"], key=lambda c: c.str.zfill(4))["forced_labour"].astype(
        object
    )
    # both jobs coerce, only the second was involuntary: it is there from a number of 2
    assert [None if pd.isna(v) else bool(v) for v in truths][:6] == [False, False, True, None, None, True]
    counts = fl.nonresponse(survey)
    assert counts.set_index("column")["missing"].fillna(-1).to_dict() == {
        "worked": 0,
        "q1_a": 0,
        "q1_b": -1,
        "q2_a": 0,
        "q2_b": -1,
    }
    # a blank number is no absence: of two persons with blanks in b, one has a single job
    from fltoolkit.survey.checks.item_nonresponse import answer_counts

    assert {row["column"]: row["missing"] for row in answer_counts(survey)}["q1_b"] == 1


def test_a_code_that_stands_for_a_blank_is_counted_as_one(write: Write, changed: Change) -> None:
    keys = {
        "items.coercion.debt_bondage": {
            "column": "DEBT",
            "missing": 97,
            "blank": "no",
            "why": "a box to tick",
        }
    }
    people = pd.DataFrame([{**p, "DEBT": "97"} for p in persons(200, seed=5)]).assign(
        WHO=range(200), W=1, AGE=40
    )
    counts = declared_counts(fl.read_survey(write(changed(SPEC, keys), people=people)), "blank").set_index(
        "column"
    )["persons"]
    assert counts["DEBT"] == (people["WORKED"] != "2").sum()
