"""The fact sheet: one printable page."""

from __future__ import annotations

from fltoolkit.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.report import findings, follow_up, targets
from fltoolkit.report.document import Block, Bullets, Chart, Charts, Document, Heading, Paragraph
from fltoolkit.report.pictures import beside, by_group


def fact_sheet(evidence: Evidence, language: Language) -> Document:
    """The fact sheet in one language."""
    out = evidence.now
    told = findings.headline(out, language)
    pictures = tuple(Chart(p) for p in (by_group(evidence, language, "half"), beside(evidence, language, "half")) if p)
    warnings = targets.first_warning(evidence, language)
    known = [t for t in (findings.unresolved(out, language), findings.coverage(out, language)) if t]
    blocks: list[Block] = [
        findings.facts(out, language, most=3), Paragraph(told[0], "lead"),
        *(Paragraph(text) for text in follow_up.verdicts(evidence, language)[:1]),
        Paragraph(language.say("sheet.definition")), *([Charts(pictures)] if pictures else []), *warnings,
        Heading(language.say("sheet.careful"), 2), Bullets((*known, *language.each("sheet.limits"))),
    ]  # fmt: skip
    title = findings.title(out, language, "sheet.title")
    return Document(
        "sheet", title, str(out.table.iloc[0]["survey"]), language.code, tuple(blocks), findings.source(out, language)
    )
