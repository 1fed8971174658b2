"""Tests the instruments that a plan names, in documents."""

from __future__ import annotations

from typing import Any

from handed import EN
from promises import evidence_from
from published_rows import published, row

import fltoolkit as fl
from fltoolkit.report.document_formats.document_blocks import Bullets, Paragraph
from fltoolkit.report.document_sections import framework_section


def evidence(**keys: Any) -> fl.Evidence:
    return evidence_from(published(row()), **keys)


def test_the_instruments_are_the_plans_or_are_asked_for() -> None:
    assert framework_section.legal(evidence(legal_basis=["C29", "P29"]), EN) == Bullets(("C29", "P29"))
    assert framework_section.legal(evidence(), EN) == Paragraph(EN.say("skeleton.no_legal_basis"), "prompt")
