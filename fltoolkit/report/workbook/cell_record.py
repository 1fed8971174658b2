"""Records what the kit wrote into each cell of a workbook, for its hidden sheet. From this record `fltoolkit
nap read` later finds what partners have changed.

A record is two texts: one that describes the cell, and one with its value. So the workbook can be read fast.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fltoolkit.nap.partner_entries import Partners
from fltoolkit.spreadsheets import clean_text

CELL_KINDS = ("input", "locked", "formula", "kept")


@dataclass(frozen=True)
class RecordedCell:
    """A cell of the workbook as the kit wrote it. If the cell now differs from it, a partner has changed the
    cell.

    Attributes:
        kind: `input` (to fill in), `locked`, `formula` (a formula of the kit), or `kept` (a cell of a sheet
            that partners added).
        value: what the cell showed.
        table, row, column: the place in partners.yaml where an entry of this cell is kept; empty if partners
            cannot fill it in.
        held: whether partners.yaml had an entry there when the workbook was written.
        code: the entry in partners.yaml, if the cell shows a translated word for it; otherwise None.
    """

    kind: str
    value: Any
    table: str = ""
    row: str = ""
    column: str = ""
    held: bool = False
    code: Any = None


def record(sheet: str, place: tuple[int, int], cell: RecordedCell) -> tuple[str, str]:
    """Returns the two texts of a cell for the hidden sheet. `place` is its row and its column, from 0."""
    type_, text = typed(cell.value)
    about = [
        sheet,
        *place,
        cell.kind,
        cell.table,
        cell.row,
        cell.column,
        cell.held,
        type_,
        *([cell.code] if cell.code is not None else []),
    ]
    return json.dumps(about, ensure_ascii=False), text


def read_record(about: str, text: object) -> tuple[str, tuple[int, int], RecordedCell]:
    """Returns the name of the sheet, the place (row, column, from 1) and the cell of a record.

    Raises:
        ValueError: the kit did not write this record.
    """
    sheet, line, place, kind, table, row, column, held, type_, *code = json.loads(about)
    if kind not in CELL_KINDS or (table and table not in Partners.model_fields):
        raise ValueError("not a line that the kit wrote")
    value = _from_text(type_, clean_text(str(text)) if text is not None else "")
    return sheet, (line + 1, place + 1), RecordedCell(kind, value, table, row, column, held, *code)


def typed(value: object) -> tuple[str, str]:
    """Returns the type of a cell's value (such as number, text or date) and the value as text, for the hidden
    record."""
    if value is None or value == "":
        return "", ""
    if isinstance(value, bool):
        return "bool", str(value)
    if isinstance(value, (int, float)):
        return "number", f"{value:.16G}"
    if isinstance(value, (datetime, date)):
        return "date", value.isoformat()
    return "text", str(value)


def _from_text(type_: str, text: str) -> Any:
    if type_ == "number":
        return float(text)
    if type_ == "bool":
        return text == "True"
    if type_ == "date":
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    return text or None
