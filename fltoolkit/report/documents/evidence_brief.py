"""Makes the evidence brief: two pages for a first survey, three if a later survey says what changed. The first
page can be read alone. The others have the numbers by group, and what they are based on."""

from __future__ import annotations

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.report.document_formats.document_blocks import (
    Block,
    Bullets,
    Chart,
    Charts,
    Document,
    Heading,
    Paragraph,
)
from fltoolkit.report.document_sections import first_page, follow_up_section, results_section, targets_section
from fltoolkit.report.document_sections.results_section import groups_of
from fltoolkit.report.documents.document_language import with_own_words
from fltoolkit.report.documents.document_pictures import (
    COERCION,
    Grouped,
    Width,
    change,
    estimates,
    second_picture,
)
from fltoolkit.show.wording import contrast_sentences, result_sentences, share_sentences

PRINT_AND_TELEPHONE: tuple[Width, Width] = ("first", "half")


@with_own_words
def evidence_brief(evidence: Evidence, language: Language) -> Document:
    """Returns the evidence brief in one language. Its first page can be read alone. The other pages have the
    numbers by group, and what they are based on."""
    out = evidence.now
    blocks = (
        *_fact_sheet(evidence, language),
        *_numbers(evidence, language),
        *_basis(evidence, language),
    )
    title, about = first_page.title(evidence, language), results_section.title(out, language, "brief.title")
    subtitle = about if title != about else language.own(evidence.plan.title)
    foot, masthead = (
        results_section.source(evidence, language),
        results_section.masthead(out.release, language),
    )
    return Document("brief", title, subtitle, language.code, blocks, foot, masthead).with_common_letters()


def _fact_sheet(evidence: Evidence, language: Language) -> list[Block]:
    """Returns the first page: the rate and the number of persons, who is affected, the targets, the decision
    to take, and the caveats."""
    facts, others = first_page.tiles(evidence, language), first_page.below_the_tiles(evidence, language)
    most = targets_section.most_on_first_page(evidence)
    targets, more = (
        targets_section.in_words(evidence, language, most),
        targets_section.more_targets(evidence, language, most),
    )
    blocks: list[Block] = [Heading(language.say("sheet.targets"), 2), targets] if targets else []
    blocks += [Paragraph(more, "quiet")] if more else []
    who = first_page.who(evidence, language)
    window = result_sentences.window(language, evidence.now.select("prevalence").iloc[0].to_dict())
    return [
        *results_section.range_explained(evidence.now, language),
        facts,
        Paragraph(" ".join((*others, result_sentences.forced_labour(evidence.now, language), window))),
        *_lead_pictures(evidence, language),
        *([Bullets(who)] if who else []),
        *blocks,
        targets_section.to_decide(evidence, language),
        Heading(language.say("sheet.careful"), 2),
        Bullets(_caveats(evidence, language)),
    ]


def _lead_pictures(evidence: Evidence, language: Language) -> list[Block]:
    """Returns the picture of the first page. After a later survey it is the change for everyone and by the lead
    group (the group that survey.yaml names for the first comparison). Before, it is the rates by the lead group;
    if adults and children were both asked, each population has its own picture with its own axis.

    If survey.yaml names no such group, or one with too many categories for a page, it is the change; without a
    change, the path to a target; without a target, the fall that a repeat of the survey could detect.
    """
    out = evidence.now
    lead = contrast_sentences.is_compared(out) and results_section.fits_in_brief(out, out.lead)
    if lead and (changed := change(evidence, language, "first", (out.lead,))):
        return [Chart(changed, narrow=change(evidence, language, "half", (out.lead,)))]
    if not lead:
        picture, narrow = (second_picture(evidence, language, width) for width in PRINT_AND_TELEPHONE)
        return [Chart(picture, narrow=narrow)] if picture else []
    parts = [p for p in out.headlines if out.lead in groups_of(out, "prevalence", p)][-2:]
    if len(parts) > 1:
        twins = (Grouped("prevalence", (out.lead,), p) for p in parts)
        return [Charts(tuple(Chart(estimates(evidence, language, "half", what)) for what in twins))]
    picture, narrow = (
        estimates(evidence, language, width, Grouped("prevalence", (out.lead,)))
        for width in PRINT_AND_TELEPHONE
    )
    return [Chart(picture, narrow=narrow)]


def _caveats(evidence: Evidence, language: Language) -> tuple[str, ...]:
    """Returns the caveats. They say why the interval is wide, whom the survey could not reach, and how
    unresolved persons (don't know, refused, blank) affect the rate. They also say what of the definition was
    not asked or is provisional, and that a change has no stated cause."""
    out = evidence.now
    first = out.select("prevalence").iloc[0].to_dict()
    changed = first_page.headline_change(evidence)
    reached = result_sentences.coverage(out, language) or language.say("brief.covers_all")
    caveats = (
        result_sentences.wide_interval(out, language),
        reached,
        result_sentences.headline_unresolved(out, language),
        result_sentences.definition(language, first) if first["same_work"] == "assumed" else "",
        result_sentences.to_verify(language, first),
        first_page.about_change(language, changed) if evidence.changed is not None else "",
        language.say("sentence.not_global"),
    )
    return tuple(text for text in caveats if text)


def _numbers(evidence: Evidence, language: Language) -> list[Block]:
    """Returns the section with numbers: the rates of the default population by group, what changed if there is a
    later survey, the falls that a survey could detect if the plan has no target, and how people are made to
    work."""
    out = evidence.now
    set_first = (
        [] if len(targets_section.with_target(evidence)) else [targets_section.detectable(evidence, language)]
    )
    return [
        Heading(language.say("brief.numbers"), new_page=True),
        Paragraph(contrast_sentences.family(out, language)),
        *results_section.rates(out, language),
        *follow_up_section.in_brief(evidence, language),
        *set_first,
        *_coercion(evidence, language),
    ]


def _coercion(evidence: Evidence, language: Language) -> list[Block]:
    """Returns how people are made to work: what more than half of the cases have, and a picture of the means of
    coercion, the most frequent first, for the first population that has one."""
    out = evidence.now
    pictured = [
        p for p in results_section.profile_populations(out) if COERCION in groups_of(out, "profile", p)
    ]
    if not pictured:
        return []
    most = [Paragraph(f"{told}.") for told in share_sentences.majorities(out, language)]
    wide, narrow = (
        estimates(evidence, language, width, Grouped("profile", (COERCION,), pictured[0]))
        for width in PRINT_AND_TELEPHONE
    )
    return [Heading(language.say("profile.heading"), 2), *most, Chart(wide, narrow=narrow)]


def _basis(evidence: Evidence, language: Language) -> list[Block]:
    """Returns what every number is based on, but for what the first page and the notes of the tables have: the
    period, the population, and how numbers are protected and judged."""
    out = evidence.now
    elsewhere = (
        result_sentences.window(language, out.select("prevalence").iloc[0].to_dict()),
        language.say("basis.judged"),
    )
    said = [text for text in result_sentences.basis(out, language) if text not in elsewhere]
    return [
        Heading(language.say("brief.basis"), 2),
        Paragraph(" ".join((*said, language.say("contrasts.where"))), "quiet"),
    ]
