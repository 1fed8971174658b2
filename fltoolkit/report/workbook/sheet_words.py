"""Makes the words of the workbook's sheets in the plan's language: column headings, words for the values in
the cells, and formatted numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import ceil
from typing import Any

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.languages.marked_text import STAR
from fltoolkit.languages.own_text import OwnText
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.later_survey import DECREASE
from fltoolkit.nap.targets import UNPLANNED
from fltoolkit.publish.measure_units import decimals_of, rounded_as_printed
from fltoolkit.publish.published_set import MARKERS
from fltoolkit.publish.reliability import has_wide_bounds
from fltoolkit.report.workbook.sheet_charts import ChartAxes
from fltoolkit.report.workbook.sheet_description import Column, Page, SheetRow, Styled
from fltoolkit.show.charts.descriptions.axis_ticks import step
from fltoolkit.show.wording import number_words, plan_words
from fltoolkit.show.wording.number_words import bracketed, legend
from fltoolkit.survey.spec.groups_and_tables import TOTAL
from fltoolkit.table_records import as_records

Row = Mapping[Any, Any]
ColumnLook = tuple[str, float, str]
"""The name of a column, its width and its style."""
WHOSE = (("indicator", 24, "text"), ("by", 13, "text"), ("category", 18, "text"))
"""The first columns of a sheet about numbers of the survey (see `whose`)."""
SPARE = 1  # characters that a column has beside a word of its heading or a number
HIGH = ("bound_high", 8, "text")  # the column beside numbers some of which are ranges
STEPS_UP = 5  # the most steps on the axis of a chart
LABEL_ROOM = 0.4  # of a step: the least height between the highest point of a chart and the end of its axis, for a label
NO_GROUP = "–"
SIGNED = {"whole": "signed_whole", "one_decimal": "signed_decimal"}  # styles of numbers, and those of changes
UNRELIABLE, NOT_SHOWN, OF_CASES = "u", "c", "z"  # markers


def star_note(texts: Iterable[OwnText], language: Language, pages: Iterable[Page]) -> tuple[str, ...]:
    """Returns a sentence that explains the star (*) behind some texts on these sheets. The star marks texts
    of the survey or of the plan that have no translation into this language. The result is empty if no text
    has a star."""
    foreign = [text for text in texts if language.translated(text) == f"{text}{STAR}"]
    shown = shown_texts(pages)
    codes = {text.language for text in foreign if any(f"{text}{STAR}" in one for one in shown)}
    return (
        (language.say("own_words.note", languages=language.join(map(language.name_of, sorted(codes)))),)
        if codes
        else ()
    )


def shown_texts(pages: Iterable[Page]) -> set[str]:
    """Returns the texts of sheets: those of their cells, and their notes."""
    cells = {
        str(getattr(cell, "value", cell)) for page in pages for line in page.lines for cell in line.cells
    }
    return cells | {text for page in pages for text in page.notes}


def column(
    language: Language,
    name: str,
    width: float,
    style: str = "text",
    *,
    years: Mapping[str, object] | None = None,
    **more: Any,
) -> Column:
    """Returns a column of a sheet. Its heading and its explanation, if it needs one, are under
    `workbook.columns.<name>` in the language files.

    `width` is in characters; the column is wider if a word of its heading needs it. `years` has the years of
    the two compared surveys, with the keys `before` and `after`, for a heading that contains a year. `more`
    are other fields of `Column`.
    """
    words = f"workbook.columns.{name}"
    head = language.say(f"{words}.head", **(years or {}))
    help_text = language.say(f"{words}.help") if language.has(f"{words}.help") else ""
    return Column(head, max(width, _width_of_words(head)), style, help_text, **more)


def _width_of_words(head: str) -> int:
    return max(map(len, re.split(r"[ /-]", head))) + SPARE


def page(
    language: Language,
    key: str,
    columns: Sequence[Column],
    lines: Sequence[SheetRow],
    notes: Sequence[str] = (),
    **more: Any,
) -> Page:
    """Returns a sheet of the workbook. Its name and its texts are under `workbook.sheets.<key>` in the
    language files. `notes` are printed before the notes of the language files. Further notes explain the
    markers in the cells, and limits that round to 0. `more` are other fields of `Page`. If some numbers are
    ranges, the headings of their column and of their interval name the low end, and a note explains the high
    end."""
    words = f"workbook.sheets.{key}"
    own = language.each(f"{words}.notes") if language.has(f"{words}.notes.0") else ()
    fills = language.say(f"{words}.fills") if language.has(f"{words}.fills") else ""
    name, purpose = (language.say(f"{words}.{part}") for part in ("name", "purpose"))
    high_end = column(language, *HIGH)
    read, ends, with_limit = list(columns), list[list[object]](), list[list[object]]()
    for place in (place for place, about in enumerate(columns) if about.head == high_end.head):
        # A number, the upper end of its range, and the lower limit of its interval.
        numbers = [
            [getattr(cell, "value", cell) for cell in line.cells[place - 1 : place + 2]] for line in lines
        ]
        with_limit += numbers
        if not columns[place].hidden:
            ends += [row[:2] for row in numbers]
            limits = [at for at in (place + 1, place + 2) if columns[at].style != "marker"]
            for at, of in ((place - 1, "low_end"), *((at, "of_low_end") for at in limits)):
                head = language.say(f"workbook.{of}", head=columns[at].head)
                width = max(columns[at].width, _width_of_words(head))
                read[at] = replace(columns[at], head=head, width=width)
    ranges = [_on_high_ends(language, high_end.head, ends)] if ends else []
    cells = {getattr(cell, "value", cell) for line in lines for cell in line.cells}
    markers = legend(
        language, [marker for marker in (*MARKERS, number_words.CARE) if bracketed(marker) in cells]
    )
    zeros = [
        number
        for number, _, *limit in with_limit
        if limit == [0] and isinstance(number, (int, float)) and number > 0
    ]
    rounded_limits = {"above_zero": zeros, "beyond_zero": cells & {"<0", ">0"}}
    at_zero = [language.say(f"tables.{key}") for key, found in rounded_limits.items() if found]
    read = [
        replace(about, width=max([about.width, *_number_widths(lines, place)]))
        for place, about in enumerate(read)
    ]
    return Page(
        key,
        name,
        purpose,
        tuple(read),
        lines,
        fills=fills,
        notes=(*notes, *markers, *at_zero, *ranges, *own),
        **more,
    )


def _on_high_ends(language: Language, head: str, ends: Iterable[Sequence[object]]) -> str:
    """Returns the note on a column of upper ends. It says what an empty cell and [z] mean there, if the
    column has such cells. `ends` are the lower and the upper end of each row."""
    highs = [high for low, high in ends if isinstance(low, (int, float))]
    found = {"empty": None in highs, "cases": bracketed(OF_CASES) in highs}
    told = (language.say(f"workbook.high_end_cells.{kind}") for kind, there in found.items() if there)
    return " ".join((language.say("workbook.high_end", head=head), *told))


def _number_widths(lines: Sequence[SheetRow], place: int) -> Iterator[float]:
    """Yields the width that each rounded number in a column needs (see `styled`): a spreadsheet shows a
    number that is wider than its column as a row of #. `place` is the position of the column."""
    for line in lines:
        cell = line.cells[place]
        if isinstance(cell, Styled) and isinstance(cell.value, (int, float)):
            yield len(f"{cell.value:,}") + SPARE


def word(language: Language, words: str, code: object) -> str:
    """Returns the word for a code in a language, from the key `workbook.<words>.<code>` of the language
    files. If the code has no word, returns the code. If there is no code, returns an empty text."""
    if code is None or pd.isna(code) or code == "":  # type: ignore[call-overload]
        return ""
    key = f"workbook.{words}.{str(code).replace(' ', '_')}"
    return language.say(key) if language.has(key) else str(code)


def choices(language: Language, name: str, codes: Sequence[str]) -> dict[str, str]:
    """Returns the words that a user of the workbook (a partner of the plan) can choose in a column: a
    dictionary from the code of each choice to its word."""
    return {code: word(language, f"choices.{name}", code) for code in codes}


def without_nan(row: Row) -> dict[Any, Any]:
    """Returns a row of a table as a dictionary in which each missing value (nan) is None."""
    return {k: None if not isinstance(v, str) and pd.isna(v) else v for k, v in row.items()}


def rows_like(table: pd.DataFrame, row: Row) -> Iterator[dict[Any, Any]]:
    """Yields the rows of `table` that have the same indicator, group and category as `row`, as dictionaries
    without nan (None instead). `row` is a row of another table."""
    keys = ["id", "group", "category"]
    wanted = tuple(row[name] for name in keys)
    same = [key == wanted for key in table[keys].itertuples(index=False, name=None)]
    yield from map(without_nan, as_records(table[same]))


def styled(row: Row, value: object) -> Styled:
    """Returns a number of a row of the plan, rounded, with the style of its cell: with the decimals of the
    row. `value` is already in the unit of the row, such as 17.2 for 17.2 per 1,000."""
    places = decimals_of(row)
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        read = None
    else:
        read = rounded_as_printed(float(value), str(row["measure"]), places)  # type: ignore[arg-type]
    return Styled(read, "one_decimal" if places else "whole")


def aimed(row: Row, column: str) -> Styled:
    """Returns the value of a target with the style of its cell: as the plan states it, or rounded as `styled`
    does. `column` is the name of its column in the row."""
    stated = row["stated_value"]
    if stated is None or pd.isna(stated):
        return styled(row, row[column])
    places = next((n for n in range(2) if round(stated, n) == stated), 2)
    return Styled(stated, ("whole", "one_decimal", "two_decimals")[max(places, decimals_of(row))])


def signed(row: Row, value: object) -> Styled:
    """Returns a change, rounded as `styled` does, with the style of a cell that prints the plus sign."""
    number = styled(row, value)
    return replace(number, style=SIGNED[number.style])


def shown_if_wide(columns: Iterable[ColumnLook], *, wide: bool) -> tuple[ColumnLook, ...]:
    """Returns columns in which the one for upper ends of ranges is hidden, unless a number of the sheet is a
    range (`wide`)."""
    return tuple(
        (name, width, "hidden" if (name, wide) == (HIGH[0], False) else style)
        for name, width, style in columns
    )


def high(row: Row) -> Styled:
    """Returns the upper end of a baseline that is a range because of unresolved answers, as a cell. The cell
    is empty for another baseline."""
    return styled(row, row["bound_high"] if has_wide_bounds(row) else None)


def high_or_marker(row: Row) -> Styled:
    """Returns the same cell as `high`, but with a marker if a shown baseline has no upper end: [c] if this is
    confidential, [z] if the number is known of cases only."""
    if (
        has_wide_bounds(row)
        or row["baseline_value"] is None
        or row["unresolved"] is not None
        or not row["measure"]
    ):
        return high(row)
    return Styled(bracketed(NOT_SHOWN if row["unresolved_marker"] == NOT_SHOWN else OF_CASES), "in_place")


def rounded(value: object, digits: int) -> float | None:
    return None if value is None or pd.isna(value) else round(float(value), digits)  # type: ignore[arg-type, call-overload]


def mark(row: Row, marker: str = "marker", flag: str = "flag") -> str:
    """Returns the marker of a number, such as `u`, or a dagger if the number has none but is to be used with
    caution. `marker` and `flag` are the columns of `row` that have the marker and the flag."""
    return (
        row[marker]
        if isinstance(row[marker], str) and row[marker]
        else number_words.CARE
        if row[flag] == "caution"
        else ""
    )


def toolkit(language: Language, *tools: int) -> str:
    """Returns a sentence that names the tools of the ILO toolkit from which the texts of a sheet come."""
    return language.say(
        f"checklists.source.{'one' if len(tools) == 1 else 'several'}", tools=language.join(map(str, tools))
    )


def cases(language: Language, row: Row) -> object:
    """Returns the number of cases behind a row of the plan as the workbook shows it: the number itself for a
    whole population, and a range (`5–14`) for a category."""
    return language.kit(row["cases_class"]) if row["cases"] is None else row["cases"]


def who(language: Language, row: Row) -> tuple[object, ...]:
    """Returns the first four cells of a row of the plan: its indicator, group, category and unit, in
    words."""
    group, category = str(row["group"] or ""), row["category"] or ""
    return (
        number_words.indicator(language, row),
        NO_GROUP if group == TOTAL else number_words.group(language, group),
        language.say("everyone") if category == TOTAL else number_words.reason(language, category),
        language.kit(row["unit"]),
    )


def whose(language: Language, row: Row) -> tuple[object, ...]:
    """Returns the first cells of a row of the plan (see `WHOSE`): its indicator with its unit, its group and
    its category, in words."""
    indicator, group, category, unit = who(language, row)
    # `% decrease` is not yet the unit of its number.
    named = str(unit) in str(indicator) and row["measure"] != DECREASE
    return (indicator if named else f"{indicator} ({unit})", group, category)


def columns_of(
    language: Language,
    looks: Sequence[ColumnLook],
    beside: Sequence[ColumnLook] = (),
    years: Mapping[str, object] | None = None,
) -> list[Column]:
    """Returns the columns of a sheet. Those of `beside` are not printed; their headings are grey. `years` are
    the years of the two compared surveys (see `column`)."""
    read = [column(language, *look, years=years) for look in looks]
    return [*read, *(column(language, *look, years=years, beside=True) for look in beside)]


def refusal(language: Language, row: Row) -> str:
    """Returns a warning that no survey of the plan could verify the target of a row."""
    return language.say("workbook.not_planned" if row["obstacle"] == UNPLANNED else "workbook.cannot")


def sentence(text: str) -> str:
    return f"{number_words.start(text)}." if text else ""


def surveys(language: Language, *tables: pd.DataFrame) -> str:
    """Returns a note that names the surveys of a sheet and the level of its intervals. `tables` are those
    with its numbers: that of the baseline, and that of the later survey if the sheet shows it."""
    names = dict.fromkeys(language.kit(one) for table in tables for one in table["survey"].dropna().iloc[:1])
    said = [language.say("workbook.surveys", surveys=language.list(names))]
    said += [language.say("workbook.level_of_intervals", level=level) for level in _levels(language, *tables)]
    return " ".join(said)


def _levels(language: Language, *tables: pd.DataFrame) -> list[str]:
    """Returns the level of the intervals in tables, in a list. The list is empty if the tables have no
    intervals. In a table of the plan, `level` is the level of a statement, such as an objective."""
    columns = [table["confidence" if "confidence" in table else "level"] for table in tables]
    return [number_words.level(language, {"level": level}) for level in pd.concat(columns).dropna().iloc[:1]]


def chart_title(language: Language, row: Row) -> str:
    """Returns what a chart shows, with measure, unit and category: `Prevalence of forced labour, per 1,000
    adults (women)`."""
    title = ", ".join((language.say(f"titles.{row['measure']}"), language.kit(row["unit"])))
    return (
        title if plan_words.is_total(row) else f"{title} ({number_words.reason(language, row['category'])})"
    )


def chart_axes(
    evidence: Evidence, language: Language, row: Row, heights: Iterable[object], *, hollow: bool, wide: bool
) -> ChartAxes:
    """Returns the axes of a chart of one indicator. `heights` are the values and upper limits that must fit
    on the axis. `hollow` says whether the chart has hollow dots, and `wide` whether it has grey bands; if so,
    the title of an axis explains them."""
    most = max([float(styled(row, height).value or 0) for height in heights], default=0) or 1.0  # type: ignore[arg-type]
    each = step(most, STEPS_UP)
    most += LABEL_ROOM * each
    levels = _levels(language, evidence.baseline.table, evidence.now.table)
    across = [language.say("workbook.charts.lines", level=levels[0])]
    across += [
        language.say(f"workbook.charts.{name}") for name, has in (("bands", wide), ("hollow", hollow)) if has
    ]
    return ChartAxes(
        language.list(across),
        language.kit(row["unit"]),
        each * ceil(most / each),
        each,
        "#,##0" if each >= 1 else "#,##0.0",
    )


def if_unreliable(row: Row, value: object, marker: object) -> Styled:
    """Returns the cell of a column from which a chart draws hollow dots. If the marker of a value says that
    it is unreliable, the cell has the value. Otherwise it is empty."""
    return styled(row, value if marker == UNRELIABLE else None)


def lengths_of(row: Row, numbers: Sequence[object]) -> tuple[object, object]:
    """Returns the distances from a value to the lower and to the upper limit of its interval, which a chart
    draws as a line. `numbers` are the value and the two limits."""
    value, low, high = (styled(row, number).value for number in numbers)
    if value is None or low is None or high is None:
        return None, None
    return styled(row, value - low), styled(row, high - value)  # type: ignore[operator]
