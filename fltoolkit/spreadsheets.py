"""Writes all .xlsx files of the kit. Text stays text, each value keeps its type, and the same content always
gives the same bytes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

LONGEST = 32767  # the most characters that a cell can hold
FIRST_YEAR = 1900
DANGER = ("=", "+", "-", "@", "\t", "\r")  # a text that begins with one of these would be read as a formula
NO_TIME = datetime(1980, 1, 1)  # a fixed creation time, so that the same content gives the same bytes
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")  # spreadsheets do not keep these characters
LETTERS = 10  # points, the size of a cell's letters
FONT = {"font_name": "Arial", "font_size": LETTERS, "font_scheme": "none"}
"""The letters of all cells. Arial, or a font with letters of the same width, is on every computer."""
BASE = {
    "valign": "top",
    "text_wrap": True,
    "bottom": 1,
    "border_color": "#D7DDE3",
    "align": "left",
    "indent": 1,
}
"""The look of each cell of a table: lines between rows only. The indent keeps a text away from a number in
the cell before it; LibreOffice takes it only together with an alignment."""
HEAD = {**BASE, "bold": True, "valign": "bottom", "top": 1, "bottom": 2, "border_color": "#1F5A7A"}
"""The look of a column heading: dark letters on a light colour, between two lines, so that little ink is
printed."""
STYLES: Mapping[str, Mapping[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "goal": {"font_size": 11, "italic": True},
    "note": {"font_color": "#55606B", "valign": "top"},
    "head": {**HEAD, "bg_color": "#D6E6F0"},
    "head_beside": {**HEAD, "bg_color": "#EDEFF1"},
    "to_right": {"align": "right"},
    "centred": {"align": "center", "indent": 0},
    "text": BASE,
    "group": {"bg_color": "#E4E8EC"},
    "hidden": {"text_wrap": False},
    "again": {"text_wrap": False},
    "plain": {"num_format": "0"},
    "whole": {"num_format": "#,##0"},
    "one_decimal": {"num_format": "#,##0.0"},
    "signed_whole": {"num_format": "+#,##0"},
    "signed_decimal": {"num_format": "+#,##0.0"},
    "two_decimals": {"num_format": "0.00"},
    "percent": {"num_format": "0.0%"},
    "power": {"num_format": "0%"},
    "money": {"num_format": "#,##0.00"},
    "sum": {"bold": True, "bg_color": "#E4E8EC", "num_format": "#,##0.00"},
    "amount": {},
    "in_place": {"align": "right", "num_format": "@"},
    "year": {"num_format": "0"},
    "marker": {"align": "center", "indent": 0, "bold": True},
    "section": {"bold": True, "font_color": "#1F5A7A"},
    "warn": {"bold": True, "bg_color": "#FDECEA", "font_color": "#8A1C1C"},
    "quiet": {"italic": True, "font_color": "#55606B"},
    "link": {"font_color": "#0B5394", "underline": 1},
    "open": {"bg_color": "#FFF3B0", "border": 1},
    "words": {"num_format": "@"},
    "given": {"align": "center", "indent": 0},
    "day": {"num_format": "yyyy-mm-dd"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm:ss"},
    "bare": {"bottom": 0, "indent": 0, "text_wrap": False},
}
MONEY = {
    "money",
    "sum",
}  # an amount of zero is a dash: a sheet of costs that nobody has filled in is not full of zeros
APART, MINUS = (
    "_0",
    '"−"',
)  # a space behind a number, as wide as a digit, and the minus sign in place of a hyphen
MARGIN, TOP, BOTTOM = 0.3, 0.4, 0.5  # inches
SMALLEST_PRINT = 8  # points
DIGIT, PADDING = 7, 5  # pixels: a digit of the standard font, and what a column has beside its characters
LONGEST_FOOTER = 120  # characters; a spreadsheet takes 255 for the whole footer
ABOVE = {"title", "goal", "note"}  # styles of the lines above a table, which have no borders
NUMBERS = {
    "plain",
    "whole",
    "one_decimal",
    "signed_whole",
    "signed_decimal",
    "two_decimals",
    "percent",
    "power",
    "money",
    "sum",
    "amount",
}


@dataclass(frozen=True)
class Paper:
    """The paper on which a sheet is printed: the number by which a spreadsheet knows it, its width and its
    height, in inches."""

    number: int
    width: float
    height: float


A4, A4_UPRIGHT, A3 = Paper(9, 11.69, 8.27), Paper(9, 8.27, 11.69), Paper(8, 16.54, 11.69)


@dataclass(frozen=True)
class NumberWriting:
    """The way in which a language writes numbers in a spreadsheet.

    Attributes:
        locale: the code of the language in a number format, such as `[$-40C]` for French.
        percent: the characters between a number and its per cent sign.
    """

    locale: str = ""
    percent: str = ""

    def in_language(self, number_format: str) -> str:
        """Returns a number format of a spreadsheet as this language writes it. In French, `0.0%` becomes
        `[$-40C]0.0" "%`."""
        gap = f'"{self.percent}"%' if self.percent else "%"
        return self.locale + number_format.replace("%", gap)


class Spreadsheet:
    """An .xlsx file while it is being written. The caller adds sheets and cells. Then `content` returns the
    bytes of the file. `book` is the workbook of XlsxWriter.

    `numbers` says how numbers are written. Excel takes the marks between digits from the reader's computer;
    LibreOffice takes them from the language that the format names.
    """

    def __init__(self, title: str, comments: str, numbers: NumberWriting | None = None) -> None:
        import xlsxwriter

        self._made, self.numbers = BytesIO(), numbers or NumberWriting()
        plain = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
        options = {**plain, "in_memory": True, "default_format_properties": dict(FONT)}  # no file beside it
        self.book = xlsxwriter.Workbook(self._made, options)
        self.book.set_properties({"title": clean_text(title), "comments": comments, "created": NO_TIME})
        self._formats: dict[tuple[str, ...], Any] = {}

    def style(self, *names: str) -> Any:
        """Returns one cell format made of several named styles (of STYLES). If two styles differ, the later
        one is used. A cell that partners fill in (style `open`) is not locked.
        """
        if names not in self._formats:
            look: dict[str, Any] = {} if {*names} & ABOVE else dict(BASE)
            for name in names:
                look |= STYLES.get(name, {})
            if {*names} & NUMBERS:
                # A long number would wrap as text does, and lose digits. `_0` adds a space, so that the
                # number does not touch the edge of its cell; LibreOffice ignores an indent if the cell on the
                # left is empty.
                plain = str(look.get("num_format", "General")) + APART
                bare = plain.removeprefix("+")  # of numbers below zero, and of zero
                zero = f'"–"{APART}' if {*names} & MONEY else bare
                sections = (
                    [plain] if plain.startswith("General") else dict.fromkeys((plain, MINUS + bare, zero))
                )
                shown = ";".join(map(self.numbers.in_language, sections))
                look |= {"align": "right", "indent": 0, "text_wrap": False, "num_format": shown}
            look |= {"locked": False} if "open" in names else {}
            # The cell then stays text if somebody edits it.
            look |= {"quote_prefix": True} if "guarded" in names else {}
            self._formats[names] = self.book.add_format(look)
        return self._formats[names]

    def put(self, sheet: Any, at: tuple[int, int], value: object, *styles: str) -> object:
        """Write one value into a cell of a sheet, with its own type (text, number, date). Returns the value
        as it was written, or None for an empty cell.
        """
        if isinstance(value, date) and value.year < FIRST_YEAR:  # a spreadsheet's calendar begins in 1900
            value = value.isoformat()
        if isinstance(value, str) and value != "":
            value = clean_text(value)
            guard = ("guarded",) if value.startswith(DANGER) else ()
            sheet.write_string(*at, value, self.style(*styles, *guard))
        elif isinstance(value, bool):
            sheet.write_boolean(*at, value, self.style(*styles))
        elif isinstance(value, (datetime, date)):
            sheet.write_datetime(
                *at, value, self.style(*styles, "moment" if isinstance(value, datetime) else "day")
            )
        elif value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
            sheet.write_blank(*at, None, self.style(*styles))
            return None
        else:
            sheet.write_number(*at, value, self.style(*styles))
        return value

    def content(self) -> bytes:
        """Close the spreadsheet file. Returns its bytes."""
        self.book.close()
        return self._made.getvalue()


def print_as_read(sheet: Any, head: int, paper: Paper = A4, about: str = "", pages: int = 0) -> None:
    """Set up a sheet for print: all columns on one page of the paper, the rows on at most `pages` pages (0:
    on as many as they need). The row `head` (counted from 0) is
    repeated on every page. The footer has the name of the sheet, the text `about` and the number of the
    page."""
    sheet.set_landscape() if paper.width > paper.height else sheet.set_portrait()
    sheet.set_paper(paper.number)
    sheet.fit_to_pages(1, pages)
    sheet.repeat_rows(head)
    sheet.set_margins(left=MARGIN, right=MARGIN, top=TOP, bottom=BOTTOM)
    sheet.set_footer(f"&L&8&A&C&8{clean_text(about)[:LONGEST_FOOTER].replace('&', '&&')}&R&8&P / &N")


def column_reference(sheet: str, rows: tuple[int, int], column: int) -> str:
    """Returns the reference by which a formula finds the cells of one column: `='Sheet 1'!$B$3:$B$9`. `rows`
    are the first and the last row, and `column` is the column. All are counted from 0."""
    from xlsxwriter.utility import xl_range_abs

    return f"='{sheet}'!{xl_range_abs(rows[0], column, rows[1], column)}"


def column_letters(column: int) -> str:
    """Returns the letters of a column, counted from 0: `A` for the first."""
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


def width_in_pixels(characters: float) -> int:
    """Returns the width of a column in pixels, at 96 per inch. `characters` is its width in characters, as a
    spreadsheet counts it."""
    return round(characters * DIGIT) + PADDING


def fits_in_print(widths: Iterable[float], paper: Paper = A4) -> int:
    """Returns the width that some columns leave free on a printed page, in pixels. The page is printed with
    the smallest letters allowed (`SMALLEST_PRINT` points). A negative result means that the columns are too
    wide even then. `widths` are the widths of the columns, in characters."""
    page = (paper.width - 2 * MARGIN) * 96 * LETTERS / SMALLEST_PRINT
    return int(page) - sum(map(width_in_pixels, widths))


def clean_text(text: str) -> str:
    """Returns a text in a form that every spreadsheet can store: without control characters, and cut to the
    size of a cell."""
    text = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= LONGEST else text[: LONGEST - 2] + " …"
