"""Makes the sheet of the plan's indicators: the matrix of the ILO toolkit's results framework (Tool No. 16).

Partners fill in the rows that no survey fills.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.nap.baseline import PREVALENCE, Baseline
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.partner_entries import Partners, cell_value
from fltoolkit.nap.results_framework import Indicator, Plan
from fltoolkit.nap.target_paths import targets_of_row
from fltoolkit.publish.reliability import has_wide_bounds
from fltoolkit.report.workbook.sheet_words import (
    HIGH,
    Row,
    bracketed,
    cases,
    column,
    cv,
    flag,
    high_or_marker,
    legend,
    mark,
    page,
    refusal,
    rounded,
    rows_like,
    shown_if_wide,
    styled,
    surveys,
    who,
    without_nan,
    word,
)
from fltoolkit.report.workbook.sheet_writer import Column, Page, SheetRow, Styled
from fltoolkit.show.printed_tables import change_tables
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.plan_words import frequency, promises
from fltoolkit.survey.spec.groups import TOTAL

TOOL_16 = (
    ("t16_statement", 17, "unseen"), ("t16_indicator", 22, "unseen"), ("t16_definition", 30, "unseen"), ("t16_by", 25, "text"),
    ("t16_verification", 15, "unseen"), ("t16_unit", 13, "unseen"), ("t16_baseline", 10, "given"), HIGH, ("interval_from", 10, "text"),
    ("interval_to", 10, "text"), ("marker", 8, "marker"), ("t16_year_1", 8, "given"), ("t16_year_2", 8, "given"),
    ("t16_frequency", 13, "unseen"), ("t16_lead", 18, "unseen"),
)  # fmt: skip
BESIDE = (
    ("category", 24, "text"), ("n", 12, "whole"),
    ("cases", 10, "whole"), ("cv", 8, "percent"), ("deff", 8, "two_decimals"), ("df", 6, "whole"), ("flag", 24, "text"), ("reason", 58, "text"),
    ("measure", 16, "text"), ("reference_period", 24, "text"), ("reference_population", 26, "text"), ("rule_set", 14, "text"),
    ("same_work", 12, "text"), ("survey", 34, "text"), ("round", 10, "text"), ("year", 8, "plain"), ("filled_by", 13, "text"),
    ("about_targets", 34, "text"),
)  # fmt: skip
PROMISED = ("promised", 18, "text")
"""The column with the targets in words. Tool No. 16 only has columns for the planned values of two years."""
READ_COLUMNS = (*TOOL_16, PROMISED)
STYLES = [style for _, _, style in (*READ_COLUMNS, *BESIDE)]
QUIET = ("again", "unseen")  # in the rows after an indicator's first
MINE = {"t16_baseline": "baseline_value", "t16_year_1": "target_year_1", "t16_year_2": "target_year_2"}
PLACES = [[name for name, _, _ in TOOL_16].index(name) for name in MINE]
PRINTED = len(READ_COLUMNS)
AFTER = ("marker_after", "flag_after")
LATER = (("now", 9, "text"), HIGH, ("now_from", 8, "text"), ("now_to", 8, "text"), ("marker_after", 8, "marker"))
NO_LATER = {"measure": "", "value": None, "bound": None, "ci_low": None, "ci_high": None, "marker_after": "", "flag_after": ""}


def matrix(evidence: Evidence, language: Language) -> Page:
    """Returns the sheet of the plan's indicators for the plan's workbook: first the columns of the ILO toolkit's results framework
    (Tool No. 16), with the marker and the interval beside the baseline, then columns that the kit adds, such as the target in
    words and the number of a later survey.

    In each row that no survey fills, partners can fill in three cells: the baseline and the targets of two years.
    """
    filled, followed = evidence.baseline, evidence.follow_up
    later = [_later(followed, row) for row in filled.table.to_dict("records")]
    promised = _warned_promises(language, evidence.targets)
    lines = [
        replace(line, cells=[*line.cells[:PRINTED], *added, *line.cells[PRINTED:]])
        for line, added in zip(_lines(filled, language, promised, evidence.partners), later, strict=True)
    ]
    own, years = _columns(filled, language), dict[str, object]()
    looks = shown_if_wide(() if followed.empty else LATER, wide=bool(followed["bound"].notna().any()))
    if not followed.empty:
        years = change_tables.years_of_rounds(language, followed["year_before"], followed["year"])
    marks = [mark(row, *AFTER) for row in followed.to_dict("records")]
    added = [column(language, *look, beside=True, years=years) for look in looks]
    notes = _notes(filled, language, evidence.now.table, marks)
    return page(
        language, "matrix", (*own[:PRINTED], *added, *own[PRINTED:]), lines, notes, tool="16", table="matrix", frozen=2, large=True,
        printed_columns=PRINTED + len(added),
    )  # fmt: skip


def _later(followed: pd.DataFrame, row: Row) -> tuple[object, ...]:
    """Returns the cells with the number of the later survey in a row of the baseline, its interval and its marker. The result is
    empty if there is no later survey."""
    if followed.empty:
        return ()
    found = next(rows_like(followed, row), NO_LATER)
    return (
        *(styled(found["measure"], found[name]) for name in ("value", "bound", "ci_low", "ci_high")),
        bracketed(mark(found, *AFTER)),
    )


def _warned_promises(language: Language, rows: pd.DataFrame) -> dict[tuple[object, ...], object]:
    """Returns the cells with the targets in words and their paths (linear or geometric), by indicator, group and category. A target
    that no planned survey could verify has a warning."""
    paths: dict[tuple[object, ...], dict[str, None]] = {}
    for row in rows[rows["target_year"].notna()].to_dict("records"):
        paths.setdefault((row["id"], row["group"], row["category"]), {})[word(language, "paths", row["path"])] = None
    found: dict[tuple[object, ...], object] = {
        key: f"{text} ({language.join(paths[key])})" for key, text in promises(language, rows).items()
    }
    for row in rows[rows["verifiable"] == "no"].to_dict("records"):
        key = (row["id"], row["group"], row["category"])
        found[key] = Styled(f"{found[key]}. {refusal(language, row)}", "warn")
    return found


def _notes(filled: Baseline, language: Language, now: pd.DataFrame, later: Sequence[str] = ()) -> tuple[str, ...]:
    goal, marks = language.say("workbook.goal", goal=language.own(filled.plan.goal)), map(mark, filled.table.to_dict("records"))
    about = (surveys(language, filled.table, now),) if filled.table["survey"].notna().any() else ()
    return (goal, *about, *_years(filled, language), *legend(language, [*marks, *later]))


def _years(filled: Baseline, language: Language) -> list[str]:
    """Returns a note with the year of the baseline and the years of the two target columns. The list is empty if no survey gives
    a number."""
    found = sorted({int(year) for year in filled.table["year"].dropna()})
    first, second, third = (language.join(str(year + more) for year in found) for more in range(3))
    return [language.say("workbook.years", year=first, first=second, second=third)] if found else []


def _columns(filled: Baseline, language: Language) -> tuple[Column, ...]:
    """Returns the columns of the sheet. The column for the upper ends of ranges is hidden if no baseline is a range."""
    wide = any(map(has_wide_bounds, filled.table.to_dict("records")))
    own = (
        column(language, *look, key=MINE.get(look[0], ""), beside=not look[0].startswith("t16"))
        for look in shown_if_wide(READ_COLUMNS, wide=wide)
    )
    return (*own, *(column(language, *look, beside=True) for look in BESIDE))


def _lines(
    filled: Baseline, language: Language, promised: Mapping[tuple[object, ...], object], partners: Partners
) -> Iterator[SheetRow]:
    before = ""
    for row in map(without_nan, filled.table.to_dict("records")):
        cells, starts = _cells(filled.plan, row, language), row["id"] != before
        cells.insert(PRINTED - 1, promised.get((row["id"], row["group"], row["category"]), ""))
        before = row["id"]
        if starts:
            cells = [Styled(cell, "text") if style in QUIET else cell for cell, style in zip(cells, STYLES, strict=True)]
        if row["filled_by"] != "partners":
            yield SheetRow(cells)
            continue
        mine = partners.row("matrix", row["id"])
        for place, key in zip(PLACES, MINE.values(), strict=True):
            cells[place] = cell_value(mine[key]) if key in mine else _number(language, None, row[key])
        yield SheetRow(cells, row["id"], tuple(MINE.values()), frozenset(mine))


def _cells(plan: Plan, row: Row, language: Language) -> list[object]:
    """Returns the cells of one row of the sheet: first the columns of the ILO toolkit's results framework (Tool No. 16) and the
    interval of the baseline, then columns that the kit adds.

    Each row repeats the statement, the indicator and its definition, so that the sheet can be filtered.
    """
    indicator = _indicator_of(plan, row)
    _, group, category, unit = who(language, row)
    first = row["group"] in (None, "", TOTAL)
    groups = ", ".join(number_words.group(language, name) for name in indicator.disaggregated_by)
    by = groups if first else language.colon(str(group), str(category))
    value, *years = (_number(language, row["measure"], row[name]) for name in MINE.values())
    return [
        language.colon(language.own(row["code"]), language.own(row["statement"])), name_of(language, indicator, row), definition(language, indicator, row), by,
        language.own(row["means_of_verification"]), unit,
        value, high_or_marker(row), styled(row["measure"], row["ci_low"]), styled(row["measure"], row["ci_high"]), bracketed(mark(row)),
        *years, frequency(language, indicator.reporting_frequency), language.own(row["lead"]), category, row["n"], cases(language, row),
        cv(row), rounded(row["deff"], 2), row["df"], flag(language, row), number_words.reason(language, row["reason"]),
        word(language, "measures", row["measure"]), language.kit(row["reference_period"]),
        language.kit(row["reference_population_label"]), row["rule_set"], word(language, "same_work", row["same_work"]), language.kit(row["survey"]),
        language.kit(row["round"]), row["year"], word(language, "filled", row["filled_by"]), about_targets(language, indicator, row),
    ]  # fmt: skip


def _number(language: Language, measure: object, value: object) -> object:
    """Returns a baseline or target value for a cell. A number is rounded as numbers of this measure are. A text of the plan is
    returned in the sheet's language."""
    given = as_number(value)
    if measure and isinstance(given, float):
        return styled(measure, given)
    return language.own(given) if isinstance(given, str) else given


def _indicator_of(plan: Plan, row: Row) -> Indicator:
    """Returns the plan's indicator to which a row of the baseline belongs."""
    by_id = {i.id: i for s in plan.framework for i in s.indicators}
    return by_id.get(row["id"]) or by_id[str(row["id"]).removesuffix("_base")]


def name_of(language: Language, indicator: Indicator, row: Row) -> str:
    """Returns the name of an indicator. If an indicator is a decrease in %, the kit adds a row with the prevalence from which
    the decrease is calculated. The name of this row names the decrease."""
    name = number_words.indicator(language, row)
    if row["indicator"] != PREVALENCE["indicator"]:
        return name
    return language.say("workbook.base_of", indicator=name, derived=language.own(indicator.indicator))


def definition(language: Language, indicator: Indicator, row: Row) -> str:
    """Returns the definition of an indicator as one text: what is counted, the unit of analysis, where the data are stored,
    and the type (such as quantitative). The texts come from nap.yaml, and the kit's words introduce them."""
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


def about_targets(language: Language, indicator: Indicator, row: Row) -> str:
    """Returns a text that explains the two target columns of a row. The text names the two years, and the path (linear or
    geometric) from the baseline to the target. Returns an empty text for a row without targets."""
    if not row["about_targets"]:
        return ""
    start = int(row["year"])
    paths = ""
    for target in targets_of_row(indicator.targets, row["group"], row["category"]):
        one = language.say(f"workbook.on_path.{target.path}", year=str(target.year))
        paths = language.say("workbook.on_path.then", first=paths, next=one) if paths else one
    return language.say("workbook.about_targets", first=str(start + 1), second=str(start + 2), paths=paths)


def as_number(value: object) -> object:
    """Returns a text as a number if it is written as one, e.g. `"1.5"`. Any other value is returned unchanged, and so is
    `"007"`."""
    return float(value) if isinstance(value, str) and re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", value) else value
