"""Makes the first and last sheets of the workbook: the list of sheets with links, and entries of partners
whose row is no longer in the plan."""

from __future__ import annotations

from collections.abc import Sequence

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.partner_entries import entries_without_row
from fltoolkit.report.workbook.sheet_description import Page, SheetLink, SheetRow
from fltoolkit.report.workbook.sheet_words import columns_of, page


def read_me(pages: Sequence[Page], language: Language, notes: Sequence[str]) -> Page:
    """Returns the sheet that explains the workbook, with a link to each sheet. `notes` are printed above the
    list."""
    looks = (("sheet", 24, "text"), ("purpose", 76, "text"), ("tool", 13, "text"), ("fills", 46, "text"))
    nothing = language.say("workbook.fills_nothing")
    lines = [SheetRow((SheetLink(p.name, p.name), p.purpose, p.tool, p.fills or nothing)) for p in pages]
    return page(language, "read_me", columns_of(language, looks), lines, notes)


def unplaced(evidence: Evidence, language: Language) -> Page | None:
    """Returns a sheet with the partners' entries (in partners.yaml) whose row is no longer in the plan or the
    checklists. Returns None if every entry still has its row."""
    looks = (("part", 22, "text"), ("row", 40, "text"), ("column", 22, "text"), ("filled_in", 70, "text"))
    lines = [SheetRow(row) for row in entries_without_row(evidence.partners, evidence.plan)]
    return page(language, "not_placed", columns_of(language, looks), lines) if lines else None
