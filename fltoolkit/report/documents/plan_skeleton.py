"""Makes the skeleton (first draft) of the plan: the seven chapters that Tool No. 13 of the ILO toolkit lists,
with all their points as prompts.

Results of the survey and texts of the plan are filled into chapters 1, 4 and 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.report.document_formats.document_blocks import (
    LISTED,
    Block,
    Bullets,
    Chart,
    Contents,
    CoverFacts,
    Document,
    Facts,
    Heading,
    Paragraph,
    WritingSpace,
)
from fltoolkit.report.document_sections import (
    first_page,
    follow_up_section,
    knowledge_section,
    results_section,
    targets_section,
)
from fltoolkit.report.documents.document_language import with_own_words
from fltoolkit.report.documents.document_pictures import Grouped, estimates, path, repeat
from fltoolkit.report.knowledge_base import answers
from fltoolkit.show.printed_tables import framework_tables
from fltoolkit.show.printed_tables.printed_table import PrintedTable
from fltoolkit.show.wording import contrast_sentences, number_words, result_sentences

SECTORS = ("sector", "main_job_sector", "industry")
PLACES = ("region", "area", "province", "district")
MOST = 14  # categories of a picture
COVER = ("survey", "measured", "office", "released", "version", "adopted", "contact")


@with_own_words
def nap_skeleton(evidence: Evidence, language: Language) -> Document:
    """Returns the skeleton of the plan in one language: the seven chapters that Tool No. 13 of the ILO
    toolkit lists. Results of the survey and texts of the plan are filled into chapters 1, 4 and 6. The other
    chapters only have prompts for the partners, who write the plan. Tables by topic and by group are in an
    annex, so that the chapters have room for text."""
    chapters: list[Block] = []
    for n, filled in enumerate(
        (_introduction, _prompted, _legal, _strategy, _prompted, _monitoring, _prompted), 1
    ):
        chapters += [
            Heading(language.say(f"chapters.c{n}.title"), new_page=n == 1),
            *filled(evidence, language, n),
        ]
    chapters = _numbered([*_with_space(chapters, language), *_annex(evidence, language)], language)
    listed = tuple(b for b in chapters if isinstance(b, Heading) and b.level <= LISTED)
    texts = (text for b in chapters if isinstance(b, PrintedTable) for row in b.texts for text in row)
    numbers = (fact.number for b in chapters if isinstance(b, Facts) for fact in b.facts)
    markers = number_words.legend(language, number_words.used_markers([*texts, *numbers]))
    how = Paragraph(" ".join((language.say("skeleton.how"), *markers)), "quiet")
    blocks = (_cover(evidence, language), how, Contents(language.say("skeleton.contents"), listed), *chapters)
    title, source = (
        language.own(evidence.plan.title),
        results_section.source(evidence, language, "skeleton.foot"),
    )
    return Document("skeleton", title, language.say("skeleton.subtitle"), language.code, blocks, source)


def _cover(evidence: Evidence, language: Language) -> CoverFacts:
    """Returns the facts on the first page: the survey, who released its results and when, and the state of
    the draft. Facts that no file has are left to the partners to write."""
    out, to_write = evidence.now, language.say("skeleton.write")
    first = out.select("prevalence").iloc[0]
    given = {
        "survey": language.own(str(first["survey"])),
        "measured": language.list(
            [language.kit(first["reference_population_label"]), language.kit(first["reference_period"])]
        ),
        "version": language.say("skeleton.draft"),
    }
    if out.release:
        given |= {
            "office": language.own(out.release.office),
            "released": number_words.date(language, out.release.date),
        }
    return CoverFacts(
        tuple((language.say(f"skeleton.cover.{name}"), given.get(name, to_write)) for name in COVER)
    )


def _numbered(blocks: Sequence[Block], language: Language) -> list[Block]:
    """Returns blocks in which the tables and the pictures are numbered."""
    numbered: list[Block] = []
    tables, figures = count(1), count(1)
    for block in blocks:
        if isinstance(block, PrintedTable):
            block = replace(
                block, title=language.say("skeleton.table", n=str(next(tables)), title=block.title)
            )
        elif isinstance(block, Chart):
            block = replace(block, number=language.say("skeleton.figure", n=str(next(figures))))
        numbered.append(block)
    return numbered


def _with_space(blocks: Sequence[Block], language: Language) -> list[Block]:
    """Returns blocks with an empty space below each instruction, or below the last of several instructions.
    The partners write in this space."""
    spaced: list[Block] = []
    for block, after in zip(blocks, [*blocks[1:], None], strict=True):
        spaced.append(block)
        if _is_prompt(block) and not (after and _is_prompt(after)):
            spaced.append(WritingSpace(language.say("skeleton.write")))
    return spaced


def _is_prompt(block: Block) -> bool:
    return isinstance(block, Paragraph | Bullets) and block.style == "prompt"


def _annex(evidence: Evidence, language: Language) -> list[Block]:
    """Returns the annex: the survey's tables by topic, then the baselines by group that these tables do not
    have. If there is a later survey, the changes by group (each with its baseline) replace these
    baselines."""
    if evidence.follow_up.empty:
        head, tables = (
            "skeleton.by_group",
            [framework_tables.by_group(language, evidence.baseline, knowledge_section.keys(evidence))],
        )
    else:
        head = "change.heading"
        tables = [
            *follow_up_section.of_other_groups(evidence, language),
            follow_up_section.by_group(evidence, language),
        ]
    shown = [table for table in tables if table]
    more: list[Block] = [Heading(language.say(head), 2), *shown] if shown else []
    return [Heading(language.say("skeleton.annex")), *knowledge_section.known(evidence, language), *more]


def _prompted(evidence: Evidence, language: Language, chapter: int) -> list[Block]:
    """Returns a chapter that has only prompts, because the partners write it."""
    return [Bullets(language.each(f"chapters.c{chapter}.points"), "prompt")]


def _prompt(language: Language, chapter: int, point: int) -> Paragraph:
    return Paragraph(language.each(f"chapters.c{chapter}.points")[point], "prompt")


def _introduction(evidence: Evidence, language: Language, chapter: int) -> list[Block]:
    """Returns chapter 1: the rate and its change, the definitions, and what the survey found on groups,
    sectors, places, forms of forced labour and means of coercion."""
    out = evidence.now
    heads = language.each("skeleton.introduction")
    lower = result_sentences.headline_unresolved(out, language)
    return [
        Heading(heads[0], 2),
        _prompt(language, 1, 0),
        Heading(heads[1], 2),
        _prompt(language, 1, 1),
        first_page.tiles(evidence, language),
        *results_section.range_explained(out, language),
        *(Paragraph(text) for text in results_section.beside_facts(out, language)),
        *(Paragraph(text) for text in follow_up_section.verdicts(evidence, language)[:1]),
        *([Paragraph(lower)] if lower else []),
        Paragraph(result_sentences.coverage(out, language) or language.say("brief.covers_all")),
        Heading(heads[2], 2),
        _prompt(language, 1, 2),
        Paragraph(result_sentences.forced_labour(out, language)),
        *(Paragraph(text) for text in result_sentences.basis(out, language)),
        *results_section.rule_sets(out, language, Heading(language.say("rule_sets.heading"), 3)),
        Heading(heads[3], 2),
        _prompt(language, 1, 3),
        *knowledge_section.research(evidence, language),
        Heading(heads[4], 2),
        _prompt(language, 1, 4),
    ]


def _legal(evidence: Evidence, language: Language, chapter: int) -> list[Block]:
    """Returns chapter 2: its prompts, and the legal instruments (conventions, laws) that the plan names."""
    named = language.list(map(language.own, evidence.plan.legal_basis))
    basis = (
        Paragraph(f"{language.say('skeleton.legal_basis')} {named}.")
        if named
        else Paragraph(language.say("skeleton.no_legal_basis"), "prompt")
    )
    return [*_prompted(evidence, language, chapter), basis]


def _strategy(evidence: Evidence, language: Language, chapter: int) -> list[Block]:
    """Returns chapter 4: the plan's goal, objectives and outcomes, and pictures of the results on sectors,
    places and groups of persons, with the results of the tests between the categories of the lead group. The
    chapter does not rank these results."""
    plan, heads = evidence.plan, language.each("skeleton.strategy")
    groups = results_section.groups_of(evidence.now, "prevalence")
    persons = [g for g in groups if g not in (*PLACES, *SECTORS)]
    blocks: list[Block] = [
        Heading(heads[0], 2),
        _prompt(language, 4, 0),
        Paragraph(language.own(plan.goal), "lead"),
        *_not_verifiable(evidence, language),
        Bullets(
            tuple(
                language.colon(language.own(s.code), language.own(s.statement))
                for s in plan.framework
                if s.level in ("objective", "outcome")
            )
        ),
        Heading(heads[1], 2),
        Paragraph(language.say("skeleton.no_ranking"), "quiet"),
        _prompt(language, 4, 1),
    ]
    for head, chosen in ((heads[2], SECTORS), (heads[3], PLACES), (heads[4], persons)):
        pictures = _pictures(evidence, language, chosen)
        blocks += [Heading(head, 3), *(pictures or [Paragraph(language.say("skeleton.nothing"), "quiet")])]
        if evidence.now.lead in chosen and contrast_sentences.is_compared(evidence.now):
            blocks += [
                Bullets(
                    contrast_sentences.sentences(
                        evidence.now, language, most=contrast_sentences.MOST_SENTENCES
                    )
                )
            ]
    named = dict.fromkeys(goal for s in plan.framework for i in s.indicators for goal in i.sdg)
    sdg = sorted(named, key=lambda goal: goal.split(".")[0].zfill(2))  # in the order of the goals
    goals = [Paragraph(language.say("skeleton.sdg", goals=", ".join(sdg)))] if sdg else []
    return [
        *blocks,
        Heading(heads[5], 2),
        _prompt(language, 4, 2),
        *goals,
        Heading(heads[6], 2),
        _prompt(language, 4, 3),
        _prompt(language, 4, 4),
        _prompt(language, 4, 5),
    ]


def _not_verifiable(evidence: Evidence, language: Language) -> list[Block]:
    """Returns a line below the goal that says how many targets of the plan no planned survey can verify, if
    there are any. The target of a % decrease is that of its prevalence, and the line says that it is not
    counted again."""
    bad, every = len(targets_section.unverifiable_rows(evidence)), len(targets_section.with_target(evidence))
    again = (
        [language.say("skeleton.counted_once")]
        if (evidence.baseline.table["derived_from"] != "").any()
        else []
    )
    return (
        [
            Paragraph(
                " ".join([language.say("skeleton.not_verifiable", n=str(bad), of=str(every)), *again]),
                "quiet",
            )
        ]
        if bad
        else []
    )


def _pictures(evidence: Evidence, language: Language, groups: Sequence[str]) -> list[Block]:
    """Returns pictures of the rate by some groups (such as `sex`). For a group without a rate, the picture
    shows each category's share of the cases. Each picture is about the first population that has the number.

    Several groups share a picture if they fit on a page together. A group with too many categories for a page
    has no picture.
    """
    first = {str(rows["breakdown"].iloc[0]): rows for rows in reversed(answers(evidence.now, groups))}
    chosen: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for group, rows in sorted(first.items(), key=lambda found: groups.index(found[0])):
        measure, population = (str(rows[name].iloc[0]) for name in ("measure", "reference_population"))
        if measure in ("prevalence", "share") and len(rows) <= MOST:
            chosen.setdefault((measure, population), []).append((group, len(rows)))
    asked = (
        Grouped(measure, part, population)
        for (measure, population), sized in chosen.items()
        for part in _parts(sized)
    )
    return [Chart(estimates(evidence, language, "low", what)) for what in asked]


def _parts(groups: Sequence[tuple[str, int]]) -> list[tuple[str, ...]]:
    """Splits groups (each with its number of categories) into lists of groups, one list for each picture. The
    groups of one list have at most `MOST` categories together."""
    parts: list[tuple[str, ...]] = []
    room = 0
    for group, size in groups:
        if size > room:
            parts, room = [*parts, ()], MOST
        parts[-1], room = (*parts[-1], group), room - size
    return parts


def _monitoring(evidence: Evidence, language: Language, chapter: int) -> list[Block]:
    """Returns chapter 6: the plan's indicators, the targets and whether a survey can verify them, and the
    milestones (planned values that nobody measures). If there is a later survey, the chapter compares it with
    the baseline."""
    heads = language.each("skeleton.monitoring")
    way = path(evidence, language, "low") or repeat(evidence, language, "low")
    follow = follow_up_section.table(evidence, language)
    plan = evidence.plan
    coming = [str(year) for year in plan.planned_surveys if year > int(evidence.now.table.iloc[0]["year"])]
    planned = (
        language.say(
            "skeleton.surveys" if len(coming) > 1 else "skeleton.survey", years=language.join(coming)
        )
        if coming
        else ""
    )
    later: list[Block] = [Heading(heads[4], 2), follow] if follow else []
    return [
        Bullets(language.each("chapters.c6.points"), "prompt"),
        Heading(heads[0], 2),
        targets_section.detectable(evidence, language),
        framework_tables.matrix(language, evidence),
        Heading(heads[1], 2),
        Paragraph(targets_section.meaning(evidence, language)),
        *targets_section.unverifiable(evidence, language),
        targets_section.table(evidence, language, short=True),
        Heading(heads[2], 2),
        Paragraph(f"{language.say('milestones.meaning')} {planned}".strip()),
        targets_section.milestones(evidence, language),
        *([Chart(way)] if way else []),
        *later,
        Heading(heads[3], 2),
        framework_tables.smart(language, evidence),
    ]
