"""Makes the tables of the plan's indicators, as the ILO toolkit's results framework (Tool No. 16) lists them:
a table of all indicators (the matrix), the indicators with their baselines, and the five SMART criteria."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from math import nan

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.languages.reasons import has_text
from fltoolkit.nap.baseline import Baseline
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.smart_criteria import CRITERIA
from fltoolkit.publish.reliability import has_wide_bounds
from fltoolkit.show.printed_tables import number_cells, plan_cells
from fltoolkit.show.printed_tables.printed_table import (
    NBSP,
    PrintedCell,
    PrintedTable,
    Row,
    TableColumn,
    TableLayout,
    TableWords,
    printed,
)
from fltoolkit.show.wording import number_words, plan_words
from fltoolkit.table_records import as_records

TYPED = {
    "target_year_1": "targets.year_1",
    "target_year_2": "targets.year_2",
    "final_target": "targets.final",
}


def _baseline(language: Language, row: Row) -> PrintedCell:
    """Returns the cell of a baseline: the number of the survey, or what partners typed. If partners still
    have to give the baseline, the cell says so."""
    if row["filled_by"] != "partners":
        shown = row["baseline_value"]
        bound = row["bound_high"] if has_wide_bounds(row) else nan
        cell = number_cells.in_unit(
            language,
            nan if pd.isna(shown) else float(shown),
            {**row, "measure": _measure(row)},
            row["marker"],
            bound,
        )
        return number_cells.with_care(cell, row["flag"])
    return PrintedCell(plan_words.typed(language, row["baseline_value"]) or language.say("by_partners"))


def _measure(row: Row) -> str:
    """Returns the measure of a row of the plan, such as `total`. A row for which the survey gives no number
    has no measure; for it, returns `prevalence`."""
    return str(row["measure"]) if isinstance(row["measure"], str) else "prevalence"


def _target(language: Language, row: Row) -> PrintedCell:
    """Returns the cell of a target: the targets of the row in words, or what partners typed for the first and
    second year and as the final target. If there are none, the cell says so, or that partners still have to
    give the target."""
    if row["promised"]:
        return PrintedCell(row["promised"])
    if row["filled_by"] != "partners":
        return PrintedCell(language.say("matrix.no_target"))
    typed = {name: plan_words.typed(language, row[name]) for name in TYPED}
    return PrintedCell(
        language.list(language.say(TYPED[name], value=v) for name, v in typed.items() if v)
        or language.say("by_partners")
    )


def _indicator(language: Language, row: Row) -> str:
    """Returns the name of an indicator with its unit, for a line above its rows. A % decrease says its unit
    in its name."""
    unit = "" if has_text(row["derived_from"]) else language.kit(row["unit"])
    return f"{number_words.indicator(language, row)}{f' ({unit})' if unit else ''}"


def _group(language: Language, row: Row) -> str:
    """Returns the name of the group of a row, for a line above its categories. The text is empty for a row
    about everybody."""
    grouped = not plan_words.is_total(row) and row["category"]
    return number_words.start(number_words.group(language, str(row["group"]))) if grouped else ""


def _category_in_group(language: Language, row: Row) -> PrintedCell:
    """Returns the cell with the category of a row. It is for tables that have the name of the group in a line
    above the row. A row that partners fill in has no category."""
    if row["filled_by"] == "partners":
        return PrintedCell("–")
    if row["category"]:
        return plan_cells.category(language, row)
    group = number_words.group(language, str(row["group"]))
    return PrintedCell(
        language.say("everyone") if plan_words.is_total(row) else language.say("by", group=group)
    )


def _statement(language: Language, row: Row) -> str:
    """Returns the objective, outcome, output or activity to which an indicator belongs."""
    return language.colon(language.own(str(row["code"])), language.own(str(row["statement"])))


def _headings(language: Language, row: Row) -> tuple[str | PrintedCell, ...]:
    """Returns the four lines that are printed above a row of the table `matrix`. If rows have a line in
    common, it is printed once.

    The first line is the objective, outcome, output or activity of the indicator. The second says how its
    indicators are verified, how often they are reported and who is responsible. The third is the indicator
    with its unit. The fourth is the group.
    """
    how, who = (
        language.own(row[name]) if has_text(row[name]) else "" for name in ("means_of_verification", "lead")
    )
    duties = {
        "verification": how,
        "reporting": plan_words.frequency(language, str(row["reporting_frequency"])),
        "lead": who,
    }
    said = ". ".join(
        language.colon(language.say(f"columns.{name}"), text) for name, text in duties.items() if text
    )
    statement = PrintedCell(_statement(language, row), strong=True)
    return statement, PrintedCell(said, quiet=True), _indicator(language, row), _group(language, row)


def _remarks(ranged: bool, language: Language, row: Row) -> tuple[str, ...]:
    """Returns the reasons why a number of the survey is hidden or doubtful, and why it has no high end if
    others have one (`ranged`), in words, for footnotes. There are none if the marker [c] (confidential)
    already gives the reason. Of a number that partners gave, a footnote says so, and of a target that no
    planned survey can verify."""
    if row["filled_by"] == "partners":
        return (language.say("from_partners") if plan_words.typed(language, row["baseline_value"]) else "",)
    target = language.say("matrix.unverified") if row.get("refused") else ""
    if row["marker"] == "c":
        return (target,)
    why = (
        "high_end_hidden"
        if row["unresolved_marker"] == "c"
        else "cases_only"
        if pd.isna(row["unresolved"])
        else ""
    )
    return (
        *(number_words.remarks(language, row) if has_text(row["reason"]) else ()),
        language.say(f"tables.{why}") if ranged and why and pd.notna(row["baseline_value"]) else "",
        target,
    )


def _of_plan(language: Language, layout: TableLayout, rows: Sequence[Row], words: TableWords) -> PrintedTable:
    """Returns rows of the plan as a printed table, with the remarks on its rows as footnotes."""
    ranged = any(map(has_wide_bounds, rows))
    return printed(
        language,
        replace(layout, reasons=partial(_remarks, ranged), flagged=_flagged),
        rows,
        replace(words, notes=(*words.notes, *plan_words.rounding_note(language, rows))),
    )


def _flagged(language: Language, row: Row) -> tuple[str, ...]:
    return number_words.flag_reasons(language, row) if has_text(row["reason"]) else ()


ABOUT = (
    TableColumn("category", _category_in_group, "label"),
    TableColumn("baseline", _baseline, "value", "baseline_of"),
    plan_cells.INTERVAL,
)
MATRIX = TableLayout((*ABOUT, TableColumn("target", _target, "words")), headings=_headings)
"""The matrix of Tool No. 16. Facts that all rows of an indicator share stand above these rows, so that the
table fits a portrait page."""

BASELINE = TableLayout(
    ABOUT,
    headings=lambda language, row: (
        _statement(language, row),
        _indicator(language, row),
        _group(language, row),
    ),
)
BY_GROUP = replace(
    BASELINE,
    headings=lambda language, row: (
        PrintedCell(_indicator(language, row), strong=True),
        _group(language, row),
    ),
)


def matrix(language: Language, evidence: Evidence) -> PrintedTable:
    """Returns the table of the plan's indicators that the ILO toolkit's results framework (Tool No. 16) calls
    a matrix. It has the baselines from the survey, the targets in words, and what partners typed. It has the
    rows of whole populations, of targets, and of partners."""
    promised = plan_words.promises(language, evidence.targets, NBSP)
    table = as_records(evidence.baseline.table)
    refused = set(plan_words.promises(language, evidence.targets[evidence.targets["verifiable"] == "no"]))
    keyed = ((row, plan_words.promise_key(row)) for row in table)
    rows = [{**row, "promised": promised.get(key, ""), "refused": key in refused} for row, key in keyed]
    rows = [
        row for row in rows if row["promised"] or row["filled_by"] == "partners" or plan_words.is_total(row)
    ]
    words = TableWords(
        language.say("matrix.title"), heads=plan_cells.years(language, evidence.baseline.table, "year")
    )
    return _of_plan(language, MATRIX, rows, words)


def by_group(
    language: Language, filled: Baseline, elsewhere: Collection[tuple[str, str, str]] = ()
) -> PrintedTable | None:
    """Returns a table of the baselines by group, such as by sex, or None if there are none. `elsewhere` names
    the numbers that another table of the document has: for each, its measure, its population in words and its
    group."""
    rows = [
        row
        for row in as_records(filled.table)
        if row["filled_by"] != "partners" and row["category"] and not plan_words.is_total(row)
        if (row["measure"], row["reference_population_label"], row["group"]) not in elsewhere
    ]
    words = TableWords(
        language.say("matrix.by_group"), heads=plan_cells.years(language, filled.table, "year")
    )
    return _of_plan(language, BY_GROUP, rows, words) if rows else None


def baseline(language: Language, filled: Baseline) -> PrintedTable:
    """Returns a table of the plan's indicators with their baselines from the survey. It has all rows, but not
    the columns of `matrix` on targets and responsibilities."""
    rows = as_records(filled.table)
    limits = (
        (language.say("tables.headline_limits"),)
        if any(plan_words.is_total(row) and has_wide_bounds(row) for row in rows)
        else ()
    )
    years = plan_cells.years(language, filled.table, "year")
    words = TableWords(language.own(filled.plan.title), language.own(filled.plan.goal), limits, years)
    return _of_plan(language, BASELINE, rows, words)


def smart(language: Language, evidence: Evidence) -> PrintedTable:
    """Returns a table that shows for each indicator of the plan which of the five SMART criteria of the ILO
    toolkit (Tool No. 16) it meets. A footnote says what an indicator lacks."""
    table = evidence.smart
    rows = [
        {
            **part.iloc[0].to_dict(),
            **dict(zip(part["criterion"], part["met"], strict=True)),
            "lacks": tuple(text for text in part["missing"] if text),
        }
        for _, part in table.groupby("id", sort=False)
    ]
    words = TableWords(
        language.say("smart.title"), language.say("smart.about"), (language.say("smart.partners_only"),)
    )
    return printed(language, SMART, rows, words)


def _criterion(criterion: str, language: Language, row: Row) -> PrintedCell:
    """Returns a cell that says whether an indicator meets a criterion, or that only the partners can say
    this."""
    return PrintedCell(language.say(f"smart.{row[criterion]}"))


SMART = TableLayout(
    (
        TableColumn(
            "indicator",
            lambda language, row: PrintedCell(
                language.colon(language.own(str(row["code"])), language.kit(row["indicator"]))
            ),
            "label",
        ),
        *(TableColumn(name, partial(_criterion, name), "words") for name in CRITERIA),
    ),
    reasons=lambda language, row: tuple(number_words.reason(language, text) for text in row["lacks"]),
)
"""The five SMART criteria of Tool No. 16, one column each."""
