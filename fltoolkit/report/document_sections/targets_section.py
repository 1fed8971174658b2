"""The plan's targets as blocks of a document: whether a survey could verify them, what a repeat could find, milestones that nobody measures."""

from __future__ import annotations

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.languages.reasons import holds
from fltoolkit.nap.evidence import Evidence
from fltoolkit.report.document_formats.document_blocks import Paragraph
from fltoolkit.show.printed_tables import target_tables
from fltoolkit.show.printed_tables.printed_table import PrintedTable
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.plan_words import UNDER, about, later, promise, warning
from fltoolkit.survey.spec.groups import TOTAL

MOST = 4  # targets named on a first page


def with_target(evidence: Evidence) -> pd.DataFrame:
    """The rows for which the plan names a target."""
    targets = evidence.targets
    return targets[targets["target_year"].notna()]


def unverifiable(evidence: Evidence, language: Language) -> tuple[Paragraph, ...]:
    """A warning for each target that no survey of the planned size could verify."""
    rows = with_target(evidence)
    return tuple(Paragraph(warning(language, r), "warning") for r in rows[rows["verifiable"] == "no"].to_dict("records"))


def first_warning(evidence: Evidence, language: Language) -> tuple[Paragraph, ...]:
    """What the first page says of targets that cannot be verified: the one in full, or all of them in a line each."""
    rows = with_target(evidence)
    refused = rows[rows["verifiable"] == "no"].to_dict("records")
    if len(refused) < 2:
        return unverifiable(evidence, language)
    each = [
        f"{language.colon(about(language, r), language.kit(r['target_words']))} ({number_words.reason(language, r['obstacle'])})"
        for r in refused[:MOST]
    ]
    each += [language.say("targets.more", n=str(len(refused) - MOST))] if len(refused) > MOST else []
    return (
        Paragraph(language.say("targets.several", n=str(len(refused)), of=str(len(rows)), which=language.list(each)), "warning"),
    )


def already(evidence: Evidence, language: Language, *, without_refused: bool = False) -> tuple[str, ...]:
    """A sentence for each target that the later round lies below already: a place, and no verdict.

    Args:
        without_refused: leave out those that cannot be verified, whose warning says it.
    """
    rows = evidence.targets[holds(evidence.targets["beside"], *UNDER)]
    rows = rows[rows["verifiable"] != "no"] if without_refused else rows
    return tuple(
        f"{language.colon(about(language, r), promise(language, r))}. {later(language, r)}" for r in rows.to_dict("records")
    )


def found_by_repeat(evidence: Evidence, language: Language) -> tuple[str, ...]:
    """What a repeat of the planned size could find, a sentence for the total of each indicator: to be read before a target is set."""
    rows = evidence.targets[evidence.targets["group"].isin(["", TOTAL]) & evidence.targets["planned_sample"].notna()]
    made = []
    for r in rows.drop_duplicates("id").to_dict("records"):
        key = "targets.repeat" if pd.notna(r["smallest_cut"]) else "targets.repeat_nothing"
        values = {
            "planned": number_words.count(language, r["planned_sample"]),
            "what": number_words.indicator(language, r),
            "cut": number_words.percent(language, r["smallest_cut"]),
        }
        made.append(language.say(key, **values))
    return tuple(made)


def table(evidence: Evidence, language: Language, most: int | None = None) -> PrintedTable | Paragraph:
    """Each target with its baseline, whether a repeat could verify it, and what one could detect at least; the first `most` of them."""
    rows = with_target(evidence)
    return (
        Paragraph(language.say("targets.no_target"))
        if rows.empty
        else target_tables.targets(language, rows.head(most or len(rows)))
    )


def detectable(evidence: Evidence, language: Language) -> PrintedTable | Paragraph:
    """What a repeat of the planned size could detect, for the total of each indicator: to be read before a target is set."""
    rows = evidence.targets[evidence.targets["group"].isin(["", TOTAL])]
    rows = rows.drop_duplicates(["id", "category"])  # one row may have two targets
    return Paragraph(language.say("targets.nothing_measured")) if rows.empty else target_tables.detectable(language, rows)


def milestones(evidence: Evidence, language: Language) -> PrintedTable | Paragraph:
    """The way to each target, year by year; what nobody measures is said to be so."""
    rows = evidence.milestones
    return Paragraph(language.say("milestones.none"), "quiet") if rows.empty else target_tables.milestones(language, rows)
