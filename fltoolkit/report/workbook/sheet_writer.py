"""Writes a workbook from descriptions of its sheets: the cells, which of them partners can fill in, and a record of what was
written. From this record `fltoolkit nap read` later finds what partners have changed.

It depends on no survey and no plan: a `Page` has a title, columns, cells and notes. Only a `Formula` becomes a formula.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from textwrap import wrap
from typing import Any

from fltoolkit.files import write_whole
from fltoolkit.languages.language import Language
from fltoolkit.report.workbook.cell_record import RecordedCell, record
from fltoolkit.report.workbook.row_heights import height_of, lines_in
from fltoolkit.report.workbook.sheet_charts import ROW, ROWS, NativeChart, insert_chart
from fltoolkit.spreadsheets import (
    A3,
    A4,
    A4_UPRIGHT,
    NUMBERS,
    NumberWriting,
    Paper,
    Spreadsheet,
    break_pages,
    clean_text,
    fits_in_print,
    print_as_read,
    width_in_pixels,
)

KIT = "_kit"
KEY = "fl_"  # the start of a sheet's defined name; the sheet's key follows
NARROWEST = 70  # characters of a line of notes, at least
NOTES_IN_WIDTH = 0.17  # characters of a note in a pixel
IN_WIDTH = 1.2  # characters of a cell in one unit of its column's width
ONE_LINE = ("unseen", "across", "hidden")  # styles whose texts are never wrapped
BOLD = ("section", "warn")
TITLE_LINE, TOP_LINE, GAP = 19, 14.5, 6  # points of the title, of each other line above the table, and of the gap below them
POINTS_IN_PIXEL = 0.75
WIDEST = 130  # characters: the most in a column that is not printed


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its heading, its width in characters, the style of its cells, and an explanation of its content (for
    the data dictionary).

    If partners can fill in the column, `key` is its name in partners.yaml. `choices` are the codes that they can choose there,
    each with its word. A column of the style `hidden` is not visible; a chart can be drawn from it.
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
        """Returns what a cell of this column shows for a value: the word if the value is one of the `choices`, else the value."""
        return self.choices.get(value, value) if isinstance(value, str) else value


@dataclass(frozen=True)
class Formula:
    """A formula that the kit writes into a cell.

    In `text`, `{r}` is the row of the cell, and `{first}` and `{last}` are the first and last row of the table. `value` is the
    result of the formula when the workbook is written.
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
        purpose, fills, tool: texts of the first sheet about this sheet: its purpose, who fills it in, and the tool of the
            ILO toolkit.
        results: sentences that are the first thing to read on the sheet.
        table: the part of partners.yaml in which the entries of this sheet are kept.
        frozen: how many columns at the left stay visible when the sheet is scrolled.
        large: whether the sheet is printed on A3 paper.
        once: the columns in which a text is not shown again if the row above has the same text.
        printed_columns: how many columns, from the left, are printed; None means all.
    """

    key: str
    name: str
    purpose: str
    columns: tuple[Column, ...]
    lines: Sequence[SheetRow]
    tool: str = ""
    fills: str = ""
    results: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    table: str = ""
    above: SheetRow | None = None
    frozen: int = 1
    large: bool = False
    once: tuple[int, ...] = ()
    printed_lines: int | None = None
    printed_columns: int | None = None
    chart: NativeChart | None = None

    @property
    def printed(self) -> tuple[Column, ...]:
        return self.columns[: self.printed_columns]

    def holds_numbers(self, column: int) -> bool:
        """Returns whether a column (its position, from 0) is for numbers. Its heading is right-aligned, like its numbers."""
        cells = [line.cells[column] for line in self.lines]
        styles = {self.columns[column].style, *(cell.style for cell in cells if isinstance(cell, Styled))}
        return bool(styles & NUMBERS) or any(isinstance(cell, (int, float)) for cell in cells)

    @property
    def starts(self) -> tuple[list[int], list[int]]:
        """Returns the rows that begin a group, counted from 0: the rows with a text of their own in the first column, such as headings;
        then those with one in any of the columns `once`. A row directly below a heading begins no group."""
        looks = [[getattr(line.cells[place], "style", "") for place in (0, *self.once)] for line in self.lines]
        below = ["", *(first for first, *_ in looks)]
        apart = [(n, styles) for n, styles in enumerate(looks) if below[n] != "across"]
        return [n for n, (first, *_) in apart if first != "unseen"], [n for n, styles in apart if {*styles} != {"unseen"}]

    @property
    def paper(self) -> Paper:
        """Returns the paper on which the sheet is printed: A3 if `large` is true, A4 upright if the columns fit, otherwise A4
        landscape."""
        return A3 if self.large else A4_UPRIGHT if fits_in_print(self._printed_widths, A4_UPRIGHT) >= 0 else A4

    @property
    def _printed_widths(self) -> list[float]:
        return [c.width for c in self.printed if not c.hidden]

    @property
    def room(self) -> int:
        """Returns the width of the free space beside the table on the printed page, in pixels."""
        return fits_in_print(self._printed_widths, self.paper)

    @property
    def wide(self) -> int:
        """Returns the width of the printed part of the table, in pixels."""
        return sum(map(width_in_pixels, self._printed_widths))

    @property
    def top(self) -> list[tuple[str, str]]:
        """Returns the lines of text between the plan's title and the table, each with its style. No line is wider than the
        printed part of the sheet."""
        texts = [*((text, "result") for text in self.results), *((text, "note") for text in (self.purpose, *self.notes))]
        longest = max(NARROWEST, int(self.wide * NOTES_IN_WIDTH))
        return [(line, style) for text, style in texts for line in wrap(clean_text(text), longest)]

    @property
    def head(self) -> int:
        """Returns the number of the row with the column headings, counted from 0."""
        return 2 + len(self.top) + (self.above is not None)


@dataclass(frozen=True)
class Book:
    """A workbook before it is written: its sheets in order, and the sheets that partners added.

    Attributes:
        kept: the rows of the sheets that partners added, by name of the sheet.
        ids: the ids of the plan's indicators.
    """

    title: str
    pages: Sequence[Page]
    language: Language
    kept: Mapping[str, Sequence[Sequence[object]]] = field(default_factory=dict)
    ids: Sequence[str] = ()


def write_book(path: Path, book: Book) -> None:
    """Writes a workbook to a file: its pages, the sheets that partners added, and the hidden sheet that records every cell."""
    say = book.language.say
    numbers = NumberWriting(say("format.spreadsheet"), say("format.percent", value="").removesuffix("%"))
    file = Spreadsheet(book.title, say("workbook.made"), numbers)
    writer = _Writer(file, book)
    for page in book.pages:
        writer.page(page)
    for name, rows in book.kept.items():
        writer.kept(name, rows)
    writer.record_sheet()
    write_whole(path, file.content())


def _lines_of(cell: object, about: Column) -> int:
    """Returns how many lines a cell takes in its column. An empty cell takes one."""
    style = cell.style if isinstance(cell, Styled) else about.style
    value = about.shown(getattr(cell, "value", cell))
    return lines_in(value, about.width, bold=style in BOLD) if isinstance(value, str) and style not in ONE_LINE else 1


def shown_once(lines: Iterable[SheetRow], *places: int) -> list[SheetRow]:
    """Returns rows in which a text is not shown again if the row above has the same text. The cell still contains the text,
    so that the sheet can be sorted and filtered. `places` are the columns to which this applies, from the most general to
    the most special."""
    made: list[SheetRow] = []
    above: list[object] = []
    for line in lines:
        own = [line.cells[place] for place in places]
        again = {place for n, place in enumerate(places, 1) if own[:n] == above[:n]}
        made.append(replace(line, cells=[Styled(cell, "unseen") if n in again else cell for n, cell in enumerate(line.cells)]))
        above = own
    return made


class _Writer:
    """Writes the sheets of one workbook, and records every cell that it writes (see `RecordedCell`)."""

    def __init__(self, file: Spreadsheet, book: Book) -> None:
        self.file, self.made = file, book
        self.records: list[tuple[str, str]] = []

    def record(self, sheet: str, place: tuple[int, int], *cell: Any) -> None:
        """Records a cell. `cell` are the attributes of its `RecordedCell`."""
        self.records.append(record(sheet, place, RecordedCell(*cell)))

    def page(self, page: Page) -> None:
        page = replace(page, lines=shown_once(page.lines, *page.once)) if page.once else page
        sheet = self.file.book.add_worksheet(page.name)
        self.file.book.define_name(f"{KEY}{page.key}", f"='{page.name}'!$A$1")
        top = [(page.name, "title"), (self.made.title, "goal"), *page.top]
        for i, (text, style) in enumerate(top):
            sheet.set_row(i, TITLE_LINE if i == 0 else TOP_LINE if i < len(top) - 1 else TOP_LINE + GAP)
            sheet.write_string(i, 0, clean_text(text), self.file.style(style))
            self.record(page.name, (i, 0), "locked", clean_text(text))
        head = page.head
        first, last = head + 1, head + max(len(page.lines), 1)
        if page.above:
            self.line(sheet, page, head - 1, page.above, (first, last))
        for column, about in enumerate(page.columns):
            sheet.set_column(column, column, self.width(page, column), None, {"hidden": about.hidden})
            side = ["to_right"] if page.holds_numbers(column) else ["centred"] if about.style == "marker" else []
            written = self.file.put(sheet, (head, column), about.head, "head_beside" if about.beside else "head", *side)
            self.record(page.name, (head, column), "locked", written)
            self.choices(sheet, column, about, (first, last))
        heights = [height_of(lines_in(about.head, about.width, bold=True) for about in page.printed)]
        for i, line in enumerate(page.lines):
            heights.append(self.line(sheet, page, first + i, line, (first, last)))
        for i, height in enumerate(heights):
            sheet.set_row(head + i, height)
        if page.chart:
            insert_chart(self.file, sheet, page.chart, rows=(first, last), width=page.wide)
        self.dress(sheet, page, last, heights)

    def width(self, page: Page, column: int) -> float:
        """Returns the width of a column. A column that is not printed is so wide that each of its texts fits on one line."""
        about = page.columns[column]
        if column < len(page.printed):
            return about.width
        texts = [about.head, *(str(getattr(cell, "value", cell)) for cell in (line.cells[column] for line in page.lines))]
        return min(WIDEST, max(about.width, *(len(text) / IN_WIDTH + 1 for text in texts)))

    def line(self, sheet: Any, page: Page, row: int, line: SheetRow, span: tuple[int, int]) -> float:
        """Writes a row. The texts of a row of one line are in its middle, away from the lines above and below. Returns its height."""
        lines = max(_lines_of(cell, about) for cell, about in zip(line.cells, page.printed, strict=False))
        look = ("middle",) if lines == 1 else ()
        for column, (about, value) in enumerate(zip(page.columns, line.cells, strict=True)):
            at = (row, column)
            if isinstance(value, Formula):
                text = value.text.format(r=row + 1, first=span[0] + 1, last=span[1] + 1)
                sheet.write_formula(*at, text, self.file.style(value.style, *look), value.value)
                self.record(page.name, at, "formula", text)
            elif isinstance(value, SheetLink):
                sheet.write_url(*at, f"internal:'{value.sheet}'!A1", self.file.style("link", *look), value.text)
                self.record(page.name, at, "locked", value.text)
            elif about.key and about.key in line.inputs:
                written = self.file.put(sheet, at, about.shown(value), about.style, "open", *look)
                kept = (page.table, line.id, about.key, about.key in line.held)
                self.record(page.name, at, "input", written, *kept, None if about.shown(value) == value else value)
            else:
                cell = value if isinstance(value, Styled) else Styled(value, about.style)
                written = self.file.put(sheet, at, cell.value, cell.style, *look)
                if written is not None:
                    self.record(page.name, at, "locked", written)
        return height_of([lines])

    def choices(self, sheet: Any, column: int, about: Column, span: tuple[int, int]) -> None:
        """Adds a list of choices, or a check for numbers. The spreadsheet warns if something else is typed."""
        say = self.made.language.say
        rule: dict[str, Any] = {}
        if about.choices:
            words = list(about.choices.values())
            rule = {"validate": "list", "source": words, "error_type": "warning"}
            rule |= {"error_title": say("workbook.messages.choice_title")}
            rule |= {"error_message": say("workbook.messages.choice", choices=", ".join(words))}
        elif about.key and about.style in ("money", "amount"):
            rule = {"validate": "decimal", "criteria": ">=", "value": 0, "error_type": "stop"}
            rule |= {"error_title": say("workbook.messages.number_title"), "error_message": say("workbook.messages.number")}
        if rule:
            sheet.data_validation(span[0], column, span[1], column, rule)

    def dress(self, sheet: Any, page: Page, last: int, heights: Sequence[float]) -> None:
        head, below = page.head, last
        if page.lines:
            sheet.autofilter(head, 0, last, len(page.columns) - 1)
        if page.printed_lines is not None:
            below = min(last, head + page.printed_lines)
        heights = [TITLE_LINE + TOP_LINE * (head - 1) + GAP, *heights[: below - head + 1]]
        if page.chart:
            below, heights = last + ROWS + 2, [*heights, ROWS * ROW * POINTS_IN_PIXEL]
        sheet.freeze_panes(head + 1, page.frozen)
        sheet.print_area(0, 0, below, len(page.printed) - 1)
        print_as_read(sheet, head, page.paper, self.made.title)
        break_pages(sheet, head, heights, page.starts, (page.room, page.paper))
        sheet.hide_gridlines(2)
        sheet.set_tab_color("#E0B400" if page.table else "#1F5A7A")
        sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})

    def kept(self, name: str, rows: Sequence[Sequence[object]]) -> None:
        """Writes a sheet that partners added to an earlier copy of the workbook, so that the new copy keeps it. `rows` has its
        cells, row by row. Partners can edit all its cells."""
        sheet = self.file.book.add_worksheet(name)
        sheet.set_column(0, max([len(row) for row in rows], default=1), 24)
        for i, row in enumerate(rows):
            for column, value in enumerate(row):
                written = self.file.put(sheet, (i, column), value, "bare")
                if written is not None:
                    self.record(name, (i, column), "kept", written, "sheets", name)
        if not rows:
            self.record(name, (0, 0), "kept", "", "sheets", name)

    def record_sheet(self) -> None:
        """Writes the hidden sheet, from which the kit later finds what partners changed.

        Its first row has the ids of the plan's indicators, and the workbook's language, sheet names, lists of choices (the code
        of each word) and number of charts. Each further row is one cell as the kit wrote it.
        """
        pages = self.made.pages
        words = {
            f"{p.table}.{c.key}": {word: code for code, word in c.choices.items()} for p in pages for c in p.columns if c.key and c.choices
        }  # fmt: skip
        about = {
            "language": self.made.language.code, "sheets": {p.key: p.name for p in pages}, "choices": words,
            "charts": sum(p.chart is not None for p in pages),
        }  # fmt: skip
        sheet = self.file.book.add_worksheet(KIT)
        first = (json.dumps(list(self.made.ids)), json.dumps(about, ensure_ascii=False))
        for i, row in enumerate((first, *self.records)):
            for column, text in enumerate(row):
                if text:
                    sheet.write_string(i, column, text)
        sheet.very_hidden()
