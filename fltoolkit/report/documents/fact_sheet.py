"""The fact sheet: one printable page."""

from __future__ import annotations

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.report.document_formats.document_blocks import Block, Bullets, Chart, Charts, Document, Heading, Paragraph
from fltoolkit.report.document_sections import follow_up_section, results_section, targets_section
from fltoolkit.report.documents.document_language import with_own_words
from fltoolkit.report.documents.document_pictures import beside, by_group


@with_own_words
def fact_sheet(evidence: Evidence, language: Language) -> Document:
    """The fact sheet in one language."""
    out = evidence.now
    told = results_section.headline(out, language)
    pictures = tuple(Chart(p) for p in (by_group(evidence, language, "half"), beside(evidence, language, "half")) if p)
    warnings = targets_section.first_warning(evidence, language)
    known = [t for t in (results_section.unresolved(out, language), results_section.coverage(out, language)) if t]
    blocks: list[Block] = [
        results_section.facts(out, language, most=3), Paragraph(told[0], "lead"),
        *(Paragraph(text) for text in follow_up_section.verdicts(evidence, language)[:1]),
        Paragraph(language.say("sheet.definition")), *([Charts(pictures)] if pictures else []), *warnings,
        Heading(language.say("sheet.careful"), 2), Bullets((*known, *language.each("sheet.limits"))),
    ]  # fmt: skip
    title = results_section.title(out, language, "sheet.title")
    return Document(
        "sheet",
        title,
        language.own(str(out.table.iloc[0]["survey"])),
        language.code,
        tuple(blocks),
        results_section.source(out, language),
    )
