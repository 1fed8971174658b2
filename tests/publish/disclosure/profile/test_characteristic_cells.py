"""Tests the three cells of a row of a profile, and which of them are confidential."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pandas as pd
import pytest

from fltoolkit.classify.characteristics import Characteristic
from fltoolkit.publish.disclosure.confidential_cells import Cell, Key, Limits
from fltoolkit.publish.disclosure.dominance import OVER_HALF
from fltoolkit.publish.disclosure.profile.characteristic_cells import (
    EVERYBODY,
    FEW_BOTH,
    FEW_MORE,
    SHOWN_NOWHERE,
    ProfileCells,
    characteristic_key,
    contained_in,
    counts_of,
    denominator_cells,
    profile_cells,
    relations_of,
)
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED

Counts = tuple[int, int, int]
DEBT: Key = frozenset({("coercion: debt_bondage", "yes"), ("sex", "men")})


def row(having: int, without: int, open_: int = 0, **own: Any) -> dict[str, Any]:
    """A row of a profile of persons who weigh 10 each."""
    n = having + without + open_
    return {
        "reference_population": "adults",
        "measure": "profile",
        "n": n,
        "population": 10.0 * n,
        "cases": having,
        "cases_without": without,
        "unresolved": open_,
        "estimate": having / n,
        "bound_high": (having + open_) / n,
        "psus_with_cases": having,
        "psus_without": without,
        "households_with_cases": having,
        "households_without": without,
        "largest_share": 0.1,
        "largest_share_without": 0.1,
    } | own


def cells(**own: Any) -> ProfileCells:
    return profile_cells(
        pd.DataFrame([row(**own)], index=[7]), [DEBT] * 8, ["coercion: debt_bondage"] * 8, Limits()
    )


def value(name: str) -> tuple[str, Key]:
    return ("adults", frozenset({("coercion: debt_bondage", name), ("sex", "men")}))


def test_a_characteristic_is_a_group_of_its_own_unless_they_exclude_each_other() -> None:
    assert characteristic_key(frozenset({("coercion", "debt_bondage"), ("sex", "men")})) == (
        DEBT,
        "coercion: debt_bondage",
    )
    state = frozenset({("form", "state_imposed"), ("sex", "men")})
    assert characteristic_key(state) == (state, "form")


@pytest.mark.parametrize(("measure", "unit"), [("profile", 1.0), ("profile_total", 430.0)])
def test_the_three_cells_add_up_to_the_cases(measure: str, unit: float) -> None:
    told = row(30, 8, 5, measure=measure)
    told |= {name: told[name] * unit for name in ("estimate", "bound_high")}
    found = counts_of(told)
    assert [c.cases for c in found] == [30, 8, 5]
    assert [c.weighted for c in found] == pytest.approx([300.0, 80.0, 50.0])
    assert [c.psus for c in found] == [30, 8, None]


def test_enough_cases_on_both_sides_are_not_confidential() -> None:
    found = cells(having=30, without=8, open_=5)
    assert found.primary == {}
    assert {key: cell.cases for key, cell in found.cells.items()} == {
        value("yes"): 30,
        value("no"): 8,
        value(NOT_STATED): 5,
    }
    assert found.rows == {value("yes"): [7]}
    assert found.unresolved_rows == {value(NOT_STATED): [7]}
    assert found.hidden_anyway == {value("no"): SHOWN_NOWHERE}
    assert set(found.denominators.values()) == {("adults", frozenset({("sex", "men")}))}


@pytest.mark.parametrize("without", [0, 1, 4])
def test_nearly_all_cases_are_confidential(without: int) -> None:
    found = cells(having=40, without=without)
    assert found.hidden_anyway == {value("no"): SHOWN_NOWHERE, value("yes"): EVERYBODY}
    assert value("no") in found.primary


def test_nobody_with_a_characteristic_is_no_secret() -> None:
    found = cells(having=0, without=40)
    assert (found.primary, found.hidden_anyway) == ({}, {value("no"): SHOWN_NOWHERE})


@pytest.mark.parametrize(
    ("own", "confidential"),
    [
        ({"having": 4, "without": 30}, "yes"),
        ({"having": 30, "without": 30, "psus_with_cases": 2}, "yes"),
        ({"having": 30, "without": 30, "households_without": 2}, "no"),
        ({"having": 30, "without": 30, "largest_share": 0.51}, "yes"),
        ({"having": 30, "without": 30, "largest_share_without": 0.51}, "no"),
        ({"having": 30, "without": 30, "open_": 4}, NOT_STATED),
    ],
)
def test_few_cases_places_or_one_household_make_a_cell_confidential(
    own: dict[str, Any], confidential: str
) -> None:
    found = cells(**own)
    assert list(found.primary) == [value(confidential)]
    assert (found.primary[value(confidential)] == OVER_HALF) == any(
        name.startswith("largest") for name in own
    )


def test_of_forms_those_with_another_are_no_cell_of_their_own() -> None:
    key: Key = frozenset({("form", "state_imposed")})
    found = profile_cells(pd.DataFrame([row(40, 2)]), [key], ["form"], Limits())
    assert set(found.cells) == {("adults", frozenset({("form", v)})) for v in ("state_imposed", NOT_STATED)}
    assert found.primary == {("adults", frozenset({("form", "state_imposed")})): EVERYBODY}


def test_the_cases_that_rows_are_shares_of_are_cells() -> None:
    rows = pd.DataFrame([row(4, 30), row(20, 14)])
    (cell,) = denominator_cells(rows, [DEBT, DEBT], ["coercion: debt_bondage"] * 2).items()
    assert cell[0] == ("adults", frozenset({("sex", "men")}))
    assert (cell[1].cases, cell[1].psus, cell[1].weighted) == (34, 30, 340.0)


def asked(topic: str, name: str, *questions: str) -> Characteristic:
    return Characteristic(topic, name, nw.lit(True), frozenset(questions))


def test_a_stage_contains_its_items_and_the_later_of_two_alike_the_earlier() -> None:
    found = contained_in(
        [
            asked("coercion", "debt", "a"),
            asked("coercion", "wages", "b"),
            asked("coercion_stage", "leaving", "a"),
            asked("coercion_stage", "work", "a", "b"),
            asked("form", "state"),
        ]
    )
    assert found == {
        "coercion: debt": [],
        "coercion: wages": [],
        "coercion_stage: leaving": ["coercion: debt"],
        "coercion_stage: work": ["coercion: debt", "coercion: wages", "coercion_stage: leaving"],
        "form: state": [],
    }


@pytest.mark.parametrize(
    ("threats", "fines", "stage", "expected"),
    [
        # with, without, no clear answer; the stage holds of whoever had threats or fines
        ((20, 30, 0), (22, 28, 0), (42, 8, 0), set()),
        ((20, 30, 0), (10, 40, 0), (23, 27, 0), {(3, "less", FEW_MORE)}),
        ((20, 30, 0), (22, 28, 0), (40, 10, 0), {(2, "both", FEW_BOTH)}),
        (
            (20, 27, 3),
            (10, 40, 0),
            (28, 20, 2),
            {(1, "less", FEW_MORE), (1, "both", FEW_BOTH), (2, "both", FEW_BOTH), (3, "both", FEW_BOTH)},
        ),
    ],
)
def test_few_cases_by_which_characteristics_differ_are_confidential(
    threats: Counts, fines: Counts, stage: Counts, expected: set[tuple[int, str, str]]
) -> None:
    """The stage less one of them, and both of them less the stage; also by those without a clear answer."""
    answers = {"coercion: threats": threats, "coercion: fines": fines, "coercion_stage: work": stage}
    cells = {("adults", frozenset[tuple[str, str]]()): Cell(50, 50)} | {
        ("adults", frozenset({(name, answer)})): Cell(n, 50)
        for name, counts in answers.items()
        for answer, n in zip(("yes", "no", NOT_STATED), counts, strict=True)
    }
    items = [asked("coercion", "threats", "a"), asked("coercion", "fines", "b")]
    found = relations_of([*items, asked("coercion_stage", "work", "a", "b")], cells, Limits())
    assert {
        (sum(sign * cells[population, key | value].cases for sign, value in r.terms), cell.part, r.reason)
        for r in found
        for cell, (population, key) in r.cells.items()
    } == expected
