"""Converts the rows of a table to dictionaries, and says what to do to who takes a result for its table."""

from __future__ import annotations

from collections.abc import Hashable
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from fltoolkit.errors import RequestError

if TYPE_CHECKING:
    import pandas as pd


class HoldsTable:
    """A result of the kit, whose numbers are in its attribute `table`.

    In a notebook it stands in a few lines. It shows no number, unless its class names `SHOWN`: the columns of
    a protected table. So a saved notebook has no number that must stay in the office.
    """

    table: pd.DataFrame
    SHOWN: ClassVar[tuple[str, ...]] = ()

    def about_it(self) -> list[str]:
        """Returns what this result is, in lines for a notebook."""
        return [f"{type(self).__name__}: {len(self.table):,} rows"]

    def _lines(self) -> list[str]:
        rest = (
            "all columns: .table"
            if self.SHOWN
            else "not protected, so no number is shown; exact numbers: .table"
        )
        return [*self.about_it(), rest]

    def _shown(self) -> pd.DataFrame:
        return self.table[[name for name in self.SHOWN if name in self.table]]

    def __repr__(self) -> str:
        return "\n".join(
            [
                *self._lines(),
                *([self._shown().to_string(max_rows=10, na_rep="", index=False)] if self.SHOWN else []),
            ]
        )

    def _repr_html_(self) -> str:
        """Returns the same for a notebook. Jupyter calls it."""
        lines = "<br>".join(map(escape, self._lines()))
        return f"<p>{lines}</p>" + (self._shown().to_html(max_rows=60, na_rep="") if self.SHOWN else "")

    def __getitem__(self, name: object) -> NoReturn:
        """Says that the numbers are one step away, in `table`."""
        raise RequestError(
            f"{type(self).__name__} is no table: it holds one",
            where=type(self).__name__,
            found=name if isinstance(name, str) else type(name).__name__,
            allowed=list(self.table.columns),
            do='take the column from its table, such as est.table["estimate"]',
        )


def as_records(table: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """Returns the rows of a table as dictionaries by column, like pandas' `to_dict("records")`, but with None
    in place of `pd.NA`.

    For a published table of 60 columns, the function of pandas takes five times as long. Charts and sheets
    need these rows some hundred times.
    """
    from pandas import NA  # not above: the command line and `fltoolkit check` start without pandas

    names = list(table.columns)
    rows = table.to_numpy(dtype=object).tolist()
    return [dict(zip(names, (None if value is NA else value for value in row), strict=True)) for row in rows]
