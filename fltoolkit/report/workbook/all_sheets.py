"""The sheets of the plan's workbook in order, and their writing: never over entries that were not read."""

from __future__ import annotations

from pathlib import Path

from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.partner_entries import not_placed, plain
from fltoolkit.report.workbook import partner_sheets, survey_sheets
from fltoolkit.report.workbook.merge_into_partners import NAME, refuse_unread
from fltoolkit.report.workbook.sheet_writer import Page, write_book
from fltoolkit.show.wording.english_numbers import Words


def pages(evidence: Evidence) -> list[Page]:
    """The sheets, in order."""
    costs = partner_sheets.costs(evidence)
    found = [
        survey_sheets.framework(evidence), survey_sheets.matrix(evidence), survey_sheets.detail(evidence), survey_sheets.targets(evidence),
        survey_sheets.milestones(evidence), partner_sheets.smart(evidence), survey_sheets.follow_up(evidence),
        partner_sheets.checklist(evidence, 5, "4Ps checklist", "Does the strategy cover prevention, protection, prosecution and partnerships?"),
        partner_sheets.checklist(evidence, 8, "Background studies", "What is known already, from what source, and what is missing?"),
        partner_sheets.checklist(evidence, 9, "Capacity", "Can the partners do what the plan asks of them?"),
        costs, partner_sheets.cost_summary(evidence, costs), partner_sheets.implementation(evidence),
        partner_sheets.checklist(evidence, 15, "Communication", "Who must know what, and how is it shared and protected?"),
        partner_sheets.methods(evidence), partner_sheets.checklist(evidence, 3, "Mainstreaming", "A plan of its own, or part of another one?"),
        survey_sheets.sdg(evidence), survey_sheets.global_figures(),
    ]  # fmt: skip
    found += [survey_sheets.dictionary(found), partner_sheets.unplaced(evidence)]
    return [survey_sheets.read_me(found), *found]


def write(evidence: Evidence, folder: Path) -> Words:
    """Write the workbook into a folder, unless the one there holds entries not yet read."""
    target = folder / NAME
    refuse_unread(target, evidence.partners)
    folder.mkdir(parents=True, exist_ok=True)
    ids = [i.id for s in evidence.plan.framework for i in s.indicators]
    made = pages(evidence)
    own = {name: [[plain(entry) for entry in row] for row in rows] for name, rows in evidence.partners.sheets.items()}
    write_book(target, evidence.plan.title, made, own, ids)
    told = f"Written: `{NAME}`, {len(made)} sheets."
    if stray := not_placed(evidence.partners, evidence.plan):
        told += f" {len(stray)} entry(ies) of partners.yaml have no row in the plan any more: they are kept, and listed on its sheet `Not placed`."
    return Words(told)
