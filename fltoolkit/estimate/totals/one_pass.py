"""Reads the persons once for one estimate: finds the cells of the result (such as women in the north), and
sums the persons by cell and by sampling unit or replicate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.classify.children import CHILD_LEAVES
from fltoolkit.classify.classification_path import LEAVES
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.group_columns import group_order
from fltoolkit.classify.outcomes_and_domains import domain_in_words
from fltoolkit.errors import NotAvailable, RequestError
from fltoolkit.estimate.totals.breakdowns import Breakdowns
from fltoolkit.estimate.totals.cluster_totals import OUTSIDE, UNRESOLVED, Outcome, cluster_totals, margins_of
from fltoolkit.estimate.totals.reference_population import ReferencePopulation
from fltoolkit.estimate.totals.result_cells import BREAKDOWN, Cells, make_cells
from fltoolkit.estimate.variance import Array, Codes, Matrix, Replicates, Units, as_dense, make_units, ranks
from fltoolkit.estimate.weights.calibration import calibrated
from fltoolkit.estimate.weights.calibration_residuals import Margins
from fltoolkit.survey.design.calibrated_weights import BEFORE, PERSONS, Calibration, G
from fltoolkit.survey.design.survey_design import Design
from fltoolkit.survey.spec.groups_and_tables import obstacle_of_origins

UNWEIGHTED = {"w": "n", "wy": "uy", "wx": "ux"}


@dataclass(frozen=True)
class Estimand:
    """The quantity that is estimated: the outcome, the measure (such as prevalence), and the groups by which
    it is broken down.

    Attributes:
        outcome: what is summed over persons.
        measure: `prevalence`, `total`, `mean`, `ratio`, `share`, `duration` (its mean and its quantiles) or
            `profile` (shares of cases with a characteristic, such as debt bondage).
        by: the breakdowns. Each is a tuple of group names; the empty tuple is the total.
        of: the group over which a share distributes the cases; None for other measures.
        split: for quantiles and profiles, a column by whose values the persons are also grouped; else empty.
        for_model: whether the sums are the data of a regression model. The groups are then crossed for the
            computation only, and no table shows these cells.
    """

    outcome: Outcome
    measure: str
    by: Breakdowns
    of: str | None = None
    split: str = ""
    for_model: bool = False

    @property
    def groups(self) -> tuple[str, ...]:
        """Returns all groups that the breakdowns name, each once: `(("sex",), ("sex", "region"))` gives `sex`
        and `region`."""
        return tuple(dict.fromkeys(group for breakdown in self.by for group in breakdown))

    @property
    def is_of_cases(self) -> bool:
        """Returns whether only cases are in the denominator, as in a share of cases. In the denominator of a
        mean duration, there are only cases with a duration."""
        return self.measure in ("share", "duration", "profile")

    @property
    def is_within_cases(self) -> bool:
        """Returns whether the result is about cases only, like a duration or a profile. Then no cell has
        other persons."""
        return self.measure in ("duration", "profile")

    @property
    def is_proportion(self) -> bool:
        """Returns whether the measure is a proportion or the corresponding number of persons, such as a total
        of cases. Its confidence intervals are then those of `intervals.proportion` and
        `intervals.total_of_cases`. Other measures have Wald intervals."""
        return self.outcome.kind in ("truth", "everyone", "amount") and self.measure != "duration"


@dataclass(frozen=True)
class EstimandSums:
    """The sums from one pass over the persons, for one `Estimand` (outcome, measure and groups). All
    estimates are computed from these sums.

    Attributes:
        estimand: what is estimated.
        table: the table of sums, from `cluster_totals`: one row per sampling unit, combination of group
            values, and status (case or not).
        cells: the cells of the result. A cell is the persons of one row of the result, such as women in the
            north.
        denominators: the cells that are the denominators. For a share of cases by form, the denominator is
            all cases.
        parent: for each cell, the position of its denominator in `denominators`.
        units: the sampled units, or the replicates.
        unit: for each row of the table of sums, the position of its sampled unit; None for replicate weights.
        calibration: the calibration of the weights, in words; empty if there was none.
    """

    estimand: Estimand
    table: pd.DataFrame
    cells: Cells
    denominators: Cells
    parent: NDArray[np.intp]
    units: Units | Replicates
    unit: Codes | None
    calibration: str

    def by_unit(self, column: str, cells: Cells, rows: Codes | None = None) -> Matrix:
        """Returns sums of one column as a matrix of units × cells. If the weights are calibrated, the matrix
        has further rows below those of the units (see `with_calibration_sums`).

        Args:
            column: the column of the table of sums: `w`, `wy`, `wx` or `n`.
            cells: the cells.
            rows: the positions of those rows of the table that are summed; None: all rows.
        """

        def values(name: str) -> Array:
            return self.table[name].to_numpy(float)

        if self.unit is None:
            return np.vstack([cells.sums(values(f"{column}_{r}"), rows) for r in range(len(self.units))])
        if self.margins is None or column == "n":
            return cells.by_unit(values(column), self.unit, len(self.units), rows)
        by = partial(cells.by_unit, rows=rows)
        return np.vstack(
            [
                as_dense(part)
                for part in self.with_calibration_sums(by, values(column), values(UNWEIGHTED[column]))
            ]
        )

    def denominator_values(self, values: Any) -> Any:
        """Returns, for each row of the result, the value that belongs to its denominator.

        Args:
            values: one value per denominator; or a matrix of units × denominators. For a matrix, the result
                has one column per row of the result table.
        """
        return values if self.denominators is self.cells else values[..., self.parent]

    @property
    def margins(self) -> Margins | None:
        """Returns the numbers from which the residuals of calibrated weights are computed; None for other
        weights, and for replicate weights."""
        return self.units.margins if isinstance(self.units, Units) else None

    def with_calibration_sums(
        self, by: Callable[[Array, Codes, int], Matrix], weighted: Array, unweighted: Array
    ) -> list[Matrix]:
        """Returns a list of matrices: the sums of `weighted` in each sampled unit, and, for calibrated
        weights, further sums from which the variance is computed. The caller puts the matrices one below the
        other.

        A pattern is all persons with the same categories in all calibration margins. The second matrix has
        one row per pattern: the sum of `weighted` over its persons. For raked weights, a third matrix has the
        sum of `unweighted` for each pattern.

        Args:
            by: a function that sums values over all rows with the same number (the position of a unit or a
                pattern): `Cells.by_unit` or `variance.sums_by_code`.
            weighted: the weighted value of each row of the table of sums.
            unweighted: the same value without weights.
        """
        assert self.unit is not None
        rows = [by(weighted, self.unit, len(self.units))]
        if self.margins:
            pattern, patterns = (
                self.table["pattern"].to_numpy(np.intp) + 1,
                len(self.margins.g),
            )  # 0: outside the population
            rows += [
                by(v, pattern, patterns + 1)[1:]
                for v in (weighted, *((unweighted,) if self.margins.raked else ()))
            ]
        return rows

    @cached_property
    def y(self) -> Array:
        """Returns the weighted sum of the outcome in each cell of the result."""
        return self.cells.sums(self.table["wy"].to_numpy())

    @cached_property
    def cases(self) -> Matrix:
        """Returns the weighted sum of the outcome by sampled unit and cell of the result (units × cells)."""
        return self.by_unit("wy", self.cells)

    @cached_property
    def of_cases(self) -> Codes:
        """Returns the positions of the rows of `table` whose persons are cases, with or without a value of
        the measured variable (such as months)."""
        return np.flatnonzero(self.table["status"] >= 1)

    @cached_property
    def counted(self) -> Codes:
        """Returns the positions of the rows of `table` whose persons are cases with a value of the measured
        variable (such as months)."""
        return np.flatnonzero(self.table["status"] == 1)

    @cached_property
    def unresolved(self) -> Codes:
        """Returns the positions of the rows of `table` whose persons are unresolved (their answers do not
        decide whether they are cases)."""
        return np.flatnonzero(self.table["status"] == UNRESOLVED)

    def degrees_of_freedom(self, weights: Matrix, rows: Codes | None = None) -> NDArray[np.int64]:
        """Returns the degrees of freedom of each denominator.

        Args:
            weights: the weighted persons in the denominators, by sampled unit (units × denominators).
            rows: only for replicate weights: the positions of the rows of the table of sums that are used;
                None: all rows.
        """
        if isinstance(self.units, Units):
            return self.units.degrees_of_freedom(weights)
        if self.units.df is not None:
            return np.full(len(self.denominators), self.units.df, dtype=np.int64)
        rows = np.flatnonzero(self.table["n"] > 0) if rows is None else rows
        weights = self.table[[f"w_{r}" for r in range(len(self.units))]].to_numpy(float)[rows]
        return ranks(weights, [code[rows] for code in self.denominators.codes], len(self.denominators)) - 1

    def psus_with_cases(self, unresolved: bool = False) -> pd.Series:
        """Returns the number of PSUs with a case, by cell. It is missing for replicate weights.

        Args:
            unresolved: whether PSUs also count if they have, in the denominator, a person whose answers do
                not decide whether she or he is a case.
        """
        if not isinstance(self.units, Units):
            return pd.Series(pd.array([pd.NA] * len(self.cells), dtype="Int64"))
        if unresolved and self.denominators is self.cells:
            persons = self.by_unit("n", self.cells, np.r_[self.of_cases, self.unresolved])
        else:
            persons = self.by_unit("n", self.cells, self.of_cases)
            if unresolved:
                persons = persons + self.denominator_values(
                    self.by_unit("n", self.denominators, self.unresolved)
                )
        return _psus(self.units, persons)

    def psus_with_other_cases(self) -> pd.Series:
        """Returns, for each cell of a share, the number of PSUs with a case of its denominator that is not in
        the cell. It is missing for replicate weights."""
        if not isinstance(self.units, Units):
            return self.psus_with_cases()
        everyone = self.denominator_values(self.by_unit("n", self.denominators, self.counted))
        return _psus(self.units, everyone - self.by_unit("n", self.cells, self.of_cases))


def _psus(units: Units, persons: Matrix) -> pd.Series:
    """Returns the number of PSUs with at least one of these persons, by cell. `persons` is a matrix of units
    × cells."""
    found: Any = units.by_psu(persons)
    return pd.Series(np.asarray((found != 0).sum(axis=0), dtype=np.int64))


def sum_persons(design: Design, estimand: Estimand, population: ReferencePopulation) -> EstimandSums:
    """Reads the persons once and sums them, for each cell of the result and for each denominator.

    Args:
        design: a classified survey, or any design.
        estimand: what is estimated, and by which groups.
        population: the reference population: the persons in the denominator.

    Raises:
        RequestError: nobody is in the domain; a group shows single nationalities, ethnicities or religions,
            and survey.yaml does not allow this table by that group.
        NotAvailable: a share is wanted and no case was found.
    """
    _refuse_origins(design, estimand)
    design, wanted, groups, measure = calibrated(design), estimand.by, estimand.groups, estimand.measure
    table = cluster_totals(
        design,
        estimand.outcome,
        [*groups, *([estimand.split] if estimand.split else [])],
        domain=population.domain,
        weight=population.weight,
        lowest=measure == "total",
    )
    if design.domain and not (table["status"] > OUTSIDE).any():
        raise RequestError(
            "nobody is in this domain",
            where="where",
            found=domain_in_words(design),
            do="name other labels, or fewer groups",
        )
    if design.replication:
        units: Units | Replicates = Replicates(
            np.array(design.replication.factor), design.replication.mse, design.replication.df
        )
        unit = None
    else:
        units, unit = make_units(table, design)
        if found := margins_of(design, population.weight):
            units = replace(units, margins=_calibration_margins(unit, table, found))
    order = (
        {g: group_order(design.spec, g) for g in groups if g in _groups(design)}
        if isinstance(design, ClassifiedSurvey)
        else {}
    )
    order["step"] = [*LEAVES, *CHILD_LEAVES]
    apart = (case_only(design) | ({estimand.of} if estimand.of else set())) & set(groups)
    inside, cases = table["n"].to_numpy() > 0, (table["status"] >= 1).to_numpy()
    only = case_only(design)
    if estimand.is_within_cases:
        apart = set()
    rows = [inside & cases if estimand.is_within_cases or only & set(b) else inside for b in wanted]
    cells = make_cells(table, groups, wanted, rows, order)
    counted = inside & cases if estimand.is_of_cases else inside
    base_by = tuple(tuple(g for g in b if g not in apart) for b in wanted)
    same = base_by == wanted and (measure == "profile" or all(r is counted for r in rows))
    denominators = (
        cells
        if same
        else make_cells(table, [g for g in groups if g not in apart], base_by, [counted] * len(wanted), order)
    )
    if measure == "share":
        keep = _has_denominators(cells, denominators, [g for g in groups if g not in apart])
        if not (keep.any() and counted.any()):
            raise NotAvailable(
                "no case was recorded, so that there is nothing to distribute",
                where="share",
                do="see the upper limit of the prevalence",
            )
        cells = Cells(cells.keys[keep].reset_index(drop=True), tuple(_renumber(c, keep) for c in cells.codes))
    calibration_words = (
        design.calibration.text
        if design.calibration and population.weight in design.calibration.weights
        else ""
    )
    return EstimandSums(
        estimand,
        table,
        cells,
        denominators,
        denominators.parent(cells, [g for g in groups if g not in apart]),
        units,
        unit,
        calibration_words,
    )


def _calibration_margins(unit: Codes, table: pd.DataFrame, calibration: Calibration) -> Margins:
    """Returns the numbers from which the residuals of calibrated weights are computed.

    Args:
        unit: the sampled unit of each row of the table.
        table: the table of sums.
        calibration: the calibration of the weights.
    """
    inside = table["pattern"].to_numpy() >= 0
    of = (
        table.loc[inside, ["pattern", "wc"]]
        .assign(unit=unit[inside])
        .groupby(["unit", "pattern"], as_index=False)["wc"]
        .sum()
    )
    before, g, n = (calibration.patterns[c].to_numpy(float) for c in (BEFORE, G, PERSONS))
    pairs = of[["unit", "pattern"]].to_numpy(np.intp)
    return Margins(
        pairs[:, 0],
        pairs[:, 1],
        of["wc"].to_numpy(float),
        before,
        g,
        n,
        calibration.category,
        calibration.method == "rake",
    )


def _refuse_origins(design: Design, estimand: Estimand) -> None:
    """Raises an error for a table by single nationalities, ethnicities or religions, unless survey.yaml says
    that it is published."""
    if isinstance(design, ClassifiedSurvey):
        spec, within = design.spec, [(group,) for group, _ in design.domain]
        by = [(group,) for group in estimand.groups] if estimand.for_model else estimand.by
        if why := obstacle_of_origins(estimand.measure, (*by, *within), spec.origins, spec.published_origins):
            raise RequestError(why, where="by" if spec.origins & set(estimand.groups) else "where")


def case_only(design: Design) -> set[str]:
    """Returns the names of the groups that only cases have, such as the form of forced labour. A design
    without survey.yaml has none.
    """
    return set(design.spec.case_only) if isinstance(design, ClassifiedSurvey) else set()


def _groups(design: Design) -> set[str]:
    return (
        {*design.spec.groups, *design.spec.jobs, "form", "route"}
        if isinstance(design, ClassifiedSurvey)
        else set()
    )


def _has_denominators(cells: Cells, denominators: Cells, groups: list[str]) -> NDArray[np.bool_]:
    """Returns, for each cell, whether it has a denominator. In a distribution of cases, a category without
    any case has none. `groups` are the groups by which the denominators are broken down."""
    known = set(denominators.keys[[*groups, BREAKDOWN]].itertuples(index=False, name=None))
    return np.array(
        [row in known for row in cells.keys[[*groups, BREAKDOWN]].itertuples(index=False, name=None)],
        dtype=bool,
    )


def _renumber(code: NDArray[np.intp], keep: NDArray[np.bool_]) -> NDArray[np.intp]:
    new = np.where(keep, np.cumsum(keep) - 1, -1)
    return np.asarray(np.where(code >= 0, new[code], -1), dtype=np.intp)
