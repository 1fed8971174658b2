"""Makes slides for the consultation workshop (Tool No. 11 of the ILO toolkit). They show what the survey found, what is not
known, what the plan could promise, and questions to discuss."""

from __future__ import annotations

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.publish.published_set import Published
from fltoolkit.report.document_formats.document_blocks import Block, Bullets, Chart, Document, Heading, Paragraph
from fltoolkit.report.document_sections import (
    first_page,
    follow_up_section,
    profile_section,
    results_section,
    slide_titles,
    targets_section,
)
from fltoolkit.report.document_sections.results_section import groups_of
from fltoolkit.report.documents.document_language import with_own_words
from fltoolkit.report.documents.document_pictures import Grouped, by_group, change, estimates, fitting, path, repeat
from fltoolkit.show.charts.renderers.matplotlib_sheet import Drawn
from fltoolkit.show.wording import number_words, plan_words, result_sentences
from fltoolkit.table_records import records

ROWS = 9  # of a table or a picture that fits on a slide
VERDICTS, WARNINGS, TARGETS = 2, 2, 5  # that fit on a slide
COERCION = "coercion"  # the topic of a profile


@with_own_words
def workshop(evidence: Evidence, language: Language) -> Document:
    """Returns the slides for the consultation workshop (Tool No. 11 of the ILO toolkit) in one language.

    The most important results come first: the rate on slide 2 and its change on slide 3. The title of each slide says what the
    slide shows. No two slides have the same title.
    """
    out = evidence.now
    blocks = [
        *_found(evidence, language), *_changed(evidence, language), *_pictures(evidence, language),
        *results_section.rule_sets(out, language, Heading(_definitions(out, language))),
        *_unknown(evidence, language), *_targets_and_repeat(evidence, language), *_discuss(language),
    ]  # fmt: skip
    title = results_section.title(out, language, "slides.title")
    foot, masthead = results_section.source(out, language), results_section.masthead(out.release, language)
    return Document("slides", title, language.own(evidence.plan.title), language.code, tuple(blocks), foot, masthead)


def _found(evidence: Evidence, language: Language) -> list[Block]:
    """Returns the slide with the rate. It has the numbers, the definition, and the persons asked. It also says for how many
    persons the answers do not decide whether they are in forced labour."""
    out = evidence.now
    title = slide_titles.rate(out, language)
    facts = first_page.tiles(evidence, language)
    told = (
        "" if title else result_sentences.sentences(out, language)[0],
        result_sentences.window(language, out.select("prevalence").iloc[0].to_dict()), result_sentences.headline_unresolved(out, language),
    )  # fmt: skip
    return [
        Heading(title or language.say("slides.found")), *results_section.range_explained(facts, language), facts,
        Paragraph(language.say("sheet.definition"), "lead"), Bullets(tuple(t for t in told if t)),
    ]  # fmt: skip


def _changed(evidence: Evidence, language: Language) -> list[Block]:
    """Returns the slide on what changed since the baseline: a picture of both rounds with the results of the test, and one line
    on what the test cannot say. Without a picture, the results are in words. Another slide says which targets are reached."""
    rows = follow_up_section.most_important(evidence)
    sentences = follow_up_section.answered(language, rows[rows["id"].isin(rows["id"].head(1))])
    if not sentences:
        return []
    found = first_page.headline_change(evidence)
    picture = change(evidence, language, "slide")
    return [
        Heading(first_page.title(evidence, language) if found else language.say("change.heading")),
        Chart(picture) if picture else Bullets(sentences[:VERDICTS], "quiet"), Paragraph(language.say("slides.no_cause"), "quiet"),
    ]  # fmt: skip


def _pictures(evidence: Evidence, language: Language) -> list[Block]:
    """Returns slides with one picture each. The pictures show which persons are in forced labour, and the means of coercion."""
    out = evidence.now
    children = [p for p in out.headlines[1:] if groups_of(out, "prevalence", p, least=2)]
    return [
        *_pictured(by_group(evidence, language, "slide"), slide_titles.groups(out, language)),
        *_shared(evidence, language),
        *_coerced(evidence, language),
        *(
            block
            for p in children
            for block in _pictured(_rates_of(evidence, p, language), slide_titles.of_population(out, language, p))
        ),
    ]


def _pictured(picture: Drawn | None, title: str | None = None) -> list[Block]:
    """Returns a slide with a picture. Its heading is `title`, or the title of the picture if `title` is None. The list is empty
    if there is no picture."""
    return [Heading(title or picture.title), Chart(picture)] if picture else []


def _shared(evidence: Evidence, language: Language) -> list[Block]:
    """Returns a slide with the share of cases in each category, for the first groups for which a slide has room."""
    out = evidence.now
    chosen = fitting(out, "share", groups_of(out, "share", least=2), ROWS)
    if not chosen:
        return []
    picture = estimates(evidence, language, "slide", Grouped("share", tuple(chosen)))
    return _pictured(picture, slide_titles.shares(out, language, chosen[0]))


def _coerced(evidence: Evidence, language: Language) -> list[Block]:
    """Returns a slide with the means of coercion, for the first population with a published profile (shares of cases by
    characteristic). The list is empty if there is no such profile, or if a slide has no room for it."""
    out = evidence.now
    there = [p for p in profile_section.populations(out) if COERCION in groups_of(out, "profile", p)]
    rows = out.select("profile", [COERCION], population=there[0]) if there else out.table.head(0)
    if rows.empty or len(rows) > ROWS:
        return []
    picture = estimates(evidence, language, "slide", Grouped("profile", (COERCION,), there[0]))
    return _pictured(picture, slide_titles.majority(language, rows))


def _rates_of(evidence: Evidence, population: str, language: Language) -> Drawn:
    """Returns a picture of the rates in one population, such as children, by the first group (such as `sex`) that is published
    for this population."""
    group = groups_of(evidence.now, "prevalence", population, least=2)[0]
    return estimates(evidence, language, "slide", Grouped("prevalence", (group,), population))


def _definitions(out: Published, language: Language) -> str:
    """Returns the title of the slide that shows the rate under several definitions (rule sets say which answers make a person a
    case)."""
    found = slide_titles.definitions(language, results_section.checked_rule_sets(out))
    return found or language.say("rule_sets.heading")


def _unknown(evidence: Evidence, language: Language) -> list[Block]:
    """Returns the slide on what is not known: whom the survey could not reach, and which rates are hidden or too uncertain."""
    out = evidence.now
    rows = pd.concat([out.select("prevalence", [g]) for g in groups_of(out, "prevalence", least=0)] or [out.table.head(0)])
    return [
        Heading(language.say("slides.unknown")),
        Bullets(tuple(t for t in (
            result_sentences.coverage(out, language), _categories_by_group(language, rows[rows["marker"] == "c"], "slides.hidden"),
            _categories_by_group(language, rows[rows["flag"] == "unreliable"], "slides.unreliable"), *language.each("slides.never"),
        ) if t)),
    ]  # fmt: skip


def _categories_by_group(language: Language, rows: pd.DataFrame, key: str) -> str:
    """Returns a sentence that lists the categories of some rows with the names of their groups, such as `sex (women)`. `key` is
    the key of the sentence in the language files. The text is empty if there are no rows."""
    by = [
        f"{number_words.group(language, str(b))} ({', '.join(number_words.category(language, r) for r in records(part))})"
        for b, part in rows.groupby("breakdown", sort=False)
    ]
    return language.say(key, which=language.list(by)) if by else ""


def _targets_and_repeat(evidence: Evidence, language: Language) -> list[Block]:
    """Returns slides on what the plan could promise: what a repeat of the survey would detect, the path to the first target,
    and which targets a planned survey could verify."""
    blocks: list[Block] = [
        *_pictured(repeat(evidence, language, "slide"), slide_titles.repeat(evidence, language)),
        *([Paragraph(start, "quiet")] if (start := slide_titles.repeat_from_baseline(evidence, language)) else []),
        *_pictured(path(evidence, language, "slide"), slide_titles.path(evidence, language)),
    ]  # fmt: skip
    if targets := targets_section.in_words(evidence, language, TARGETS):
        more = targets_section.more_targets(evidence, language, TARGETS)
        title = slide_titles.targets(evidence, language)
        blocks += [Heading(title or language.say("slides.promise")), targets, *([Paragraph(more, "quiet")] if more else [])]
    else:
        blocks += [Heading(language.say("slides.promise")), targets_section.table(evidence, language)]
    return [*blocks, *_unverifiable(evidence, language)]


def _unverifiable(evidence: Evidence, language: Language) -> list[Block]:
    """Returns slides on the targets that no planned survey could verify. Each target has a short list (see `_points`). The
    decision to take is on the same slide if there is one target, and on its own slide if there are several."""
    rows = targets_section.unverifiable_rows(evidence)
    parts = [rows[at : at + WARNINGS] for at in range(0, len(rows), WARNINGS)]
    if len(rows) == 1 and not (plan_words.is_total(rows[0]) and len(evidence.now.headlines) > 1):
        key = "one_below" if targets_section.is_below_unconfirmed(rows[0]) else "one_refused"
        title = language.say(f"slides.{key}", who=plan_words.whom(language, rows[0]))
    else:
        title = language.say("slides.refused", n=str(len(rows)))
    blocks: list[Block] = []
    for n, part in enumerate(parts, 1):
        blocks.append(
            Heading(title if len(parts) == 1 else language.say("slides.part", title=title, n=str(n), of=str(len(parts))))
        )
        for row in part:
            blocks.append(Bullets(_points(language, row)))
    if len(rows) > 1:
        blocks.append(Heading(language.say("sheet.decide")))
    return [*blocks, targets_section.to_decide(evidence, language, labelled=len(rows) == 1)] if rows else []


def _points(language: Language, row: plan_words.Line) -> tuple[str, ...]:
    """Returns a target in words, and the number of the later survey. If there is no later number, the second text is the
    reason why no survey could verify the target."""
    reason = language.say("slides.why", reason=number_words.reason(language, row["reason"]))
    return f"{plan_words.aim(language, row)}.", plan_words.found(language, row) or reason


def _discuss(language: Language) -> list[Block]:
    return [
        Heading(language.say("slides.discuss")), Bullets(language.each("slides.questions")),
        Heading(language.say("slides.next"), 2), Bullets(language.each("slides.agenda")),
    ]  # fmt: skip
