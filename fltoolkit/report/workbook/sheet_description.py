"""Describes the sheets of a workbook before they are written: the columns, the rows and the texts of a sheet,
and the paper on which it is printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import wrap

from fltoolkit.report.workbook.sheet_charts import NativeChart
from fltoolkit.spreadsheets import A4, A4_UPRIGHT, NUMBERS, Paper, clean_text, fits_in_print, width_in_pixels

NARROWEST = 70  # characters of a line of notes, at least
NOTES_IN_WIDTH = 0.17  # characters of a note in a pixel


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its heading, its width in characters, the style of its cells, and an explanation
    of its content, which the spreadsheet program shows beside a heading that somebody selects.

    If partners can fill in the column, `key` is its name in partners.yaml. `choices` are the codes that they
    can choose there, each with its word. A column of the style `hidden` is not visible; a chart can be drawn
    from it.
    """

    head: str
    width: float
    style: str = "text"
    help: str = ""
    key: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    beside: bool = False

    @property
    def hidden(self) -> bool:
        return self.style == "hidden"

    def shown(self, value: object) -> object:
        """Returns what a cell of this column shows for a value: the word if the value is one of the
        `choices`, else the value."""
        return self.choices.get(value, value) if isinstance(value, str) else value


@dataclass(frozen=True)
class Formula:
    """A formula that the kit writes into a cell.

    In `text`, `{r}` is the row of the cell, and `{first}` and `{last}` are the first and last row of the
    table. `value` is the result of the formula when the workbook is written.
    """

    text: str
    value: float | str
    style: str = "sum"


@dataclass(frozen=True)
class Styled:
    """A value of a cell, with a style that replaces the style of the column."""

    value: object
    style: str


@dataclass(frozen=True)
class SheetLink:
    """A text of a cell, with a link to another sheet of the workbook."""

    text: str
    sheet: str


@dataclass(frozen=True)
class SheetRow:
    """A row of a sheet.

    Attributes:
        cells: the values of its cells, in order.
        id: the id of the row in partners.yaml.
        inputs: the keys of the columns that partners can fill in.
        held: the keys of the columns for which partners.yaml has an entry.
    """

    cells: Sequence[object]
    id: str = ""
    inputs: tuple[str, ...] = ()
    held: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Page:
    """One sheet of a workbook before it is written: its title, columns, rows and notes.

    Attributes:
        key: the name of the sheet in code, the same in all languages. `name` is its name in one language.
        purpose, fills, tool: texts of the first sheet about this sheet: its purpose, who fills it in, and the
            tool of the ILO toolkit.
        table: the part of partners.yaml in which the entries of this sheet are kept.
        frozen: how many columns at the left stay visible when the sheet is scrolled.
        once: the columns in which a text is not shown again if the row above has the same text, from the most
            general to the most special.
        printed_columns: how many columns, from the left, are printed; None means all.
        one_page: whether the sheet is printed on one page, with smaller letters if it needs them.
    """

    key: str
    name: str
    purpose: str
    columns: tuple[Column, ...]
    lines: Sequence[SheetRow]
    tool: str = ""
    fills: str = ""
    notes: tuple[str, ...] = ()
    table: str = ""
    above: SheetRow | None = None
    frozen: int = 1
    once: tuple[int, ...] = ()
    printed_lines: int | None = None
    printed_columns: int | None = None
    one_page: bool = False
    chart: NativeChart | None = None

    @property
    def printed(self) -> tuple[Column, ...]:
        return self.columns[: self.printed_columns]

    def holds_numbers(self, column: int) -> bool:
        """Returns whether a column (its position, from 0) is for numbers. Its heading is right-aligned, like
        its numbers."""
        cells = [line.cells[column] for line in self.lines]
        styles = {self.columns[column].style, *(cell.style for cell in cells if isinstance(cell, Styled))}
        return bool(styles & NUMBERS) or any(isinstance(cell, (int, float)) for cell in cells)

    @property
    def repeats(self) -> list[set[int]]:
        """Returns for each row the columns of `once` whose text the row above has too. A cell that partners
        fill in never counts as such."""
        made: list[set[int]] = []
        above: list[object] = []
        for line in self.lines:
            own = [
                None if self.columns[place].key in line.inputs else line.cells[place] for place in self.once
            ]
            same = [None not in own[:n] and own[:n] == above[:n] for n in range(1, len(own) + 1)]
            made.append({place for place, is_same in zip(self.once, same, strict=True) if is_same})
            above = own
        return made

    @property
    def paper(self) -> Paper:
        """Returns the paper on which the sheet is printed: A4 upright if the columns fit, otherwise A4
        landscape."""
        return A4_UPRIGHT if fits_in_print(self._printed_widths, A4_UPRIGHT) >= 0 else A4

    @property
    def _printed_widths(self) -> list[float]:
        return [c.width for c in self.printed if not c.hidden]

    @property
    def wide(self) -> int:
        """Returns the width of the printed part of the table, in pixels."""
        return sum(map(width_in_pixels, self._printed_widths))

    @property
    def top(self) -> list[str]:
        """Returns the lines of text between the plan's title and the table. No line is wider than the printed
        part of the sheet."""
        longest = max(NARROWEST, int(self.wide * NOTES_IN_WIDTH))
        return [line for text in (self.purpose, *self.notes) for line in wrap(clean_text(text), longest)]

    @property
    def head(self) -> int:
        """Returns the number of the row with the column headings, counted from 0."""
        return 2 + len(self.top) + (self.above is not None)
