"""Simulates how often two rounds are reported as different: when nothing changed, and when the prevalence was
halved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from coverage_simulation import DEFAULT, GRID, LEVEL, PSUS, Cell, Samples, draw, limits

from fltoolkit.estimate.change_over_time.difference import (
    DECREASED,
    INCREASED,
    NO_CHANGE,
    RoundEstimates,
    both_testable,
    difference,
    mover,
    satterthwaite,
    verdicts,
)
from fltoolkit.estimate.measures.intervals import t_quantile

RULES = (
    "Taylor",
    "the kit's",
    "MOVER",
    "MOVER, enough cases",
    "MOVER of korn_graubard",
    "MOVER of korn_graubard, enough cases",
)
OF_THE_KIT = (RULES[1], RULES[3])  # between two rounds, and since a published baseline
ROUNDS = (
    ALIKE,
    FOUR_FIFTHS,
    FEWER_PSUS,
    AS_MANY,
    TWO_THIRDS,
    FEWER,
    QUARTER,
    HALF_AND_HALF,
    THIRD,
    SMALLER,
    LARGER,
    HALVED,
) = (
    "alike",
    "four fifths of the persons",
    "four fifths of the PSUs",
    "half the PSUs, as many persons",
    "two thirds of the persons",
    "half the persons",
    "a quarter of the persons",
    "half the PSUs, a quarter of the persons",
    "a third of the PSUs",
    "a fifth of the PSUs",
    "five times the PSUs",
    "alike, prevalence halved",
)


@dataclass(frozen=True)
class Pair:
    """Two independent rounds. `rounds` says how the second round differs from the first."""

    before: Cell
    after: Cell
    rounds: str

    @property
    def name(self) -> str:
        """Returns the name of the pair in the tables."""
        return f"{self.before.name}; {self.rounds}"


def _pairs() -> Iterator[Pair]:
    for cell in GRID:
        yield Pair(cell, cell, ALIKE)
        if cell.persons in (20, 100):
            yield Pair(cell, replace(cell, persons=cell.persons // 2), FEWER)
        if cell.psus > min(PSUS):
            yield Pair(cell, replace(cell, psus=cell.psus // 5), SMALLER)
        if cell.psus < max(PSUS):
            yield Pair(cell, replace(cell, psus=cell.psus * 5), LARGER)
        yield Pair(cell, replace(cell, p=cell.p / 2), HALVED)
    for cell in GRID:  # how unlike two rounds may be
        if cell.persons == 100:
            yield Pair(cell, replace(cell, persons=80), FOUR_FIFTHS)
            yield Pair(cell, replace(cell, persons=67), TWO_THIRDS)
            yield Pair(cell, replace(cell, persons=25), QUARTER)
        if cell.persons in (20, 100) and cell.psus > min(PSUS):
            yield Pair(cell, replace(cell, psus=cell.psus * 4 // 5), FEWER_PSUS)
        if cell.persons == 20 and cell.psus > min(PSUS):
            yield Pair(cell, replace(cell, psus=cell.psus // 2, persons=40), AS_MANY)
        if cell.persons == 100 and cell.psus > min(PSUS):
            yield Pair(cell, replace(cell, psus=cell.psus // 2, persons=50), HALF_AND_HALF)
            yield Pair(cell, replace(cell, psus=cell.psus // 3), THIRD)


PAIRS = tuple(_pairs())


def changes(pair: Pair, samples: int, rng: np.random.Generator) -> list[dict[str, object]]:
    """Returns one row per rule: how often it reports `decreased` and `increased`. `enough` is how often both
    rounds have enough cases."""
    before, after = draw(pair.before, samples, rng), draw(pair.after, samples, rng)
    usual, plain = (
        (_side(pair.before, before, m), _side(pair.after, after, m)) for m in (DEFAULT, "korn_graubard")
    )
    enough = both_testable(*usual)
    change, se = after.estimate - before.estimate, np.hypot(before.se, after.se)
    half = t_quantile(LEVEL, satterthwaite(before.se**2, before.df, after.se**2, after.df)) * se
    taylor = verdicts(change - half, change + half)
    kit = difference(*usual, level=LEVEL)["verdict"].to_numpy()
    recovered, narrower = (
        verdicts(*mover(one.estimate, one.ci_low, one.ci_high, two.estimate, two.ci_low, two.ci_high))
        for one, two in (usual, plain)
    )
    limited = [np.where(enough, said, NO_CHANGE) for said in (recovered, narrower)]
    found = (taylor, kit, recovered, limited[0], narrower, limited[1])
    cell = pair.before
    facts = {
        "cell": pair.name,
        "rounds": pair.rounds,
        "p": cell.p,
        "psus": cell.psus,
        "persons": cell.persons,
        "icc": cell.icc,
        "enough": enough.mean(),
    }
    return [
        facts
        | {"rule": rule, "decreased": (said == DECREASED).mean(), "increased": (said == INCREASED).mean()}
        for rule, said in zip(RULES, found, strict=True)
    ]


def _side(cell: Cell, s: Samples, method: str) -> RoundEstimates:
    """Returns the samples of one round in the form in which the kit compares rounds, with intervals by one
    method."""
    low, high = limits(cell, s, method)
    return RoundEstimates(
        s.estimate,
        s.se,
        low,
        high,
        np.full(len(s.cases), s.df),
        np.full(len(s.cases), s.n),
        s.cases,
        s.psus_with_cases,
    )
