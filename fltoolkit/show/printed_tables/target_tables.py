"""The tables of the plan's targets: what a repeat could verify and detect, and the path to each target year by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.languages.reasons import Reason
from fltoolkit.nap.targets import NOT_MEASURED
from fltoolkit.show.printed_tables import number_cells, plan_cells
from fltoolkit.show.printed_tables.number_cells import EMPTY, NONE
from fltoolkit.show.printed_tables.printed_table import (
    Head,
    PrintedCell,
    PrintedTable,
    Row,
    TableColumn,
    TableLayout,
    TableWords,
    printed,
)
from fltoolkit.show.wording import number_words, plan_words


def _target(language: Language, row: Row) -> PrintedCell:
    """Returns the target in the plan's terms: a cut, a value or eradication by a year. Its value has a separate column."""
    if pd.isna(row["target_year"]) or pd.isna(row["target_value"]) or pd.isna(row["cut"]):
        return PrintedCell(plan_words.promise(language, row))
    return PrintedCell(language.kit(row["target_words"]))


def _verifiable(language: Language, row: Row) -> PrintedCell:
    return PrintedCell(plan_words.verifiable(language, row)) if pd.notna(row["target_year"]) else EMPTY


def _answer(language: Language, row: Row, *, question: str) -> PrintedCell:
    """Returns the answer to one of the two questions of `plan_words.answers`, in words."""
    return PrintedCell(number_words.start(language.kit(row[question])))


def _smallest(language: Language, row: Row) -> PrintedCell:
    """Returns the smallest fall that the planned repeat would detect; `–` if it would detect none."""
    return number_cells.percent(language, row["smallest_cut"], NONE if pd.notna(row["planned_sample"]) else EMPTY)


def _after(language: Language, row: Row) -> PrintedCell:
    """Returns the value that a row would have after the smallest fall that the planned repeat would detect."""
    if pd.isna(row["smallest_value"]):
        return NONE if pd.notna(row["planned_sample"]) else EMPTY
    return number_cells.in_unit(language, plan_words.smallest_value(row), str(row["measure"]))


def _chance(language: Language, row: Row) -> PrintedCell:
    """Returns the chance that the planned repeat finds the target. Empty if the baseline has wide bounds: no chance helps there."""
    return EMPTY if plan_words.is_too_wide(row) else number_cells.percent(language, row["power"])


def _needed(language: Language, row: Row) -> PrintedCell:
    """Returns how many persons must answer in the repeat. Empty if the baseline has wide bounds: more persons do not help there."""
    if plan_words.is_too_wide(row):
        return EMPTY
    return number_cells.count(language, row["sample_needed"], NONE if pd.notna(row["target_year"]) else EMPTY)


TARGETS = TableLayout(
    (
        TableColumn("about", plan_cells.about, "label", "indicator"),
        TableColumn("category", plan_cells.category, "label"),
        *plan_cells.BASELINE,
        TableColumn("target", _target, "words"),
        TableColumn("target_value", lambda language, row: plan_cells.value(language, row, "target_value")),
        TableColumn("verifiable", _verifiable, "words"),
        TableColumn("later", lambda language, row: plan_cells.value(language, row, "later_value", "later_marker"), head="later_round"),
        TableColumn("later_interval", lambda language, row: plan_cells.limits(language, row, "later_ci_low", "later_ci_high"), head="limits"),
        TableColumn("reached", partial(_answer, question="reached"), "words", "reached_in"),
        TableColumn("changed", partial(_answer, question="changed"), "words", "verdict"),
        TableColumn("power", _chance),
        TableColumn("smallest", _smallest),
        TableColumn("after", _after),
        TableColumn("planned", lambda language, row: number_cells.count(language, row["planned_sample"])),
        TableColumn("needed", _needed),
        TableColumn("first_year", lambda _, row: number_cells.year(row["first_year"], NONE)),
    ),
    headings=plan_cells.headings,
)  # fmt: skip
"""All columns of tables of targets. Each table prints some of them."""

VERIFIED = ("category", "baseline", "baseline_interval", "target", "target_value", "verifiable", "power", "smallest", "needed")
VERIFIED_LATER = (*VERIFIED[:3], "later", *VERIFIED[3:])
FEW = ("category", "baseline", "target", "target_value", "verifiable")
FEW_LATER = ("category", "baseline", "later", "target_value", "reached", "verifiable")
FOLLOWED = (
    "category",
    "baseline",
    "target",
    "target_value",
    "later",
    "later_interval",
    "reached",
    "changed",
    "verifiable",
    "needed",
)
EVERY_ROW = ("category", "baseline", "baseline_interval", "planned", "smallest", "first_year")
FOUND = ("about", "baseline", "baseline_interval", "planned", "smallest", "after", "first_year")
REPEAT = ("power", "needed")
"""The columns on the chance of a repeat, and the persons that it needs."""
MOST_YEARS = 9
"""Columns of years in a table of milestones. If there are more years, those that nobody measures are left out."""


def targets(language: Language, rows: pd.DataFrame, *, few: bool = False) -> PrintedTable:
    """Returns a table of the plan's targets: each with its baseline, whether a repeat of the survey could verify it, and the
    smallest fall that the repeat could detect.

    Args:
        rows: rows of `Evidence.targets` that have a target.
        few: whether only the columns that a room can read on a slide are wanted: the baseline, the target, and whether it can be
            verified; and after a later survey whether the target is reached. The number of a later survey is in both tables.
    """
    later, years = rows["later_value"].notna().any(), plan_cells.years(language, rows, "baseline_year")
    columns = (FEW_LATER if few else VERIFIED_LATER) if later else FEW if few else VERIFIED
    years |= {"year": f"{rows['later_year'].max():.0f}"} if later else {}
    return printed(
        language,
        TARGETS.only(*_helpful(columns, rows)),
        rows.to_dict("records"),
        TableWords(language.say("targets.title"), heads=years),
    )


def _helpful(columns: Sequence[str], rows: pd.DataFrame) -> list[str]:
    """Returns the columns of a table without `REPEAT` if every baseline has wide bounds: these columns would be empty."""
    wide = all(map(plan_words.is_too_wide, rows.to_dict("records")))
    return [column for column in columns if not (wide and column in REPEAT)]


def followed(language: Language, rows: pd.DataFrame) -> PrintedTable:
    """Returns the table of the plan's targets with the numbers of a later survey beside them, if there is one. Otherwise returns
    the table of `targets`. `rows` are those of `targets`.
    """
    later = rows.loc[rows["later_value"].notna(), "later_year"]
    if later.empty:
        return targets(language, rows)
    heads = plan_cells.years(language, rows, "baseline_year") | {"year": f"{later.iloc[0]:.0f}"}
    words = TableWords(language.say("targets.title"), notes=(language.say("targets.no_test"),), heads=heads)
    return printed(language, TARGETS.only(*_helpful(FOLLOWED, rows)), rows.to_dict("records"), words)


def every_row(language: Language, rows: pd.DataFrame) -> PrintedTable:
    """Returns a table of the smallest fall that a repeat of the survey, with the planned sample, could detect in every row of the
    plan that a survey fills. `rows` are rows of `Evidence.targets`; a row with two targets is printed once.
    """
    once = rows.drop_duplicates(["id", "group", "category"])
    words = TableWords(
        language.say("targets.every_title"),
        language.say("targets.every_about"),
        heads=plan_cells.years(language, rows, "baseline_year"),
    )
    return printed(language, TARGETS.only(*EVERY_ROW), once.to_dict("records"), words)


def detectable(language: Language, rows: pd.DataFrame) -> PrintedTable:
    """Returns a table of the smallest fall that a repeat of the survey, with the planned sample, could detect in the total of
    each indicator. `rows` are rows of `Evidence.targets`.
    """
    layout = TableLayout(TARGETS.only(*FOUND).columns)
    words = TableWords(language.say("detectable.title"), heads=plan_cells.years(language, rows, "baseline_year"))
    return printed(language, layout, rows.to_dict("records"), words)


def milestones(language: Language, rows: pd.DataFrame) -> PrintedTable:
    """Returns a table of the path from the baseline to each target: a row per target, and a column per year with its planned value.
    The heading of a year says whether somebody measures it. `rows` are rows of `Evidence.milestones`.
    """
    kinds: dict[str, list[Reason]] = {}
    paths: dict[tuple[str, ...], dict[Any, Any]] = {}
    for row in rows.sort_values("year", kind="stable").to_dict("records"):
        kinds.setdefault(str(row["year"]), []).append(row["kind"])
    for row in rows.to_dict("records"):
        paths.setdefault((row["id"], row["group"], str(row["category"])), dict(row))[str(row["year"])] = row["value"]
    years = [year for year, found in kinds.items() if len(kinds) <= MOST_YEARS or set(found) != {NOT_MEASURED}]
    columns = [TableColumn("category", plan_cells.category, "label")]
    columns += [TableColumn(year, partial(_planned, year=year), head="year") for year in years]
    words = TableWords(language.say("milestones.title"))
    table = printed(language, TableLayout(tuple(columns), plan_cells.headings), paths.values(), words)
    heads = (Head(year, f"{year} {language.list(dict.fromkeys(map(language.kit, kinds[year])))}", "number") for year in years)
    return replace(table, heads=(table.heads[0], *heads))


def _planned(language: Language, row: Row, *, year: str) -> PrintedCell:
    """Returns the planned value of a year. Targets of other years have none."""
    return plan_cells.value(language, row, year) if year in row else EMPTY
