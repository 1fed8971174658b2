"""Tests each category of a group against all others of its population, all tests together as one family. If
more differences are tested, a p-value must be smaller to count as a finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from fltoolkit.estimate.measures.estimates import Estimates
from fltoolkit.estimate.measures.intervals import Confidence, rare_df, wald
from fltoolkit.estimate.measures.prevalence_and_totals import estimates_from_sums, truth_of
from fltoolkit.estimate.totals.one_pass import Estimand, sum_persons
from fltoolkit.estimate.totals.reference_population import population_of
from fltoolkit.estimate.totals.result_cells import BREAKDOWN, Cells
from fltoolkit.estimate.variance import Array
from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.design.survey_design import Design
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED

ALL_OTHERS = Reason.of("contrasts.all_others")


@dataclass(frozen=True)
class AgainstAllOthers:
    """The differences between the categories of groups and all others, with the estimates of both sides. All
    of it is confidential.

    Attributes:
        differences: one row per comparison: `group`, `category`, `reference` (the other category, or
            `ALL_OTHERS` if there are several), `estimate` (category minus reference), `se`, `df`.
        sides: the estimates of the cells. The categories come first, and the last rows are the references, in
            the order of `differences`.
        places: for each comparison, the position of its category in `sides`.
    """

    differences: pd.DataFrame
    sides: Estimates
    places: tuple[int, ...]


def holm(p: ArrayLike) -> Array:
    """Returns p-values that are adjusted because several tests are made (Holm 1979; R `p.adjust(method =
    "holm")`).

    The smallest of m values is multiplied by m, the next by m − 1, and so on. No adjusted value is above 1,
    or below the adjusted value of a smaller p-value.

    Args:
        p: the p-values of one family. A missing value counts in the family, and its adjusted value is
            missing.

    Returns:
        The adjusted values, in the order of `p`. If they are compared with a level, the chance of a false
        finding in the family is at most that level. This holds even if the tests depend on each other.
    """
    values = np.asarray(p, dtype=float)
    order = np.argsort(values, kind="stable")
    stepped = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def against_all_others(
    design: Design, outcome: str, groups: Sequence[str], population: str | None = None
) -> AgainstAllOthers:
    """Compares the prevalence of each category of each group with that of all others who stated a category of
    the group, as R's svyttest does. A group of two categories is one comparison; a group of one has none.

    Args:
        design: a classified survey, or any design.
        outcome: a true/false column.
        groups: the groups.
        population: a population of survey.yaml; None: the first.

    Returns:
        The differences, in the order of the groups. `df` is the smaller of both sides; on a side it is at most
            the PSUs with cases less one, as for the interval of a rate (`intervals.rare_df`). With all degrees
            of freedom of the design, a group in which chance put few cases would have a standard error that is
            too small, and be found *lower* too often.
    """
    estimand = Estimand(truth_of(design, outcome), "prevalence", tuple((group,) for group in groups))
    chosen = population_of(design, population, groups, outcome)
    sums = sum_persons(design, estimand, chosen)
    keys, asked = sums.cells.keys, list(_comparisons(sums.cells, groups))
    places = [place for _, place, _ in asked]
    codes = [
        np.where(np.isin(sums.cells.codes[b], others), len(keys) + i, -1)
        for i, (b, _, others) in enumerate(asked)
    ]
    cells = Cells(pd.concat([keys, keys.iloc[places]], ignore_index=True), (*sums.cells.codes, *codes))
    sides = estimates_from_sums(design, replace(sums, cells=cells, denominators=cells), chosen, Confidence())
    references = list(range(len(keys), len(cells)))
    estimate, psus = (
        sides.table[c].to_numpy(float, na_value=np.nan) for c in ("estimate", "psus_with_cases")
    )
    df = rare_df(sides.table["df"], psus)

    def label(group: str, place: int) -> str:
        return str(sides.table[group].iloc[place])

    differences = pd.DataFrame(
        {
            "group": [groups[b] for b, _, _ in asked],
            "category": [label(groups[b], place) for b, place, _ in asked],
            "reference": pd.Series(
                [label(groups[b], others[0]) if len(others) == 1 else ALL_OTHERS for b, _, others in asked],
                dtype=object,
            ),
            "estimate": estimate[places] - estimate[references],
            "se": np.sqrt(sides.units.variances(sides.influence[:, places] - sides.influence[:, references])),
            "df": np.minimum(df[places], df[references]),
        }
    )
    return AgainstAllOthers(differences, sides, tuple(places))


def _comparisons(cells: Cells, groups: Sequence[str]) -> Iterator[tuple[int, int, list[int]]]:
    """Yields, for each comparison, the number of its group, the position of its category in the cells, and the
    positions of all others. Who stated no category is on neither side."""
    for b, group in enumerate(groups):
        of_group = (cells.keys[BREAKDOWN] == b) & (cells.keys[group] != NOT_STATED)
        stated = np.flatnonzero(of_group).tolist()
        for place in stated[:1] if len(stated) == 2 else stated if len(stated) > 2 else []:
            yield b, place, [other for other in stated if other != place]


def p_values(differences: pd.DataFrame) -> Array:
    """Returns the two-sided p-value of each difference, by t, from its `estimate`, `se` and `df`."""
    from scipy.special import stdtr

    estimate, se, df = (differences[c].to_numpy(float) for c in ("estimate", "se", "df"))
    with np.errstate(divide="ignore", invalid="ignore"):  # no case, or nothing that varies, on both sides
        return np.asarray(2 * stdtr(df, -np.abs(estimate / se)))


def simultaneous_limits(differences: pd.DataFrame, level: float, tests: int) -> tuple[Array, Array]:
    """Returns the limits of intervals that contain all true differences of a family with the probability
    `level`: Bonferroni's, each at the level 1 − (1 − level)/m for m tests. Holm's test may find a difference
    although its interval contains 0. Then the size of the difference is not known.

    Args:
        differences: one row per difference, with `estimate`, `se` and `df`.
        level: the probability that all intervals hold, such as 0.95.
        tests: the number of comparisons in the family, m.
    """
    estimate, se, df = (differences[c].to_numpy(float) for c in ("estimate", "se", "df"))
    return wald(estimate, se, df, 1 - (1 - level) / tests)
