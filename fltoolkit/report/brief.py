"""The evidence brief: one page of findings with two pictures, then the tables, then what the numbers can and cannot say."""

from __future__ import annotations

from fltoolkit.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.report import findings, follow_up, references, targets
from fltoolkit.report.document import Block, Bullets, Chart, Charts, Document, Heading, Paragraph
from fltoolkit.report.pictures import beside, by_group


def evidence_brief(evidence: Evidence, language: Language) -> Document:
    """The brief in one language."""
    out = evidence.now
    blocks: list[Block] = [*_findings(evidence, language), *_numbers(evidence, language), *_limits(evidence, language)]
    title = findings.title(out, language, "brief.title")
    return Document("brief", title, evidence.plan.title, language.code, tuple(blocks), findings.source(out, language))


def _findings(evidence: Evidence, language: Language) -> list[Block]:
    """The first page."""
    out = evidence.now
    told = findings.headline(out, language)
    pictures = tuple(Chart(p) for p in (by_group(evidence, language, "half"), beside(evidence, language, "half")) if p)
    changed = [Paragraph(text, "lead") for text in follow_up.verdicts(evidence, language)[:1]]
    lower = findings.unresolved(out, language)
    return [
        findings.facts(out, language), Paragraph(told[0], "lead"), *changed,
        *([Charts(pictures)] if pictures else []),
        *(Paragraph(text) for text in targets.found_by_repeat(evidence, language)[:1]), *targets.first_warning(evidence, language),
        *(Paragraph(text) for text in targets.already(evidence, language, without_refused=True)[:1]),
        *([Paragraph(lower)] if lower else []), Paragraph(findings.coverage(out, language) or language.say("brief.covers_all")),
    ]  # fmt: skip


def _numbers(evidence: Evidence, language: Language) -> list[Block]:
    """The tables."""
    out, follow = evidence.now, follow_up.table(evidence, language)
    changed: list[Block] = []
    if follow:
        changed = [Heading(language.say("change.heading")), Bullets(follow_up.verdicts(evidence, language)), follow]
    return [
        Heading(language.say("brief.numbers"), new_page=True), Paragraph(language.say("brief.markers"), "quiet"),
        *(Paragraph(text) for text in findings.headline(out, language)[1:]), *findings.tables(out, language),
        Heading(language.say("rule_sets.heading"), 2), Paragraph(language.say("rule_sets.why")), findings.rule_sets(out, language),
        *changed,
        Heading(language.say("brief.promises")), Paragraph(language.say("targets.meaning")), *targets.unverifiable(evidence, language),
        targets.detectable(evidence, language), targets.table(evidence, language), *_already(evidence, language),
        Heading(language.say("references.heading"), 2), *references.figures(language),
    ]  # fmt: skip


def _already(evidence: Evidence, language: Language) -> list[Block]:
    said = targets.already(evidence, language)
    return [Bullets(said), Paragraph(language.say("targets.no_test"), "quiet")] if said else []


def _limits(evidence: Evidence, language: Language) -> list[Block]:
    return [
        Heading(language.say("brief.limits")), findings.limits(evidence.now, language), Heading(language.say("brief.basis"), 2),
        *(Paragraph(text) for text in findings.basis(evidence.now, language)),
    ]  # fmt: skip
