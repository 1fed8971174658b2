"""Attack: the number of cases with two characteristics is calculated from each of them, from their
combination, and from all cases.

A stage of two items holds of whoever answered yes to either. So the two items, less the stage, are those who
answered yes to both. The items of a side, its stages and its modes make up all cases in the same way.
Everybody weighs the same here, and as much as the base of rounding, so that each shown number tells its
cases. The reader's unknowns are the cases by sex, region and whole set of answers to a side.
"""

from __future__ import annotations

from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from profiled_surveys import BY, CELLS, ITEMS, STAGES, cases_of, survey, truths
from scipy.optimize import linprog
from scipy.sparse import csr_array
from shared_surveys import classified
from small_surveys import SPEC, persons_table

import fltoolkit as fl
from fltoolkit.publish.disclosure.profile import characteristic_cells, profile_decision
from fltoolkit.publish.disclosure.survey_system import Relation
from fltoolkit.survey.spec.groups_and_tables import TOTAL

SETS = [answers for answers in product("yno", repeat=5) if "y" in answers]  # no case has no yes on a side
COLUMNS = list(product(SETS, CELLS))
ANSWERS = np.array([answers for answers, _ in COLUMNS])
INSIDE = np.array([[own == cell for cell in CELLS] for _, own in COLUMNS])
Flags = np.ndarray[Any, np.dtype[np.bool_]]


class Reader:
    """Somebody who knows all that is published of one side, and which sets of answers there can be."""

    def __init__(self, own: pd.DataFrame, side: str) -> None:
        self.items = ITEMS[side]
        equal: list[tuple[Flags, float]] = []
        within: list[tuple[Flags, tuple[float, float]]] = []
        for row in own[own["measure"].isin(["total", "profile"]) & own["estimate"].notna()].to_dict(
            "records"
        ):
            cells = [all(row[g] in (TOTAL, v) for g, v in zip(BY, cell, strict=True)) for cell in CELLS]
            inside = INSIDE[:, cells].any(axis=1)
            if row["measure"] == "total":
                equal.append((inside, row["estimate"] / row["rounding"]))
                continue
            cases = row["population"] / row["rounding"]
            equal.append((inside, cases))
            name = next((row[t] for t in (side, f"{side}_stage") if row.get(t, TOTAL) != TOTAL), "")
            if name:
                within.append((inside & self.has(name), cases_of(row["estimate"], cases)))
                if pd.notna(row["bound_high"]):
                    within.append(
                        (
                            inside & (self.has(name) | self.leaves_open(name)),
                            cases_of(row["bound_high"], cases),
                        )
                    )
        limits = np.array([of for of, _ in within], float)
        self.known = {
            "A_eq": csr_array(np.array([of for of, _ in equal], float)),
            "b_eq": [number for _, number in equal],
            "A_ub": csr_array(np.vstack([limits, -limits])),
            "b_ub": [most for _, (_, most) in within] + [-least for _, (least, _) in within],
        }

    def _answers(self, name: str) -> np.ndarray[Any, Any]:
        return ANSWERS[:, [k for k, item in enumerate(self.items) if name in (item, STAGES[item])]]

    def has(self, name: str) -> Flags:
        """The sets of answers by which an item, or a stage, holds."""
        return np.asarray((self._answers(name) == "y").any(axis=1))

    def leaves_open(self, name: str) -> Flags:
        """The sets of answers by which it stays open."""
        return np.asarray((self._answers(name) == "o").any(axis=1) & ~self.has(name))

    def range(self, one: str, other: str, value: str) -> tuple[float, float]:
        """The least and the most cases of a group that can have both."""
        inside = INSIDE[:, [not value or value in cell for cell in CELLS]].any(axis=1)
        aim = (inside & self.has(one) & self.has(other)).astype(float)
        low, high = (linprog(sign * aim, **self.known) for sign in (1, -1))
        return float(low.fun), -float(high.fun)


def told(own: pd.DataFrame, table: pd.DataFrame) -> tuple[list[str], int]:
    """The pairs of items that few cases have, and of which the reader learns how many; and how many pairs of
    few he tried."""
    found, tried, known = truths(table), 0, list[str]()
    cases = table.loc[found["different_job"].index]
    labels = {
        "sex": cases["SEX"].map({1: "men", 2: "women"}),
        "region": cases["R"].map({1: "north", 2: "south", 3: "east"}),
    }
    for side, items in ITEMS.items():
        reader = Reader(own, side)
        for one, other in combinations(items, 2):
            both = (found[one] == "yes") & (found[other] == "yes")
            for by, value in [("", ""), *((g, v) for g, values in BY.items() for v in values)]:
                count = int((both & (labels[by] == value)).sum() if by else both.sum())
                if 0 < count < 5:
                    tried += 1
                    low, high = reader.range(one, other, value)
                    known += (
                        []
                        if low < 1.5 and high > 3.5
                        else [f"{one} and {other}, {value}: {count}: {low:.1f} to {high:.1f}"]
                    )
    return known, tried


WITH_FEW = (16, 18, 21)  # of thirty surveys those of whose stages of two items few cases have both
BOTH = [
    "debt_bondage and withheld_documents, : 4",
    "different_job and other_employers, men: 3",
    "different_job and other_employers, : 3",
]


@pytest.mark.thorough("three surveys attacked by whole-number programmes")
@pytest.mark.parametrize("seed", WITH_FEW)
def test_few_cases_with_two_items_are_not_worked_out(seed: int, tmp_path: Path) -> None:
    persons, table = survey(tmp_path, seed)
    own = fl.publish_run(persons).own
    known, tried = told(own, table)
    assert known == []
    assert tried > 20
    assert own.loc[own["measure"] == "profile", "estimate"].notna().sum() > 5


@pytest.mark.thorough("the same attacks without a defence")
@pytest.mark.parametrize(("seed", "pair"), [*zip(WITH_FEW, BOTH, strict=True)])
def test_the_reader_finds_them_where_the_defence_is_switched_off(
    seed: int, pair: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(characteristic_cells, "compositions_of", lambda found: [])
    persons, table = survey(tmp_path, seed)
    known, _ = told(fl.publish_run(persons).own, table)
    assert any(line.startswith(pair) for line in known)


@pytest.mark.thorough("six surveys decided whole")
@pytest.mark.parametrize(("both", "hidden"), [(0, False), (3, True), (5, False)])
@pytest.mark.parametrize("by", ["item", "stage"])
def test_two_that_make_up_all_cases_tell_who_has_both(
    by: str, both: int, hidden: bool, tmp_path: Path
) -> None:
    """Of forty cases twenty have the one, the others the other, and some of these both. A stage has two
    items, one of its first 15 cases, one of its last 15."""
    of_stage = {"work": np.arange(20 + both), "leaving": np.arange(20, 40)}
    of_item = {"hazardous_work": of_stage["work"], "no_freedom_to_leave": of_stage["leaving"]}
    stages = dict(zip(of_item, of_stage, strict=True))
    if by == "stage":
        of_item = {item: of[:15] for item, of in of_item.items()} | {
            "unagreed_overtime": of_stage["work"][-15:],
            "longer_than_agreed": of_stage["leaving"][-15:],
        }
        stages |= {"unagreed_overtime": "work", "longer_than_agreed": "leaving"}
    table = persons_table([("case" if i < 40 else "not", {"P": i % 20}) for i in range(400)])
    table = table.assign(
        **{item.upper(): np.where(table.index.isin(of), 1, 2) for item, of in of_item.items()}
    )
    table.to_csv(tmp_path / "persons.csv", index=False)
    items = {
        item: {"column": item.upper()} | ({"stage": stages[item]} if by == "stage" else {})
        for item in of_item
    }
    spec = SPEC | {
        "items": SPEC["items"] | {"involuntary": items},
        "sectors": {},
        "tables": [{"measure": "profile", "by": [[]]}],
    }
    (tmp_path / "survey.yaml").write_text(yaml.safe_dump(spec), "utf-8")
    own = fl.publish_run(classified(tmp_path)).own
    shares = own[
        (own["measure"] == "profile")
        & (own["breakdown"] == ("involuntary_stage" if by == "stage" else "involuntary"))
    ]
    assert len(shares) == 2
    assert shares["estimate"].isna().any() == hidden


# Cases by their answers to two items of a stage: yes, no, open. Of the first eight leave the first item open,
# of whom six leave the stage open, so that two have the other item. Of the second 13 have the first item not,
# of whom ten have neither, so that three leave the other open.
LEFT_OPEN = {
    "open": {"yy": 15, "yn": 10, "ny": 10, "nn": 10, "oy": 2, "on": 6},
    "no": {"yy": 15, "yn": 10, "nn": 10, "no": 3, "yo": 20, "on": 5},
}


def stage_of_two(folder: Path, answers: dict[str, int]) -> pd.DataFrame:
    """The rows of the profile by stage."""
    cases = [pair for pair, count in answers.items() for _ in range(count)]
    table = persons_table([("case" if i < len(cases) else "not", {"P": i % 20}) for i in range(400)])
    codes = {"y": 1, "n": 2, "o": 8}
    for k, item in enumerate(("HAZARDOUS_WORK", "UNAGREED_OVERTIME")):
        table[item] = [codes[cases[i][k]] if i < len(cases) else 2 for i in table.index]
    table["NO_FREEDOM_TO_LEAVE"] = [1 if 12 <= i < len(cases) else 2 for i in table.index]
    table.to_csv(folder / "persons.csv", index=False)
    stages = {"hazardous_work": "work", "unagreed_overtime": "work", "no_freedom_to_leave": "leaving"}
    items = {item: {"column": item.upper(), "stage": stage} for item, stage in stages.items()}
    spec = SPEC | {
        "items": SPEC["items"] | {"involuntary": items},
        "sectors": {},
        "tables": [{"measure": "profile", "by": [[]]}],
    }
    (folder / "survey.yaml").write_text(yaml.safe_dump(spec), "utf-8")
    own = fl.publish_run(classified(folder)).own
    return own[
        (own["measure"] == "profile") & own["breakdown"].isin(["involuntary_stage", "involuntary"])
    ].set_index("category")


@pytest.mark.parametrize("answer", LEFT_OPEN)
def test_few_who_leave_one_item_open_do_not_follow_from_the_stage(answer: str, tmp_path: Path) -> None:
    rows = stage_of_two(tmp_path, LEFT_OPEN[answer])
    assert rows["estimate"].notna().all()
    assert rows.loc["unagreed_overtime", "bound_high"] > 0
    assert rows.loc[["hazardous_work", "work"], "bound_high"].isna().sum() == 1


@pytest.mark.parametrize("answer", LEFT_OPEN)
def test_they_do_where_only_yes_is_looked_at(
    answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = characteristic_cells.relations_of

    def of_yes(*args: Any) -> list[Relation]:
        found = beside(*args)
        return [r for r in found if all(v == "yes" for _, value in r.terms for _, v in value)]

    monkeypatch.setattr(profile_decision, "relations_of", of_yes)
    monkeypatch.setattr(characteristic_cells, "compositions_of", lambda found: [])
    rows = stage_of_two(tmp_path, LEFT_OPEN[answer])
    assert rows.loc[["hazardous_work", "unagreed_overtime", "work"], "bound_high"].notna().all()
