"""Writes the plan's targets as blocks of a document. The blocks say which targets a survey could verify, and
how large a fall must be before a repeat of the survey can detect it. They also list the milestones (planned
values of the years before a target)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.nap.baseline import PREVALENCE
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.later_survey import BEHIND, UNRELIABLE_BELOW
from fltoolkit.nap.targets import NO_FALL, POWER, TARGET, UNPLANNED
from fltoolkit.report.document_formats.document_blocks import Block, Bullets, Paragraph
from fltoolkit.show.printed_tables import target_tables
from fltoolkit.show.printed_tables.printed_table import PrintedTable
from fltoolkit.show.wording import number_words, result_sentences
from fltoolkit.show.wording.plan_words import (
    Line,
    aim,
    fall_to,
    is_never_enough,
    is_too_wide,
    is_total,
    measured,
    planned_sizes,
    sign,
    totals,
    value,
    warning,
)
from fltoolkit.table_records import as_records

MOST = 4  # targets on the first page of a first survey of one population
NAMED = 2  # targets in a sentence
MOST_DECIDED = 3  # decisions
ROW = ("id", "group", "category")
MET, MISSED, NOT_KNOWN = "✓", "✗", "?"  # whether a target is reached
URGENT = (MISSED, NOT_KNOWN, MET)
Decision = tuple[str, ...]
"""Sentences on what is to be decided. If there are choices, the first is a question with the two of them."""


def with_target(evidence: Evidence) -> pd.DataFrame:
    """Returns those rows of the plan's table that have a target. A row is an indicator, for its whole
    population or for one category."""
    targets = evidence.targets
    return targets[targets["target_year"].notna()]


def on_path(evidence: Evidence) -> pd.DataFrame:
    """Returns the plan's targets that a chart can show as a path from the baseline to the target. They are
    for whole populations, and each lies below its baseline."""
    rows = totals(with_target(evidence))
    return rows[rows["cut"] > 0]


def unverifiable(evidence: Evidence, language: Language) -> tuple[Paragraph, ...]:
    """Returns one paragraph with a warning for each target of the plan that no survey of the planned size
    could verify. There is no paragraph if there is no such target."""
    warnings = (warning(language, row) for row in unverifiable_rows(evidence))
    return tuple(
        Paragraph("\n".join(f"•\u00a0{text}" for text in reasons), "warning", label)
        for label, *reasons in warnings
    )


def unverifiable_rows(evidence: Evidence) -> Sequence[Line]:
    """Returns those rows of the plan whose target no survey of the planned size could verify, and no later
    survey has shown to be reached or missed."""
    rows = with_target(evidence)
    return [row for row in as_records(rows[rows["verifiable"] == "no"]) if sign(row) == NOT_KNOWN]


def meaning(evidence: Evidence, language: Language) -> str:
    """Returns sentences that say what makes a target verifiable, and what helps if no planned survey can
    verify one.

    If unresolved answers (don't know, refused, blank) make the baseline a wide range, it helps to get fewer
    such answers. For other targets it helps to ask more persons, to choose a later year, or to change the
    target.
    """
    wide = [is_too_wide(row) for row in unverifiable_rows(evidence)]
    advice = [
        language.say(f"targets.{key}") for key, said in (("wide", any(wide)), ("hope", not all(wide))) if said
    ]
    return _sentences(language.say("targets.meaning"), *advice)


def in_words(
    evidence: Evidence, language: Language, limit: int, *, on_slide: bool = False
) -> PrintedTable | None:
    """Returns a table of the plan's targets in words, for the first page of the brief and a slide (see
    `target_tables.in_words`). Returns None if the plan has no target.

    If there are more than `limit` targets, the table has only `limit`: first targets that are not reached,
    then targets for which this is not known.
    """
    rows = with_target(evidence)
    if len(rows) > limit:
        signs = rows.apply(sign, axis=1).map(URGENT.index)
        rows = rows.loc[signs.sort_values(kind="stable").index[:limit]]
        order = {
            name: n for n, name in enumerate(rows["id"].unique())
        }  # so that each indicator has one heading
        rows = rows.sort_values("id", key=lambda ids: ids.map(order), kind="stable")
    return None if rows.empty else target_tables.in_words(language, rows, on_slide=on_slide)


def most_on_first_page(evidence: Evidence) -> int:
    """Returns how many targets the first page of the brief has room for. There is less room if a later survey
    adds words to each target, if adults and children have a picture each, or if a sentence must say that
    targets are left out."""
    room = MOST - (evidence.changed is not None) - 2 * (len(evidence.now.headlines) > 1)
    return max(1, room - (len(with_target(evidence)) > room))


def more_targets(evidence: Evidence, language: Language, limit: int) -> str:
    """Returns a sentence on how many targets a table of at most `limit` targets leaves out. The text is empty
    if none is left out."""
    left = len(with_target(evidence)) - limit
    return language.say("sheet.more_targets", n=str(left)) if left > 0 else ""


def to_decide(evidence: Evidence, language: Language) -> Paragraph:
    """Returns the paragraph with the most urgent decision about the plan's targets (see `decisions`): one
    question and one reason."""
    question, *reasons = decisions(evidence, language)[0]
    return Paragraph(_sentences(question, *reasons[:1]), "warning", language.say("sheet.decide"))


def to_decide_on_slide(evidence: Evidence, language: Language) -> list[Block]:
    """Returns what `to_decide` says as blocks of a slide: the question in a paragraph, and each reason with a
    bullet."""
    blocks: list[Block] = []
    for question, *reasons in decisions(evidence, language):
        blocks.append(Paragraph(number_words.start(question), "warning"))
        blocks += [Bullets(tuple(map(number_words.start, reasons)))] if reasons else []
    return blocks


def decisions(evidence: Evidence, language: Language) -> list[Decision]:
    """Returns the most urgent decision about the plan's targets. There are up to three if targets of several
    kinds cannot be verified.

    It is about the targets that are not reached, or whose number is above the value planned for its year. If
    there are none, it is about those whose year was measured without an answer, then about those that no
    planned survey can verify, or else about those that a survey still has to verify. If all targets are
    reached, or if of none it can be said whether a survey could verify it, the sentence says so. Without any
    target, it says what a repeat of the survey could detect.
    """
    rows = with_target(evidence)
    if rows.empty:
        repeat = found_by_repeat(evidence, language)
        return [(language.say("sheet.decisions.none"), *repeat[:1])]
    years = rows.groupby(list(ROW), dropna=False, sort=False)["target_year"].transform("size")
    records = as_records(rows.assign(targets_of_row=years))
    undecided = [row for row in records if sign(row) == NOT_KNOWN]
    missed = [row for row in records if sign(row) == MISSED] + [
        row for row in undecided if row["reached"] == BEHIND
    ]
    if missed:
        return [(language.say("sheet.decisions.missed", targets=_subjects(language, missed)),)]
    if due := [row for row in undecided if row["later_year"] >= row["target_year"]]:
        told = language.say(
            "sheet.decisions.undecided", targets=_subjects(language, due), year=f"{due[0]['later_year']:g}"
        )
        return [(_question(language, language.each("sheet.choices.later_year")), told)]
    if doubtful := [row for row in undecided if row["verifiable"] == "no"]:
        *first, last = _remedies(evidence, language, doubtful)
        return [*first, (*last, *_verifiable(language, undecided))]
    if not undecided:
        return [(language.say("sheet.decisions.met"),)]
    if not any(row["verifiable"] for row in undecided):
        why = language.list(
            dict.fromkeys(number_words.reason(language, row["obstacle"]) for row in undecided)
        )
        return [(language.say("sheet.decisions.unknown", why=why),)]
    return [(language.say("sheet.decisions.open"), *_persons_needed(language, undecided))]


def _question(language: Language, choices: Sequence[str]) -> str:
    one, other = choices
    return language.say("sheet.either", one=one, other=other)


def _verifiable(language: Language, rows: Sequence[Line]) -> tuple[str, ...]:
    """Returns a sentence on how many of the targets a planned survey can verify. There is none if it can
    verify no target."""
    sure = sum(row["verifiable"] == "yes" for row in rows)
    size = planned_sizes(language, pd.DataFrame(rows))
    return (language.each("sheet.decisions.verifiable", n=str(sure), size=size)[sure > 1],) if sure else ()


def _remedies(evidence: Evidence, language: Language, rows: Sequence[Line]) -> list[Decision]:
    """Returns what could make targets verifiable that no planned survey can verify now, each with its
    question.

    If unresolved answers (don't know, refused, blank) make a number a wide range, the first decision advises
    to get fewer such answers, because more persons alone do not help. For the other targets, the sentences
    say how many persons are needed, or which larger fall the planned survey would detect.
    """
    wide = [row for row in rows if is_too_wide(row)]
    unplanned = [row for row in rows if row["obstacle"] == UNPLANNED]
    found = _if_too_wide(evidence, language, wide) if wide else []
    if others := [row for row in rows if not is_too_wide(row) and row["obstacle"] != UNPLANNED]:
        found.append(
            _if_too_small(language, others[0])
            if _choices(others) == "set_lower"
            else _if_refused(language, others)
        )
    return [*found, *([_if_refused(language, unplanned)] if unplanned else [])][:MOST_DECIDED]


def _if_too_small(language: Language, row: Line) -> Decision:
    """Returns the decision about the only target that no planned survey can verify, if its fall is too small
    for a survey of any size and the planned survey would detect a larger one."""
    question = _question(language, language.each("sheet.choices.set_lower", **_aim_of(language, row)))
    below = [_below_but_unreliable(language, row)] if row["reached"] == UNRELIABLE_BELOW else []
    return (question, *below, language.say("sheet.decisions.too_small", **_aim_of(language, row)))


def _if_refused(language: Language, rows: Sequence[Line]) -> Decision:
    """Returns the decision about targets that no planned survey can verify: which they are, the numbers that
    are below their target but unreliable, the falls that the planned survey would detect in their place, and
    the persons needed."""
    below = [row for row in rows if row["reached"] == UNRELIABLE_BELOW]
    years = dict.fromkeys(f"{row['target_year']:g}" for row in rows)
    refused = _listed(
        language, (_aimed_subject(language, row) for row in rows if row["reached"] != UNRELIABLE_BELOW)
    )
    larger = [row for row in rows if _has_larger_fall(row)]
    told = [(row, _below_but_unreliable(language, row)) for row in below[:NAMED]]
    told += [
        (row, language.say("sheet.decisions.instead", **_aim_of(language, row))) for row in larger[:NAMED]
    ]
    return (
        _question(language, language.each(f"sheet.choices.{_choices(rows)}", years=language.join(years))),
        *([language.say("sheet.decisions.refused", targets=refused)] if refused else []),
        *(language.say("sheet.decisions.of", who=_subject(language, row), said=said) for row, said in told),
        *_persons_needed(language, rows),
    )


def _if_too_wide(evidence: Evidence, language: Language, rows: Sequence[Line]) -> list[Decision]:
    """Returns the decision about targets whose baseline is a wide range. If the fall to a target would be
    missed also without unresolved answers, it gives the chance; if the planned survey would detect a larger
    one, a second decision is about that lower target. If there are several such targets, it does this for the
    last one."""
    asked = (
        [language.say("sheet.choices.parents")] if result_sentences.asks_parents(evidence.now.table) else []
    )
    fewer = language.say(
        "sheet.choices.fewer_open", means=", ".join([*language.each("sheet.choices.means"), *asked])
    )
    never = [row for row in rows if _is_fall(row) and row["power"] < POWER and is_never_enough(row)][-1:]
    even = [language.say("sheet.decisions.even_without", **_aim_of(language, row)) for row in never]
    lower = [
        language.each("sheet.choices.lower", **_aim_of(language, row))
        for row in never
        if _has_larger_fall(row)
    ]
    first = (
        _question(language, (fewer, language.each("sheet.choices.keep")[len(rows) > 1])),
        language.say("sheet.decisions.fewer_open", targets=_subjects(language, rows)),
    )
    if not lower:
        return [(*first, *(even or [language.say("sheet.decisions.more_persons")]))]
    return [first, *((_question(language, choices), *even) for choices in lower)]


def _below_but_unreliable(language: Language, row: Line) -> str:
    """Returns a sentence on the number of a later survey that is below its target with its whole interval,
    but is unreliable."""
    found = measured(language, row)
    return language.say(
        "sheet.decisions.already", **_aim_of(language, row), found=found, year=f"{row['later_year']:g}"
    )


def _choices(rows: Sequence[Line]) -> str:
    """Returns the key of the two choices about targets that no planned survey can verify: ask more persons
    only if that helps for one of them, plan a survey only if one is missing, set a later year only if a
    target is a fall, and a lower target only if the planned survey would detect the fall to it."""
    if all(row["obstacle"] == UNPLANNED for row in rows):
        return "plan_survey"
    if any(pd.notna(row["sample_needed"]) for row in rows):
        return "ask_more"
    if any(map(_is_fall, rows)) and not any(map(is_never_enough, rows)):
        return "later_year"
    return "set_lower" if len(rows) == 1 and _has_larger_fall(rows[0]) else "set_another"


def _aim_of(language: Language, row: Line) -> dict[str, str]:
    """Returns the words of a target that no planned survey can verify: its subject, its baseline, its value
    and its unit, the value that the planned survey would detect in its place, and the chance that it detects
    the target's own."""
    return {
        "who": _subject(language, row),
        "start": value(language, row["baseline_value"], row),
        "aim": aim(language, row),
        "unit": number_words.unit(language, str(row["measure"])),
        "value": value(language, row["smallest_value"], row),
        "chance": number_words.percent(language, row["power"]),
    }


def _is_fall(row: Line) -> bool:
    """Returns whether a target lies below its baseline, and above zero."""
    return bool(0 < row["cut"] < 1)


def _has_larger_fall(row: Line) -> bool:
    """Returns whether a target is a fall, and the planned survey would detect a larger one in its place."""
    return bool(_is_fall(row) and row["smallest_value"] < row["target_value"])


def _persons_needed(language: Language, rows: Sequence[Line]) -> tuple[str, ...]:
    """Returns a sentence on how many persons must answer in a repeat of the survey so that it can verify a
    target. It gives one number for each target whose number is known, but for at most `NAMED` targets. There
    is none if no number is known."""
    known = [
        language.say(
            "sheet.decisions.of_persons",
            n=number_words.count(language, r["sample_needed"]),
            who=_subject(language, r),
        )
        for r in rows
        if pd.notna(r["sample_needed"])
    ][:NAMED]
    return (language.say("sheet.decisions.needed", persons=language.list(known)),) if known else ()


def _subjects(language: Language, rows: Sequence[Line]) -> str:
    """Returns a list in words of the subjects of the targets, each once."""
    return _listed(language, (_subject(language, row) for row in rows))


def _subject(language: Language, row: Line) -> str:
    """Returns the subject of a target in few words: its category, such as `women`. If it is for the whole
    population, returns the population of a rate that the kit named, or else the indicator. The year follows
    if the plan has several targets for it."""
    who = number_words.population(language, row)
    if not is_total(row):
        what = number_words.whom(language, row["category"])
    elif row["indicator"] == PREVALENCE["indicator"] and who:
        what = language.say("sheet.decisions.all_of", who=who)
    else:
        what = language.say("sheet.decisions.whole", indicator=number_words.indicator(language, row))
    return what if row["targets_of_row"] == 1 else f"{what} ({row['target_year']:g})"


def _aimed_subject(language: Language, row: Line) -> str:
    """Returns the subject of a target in few words (see `_subject`). For a category, its value and year
    follow: `women (13.2 per 1,000 by 2030)`."""
    wanted = aim(language, row)
    if not wanted or is_total(row):
        return _subject(language, row)
    what, unit = (
        number_words.whom(language, row["category"]),
        number_words.unit(language, str(row["measure"])),
    )
    return language.say(
        "sheet.decisions.aim", what=what, value=wanted, unit=unit, year=f"{row['target_year']:g}"
    )


def _listed(language: Language, texts: Iterable[str]) -> str:
    """Returns a list of the texts in words, each once. After the first `NAMED`, the list only says how many
    more there are."""
    listed = list(dict.fromkeys(texts))
    left = len(listed) - NAMED
    more = [language.each("targets.more", n=str(left))[left > 1]] if left > 0 else []
    return language.join((*listed[:NAMED], *more))


def _sentences(*texts: str) -> str:
    return " ".join(number_words.start(text) for text in texts if text)


def found_by_repeat(evidence: Evidence, language: Language) -> tuple[str, ...]:
    """Returns sentences on the smallest fall that a repeat of the survey could detect with the planned number
    of persons. There is one sentence for each indicator, about its whole population. Readers need these falls
    before they set a target."""
    rows = totals(evidence.targets)
    rows = rows[rows["planned_sample"].notna()]
    return tuple(
        language.say(
            f"targets.repeat.{_found(r)}",
            fall=fall_to(language, r),
            why=language.kit(r["smallest_obstacle"]),
            planned=number_words.count(language, r["planned_sample"]),
            what=number_words.indicator(language, r),
        )
        for r in as_records(rows.drop_duplicates("id"))
    )


def _found(row: Line) -> str:
    """Returns the key of the sentence on what a repeat of the survey could detect in a row."""
    if pd.notna(row["smallest_cut"]):
        return "fall"
    return "nothing" if row["smallest_obstacle"] == NO_FALL else "not_judged"


def table(evidence: Evidence, language: Language, *, short: bool = False) -> PrintedTable | Paragraph:
    """Returns a table of the plan's targets: each with its baseline, whether a repeat of the survey could
    verify it, and the smallest fall that the repeat could detect, unless the table is `short`. If the plan
    has no target, returns a paragraph that says so."""
    rows = with_target(evidence)
    if rows.empty:
        return Paragraph(language.say("targets.no_target"))
    return target_tables.targets(language, rows, short=short)


def detectable(evidence: Evidence, language: Language) -> PrintedTable | Paragraph:
    """Returns a table of the smallest fall that a repeat of the survey could detect with the planned number
    of persons, for each indicator and its whole population, and for each category with a target. Returns a
    paragraph if there is nothing to show.

    Readers need this before they set a target.
    """
    rows = evidence.targets.drop_duplicates(list(ROW))  # one row may have two targets
    rows = rows[rows.index.isin(totals(rows).index) | rows["target_year"].notna()]
    return (
        Paragraph(language.say("targets.nothing_measured"))
        if rows.empty
        else target_tables.detectable(language, rows)
    )


def milestones(evidence: Evidence, language: Language) -> PrintedTable | Paragraph:
    """Returns a table of the planned values of each year between the baseline and each target. Years without
    a survey are marked, because nobody measures their values. If the plan has no milestones, returns a
    paragraph that says so."""
    rows = evidence.milestones
    if rows.empty:
        return Paragraph(language.say("milestones.none"), "quiet")
    key = list(ROW)
    ends = evidence.targets.drop_duplicates(key)[[*key, "baseline_bound"]]
    goals = rows.loc[rows["kind"] == TARGET, [*key, "year"]].rename(columns={"year": "target_year"})
    ways = (  # not sorted, because categories in the words of the kit have no order
        with_target(evidence)
        .merge(goals, on=[*key, "target_year"])
        .groupby(key, dropna=False, sort=False)[["target_year", "stated_value", "path"]]
        .apply(lambda aims: as_records(aims))
        .rename("ways")
    )
    return target_tables.milestones(
        language, rows.merge(ends, how="left", on=key).merge(ways, how="left", on=key)
    )
