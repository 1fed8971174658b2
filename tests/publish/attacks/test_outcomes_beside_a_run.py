"""Attack: tables of a user's own outcomes are subtracted from forced labour, from each other, and from the
profile of cases.

Everybody weighs as much as the base of rounding, so that each shown number tells its cases. The reader knows
which outcome contains which, adds and subtracts all tables of both, and looks by linear programme for the
least and the most persons that they leave.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from eight_cells import ASKED, CELLS, REGIONS, SEXES, Numbers, counted, survey
from scipy.optimize import linprog
from shared_surveys import classified
from small_surveys import SPEC, persons_table, write_survey

import fltoolkit as fl
from fltoolkit.errors import PublicationError
from fltoolkit.publish.own_tables import outcome_differences, own_tables


class Reader:
    """Somebody with all numbers shown of forced labour and of coercion, who knows that coercion contains it.

    The unknowns are the cases of each cell, then those who answered yes to coercion alone: at most `alone` of
    these.
    """

    def __init__(self, table: pd.DataFrame, alone: int) -> None:
        self.most = [(0, ASKED)] * len(CELLS) + [(0, alone)] * len(CELLS)
        rows = [r for r in table.to_dict("records") if r["measure"] == "total" and not pd.isna(r["estimate"])]
        own = [r["outcome"] != "forced_labour" for r in rows]
        self.of = np.array(
            [np.r_[counted(r), counted(r) * is_own] for r, is_own in zip(rows, own, strict=True)]
        )
        self.told = np.array([r["estimate"] / r["rounding"] for r in rows])

    def range(self, aim: Numbers) -> tuple[float, float]:
        low, high = (linprog(sign * aim, A_eq=self.of, b_eq=self.told, bounds=self.most) for sign in (1, -1))
        return float(low.fun), -float(high.fun)


def targets(cases: Sequence[int], alone: Sequence[int]) -> Iterator[tuple[str, Numbers, int]]:
    """Every cell, region, sex and pair of regions of which 1 to 4 are cases, have coercion, or have it alone;
    and how many they are."""
    wanted = [[c] for c in CELLS] + [
        [c for c in CELLS if c[0] in pair] for pair in product(REGIONS, REGIONS) if pair[0] <= pair[1]
    ]
    wanted += [[c for c in CELLS if c[1] == sex] for sex in SEXES] + [CELLS]
    true = np.r_[np.asarray(cases, float), np.asarray(alone, float)]
    for cells in wanted:
        inside, nobody = np.array([float(c in cells) for c in CELLS]), np.zeros(len(CELLS))
        for name, aim in (
            ("cases", np.r_[inside, nobody]),
            ("alone", np.r_[nobody, inside]),
            ("coercion", np.r_[inside, inside]),
        ):
            if 0 < (count := int(aim @ true)) < 5:
                yield f"{name} in {sorted(set(cells))}", aim, count


def worked_out(table: pd.DataFrame, cases: Sequence[int], alone: Sequence[int]) -> list[str]:
    """What a reader learns exactly; where the outcome is forced labour by another name, the reader knows that
    nobody has it alone."""
    reader = Reader(table, ASKED if any(alone) else 0)
    found = [(name, count, *reader.range(aim)) for name, aim, count in targets(cases, alone)]
    return [f"{name}: {count}" for name, count, low, high in found if high - low < 1]


def drawn(seed: int) -> tuple[list[int], list[int]]:
    """Cases, and those with coercion alone, by cell: often few."""
    draw = np.random.default_rng(seed)
    return draw.choice([1, 2, 3, 7, 9, 12, 15], 8).tolist(), draw.choice([0, 0, 1, 2, 6, 8], 8).tolist()


def asked(persons: fl.ClassifiedSurvey, seed: int) -> Iterator[fl.Estimates]:
    """Six tables of either outcome, one after the other: by some groups, of some domain."""
    draw = np.random.default_rng([seed, 1])
    for _ in range(6):
        by = [None, "region", "sex", [[], ["sex"]], [[], ["region"]], [["sex", "region"]]][draw.integers(6)]
        regions = draw.choice(REGIONS, draw.integers(1, 4), replace=False).tolist()
        where = [None, {"sex": str(draw.choice(SEXES))}, {"region": regions}][draw.integers(3)]
        yield fl.total(persons, ["forced_labour", "coercion"][draw.integers(2)], by=by, where=where)


SEEDS = range(8)


def published(folder: Path, seed: int) -> list[str]:
    cases, alone = drawn(seed)
    persons = fl.outcome(survey(folder, cases, alone), "coercion")
    out = fl.publish_run(persons)
    for est in asked(persons, seed):
        before, out = out, fl.publish(est, beside=out)
        pd.testing.assert_frame_equal(
            out.table.iloc[: len(before.table)][before.table.columns], before.table, check_dtype=False
        )
    return worked_out(out.table, cases, alone)


@pytest.mark.thorough("eight surveys attacked by whole-number programmes")
@pytest.mark.parametrize("seed", SEEDS)
def test_tables_of_two_outcomes_tell_of_no_few_persons(seed: int, tmp_path: Path) -> None:
    assert published(tmp_path, seed) == []


CASES, FEW_IN_NORTH = (10, 20, 14, 9, 16, 12, 18, 11), (1, 2, 14, 9, 16, 12, 18, 11)
NOBODY, EIGHT_BEYOND_TWO = (0,) * 8, (2, 0, 2, 2, 2, 2, 0, 0)
SIX_MEN, TWO_WOMEN = (0, 0, 6, 0, 0, 0, 0, 0), (0, 0, 0, 0, 0, 2, 0, 0)
THREE_REGIONS = {"region": ["south", "east", "west"]}
Table = tuple[Any, dict[str, list[str]] | None]
ATTACKS: dict[str, tuple[Sequence[int], Sequence[int], str, list[Table]]] = {
    # both sexes, less men: of forced labour and of coercion
    "close": (CASES, np.add(SIX_MEN, TWO_WOMEN).tolist(), "coercion", [([[], ["sex"]], None)]),
    # all regions, less three
    "apart": (CASES, EIGHT_BEYOND_TWO, "coercion", [(None, None), (None, THREE_REGIONS)]),
    # forced labour under another name: two regions, less the one that is shown
    "alike": (FEW_IN_NORTH, NOBODY, "coercion and involuntary", [(None, {"region": ["north", "south"]})]),
}
NAMES = [
    "close",
    "alike",
    pytest.param("apart", marks=pytest.mark.thorough("a third survey, with the defence and without it")),
]
SECRETS = {
    "close": "alone in",
    "apart": "alone in",
    "alike": "cases in [('north', 'men'), ('north', 'women')]: 3",
}


def attacked(folder: Path, name: str) -> list[str]:
    cases, alone, rule, tables = ATTACKS[name]
    persons = fl.outcome(survey(folder, cases, alone), rule, name="answered")
    out = fl.publish_run(persons)
    for by, where in tables:
        out = fl.publish(fl.total(persons, "answered", by=by, where=where), beside=out)
    assert out.table.loc[out.table["outcome"] == "forced_labour", "estimate"].notna().sum() >= 5
    return [line for line in worked_out(out.table, cases, alone) if line.startswith(SECRETS[name])]


@pytest.mark.parametrize("name", NAMES)
def test_two_outcomes_do_not_tell_each_others_few(name: str, tmp_path: Path) -> None:
    assert attacked(tmp_path, name) == []


@pytest.mark.thorough("random surveys with the defence off")
@pytest.mark.parametrize("name", NAMES)
def test_they_do_where_the_defence_is_switched_off(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = own_tables.protect_from_other_outcomes
    monkeypatch.setattr(outcome_differences, "_told_by_several", lambda *_: {})

    def without(*args: Any) -> outcome_differences.OutcomeDifferences:
        found = beside(*args)
        all_rows = found.all_rows
        if name == "apart":
            return replace(
                found, all_rows=replace(all_rows, scenario=replace(all_rows.scenario, combinations={}))
            )
        if name == "close":
            return replace(
                found, all_rows=replace(all_rows, earlier_rows=replace(all_rows.earlier_rows, close={}))
            )
        return replace(found, alike={})

    monkeypatch.setattr(own_tables, "protect_from_other_outcomes", without)
    assert attacked(tmp_path, name) != []


@pytest.mark.thorough("surveys attacked by whole-number programmes")
@pytest.mark.parametrize(("beyond", "hidden"), [(0, False), (2, True), (6, False)])
def test_an_item_is_no_nearer_to_its_row_in_the_profile_than_five_persons(
    beyond: int, hidden: bool, tmp_path: Path
) -> None:
    """Forty of sixty cases have the item, and so have a few who are no cases: the item as an outcome, less
    its row of the profile."""
    people = [("case" if i < 60 else "not", {"P": i % 30}) for i in range(600)]
    table = persons_table(people)
    table = table.assign(
        INV=np.where(table.index < 40, 1, 2), INV2=np.where((table.index >= 25) & (table.index < 60), 1, 2)
    )
    table.loc[60 : 60 + beyond - 1, "INV"] = 1
    involuntary = {"very_low_or_no_wages": {"column": "INV"}, "hazardous_work": {"column": "INV2"}}
    spec = SPEC | {
        "items": SPEC["items"] | {"involuntary": involuntary},
        "sectors": {},
        "tables": [{"measure": "profile_total", "by": [[]]}],
    }
    persons = fl.outcome(classified(write_survey(tmp_path, spec, persons=table)), "very_low_or_no_wages")
    out = fl.publish_run(persons)
    row = out.own.query("measure == 'profile_total' and involuntary == 'very_low_or_no_wages'")
    assert row["estimate"].tolist() == [400]
    found = fl.publish(fl.total(persons, "very_low_or_no_wages"), beside=out).select(
        "total", outcome="very_low_or_no_wages"
    )
    assert (found["marker"] == "c").tolist() == [hidden]


def three_outcomes(persons: fl.ClassifiedSurvey) -> float:
    """The cases of forced labour in the east: those with either side, added, less those with one of them."""
    for rule in ("involuntary", "coercion", "involuntary or coercion"):
        persons = fl.outcome(persons, rule, name=rule.replace(" ", "_"))
    out = fl.publish_run(persons)
    found = {}
    for name in ("involuntary", "coercion", "involuntary_or_coercion"):
        out = fl.publish(fl.total(persons, name, by="region"), beside=out)
        rows = out.select("total", "region", outcome=name).set_index("region")
        found[name] = rows.loc["east", "estimate"] / rows.loc["east", "rounding"]
    run = out.select("total", "region").set_index("region")
    assert run.loc["east", "marker"] == "c"
    return float(found["involuntary"] + found["coercion"] - found["involuntary_or_coercion"])


def test_a_third_outcome_beside_a_run_is_refused(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three cases in the east, beside twelve with one side of forced labour and twelve with the other."""
    people = [("case", {"R": 3, "P": i}) for i in range(3)]
    people += [("case", {"R": 1 + i % 2, "P": i}) for i in range(40)]
    people += [("not", {"INV": 1, "COE": 2, "R": 1 + i % 3, "P": i}) for i in range(36)]
    people += [("not", {"INV": 2, "COE": 1, "R": 1 + i % 3, "P": i}) for i in range(36)]
    people += [("not", {"INV": 2, "COE": 2, "R": 1 + i % 3, "P": i % 40}) for i in range(300)]
    persons = small(
        [(what, {**own, "W": 10.0}) for what, own in people],
        tables=[{"measure": "total", "by": [[], ["region"]]}],
    )
    with pytest.raises(PublicationError, match="two at a time"):
        three_outcomes(persons)
    monkeypatch.setattr(own_tables, "MOST_OUTCOMES", 3)
    assert three_outcomes(persons) == 3
