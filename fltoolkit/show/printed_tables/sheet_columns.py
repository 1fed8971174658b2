"""Converts a printed table into columns of a spreadsheet. Numbers become numbers, an interval gets two columns, and markers
(letters such as u for unreliable) get a column of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fltoolkit.languages.language import Language
from fltoolkit.show.printed_tables.printed_table import Head, NumberStyle, PrintedCell, PrintedTable

SheetValue = float | str | None
PLAIN: NumberStyle = "plain"


@dataclass(frozen=True)
class SheetColumn:
    """One column of a spreadsheet that shows a printed table: its heading, and a value and a style for each row.

    Attributes:
        key: its name in code, the same in all languages.
        head: the words of its heading.
        values: one value per row: a number as printed, in the unit of its row; or a text; or None if nothing is shown.
        styles: how the number of each row is shown: `whole`, `one_decimal`, `percent` (of a share) or `plain`.
    """

    key: str
    head: str
    values: tuple[SheetValue, ...]
    styles: tuple[NumberStyle, ...]


def sheet_columns(language: Language, table: PrintedTable) -> tuple[SheetColumn, ...]:
    """Returns a printed table as columns of a spreadsheet.

    Returns:
        A column `heading` with the line across the table above each row, if the table has such lines; then one column for each
            column of the table. An interval gives two columns (`…_low`, `…_high`). If a column has markers, a column `…_marker`
            follows it. Footnotes have only their letters here.
    """
    across, body = _rows(table)
    made = [SheetColumn("heading", language.say("columns.heading"), across, (PLAIN,) * len(body))] if any(across) else []
    for place, head in enumerate(table.heads):
        made += _columns(language, head, [row[place] for row in body])
    return tuple(made)


def _rows(table: PrintedTable) -> tuple[tuple[str, ...], list[tuple[PrintedCell, ...]]]:
    """Returns two things. The first has, for each row, the text of the line across the table above it. The second has the
    rows themselves, without these lines."""
    across, body, heading = [], [], ""
    for row in table.rows:
        if len(row) == 1 < len(table.heads):
            heading = row[0].text
        else:
            across.append(heading)
            body.append(row)
    return tuple(across), body


def _columns(language: Language, head: Head, cells: list[PrintedCell]) -> Iterator[SheetColumn]:
    styles = tuple(cell.style for cell in cells)
    if any(len(cell.numbers) == 2 for cell in cells):
        for side, end in enumerate(("low", "high")):
            limits = tuple(cell.numbers[side] if side < len(cell.numbers) else None for cell in cells)
            yield SheetColumn(f"{head.key}_{end}", language.say(f"columns.{end}", head=head.text), limits, styles)
    else:
        values: tuple[SheetValue, ...] = tuple(cell.numbers[0] if cell.numbers else cell.text or None for cell in cells)
        yield SheetColumn(head.key, head.text, values, styles)
    if any(cell.marker for cell in cells):
        markers = tuple(cell.bracketed or None for cell in cells)
        yield SheetColumn(f"{head.key}_marker", language.say("columns.marker"), markers, (PLAIN,) * len(cells))
