"""Slides for the consultation workshop (Tool No. 11): what was found, what is not known, what the plan could promise, and what
to discuss."""

from __future__ import annotations

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.publish.published_set import Published
from fltoolkit.report.document_formats.document_blocks import Block, Bullets, Chart, Document, Heading, Paragraph
from fltoolkit.report.document_sections import follow_up_section, profile_section, results_section, targets_section
from fltoolkit.report.document_sections.results_section import groups_of
from fltoolkit.report.documents.document_language import with_own_words
from fltoolkit.report.documents.document_pictures import Grouped, by_group, change, estimates, path, repeat
from fltoolkit.show.charts.renderers.matplotlib_sheet import Drawn
from fltoolkit.show.wording import number_words, result_sentences
from fltoolkit.table_records import records

ROWS = 9  # of a table or a picture that fits on a slide
VERDICTS, WARNINGS = 2, 2  # that fit on a slide
COERCION = "coercion"  # the topic of a profile


@with_own_words
def workshop(evidence: Evidence, language: Language) -> Document:
    """Returns the slides for the consultation workshop (Tool No. 11) in one language.

    The answer comes first: the headline on slide 2, the change on slide 3. All slides have different titles.
    """
    out = evidence.now
    blocks = [
        *_found(evidence, language), *_changed(evidence, language), *_pictures(evidence, language), *_asked(out, language),
        *_rule_sets(out, language), *_known(evidence, language), *_promise(evidence, language), *_discuss(language),
    ]  # fmt: skip
    title = results_section.title(out, language, "slides.title")
    return Document(
        "slides", title, language.own(evidence.plan.title), language.code, tuple(blocks), results_section.source(out, language)
    )


def _found(evidence: Evidence, language: Language) -> list[Block]:
    """Returns the slide with the headline, and with the number of persons whose answers leave the question open."""
    out = evidence.now
    first = result_sentences.sentences(out, language)[0]
    lower = result_sentences.headline_unresolved(out, language)
    return [
        Heading(language.say("slides.found")), results_section.facts(out, language), Paragraph(first, "lead"),
        *([Paragraph(lower, "quiet")] if lower else []),
    ]  # fmt: skip


def _changed(evidence: Evidence, language: Language) -> list[Block]:
    """Returns the slides on what changed since the baseline: the verdicts of the tests above a picture.

    Verdicts that do not fit there are on a separate slide.
    """
    sentences = follow_up_section.verdicts(evidence, language)
    if not sentences:
        return []
    picture = change(evidence, language, "slide")
    more: list[Block] = [Heading(language.say("slides.verdict")), Bullets(sentences[VERDICTS:])] if sentences[VERDICTS:] else []
    return [
        Heading(language.say("change.heading")), Bullets(sentences[:VERDICTS]), *([Chart(picture)] if picture else []),
        Paragraph(language.say("change.note"), "quiet"), *more,
    ]  # fmt: skip


def _pictures(evidence: Evidence, language: Language) -> list[Block]:
    """Returns slides that show who is in forced labour, and by which means of coercion: one picture per slide. The title of the
    picture is the title of the slide.
    """
    out = evidence.now
    shares = [g for g in groups_of(out, "share", least=2) if len(out.select("share", [g])) <= ROWS]
    children = [p for p in out.headlines[1:] if groups_of(out, "prevalence", p, least=2)]
    pictures = [
        by_group(evidence, language, "slide"),
        *(estimates(evidence, language, "slide", Grouped("share", (g,))) for g in shares[:2]),
        _coerced(evidence, language),
        *(_of(evidence, population, language) for population in children),
    ]
    return [block for picture in pictures for block in _pictured(picture)]


def _pictured(picture: Drawn | None) -> list[Block]:
    """Returns a slide with a picture. The title of the picture is the heading of the slide. Empty if there is no picture."""
    return [Heading(picture.title), Chart(picture)] if picture else []


def _coerced(evidence: Evidence, language: Language) -> Drawn | None:
    """Returns a picture of the means of coercion, of the first population with a published profile. Returns None if there is no
    such profile, or if a slide has no room for it.
    """
    out = evidence.now
    there = [p for p in profile_section.populations(out) if COERCION in groups_of(out, "profile", p)]
    if not there or len(out.select("profile", [COERCION], population=there[0])) > ROWS:
        return None
    return estimates(evidence, language, "slide", Grouped("profile", (COERCION,), there[0]))


def _of(evidence: Evidence, population: str, language: Language) -> Drawn:
    """Returns a picture of the rate in another population than the default one, such as children, by the first published group."""
    group = groups_of(evidence.now, "prevalence", population, least=2)[0]
    return estimates(evidence, language, "slide", Grouped("prevalence", (group,), population))


def _asked(out: Published, language: Language) -> list[Block]:
    """Returns the slide on what was asked: the definition of forced labour, whom the survey asked, and whom it could not reach."""
    return [
        Heading(language.say("slides.asked")), Paragraph(language.say("sheet.definition"), "lead"),
        Bullets(result_sentences.basis(out, language)[:3] + tuple(t for t in (result_sentences.coverage(out, language),) if t)),
    ]  # fmt: skip


def _rule_sets(out: Published, language: Language) -> list[Block]:
    """Returns the headline under other definitions that were checked against their publication, if there are any."""
    table = results_section.rule_sets(out, language, checked=True)
    if isinstance(table, Paragraph):
        return []
    return [Heading(language.say("rule_sets.heading")), Paragraph(language.say("rule_sets.why")), table]


def _known(evidence: Evidence, language: Language) -> list[Block]:
    """Returns what is not known: whom the survey missed, what is hidden, and what is too uncertain."""
    out = evidence.now
    rows = pd.concat([out.select("prevalence", [g]) for g in groups_of(out, "prevalence")] or [out.table.head(0)])
    return [
        Heading(language.say("slides.unknown")),
        Bullets(tuple(t for t in (
            result_sentences.coverage(out, language), _which(language, rows[rows["marker"] == "c"], "slides.hidden"),
            _which(language, rows[rows["flag"] == "unreliable"], "slides.unreliable"), *language.each("slides.never"),
        ) if t)),
    ]  # fmt: skip


def _which(language: Language, rows: pd.DataFrame, key: str) -> str:
    """Returns a sentence about some categories. It names the group of each category."""
    by = [
        f"{number_words.group(language, str(b))} ({', '.join(number_words.category(language, r) for r in records(part))})"
        for b, part in rows.groupby("breakdown", sort=False)
    ]
    return language.say(key, which=language.list(by)) if by else ""


def _promise(evidence: Evidence, language: Language) -> list[Block]:
    """Returns slides on what the plan could promise, with a warning for each target that no survey could verify."""
    warnings = targets_section.unverifiable(evidence, language)
    parts = [warnings[at : at + WARNINGS] for at in range(0, len(warnings), WARNINGS)]
    title = language.say("slides.warning")
    blocks: list[Block] = [
        *_pictured(repeat(evidence, language, "slide")), *_pictured(path(evidence, language, "slide")),
        Heading(language.say("slides.promise")), targets_section.table(evidence, language, ROWS),
    ]  # fmt: skip
    for n, part in enumerate(parts, 1):
        head = title if len(parts) == 1 else language.say("slides.part", title=title, n=str(n), of=str(len(parts)))
        blocks += [Heading(head), *part]
    return blocks


def _discuss(language: Language) -> list[Block]:
    return [
        Heading(language.say("slides.discuss")), Bullets(language.each("slides.questions")),
        Heading(language.say("slides.next")), Bullets(language.each("slides.agenda")),
    ]  # fmt: skip
