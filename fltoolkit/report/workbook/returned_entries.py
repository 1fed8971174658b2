"""Compares a workbook that partners filled in with the workbook that the kit wrote. It finds the entries that
partners typed, and all other changes.

The hidden sheet `_kit` of the workbook records what the kit wrote. Only a difference from this record is an
entry. So a workbook can be read late, twice, or after another workbook (`merge_into_partners.py`). It can be
in any language: a sheet is found by its defined name, a column by the hidden sheet. The hidden sheet also has
the code of each word in a list of choices.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from math import isclose, isfinite
from pathlib import Path
from typing import Any

from fltoolkit.errors import DataError
from fltoolkit.nap.partner_entries import AMOUNTS, LARGEST, YEARS, Entry, Worked, cell_value, why_unfit
from fltoolkit.report.workbook.cell_record import RecordedCell, read_record
from fltoolkit.report.workbook.moved_rows import moved
from fltoolkit.report.workbook.sheet_writer import KEY, KIT
from fltoolkit.report.workbook.workbook_opening import open_returned
from fltoolkit.spreadsheets import clean_text

LOGICAL = {"=TRUE()": True, "=FALSE()": False}  # LibreOffice writes what was typed as TRUE in this form
MOMENT = timedelta(milliseconds=1)  # the precision of times in a spreadsheet
MOST_ROWS, MOST_CELLS = (
    10_000,
    50_000,
)  # in one of the partners' own sheets, including blank cells between entries
Rows = tuple[tuple[Entry | None, ...], ...]
Place = tuple[int, int]


@dataclass(frozen=True)
class Written:
    """The record in the hidden sheet, about the workbook that the kit wrote.

    Attributes:
        ids: the ids of the plan's indicators.
        cells: each cell as it was written, by the name of its sheet and its place (row, column).
        sheets: the name of each sheet, by its key (which is the same in all languages).
        choices: the code of each word in a list of choices, by `table.column` of partners.yaml.
        charts: how many charts the kit drew.

    A workbook of an earlier version has no charts, and no `sheets` and `choices`: its words are English, and
    are the codes themselves.
    """

    ids: frozenset[str]
    cells: Mapping[str, dict[Place, RecordedCell]]
    sheets: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    charts: int = 0


@dataclass(frozen=True)
class Edit:
    """One entry of a partner in a cell of the workbook, or one whole sheet that partners added, changed or
    deleted.

    Attributes:
        where: the sheet and the cell, for messages.
        table, row, column: the place of the entry in partners.yaml. A whole sheet has `table` = `sheets` and
            its name as `row`.
        before: the entry (or the rows of the sheet) in partners.yaml when the workbook was written; None if
            there was none.
        after: what the partner typed (or the rows of the sheet); None if the cell is now empty or the sheet
            is gone.
    """

    where: str
    table: str
    row: str
    column: str
    before: Entry | None
    after: Entry | None


@dataclass(frozen=True)
class Found:
    """All differences between a workbook that came back and the one that the kit wrote.

    Attributes:
        ids: the ids of the plan's indicators, as the workbook records them.
        edits: the entries that partners typed.
        problems: sentences on changes that partners.yaml cannot keep, each with advice on what to do.
    """

    ids: frozenset[str]
    edits: tuple[Edit, ...]
    problems: tuple[str, ...]


def read_workbook(path: Path) -> Found:
    """Returns the changes that partners made in a workbook: all differences between its cells and the cells
    that the kit wrote."""
    returned = open_returned(path)
    values = returned.values
    sheets = {sheet.title: sheet for sheet in returned.book.worksheets}
    if KIT not in sheets:
        do = "give the nap_workbook.xlsx that partners filled in, with all its sheets"
        raise DataError(
            "this workbook is not one that the kit wrote: its hidden sheet is missing",
            where=str(path),
            found=list(sheets),
            do=do,
        )
    try:
        written = _written(sheets[KIT])
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        do = "type the entries into a fresh copy of the workbook, whose hidden sheet is as the kit wrote it"
        raise DataError("the workbook's hidden sheet was changed", where=f"{path}: {KIT}", do=do) from None
    foreign = returned.foreign_contents(written.charts)
    lost = (
        f"the workbook holds {', '.join(foreign)}: pictures, charts and the like are not kept; say it "
        "in words, in a cell"
    )
    problems = [lost] if foreign else []
    edits: list[Edit] = []
    now = _names_now(written, returned.book)
    for name, cells in written.cells.items():
        kept = all(o.kind == "kept" for o in cells.values())
        ours = {place for place, o in cells.items() if o.kind == "formula"}
        sheet = sheets.get(now.get(name, name))
        there = dict(_cells(sheet, values, problems, ours)) if sheet else None
        if kept:
            edits += _sheet_edit(name, {place: o.value for place, o in cells.items()}, there, problems)
        elif sheet is None or there is None:
            problems.append(f"{name}: the sheet is missing; if it was renamed, give it back its name")
        else:
            edits += _compared(
                sheet.title, cells, there | _percentages(sheet, cells, there), written, problems
            )
    known = {KIT, *(now.get(name, name) for name in written.cells)}
    for name, sheet in sheets.items():
        if name not in known:
            edits += _sheet_edit(name, None, dict(_cells(sheet, values, problems, set())), problems)
    return Found(written.ids, tuple(edits), tuple(problems))


def _written(sheet: Any) -> Written:
    """Returns the record in the hidden sheet. The first row of the sheet has the ids of the indicators, the
    names of the sheets, the codes of the choices and the number of charts. Each further row has one cell as
    the kit wrote it."""
    (ids, words), *rows = [((*row, None))[:2] for row in sheet.iter_rows(max_col=2, values_only=True)]
    found: dict[str, dict[Place, RecordedCell]] = {}
    for about, text in rows:
        name, place, cell = read_record(about, text)
        found.setdefault(name, {})[place] = cell
    properties = json.loads(words) if words else {}
    lists = {name: properties[name] for name in ("sheets", "choices", "charts") if name in properties}
    return Written(frozenset(json.loads(ids)), found, **lists)


def _names_now(written: Written, book: Any) -> dict[str, str]:
    """Returns the present name of each of the kit's sheets, by the name that the kit gave it. If a partner
    renamed a sheet, its defined name in the workbook leads to the new name."""
    found = {}
    for key, name in written.sheets.items():
        defined = book.defined_names.get(f"{KEY}{key}")
        places = list(defined.destinations) if defined is not None else []
        now = places[0][0] if places else name
        found[name] = now if now in book.sheetnames else name
    return found


def _cells(
    sheet: Any, values: Callable[[], Any], problems: list[str], ours: set[Place]
) -> Iterator[tuple[Place, Entry]]:
    """Yields the place and the value of each filled cell of a sheet, as partners.yaml can keep them. For a
    value that cannot be kept, a sentence is added to `problems`.

    Args:
        sheet: the sheet with formulas.
        values: a function that returns the workbook with the results of its formulas.
        problems: sentences for partners.
        ours: the cells whose formulas the kit wrote.
    """
    for place, cell in sorted(sheet._cells.items()):
        where = f"{sheet.title}!{cell.coordinate}"
        if cell.comment:
            problems.append(
                f"{where}: a comment ({shortened(cell.comment.text)}) cannot be kept; move its words "
                "into a cell for notes"
            )
        link = cell.hyperlink.target if cell.hyperlink else None
        if link and str(cell.value).strip("/") not in (link.strip("/"), link.removeprefix("mailto:")):
            problems.append(f"{where}: a link to {link} stands behind other words; write the address as text")
        value = cell.value
        if value is None or value == "":
            continue
        if cell.data_type == "e":
            problems.append(f"{where}: found the error {value}; type the value itself")
        elif cell.data_type == "f":
            formula = (
                value
                if isinstance(value, str)
                else f"={str(getattr(value, 'text', value)).removeprefix('=')}"
            )
            shown = "" if place in ours else as_kept(values()[sheet.title][cell.coordinate].value)
            truth = LOGICAL.get(compact(formula))
            yield (
                place,
                Worked(formula=formula, value="" if shown is None else shown) if truth is None else truth,
            )
        elif isinstance(value, float) and not isfinite(value):
            problems.append(
                f"{where}: the number is larger than any that can be kept; type it again, or as text"
            )
        else:
            yield place, as_kept(value)


def as_kept(value: Any) -> Any:
    """Returns the value of a workbook's cell in the form in which partners.yaml keeps it.

    A whole number with more digits than a spreadsheet keeps becomes a float.
    """
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, int) and abs(value) > LARGEST:
        return float(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date()
    return str(value) if isinstance(value, (time, timedelta)) else value


def _percentages(
    sheet: Any, cells: dict[Place, RecordedCell], there: dict[Place, Entry]
) -> dict[Place, Entry]:
    """Returns the numbers that partners typed as percentages, as texts such as `50%`. Without its sign, 50%
    would be kept and printed as 0.5. Amounts and years stay numbers, because they are added up or compared.

    Args:
        sheet: the sheet that came back.
        cells: its cells as the kit wrote them.
        there: its cells as they are now.
    """
    found: dict[Place, Entry] = {}
    for place, entry in there.items():
        value, original = cell_value(entry), cells.get(place)
        is_entry = (
            original is not None
            and original.table
            and (original.table, original.column) not in AMOUNTS | YEARS
        )
        if is_entry and isinstance(value, (int, float)) and "%" in sheet.cell(*place).number_format:
            text = f"{100 * value:.12g}%"
            found[place] = entry.model_copy(update={"value": text}) if isinstance(entry, Worked) else text
    return found


def _compared(
    name: str,
    cells: dict[Place, RecordedCell],
    there: dict[Place, Entry],
    written: Written,
    problems: list[str],
) -> Iterator[Edit]:
    """Yields the entries that partners typed into the cells of a sheet that are to be filled in. For every
    other difference, a sentence is added to `problems`.

    Args:
        name: the name of the sheet.
        cells: the cells as the kit wrote them.
        there: the cells as they are now; the function removes cells from it.
        written: the content of the hidden sheet.
        problems: sentences for partners.
    """
    locked = {
        place: o.value for place, o in cells.items() if o.kind == "locked" and o.value not in (None, "")
    }
    if rows := moved(locked, there, same):
        problems.append(f"{name}: {rows}, or type the entries into a fresh copy of the workbook")
        return
    for place, original in cells.items():
        now, where = there.pop(place, None), f"{name}!{_address(place)}"
        codes = written.choices.get(f"{original.table}.{original.column}", {})
        if original.kind == "formula":
            if not isinstance(now, Worked) or compact(now.formula) != compact(str(original.value)):
                problems.append(
                    f"{where}: the kit's formula is gone (found: {shortened(now)}); type "
                    f"{original.value} there"
                )
        elif original.kind == "locked":
            if not same(now, original.value):
                problems.append(
                    f"{where}: this cell is not one to fill in (found: {shortened(now)}); put back: "
                    f"{shortened(original.value)}"
                )
        elif isinstance(now, Worked) and now.value == "":
            problems.append(
                f"{where}: the formula {now.formula} has no value yet; open the file in a spreadsheet "
                "program, save it, or type the value"
            )
        elif not same(now, original.value) and (why := why_unfit(original.table, original.column, now)):
            problems.append(f"{where}: {why} (found: {shortened(now)})")
        elif not same(now, original.value):
            after = (
                ""
                if now is None and original.table == "matrix"
                else codes.get(now, now)
                if isinstance(now, str)
                else now
            )
            # In partners.yaml, an entry that a partner had emptied is an empty text, and no entry is None.
            before = original.value if original.code is None else original.code
            before = ("" if before is None else before) if original.held else None
            yield Edit(where, original.table, original.row, original.column, before, after)
    for place, now in there.items():
        problems.append(
            f"{name}!{_address(place)}: this cell is not one to fill in (found: {shortened(now)}); move "
            "it to a yellow cell, or to a sheet of your own"
        )


def _sheet_edit(
    name: str, before: dict[Place, Entry | None] | None, after: dict[Place, Entry] | None, problems: list[str]
) -> Iterator[Edit]:
    """Yields one edit for a sheet that partners added, if the sheet is new, changed or gone.

    `before` are its cells when the workbook was written, and `after` its cells now; None means that there is
    no such sheet. For a sheet that is too large, adds a message to `problems` and yields nothing.
    """
    if after and (much := _excess(after)):
        problems.append(f"{name}: {much}")
        return
    old, new = (_filled_rows(cells) if cells is not None else None for cells in (before, after))
    if not same_rows(old, new):
        yield Edit(f"{name}!A1", "sheets", name, "", old, new)  # type: ignore[arg-type]


def _excess(cells: dict[Place, Entry]) -> str:
    """Returns in words by how much a sheet is larger than partners.yaml allows. Returns an empty text if it
    is not larger."""
    last, widths = max(row for row, _ in cells), _last_columns(cells)
    if last <= MOST_ROWS and sum(widths.values()) <= MOST_CELLS:
        return ""
    return (
        f"its entries reach to row {last:,} and column {max(widths.values()):,}; at most {MOST_ROWS:,} "
        f"rows and {MOST_CELLS:,} cells are kept, "
        "blank ones between them counted; move them together, or keep them in another file"
    )


def _last_columns(cells: dict[Place, Any]) -> dict[int, int]:
    """Returns the number of the last filled column for each row with a filled cell: `{row: column}`, from
    1."""
    widths: dict[int, int] = {}
    for row, column in cells:
        widths[row] = max(column, widths.get(row, 0))
    return widths


def _filled_rows(cells: dict[Place, Any]) -> Rows:
    """Returns the cells of a sheet as rows. Each row ends with its last filled cell, and the last row is the
    last filled one. `cells` is `{(row, column): value}`, from 1."""
    filled = {place: value for place, value in cells.items() if value not in (None, "")}
    widths = _last_columns(filled)
    lines = range(1, max(widths, default=0) + 1)
    return tuple(
        tuple(filled.get((row, column)) for column in range(1, widths.get(row, 0) + 1)) for row in lines
    )


def same(a: Any, b: Any) -> bool:
    """Returns whether the values of two cells, or of two sheets (as rows), are equal. Numbers and times are
    compared only to the precision of a workbook. An empty text and an empty cell are equal."""
    if isinstance(a, tuple) or isinstance(b, tuple):
        return same_rows(a, b)
    a, b = (cell_value(v) if not (isinstance(a, Worked) and isinstance(b, Worked)) else v for v in (a, b))
    numbers = [v for v in (a, b) if isinstance(v, (int, float)) and not isinstance(v, bool)]
    if len(numbers) == 2:
        return isclose(*numbers, rel_tol=1e-12)
    if isinstance(a, datetime) and isinstance(b, datetime):
        return abs(a - b) < MOMENT
    if (a is None or a == "") and (b is None or b == ""):
        return True
    return type(a) is type(b) and bool(a == b)


def same_rows(a: Any, b: Any) -> bool:
    if a is None or b is None:
        return a is b
    flat = [
        {(r, c): v for r, row in enumerate(rows) for c, v in enumerate(row) if v not in (None, "")}
        for rows in (a, b)
    ]
    return flat[0].keys() == flat[1].keys() and all(same(flat[0][k], flat[1][k]) for k in flat[0])


def shortened(value: object) -> str:
    """Returns a cell's value as a text of at most 60 characters, for a message that quotes it. The text is
    `nothing` for an empty cell, and the number of rows for a whole sheet."""
    text = (
        f"{len(value)} rows"
        if isinstance(value, tuple)
        else str(cell_value(value) if isinstance(value, Worked) else value)
    )
    return "nothing" if value is None or value == "" else text if len(text) <= 60 else f"{text[:57]}..."


def _address(place: Place) -> str:
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(place[1])}{place[0]}"


def compact(formula: str) -> str:
    return re.sub(r"[\s$]", "", formula).upper()
