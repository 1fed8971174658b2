"""Converts the rows of a table to dictionaries, and says what to do to who takes a result for its table."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, NoReturn

from fltoolkit.errors import RequestError

if TYPE_CHECKING:
    import pandas as pd


class HoldsTable:
    """A result of the kit, whose numbers are in its attribute `table`."""

    table: pd.DataFrame

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
