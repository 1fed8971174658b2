"""Makes pictures and tables of the plan for notebooks. They show the plan's targets, whether a survey can
verify these, and the path to a target. They also compare the baseline with a later survey."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fltoolkit.arguments import checked
from fltoolkit.errors import RequestError
from fltoolkit.languages.collected_texts import own_words
from fltoolkit.languages.language import Language
from fltoolkit.languages.translations import lacking
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.results_framework import Plan
from fltoolkit.show.charts.chart_style import Picture, Table
from fltoolkit.show.charts.descriptions.target_path import way_of
from fltoolkit.show.charts.renderers.plotly_renderer import picture
from fltoolkit.show.printed_tables import change_tables, framework_tables, target_tables
from fltoolkit.show.printed_tables.printed_table import Head
from fltoolkit.show.tables import in_notebook
from fltoolkit.show.wording import plan_words
from fltoolkit.show.wording.english_numbers import ENGLISH, of_plan
from fltoolkit.show.wording.section_words import NO_FOLLOW_UP, Nothing, Sentences, Words, bold
from fltoolkit.table_records import as_records

PlanRow = dict[Any, Any]
NO_TARGETS = (
    "nap.yaml gives no `targets:` yet. The table says what a repeat would find, before anyone types one."
)


@checked
def named(plan: Plan | None) -> Words:
    """Returns a sentence with the name of the plan, for a notebook. If there is no plan, the text says so."""
    if plan is None:
        return Sentences(
            "There is no plan: none is named, and no nap.yaml lies beside survey.yaml. The cells below "
            "that need one say so."
        )
    words = own_words(plan.path.name, plan)
    language = plan_words.english(words)
    said = f"The plan: {bold(language.own(plan.title))}."
    starred = len(lacking(words, ENGLISH))
    return Sentences(
        f"{said} Texts of the plan without an English translation ({starred}) are marked with *."
        if starred
        else said
    )


@of_plan
@checked
def warnings(evidence: Evidence) -> Words:
    """Returns a warning for each target that a repeat of the survey cannot verify, or that is not judged. The
    warning gives the reason, in the words of the documents. If there is no such target, returns a sentence
    that says so."""
    given = evidence.targets[evidence.targets["target_year"].notna()]
    if given.empty:
        return Sentences(NO_TARGETS)
    ordered = sorted(as_records(given), key=lambda r: r["verifiable"] != "no")
    found = [
        _warned(plan_words.english(evidence.own_words), row) for row in ordered if row["verifiable"] != "yes"
    ]
    return Sentences("\n\n".join(found) or "The planned repeat can verify each of these targets.")


def _warned(language: Language, row: PlanRow) -> str:
    if row["verifiable"] == "no":
        return f"{bold('Warning.')} {' '.join(plan_words.warning(language, row))}"
    return (
        f"{bold('Warning.')} {plan_words.about(language, row)}: {row['target_words']} is not judged: "
        f"{row['reason']}."
    )


@of_plan
@checked
def targets(evidence: Evidence) -> Table | Words:
    """Returns a table of the plan's targets. It says whether a survey can verify each target, with which
    probability, and how many persons must answer for this. If there is a later survey, the table also has its
    numbers. Returns a sentence if the plan has no target."""
    rows = evidence.targets[evidence.targets["target_year"].notna()]
    return (
        Nothing(NO_TARGETS)
        if rows.empty
        else in_notebook(target_tables.targets(plan_words.english(evidence.own_words), rows))
    )


@of_plan
@checked
def detectable(evidence: Evidence) -> Table | Words:
    """Returns a table of the smallest fall that a repeat of the survey would detect with the planned number
    of persons. It has a row for each indicator and category of the plan that the survey measures. Returns a
    sentence if no row has such a fall."""
    rows = evidence.targets
    if rows["planned_sample"].isna().all():
        return Sentences(
            "What a repeat could find cannot be said of any row: its baseline is not shown, or no person in "
            "forced labour was identified in its sample."
        )
    return in_notebook(target_tables.every_row(plan_words.english(evidence.own_words), rows))


@of_plan
@checked
def path(evidence: Evidence, row: str = "") -> Picture | Words:
    """Returns a picture of the path of one indicator from its baseline to its target. Milestones (planned
    values of the years between) are small ticks, because no survey measures them. Returns a sentence if no
    target can be drawn.

    Args:
        row: the id of an indicator; by default the first with a target that can be drawn.

    Raises:
        RequestError: the indicator `row` has no target that can be drawn.
    """
    if evidence.targets["target_year"].isna().all():
        return Sentences(NO_TARGETS)
    language, there = (
        plan_words.english(evidence.own_words),
        list(plan_words.totals(evidence.milestones)["id"].unique()),
    )
    found = next(filter(None, (way_of(evidence, one, language) for one in ([row] if row else there))), None)
    if found is None and row:
        raise RequestError("no such row with a target", found=row, allowed=there)
    if found is None:
        return Sentences(
            "No target of a whole indicator can be drawn: its baseline is not shown, or no target is "
            "below it."
        )
    return picture(found)


@of_plan
@checked
def smart(evidence: Evidence) -> Table:
    """Returns a table that shows for each indicator which of the five SMART criteria of the ILO toolkit (Tool
    No. 16) it meets. Footnotes say what is missing."""
    return in_notebook(framework_tables.smart(plan_words.english(evidence.own_words), evidence))


@of_plan
@checked
def follow_up(evidence: Evidence) -> Table | Words:
    """Returns a table that compares the plan's baseline with the later survey, for each indicator and
    category: both numbers, the change, its interval and the result of the test. Returns a sentence if there
    is no later survey.

    The table does not say why anything changed.
    """
    rows = evidence.follow_up
    if rows.empty:
        return NO_FOLLOW_UP
    words = plan_words.english(evidence.own_words)
    table = change_tables.follow_up(words, rows, title="follow_up.by_group")
    return in_notebook(replace(table, heads=_under_years(table.heads)))


def _under_years(heads: tuple[Head, ...]) -> tuple[Head, ...]:
    """Returns the heads of a table of changes with the year of each round, and the word *Change*, above a
    number and its interval."""
    above = {head.key: head.text for head in heads}
    value, limits = (ENGLISH.say(f"columns.{key}") for key in ("value", "limits"))
    spans = {key: (above[key], value) for key in ("before", "after", "change")}
    spans |= {f"{key}_interval": (span, limits) for key, (span, _) in spans.items()}
    return tuple(
        replace(head, span=spans[head.key][0], text=spans[head.key][1]) if head.key in spans else head
        for head in heads
    )
