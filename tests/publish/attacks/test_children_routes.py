"""Attack: the few children of one route are calculated from the other routes, the flowchart, the adults and
the sum of both.

Everybody weighs the same here, and as much as the base of rounding, so that each shown number tells its
cases. The reader knows which routes are children's, and that the routes of children add up to the children
who are cases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import families
import pandas as pd
import pytest
from keys import write_key
from small_surveys import persons_table

import fltoolkit as fl
from fltoolkit.classify.children import ADULT, ROUTES
from fltoolkit.publish.disclosure import suppression_decision, survey_system

WORST, WITH, THIRD = ROUTES["route_iv"], ROUTES["route_ii"], ROUTES["route_i"]
Publish = Callable[[Mapping[str, int]], pd.DataFrame]


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Publish:
    """What a run prints of so many adults and children by their answers: a table by route of everybody,
    headlines and flowcharts."""

    def with_worst_forms(rows: list[tuple[str, dict[str, Any]]]) -> pd.DataFrame:
        table = persons_table(rows)
        return table.assign(C5=table.get("C5", ""))

    monkeypatch.setattr(families, "persons_table", with_worst_forms)
    children = {**families.FAMILY["children"], "worst_forms": {"slavery": {"column": "C5"}}}
    tables = [{"measure": "total", "by": ["route"], "population": "everybody"}]
    monkeypatch.setattr(families, "FAMILY", {**families.FAMILY, "children": children, "tables": tables})
    answers = {name: {**own, "C5": 2} for name, own in families.CHILD.items()}
    answers |= {"worst form": {"C1": 2, "C2": "", "C3": 2, "C4": "", "C5": 1}}
    monkeypatch.setattr(families, "CHILD", answers)

    def publish(many: Mapping[str, int]) -> pd.DataFrame:
        everybody = [answer for answer, count in many.items() for _ in range(count)]
        people = [(answer, {"P": i % 23}) for i, answer in enumerate(everybody)]
        return fl.publish_run(families.persons(tmp_path, people)).own

    return publish


def shown(table: pd.DataFrame) -> dict[str, float]:
    """The cases that shown numbers tell: of routes by the table or the flowchart, of children, adults and
    everybody by their headlines."""
    rows = table[table["measure"].isin(["total", "flowchart"]) & table["estimate"].notna()]
    routes = rows[rows["category"].isin([*ROUTES.values(), ADULT])]
    told = dict(zip(routes["category"], routes["estimate"] / routes["rounding"], strict=True))
    heads = rows[(rows["breakdown"] == "") & (rows["measure"] == "total")]
    return told | dict(zip(heads["reference_population"], heads["estimate"] / heads["rounding"], strict=True))


def worked_out(table: pd.DataFrame, route: str, others: tuple[str, ...]) -> float | None:
    """The cases of a route: of all children, less the other routes; None where one of these is not told."""
    told = shown(table)
    if "children" not in told and {"everybody", "adults"} <= told.keys():
        told["children"] = told["everybody"] - told["adults"]
    return (
        told["children"] - sum(told[other] for other in others)
        if {"children", *others} <= told.keys()
        else None
    )


ADULTS_HIDE_THEM = {
    "case": 10,
    "not": 400,
    "with parents": 3,
    "by a third party": 40,
    "free": 200,
    "idle child": 100,
}
TWO_CHOICES = {
    "case": 61,
    "not": 400,
    "with parents": 8,
    "by a third party": 9,
    "worst form": 3,
    "free": 200,
    "idle child": 100,
}


@pytest.mark.parametrize("known", [False, True])
def test_adults_do_not_hide_a_childrens_route(
    published: Publish, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """Ten adults hidden beside three children: the ten stand in the adults' headline, and the three follow
    from the children's.

    Without the flowchart, as of a survey whose weights do not gross up, it takes what everybody knows: whose
    routes are children's.
    """
    monkeypatch.setattr(suppression_decision, "_routes", lambda charts: {})
    if not known:
        monkeypatch.setattr(survey_system, "_may_have_routes", lambda values, child: True)
    table = published(ADULTS_HIDE_THEM)
    assert worked_out(table, WITH, (THIRD,)) == (None if known else pytest.approx(3))


def test_a_flowchart_does_not_hide_other_routes_than_the_table(
    published: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table of everybody hid one route beside the three children, the flowchart of children another:
    between them all others stood. Some secret keys choose so."""
    monkeypatch.setattr(suppression_decision, "_routes", lambda charts: {})
    found = set()
    for number in range(8):
        write_key(tmp_path, number)
        found.add(worked_out(published(TWO_CHOICES), WORST, (WITH, THIRD)))
    assert 3 in {x and round(x) for x in found}


@pytest.mark.parametrize(
    ("many", "route", "others"),
    [
        (ADULTS_HIDE_THEM, WITH, (THIRD,)),
        pytest.param(TWO_CHOICES, WORST, (WITH, THIRD), marks=pytest.mark.thorough("a second survey")),
    ],
)
def test_the_few_children_of_a_route_are_not_worked_out(
    published: Publish, many: dict[str, int], route: str, others: tuple[str, ...]
) -> None:
    table = published(many)
    assert route not in shown(table)
    assert worked_out(table, route, others) is None
    hidden = {
        m: set(rows.loc[rows["marker"] == "c", "category"]) & set(ROUTES.values())
        for m, rows in table.groupby("measure")
    }
    assert hidden["total"] == hidden["flowchart"]


def test_few_children_are_not_everybody_less_the_adults(published: Publish) -> None:
    """Three cases and three unresolved among the children: of both sums at least one more number is
    hidden."""
    table = published(
        {
            "case": 60,
            "open": 30,
            "not": 400,
            "by a third party": 3,
            "open child": 3,
            "free": 200,
            "idle child": 100,
        }
    )
    told, heads = shown(table), table[(table["measure"] == "total") & (table["breakdown"] == "")]
    assert "children" not in told
    assert not {"everybody", "adults"} <= told.keys()
    unresolved = heads.set_index("reference_population")["unresolved"]
    assert pd.isna(unresolved["children"])
    assert unresolved[["everybody", "adults"]].isna().any()
