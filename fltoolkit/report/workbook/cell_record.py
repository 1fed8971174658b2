"""Records what the kit wrote into each cell of a workbook, for its hidden sheet. From this record `fltoolkit nap read` later finds
what partners have changed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True)
class PartnersCell:
    """The place in partners.yaml for what a partner types into a cell: table, row and column. `held` says whether
    partners.yaml has an entry there now. If table, row and column are empty texts, partners cannot fill in the cell."""

    table: str = ""
    row: str = ""
    column: str = ""
    held: bool = False


NOT_TO_FILL = PartnersCell()


@dataclass
class CellRecord:
    """The content of the workbook's hidden sheet: for each cell of all sheets, a text that describes the cell, and the value that
    was written into it. When partners send the workbook back, the kit uses this record to find what they changed.

    There is only one text for each cell, so that the workbook can be read fast.
    """

    rows: list[tuple[str, str]] = field(default_factory=list)

    def add(
        self,
        sheet: str,
        cell: tuple[int, int],
        kind: str,
        value: object,
        kept: PartnersCell = NOT_TO_FILL,
        *,
        code: object = None,
    ) -> None:
        """Adds a cell to the record. If the cell shows the word for a code, `code` is this code, which partners.yaml keeps."""
        type_, text = typed(value)
        about = [sheet, *cell, kind, kept.table, kept.row, kept.column, kept.held, type_, *([code] if code is not None else [])]
        self.rows.append((json.dumps(about, ensure_ascii=False), text))


def typed(value: object) -> tuple[str, str]:
    """Returns the type of a cell's value (such as number, text or date) and the value as text, for the hidden record."""
    if value is None or value == "":
        return "", ""
    if isinstance(value, bool):
        return "bool", str(value)
    if isinstance(value, (int, float)):
        return "number", f"{value:.16G}"
    if isinstance(value, (datetime, date)):
        return "date", value.isoformat()
    return "text", str(value)
