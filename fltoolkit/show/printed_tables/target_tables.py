"""Makes the tables of the plan's targets: whether a repeat of the survey could verify each target, the
smallest fall that the repeat could detect, the numbers of a later survey, and the planned value of each year.
A row is an indicator of the plan, for everyone or for one category."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from math import nan
from typing import Any

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.languages.reasons import Reason, as_stated
from fltoolkit.nap.targets import MEASURED, NOT_MEASURED
from fltoolkit.show.printed_tables import number_cells, plan_cells
from fltoolkit.show.printed_tables.number_cells import EMPTY, NONE
from fltoolkit.show.printed_tables.printed_table import (
    NBSP,
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
from fltoolkit.table_records import as_records


def _verifiable(language: Language, row: Row) -> PrintedCell:
    return (
        PrintedCell(number_words.start(plan_words.verifiable(language, row)))
        if pd.notna(row["target_year"])
        else EMPTY
    )


def _answer(language: Language, row: Row, *, question: str) -> PrintedCell:
    """Returns the cell with one of the two answers of `plan_words.answers`, in words: whether the target is
    reached, or whether the number has changed. Without an answer, because a number is not shown, the words
    say so."""
    return PrintedCell(number_words.start(language.kit(row[question]) or language.say("verifiable.open")))


def _smallest(language: Language, row: Row) -> PrintedCell:
    """Returns the cell with the smallest fall that the planned repeat of the survey would detect, or with the
    reason why there is none."""
    return number_cells.percent(language, row["smallest_cut"], _no_fall(language, row))


def _after(language: Language, row: Row) -> PrintedCell:
    """Returns the cell with the value that the number would have after the smallest fall that the planned
    repeat of the survey would detect."""
    if pd.isna(row["smallest_value"]):
        return _no_fall(language, row)
    return number_cells.in_unit(language, row["smallest_value"], row)


def _no_fall(language: Language, row: Row) -> PrintedCell:
    return PrintedCell(language.kit(row["smallest_obstacle"]))


def _chance(language: Language, row: Row) -> PrintedCell:
    """Returns the cell with the probability that the planned repeat of the survey detects the change to the
    target. The cell is empty if the baseline has wide bounds, because no probability can then be given."""
    return EMPTY if plan_words.is_too_wide(row) else number_cells.percent(language, row["power"])


def _needed(language: Language, row: Row) -> PrintedCell:
    """Returns the cell with the number of persons who must answer in the repeat of the survey, or a dash if
    no repeat is large enough. The cell is empty if the baseline has wide bounds, because more persons then do
    not help."""
    if plan_words.is_too_wide(row):
        return EMPTY
    return number_cells.count(
        language, row["sample_needed"], NONE if plan_words.is_never_enough(row) else EMPTY
    )


def _with_interval(language: Language, row: Row, *, columns: tuple[str, str, str, str, str]) -> PrintedCell:
    """Returns the cell of a number with its interval behind it in brackets, and with a sign if it is to be
    used with caution. `columns` are the names of five columns: the number, its lower limit, its upper limit,
    its marker and its flag. A range (because of unresolved answers) has no interval here; the sentence above
    the numbers in large type explains it."""
    column, low, high, marker, flag = columns
    cell = plan_cells.value(language, row, column, marker)
    between = "" if cell.has_range else plan_words.between(language, row, low, high)
    text = f"{cell.text}{NBSP}({between})" if cell.text and between else cell.text
    return replace(number_cells.with_care(replace(cell, text=text), row[flag]), number=True, has_range=False)


def _baseline(language: Language, row: Row) -> PrintedCell:
    return plan_cells.value(language, row, "baseline_value", "marker", "flag")


def _later(language: Language, row: Row) -> PrintedCell:
    return plan_cells.value(language, row, "later_value", "later_marker", "later_flag")


def _strong(cell: PrintedCell) -> PrintedCell:
    return replace(cell, strong=True)


AIM = TableColumn(
    "aim", lambda language, row: PrintedCell(plan_words.short_aim(language, row)), "words", "target"
)
CHANCE = TableColumn("power", _chance)
TARGETS = TableLayout(
    (
        plan_cells.CATEGORY,
        TableColumn("baseline", _baseline, "value", "baseline_of"),
        plan_cells.INTERVAL,
        AIM,
        TableColumn("verifiable", _verifiable, "words"),
        TableColumn("later", _later, head="later_round"),
        CHANCE,
        TableColumn("smallest", _smallest),
        TableColumn("after", _after),
        TableColumn("planned", lambda language, row: number_cells.count(language, row["planned_sample"])),
        TableColumn("needed", _needed),
        TableColumn(
            "first_year",
            lambda _, row: (
                EMPTY if pd.isna(row["baseline_value"]) else number_cells.year(row["first_year"], NONE)
            ),
        ),
    ),
    headings=plan_cells.headings,
)
"""All columns of tables of targets. Each table prints some of them."""

VERIFIED = ("category", "baseline", "baseline_interval", "aim", "verifiable", "power", "after", "needed")
VERIFIED_LATER = (*VERIFIED[:3], "later", *VERIFIED[3:])
EVERY_ROW = ("category", "baseline", "baseline_interval", "planned", "smallest", "first_year")
FOUND = ("category", "baseline", "baseline_interval", "planned", "smallest", "after")
BEFORE = ("baseline_value", "ci_low", "ci_high", "marker", "flag")
AFTER = ("later_value", "later_ci_low", "later_ci_high", "later_marker", "later_flag")
AIMED = TableLayout(
    (
        plan_cells.CATEGORY,
        TableColumn("baseline", partial(_with_interval, columns=BEFORE), "value", "round_before"),
        AIM,
        TableColumn(
            "verifiable", lambda language, row: _strong(_verifiable(language, row)), "words", "verifiable_now"
        ),
        CHANCE,
    ),
    lambda language, row: (plan_cells.indicator(language, row),),
)
AIMED_LATER = TableLayout(
    (
        plan_cells.CATEGORY,
        TableColumn("baseline", _baseline, "number", "round_before"),
        TableColumn("later", partial(_with_interval, columns=AFTER), "value", "round_after"),
        AIM,
        TableColumn(
            "changed",
            lambda language, row: _strong(_answer(language, row, question="changed")),
            "words",
            "verdict",
        ),
        TableColumn("reached", partial(_answer, question="reached"), "words"),
    ),
    AIMED.headings,
)
"""The tables of targets on a slide and on the first page of the evidence brief, before and after a later
survey. The first page has no room for the chance, and beside *Target reached?* it would be read as that of
reaching it; on slides, another one says what changed."""
REPEAT = ("power", "after", "needed")
"""The columns with the chance that a repeat detects the change, the value after the smallest fall that it
would detect, and the number of persons that it needs."""
MOST_YEARS = 9
"""Columns of years in a table of milestones. If there are more years, those that nobody measures are left
out."""


def in_words(language: Language, rows: pd.DataFrame, *, on_slide: bool = False) -> PrintedTable:
    """Returns the table of the plan's targets for the first page of the evidence brief and for a slide. If
    there is a later survey, the table says in words whether each number has changed and whether its target is
    reached. If not, it says whether the planned survey could verify the target.

    The table has no title, because a heading stands before it. `rows` are rows of `Evidence.targets` that
    have a target. On a slide, the table of a first survey also has the chance that the planned survey finds
    the fall; that of a later one does not say whether a number has changed."""
    later = rows.loc[rows["later_value"].notna(), "later_year"]
    before = plan_cells.years(language, rows, "baseline_year")["years"]
    since = {"before": before, "after": "" if later.empty else f"{later.max():.0f}"}
    has_chance = on_slide and later.empty and not all(map(plan_words.is_too_wide, as_records(rows)))
    chance = (language.say("targets.chance"),) if has_chance else ()
    told = language.say("sheet.reached_if" if len(later) else "targets.meaning")
    layout, printed_where = (
        AIMED if later.empty else AIMED_LATER,
        {"changed": not on_slide, "power": has_chance},
    )
    shown = layout.only(*(c.key for c in layout.columns if printed_where.get(c.key, True)))
    words = TableWords("", notes=(told, *chance), heads=since)
    return printed(language, shown, as_records(rows), words)


def targets(language: Language, rows: pd.DataFrame, *, short: bool = False) -> PrintedTable:
    """Returns a table of the plan's targets: each with its baseline, whether a repeat of the survey could
    verify it, and the smallest fall that the repeat could detect. If there is a later survey, the table also
    has its numbers. The columns in `REPEAT` are left out if every baseline has wide bounds, because they
    would be empty. `rows` are rows of `Evidence.targets` that have a target. A `short` table leaves out the
    columns that the table `detectable` has too."""
    later, years = rows["later_value"].notna().any(), plan_cells.years(language, rows, "baseline_year")
    years |= {"year": f"{rows['later_year'].max():.0f}"} if later else {}
    wide = all(map(plan_words.is_too_wide, as_records(rows)))
    left_out = (*(REPEAT if wide else ()), *(("baseline_interval", "after") if short else ()))
    columns = [c for c in (VERIFIED_LATER if later else VERIFIED) if c not in left_out]
    dashed = [
        row for row in as_records(rows) if plan_words.is_never_enough(row) and not plan_words.is_too_wide(row)
    ]
    dash = (language.say("targets.dash"),) if dashed else ()
    size = plan_words.planned_sizes(language, rows)
    planned = (language.say("targets.planned", size=size),) if size else ()
    chance = () if wide else (language.say("targets.chance"), *planned)
    needed = () if wide else (language.say("targets.needed"),)
    must_fall = () if wide or short else (language.say("targets.must_fall"),)
    words = TableWords(
        language.say("targets.title"),
        notes=(*chance, *must_fall, *needed, *dash, *_low_end(language, rows, "targets.low_end")),
        heads=years,
    )
    return printed(language, TARGETS.only(*columns), as_records(rows), words)


def every_row(language: Language, rows: pd.DataFrame) -> PrintedTable:
    """Returns a table of the smallest fall that a repeat of the survey could detect with the planned number
    of persons. It has a row for each indicator and category that the survey measures. `rows` are rows of
    `Evidence.targets`; a row with two targets is printed once. The first year whose reference period does not
    overlap that of the baseline is in the note, if it is the same in all rows."""
    once = rows.drop_duplicates(["id", "group", "category"])
    years = once.loc[once["baseline_value"].notna(), "first_year"]
    same = years.notna().all() and years.nunique() == 1
    keys = [key for key in EVERY_ROW if key != "first_year" or not same]
    first_year = (language.say("targets.first_year", year=f"{years.iloc[0]:.0f}"),) if same else ()
    notes, heads = (*_low_end(language, once), *first_year), plan_cells.years(language, rows, "baseline_year")
    words = TableWords(language.say("targets.every_title"), language.say("targets.every_about"), notes, heads)
    return printed(language, TARGETS.only(*keys), as_records(once), words)


def detectable(language: Language, rows: pd.DataFrame) -> PrintedTable:
    """Returns a table of the smallest fall that a repeat of the survey could detect with the planned number
    of persons, for each indicator and its whole population. `rows` are rows of `Evidence.targets`. If some
    are of categories, a note says where the others are."""
    heads = plan_cells.years(language, rows, "baseline_year")
    others = (
        () if all(map(plan_words.is_total, as_records(rows))) else (language.say("detectable.other_groups"),)
    )
    notes = (language.say("targets.must_fall"), *others, *_low_end(language, rows))
    title = "detectable.title_of_range" if rows["baseline_bound"].notna().any() else "detectable.title"
    words = TableWords(language.say(title), notes=notes, heads=heads)
    return printed(language, TARGETS.only(*FOUND), as_records(rows), words)


def _low_end(language: Language, rows: pd.DataFrame, key: str = "charts.low_end") -> tuple[str, ...]:
    """Returns a note that falls (or targets: `targets.low_end`) start from the low end of a baseline, in a
    tuple. It is empty if no baseline is a range."""
    return (language.say(key),) if rows["baseline_bound"].notna().any() else ()


def milestones(language: Language, rows: pd.DataFrame) -> PrintedTable:
    """Returns a table with a row for each target and a column for each year, from the baseline to the target.
    A cell has the planned value of the year. The heading of a year says whether a survey measures the value.
    `rows` are rows of `Evidence.milestones`, each with the upper bound of its baseline (`baseline_bound`) if
    that is a range, and with the year and the path of each of its targets, and the value that the plan states
    for it (`ways`)."""
    kinds: dict[str, list[Reason]] = {}
    paths: dict[tuple[str, ...], dict[Any, Any]] = {}
    for row in as_records(rows.sort_values("year", kind="stable")):
        kinds.setdefault(str(row["year"]), []).append(row["kind"])
    for row in as_records(rows):
        paths.setdefault((row["id"], row["group"], str(row["category"])), dict(row))[str(row["year"])] = row[
            "value"
        ]
    years = [
        year for year, found in kinds.items() if len(kinds) <= MOST_YEARS or set(found) != {NOT_MEASURED}
    ]
    columns = [
        plan_cells.CATEGORY,
        *(TableColumn(year, partial(_planned, year=year), head="year") for year in years),
    ]
    held = (language.say("milestones.held"),) if (rows["kind"] == MEASURED).any() else ()
    words = TableWords(
        language.say("milestones.title"),
        notes=(language.say("milestones.note"), *held, *_low_end(language, rows)),
    )
    table = printed(language, TableLayout(tuple(columns), plan_cells.headings, _ways), paths.values(), words)
    heads = (
        Head(year, f"{year} {language.list(dict.fromkeys(map(language.kit, kinds[year])))}", "number")
        for year in years
    )
    return replace(table, heads=(table.heads[0], *heads, *table.heads[1 + len(years) :]))


def _ways(language: Language, row: Row) -> tuple[str, ...]:
    """Returns the texts for the footnotes of a row: how its planned values reach each target, by equal steps
    or percentages."""
    return tuple(
        language.say(f"milestones.{way['path']}", year=f"{way['target_year']:g}") for way in row["ways"]
    )


def _planned(language: Language, row: Row, *, year: str) -> PrintedCell:
    """Returns the cell with the planned value of a year; the first, the baseline, can be a range, and a
    target is as the plan states it. The cell is empty for a target that has no value in this year."""
    if stated := [
        way for way in row["ways"] if f"{way['target_year']:g}" == year and pd.notna(way["stated_value"])
    ]:
        return PrintedCell(language.number(as_stated(stated[0]["stated_value"])), number=True)
    bound = row["baseline_bound"] if year == str(row["year"]) else nan
    return number_cells.in_unit(language, row[year], row, bound=bound) if year in row else EMPTY
