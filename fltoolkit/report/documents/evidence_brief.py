"""The evidence brief: one page of findings with two pictures, then the tables, then what the numbers can and cannot say."""

from __future__ import annotations

from fltoolkit.classify.rules.rule_set import SIDES
from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.report.document_formats.document_blocks import Block, Bullets, Chart, Charts, Document, Heading, Paragraph
from fltoolkit.report.document_sections import (
    follow_up_section,
    global_figures_section,
    profile_section,
    results_section,
    targets_section,
)
from fltoolkit.report.documents.document_language import with_own_words
from fltoolkit.report.documents.document_pictures import beside, by_group, profile


@with_own_words
def evidence_brief(evidence: Evidence, language: Language) -> Document:
    """The brief in one language."""
    out = evidence.now
    blocks: list[Block] = [
        *_findings(evidence, language),
        *_tables_and_targets(evidence, language),
        *_limits_and_basis(evidence, language),
    ]
    title = results_section.title(out, language, "brief.title")
    return Document(
        "brief", title, language.own(evidence.plan.title), language.code, tuple(blocks), results_section.source(out, language)
    )


def _findings(evidence: Evidence, language: Language) -> list[Block]:
    """The first page."""
    out = evidence.now
    told = results_section.headline(out, language)
    pictures = tuple(Chart(p) for p in (by_group(evidence, language, "half"), beside(evidence, language, "half")) if p)
    changed = [Paragraph(text, "lead") for text in follow_up_section.verdicts(evidence, language)[:1]]
    lower = results_section.unresolved(out, language)
    return [
        results_section.facts(out, language), Paragraph(told[0], "lead"), *changed,
        *([Charts(pictures)] if pictures else []),
        *(Paragraph(text) for text in targets_section.found_by_repeat(evidence, language)[:1]), *targets_section.first_warning(evidence, language),
        *(Paragraph(text) for text in targets_section.already(evidence, language, without_refused=True)[:1]),
        *([Paragraph(lower)] if lower else []), Paragraph(results_section.coverage(out, language) or language.say("brief.covers_all")),
    ]  # fmt: skip


def _tables_and_targets(evidence: Evidence, language: Language) -> list[Block]:
    """The tables."""
    out, follow = evidence.now, follow_up_section.table(evidence, language)
    changed: list[Block] = []
    if follow:
        changed = [Heading(language.say("change.heading")), Bullets(follow_up_section.verdicts(evidence, language)), follow]
    return [
        Heading(language.say("brief.numbers"), new_page=True), Paragraph(language.say("brief.markers"), "quiet"),
        *(Paragraph(text) for text in results_section.headline(out, language)[1:]), *results_section.tables(out, language),
        *_profile(evidence, language),
        Heading(language.say("rule_sets.heading"), 2), Paragraph(language.say("rule_sets.why")), results_section.rule_sets(out, language),
        *changed,
        Heading(language.say("brief.promises")), Paragraph(language.say("targets.meaning")), *targets_section.unverifiable(evidence, language),
        targets_section.detectable(evidence, language), targets_section.table(evidence, language), *_already(evidence, language),
        Heading(language.say("references.heading"), 2), *global_figures_section.figures(language),
    ]  # fmt: skip


def _profile(evidence: Evidence, language: Language) -> list[Block]:
    """How people came into forced labour and what held them there; nothing where the run publishes no profile."""
    tables = profile_section.tables(evidence.now, language)
    pictures = [Chart(p) for p in profile(evidence, language, "wide", SIDES)]
    return [Heading(language.say("profile.heading"), 2), *pictures, *tables] if tables else []


def _already(evidence: Evidence, language: Language) -> list[Block]:
    said = targets_section.already(evidence, language)
    return [Bullets(said), Paragraph(language.say("targets.no_test"), "quiet")] if said else []


def _limits_and_basis(evidence: Evidence, language: Language) -> list[Block]:
    return [
        Heading(language.say("brief.limits")), results_section.limits(evidence.now, language), Heading(language.say("brief.basis"), 2),
        *(Paragraph(text) for text in results_section.basis(evidence.now, language)),
    ]  # fmt: skip
