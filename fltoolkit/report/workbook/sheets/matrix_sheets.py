"""Makes the sheet of the plan's indicators: the matrix of the ILO toolkit's results framework (Tool No. 16).

Partners fill in the rows that no survey fills.
"""

from __future__ import annotations

import re

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.nap.baseline import PREVALENCE, Baseline
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.partner_entries import Partners, cell_value
from fltoolkit.nap.results_framework import Indicator, Plan
from fltoolkit.publish.reliability import has_wide_bounds
from fltoolkit.report.workbook.sheet_description import Column, Page, SheetRow, Styled
from fltoolkit.report.workbook.sheet_words import (
    HIGH,
    Row,
    column,
    high_or_marker,
    mark,
    page,
    shown_if_wide,
    styled,
    surveys,
    who,
    without_nan,
    word,
)
from fltoolkit.show.printed_tables.printed_table import NBSP
from fltoolkit.show.wording import number_words, plan_words
from fltoolkit.show.wording.number_words import bracketed
from fltoolkit.show.wording.plan_words import frequency, promise_key, promises
from fltoolkit.table_records import as_records

READ_COLUMNS = (
    ("t16_statement", 13, "text"), ("t16_indicator", 15, "text"), ("t16_definition", 33, "text"),
    ("t16_by", 11, "text"), ("t16_verification", 10, "text"), ("t16_unit", 9, "text"),
    ("t16_baseline", 8, "given"), HIGH, ("interval", 8, "text"), ("marker", 7, "marker"),
    ("t16_year_1", 7, "given"), ("t16_year_2", 7, "given"), ("t16_frequency", 11, "text"),
    ("t16_lead", 13, "text"), ("promised", 16, "text"),
)  # fmt: skip
"""The columns of Tool No. 16, and columns of the kit. Tool No. 16 only has columns for the planned values of
two years; `promised` has the targets in words, or the final target that partners type."""
NAMES = [name for name, _, _ in READ_COLUMNS]
OF_INDICATOR = (
    "t16_indicator",
    "t16_statement",
    "t16_definition",
    "t16_verification",
    "t16_unit",
    "t16_frequency",
    "t16_lead",
)
ONCE = tuple(map(NAMES.index, (*OF_INDICATOR, "t16_by")))
MINE = {
    "t16_baseline": "baseline_value",
    "t16_year_1": "target_year_1",
    "t16_year_2": "target_year_2",
    "promised": "final_target",
}
ON_ONE_PAGE = 8  # rows; the letters of more would be too small
PLACES = [NAMES.index(name) for name in MINE]


def matrix(evidence: Evidence, language: Language) -> Page:
    """Returns the sheet of the plan's indicators for the plan's workbook: the columns of the ILO toolkit's
    results framework (Tool No. 16), and columns that the kit adds, such as the interval of the baseline and
    the target in words. An indicator has a row for everybody and one for each category with a target; the
    sheet of the baseline has the other categories.

    In each row that no survey fills, partners can fill in four cells: the baseline, the targets of two years
    and the final target.
    """
    filled = evidence.baseline
    lines = _lines(filled, language, evidence.targets, evidence.partners)
    columns, notes = _columns(filled, language), _notes(filled, language)
    notes = (language.say("workbook.goal", goal=language.own(evidence.plan.goal)), *notes)
    more = {"tool": "16", "table": "matrix", "frozen": 2, "once": ONCE, "one_page": len(lines) <= ON_ONE_PAGE}
    return page(language, "matrix", columns, lines, notes, **more)


def _warned_promises(language: Language, rows: pd.DataFrame) -> dict[tuple[object, ...], object]:
    """Returns the cells with the targets in words and their paths (linear or geometric), with the keys of
    `promises`. A target that no planned survey could verify has a warning."""
    paths: dict[tuple[object, ...], dict[str, None]] = {}
    for row in as_records(rows[rows["target_year"].notna()]):
        paths.setdefault((row["id"], row["group"], row["category"]), {})[
            word(language, "paths", row["path"])
        ] = None
    found: dict[tuple[object, ...], object] = {
        key: language.list([text, *paths[key[:-1]]]) for key, text in promises(language, rows).items()
    }
    for row in as_records(rows[rows["verifiable"] == "no"]):
        for of_decrease in (False, True):
            key = (row["id"], row["group"], row["category"], of_decrease)
            found[key] = Styled(
                language.list([str(found[key]), language.say("matrix.not_verifiable")]), "warn"
            )
    return found


def _notes(filled: Baseline, language: Language) -> tuple[str, ...]:
    """Returns the note of the sheet: the survey, the year of the baseline and the years of the two target
    columns. Returns none if no survey gives a number."""
    found = sorted({int(year) for year in filled.table["year"].dropna()})
    first, second, third = (language.join(str(year + more) for year in found) for more in range(3))
    years = language.say("workbook.years", year=first, first=second, second=third)
    return (f"{surveys(language, filled.table)} {years}",) if found else ()


def _columns(filled: Baseline, language: Language) -> list[Column]:
    """Returns the columns of the sheet. The column for the upper ends of ranges is hidden if no baseline is a
    range."""
    wide = any(map(has_wide_bounds, as_records(filled.table)))
    looks = shown_if_wide(READ_COLUMNS, wide=wide)
    return [
        column(language, *look, key=MINE.get(look[0], ""), beside=not look[0].startswith("t16"))
        for look in looks
    ]


def _lines(filled: Baseline, language: Language, aims: pd.DataFrame, partners: Partners) -> list[SheetRow]:
    """Returns the rows of the sheet. `aims` are the rows of targets."""
    lines, none = [], Styled(language.say("matrix.no_target"), "quiet")
    promised = _warned_promises(language, aims)
    for row in map(without_nan, as_records(filled.table)):
        if not (plan_words.is_total(row) or promise_key(row) in promised):
            continue
        silent = "" if row["filled_by"] == "partners" else none
        cells = [*_cells(filled.plan, row, language), promised.get(promise_key(row), silent)]
        if row["filled_by"] != "partners":
            lines.append(SheetRow(cells))
            continue
        mine = partners.row("matrix", row["id"])
        for place, key in zip(PLACES, MINE.values(), strict=True):
            cells[place] = (
                cell_value(mine[key])
                if key in mine
                else _number(language, {**row, "measure": None}, row[key])
            )
        lines.append(SheetRow(cells, row["id"], tuple(MINE.values()), frozenset(mine)))
    return lines


def _cells(plan: Plan, row: Row, language: Language) -> list[object]:
    """Returns the cells of one row of the sheet: first the columns of the ILO toolkit's results framework
    (Tool No. 16) and the interval of the baseline, then columns that the kit adds.

    Each row repeats the statement, the indicator and its definition, so that the sheet can be filtered.
    """
    indicator = _indicator_of(plan, row)
    _, group, category, unit = who(language, row)
    groups = ", ".join(number_words.group(language, name) for name in indicator.disaggregated_by)
    by = groups if plan_words.is_total(row) else language.colon(str(group), str(category))
    value, *years = (
        _number(language, row, row[name]) for name in ("baseline_value", "target_year_1", "target_year_2")
    )
    return [
        language.colon(language.own(row["code"]), language.own(row["statement"])),
        name_of(language, indicator, row),
        definition(language, indicator, row),
        by,
        language.own(row["means_of_verification"]),
        unit,
        value,
        high_or_marker(row),
        plan_words.between(language, row, "ci_low", "ci_high").replace(NBSP, " "),
        bracketed(mark(row)),
        *years,
        frequency(language, indicator.reporting_frequency),
        language.own(row["lead"]),
    ]


def _number(language: Language, row: Row, value: object) -> object:
    """Returns a baseline or target value of a row for a cell. A number is rounded as numbers of this row are.
    A text of the plan is returned in the sheet's language."""
    given = as_number(value)
    if row["measure"] and isinstance(given, float):
        return styled(row, given)
    return language.own(given) if isinstance(given, str) else given


def _indicator_of(plan: Plan, row: Row) -> Indicator:
    """Returns the plan's indicator to which a row of the baseline belongs."""
    by_id = {i.id: i for s in plan.framework for i in s.indicators}
    return by_id.get(row["id"]) or by_id[str(row["id"]).removesuffix("_base")]


def name_of(language: Language, indicator: Indicator, row: Row) -> str:
    """Returns the name of an indicator. If an indicator is a decrease in %, the kit adds a row with the
    prevalence from which the decrease is calculated. The name of this row names the decrease."""
    name = number_words.indicator(language, row)
    if row["indicator"] != PREVALENCE["indicator"]:
        return name
    return language.say("workbook.base_of", indicator=name, derived=language.own(indicator.indicator))


def definition(language: Language, indicator: Indicator, row: Row) -> str:
    """Returns the definition of an indicator as one text: what is counted, the unit of analysis, where the
    data are stored, and the type (such as quantitative). The texts come from nap.yaml, and the kit's words
    introduce them."""
    if row["indicator"] == PREVALENCE["indicator"]:
        counted, unit = language.say("workbook.base_definition"), language.say("workbook.base_unit")
        stored, kind = "", "quantitative"
    else:
        d = indicator.definition
        counted, unit, stored = map(language.translated, (d.counted, d.unit_of_analysis, d.stored))
        kind = d.type
    parts = [
        counted,
        unit and language.say("workbook.unit_of_analysis", unit=unit),
        stored and language.say("workbook.stored", where=stored),
        language.say(f"workbook.types.{kind}"),
    ]
    return " ".join(part for part in parts if part)


def as_number(value: object) -> object:
    """Returns a text as a number if it is written as one, e.g. `"1.5"`. Any other value is returned
    unchanged, and so is `"007"`."""
    return (
        float(value) if isinstance(value, str) and re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", value) else value
    )
