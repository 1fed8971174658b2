"""Makes the workbook's sheet of the baseline: each number that the survey gives for the plan, its interval
and the cases behind it, with a chart of the first indicator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.publish.reliability import has_wide_bounds
from fltoolkit.report.workbook.sheet_charts import NativeChart
from fltoolkit.report.workbook.sheet_description import Page, SheetRow
from fltoolkit.report.workbook.sheet_words import (
    HIGH,
    WHOSE,
    Row,
    cases,
    chart_axes,
    chart_title,
    columns_of,
    high,
    high_or_marker,
    if_unreliable,
    lengths_of,
    mark,
    page,
    shown_if_wide,
    styled,
    surveys,
    whose,
    without_nan,
)
from fltoolkit.show.wording import plan_words
from fltoolkit.show.wording.number_words import bracketed
from fltoolkit.table_records import as_records

NUMBERS = ("baseline_value", "ci_low", "ci_high")
LOOKS = (
    ("indicator", 23, "text"), *WHOSE[1:], ("baseline_value", 9, "text"), HIGH, ("interval_from", 9, "text"), ("interval_to", 9, "text"),
    ("marker", 8, "marker"), ("n", 10, "whole"), ("cases", 11, "whole"), ("below", 10, "hidden"), ("above", 10, "hidden"), ("unreliable", 10, "hidden"),
    ("drawn_high", 10, "hidden"), ("reach", 10, "hidden"),
)  # fmt: skip
PLACES = {name: place for place, (name, _, _) in enumerate(LOOKS)}


def baseline(evidence: Evidence, language: Language) -> Page | None:
    """Returns the sheet of the baseline, one row per number. Returns None if the survey gives no number for
    the plan."""
    table = evidence.baseline.table
    records = [without_nan(row) for row in as_records(table[table["filled_by"] != "partners"])]
    if not records:
        return None
    wide = any(map(has_wide_bounds, records))
    lines = [SheetRow(_cells(language, row)) for row in records]
    chart = _chart(evidence, language, records, lines)
    notes = (surveys(language, table), *plan_words.rounding_note(language, records))
    columns = columns_of(language, shown_if_wide(LOOKS, wide=wide))
    return page(language, "detail", columns, lines, notes, once=(0, 1), frozen=3, chart=chart)


def _cells(language: Language, row: Row) -> list[object]:
    """Returns the cells of a row: a number of the baseline, the facts on which it is based, and the columns
    from which the chart is drawn."""
    numbers, bound = [row[name] for name in NUMBERS], high(row)
    value, *limits = (styled(row, number) for number in numbers)
    reach = None if bound.value is None or value.value is None else bound.value - value.value  # type: ignore[operator]
    return [
        *whose(language, row),
        value,
        high_or_marker(row),
        *limits,
        bracketed(mark(row)),
        row["n"],
        cases(language, row),
        *lengths_of(row, numbers),
        if_unreliable(row, numbers[0], mark(row)),
        bound,
        replace(bound, value=reach),
    ]


def _chart(
    evidence: Evidence, language: Language, records: Sequence[Row], lines: Sequence[SheetRow]
) -> NativeChart | None:
    """Returns the chart of the first indicator that the survey measures: its numbers for everyone and by
    group. Returns None if none of them is shown."""
    drawn = [n for n, row in enumerate(records) if row["measure"] and not row["derived_from"]]
    drawn = [n for n in drawn if records[n]["id"] == records[drawn[0]]["id"]]
    rows = [records[n] for n in drawn]
    if all(row["baseline_value"] is None for row in rows):
        return None
    hollow, wide = (
        any(lines[n].cells[PLACES[name]].value is not None for n in drawn)  # type: ignore[attr-defined]
        for name in ("unreliable", "reach")
    )
    heights = [row[name] for row in rows for name in ("baseline_value", "ci_high")]
    heights += [high(row).value for row in rows]
    return NativeChart(
        chart_title(language, rows[0]),
        names=(PLACES["category"], PLACES["category"]),
        values=PLACES["baseline_value"],
        lengths=(PLACES["below"], PLACES["above"]),
        rows=len(drawn),
        first=drawn[0],
        hollow=PLACES["unreliable"] if hollow else None,
        band=(PLACES["drawn_high"], PLACES["reach"]) if wide else None,
        axes=chart_axes(evidence, language, rows[0], heights, hollow=hollow, wide=wide),
    )
