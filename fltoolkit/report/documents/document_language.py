"""Puts a document into one language. Texts of the survey and the plan are translated. A note names the
languages of the texts that have no translation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from fltoolkit.languages.language import Language
from fltoolkit.languages.marked_text import languages_marked
from fltoolkit.nap.evidence import Evidence
from fltoolkit.report.document_formats.document_blocks import Contents, Document, Paragraph

Make = Callable[[Evidence, Language], Document]


def with_own_words(make: Make) -> Make:
    """Decorates a function that makes a document. Texts of survey.yaml and nap.yaml, such as labels, then
    appear in the language of the document.

    Texts without a translation stay in their language. A note then names these languages, at the end of the
    document or above its list of contents."""

    @wraps(make)
    def made(evidence: Evidence, language: Language) -> Document:
        document = make(evidence, language.about(evidence.own_words))
        others = sorted(languages_marked(document))
        if not others:
            return document
        names = language.join(map(language.name_of, others))
        note = Paragraph(language.say("own_words.note", languages=names), "quiet")
        blocks = document.blocks
        place = next((i for i, block in enumerate(blocks) if isinstance(block, Contents)), len(blocks))
        return replace(document, blocks=(*blocks[:place], note, *blocks[place:]))

    return made
