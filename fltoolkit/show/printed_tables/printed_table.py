"""Defines a table as it is printed: columns, cells with their markers, and footnotes with letters. The table
does not depend on a survey or on a file format.

A `TableLayout` lists the columns of one of the kit's tables. `printed` applies it to rows and returns a
`PrintedTable`. `show/tables.py` (notebooks) and `report/document_formats` (pages and Word) turn this into
tables that people see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from fltoolkit.languages.language import Language
from fltoolkit.publish.published_set import MARKERS
from fltoolkit.show.wording import number_words

Row = Mapping[Any, Any]
Kind = Literal["label", "value", "number", "words", "notes"]
NBSP = "\u00a0"
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class PrintedCell:
    """One cell of a printed table.

    Attributes:
        text: what is printed, without the marker.
        marker: the letter of the number's marker (`u` for unreliable, `c` for confidential), or the sign † of
            caution; empty for none.
        number: whether the text is a number or an interval, or replaces a number, such as `5–14` for a number
            of cases.
        quiet: whether the cell is a line across the table that explains the rows below it. Such a line is not
            a heading.
        opens_part: whether the cell is a line across the table with further lines below it, such as an
            indicator above its groups.
        has_range: whether the text is a range because of unresolved answers, and not an interval.
        strong: whether the text is the answer that the row gives, printed in bold letters.
        footnotes: the footnotes whose letters are the text.
    """

    text: str = ""
    marker: str = ""
    number: bool = False
    quiet: bool = False
    opens_part: bool = False
    has_range: bool = False
    strong: bool = False
    footnotes: tuple[str, ...] = ()

    @property
    def bracketed(self) -> str:
        """Returns the marker of the cell's number as it is printed: `[u]`, or the sign of caution without
        brackets."""
        return number_words.bracketed(self.marker)

    @property
    def printed(self) -> str:
        """Returns the text of the cell with its marker behind it, on one line: `8.0 [u]`, or `[c]` if no
        number is shown."""
        return NBSP.join(part for part in (self.text, self.bracketed) if part)

    @property
    def is_number(self) -> bool:
        """Returns whether the cell is a number, a marker or empty. Such a cell never breaks into two
        lines."""
        return self.number or not self.text


@dataclass(frozen=True)
class TableColumn:
    """One column of a printed table: its name, the kind of its cells, and the function that makes the cells.

    The values of `kind`:

    - `label`: the name of the row.
    - `value`: the number that stays visible on a narrow screen.
    - `number`: another number.
    - `words`: a text that may take several lines.
    - `notes`: the letters of footnotes.

    Attributes:
        key: its name in code, the same in all languages.
        cell: a function that returns the cell of a row in a language.
        kind: what the column contains.
        head: the key of the column heading under `columns` in the language files. If it is empty, `key` is
            used.
    """

    key: str
    cell: Callable[[Language, Row], PrintedCell]
    kind: Kind = "number"
    head: str = ""


@dataclass(frozen=True)
class TableLayout:
    """The columns of one of the kit's tables, and the functions that make the lines across it and its
    footnotes.

    Attributes:
        columns: in the order in which they are printed.
        headings: returns, for a row, the lines across the table above it, from the most general to the most
            special; an empty text for no line. Rows with the same line share it. A line that explains the
            rows is a quiet cell.
        reasons: returns, for a row, remarks that no marker gives. Each text becomes one footnote with a
            letter.
        flagged: returns, for a row, the reasons for the marker of its number. They stand once below the table,
            behind the marker.
    """

    columns: tuple[TableColumn, ...]
    headings: Callable[[Language, Row], tuple[str | PrintedCell, ...]] | None = None
    reasons: Callable[[Language, Row], tuple[str, ...]] | None = None
    flagged: Callable[[Language, Row], tuple[str, ...]] | None = None

    def only(self, *keys: str) -> TableLayout:
        """Returns a layout with only the columns that have these keys, in the order of `keys`."""
        there = {column.key: column for column in self.columns}
        return replace(self, columns=tuple(there[key] for key in keys))


@dataclass(frozen=True)
class TableWords:
    """The words around a printed table.

    Attributes:
        title, subtitle: the words above the table; no title if the heading before the table already says it.
        notes: the sentences below the table.
        heads: the values that replace placeholders such as `{level}` in the column headings.
        ranges: the key of the note that says what a range means, in the language files.
    """

    title: str
    subtitle: str = ""
    notes: tuple[str, ...] = ()
    heads: Mapping[str, object] = field(default_factory=dict)
    ranges: str = "tables.range"


@dataclass(frozen=True)
class Head:
    """The heading of a column of a printed table: its key (its name in code), its words, and its kind
    (`label`, `value`, `number`, `words`, `notes`). `span` has the words above the headings of neighbouring
    columns, in notebooks."""

    key: str
    text: str
    kind: Kind = "words"
    span: str = ""


@dataclass(frozen=True)
class PrintedTable:
    """A table as people read it, in one language: titles, column headings, cells, notes and footnotes.

    Attributes:
        title: the words above the table.
        subtitle: the words below the title, in notebooks.
        heads: the column headings, one per column.
        rows: the rows; each has one cell per column. A row with a single cell is a line across the table that
            names the rows below it.
        note: sentences below the table, including the meaning of its markers.
        footnotes: the footnotes of the table, in order.
        known: the footnotes of all tables with the same letters a, b, …, in order; empty if the table has its
            own letters.
        meanings: the meaning of each marker and term of the table, for a reader who points at it.
        wide: whether the table needs a landscape page.
    """

    title: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[PrintedCell, ...], ...]
    subtitle: str = ""
    note: str = ""
    footnotes: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    meanings: tuple[tuple[str, str], ...] = ()
    wide: bool = False

    @property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """Returns each row of the table as a list of texts, with the markers of its numbers."""
        return tuple(tuple(cell.printed for cell in row) for row in self.rows)

    @cached_property
    def marked(self) -> tuple[bool, ...]:
        """Returns for each column whether any number in it has a marker behind it, such as [u]. If so, each
        cell of the column leaves space for a marker, so that the numbers are aligned."""
        rows = [row for row in self.rows if len(row) > 1]
        return tuple(
            any(row[place].text and row[place].marker for row in rows) for place in range(len(self.heads))
        )

    @property
    def lettered(self) -> tuple[tuple[str, str], ...]:
        """Returns the footnotes of the table as pairs of letter (a, b, …) and text."""
        return tuple(
            (letter(place), text)
            for place, text in enumerate(self.known or self.footnotes)
            if text in self.footnotes
        )

    def with_letters(self, known: tuple[str, ...]) -> PrintedTable:
        """Returns the table with the letters that some footnotes (`known`) have in all tables of a
        document."""
        return replace(self, rows=_lettered(self.rows, known), known=known)


def printed(language: Language, layout: TableLayout, rows: Iterable[Row], words: TableWords) -> PrintedTable:
    """Returns rows as a printed table in a language, with the columns of a layout.

    Args:
        layout: the columns of the table.
        rows: from a published table or a table of the plan.
        words: the words above and below the table.

    Returns:
        The table. If any row has a reason, a column with the letters of footnotes is added at the right.
    """
    body: list[tuple[PrintedCell, ...]] = []
    footnotes: list[str] = []
    why: dict[str, list[str]] = {}
    across: tuple[str | PrintedCell, ...] = ()
    for row in rows:
        headings = layout.headings(language, row) if layout.headings else ()
        levels = enumerate(headings, 1)
        new = [
            (text, level < len(headings))
            for level, text in levels
            if text and headings[:level] != across[:level]
        ]
        cells = ((text if isinstance(text, PrintedCell) else PrintedCell(text), opens) for text, opens in new)
        body += [(replace(cell, opens_part=opens),) for cell, opens in cells]
        across = headings
        reasons_of_row = layout.reasons(language, row) if layout.reasons else ()
        reasons = [number_words.start(text) for text in dict.fromkeys(reasons_of_row) if text]
        footnotes += [text for text in reasons if text not in footnotes]
        line = tuple(column.cell(language, row) for column in layout.columns)
        if layout.flagged:
            told = layout.flagged(language, row)
            for marker in {cell.marker for cell in line} & {"u", number_words.CARE}:
                why[marker] = [*dict.fromkeys([*why.get(marker, ()), *told])]
        body.append((*line, PrintedCell(footnotes=tuple(reasons))))
    body = list(_hidden_together(language, body))
    has_range = any(cell.has_range for row in body for cell in row)
    keys = (
        "limits_of_low" if has_range and c.key == "baseline_interval" else c.head or c.key
        for c in layout.columns
    )
    named = zip(layout.columns, keys, strict=True)
    heads = tuple(
        Head(c.key, language.say(f"columns.{key}", **words.heads).strip(), c.kind) for c, key in named
    )
    if footnotes:
        heads = (*heads, Head("notes", language.say("columns.notes"), "notes"))
    else:
        body = [row if len(row) == 1 else row[:-1] for row in body]
    used = {cell.marker for row in body for cell in row}
    markers = tuple(
        (number_words.bracketed(m), number_words.meaning(language, m))
        for m in (*MARKERS, number_words.CARE)
        if m in used
    )
    legend = number_words.markers(language, used, why)
    ranges = language.say(words.ranges) if has_range else ""
    note = " ".join(f"{text.rstrip('.')}." for text in (ranges, *words.notes, legend) if text)
    terms = (
        (language.say(f"terms.{key}.name"), language.say(f"terms.{key}.meaning")) for key in ("cv", "deff")
    )
    rows_with_letters = _lettered(body, footnotes)
    return PrintedTable(
        words.title,
        heads,
        rows_with_letters,
        words.subtitle,
        note,
        tuple(footnotes),
        meanings=(*markers, *terms),
    )


def _hidden_together(
    language: Language, rows: Sequence[tuple[PrintedCell, ...]]
) -> Iterator[tuple[PrintedCell, ...]]:
    """Yields the rows of a table, with one row in place of all rows of a block of which every number is
    confidential. It names their categories, and stands where the first of them stood."""
    blocks: list[list[tuple[PrintedCell, ...]]] = [[]]
    for row in rows:
        blocks += [[]] if len(row) == 1 else []
        blocks[-1].append(row)
    for block in blocks:
        hidden = [row for row in block if _is_hidden(row)]
        names = language.list(cell.text for cell, *_ in hidden)
        for row in block:
            if row not in hidden:
                yield row
            elif row is hidden[0]:
                yield (replace(row[0], text=names), *row[1:])


def _is_hidden(row: tuple[PrintedCell, ...]) -> bool:
    """Returns whether a row shows nothing but that its numbers are confidential."""
    _, *cells = row
    return bool(cells) and {cell.printed for cell in cells} - {""} == {"[c]"} and not cells[-1].footnotes


def _lettered(
    rows: Iterable[tuple[PrintedCell, ...]], known: Sequence[str]
) -> tuple[tuple[PrintedCell, ...], ...]:
    """Returns rows of a table in which each cell with footnotes has their letters, in the order of
    `known`."""

    def filled(cell: PrintedCell) -> PrintedCell:
        return replace(
            cell, text=", ".join(letter(place) for place, text in enumerate(known) if text in cell.footnotes)
        )

    return tuple(tuple(filled(cell) if cell.footnotes else cell for cell in row) for row in rows)


def of_texts(
    title: str,
    heads: tuple[str, ...],
    rows: Iterable[tuple[str, ...]],
    numbers: tuple[int, ...] = (),
    note: str = "",
) -> PrintedTable:
    """Returns a printed table of texts for which there is no `TableLayout`. `numbers` are the positions of
    the columns that contain numbers."""
    kinds: list[Kind] = ["number" if place in numbers else "words" for place in range(len(heads))]
    named = tuple(
        Head(str(place), text, kind) for place, (text, kind) in enumerate(zip(heads, kinds, strict=True))
    )
    return PrintedTable(title, named, tuple(tuple(map(PrintedCell, row)) for row in rows), note=note)


def letter(place: int) -> str:
    """Returns the letter of a footnote: a to z, then aa, ab, …"""
    before, within = divmod(place, len(ALPHABET))
    return (letter(before - 1) if before else "") + ALPHABET[within]
