"""Makes the workbook's sheets on targets, milestones (planned values of the years before a target) and
follow-up (the comparison of the baseline with a later survey)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from fltoolkit.estimate.change_over_time.difference import COVERS_ZERO, LEAST_CASES, LIKE
from fltoolkit.estimate.change_over_time.unresolved_excess import is_unjudged
from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.later_survey import DECREASE, sign_and_verdict
from fltoolkit.nap.targets import BASELINE, NO_FALL, TARGET
from fltoolkit.report.workbook.sheet_charts import NativeChart
from fltoolkit.report.workbook.sheet_description import Page, SheetRow, Styled
from fltoolkit.report.workbook.sheet_words import (
    HIGH,
    WHOSE,
    Row,
    aimed,
    chart_axes,
    chart_title,
    columns_of,
    high_or_marker,
    if_unreliable,
    lengths_of,
    mark,
    page,
    refusal,
    rounded,
    rows_like,
    sentence,
    shown_if_wide,
    signed,
    styled,
    surveys,
    whose,
    without_nan,
    word,
)
from fltoolkit.show.printed_tables import change_tables
from fltoolkit.show.wording import number_words, plan_words
from fltoolkit.show.wording.number_words import bracketed
from fltoolkit.table_records import as_records

PROMISED = (
    *WHOSE, ("baseline_value", 9, "text"), HIGH, ("marker", 8, "marker"), ("target_year", 7, "plain"),
    ("target_value", 8, "text"), ("verifiable", 12, "text"), ("smallest_cut", 18, "power"), ("why", 51, "text"),
)  # fmt: skip
CALCULATED = (
    ("cut", 9, "power"), ("power", 9, "power"), ("smallest_value", 10, "text"), ("sample_needed", 11, "whole"),
    ("sample_each_round", 12, "whole"), ("planned_sample", 11, "whole"), ("first_year", 11, "plain"),
)  # fmt: skip
PLANNED = (
    ("indicator", 20, "text"), ("by", 10, "text"), ("category", 12, "text"), ("year", 6, "plain"),
    ("planned", 9, "text"), ("kind", 20, "text"), ("measured", 9, "text"), HIGH, ("interval_from", 9, "text"),
    ("interval_to", 9, "text"), ("marker", 8, "marker"), ("below", 10, "hidden"), ("above", 10, "hidden"),
    ("unreliable", 10, "hidden"), ("target", 10, "hidden"), ("reach", 10, "hidden"),
)  # fmt: skip
DRAWN = {name: place for place, (name, _, _) in enumerate(PLANNED)}
ROUNDS = (("marker_before", "flag_before"), ("marker_after", "flag_after"))
MEASURED = (
    ("baseline_year", "marker", "flag", ("baseline_value", "ci_low", "ci_high")),
    ("later_year", "later_marker", "later_flag", ("later_value", "later_ci_low", "later_ci_high")),
)
FOLLOWED = (
    ("indicator", 16, "text"), ("by", 9, "text"), ("category", 12, "text"), ("baseline", 9, "text"), HIGH,
    ("baseline_from", 9, "text"), ("baseline_to", 9, "text"), ("marker_before", 7, "marker"),
    ("now", 7, "text"), HIGH, ("now_from", 7, "text"), ("now_to", 7, "text"), ("marker_after", 7, "marker"),
    ("change", 8, "text"), ("change_from", 8, "text"), ("change_to", 8, "text"), ("verdict", 22, "text"),
    ("target_value", 7, "text"), ("reached", 12, "text"),
)  # fmt: skip
FOLLOWED_FACTS = (
    ("decrease", 10, "text"), ("decrease_from", 10, "text"), ("decrease_to", 10, "text"),
    ("milestone", 10, "text"), ("why", 45, "text"),
)  # fmt: skip


def targets(evidence: Evidence, language: Language) -> Page | None:
    """Returns the sheet of targets, one row for each target and for each other number that could have one.
    Returns None if the survey gives no number for the plan. The columns of the calculation come last, and are
    not printed."""
    table = evidence.targets
    table = table[table["baseline_value"].notna() | table["target_year"].notna()]
    if table.empty:
        return None
    read = shown_if_wide(PROMISED, wide=bool(table["baseline_bound"].notna().any()))
    # What is promised comes first, and is printed.
    records = sorted(map(without_nan, as_records(table)), key=lambda row: row["target_year"] is None)
    promised = int(table["target_year"].notna().sum())
    notes = (surveys(language, evidence.baseline.table), *_notes_on_targets(language, table))
    lines = [SheetRow((*whose(language, row), *_promised(evidence, language, row))) for row in records]
    columns = columns_of(language, read, CALCULATED)
    printed = {"printed_columns": len(PROMISED), "printed_lines": promised or None}
    return page(language, "targets", columns, lines, notes, once=(0, 1), frozen=3, **printed)


def _notes_on_targets(language: Language, table: pd.DataFrame) -> list[str]:
    """Returns the notes of the sheet of targets: how many cannot be verified, and how the smallest detectable
    cuts read."""
    words = "workbook.sheets.targets"
    notes = []
    if refused := int((table["verifiable"] == "no").sum()):
        notes.append(language.say(f"{words}.refused", n=str(refused)))
    if table["planned_sample"].notna().any():
        notes.append(language.say(f"{words}.smallest"))
        if plan_words.totals(table)["planned_sample"].nunique() > 1:
            notes[-1] += (
                f" {language.say(f'{words}.samples', size=plan_words.planned_sizes(language, table))}"
            )
    if NO_FALL in table["smallest_obstacle"].tolist():
        more = number_words.percent(language, LIKE - 1)
        notes.append(language.say(f"{words}.none", none=language.kit(NO_FALL), n=str(LEAST_CASES), more=more))
    return notes


def _baseline(evidence: Evidence, r: Row) -> tuple[Styled, Styled]:
    """Returns two cells: the baseline of a row, and the upper end of its range."""
    none = styled(r, None)
    return styled(r, r["baseline_value"]), next(
        map(high_or_marker, rows_like(evidence.baseline.table, r)), none
    )


def _promised(evidence: Evidence, language: Language, r: Row) -> tuple[object, ...]:
    """Returns the cells of one row of the sheet on targets: the target, and whether a repeat of the survey
    could verify it."""
    refused = r["verifiable"] == "no"
    verifiable: object = (
        Styled(word(language, "met", "no"), "warn") if refused else word(language, "met", r["verifiable"])
    )
    # The marker says why a baseline is not shown.
    silent = r["marker"] == "c" and r["target_year"] is None
    why: object = "" if silent else sentence(number_words.reason(language, r["reason"]))
    if refused:
        why = Styled(f"{refusal(language, r)} {why}", "warn")
    why_none = language.kit(r["smallest_obstacle"])
    least: object = Styled(why_none, "in_place") if why_none else rounded(r["smallest_cut"], 3)
    return (
        *_baseline(evidence, r),
        bracketed(mark(r)),
        r["target_year"],
        aimed(r, "target_value"),
        verifiable,
        least,
        why,
        rounded(r["cut"], 3),
        rounded(r["power"], 2),
        styled(r, r["smallest_value"]),
        r["sample_needed"],
        r["sample_each_round"],
        r["planned_sample"],
        r["first_year"],
    )


def milestones(evidence: Evidence, language: Language) -> Page | None:
    """Returns the sheet of milestones: the planned value of each year between the baseline and each target,
    with a chart of the first target. Returns None if no target has a baseline."""
    records = [without_nan(row) for row in as_records(evidence.milestones)]
    if not records:
        return None
    wide = bool(evidence.targets["baseline_bound"].notna().any())
    lines = [SheetRow((*whose(language, row), *_milestone(evidence, language, row))) for row in records]
    first = [r for r in records if all(r[name] == records[0][name] for name in ("id", "group", "category"))]

    def drawn(name: str) -> list[Any]:
        return [line.cells[DRAWN[name]].value for line in lines[: len(first)]]  # type: ignore[attr-defined]

    heights = [height for name in ("planned", "measured", HIGH[0], "interval_to") for height in drawn(name)]
    hollow = any(value is not None for value in drawn("unreliable"))
    chart = NativeChart(
        language.say("workbook.charts.milestones", what=chart_title(language, first[0])),
        names=(DRAWN["year"], DRAWN["year"]),
        values=DRAWN["measured"],
        lengths=(DRAWN["below"], DRAWN["above"]),
        rows=len(first),
        path=DRAWN["planned"],
        target=DRAWN["target"],
        axes=chart_axes(evidence, language, first[0], heights, hollow=hollow, wide=wide),
        hollow=DRAWN["unreliable"] if hollow else None,
        band=(DRAWN[HIGH[0]], DRAWN["reach"]) if wide else None,
    )
    notes = (surveys(language, evidence.baseline.table, evidence.now.table),)
    columns = columns_of(language, shown_if_wide(PLANNED, wide=wide))
    return page(language, "milestones", columns, lines, notes, once=(0, 1, 2), frozen=3, chart=chart)


def _milestone(evidence: Evidence, language: Language, r: Row) -> tuple[object, ...]:
    """Returns the cells of one row of the sheet on milestones: the planned value of a year, beside the number
    that a survey measured in this year, if there is one."""
    aims = [one for one in rows_like(evidence.targets, r) if one["target_year"] == r["year"]]
    words = [language.kit(r["kind"]), *(f"({word(language, 'paths', aim['path'])})" for aim in aims[:1])]
    if any(aim["verifiable"] == "no" for aim in aims):
        kind = Styled(language.list([" ".join(words), language.say("matrix.not_verifiable")]), "warn")
    else:
        kind = Styled(" ".join(words), "text" if r["kind"] == BASELINE else "quiet")
    marker, numbers = _measured(evidence, r)
    planned = aimed(r, "value")
    # The upper end of a baseline that is a range; the chart draws a grey band from the baseline to it.
    bound = next(
        (one["baseline_bound"] for one in rows_like(evidence.targets, r) if r["kind"] == BASELINE), None
    )
    return (
        r["year"],
        planned,
        kind,
        styled(r, numbers[0]),
        styled(r, bound),
        *(styled(r, limit) for limit in numbers[1:]),
        bracketed(marker),
        *lengths_of(r, numbers),
        if_unreliable(r, numbers[0], marker),
        planned if r["kind"] == TARGET else styled(r, None),
        styled(r, None if bound is None else bound - r["value"]),
    )


def _measured(evidence: Evidence, r: Row) -> tuple[str, list[object]]:
    """Returns the marker of the number that a survey measured in the year of a milestone, and this number
    with the limits of its interval. All are empty if no survey measured a number in this year."""
    for one in rows_like(evidence.targets, r):
        for year, *about, numbers in MEASURED:
            if r["year"] == one[year]:
                return mark(one, *about), [one[name] for name in numbers]
    return "", [None, None, None]


def follow_up(evidence: Evidence, language: Language) -> Page | None:
    """Returns the sheet that compares the baseline with the later survey, or None if this run is itself the
    baseline."""
    table = evidence.follow_up
    if table.empty:
        return None
    table = table[table[["baseline_value", "value", "target_year"]].notna().any(axis=1)]
    years = change_tables.years_of_rounds(language, table)
    printed = shown_if_wide(FOLLOWED, wide=bool(table[["baseline_bound", "bound"]].notna().any(axis=None)))
    columns = columns_of(language, printed, FOLLOWED_FACTS, years)
    records = [without_nan(row) for row in as_records(table)]
    lines = [SheetRow((*whose(language, row), *_followed(evidence, language, row))) for row in records]
    # The page has no room for the column of reasons.
    told = ((_verdict(language, row), _reason(language, row).rstrip(".")) for row in records)
    reasons = dict.fromkeys(f"{language.colon(verdict, why)}." for verdict, why in told if why)
    rounded = language.say("tables.rounded_changes")
    notes = (surveys(language, evidence.baseline.table, evidence.now.table), rounded, *reasons)
    return page(
        language, "follow_up", columns, lines, notes, once=(0, 1), frozen=3, printed_columns=len(FOLLOWED)
    )


def _limits_of_change(r: Row) -> tuple[Styled, Styled]:
    """Returns the cells with the limits of a change. If a limit rounds to 0, `<0` or `>0` stands in its
    place, as in the documents."""
    beyond = Styled(r["beyond_zero"], "in_place")
    low, high = (signed(r, r[name]) for name in ("change_ci_low", "change_ci_high"))
    return beyond if r["beyond_zero"] == ">0" else low, beyond if r["beyond_zero"] == "<0" else high


def _reason(language: Language, r: Row) -> str:
    """Returns why a change has no verdict, or an empty text. That no change was detected needs no reason."""
    return "" if r["verdict_reason"] == COVERS_ZERO else number_words.reason(language, r["verdict_reason"])


def _verdict(language: Language, r: Row) -> str:
    """Returns the result of the test of a change, or the marker of a change that is not shown."""
    if is_unjudged(r["verdict"], r["verdict_reason"]):
        return change_tables.short_verdict(language, r)
    return (
        language.kit(sign_and_verdict(r["verdict"], r["verdict_reason"], r["flag"]))
        if r["light"]
        else bracketed(r["marker"])
    )


def _followed(evidence: Evidence, language: Language, r: Row) -> tuple[object, ...]:
    """Returns the cells of one row of the sheet on follow-up: the baseline, the later survey, and the result
    of the test of the change. If the change is not shown, its marker (such as [c]) replaces the result."""

    def numbers(*names: str) -> list[Styled]:
        return [styled(r, r[name]) for name in names]

    return (
        *_baseline(evidence, r),
        *numbers("baseline_ci_low", "baseline_ci_high"),
        bracketed(mark(r, *ROUNDS[0])),
        *numbers("value", "bound", "ci_low", "ci_high"),
        bracketed(mark(r, *ROUNDS[1])),
        signed(r, r["change"]),
        *_limits_of_change(r),
        _verdict(language, r),
        aimed(r, "target_value"),
        language.kit(r["reached"] or ""),
        *(styled({"measure": DECREASE}, r[name]) for name in ("decrease", "decrease_low", "decrease_high")),
        *numbers("milestone"),
        _reason(language, r),
    )
