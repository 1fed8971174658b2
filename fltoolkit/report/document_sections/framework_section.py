"""The instruments that the plan names, as blocks of a document."""

from __future__ import annotations

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.report.document_formats.document_blocks import Bullets, Paragraph


def legal(evidence: Evidence, language: Language) -> Bullets | Paragraph:
    """Returns the instruments that the plan names, or a prompt if it names none."""
    return (
        Bullets(tuple(map(language.own, evidence.plan.legal_basis)))
        if evidence.plan.legal_basis
        else Paragraph(language.say("skeleton.no_legal_basis"), "prompt")
    )
