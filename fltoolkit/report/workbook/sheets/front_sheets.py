"""The first and last sheets of the workbook: the list of sheets with links, the data dictionary, and entries whose row no
longer exists."""

from __future__ import annotations

from collections.abc import Sequence

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.partner_entries import not_placed
from fltoolkit.report.workbook.sheet_words import column, legend, page, word
from fltoolkit.report.workbook.sheet_writer import Page, SheetLink, SheetRow


def read_me(pages: Sequence[Page], language: Language, notes: Sequence[str] = ()) -> Page:
    """Returns the sheet that explains the workbook, with a link to each sheet. `notes` are printed with the meaning of the
    markers.
    """
    columns = (
        column(language, "sheet", 26),
        column(language, "purpose", 84),
        column(language, "tool", 11),
        column(language, "fills", 50),
    )
    nothing = language.say("workbook.fills_nothing")
    lines = [SheetRow((SheetLink(p.name, p.name), p.purpose, p.tool, p.fills or nothing)) for p in pages]
    return page(language, "read_me", columns, lines, (*legend(language), *notes))


def dictionary(pages: Sequence[Page], language: Language) -> Page:
    """Returns the sheet that explains each column of each sheet."""
    columns = (
        column(language, "sheet", 26), column(language, "column", 34), column(language, "holds", 80), column(language, "filled_by", 14),
        column(language, "name_in_partners", 26),
    )  # fmt: skip
    lines = [
        SheetRow((
            SheetLink(p.name, p.name) if first else p.name, c.head, c.help, word(language, "filled", "partners" if c.key else "kit"),
            f"{p.table}: {c.key}" if c.key else "",
        ))
        for p in pages
        for first, c in ((n == 0, c) for n, c in enumerate(p.columns))
    ]  # fmt: skip
    return page(language, "dictionary", columns, lines, legend(language))


def unplaced(evidence: Evidence, language: Language) -> Page | None:
    """Returns a sheet of entries whose row is no longer in the plan or the checklists; None if every entry has its place."""
    columns = (
        column(language, "part", 22),
        column(language, "row", 40),
        column(language, "column", 22),
        column(language, "filled_in", 70),
    )
    lines = [SheetRow(row) for row in not_placed(evidence.partners, evidence.plan)]
    return page(language, "not_placed", columns, lines) if lines else None
