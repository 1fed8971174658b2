"""Writes a workbook from descriptions of its sheets: the cells, which of them partners can fill in, and a
record of what was written. From this record `fltoolkit nap read` later finds what partners have changed.

It depends on no survey and no plan: a `Page` has a title, columns, cells and notes. Only a `Formula` becomes
a formula.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fltoolkit.files import write_whole
from fltoolkit.languages.language import Language
from fltoolkit.report.workbook.cell_record import RecordedCell, record
from fltoolkit.report.workbook.sheet_charts import insert_chart
from fltoolkit.report.workbook.sheet_description import Column, Formula, Page, SheetLink, SheetRow, Styled
from fltoolkit.spreadsheets import NumberWriting, Spreadsheet, clean_text, column_letters, print_as_read

KIT = "_kit"
KEY = "fl_"  # the start of a sheet's defined name; the sheet's key follows


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
    """Writes a workbook to a file: its pages, the sheets that partners added, and the hidden sheet that
    records every cell."""
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


class _Writer:
    """Writes the sheets of one workbook, and records every cell that it writes (see `RecordedCell`)."""

    def __init__(self, file: Spreadsheet, book: Book) -> None:
        self.file, self.made = file, book
        self.records: list[tuple[str, str]] = []

    def record(self, sheet: str, place: tuple[int, int], *cell: Any) -> None:
        """Records a cell. `cell` are the attributes of its `RecordedCell`."""
        self.records.append(record(sheet, place, RecordedCell(*cell)))

    def page(self, page: Page) -> None:
        sheet = self.file.book.add_worksheet(page.name)
        self.file.book.define_name(f"{KEY}{page.key}", f"='{page.name}'!$A$1")
        texts = [(page.name, "title"), (self.made.title, "goal"), *((text, "note") for text in page.top)]
        for i, (text, style) in enumerate(texts):
            sheet.write_string(i, 0, clean_text(text), self.file.style(style))
            self.record(page.name, (i, 0), "locked", clean_text(text))
        head = page.head
        first, last = head + 1, head + max(len(page.lines), 1)
        if page.above:
            self.line(sheet, page, head - 1, page.above, (first, last))
        for column, about in enumerate(page.columns):
            sheet.set_column(column, column, about.width, None, {"hidden": about.hidden})
            side = (
                ["to_right"] if page.holds_numbers(column) else ["centred"] if about.style == "marker" else []
            )
            written = self.file.put(
                sheet, (head, column), about.head, "head_beside" if about.beside else "head", *side
            )
            self.record(page.name, (head, column), "locked", written)
            if about.help:
                message = {"validate": "any", "input_message": about.help}
                sheet.data_validation(head, column, head, column, message)
            self.choices(sheet, column, about, (first, last))
        repeats = page.repeats
        for i, line in enumerate(page.lines):
            self.line(sheet, page, first + i, line, (first, last), repeats=repeats[i])
        self.hide_repeats(sheet, page, first, repeats)
        if page.chart:
            insert_chart(self.file, sheet, page.chart, rows=(first, last), beside=len(page.columns) + 1)
        self.dress(sheet, page, last)

    def line(
        self,
        sheet: Any,
        page: Page,
        row: int,
        line: SheetRow,
        span: tuple[int, int],
        *,
        repeats: Collection[int] = (),
    ) -> None:
        """Writes a row. A cell of `repeats` (columns) takes one line, so that the row is no higher for a text
        that is not shown."""
        for column, (about, value) in enumerate(zip(page.columns, line.cells, strict=True)):
            at = (row, column)
            if isinstance(value, Formula):
                text = value.text.format(r=row + 1, first=span[0] + 1, last=span[1] + 1)
                sheet.write_formula(*at, text, self.file.style(value.style), value.value)
                self.record(page.name, at, "formula", text)
            elif isinstance(value, SheetLink):
                sheet.write_url(*at, f"internal:'{value.sheet}'!A1", self.file.style("link"), value.text)
                self.record(page.name, at, "locked", value.text)
            elif about.key and about.key in line.inputs:
                written = self.file.put(sheet, at, about.shown(value), about.style, "open")
                kept = (page.table, line.id, about.key, about.key in line.held)
                self.record(
                    page.name, at, "input", written, *kept, None if about.shown(value) == value else value
                )
            else:
                cell = value if isinstance(value, Styled) else Styled(value, about.style)
                look = ("again",) if column in repeats else ()
                written = self.file.put(sheet, at, cell.value, cell.style, *look)
                if written is not None:
                    self.record(page.name, at, "locked", written)

    def hide_repeats(self, sheet: Any, page: Page, first: int, repeats: Sequence[Collection[int]]) -> None:
        """Hides each text that the row above shows. Rules of the spreadsheet do this, so that the texts are
        shown again where somebody sorts the rows. `first` is the first row of the table."""
        last = max((n for n, found in enumerate(repeats) if found), default=0)
        hidden = self.file.book.add_format({"num_format": ";;;"})
        letters = [column_letters(column) for column in page.once]
        for n, column in enumerate(page.once, 1):
            same = ",".join(f"${letter}{first + 2}=${letter}{first + 1}" for letter in letters[:n])
            rule = {"type": "formula", "criteria": f"=AND({same})", "format": hidden}
            if last:
                sheet.conditional_format(first + 1, column, first + last, column, rule)

    def choices(self, sheet: Any, column: int, about: Column, span: tuple[int, int]) -> None:
        """Adds a list of choices, or a check for numbers. The spreadsheet warns if something else is
        typed."""
        say = self.made.language.say
        rule: dict[str, Any] = {}
        if about.choices:
            words = list(about.choices.values())
            rule = {"validate": "list", "source": words, "error_type": "warning"}
            rule |= {"error_title": say("workbook.messages.choice_title")}
            rule |= {"error_message": say("workbook.messages.choice", choices=", ".join(words))}
        elif about.key and about.style in ("money", "amount"):
            rule = {"validate": "decimal", "criteria": ">=", "value": 0, "error_type": "stop"}
            rule |= {
                "error_title": say("workbook.messages.number_title"),
                "error_message": say("workbook.messages.number"),
            }
        if rule:
            sheet.data_validation(span[0], column, span[1], column, rule)

    def dress(self, sheet: Any, page: Page, last: int) -> None:
        head, below = page.head, last
        if page.lines:
            sheet.autofilter(head, 0, last, len(page.columns) - 1)
        if page.printed_lines is not None:
            below = min(last, head + page.printed_lines)
        sheet.freeze_panes(head + 1, page.frozen)
        sheet.print_area(0, 0, below, len(page.printed) - 1)
        print_as_read(sheet, head, page.paper, self.made.title, pages=int(page.one_page))
        sheet.hide_gridlines(2)
        sheet.set_tab_color("#E0B400" if page.table else "#1F5A7A")
        sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})

    def kept(self, name: str, rows: Sequence[Sequence[object]]) -> None:
        """Writes a sheet that partners added to an earlier copy of the workbook, so that the new copy keeps
        it. `rows` has its cells, row by row. Partners can edit all its cells."""
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

        Its first row has the ids of the plan's indicators, and the workbook's language, sheet names, lists of
        choices (the code of each word) and number of charts. Each further row is one cell as the kit wrote
        it.
        """
        pages = self.made.pages
        words = {
            f"{p.table}.{c.key}": {word: code for code, word in c.choices.items()}
            for p in pages
            for c in p.columns
            if c.key and c.choices
        }
        about = {
            "language": self.made.language.code,
            "sheets": {p.key: p.name for p in pages},
            "choices": words,
            "charts": sum(p.chart is not None for p in pages),
        }
        sheet = self.file.book.add_worksheet(KIT)
        first = (json.dumps(list(self.made.ids)), json.dumps(about, ensure_ascii=False))
        for i, row in enumerate((first, *self.records)):
            for column, text in enumerate(row):
                if text:
                    sheet.write_string(i, column, text)
        sheet.very_hidden()
