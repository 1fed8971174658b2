"""Names the legal instruments on which a plan rests, as a block of a document."""

from __future__ import annotations

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.report.document_formats.document_blocks import Paragraph


def legal(evidence: Evidence, language: Language) -> Paragraph:
    """Returns a paragraph with the legal instruments (conventions, laws) that the plan names. If the plan names none, the paragraph
    asks the partners of the plan to name them."""
    named = language.list(map(language.own, evidence.plan.legal_basis))
    if not named:
        return Paragraph(language.say("skeleton.no_legal_basis"), "prompt")
    return Paragraph(f"{language.say('skeleton.legal_basis')} {named}.")
