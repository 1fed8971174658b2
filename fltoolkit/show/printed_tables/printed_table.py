"""A table as it is printed: columns, cells with their markers, and lettered footnotes. It knows no survey and no file format.

A `TableLayout` lists the columns of one of the kit's tables. `printed` applies it to rows and gives a `PrintedTable`. Three places turn
that into what people see: `show/tables.py` (notebooks), `report/document_formats` (pages and Word) and `sheet_columns` (workbook).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from fltoolkit.languages.language import Language
from fltoolkit.publish.published_set import CONFIDENTIAL, MARKERS
from fltoolkit.show.wording import number_words

Row = Mapping[Any, Any]
Kind = Literal["label", "value", "number", "words", "notes"]
NumberStyle = Literal["whole", "one_decimal", "percent", "plain"]
NBSP = "\u00a0"
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class PrintedCell:
    """One cell.

    Attributes:
        text: what is printed, without the marker.
        marker: the letter of the marker that belongs to this number (`u`, `c`); empty for none.
        numbers: the number as printed, in the unit of its row; of an interval both limits. Empty where nothing is shown.
        style: how a spreadsheet shows these numbers.
        like_number: the text stands in place of a number, as a class of cases (`5–14`) does.
    """

    text: str = ""
    marker: str = ""
    numbers: tuple[float, ...] = ()
    style: NumberStyle = "plain"
    like_number: bool = False

    @property
    def bracketed(self) -> str:
        """The marker as it is printed: `[u]`."""
        return f"[{self.marker}]" if self.marker else ""

    @property
    def printed(self) -> str:
        """Text and marker on one line: `8.0 [u]`, or `[c]` where no number is shown."""
        return NBSP.join(part for part in (self.text, self.bracketed) if part)

    @property
    def is_number(self) -> bool:
        """Whether the cell is a number, a marker or empty. Such a cell never breaks into two lines."""
        return bool(self.numbers) or self.like_number or not self.text


@dataclass(frozen=True)
class TableColumn:
    """One column of a table.

    Attributes:
        key: its name in code. It is the same in all languages.
        cell: makes the cell of a row in a language.
        kind: `label` names the row, `value` is the number that stays in view on a narrow screen, `number` another number,
            `words` a text that may take several lines, `notes` the letters of footnotes.
        head: the key under `columns` in the language's files. Left out, it is `key`.
    """

    key: str
    cell: Callable[[Language, Row], PrintedCell]
    kind: Kind = "number"
    head: str = ""


@dataclass(frozen=True)
class TableLayout:
    """The list of columns of one of the kit's tables.

    Attributes:
        columns: in the order in which they are printed.
        headings: the lines across the table above rows that share them, the widest first; an empty text for none.
        reasons: why a row's number is hidden or doubtful. Each text becomes one footnote with a letter.
        wide: the table needs a page on its side.
    """

    columns: tuple[TableColumn, ...]
    headings: Callable[[Language, Row], tuple[str, ...]] | None = None
    reasons: Callable[[Language, Row], tuple[str, ...]] | None = None
    wide: bool = False

    def only(self, *keys: str) -> TableLayout:
        """The same table with these columns alone, in this order."""
        there = {column.key: column for column in self.columns}
        return replace(self, columns=tuple(there[key] for key in keys))


@dataclass(frozen=True)
class TableWords:
    """The words around a table: title, subtitle, sentences below it, and what placeholders of heads (`{level}`) stand for."""

    title: str
    subtitle: str = ""
    notes: tuple[str, ...] = ()
    heads: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Head:
    """The head of a column: its key, its words, its kind."""

    key: str
    text: str
    kind: Kind = "words"


@dataclass(frozen=True)
class PrintedTable:
    """A table in one language.

    Attributes:
        title: above it. subtitle: below the title, in notebooks.
        heads: one a column.
        rows: cells, one a column. A row of a single cell is a line across the table that names what follows.
        note: sentences below the table, the meaning of its markers among them.
        footnotes: what the letters a, b, … say, in order.
        meanings: what each marker and term of the table means, for a reader who points at it.
        wide: the table needs a page on its side.
    """

    title: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[PrintedCell, ...], ...]
    subtitle: str = ""
    note: str = ""
    footnotes: tuple[str, ...] = ()
    meanings: tuple[tuple[str, str], ...] = ()
    wide: bool = False

    @property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """Each row as it is printed."""
        return tuple(tuple(cell.printed for cell in row) for row in self.rows)

    def has_markers(self, place: int) -> bool:
        """Whether a marker stands behind a number in a column; there each cell leaves room for one, so that the numbers end at one place."""
        return any(len(row) > 1 and bool(row[place].text and row[place].marker) for row in self.rows)

    @property
    def lettered(self) -> tuple[tuple[str, str], ...]:
        """Each footnote with its letter."""
        return tuple((letter(place), text) for place, text in enumerate(self.footnotes))


def printed(language: Language, layout: TableLayout, rows: Iterable[Row], words: TableWords) -> PrintedTable:
    """A table of these rows in a language.

    Args:
        layout: its columns. rows: from a published table or a table of the plan. words: what stands around it.

    Returns:
        the table. A column of letters is added at the right where a row has a reason.
    """
    body: list[tuple[PrintedCell, ...]] = []
    footnotes: list[str] = []
    across: tuple[str, ...] = ()
    for row in rows:
        headings = layout.headings(language, row) if layout.headings else ()
        new = [text for level, text in enumerate(headings, 1) if text and headings[:level] != across[:level]]
        body += [(PrintedCell(text),) for text in new]
        across = headings
        told = layout.reasons(language, row) if layout.reasons else ()
        reasons = [number_words.start(text) for text in dict.fromkeys(told) if text]
        footnotes += [text for text in reasons if text not in footnotes]
        letters = PrintedCell(", ".join(letter(footnotes.index(text)) for text in reasons))
        body.append((*(column.cell(language, row) for column in layout.columns), letters))
    heads = tuple(Head(c.key, language.say(f"columns.{c.head or c.key}", **words.heads).strip(), c.kind) for c in layout.columns)
    if footnotes:
        heads = (*heads, Head("notes", language.say("columns.notes"), "notes"))
    else:
        body = [row if len(row) == 1 else row[:-1] for row in body]
    used = {cell.marker for row in body for cell in row}
    markers = tuple((f"[{m}]", _meaning(language, m)) for m in MARKERS if m in used)
    legend = language.list(f"{marker} {meaning}" for marker, meaning in markers)
    note = " ".join(f"{text.rstrip('.')}." for text in (*words.notes, legend) if text)
    meanings = (*markers, *_terms(language))
    return PrintedTable(words.title, heads, tuple(body), words.subtitle, note, tuple(footnotes), meanings, layout.wide)


def of_texts(
    title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]], numbers: tuple[int, ...] = (), note: str = ""
) -> PrintedTable:
    """A table of texts that has no list of columns; `numbers` are the places of the columns that hold numbers."""
    kinds: list[Kind] = ["number" if place in numbers else "words" for place in range(len(heads))]
    named = tuple(Head(str(place), text, kind) for place, (text, kind) in enumerate(zip(heads, kinds, strict=True)))
    return PrintedTable(title, named, tuple(tuple(map(PrintedCell, row)) for row in rows), note=note)


def letter(place: int) -> str:
    """The letter of a footnote: a to z, then aa, ab, …"""
    before, within = divmod(place, len(ALPHABET))
    return (letter(before - 1) if before else "") + ALPHABET[within]


def _meaning(language: Language, marker: str) -> str:
    """What a marker means; of `c` why the number is hidden, which is one reason for all."""
    return language.kit(CONFIDENTIAL) if marker == "c" else language.say(f"markers.{marker}")


def _terms(language: Language) -> tuple[tuple[str, str], ...]:
    """Terms that a reader may point at, with their meaning."""
    keys = ("cv", "deff")
    return tuple((language.say(f"terms.{key}.name"), language.say(f"terms.{key}.meaning")) for key in keys)
