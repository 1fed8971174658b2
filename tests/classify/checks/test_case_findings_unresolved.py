"""Tests who is unresolved, and which questions are the reason, against counts by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import fltoolkit as fl

SurveyOf = Callable[..., fl.Survey]
Persons = dict[str, dict[str, Any]]
LEFT = "unresolved, so not among the established cases. No usable answer to: "
MOST = "most of the persons asked are unresolved, so the estimate says almost nothing. No usable answer to: "


def many(name: str, n: int, **answers: Any) -> Persons:
    return {f"{name}{i}": answers for i in range(n)}


def told(persons: fl.ClassifiedSurvey) -> list[tuple[Any, ...]]:
    table = fl.check_cases(persons)
    rows = table[table["check"] == "unresolved"]
    return list(rows[["severity", "where", "what", "count"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("persons", "keys", "expected"),
    [
        (many("a", 30), {}, []),
        # Refusing one side with the other side no leaves nothing open: no and ? is no.
        (many("a", 30) | many("b", 12, hazardous_work="V"), {}, []),
        (
            many("a", 30) | many("b", 12, hazardous_work="V", debt_bondage="J"),
            {},
            [("note", "forced labour", f"{LEFT}hazardous_work (about 10)", "about 10")],
        ),
        # Another yes on the side decides it.
        (many("a", 30) | many("b", 12, hazardous_work="V", different_job="J", debt_bondage="J"), {}, []),
        (
            many("a", 40)
            | many("b", 21, hazardous_work="V", debt_bondage="J")
            | many("c", 3, different_job="", debt_bondage="J")
            | many("d", 6, hazardous_work="J", withheld_wages="W"),
            {},
            [
                (
                    "note",
                    "forced labour",
                    (
                        f"{LEFT}hazardous_work (about 20); withheld_wages (about 10); different_job (fewer "
                        "than 5)"
                    ),
                    "about 30",
                )
            ],
        ),
        (
            many("a", 30) | many("b", 7, paid="V", hazardous_work="J", debt_bondage="J"),
            {},
            [("note", "forced labour", f"{LEFT}paid (about 10)", "about 10")],
        ),
        (
            many("a", 30) | many("b", 7, hazardous_work="J", debt_bondage="J", link="W"),
            {"episodes": {"same_work": "link"}},
            [("note", "forced labour", f"{LEFT}link (about 10)", "about 10")],
        ),
        (
            many("a", 9) | many("b", 30, hazardous_work="", debt_bondage="J"),
            {},
            [("warning", "forced labour", f"{MOST}hazardous_work (about 30)", "about 30")],
        ),
        # Not of the population.
        (many("a", 30) | many("b", 12, hazardous_work="V", debt_bondage="J", years=12), {}, []),
    ],
)
def test_unresolved_persons_are_told_with_the_questions_that_leave_them_so(
    classified_of: Callable[..., fl.ClassifiedSurvey],
    persons: Persons,
    keys: dict[str, Any],
    expected: list[tuple[Any, ...]],
) -> None:
    linked = {who: {"link": "J", **answers} for who, answers in persons.items()} if keys else persons
    assert told(classified_of(linked, keys)) == expected


def test_exactly_half_is_not_most(classified_of: Callable[..., fl.ClassifiedSurvey]) -> None:
    half = many("a", 20) | many("b", 20, hazardous_work="V", debt_bondage="J")
    more = half | many("c", 1, hazardous_work="V", debt_bondage="J")
    assert [told(classified_of(persons))[0][0] for persons in (half, more)] == ["note", "warning"]


def test_the_counts_are_those_of_a_loop_over_the_answers(
    classified_of: Callable[..., fl.ClassifiedSurvey],
) -> None:
    """Each question by Kleene's logic in plain Python, on answers drawn at random; counts as they are on a
    screen."""
    import random

    from fltoolkit.classify.checks.case_findings import case_findings

    rng, items = (
        random.Random(3),
        {"involuntary": ("hazardous_work", "different_job"), "coercion": ("debt_bondage", "withheld_wages")},
    )
    columns = [c for side in items.values() for c in side]
    persons = {f"p{i}": {c: rng.choice("JNWV") for c in columns} for i in range(300)}
    truth = {"J": True, "N": False, "W": None, "V": None}
    count, by = 0, dict.fromkeys(columns, 0)
    for answers in persons.values():
        sides = {}
        for side, asked in items.items():
            values = [truth[answers[c]] for c in asked]
            sides[side] = True if True in values else None if None in values else False
        if False in sides.values() or None not in sides.values():
            continue
        count += 1
        for side, asked in items.items():
            for c in asked:
                by[c] += sides[side] is None and truth[answers[c]] is None
    finding, *_ = case_findings(classified_of(persons))
    assert dict(finding.by["kit.findings.because.no_answer"]) == by
    assert finding.count == count
    assert (
        int(
            (
                classified_of(persons)
                .frame.select("forced_labour")
                .collect("pandas")
                .to_native()["forced_labour"]
                .isna()
            ).sum()
        )
        == count
    )


def test_check_tells_them_before_everything_else(
    survey_of: SurveyOf, capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    import argparse

    from fltoolkit import commands

    survey = survey_of(
        many("a", 30) | many("b", 12, hazardous_work="V", debt_bondage="J") | many("c", 2, years=99)
    )
    assert (
        commands.check(
            argparse.Namespace(
                survey=survey.path, show_values=False, language="en", private="", name="", before=None
            )
        )
        == 0
    )
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == f"NOTE    forced labour: {LEFT}hazardous_work (about 10) [about 10]"
    assert any(line.startswith("NOTE    years: age not stated") for line in rest)
