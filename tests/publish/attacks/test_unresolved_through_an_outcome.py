"""Attack: an outcome of one's own beside a run tells few unresolved persons, or few persons with some
combination of both outcomes, such as those with the second one who are known not to be cases.

Everybody weighs as much as the base of rounding, so that each number and each upper bound tells its persons. The
reader knows both rules. The unknowns are the persons of each cell by their two answers; the reader looks by
linear programme for the least and the most of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from eight_cells import ASKED, CELLS, REGIONS, SEXES, Numbers, counted
from scipy.optimize import linprog
from shared_surveys import classified
from small_surveys import SPEC, persons_table, write_survey

import fltoolkit as fl
from fltoolkit.publish.own_tables import outcome_differences, own_tables

ANSWERS = list(product("yno", "yno"))  # to the involuntary circumstance and to coercion: yes, no, open
CODES = {"y": 1, "n": 2, "o": 8}
DRAWN = {
    "yy": [1, 2, 3, 7, 9, 12, 15], "ny": [0, 0, 1, 2, 6, 8], "oy": [0, 0, 1, 2, 3, 6, 8],
    "yo": [0, 0, 0, 1, 6], "yn": [0, 0, 2, 6],
}  # fmt: skip
Rule = Callable[[str, str], str]


def both(one: str, two: str) -> str:
    return "n" if "n" in (one, two) else "o" if "o" in (one, two) else "y"


def opposite(answer: str) -> str:
    return {"y": "n", "n": "y", "o": "o"}[answer]


def either(one: str, two: str) -> str:
    return opposite(both(opposite(one), opposite(two)))


RULES: dict[str, Rule] = {
    "coercion": lambda one, two: two,
    "involuntary": lambda one, two: one,
    "coercion and involuntary": both,
    "involuntary or coercion": either,
    "not (involuntary and coercion)": lambda one, two: opposite(both(one, two)),
    "involuntary and not coercion": lambda one, two: both(one, opposite(two)),
}


def persons_by_answers(seed: int) -> Numbers:
    """Persons by cell and answers: cases, those with one answer, and unresolved ones, often few."""
    draw, found = np.random.default_rng([seed, 9]), np.zeros((len(CELLS), len(ANSWERS)), dtype=int)
    for cell in found:
        for answers, many in DRAWN.items():
            cell[ANSWERS.index((answers[0], answers[1]))] = draw.choice(many)
        cell[ANSWERS.index(("n", "n"))] = ASKED - cell.sum()
    return found


def survey(folder: Path, counts: Numbers) -> fl.ClassifiedSurvey:
    people = []
    for c, (region, sex) in enumerate(CELLS):
        answers = [a for a, many in zip(ANSWERS, counts[c], strict=True) for _ in range(many)]
        people += [
            ("not", {"INV": CODES[one], "COE": CODES[two], "R": REGIONS.index(region) + 1,
                     "SEX": SEXES.index(sex) + 1, "P": 100 * c + k % 13})
            for k, (one, two) in enumerate(answers)
        ]  # fmt: skip
    spec = {
        **{name: value for name, value in SPEC.items() if name != "sectors"},
        "populations": {"adults": SPEC["populations"]["adults"]},
        "tables": [{"measure": "total", "by": [[], "region", "sex"]}],
    }
    folder.mkdir()
    return classified(write_survey(folder, spec, persons=persons_table(people)))


def having(rule: Rule, answer: str) -> Numbers:
    return np.array([float(rule(*answers) == answer) for answers in ANSWERS])


def equations(table: pd.DataFrame, rule: Rule) -> Iterator[tuple[Numbers, float]]:
    """What the shown numbers say of the persons by cell and answers."""
    for row in table[table["rule_set"] == table["rule_set"].iloc[0]].to_dict("records"):
        of = both if row["outcome"] == "forced_labour" else rule
        for column, answers in (("estimate", "y"), ("bound_high", "yo")):
            if row["measure"] == "total" and not pd.isna(row[column]):
                inside = np.outer(counted(row), sum(having(of, answer) for answer in answers))
                yield inside.ravel(), row[column] / row["rounding"]
    for c in range(len(CELLS)):
        yield np.outer(np.arange(len(CELLS)) == c, np.ones(len(ANSWERS))).ravel(), ASKED


def told(folder: Path, seed: int) -> list[str]:
    """The few persons of which a reader of all tables learns the number."""
    counts, draw, text = persons_by_answers(seed), np.random.default_rng([seed, 1]), list(RULES)[seed % 6]
    persons, rule = fl.outcome(survey(folder, counts), text, name="own_one"), RULES[text]
    out = fl.publish_run(persons)
    for _ in range(5):
        by: Any = [None, "region", "sex", [[], ["sex"]], [[], ["region"]], [["sex", "region"]]][
            draw.integers(6)
        ]
        regions = draw.choice(REGIONS, draw.integers(1, 4), replace=False).tolist()
        where = [None, {"sex": str(draw.choice(SEXES))}, {"region": regions}][draw.integers(3)]
        name = ["forced_labour", "own_one"][int(draw.integers(3) > 0)]
        out = fl.publish(fl.total(persons, name, by=by, where=where), beside=out)
    rows, values = zip(*equations(out.table, rule), strict=True)
    inside = [{r} for r in REGIONS] + [{s} for s in SEXES] + [set(c) for c in CELLS]
    aims = {f"unresolved, {cells}": (cells, having(both, "o")) for cells in map(frozenset, inside)}
    for one, two in product("yno", repeat=2):
        if (one, two) != ("n", "n"):
            kind = having(both, one) * having(rule, two)
            aims |= {f"{one}{two}, {cells}": (cells, kind) for cells in map(frozenset, inside)}
    found = []
    for name, (cells, kind) in aims.items():
        aim = np.outer([float(cells <= set(c)) for c in CELLS], kind).ravel()
        if 0 < aim @ counts.ravel() < 5:
            low, high = (
                linprog(sign * aim, A_eq=np.array(rows), b_eq=values, bounds=(0, ASKED)) for sign in (1, -1)
            )
            found += [name] if -high.fun - low.fun < 1 else []
    return found


TOLD = (2, 22, 21)  # the same outcome, its complement, and an outcome that contains it
SEEDS = [
    2,
    *(pytest.param(s, marks=pytest.mark.thorough("a further random survey")) for s in (10, 21, 22, 27, 46)),
]


@pytest.mark.parametrize("seed", SEEDS)
def test_an_outcome_does_not_tell_few_unresolved_persons(seed: int, tmp_path: Path) -> None:
    assert told(tmp_path / "s", seed) == []


@pytest.mark.thorough("three surveys with the defence off")
@pytest.mark.parametrize("seed", TOLD)
def test_it_does_where_the_defence_is_switched_off(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_tables, "with_told_cells", lambda all_rows, *_: all_rows)
    monkeypatch.setattr(outcome_differences, "told_together", lambda *_: {})
    assert told(tmp_path / "s", seed) != []
