"""The sheets of the plan's workbook in order, and their writing: never over entries that were not read."""

from __future__ import annotations

from pathlib import Path

from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.partners import not_placed, plain
from fltoolkit.report.book import fill, sheets
from fltoolkit.report.book.layout import Page, write_book
from fltoolkit.report.merge import NAME, refuse_unread
from fltoolkit.show.words import Words


def pages(evidence: Evidence) -> list[Page]:
    """The sheets, in order."""
    costs = fill.costs(evidence)
    found = [
        sheets.framework(evidence), sheets.matrix(evidence), sheets.detail(evidence), sheets.targets(evidence), sheets.milestones(evidence),
        fill.smart(evidence), sheets.follow_up(evidence),
        fill.checklist(evidence, 5, "4Ps checklist", "Does the strategy cover prevention, protection, prosecution and partnerships?"),
        fill.checklist(evidence, 8, "Background studies", "What is known already, from what source, and what is missing?"),
        fill.checklist(evidence, 9, "Capacity", "Can the partners do what the plan asks of them?"),
        costs, fill.cost_summary(evidence, costs), fill.implementation(evidence),
        fill.checklist(evidence, 15, "Communication", "Who must know what, and how is it shared and protected?"),
        fill.methods(evidence), fill.checklist(evidence, 3, "Mainstreaming", "A plan of its own, or part of another one?"),
        sheets.sdg(evidence), sheets.global_figures(),
    ]  # fmt: skip
    found += [sheets.dictionary(found), fill.unplaced(evidence)]
    return [sheets.read_me(found), *found]


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
