"""Makes slides for the consultation workshop (Tool No. 11 of the ILO toolkit). They show what the survey
found, what is not known, what the plan could promise, and questions to discuss."""

from __future__ import annotations

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.publish.published_set import Published
from fltoolkit.report.document_formats.document_blocks import (
    Block,
    Bullets,
    Chart,
    Document,
    Heading,
    Paragraph,
    SpeakerNotes,
)
from fltoolkit.report.document_sections import first_page, results_section, slide_titles, targets_section
from fltoolkit.report.document_sections.results_section import groups_of
from fltoolkit.report.documents.document_language import with_own_words
from fltoolkit.report.documents.document_pictures import (
    COERCION,
    Grouped,
    change,
    estimates,
    fitting,
    groups_that_fit,
)
from fltoolkit.show.charts.renderers.matplotlib_sheet import Drawn
from fltoolkit.show.wording import (
    contrast_sentences,
    number_words,
    plan_words,
    result_sentences,
    share_sentences,
)
from fltoolkit.table_records import as_records

ROWS = 9  # of a table, a picture or a list that fits on a slide
CATEGORIES = 8  # of the groups in one picture
NAMED = 3  # categories of a group in a sentence
TARGETS = 5  # that fit on a slide


@with_own_words
def workshop(evidence: Evidence, language: Language) -> Document:
    """Returns the slides for the consultation workshop (Tool No. 11 of the ILO toolkit) in one language, at
    most eight.

    The most important results come first: the rate on slide 1 and its change on slide 2. The title of each
    slide says what the slide shows. No two slides have the same title. What the room need not read is in the
    speaker's notes.
    """
    out = evidence.now
    blocks = (
        *_found(evidence, language),
        *_changed(evidence, language),
        *_by_group(evidence, language),
        *_coerced(evidence, language),
        *_unknown(evidence, language),
        *_targets(evidence, language),
        Heading(language.say("sheet.decide")),
        *targets_section.to_decide_on_slide(evidence, language),
        Heading(language.say("slides.discuss")),
        Bullets(language.each("slides.questions")),
        SpeakerNotes((language.say("slides.next"), *language.each("slides.agenda"))),
    )
    return Document(
        "slides",
        results_section.title(out, language, "slides.title"),
        language.own(evidence.plan.title),
        language.code,
        blocks,
        results_section.source(evidence, language, "charts.source"),
        results_section.masthead(out.release, language),
        language.say("slides.more"),
    )


def _found(evidence: Evidence, language: Language) -> list[Block]:
    """Returns the slide with the rate. It has the numbers, the definition, and the persons who answered. It
    also says for how many persons the answers do not decide whether they are in forced labour."""
    out = evidence.now
    title, first = slide_titles.rate(out, language), out.select("prevalence").iloc[0].to_dict()
    told = (
        "" if title else result_sentences.sentences(out, language)[0],
        result_sentences.to_verify(language, first),
        result_sentences.headline_unresolved(out, language),
        f"{result_sentences.definition(language, first)} {result_sentences.window(language, first)}",
    )
    notes = (
        language.say("sheet.first_round") if evidence.changed is None else "",
        *(text for text in result_sentences.basis(out, language) if text not in " ".join(told)),
        result_sentences.wide_interval(out, language),
    )
    return [
        Heading(title or language.say("slides.found")),
        first_page.tiles(evidence, language, with_affected=False),  # a slide of its own says who
        *results_section.range_explained(out, language),
        Paragraph(result_sentences.forced_labour(out, language), "lead"),
        Bullets(tuple(filter(None, told))),
        SpeakerNotes(tuple(filter(None, notes))),
    ]


def _changed(evidence: Evidence, language: Language) -> list[Block]:
    """Returns the slide on what changed since the baseline: a picture of both rounds with the results of the
    test, and one line on what the test cannot say. Another slide says which targets are reached."""
    found = first_page.headline_change(evidence)
    title = first_page.title(evidence, language) if found else language.say("change.heading")
    unsaid = first_page.about_change(language, found)
    return _pictured(change(evidence, language, "slide"), title, unsaid)


def _by_group(evidence: Evidence, language: Language) -> list[Block]:
    """Returns a slide with a picture of the rates below a title that compares categories: those of the first
    comparison that may be told, or else of the lead group. Without such a title, the picture has the first groups
    for which it has room."""
    if pairs := contrast_sentences.told(evidence.now):
        what = Grouped("prevalence", (pairs[0]["group"],), pairs[0]["reference_population"])
        told = contrast_sentences.as_title(evidence.now, language, pairs[0])
        return _pictured(estimates(evidence, language, "slide", what), told)
    title = slide_titles.groups(evidence.now, language)
    groups = (evidence.now.lead,) if title else tuple(groups_that_fit(evidence, CATEGORIES))
    if not groups:
        return []
    return _pictured(estimates(evidence, language, "slide", Grouped("prevalence", groups)), title)


def _pictured(picture: Drawn | None, title: str | None = None, more: str = "") -> list[Block]:
    """Returns a slide with a picture. Its heading is `title`, and the title of the picture and the sentence
    `more` stand below; or it is the title of the picture if `title` is None. The list is empty if there is no
    picture."""
    if not picture:
        return []
    below = (Paragraph(text, "quiet") for text in (picture.title if title else "", more) if text)
    return [Heading(title or picture.title), *below, Chart(picture)]


def _groups_of_cases(out: Published) -> list[str]:
    """Returns the first groups of the cases (such as their sectors) of which a slide can name the
    categories."""
    return fitting(out, "share", groups_of(out, "share", least=2), ROWS)


def _coerced(evidence: Evidence, language: Language) -> list[Block]:
    """Returns a slide with the means of coercion, for the first population with a published profile (shares
    of cases by characteristic). The list is empty if there is no such profile, or if a slide has no room for
    it."""
    rows = _means_of_coercion(evidence.now)
    if rows.empty:
        return []
    picture = estimates(
        evidence, language, "slide", Grouped("profile", (COERCION,), rows["reference_population"].iloc[0])
    )
    told = share_sentences.majority(language, rows, "slides.coerced")
    return _pictured(picture, told, language.say("profile.majority") if told else "")


def _means_of_coercion(out: Published) -> pd.DataFrame:
    """Returns the published shares of cases by means of coercion, of the first population that has them.
    There are no rows if one picture has no room for them."""
    there = [p for p in results_section.profile_populations(out) if COERCION in groups_of(out, "profile", p)]
    rows: pd.DataFrame = (
        out.select("profile", [COERCION], population=there[0]) if there else out.table.head(0)
    )
    return rows if len(rows) <= ROWS else rows.head(0)


def _unknown(evidence: Evidence, language: Language) -> list[Block]:
    """Returns the slide on what is not known: whom the survey could not reach, and which rates by group,
    shares of cases and means of coercion are hidden or too uncertain."""
    out = evidence.now
    rates = [out.select("prevalence", [g]) for g in groups_of(out, "prevalence", least=0)]
    rates += [
        out.select("prevalence", [g], population=p)
        for p in out.headlines[1:]
        for g in groups_of(out, "prevalence", p, least=2)[:1]
    ]
    rows = pd.concat(
        [*rates, *(out.select("share", [g]) for g in _groups_of_cases(out)), _means_of_coercion(out)]
    )
    first = out.select("prevalence")["reference_population_label"].iloc[0]
    return [
        Heading(language.say("slides.unknown")),
        Bullets(
            tuple(
                t
                for t in (
                    result_sentences.coverage(out, language),
                    _categories_by_group(language, rows[rows["marker"] == "c"], first, "slides.hidden"),
                    _categories_by_group(
                        language, rows[rows["flag"] == "unreliable"], first, "slides.unreliable"
                    ),
                    *language.each("slides.never"),
                    language.say("sentence.not_global"),
                )
                if t
            )
        ),
    ]


def _categories_by_group(language: Language, rows: pd.DataFrame, first: object, key: str) -> str:
    """Returns a sentence that lists the categories of some rows with the names of their groups, such as `sex
    (women)`. Before a group of another population than the first stands its name. If a group has more than
    `NAMED` categories, the list has only their number. `key` is the key of the sentence in the language
    files. The text is empty if there are no rows."""
    by = []
    for (who, b), part in rows.groupby(["reference_population_label", "breakdown"], sort=False):
        names = [number_words.category(language, r) for r in as_records(part)]
        named = language.list(names) if any("," in name for name in names) else ", ".join(names)
        which = named if len(part) <= NAMED else language.say("slides.categories", n=str(len(part)))
        of_whom = "" if who == first else f"{language.kit(who)}, "
        by.append(f"{of_whom}{number_words.group(language, str(b))} ({which})")
    return language.say(key, which=language.list(by)) if by else ""


def _targets(evidence: Evidence, language: Language) -> list[Block]:
    """Returns the slide on what the plan could promise: which targets a planned survey could verify, or which
    are reached. The notes have the path to the first target, and what a repeat of the survey would detect."""
    targets = targets_section.in_words(evidence, language, TARGETS, on_slide=True)
    more = targets_section.more_targets(evidence, language, TARGETS)
    planned = evidence.planned_repeat
    notes = (
        slide_titles.path(evidence, language),
        slide_titles.repeat(evidence, language),
        plan_words.found(language, planned) if planned else "",
    )
    told = tuple(filter(None, notes))
    return [
        Heading(slide_titles.targets(evidence, language) or language.say("slides.promise")),
        targets or targets_section.table(evidence, language),
        *([Paragraph(more, "quiet")] if more else []),
        *([SpeakerNotes(told)] if told else []),
    ]
