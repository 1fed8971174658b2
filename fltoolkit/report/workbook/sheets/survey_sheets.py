"""Makes the workbook's sheets in which partners fill in nothing, because all cells come from the survey and
the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.nap.baseline import Baseline
from fltoolkit.nap.checklists import checklists
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.global_estimates import references
from fltoolkit.publish.published_set import CONFIDENTIAL
from fltoolkit.publish.reliability import has_wide_bounds
from fltoolkit.report.document_sections import follow_up_section
from fltoolkit.report.workbook.sheet_charts import NativeChart
from fltoolkit.report.workbook.sheet_description import Page, SheetRow, Styled
from fltoolkit.report.workbook.sheet_words import (
    HIGH,
    READ,
    Row,
    cases,
    chart_axes,
    chart_title,
    column,
    columns_by_indicator,
    cv,
    flag,
    high,
    high_or_marker,
    if_unreliable,
    lengths_of,
    lines_by_indicator,
    mark,
    page,
    rounded,
    rows_like,
    sentence,
    shown_if_wide,
    styled,
    surveys,
    toolkit,
    without_nan,
    word,
)
from fltoolkit.show.wording import number_words, plan_words, result_sentences
from fltoolkit.show.wording.number_words import bracketed
from fltoolkit.show.wording.result_sentences import CAREFUL
from fltoolkit.survey.spec.groups import TOTAL
from fltoolkit.table_records import as_records

NUMBERS = ("baseline_value", "ci_low", "ci_high")
HEADLINE = (
    ("category", 30, "text"), ("label", 10, "hidden"), ("year", 9, "plain"), ("value", 14, "text"), HIGH,
    ("interval_from", 14, "text"), ("interval_to", 14, "text"), ("marker", 9, "marker"),
    ("below", 10, "hidden"), ("above", 10, "hidden"), ("unreliable", 10, "hidden"), ("reach", 10, "hidden"),
    ("earlier", 10, "hidden"),
)  # fmt: skip
DETAIL = (
    ("baseline_value", 10, "text"), HIGH, ("interval_from", 10, "text"), ("interval_to", 10, "text"),
    ("marker", 8, "marker"), ("n", 12, "whole"), ("cases", 12, "whole"), ("cv", 8, "percent"),
    ("reason", 58, "text"),
)  # fmt: skip
FACTS = (
    ("confidence", 10, "percent"),
    ("flag", 18, "text"),
    ("se", 10, "text"),
    ("unresolved", 12, "whole"),
    ("deff", 8, "two_decimals"),
    ("df", 6, "whole"),
    ("method", 24, "text"),
    ("rule_set", 14, "text"),
    ("reference_period", 24, "text"),
    ("reference_population", 24, "text"),
    ("same_work", 12, "text"),
    ("sector_basis", 16, "text"),
    ("duration_basis", 24, "text"),
    ("measure", 16, "text"),
    ("survey", 44, "text"),
    ("round", 10, "text"),
    ("year", 8, "plain"),
    ("filled_by", 13, "text"),
    ("id", 34, "text"),
)


def framework(evidence: Evidence, language: Language) -> Page:
    """Returns the sheet of the plan's objectives, outcomes, outputs and activities with their indicators, one
    row per indicator."""
    columns = (
        column(language, "level", 12),
        column(language, "code", 14),
        column(language, "statement", 44),
        column(language, "indicator", 44),
        column(language, "filled_from", 14),
        column(language, "lead", 32),
        column(language, "sdg", 14),
    )
    lines = [
        SheetRow(
            (
                word(language, "levels", s.level),
                language.own(s.code),
                language.own(s.statement),
                language.own(i.indicator),
                word(language, "filled", "survey" if i.measure else "partners"),
                language.own(i.lead),
                ", ".join(i.sdg),
            )
        )
        for s in evidence.plan.framework
        for i in s.indicators
    ]
    goal = language.say("workbook.goal", goal=language.own(evidence.plan.goal))
    return page(language, "framework", columns, lines, (goal,), tool="16", frozen=2)


def headline(evidence: Evidence, language: Language) -> Page | None:
    """Returns the sheet of the plan's first indicator that a survey measures: its numbers for the whole
    population and by the first group, with a chart. Returns None if none of these numbers is shown."""
    table = evidence.baseline.table
    shown = table[table["measure"].notna() & (table["measure"] != "") & (table["derived_from"] == "")]
    rows = shown[shown["id"] == shown["id"].iloc[0]] if len(shown) else shown
    groups = [group for group in dict.fromkeys(rows["group"]) if group != TOTAL]
    rows = rows[rows["group"].isin([TOTAL, *groups[:1]])]
    if rows["baseline_value"].notna().sum() == 0:
        return None
    records = [without_nan(row) for row in as_records(rows)]
    lines = [line for row in records for line in _rounds(evidence, language, row)]
    wide, hollow, later = (any(line[place].value is not None for line in lines) for place in (4, 10, 12))
    columns = [column(language, *look) for look in shown_if_wide(HEADLINE, wide=wide)]
    title = chart_title(language, records[0])
    heights = [line[place].value for line in lines for place in (3, 4, 6)]
    chart = NativeChart(
        title,
        names=(1, 2),
        values=3,
        lengths=(8, 9),
        rows=len(lines),
        hollow=10 if hollow else None,
        band=(4, 11) if wide else None,
        earlier=12 if later else None,
        axes=chart_axes(evidence, language, records[0], heights, hollow=hollow, wide=wide),
    )
    rates = [row for row in result_sentences.headline_rows(evidence.now) if row["measure"] == "prevalence"]
    said = [
        f"{result_sentences.statement(language, row)} {result_sentences.care(language, row)}".rstrip()
        for row in rates
    ]
    ranges = [language.say("sentence.wide")] if any(map(number_words.has_range, rates)) else []
    results = (*said, *ranges, *follow_up_section.verdicts(evidence, language))
    notes = (title, surveys(language, evidence.baseline.table, evidence.now.table))
    return page(
        language, "headline", columns, [SheetRow(line) for line in lines], notes, results=results, chart=chart
    )


def _rounds(evidence: Evidence, language: Language, row: dict[Any, Any]) -> Iterator[tuple[Any, ...]]:
    """Yields the cells of a row of the baseline, and then those of the later survey's row, if there is one.
    The second row has no label for the chart, which shows one label for both surveys."""
    later = list(rows_like(evidence.follow_up, row))
    category, numbers = plan_words.category(language, row), [row[name] for name in NUMBERS]
    yield (
        category,
        category,
        *_value(row, (row["year"], mark(row)), numbers, high(row), earlier=bool(later)),
    )
    for now in later:
        numbers = [now[name] for name in ("value", "ci_low", "ci_high")]
        yield (
            category,
            "",
            *_value(
                row,
                (now["year"], mark(now, "marker_after", "flag_after")),
                numbers,
                styled(row, now["bound"]),
            ),
        )


def _value(
    row: dict[Any, Any],
    about: tuple[Any, str],
    numbers: Sequence[object],
    bound: Styled,
    *,
    earlier: bool = False,
) -> tuple[object, ...]:
    """Returns the cells of a measured number: its year, the number with its interval, its marker, and the
    columns from which a chart is drawn.

    Args:
        row: the row of the baseline.
        about: the year and the marker of the number.
        numbers: the number and the limits of its interval.
        bound: the number if all unresolved persons were cases; it is empty if it is hidden or not above the
            interval.
        earlier: whether there is a later survey; then the dot of this number is grey.
    """
    year, marker = about
    value, *limits = (styled(row, number) for number in numbers)
    reach = None if bound.value is None or value.value is None else bound.value - value.value  # type: ignore[operator]
    return (
        year,
        value,
        bound,
        *limits,
        bracketed(marker),
        *lengths_of(row, numbers),
        if_unreliable(row, numbers[0], marker),
        replace(bound, value=reach),
        replace(value, value=value.value if earlier else None),
    )


def detail(filled: Baseline, language: Language) -> Page | None:
    """Returns the sheet that shows for each number of the baseline the facts on which it is based, such as
    the sample. Returns None if the survey gives no number for the plan."""
    table = filled.table
    records = [without_nan(row) for row in as_records(table[table["filled_by"] != "partners"])]
    if not records:
        return None
    wide = any(map(has_wide_bounds, records))
    lines = lines_by_indicator(language, records, lambda row: _detail(language, row))
    confidential = (
        sentence(number_words.reason(language, CONFIDENTIAL))
        if any(r["reason"] == CONFIDENTIAL for r in records)
        else ""
    )
    rounded = plan_words.rounding_note(language, records)
    notes = (
        surveys(language, table),
        *rounded,
        confidential,
    )
    columns = columns_by_indicator(language, shown_if_wide(DETAIL, wide=wide), FACTS)
    return page(
        language, "detail", columns, lines, notes, once=(0,), frozen=2, printed_columns=READ + len(DETAIL)
    )


def _detail(language: Language, r: Row) -> tuple[object, ...]:
    """Returns the cells of one row of the sheet `detail`: a number of the baseline, and the facts on which it
    is based. The columns are those in `DETAIL` and `FACTS`."""
    measure = r["measure"]
    reason = (
        "" if r["reason"] == CONFIDENTIAL else number_words.reason(language, r["reason"])
    )  # said once, above the table
    if reason and r["flag"] in CAREFUL:
        reason = language.say("flagged", flag=language.say(f"flags.{r['flag']}"), reason=reason)
    deff: object = r["deff_replace"] if pd.isna(r["deff"]) else r["deff"]
    return (
        styled(r, r["baseline_value"]),
        high_or_marker(r),
        *(styled(r, r[name]) for name in NUMBERS[1:]),
        bracketed(mark(r)),
        r["n"],
        cases(language, r),
        cv(r),
        reason,
        r["confidence"],
        flag(language, r),
        styled({"measure": measure}, r["se"]),
        r["unresolved"],
        rounded(deff, 2),
        r["df"],
        word(language, "intervals", r["interval"]),
        r["rule_set"],
        language.kit(r["reference_period"]),
        language.kit(r["reference_population_label"]),
        word(language, "same_work", r["same_work"]),
        word(language, "sector_basis", r["sector_basis"]),
        number_words.reason(language, r["duration_basis"]),
        word(language, "measures", measure),
        language.kit(r["survey"]),
        language.kit(r["round"]),
        r["year"],
        word(language, "filled", r["filled_by"]),
        r["id"],
    )


def sdg(evidence: Evidence, language: Language) -> Page:
    """Returns the sheet that links forced labour to targets of the Sustainable Development Goals (ILO
    toolkit, Tool No. 6), and names the plan's indicators for each target."""
    columns = (
        column(language, "sdg_target", 16),
        column(language, "sdg_link", 60),
        column(language, "sdg_indicators", 50),
    )
    indicators = [i for s in evidence.plan.framework for i in s.indicators]
    lines = []
    for link in checklists().sdg:
        codes = {code.strip() for code in link.target.split(",")}
        mine = [
            language.own(i.indicator)
            for i in indicators
            if any(code in codes or code.partition(".")[0] in codes for code in i.sdg)
        ]
        lines.append(SheetRow((link.target, language.say(f"checklists.sdg.{link.id}"), "\n".join(mine))))
    listed = {code.strip() for link in checklists().sdg for code in link.target.split(",")}
    other = sorted(
        {
            code
            for i in indicators
            for code in i.sdg
            if code not in listed and code.partition(".")[0] not in listed
        }
    )
    other_words = language.say("workbook.sdg_other")
    lines += [
        SheetRow(
            (code, other_words, "\n".join(language.own(i.indicator) for i in indicators if code in i.sdg))
        )
        for code in other
    ]
    return page(language, "sdg", columns, lines, (toolkit(language, 6),), tool="6")


def global_figures(language: Language) -> Page:
    """Returns the sheet of the ILO's global estimates of forced labour. They must not be compared with the
    survey's numbers; a text above the table gives the reason."""
    columns = (
        column(language, "place", 24),
        column(language, "year", 7, "plain"),
        column(language, "measure", 27),
        column(language, "value", 13),
        column(language, "unit", 33),
        column(language, "source", 80),
    )
    figures = as_records(references())
    lines = [
        SheetRow(
            (
                number_words.reason(language, r["place"]),
                r["year"],
                word(language, "measures", r["measure"]),
                styled(r, r["value"]),
                language.kit(r["unit"]),
                language.kit(r["source"]),
            )
        )
        for r in figures
    ]
    reasons = dict.fromkeys(sentence(number_words.reason(language, r["why"])) for r in figures)
    return page(language, "global_figures", columns, lines, tuple(reasons))
