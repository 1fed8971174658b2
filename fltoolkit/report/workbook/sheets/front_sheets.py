"""Makes the first and last sheets of the workbook: the list of sheets with links, the data dictionary, and
entries of partners whose row is no longer in the plan."""

from __future__ import annotations

from collections.abc import Sequence

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.partner_entries import entries_without_row
from fltoolkit.report.workbook.sheet_description import Page, SheetLink, SheetRow
from fltoolkit.report.workbook.sheet_words import column, page


def read_me(pages: Sequence[Page], language: Language, notes: Sequence[str]) -> Page:
    """Returns the sheet that explains the workbook, with a link to each sheet. `notes` are printed above the
    list."""
    columns = [
        column(language, name, width)
        for name, width in (("sheet", 26), ("purpose", 84), ("tool", 11), ("fills", 50))
    ]
    nothing = language.say("workbook.fills_nothing")
    lines = [SheetRow((SheetLink(p.name, p.name), p.purpose, p.tool, p.fills or nothing)) for p in pages]
    return page(language, "read_me", columns, lines, notes)


def dictionary(pages: Sequence[Page], language: Language) -> Page:
    """Returns the sheet that explains each column of the workbook. A column that is in several sheets is
    explained once. Columns that are printed on no sheet come last, and are not printed here either. A sheet
    that has a column without printing it says so."""
    columns = [
        column(language, name, width) for name, width in (("column", 28), ("holds", 52), ("sheet", 46))
    ]
    every = [(p, c, c in p.printed and not c.hidden) for p in pages for c in p.columns]
    printed = {(c.head, c.help) for _, c, is_printed in every if is_printed}
    sheets: dict[tuple[str, str], list[str]] = {}
    for p, c, is_printed in sorted(every, key=lambda each: not each[2]):
        beside = not is_printed and (c.head, c.help) in printed
        name = language.say("workbook.unprinted", sheet=p.name) if beside else p.name
        sheets.setdefault((c.head, c.help), []).append(name)
    lines = [SheetRow((head, holds, language.list(found))) for (head, holds), found in sheets.items()]
    return page(language, "dictionary", columns, lines, printed_lines=len(printed))


def unplaced(evidence: Evidence, language: Language) -> Page | None:
    """Returns a sheet with the partners' entries (in partners.yaml) whose row is no longer in the plan or the
    checklists. Returns None if every entry still has its row."""
    columns = [
        column(language, name, width)
        for name, width in (("part", 22), ("row", 40), ("column", 22), ("filled_in", 70))
    ]
    lines = [SheetRow(row) for row in entries_without_row(evidence.partners, evidence.plan)]
    return page(language, "not_placed", columns, lines) if lines else None
