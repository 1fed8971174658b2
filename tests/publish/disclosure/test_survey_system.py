"""Tests the equations between the cells of a survey: adults, children and their sum; nested groups;
overlapping populations.

Each attack wins where the survey's kinds of persons are not looked at.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from attack import Key, Reader, cells_of, recovered, told
from families import persons
from small_surveys import SPEC

import fltoolkit as fl
from fltoolkit.classify.children import ROUTES
from fltoolkit.estimate.totals.person_patterns import read_patterns
from fltoolkit.languages.reasons import Reason, group_name
from fltoolkit.publish.disclosure.confidential_cells import Cell, Limits
from fltoolkit.publish.disclosure.run_decision import STRICTER
from fltoolkit.publish.disclosure.suppression import breakdown_of
from fltoolkit.publish.disclosure.suppression_decision import CASE_STEPS
from fltoolkit.publish.disclosure.survey_system import DisclosureScenario, OutcomeCells, survey_system
from fltoolkit.publish.published_set import restricted
from fltoolkit.publish.reliability import load_publication_profile

# The lines it runs are covered by others, and tracing them takes half as long again.
pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("estimated_once")]

PUBLISH = importlib.import_module("fltoolkit.publish.published_set")
DECISION = importlib.import_module("fltoolkit.publish.disclosure.run_decision")
SUPPRESSION = importlib.import_module("fltoolkit.publish.disclosure.suppression")
SYSTEM = importlib.import_module("fltoolkit.publish.disclosure.survey_system")


def random_people(seed: int) -> list[tuple[str, dict[str, Any]]]:
    rng = np.random.default_rng(seed)
    share = rng.choice([0.02, 0.05, 0.12])
    people: list[tuple[str, dict[str, Any]]] = []
    for i in range(int(rng.integers(300, 700))):
        own = {
            "SEX": int(rng.integers(1, 3)),
            "R": int(rng.choice([1, 2, 3, 4], p=[0.5, 0.3, 0.14, 0.06])),
            "P": i % 50,
        }
        child = rng.random() < 0.4
        cases, others = (
            (["by a third party", "with parents"], ["free", "idle child", "open child"])
            if child
            else (["case"], ["not", "idle", "open"])
        )
        what = rng.choice(cases) if rng.random() < share else rng.choice(others, p=[0.6, 0.37, 0.03])
        people.append((str(what), own))
    return people


def as_one(table: pd.DataFrame) -> pd.DataFrame:
    """The three populations as one table: those of a part are cells of a further group."""
    part = table["reference_population"].where(table["reference_population"] != "everybody", "total")
    inside = part != "total"
    breakdown = np.where(
        inside,
        "part" + np.where(table["breakdown"] == "", "", " × " + table["breakdown"]),
        table["breakdown"],
    )
    return table.assign(part=part, breakdown=breakdown)


def main_rows(table: pd.DataFrame) -> pd.DataFrame:
    rows = table[(table["measure"] == "prevalence") & (table["rule_set"] == table["rule_set"].iloc[0])]
    return as_one(rows).reset_index(drop=True)


@pytest.mark.parametrize(
    "seed", [4, *(pytest.param(s, marks=pytest.mark.thorough("a further random survey")) for s in (5, 6))]
)
def test_no_count_of_a_part_follows_from_the_sum_and_the_other_part(tmp_path: Path, seed: int) -> None:
    made = persons(tmp_path, random_people(seed))
    full, table = main_rows(restricted(made)), main_rows(fl.publish_run(made).exact)
    assert told(table, full) == []
    assert recovered(table, full, "unresolved") == []


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[fl.Survey, pd.DataFrame]]:
    """Four families of populations, and all their numbers."""
    made = [persons(tmp_path_factory.mktemp("family"), random_people(seed)) for seed in range(4)]
    return [(survey, main_rows(restricted(survey))) for survey in made]


@pytest.mark.thorough("a whole-number programme of many cells")
@pytest.mark.parametrize("tied", [True, False])
def test_it_is_the_sum_that_protects(
    drawn: list[tuple[fl.Survey, pd.DataFrame]], monkeypatch: pytest.MonkeyPatch, tied: bool
) -> None:
    """Parts of cells that nobody shows are not looked at: the sum of the populations alone must do, and
    without it counts leak."""
    monkeypatch.setattr(SYSTEM, "derived_cells", lambda *args: {})
    if not tied:
        monkeypatch.setattr(DECISION, "read_patterns", lambda *args: None)
    leaks = sum(bool(recovered(main_rows(fl.publish_run(made).exact), full)) for made, full in drawn)
    assert leaks == 0 if tied else leaks >= 2


def chart_of(out: fl.Published, population: str = "children") -> pd.DataFrame:
    return out.select("flowchart", "step", population=population).set_index("step")


def test_the_childrens_flowchart_hides_what_their_tables_hide(tmp_path: Path) -> None:
    """Three children with parents: hidden as a route, so hidden as a step; the other route cannot stand alone
    beside the sum."""
    people = [("by a third party", {"P": i % 40}) for i in range(12)] + [
        ("with parents", {"P": i}) for i in range(3)
    ]
    people += [("free", {"P": i % 40}) for i in range(90)] + [
        ("idle child", {"P": i % 40}) for i in range(30)
    ]
    people += [("case" if i % 6 == 0 else "not", {"P": i % 40}) for i in range(240)]
    out = fl.publish_run(persons(tmp_path, people))
    chart = chart_of(out)
    routes = out.select("total", "route", population="children").set_index("route")
    both = {ROUTES["route_i"], ROUTES["route_ii"]}
    assert set(chart.index[chart["marker"] == "c"]) & set(CASE_STEPS) == both
    assert set(routes.index[routes["marker"] == "c"]) == both
    assert out.select("prevalence", population="children")["cases"].tolist() == [15]


def test_with_few_children_in_forced_labour_all_that_would_tell_their_number_is_hidden(
    tmp_path: Path,
) -> None:
    """Three cases among children, forty among adults: the sum stays, so the adults' number has to go with the
    children's."""
    people = [("by a third party", {"P": i}) for i in range(3)] + [
        ("free", {"P": i % 40}) for i in range(120)
    ]
    people += [("case" if i % 6 == 0 else "not", {"P": i % 40}) for i in range(240)]
    out = fl.publish_run(persons(tmp_path, people))
    marks = {
        p: out.select("prevalence", population=p)["marker"].tolist()
        for p in ("everybody", "adults", "children")
    }
    assert marks["children"] == ["c"]
    assert [marks["everybody"], marks["adults"]].count(["c"]) == 1
    chart = chart_of(out)
    assert chart.loc[ROUTES["route_i"], "marker"] == "c"
    assert chart["cases"].isna().sum() >= 2


JOB = SPEC["sectors"]["main_job_sector"]
# Two groups of one variable: how survey.yaml has them, their names, the variable, and the cases of each of
# its values.
VARIABLES: dict[str, tuple[dict[str, Any], list[str], str, dict[Any, int]]] = {
    "ages": (
        {"groups": {"wide": {"bands": [18, 30, 50]}, "fine": {"bands": [18, 25, 50]}}},
        ["wide", "fine"],
        "AGE",
        {20: 30, 27: 3, 40: 20, 60: 20},  # 18–29 less 18–24
    ),
    "industries": (
        {"sectors": {"aggregate": JOB, "section": {**JOB, "level": "section"}}},
        ["aggregate", "section"],
        "ISIC",
        {
            "01": 20,
            "03": 7,
            "41": 8,
            "46": 3,
            "55": 12,
        },  # fishing, hidden with section G among sections, stands among aggregates
    ),
    "codes": (
        {
            "groups": {
                "half": {"column": "R", "codes": {1: "coast", 2: "coast", 3: "inland", 4: "inland"}},
                "other": {"column": "R", "codes": {1: "old", 2: "new", 3: "new"}},
            }
        },
        ["half", "other"],
        "R",
        {1: 20, 2: 3, 3: 20, 4: 20},  # coast less old
    ),
}


def leaks(persons: Any, groups: list[str], population: str = "workers") -> list[Key]:
    """The cells of two groups crossed that have few cases and follow from what is published of each by
    itself."""
    est = fl.prevalence(persons, by=[[], *([g] for g in groups)], population=population)
    table = PUBLISH.published_from_decision(
        PUBLISH.decided_rows([est], Limits(), (), persons), load_publication_profile("fltoolkit")
    ).exact
    crossed = fl.prevalence(persons, by=[groups], population=population).table
    cases = {frozenset((g, str(row[g])) for g in groups): row["cases"] for row in crossed.to_dict("records")}
    shown = {cell: n for (_, cell), n in zip(cells_of(table), table["cases"], strict=True) if pd.notna(n)}
    sees = Reader(cases, shown)
    return [cell for cell, n in cases.items() if 0 < n < 5 and sees.knows(cell)]


@pytest.mark.parametrize("name", VARIABLES)
def test_no_small_difference_of_two_groups_of_one_variable_can_be_worked_out(
    name: str, small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, groups, column, cases = VARIABLES[name]
    people = [("case", {column: v}) for v, n in cases.items() for _ in range(n)]
    people += [("not", {column: v}) for v in cases for _ in range(60)]
    made = small([(what, {**own, "P": i % 40}) for i, (what, own) in enumerate(people)], **keys)
    assert leaks(made, groups) == []
    monkeypatch.setattr(DECISION, "read_patterns", lambda *args: None)
    assert len(leaks(made, groups)) == 1


# Three regions of three districts each, the districts in a column of their own: 23 cases less 20 are 3.
DISTRICTS = {11: 20, 12: 3, 13: 30, 21: 12, 22: 9, 23: 31, 31: 8, 32: 14, 33: 25}
NESTED = {
    "groups": {
        "region": {"column": "R", "codes": {1: "north", 2: "south", 3: "east"}},
        "district": {"column": "D", "codes": {d: f"district {d}" for d in DISTRICTS}},
    }
}


def test_districts_in_a_column_of_their_own_do_not_tell_each_other(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing in survey.yaml says that a district lies in a region. The data do."""
    people = [("case", {"D": d}) for d, n in DISTRICTS.items() for _ in range(n)]
    people += [("not", {"D": d}) for d in DISTRICTS for _ in range(80)]
    made = small(
        [(what, {**own, "R": own["D"] // 10, "P": i % 40}) for i, (what, own) in enumerate(people)], **NESTED
    )
    assert leaks(made, ["region", "district"]) == []
    monkeypatch.setattr(DECISION, "read_patterns", lambda *args: None)
    assert len(leaks(made, ["region", "district"])) == 1


def told_by_populations(out: fl.Published, populations: tuple[str, str], key: tuple[str, str]) -> float:
    """The cases of one population less those of another's cell; nan where either is hidden."""
    rates = out.exact[(out.exact["measure"] == "prevalence") & (out.exact["rule_set"] == out.rule_set)]
    whole = rates[(rates["reference_population"] == populations[0]) & (rates["breakdown"] == "")][
        "cases"
    ].iloc[0]
    rows = rates[(rates["reference_population"] == populations[1]) & (rates["breakdown"] == key[0])]
    return float(whole - rows.set_index(key[0]).loc[key[1], "cases"])


def test_a_populations_where_and_a_group_of_the_same_column_are_tied(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Northerners are a population by `where:`, and of age 18 to 29 another; the bands of the one tell of the
    other."""
    populations = {
        "adults": {"label": "adults", "age": {"min": 18}},
        "young": {"label": "adults under 30", "age": {"min": 18, "max": 29}},
    }
    people = [("case", {"AGE": a}) for a, n in ((20, 30), (27, 3), (40, 40)) for _ in range(n)]
    people += [("not", {"AGE": a}) for a in (20, 27, 40) for _ in range(100)]
    made = small(
        [(what, {**own, "P": i % 40}) for i, (what, own) in enumerate(people)],
        populations=populations,
        groups={"band": {"bands": [18, 25]}},
        tables=[{"measure": "prevalence", "by": [[], "band"], "population": p} for p in populations],
    )
    wanted = (("young", "adults"), ("band", "18–24"))
    assert np.isnan(told_by_populations(fl.publish_run(made), *wanted))
    monkeypatch.setattr(DECISION, "read_patterns", lambda *args: None)
    assert told_by_populations(fl.publish_run(made), *wanted) == 3


def test_many_kinds_of_persons_are_cut_down_to_a_stricter_system(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [
        ("case" if i % 6 == 0 else "not", {"R": 1 + i % 5 % 3, "SEX": 1 + i % 7 % 2, "P": i % 40})
        for i in range(360)
    ]
    people += [("case" if i < 2 else "not", {"R": 4, "SEX": 1 + i % 2, "P": i % 40}) for i in range(80)]
    made = small(people, tables=[{"measure": "prevalence", "by": [[], "region", ["sex", "region"]]}])
    full = restricted(made)
    out = fl.publish_run(made)
    assert out.notes == ()
    monkeypatch.setattr(SYSTEM, "MOST_KINDS", 6)
    strict = fl.publish_run(made)
    assert STRICTER in strict.notes
    one = (full["measure"] == "prevalence") & (full["rule_set"] == out.rule_set)
    shown = strict.exact[
        (strict.exact["measure"] == "prevalence") & (strict.exact["rule_set"] == strict.rule_set)
    ]
    assert recovered(shown, full[one]) == []
    assert recovered(full[one], full[one]) != []


def test_a_breakdown_with_too_many_confidential_cells_is_hidden_as_a_whole_and_it_is_said(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [
        ("case" if i % 6 == 0 else "not", {"R": 1 + i % 5 % 3, "SEX": 1 + i % 7 % 2, "P": i % 40})
        for i in range(360)
    ]
    people += [("case" if i < 2 else "not", {"R": 4, "SEX": 1 + i % 2, "P": i % 40}) for i in range(80)]
    made = small(people, tables=[{"measure": "prevalence", "by": [[], "sex", "region"]}])
    few = fl.publish_run(made).select("prevalence", "region")["marker"].tolist()
    assert 0 < few.count("c") < 4
    monkeypatch.setattr(SUPPRESSION, "MOST_WORK", 1)
    out = fl.publish_run(made)
    assert out.select("prevalence", "region")["marker"].tolist() == ["c"] * 4
    assert (out.select("prevalence", [[], ["sex"]])["marker"] != "c").all()
    assert out.notes == (Reason.of("reasons.crowded", what=breakdown_of(group_name("region"), "adults")),)


@pytest.mark.parametrize("shown", [["sex"], ["region"]])
def test_a_cell_that_is_hidden_with_its_breakdown_and_follows_from_others_stays_in_the_system(
    shown: list[str], small: Any
) -> None:
    """Men less the total are the women, whose breakdown is hidden; of regions they do not follow."""
    people = [
        ("case" if i % 6 == 0 else "not", {"R": 1 + i % 2, "SEX": 1 + i % 3 % 2, "P": i % 40})
        for i in range(240)
    ]
    patterns = read_patterns(small(people), ["sex", "region"], ["adults"])
    men, women = (("adults", frozenset({("sex", s)})) for s in ("men", "women"))
    cells = {("adults", frozenset[tuple[str, str]]()): Cell(40, 240)}
    cells |= (
        {men: Cell(30, 160)}
        if shown == ["sex"]
        else {("adults", frozenset({("region", "north")})): Cell(40, 120)}
    )
    found = survey_system(
        OutcomeCells(cells, "cases", DisclosureScenario(Limits(), b"", 10.0), [women]), patterns
    ).system.cells
    assert (women in found) is (shown == ["sex"])
