"""Makes the list of the legal instruments that the plan names, as a block of a document."""

from __future__ import annotations

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.report.document_formats.document_blocks import Bullets, Paragraph


def legal(evidence: Evidence, language: Language) -> Bullets | Paragraph:
    """Returns the legal instruments (conventions, laws) that the plan names, as a list. If the plan names none, returns a
    paragraph with an instruction: the partners of the plan must name them."""
    return (
        Bullets(tuple(map(language.own, evidence.plan.legal_basis)))
        if evidence.plan.legal_basis
        else Paragraph(language.say("skeleton.no_legal_basis"), "prompt")
    )
