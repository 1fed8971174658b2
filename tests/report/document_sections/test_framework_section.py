"""The results framework in documents: each indicator named once, the survey's cells filled, the partners' as they gave them."""

from __future__ import annotations

import dataclasses
from typing import Any

from handed import EN
from promises import evidence_from
from published_rows import HIDDEN, of, published, row

import fltoolkit as fl
from fltoolkit.report.document_formats.document_blocks import Bullets, DocumentTable, Paragraph
from fltoolkit.report.document_sections import framework_section

OUT = published(row(), of("sex", "men"), of("sex", "women", **HIDDEN), groups=("sex",))
TARGETS = ({"year": 2030, "cut": 0.5}, {"year": 2030, "cut": 0.1, "group": "gender", "category": "men"})


def evidence(**keys: Any) -> fl.Evidence:
    """20 per 1,000 (15 to 26); a cut by half of the total, by a tenth of men; and inspectors, whom partners count."""
    return evidence_from(OUT, *TARGETS, **keys)


def test_a_statement_and_an_indicator_stand_in_their_first_row_and_cells_in_each() -> None:
    table = framework_section.matrix(evidence(), EN)
    whole, men, women, *_, trained = ([cell.replace("\xa0", " ") for cell in cells] for cells in table.rows)
    assert whole[:5] == ["Objective: Forced labour reduced", "Prevalence", "", "20.0 (15.0 to 26.0)", ""]
    assert whole[5] == "a cut of 50 % by 2030, to 10.0 per 1,000 adults"
    assert (whole[6], whole[8]) == ("survey", "Commission")
    assert men[:4] == ["", "", "gender: men", "20.0 (15.0 to 26.0)"]
    assert men[5].startswith("a cut of 10 %")
    assert men[6:] == ["", "", ""]
    assert women[2:6] == ["gender: women", "", "[c]", ""]
    assert trained[:2] == ["Output 1.1: Capacity developed", "Inspectors trained"]
    assert trained[3:6] == [EN.say("by_partners"), "", "80 / more than 150 (partners)"]
    assert (table.wide, table.note) == (True, "[c] confidential: not shown; [x] not available")  # nothing by region


def test_what_partners_gave_stands_in_their_cell() -> None:
    made = evidence()
    table = made.baseline.table.astype({"baseline_value": object})
    table.loc[table["id"] == "trained", "baseline_value"] = "about 12"
    given = dataclasses.replace(made, baseline=dataclasses.replace(made.baseline, table=table))
    assert framework_section.matrix(given, EN).rows[-1][3] == "about 12"


def test_only_what_a_criterion_lacks_is_listed() -> None:
    made = evidence()
    table = framework_section.smart(made, EN)
    assert isinstance(table, DocumentTable)
    assert len(table.rows) == (made.smart["met"] != "yes").sum() < len(made.smart)
    assert ("Inspectors trained", "relevant", "no") in {cells[:3] for cells in table.rows}
    assert "for the partners to say" in {cells[2] for cells in table.rows}
    every = dataclasses.replace(made, smart=made.smart.assign(met="yes"))
    assert framework_section.smart(every, EN) == Paragraph("Every indicator meets the five SMART criteria.", "quiet")


def test_the_instruments_are_the_plans_or_are_asked_for() -> None:
    assert framework_section.legal(evidence(legal_basis=["C29", "P29"]), EN) == Bullets(("C29", "P29"))
    assert framework_section.legal(evidence(), EN) == Paragraph(EN.say("skeleton.no_legal_basis"), "prompt")
