"""One pass over the persons, the cells wanted from it, and their sums by sampled unit or replicate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.classify.children import CHILD_LEAVES
from fltoolkit.classify.groups import group_order
from fltoolkit.classify.trace import LEAVES
from fltoolkit.estimate.cells import Breakdowns, Cells, make_cells
from fltoolkit.estimate.cluster_totals import Outcome, cluster_totals
from fltoolkit.estimate.replicates import Replicates, ranks
from fltoolkit.estimate.variance import Array, Codes, Units, make_units
from fltoolkit.survey.design import Design, Survey

OF_CASES = ("share", "duration")  # measures whose denominator is the cases (of a duration those with one)


@dataclass(frozen=True)
class Pass:
    """A `cluster_totals` table, the cells of a result, those of its denominators, and which of these is each cell's (`parent`).

    `unit` is each table row's unit; None where the units are replicates.
    """

    table: pd.DataFrame
    cells: Cells
    base: Cells
    parent: NDArray[np.intp]
    units: Units | Replicates
    unit: Codes | None

    def by_unit(self, column: str, cells: Cells, rows: NDArray[np.bool_] | None = None) -> Array:
        """Sums of `w`, `wy`, `wx` or `n` by unit and cell (units × cells), over some of the table's rows."""

        def values(name: str) -> Array:
            found = self.table[name].to_numpy(float)
            return found if rows is None else np.where(rows, found, 0.0)

        if self.unit is None:
            return np.vstack([cells.sums(values(f"{column}_{r}")) for r in range(len(self.units))])
        return cells.by_unit(values(column), self.unit, len(self.units))

    @property
    def counted(self) -> NDArray[np.bool_]:
        """The table's rows of persons who are cases and have what is measured."""
        return np.asarray((self.table["status"] == 1) & (self.table["n"] > 0))

    def degrees_of_freedom(self, rows: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """Of each denominator, over some of the table's rows."""
        if isinstance(self.units, Units):
            return self.units.degrees_of_freedom(self.by_unit("n", self.base, rows))
        if self.units.df is not None:
            return np.full(len(self.base), self.units.df, dtype=np.int64)
        return ranks(self.table, self.base, len(self.units), rows) - 1

    def psus_with(self, rows: NDArray[np.bool_]) -> pd.Series:
        """PSUs that hold some of the table's rows, by cell; not known from replicate weights."""
        if not isinstance(self.units, Units):
            return pd.Series(pd.array([pd.NA] * len(self.cells), dtype="Int64"))
        return pd.Series((self.units.by_psu(self.by_unit("n", self.cells, rows)) > 0).sum(axis=0))


def make_pass(
    design: Design, outcome: Outcome, wanted: Breakdowns, groups: Sequence[str], measure: str,
    domain: str | None, weight: str, of: str | None, split: str = "",
) -> Pass:  # fmt: skip
    """The pass over the persons; cells and the cells of their denominators. `split`: a column whose values are a key of the table."""
    table = cluster_totals(design, outcome, [*groups, *([split] if split else [])], domain=domain, weight=weight)
    if design.replication:
        units: Units | Replicates = Replicates(np.array(design.replication.factor), design.replication.mse, design.replication.df)
        unit = None
    else:
        units, unit = make_units(table, design)
    order = {g: group_order(design.spec, g) for g in groups if g in _groups(design)} if isinstance(design, Survey) else {}
    order["step"] = [*LEAVES, *CHILD_LEAVES]
    apart = (case_only(design) | ({of} if of else set())) & set(groups)
    inside, cases = table["n"].to_numpy() > 0, (table["status"] >= 1).to_numpy()
    only, durations = case_only(design), measure == "duration"
    if durations:
        apart = set()  # its denominators are its own cells
    rows = [inside & cases if durations or only & set(b) else inside for b in wanted]
    cells = make_cells(table, groups, wanted, rows, order)
    counted = inside & cases if measure in OF_CASES else inside
    base_by = tuple(tuple(g for g in b if g not in apart) for b in wanted)
    base = make_cells(table, [g for g in groups if g not in apart], base_by, [counted] * len(wanted), order)
    if measure == "share":
        keep = _has_base(cells, base, [g for g in groups if g not in apart])
        cells = Cells(cells.keys[keep].reset_index(drop=True), tuple(_renumber(c, keep) for c in cells.codes))
    return Pass(table, cells, base, base.parent(cells, [g for g in groups if g not in apart]), units, unit)


def case_only(design: Design) -> set[str]:
    """The groups that only cases have."""
    return set(design.spec.case_only) if isinstance(design, Survey) else set()


def _groups(design: Design) -> set[str]:
    return {*design.spec.groups, *design.spec.sectors, "form", "route"} if isinstance(design, Survey) else set()


def _has_base(cells: Cells, base: Cells, groups: list[str]) -> NDArray[np.bool_]:
    """Cells whose denominator exists: a group without a case has nothing to distribute."""
    known = set(base.keys[[*groups, "breakdown"]].itertuples(index=False, name=None))
    return np.array([row in known for row in cells.keys[[*groups, "breakdown"]].itertuples(index=False, name=None)], dtype=bool)


def _renumber(code: NDArray[np.intp], keep: NDArray[np.bool_]) -> NDArray[np.intp]:
    new = np.where(keep, np.cumsum(keep) - 1, -1)
    return np.asarray(np.where(code >= 0, new[code], -1), dtype=np.intp)
