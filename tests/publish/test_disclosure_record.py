"""Tests the record of what a run hides and why: intervals calculated by hand, every hidden row, and no row
that is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import small_country as country
from shared_surveys import classified

import fltoolkit as fl
from fltoolkit.publish.disclosure.complementary_suppression import COMPLEMENT
from fltoolkit.publish.disclosure.confidential_cells import Limits
from fltoolkit.publish.disclosure_record import (
    OTHER_RULE_SET,
    DisclosureRecord,
    HiddenCell,
    disclosure_record,
)
from fltoolkit.publish.published_set import HasTables

Small = Callable[..., Any]
Told = tuple[str, str, frozenset[tuple[str, str]], str]
REGIONS = {"north": (1, 20, 90), "south": (2, 12, 80), "east": (3, 6, 70), "west": (4, 3, 60)}


def by_region(small: Small) -> Any:
    """The regions' cases among their persons, each of weight 10."""
    people = [
        ("case" if i < cases else "not", {"R": code}) for code, cases, n in REGIONS.values() for i in range(n)
    ]
    spread = [(answer, {**own, "P": i % 40}) for i, (answer, own) in enumerate(people)]
    return small(
        spread,
        tables=[{"measure": "prevalence", "by": [[], "region"]}, {"measure": "total", "by": [[], "region"]}],
    )


def cells(record: DisclosureRecord, outcome: str = "cases") -> dict[str, HiddenCell]:
    return {" × ".join(c.groups.values()): c for c in record.hidden if c.outcome == outcome and not c.part}


def test_two_hidden_regions_share_what_the_total_leaves(small: Small) -> None:
    """West has 3 cases. With the other one that is hidden it has what the total leaves, all of which may be
    in either."""
    record = disclosure_record(by_region(small))
    found = cells(record)
    (other,) = found.keys() - {"west"}
    rest = 3 + REGIONS[other][1]
    assert [found[name].cases for name in ("west", other)] == [3, REGIONS[other][1]]
    assert [found[name].weighted for name in ("west", other)] == [30.0, 10.0 * REGIONS[other][1]]
    assert [found[name].reason for name in ("west", other)] == ["fewer than 5 cases", COMPLEMENT]
    assert [found[name].complement for name in ("west", other)] == [False, True]
    for name in ("west", other):
        assert found[name].cases_range == (0, rest)
        assert found[name].weighted_range == (0.0, 10.0 * rest)
        assert found[name].against == 3  # the total and two regions
        assert (found[name].population, found[name].groups) == ("adults", {"region": name})


def test_tables_are_counted_and_limits_and_rounding_told(small: Small) -> None:
    record = disclosure_record(by_region(small))
    regions = [t for t in record.tables if t.breakdown == "region"]
    assert [(t.measure, t.shown, t.hidden) for t in regions] == [("prevalence", 2, 2), ("total", 2, 2)]
    whole = next(t for t in record.tables if t.measure == "prevalence" and not t.breakdown)
    assert (whole.shown, whole.hidden) == (1, 0)
    assert (record.limits, record.base, record.stricter, record.coarse) == (Limits(), 10.0, False, ())
    assert (record.title, record.country, record.year, record.profile) == (
        "Small survey",
        "Nowhere",
        2025,
        "fltoolkit",
    )


def test_the_part_of_a_population_beyond_another_is_told_too(small: Small) -> None:
    """Of 20 adults in forced labour 18 are 30 or older. The two younger ones are in no table, and follow from
    the two numbers."""
    people = [("case" if i < 18 else "not", {"AGE": 40}) for i in range(200)]
    people += [("case" if i < 2 else "not", {"AGE": 20}) for i in range(50)]
    ages = {name: {"label": name, "age": {"min": least}} for name, least in (("adults", 18), ("older", 30))}
    record = disclosure_record(
        small(
            [(answer, {**own, "P": i % 40}) for i, (answer, own) in enumerate(people)],
            populations={**ages, "workers": {"label": "workers", "age": {"min": 18}, "where": {"WORK": 1}}},
            tables=[{"measure": "prevalence", "by": [[]], "population": p} for p in ages],
        )
    )
    (part,) = [c for c in record.hidden if c.part == "less"]
    (hidden,) = [c for c in record.hidden if c.outcome == "cases" and not c.part]
    assert (part.population, part.groups, part.other_population, part.other_groups) == (
        "adults",
        {},
        "older",
        {},
    )
    assert (part.cases, part.weighted) == (2, 20.0)
    assert (
        part.cases_range == {"older": (0, 20), "adults": (0, 50)}[hidden.population]
    )  # of 20 cases, or of 50 persons
    assert record.hidden[-1] is part


def told_rows(out: fl.Published) -> tuple[set[Told], set[Told]]:
    """The cells of the rows that are hidden, and of those that are shown: of shares the own cell."""
    hidden, shown = set[Told](), set[Told]()
    groups = [g for g in ("step", *out.groups) if g in out.table]
    for row in out.table[out.table["marker"] != "x"].to_dict("records"):
        own = frozenset((g, str(row[g])) for g in groups if row[g] != "total")
        outcome = "flowchart" if row["measure"] == "flowchart" else "cases"
        name = (str(row["reference_population"]), own, str(row["rule_set"]))
        (hidden if row["marker"] == "c" else shown).add((outcome, *name))
        if outcome == "cases" and row["measure"] != "share":
            blank = row["marker"] == "c" or row["unresolved_marker"] == "c"
            (hidden if blank else shown).add(("unresolved", *name))
    return hidden, shown


def test_every_hidden_row_is_told_and_no_shown_one(tmp_path: Path) -> None:
    path = country.write(tmp_path / "small")
    out, plan = country.run(path)
    record = disclosure_record(classified(path), plan=plan)
    hidden, shown = told_rows(out)
    told = {
        (c.outcome, c.population, frozenset(c.groups.items()), c.rule_set)
        for c in record.hidden
        if not c.part
    }
    assert len(hidden) > 20
    assert len(shown) > 20
    assert hidden <= told
    assert told & shown == set()
    assert sum(t.hidden for t in record.tables) == (out.table["marker"] == "c").sum()


def test_the_hidden_steps_of_a_flowchart_are_told(small: Small) -> None:
    """Three persons without work, and a step to hide them behind."""
    people = [("case" if i % 4 == 0 else "not", {"P": i % 30}) for i in range(120)] + [
        ("idle", {"P": i}) for i in range(3)
    ]
    steps = {c.groups["step"]: c for c in disclosure_record(small(people)).hidden if c.outcome == "flowchart"}
    assert set(steps) == {"no work", "not involuntary"}
    assert all(c.cases_range == (0, 93) for c in steps.values())


STAGED = {
    "involuntary": {
        "hazardous_work": {"column": "HAZ", "stage": "work"},
        "unagreed_overtime": {"column": "INV", "stage": "work"},
    },
    "coercion": {
        "threats_or_violence": {"column": "COE", "stage": "work"},
        "restricted_movement": {"column": "HELD", "stage": "work"},
    },
}


def test_another_rule_set_that_differs_by_few_is_told_without_an_interval(small: Small) -> None:
    """22 cases under one rule set, 20 under the other: two persons."""
    kinds = [(20, "case", {}), (2, "not", {"HAZ": 1, "COE": 1}), (200, "not", {})]
    told = [(answer, {"HAZ": 2, "HELD": 2, **own}) for n, answer, own in kinds for _ in range(n)]
    record = disclosure_record(
        small([(answer, {"P": i % 40, **own}) for i, (answer, own) in enumerate(told)], items=STAGED)
    )
    (cell,) = [c for c in record.hidden if c.outcome == "cases"]
    assert (cell.rule_set, cell.cases, cell.reason, cell.cases_range) == (
        "hts_2012 v1",
        20,
        OTHER_RULE_SET,
        None,
    )


def test_it_becomes_a_json_file_without_nan(small: Small) -> None:
    record = disclosure_record(by_region(small))
    read = json.loads(json.dumps(record.as_dict(), allow_nan=False))
    assert read["hidden"][0]["cases_range"] == list(record.hidden[0].cases_range or ())
    assert pd.DataFrame(read["tables"])["hidden"].sum() == 4


def test_a_plan_is_whatever_asks_for_tables(small: Small) -> None:
    class Asks:
        def tables(self, spec: Any) -> list[Any]:
            return []

    assert isinstance(Asks(), HasTables)
    assert disclosure_record(by_region(small), plan=Asks()) == disclosure_record(by_region(small))
