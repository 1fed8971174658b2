"""Makes the plan's workbook from its sheets, in order. The kit does not overwrite a workbook with entries
that are not in partners.yaml yet."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fltoolkit.errors import RequestError
from fltoolkit.languages.language import Language, read_language
from fltoolkit.languages.own_text import own_texts_in
from fltoolkit.nap.checklists import PARTNERS
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.partner_entries import cell_value, entries_without_row
from fltoolkit.report.document_sections import results_section
from fltoolkit.report.workbook.merge_into_partners import NAME, refuse_unread
from fltoolkit.report.workbook.sheet_description import Page
from fltoolkit.report.workbook.sheet_words import star_note
from fltoolkit.report.workbook.sheet_writer import KIT, Book, write_book
from fltoolkit.report.workbook.sheets import (
    baseline_sheet,
    cost_sheets,
    front_sheets,
    matrix_sheets,
    partner_sheets,
    reference_sheet,
    target_sheets,
)
from fltoolkit.show.wording.section_words import Words


def pages(evidence: Evidence, language: Language) -> list[Page]:
    """Returns the sheets of the plan's workbook in one language, in order. Sheets that would be empty are
    left out. Texts of the survey and the plan that have no translation are marked with a star."""
    language = language.about(evidence.own_words).with_stars()
    found = [
        matrix_sheets.matrix(evidence, language),
        partner_sheets.checklists_page(evidence, language),
        partner_sheets.knowledge_page(evidence, language),
        cost_sheets.implementation(evidence, language),
        cost_sheets.costs(evidence, language),
        baseline_sheet.baseline(evidence, language),
        target_sheets.targets(evidence, language),
        target_sheets.milestones(evidence, language),
        target_sheets.follow_up(evidence, language),
        reference_sheet.reference(evidence, language),
        front_sheets.unplaced(evidence, language),
    ]
    made = [page for page in found if page]
    # The definitions of indicators are in the workbook only.
    texts = [*evidence.own_words.texts.values(), *(text for _, text in own_texts_in(evidence.plan))]
    published = results_section.masthead(evidence.now.release, language)
    notes = (published, *star_note(texts, language, made))
    return [front_sheets.read_me(made, language, notes), *made]


def write(evidence: Evidence, folder: Path) -> Words:
    """Writes the plan's workbook into `folder`, in the first language of the plan's documents. Returns a
    sentence that says what was written.

    Raises:
        BatchError: `folder` already has a workbook, with entries that are not in partners.yaml yet. It is not
            overwritten.
        RequestError: a sheet that partners added has the name of one of the kit's sheets in this language.
    """
    target, language = folder / NAME, read_language(evidence.plan.languages[0])
    refuse_unread(target, evidence.partners)
    folder.mkdir(parents=True, exist_ok=True)
    ids = [i.id for s in evidence.plan.framework for i in s.indicators]
    made = pages(evidence, language)
    own = {
        name: [[cell_value(entry) for entry in row] for row in rows]
        for name, rows in evidence.partners.sheets.items()
    }
    _refuse_taken(made, own, str(evidence.plan.path.with_name(PARTNERS)))
    spoken = language.about(evidence.own_words).with_stars()
    write_book(target, Book(spoken.own(evidence.plan.title), made, language, own, ids))
    sentence = f"Written: `{NAME}`, {len(made)} sheets."
    if stray := entries_without_row(evidence.partners, evidence.plan):
        sentence += (
            f" {len(stray)} entry(ies) of partners.yaml have no row in the plan any more: they "
            "are kept, and listed on its last sheet."
        )
    return Words(sentence)


def _refuse_taken(pages: Iterable[Page], partner_sheets: Iterable[str], where: str) -> None:
    """Raises `RequestError` if a sheet that partners added has a name that the kit needs for its own sheets.

    `pages` are the kit's sheets, `partner_sheets` the names of the partners' sheets, and `where` the file
    that the message names.
    """
    ours = {name.casefold() for name in (*(page.name for page in pages), KIT)}
    if taken := sorted(name for name in partner_sheets if name.casefold() in ours):
        raise RequestError(
            "a sheet of the partners' own has the name of one of the workbook's sheets",
            where=f"{where}, sheets",
            found=taken,
            allowed="any other name",
            do="give it another name there; then run again",
        )
