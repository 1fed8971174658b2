"""How often two rounds from one population, between which nothing changed, are said to differ."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from coverage_simulation import DEFAULT, GRID, LEVEL, STRATA, Cell, Samples, draw, limits

from fltoolkit.estimate.difference import DECREASED, INCREASED, Side, difference, enough_cases, mover, verdicts

RULES = ("Taylor", "Taylor, the kit's rule", "MOVER", "MOVER, the kit's rule")


@dataclass(frozen=True)
class Pair:
    """Two independent rounds of one population; the second in as many PSUs, or in more or fewer."""

    before: Cell
    after: Cell

    @property
    def name(self) -> str:
        """As the tables name it."""
        other = "" if self.after.psus == self.before.psus else f", then {self.after.psus} PSUs"
        return self.before.name + other


EQUAL = tuple(Pair(cell, cell) for cell in GRID)
UNEQUAL = tuple(
    Pair(cell, replace(cell, psus=psus)) for cell in GRID for psus in STRATA if psus in (cell.psus * 5, cell.psus / 5)
)


def changes(pair: Pair, samples: int, rng: np.random.Generator) -> list[dict[str, object]]:
    """One row a rule: how often it says `decreased` and `increased`; `enough` is how often the cases suffice for MOVER."""
    before, after = (_side(cell, draw(cell, samples, rng)) for cell in (pair.before, pair.after))
    enough = enough_cases(before, after)
    recovered = mover(before.estimate, before.ci_low, before.ci_high, after.estimate, after.ci_low, after.ci_high)
    found = (
        difference(before, after, level=LEVEL, of_cases=False)["verdict"].to_numpy(),
        difference(before, after, level=LEVEL)["verdict"].to_numpy(),
        verdicts(*recovered),
        verdicts(*recovered, enough),
    )
    cell = pair.before
    facts = {
        "cell": pair.name, "p": cell.p, "psus": cell.psus, "psus_after": pair.after.psus, "persons": cell.persons, "icc": cell.icc,
        "enough": enough.mean(),
    }  # fmt: skip
    return [
        facts | {"rule": rule, "decreased": (said == DECREASED).mean(), "increased": (said == INCREASED).mean()}
        for rule, said in zip(RULES, found, strict=True)
    ]


def _side(cell: Cell, s: Samples) -> Side:
    """A round as the kit compares it."""
    low, high = limits(cell, s, DEFAULT)
    return Side(s.estimate, s.se, low, high, np.full(len(s.cases), s.df), s.cases, s.psus_with_cases)
