"""Sheets as people print, read and fill them: formats, protection, and the record by which `fltoolkit nap read` tells what changed.

It knows no survey and no plan: a `Page` says what stands where. Only a `Formula` is a formula; every other text is written as text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from fltoolkit.files import write_whole
from fltoolkit.report.workbook.cell_styles import DANGER, NO_TIME, STYLES

KIT = "_kit"
LONGEST = 32767  # characters that a cell holds
FIRST_YEAR = 1900
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")  # no spreadsheet keeps them
OURS: dict[str, dict[str, Any]] = {
    "year": {"num_format": "0"},
    "money": {"num_format": "#,##0.00"},
    "power": {"num_format": "0%"},
    "section": {"bold": True, "font_color": "#1F5A7A"},
    "warn": {"bold": True, "bg_color": "#FDECEA", "font_color": "#8A1C1C"},
    "quiet": {"italic": True, "font_color": "#55606B"},
    "sum": {"bold": True, "bg_color": "#E4E8EC", "num_format": "#,##0.00"},
    "in_place": {"align": "right", "num_format": "@_-_-"},
    "open": {"bg_color": "#FFF3B0"},
    "words": {"num_format": "@"},
    "amount": {},
    "given": {"align": "center"},
    "day": {"num_format": "yyyy-mm-dd"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm:ss"},
    "bare": {"border": 0, "text_wrap": False},
}
NUMBERS = {"plain", "whole", "one_decimal", "two_decimals", "percent", "power", "money", "sum", "year", "amount"}


@dataclass(frozen=True)
class Column:
    """A column: its head, width, style, what it holds (for the data dictionary); `key` names it in partners.yaml where it is filled in."""

    head: str
    width: float
    style: str = "text"
    help: str = ""
    key: str = ""
    choices: tuple[str, ...] = ()
    beside: bool = False


@dataclass(frozen=True)
class Formula:
    """One of our own; `{r}` is its row, `{first}` and `{last}` the table's, and `value` what it gives now."""

    text: str
    value: float | str
    style: str = "sum"


@dataclass(frozen=True)
class Styled:
    value: object
    style: str


@dataclass(frozen=True)
class SheetRow:
    """A row: its cells in order, its id, which keys are to be filled, and which of these partners.yaml has filled."""

    cells: Sequence[object]
    id: str = ""
    inputs: tuple[str, ...] = ()
    held: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Page:
    """A sheet. `purpose`, `fills` and `tool` are told on the first sheet; `table` names the part of partners.yaml it fills."""

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
    paper: int = 9
    printed_lines: int | None = None
    printed_columns: int | None = None


@dataclass(frozen=True)
class PartnersCell:
    """Where partners.yaml keeps what a cell is filled with (or that the cell is none to fill), and whether it holds something yet."""

    table: str = ""
    row: str = ""
    column: str = ""
    held: bool = False


NOT_TO_FILL = PartnersCell()


@dataclass
class CellRecord:
    """The rows of the hidden sheet: each cell as it was written, what it is in one text (a workbook is slow to read), and its value."""

    rows: list[tuple[str, str]] = field(default_factory=list)

    def add(self, sheet: str, cell: tuple[int, int], kind: str, value: object, kept: PartnersCell = NOT_TO_FILL) -> None:
        type_, text = typed(value)
        self.rows.append((json.dumps([sheet, *cell, kind, *astuple(kept), type_], ensure_ascii=False), text))


def typed(value: object) -> tuple[str, str]:
    """The type and the text of a cell's value."""
    if value is None or value == "":
        return "", ""
    if isinstance(value, bool):
        return "bool", str(value)
    if isinstance(value, (int, float)):
        return "number", f"{value:.16G}"
    if isinstance(value, (datetime, date)):
        return "date", value.isoformat()
    return "text", str(value)


def write_book(
    path: Path, title: str, pages: Sequence[Page], kept: Mapping[str, Sequence[Sequence[object]]], about: Sequence[str]
) -> None:
    """Write the pages, the partners' own sheets after them, and the record that is hidden; the same content is the same bytes."""
    import xlsxwriter

    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties(
        {"title": clean(title), "comments": "Made with fltoolkit from published numbers only.", "created": NO_TIME}
    )
    writer = _Writer(book)
    for page in pages:
        writer.page(page, title)
    for name, rows in kept.items():
        writer.kept(name, rows)
    writer.record_sheet(about)
    book.close()
    write_whole(path, made.getvalue())


def clean(text: str) -> str:
    """A text that every spreadsheet hands back as it was given: no control characters, and no longer than a cell."""
    text = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= LONGEST else text[: LONGEST - 2] + " …"


class _Writer:
    """Writes into one workbook, and records every cell."""

    def __init__(self, book: Any) -> None:
        self.book, self.record, self.formats = book, CellRecord(), dict[tuple[str, ...], Any]()

    def style(self, *names: str) -> Any:
        """The styles laid one over the other; a cell to fill is not locked."""
        if names not in self.formats:
            look: dict[str, Any] = dict(STYLES["text"])
            for name in names:
                look |= STYLES.get(name) or OURS.get(name) or {}
            if {*names} & NUMBERS:  # so that it does not touch the words of the next cell; LibreOffice loses indents in print
                look |= {"align": "right", "text_wrap": False, "num_format": look.get("num_format", "General") + "_-_-"}
            look |= {"locked": False} if "open" in names else {}
            look |= {"quote_prefix": True} if "guarded" in names else {}  # so that it stays text when somebody edits it
            self.formats[names] = self.book.add_format(look)
        return self.formats[names]

    def put(self, sheet: Any, at: tuple[int, int], value: object, *styles: str) -> object:
        """Write one value as what it is; gives it as it was written."""
        if isinstance(value, date) and value.year < FIRST_YEAR:  # which a spreadsheet's calendar does not have
            value = value.isoformat()
        if isinstance(value, str) and value != "":
            value = clean(value)
            guard = ("guarded",) if value.startswith(DANGER) else ()
            sheet.write_string(*at, value, self.style(*styles, *guard))
        elif isinstance(value, bool):
            sheet.write_boolean(*at, value, self.style(*styles))
        elif isinstance(value, (datetime, date)):
            sheet.write_datetime(*at, value, self.style(*styles, "moment" if isinstance(value, datetime) else "day"))
        elif value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
            sheet.write_blank(*at, None, self.style(*styles))
            return None
        else:
            sheet.write_number(*at, value, self.style(*styles))
        return value

    def page(self, page: Page, title: str) -> None:
        sheet = self.book.add_worksheet(page.name)
        top = [(page.name, "title"), (title, "goal"), (page.purpose, "note"), *((note, "note") for note in page.notes)]
        for i, (text, style) in enumerate(top):
            sheet.write_string(i, 0, clean(text), self.style_of_top(style))
            self.record.add(page.name, (i, 0), "locked", clean(text))
        head = len(top) + (page.above is not None)
        first, last = head + 1, head + max(len(page.lines), 1)
        if page.above:
            self.line(sheet, page, head - 1, page.above, (first, last))
        for column, about in enumerate(page.columns):
            sheet.set_column(column, column, about.width)
            self.record.add(
                page.name, (head, column), "locked", self.put(sheet, (head, column), about.head, self.head_style(about))
            )
            self.choices(sheet, page, column, about, (first, last))
        for i, line in enumerate(page.lines):
            self.line(sheet, page, first + i, line, (first, last))
        self.dress(sheet, page, head, last)

    def style_of_top(self, name: str) -> Any:
        if (name,) not in self.formats:
            self.formats[(name,)] = self.book.add_format(STYLES[name])
        return self.formats[(name,)]

    def head_style(self, about: Column) -> str:
        return "head_beside" if about.beside else "head"

    def line(self, sheet: Any, page: Page, row: int, line: SheetRow, span: tuple[int, int]) -> None:
        for column, (about, value) in enumerate(zip(page.columns, line.cells, strict=True)):
            at = (row, column)
            if isinstance(value, Formula):
                text = value.text.format(r=row + 1, first=span[0] + 1, last=span[1] + 1)
                sheet.write_formula(*at, text, self.style(value.style), value.value)
                self.record.add(page.name, at, "formula", text)
            elif about.key and about.key in line.inputs:
                written = self.put(sheet, at, value, about.style, "open")
                kept = PartnersCell(page.table, line.id, about.key, about.key in line.held)
                self.record.add(page.name, at, "input", written, kept)
            else:
                style = value.style if isinstance(value, Styled) else about.style
                written = self.put(sheet, at, value.value if isinstance(value, Styled) else value, style)
                if written is not None:
                    self.record.add(page.name, at, "locked", written)

    def choices(self, sheet: Any, page: Page, column: int, about: Column, span: tuple[int, int]) -> None:
        """A list to choose from, or a number: the spreadsheet says so where something else is typed."""
        what: dict[str, Any]
        if about.choices:
            what = {
                "validate": "list",
                "source": list(about.choices),
                "error_message": f"Choose one of: {', '.join(about.choices)}.",
            }
            sheet.data_validation(
                span[0], column, span[1], column, {**what, "error_title": "Not in the list", "error_type": "warning"}
            )
        elif about.key and about.style in ("money", "amount"):
            what = {"validate": "decimal", "criteria": ">=", "value": 0, "error_title": "A number, please"}
            said = {"error_message": "This column is added up: type a number that is not below zero.", "error_type": "stop"}
            sheet.data_validation(span[0], column, span[1], column, {**what, **said})

    def dress(self, sheet: Any, page: Page, head: int, last: int) -> None:
        wide = len(page.columns) - 1
        sheet.freeze_panes(head + 1, page.frozen)
        if page.lines:
            sheet.autofilter(head, 0, last, wide)
        sheet.set_landscape()
        sheet.set_paper(page.paper)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)
        below = last if page.printed_lines is None else min(last, head + page.printed_lines)
        sheet.print_area(0, 0, below, (page.printed_columns or len(page.columns)) - 1)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer("&L&8&A&R&8&P / &N")
        sheet.set_row(head, 44)
        sheet.hide_gridlines(2)
        sheet.set_tab_color("#E0B400" if page.table else "#1F5A7A")
        sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})

    def kept(self, name: str, rows: Sequence[Sequence[object]]) -> None:
        """A sheet of the partners' own: their rows, open to them."""
        sheet = self.book.add_worksheet(name)
        sheet.set_column(0, max([len(row) for row in rows], default=1), 24)
        for i, row in enumerate(rows):
            for column, value in enumerate(row):
                written = self.put(sheet, (i, column), value, "bare")
                if written is not None:
                    self.record.add(name, (i, column), "kept", written, PartnersCell("sheets", name))
        if not rows:
            self.record.add(name, (0, 0), "kept", "", PartnersCell("sheets", name))

    def record_sheet(self, about: Sequence[str]) -> None:
        sheet = self.book.add_worksheet(KIT)
        for i, row in enumerate(((json.dumps(list(about)), ""), *self.record.rows)):
            for column, text in enumerate(row):
                if text:
                    sheet.write_string(i, column, text)
        sheet.very_hidden()
