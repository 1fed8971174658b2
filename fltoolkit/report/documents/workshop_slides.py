"""Slides for the consultation workshop (Tool No. 11): what was found, what is not known, what the plan could promise, what to discuss."""

from __future__ import annotations

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.report.document_formats.document_blocks import Block, Bullets, Chart, Document, Heading, Paragraph
from fltoolkit.report.document_sections import follow_up_section, results_section, targets_section
from fltoolkit.report.document_sections.results_section import groups_of
from fltoolkit.report.documents.document_language import with_own_words
from fltoolkit.report.documents.document_pictures import Grouped, by_group, change, estimates, path, repeat
from fltoolkit.show.charts.renderers.matplotlib_sheet import Drawn
from fltoolkit.show.wording import number_words

ROWS = 9  # that a slide has room for


@with_own_words
def workshop(evidence: Evidence, language: Language) -> Document:
    """The slides in one language."""
    out = evidence.now
    blocks = [
        *_survey_slides(evidence, language), *_found(evidence, language), *_others(evidence, language), *_known(evidence, language),
        *_changed(evidence, language), *_promise(evidence, language), *_discuss(language),
    ]  # fmt: skip
    title = results_section.title(out, language, "slides.title")
    return Document(
        "slides", title, language.own(evidence.plan.title), language.code, tuple(blocks), results_section.source(out, language)
    )


def _survey_slides(evidence: Evidence, language: Language) -> list[Block]:
    out = evidence.now
    return [
        Heading(language.say("slides.purpose")), Bullets(language.each("slides.aims")),
        Heading(language.say("slides.asked")), Paragraph(language.say("sheet.definition"), "lead"),
        Bullets(results_section.basis(out, language)[:3] + tuple(t for t in (results_section.coverage(out, language),) if t)),
    ]  # fmt: skip


def _found(evidence: Evidence, language: Language) -> list[Block]:
    out = evidence.now
    first = results_section.headline(out, language)[0]
    lower = results_section.unresolved(out, language)
    blocks: list[Block] = [
        Heading(language.say("slides.found")), results_section.facts(out, language), Paragraph(first, "lead"), *([Paragraph(lower, "quiet")] if lower else []),
    ]  # fmt: skip
    return blocks


def _others(evidence: Evidence, language: Language) -> list[Block]:
    """A picture a slide, and the rule sets side by side."""
    out = evidence.now
    shares = [g for g in groups_of(out, "share", least=2) if len(out.select("share", [g])) <= ROWS]
    children = [p for p in out.headlines[1:] if groups_of(out, "prevalence", p, least=2)]
    pictures = [
        by_group(evidence, language, "slide"),
        *(estimates(evidence, language, "slide", Grouped("share", (g,))) for g in shares[:2]),
    ]
    pictures += [_of(evidence, p, language) for p in children]
    blocks: list[Block] = []
    for picture in pictures:
        if picture:
            blocks += [Heading(language.say("slides.picture")), Chart(picture)]
    return [
        *blocks,
        Heading(language.say("rule_sets.heading")),
        Paragraph(language.say("rule_sets.why")),
        results_section.rule_sets(out, language),
    ]


def _of(evidence: Evidence, population: str, language: Language) -> Drawn:
    """The rate of another population by its first group."""
    group = groups_of(evidence.now, "prevalence", population, least=2)[0]
    return estimates(evidence, language, "slide", Grouped("prevalence", (group,), population))


def _known(evidence: Evidence, language: Language) -> list[Block]:
    """What is not known: whom the survey missed, what is hidden, what is too uncertain."""
    out = evidence.now
    rows = pd.concat([out.select("prevalence", [g]) for g in groups_of(out, "prevalence")] or [out.table.head(0)])
    return [
        Heading(language.say("slides.unknown")),
        Bullets(tuple(t for t in (
            results_section.coverage(out, language), _which(language, rows[rows["marker"] == "c"], "slides.hidden"),
            _which(language, rows[rows["flag"] == "unreliable"], "slides.unreliable"), *language.each("slides.never"),
        ) if t)),
    ]  # fmt: skip


def _which(language: Language, rows: pd.DataFrame, key: str) -> str:
    """The categories that a sentence is about, the group of each named."""
    by = [
        f"{number_words.group(language, str(b))} ({', '.join(number_words.category(language, r) for r in part.to_dict('records'))})"
        for b, part in rows.groupby("breakdown", sort=False)
    ]
    return language.say(key, which=language.list(by)) if by else ""


def _changed(evidence: Evidence, language: Language) -> list[Block]:
    picture = change(evidence, language, "slide")
    if picture is None:
        return []
    said = follow_up_section.verdicts(evidence, language)
    return [
        Heading(language.say("change.heading")), Chart(picture), Heading(language.say("slides.verdict")), Bullets(said),
        Paragraph(language.say("change.note"), "quiet"),
    ]  # fmt: skip


def _promise(evidence: Evidence, language: Language) -> list[Block]:
    """What the plan could promise, and the warning where no survey could verify it."""
    blocks: list[Block] = []
    for key, picture in (
        ("slides.repeat", repeat(evidence, language, "slide")),
        ("slides.path", path(evidence, language, "slide")),
    ):
        if picture:
            blocks += [Heading(language.say(key)), Chart(picture)]
    warnings = targets_section.unverifiable(evidence, language)
    blocks += [Heading(language.say("slides.promise")), targets_section.table(evidence, language, ROWS)]
    for i in range(0, len(warnings), 2):
        blocks += [Heading(language.say("slides.warning")), *warnings[i : i + 2]]
    return blocks


def _discuss(language: Language) -> list[Block]:
    return [
        Heading(language.say("slides.discuss")), Bullets(language.each("slides.questions")),
        Heading(language.say("slides.next")), Bullets(language.each("slides.agenda")),
    ]  # fmt: skip
