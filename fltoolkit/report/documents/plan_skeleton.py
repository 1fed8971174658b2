"""The plan's skeleton: Tool No. 13's seven chapters with all their points as prompts; 1, 4 and 6 filled from the survey and the plan."""

from __future__ import annotations

from collections.abc import Sequence

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.report.document_formats.document_blocks import Block, Bullets, Chart, Document, Heading, Paragraph
from fltoolkit.report.document_sections import follow_up_section, framework_section, results_section, targets_section
from fltoolkit.report.documents.document_language import with_own_words
from fltoolkit.report.documents.document_pictures import by_group, change, path, repeat
from fltoolkit.show.printed_tables import framework_tables, result_tables

SECTORS = ("sector", "main_job_sector", "industry")
PLACES = ("region", "area", "province", "district")


@with_own_words
def nap_skeleton(evidence: Evidence, language: Language) -> Document:
    """The skeleton in one language."""
    contents = tuple(language.say(f"chapters.c{n}.title") for n in range(1, 8))
    blocks: list[Block] = [Paragraph(language.say("skeleton.how"), "quiet"), Bullets(contents)]
    for n, filled in enumerate((_introduction, _prompted, _legal, _strategy, _prompted, _monitoring, _prompted), 1):
        blocks += [Heading(language.say(f"chapters.c{n}.title"), new_page=True), *filled(evidence, language, n)]
    plan = evidence.plan
    subtitle = language.say("skeleton.subtitle", survey=language.own(str(evidence.now.table.iloc[0]["survey"])))
    return Document(
        "skeleton",
        language.own(plan.title),
        subtitle,
        language.code,
        tuple(blocks),
        results_section.source(evidence.now, language),
    )


def _prompted(evidence: Evidence, language: Language, chapter: int) -> list[Block]:
    """A chapter that is the partners' whole."""
    return [Bullets(language.each(f"chapters.c{chapter}.points"), "prompt")]


def _prompt(language: Language, chapter: int, point: int) -> Paragraph:
    return Paragraph(language.each(f"chapters.c{chapter}.points")[point], "prompt")


def _introduction(evidence: Evidence, language: Language, chapter: int) -> list[Block]:
    """Chapter 1: definitions, prevalence, forms and groups from the survey."""
    out = evidence.now
    heads = language.each("skeleton.introduction")
    picture = by_group(evidence, language, "wide")
    lower = results_section.unresolved(out, language)
    return [
        Heading(heads[0], 2), _prompt(language, 1, 0),
        Heading(heads[1], 2), _prompt(language, 1, 1), *(Paragraph(text) for text in results_section.headline(out, language)),
        *([Paragraph(lower)] if lower else []), Paragraph(results_section.coverage(out, language) or language.say("brief.covers_all")),
        Heading(heads[2], 2), _prompt(language, 1, 2), Paragraph(language.say("sheet.definition")),
        *(Paragraph(text) for text in results_section.basis(out, language)), results_section.rule_sets(out, language),
        Heading(heads[3], 2), _prompt(language, 1, 3), *([Chart(picture)] if picture else []), *results_section.tables(out, language),
        Heading(heads[4], 2), _prompt(language, 1, 4), *(Paragraph(text) for text in follow_up_section.verdicts(evidence, language)),
    ]  # fmt: skip


def _legal(evidence: Evidence, language: Language, chapter: int) -> list[Block]:
    return [
        *_prompted(evidence, language, chapter),
        Paragraph(language.say("skeleton.legal_basis")),
        framework_section.legal(evidence, language),
    ]


def _strategy(evidence: Evidence, language: Language, chapter: int) -> list[Block]:
    """Chapter 4: the goal, and what the survey says of sectors, places and groups: never which of them comes first."""
    out, plan = evidence.now, evidence.plan
    groups = results_section.groups_of(out, "prevalence")
    shared = results_section.groups_of(out, "share")
    sectors = [g for g in SECTORS if g in {*groups, *shared, *results_section.groups_of(out, "total")}]
    heads = language.each("skeleton.strategy")
    blocks: list[Block] = [
        Heading(heads[0], 2), _prompt(language, 4, 0), Paragraph(language.own(plan.goal), "lead"),
        Bullets(tuple(language.colon(language.own(s.code), language.own(s.statement)) for s in plan.framework if s.level in ("objective", "outcome"))),
        Heading(heads[1], 2), Paragraph(language.say("skeleton.no_ranking"), "quiet"), _prompt(language, 4, 1),
    ]  # fmt: skip
    for head, chosen in (
        (heads[2], sectors),
        (heads[3], PLACES),
        (heads[4], [g for g in groups if g not in (*PLACES, *SECTORS)]),
    ):
        tables = _tables(evidence, language, chosen)
        blocks += [Heading(head, 3), *(tables or [Paragraph(language.say("skeleton.nothing"), "quiet")])]
    sdg = list(dict.fromkeys(goal for s in plan.framework for i in s.indicators for goal in i.sdg))
    goals = [Paragraph(language.say("skeleton.sdg", goals=", ".join(sdg)))] if sdg else []
    return [
        *blocks, Heading(heads[5], 2), _prompt(language, 4, 2), *goals, Heading(heads[6], 2), _prompt(language, 4, 3), _prompt(language, 4, 4),
        _prompt(language, 4, 5),
    ]  # fmt: skip


def _tables(evidence: Evidence, language: Language, groups: Sequence[str]) -> list[Block]:
    """What is published by some groups: the rates, and the shares of cases."""
    own = evidence.now.own
    rows = own[own["breakdown"].isin(groups) & own["measure"].isin(["prevalence", "share"])]
    return [result_tables.table(language, part) for _, part in rows.groupby(["measure", "reference_population"], sort=False)]


def _monitoring(evidence: Evidence, language: Language, chapter: int) -> list[Block]:
    """Chapter 6: the matrix, targets and whether they can be verified, milestones that nobody measures, follow-up."""
    heads = language.each("skeleton.monitoring")
    way, changed = path(evidence, language, "wide") or repeat(evidence, language, "wide"), change(evidence, language, "wide")
    follow = follow_up_section.table(evidence, language)
    plan = evidence.plan
    surveys = language.join(str(year) for year in plan.planned_surveys)
    planned = [Paragraph(language.say("skeleton.surveys", years=surveys))] if plan.planned_surveys else []
    later: list[Block] = []
    if follow:
        later = [
            Heading(heads[4], 2),
            *(Paragraph(t) for t in follow_up_section.verdicts(evidence, language)),
            *([Chart(changed)] if changed else []),
            follow,
        ]
    return [
        Bullets(language.each("chapters.c6.points"), "prompt"), Heading(heads[0], 2), framework_tables.matrix(language, evidence),
        Heading(heads[1], 2), Paragraph(language.say("targets.meaning")), *targets_section.unverifiable(evidence, language),
        targets_section.detectable(evidence, language), targets_section.table(evidence, language),
        Heading(heads[2], 2), Paragraph(language.say("milestones.meaning")), *([Chart(way)] if way else []),
        targets_section.milestones(evidence, language), *planned, Heading(heads[3], 2), framework_tables.smart(language, evidence), *later,
    ]  # fmt: skip
