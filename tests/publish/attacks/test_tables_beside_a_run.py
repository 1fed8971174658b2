"""Attack: a user's own tables are subtracted from the published tables of a run, and from each other.

Everybody weighs as much as the base of rounding, so that each shown number tells its cases. The attacker
knows them all, and looks by linear programme for the least and the most cases that they leave in each cell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from eight_cells import ASKED, CELLS, REGIONS, SEXES, counted, survey
from scipy.optimize import linprog
from shared_surveys import classified

import fltoolkit as fl
from fltoolkit.publish.disclosure.complementary_suppression import Protected

DECIDE = import_module("fltoolkit.publish.disclosure.suppression")

CASES = dict(zip(CELLS, (3, 20, 14, 9, 16, 12, 18, 11), strict=True))
FEW_IN_ALL = dict(zip(CELLS, (1, 2, 14, 9, 16, 12, 18, 11), strict=True))  # north has 3 cases
Ranges = dict[tuple[tuple[str, str], ...], tuple[float, float]]


def ranges(tables: Sequence[pd.DataFrame], secret: Sequence[Sequence[tuple[str, str]]]) -> Ranges:
    """The least and the most cases that all shown numbers leave possible in each of some unions of cells."""
    rows = [
        row
        for table in tables
        for row in table.to_dict("records")
        if row["measure"] == "total" and not pd.isna(row["estimate"])
    ]
    of = np.array([counted(row) for row in rows])
    told = np.array([row["estimate"] / row["rounding"] for row in rows])
    found: Ranges = {}
    for cells in secret:
        aim = np.array([float(c in cells) for c in CELLS])
        ends = [side * linprog(side * aim, A_eq=of, b_eq=told, bounds=(0, ASKED)).fun for side in (1, -1)]
        found[tuple(cells)] = (round(ends[0], 6), round(ends[1], 6))
    return found


def own_tables(persons: fl.ClassifiedSurvey) -> list[fl.Estimates]:
    """What a statistician asks after the run: men by region, then women by region, then three regions, then
    one region by sex."""
    return [
        fl.total(persons, by="region", where={"sex": "men"}),
        fl.total(persons, by="region", where={"sex": "women"}),
        fl.total(persons, by=[[], ["sex"]], where={"region": ["south", "east", "west"]}),
        fl.total(persons, by="sex", where={"region": "north"}),
    ]


SECRETS = {
    "one cell": (CASES, [("north", "men")]),
    "one region": (FEW_IN_ALL, [("north", "men"), ("north", "women")]),
}


class Asked(NamedTuple):
    """A survey, what its run publishes, and the tables of its statistician, none of them published yet."""

    persons: fl.ClassifiedSurvey
    run: fl.Published
    tables: list[fl.Estimates]


@pytest.fixture(scope="module")
def asked_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Asked]:
    """By the name of a secret: estimated once, whatever is then published of it, and in which order."""

    @cache
    def made(name: str) -> Asked:
        persons = survey(tmp_path_factory.mktemp("s"), list(SECRETS[name][0].values()))
        return Asked(persons, fl.publish_run(persons), own_tables(persons))

    return made


@pytest.mark.parametrize(
    "name", ["one cell", pytest.param("one region", marks=pytest.mark.thorough("a run of another survey"))]
)
def test_the_attack_tables_published_one_by_one_tell_a_hidden_cell(
    name: str, asked_of: Callable[[str], Asked]
) -> None:
    (cases, secret), asked = SECRETS[name], asked_of(name)
    tables = [asked.run.table, *(fl.publish(est).table for est in asked.tables)]
    told = sum(cases[cell] for cell in secret)
    assert ranges(tables, [secret]) == {tuple(secret): (told, told)}


@pytest.mark.thorough("six surveys attacked by whole-number programmes")
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
@pytest.mark.parametrize("name", SECRETS)
def test_tables_published_beside_the_run_tell_none(
    name: str, order: tuple[int, ...], asked_of: Callable[[str], Asked]
) -> None:
    (cases, _), asked = SECRETS[name], asked_of(name)
    out = asked.run
    for which in order:
        before, out = out, fl.publish(asked.tables[which], beside=out)
        pd.testing.assert_frame_equal(
            out.table.iloc[: len(before.table)][before.table.columns], before.table, check_dtype=False
        )
    few = [[c] for c in CELLS if 0 < cases[c] < 5] + [
        [(r, s) for s in SEXES] for r in REGIONS if sum(cases[r, s] for s in SEXES) < 5
    ]
    assert few
    found = ranges([out.table], few)
    assert all(low <= 1 and high >= 4 for low, high in found.values()), found
    shown = out.table[out.table["domain"] != ""]
    assert shown["estimate"].notna().any()  # not everything is hidden


def test_with_the_defence_off_the_attack_succeeds_again(
    asked_of: Callable[[str], Asked], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asked_of("one cell")
    out = asked.run
    monkeypatch.setattr(
        DECIDE,
        "protect",
        lambda system, primary, limits, **more: Protected({**primary, **more["hidden_anyway"]}),
    )
    for est in asked.tables[:2]:
        out = fl.publish(est, beside=out)
    assert ranges([out.table], [[("north", "men")]]) == {(("north", "men"),): (3, 3)}


def test_an_outcome_close_to_forced_labour_is_hidden(tmp_path: Path) -> None:
    """Both sides yes is forced labour here; one side differs by the two who answered yes to it alone."""
    persons = survey(tmp_path / "s", list(CASES.values()))
    table = pd.read_csv(tmp_path / "s" / "persons.csv")
    alone = table.index[table["COE"] == 2][:2]
    table.loc[alone, "COE"] = 1
    table.to_csv(tmp_path / "s" / "persons.csv", index=False)
    persons = fl.outcome(classified(tmp_path / "s"), "coercion")
    out = fl.publish_run(persons)
    alone_published = fl.publish(fl.total(persons, "coercion"))
    beside = fl.publish(fl.total(persons, "coercion"), beside=out)
    cases = out.select("total")["cases"].iloc[0]
    assert alone_published.select("total", outcome="coercion")["cases"].iloc[0] - cases == 2
    assert beside.select("total", outcome="coercion")["marker"].tolist() == ["c"]
    assert beside.select("total")["cases"].iloc[0] == cases
