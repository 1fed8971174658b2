"""The workbook's sheets on targets, milestones and follow-up: what the plan promises, what a survey could verify, and what a
later survey found."""

from __future__ import annotations

from typing import Any

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.targets import BASELINE, UNPLANNED
from fltoolkit.publish.measure_units import COUNTED
from fltoolkit.report.workbook.sheet_charts import NativeChart
from fltoolkit.report.workbook.sheet_words import (
    bracketed,
    chart_title,
    cleared,
    column,
    flag,
    legend,
    look,
    page,
    rounded,
    sentence,
    who,
    who_columns,
    word,
)
from fltoolkit.report.workbook.sheet_writer import Page, SheetRow, Styled
from fltoolkit.show.printed_tables.change_tables import verdict_in_words
from fltoolkit.show.wording import number_words
from fltoolkit.survey.spec.groups import TOTAL

PROMISED = (
    ("baseline_year", 10, "plain"), ("baseline_value", 11, "text"), ("interval_from", 10, "text"), ("interval_to", 10, "text"),
    ("marker", 8, "marker"), ("flag", 24, "text"), ("target_year", 8, "plain"), ("target_value", 10, "text"), ("target_words", 26, "text"),
    ("cut", 9, "percent"), ("verifiable", 12, "text"), ("why", 52, "text"),
)  # fmt: skip
LATER = (
    ("later_round", 10, "plain"), ("now", 10, "text"), ("now_from", 10, "text"), ("now_to", 10, "text"), ("beside_target", 24, "text"),
)  # fmt: skip
RECKONED = (
    ("power", 9, "power"), ("smallest_cut", 11, "percent"), ("smallest_value", 10, "text"), ("sample_needed", 11, "whole"),
    ("sample_each_round", 12, "whole"), ("planned_sample", 11, "whole"), ("deff", 8, "two_decimals"), ("first_year", 11, "plain"),
    ("path", 12, "text"),
)  # fmt: skip
FOLLOWED = (
    ("year_before", 9, "plain"), ("baseline", 10, "text"), ("baseline_from", 10, "text"), ("baseline_to", 10, "text"), ("year", 8, "plain"),
    ("now", 10, "text"), ("now_from", 10, "text"), ("now_to", 10, "text"), ("change", 10, "text"), ("change_from", 10, "text"),
    ("change_to", 10, "text"), ("side", 7, "text"), ("decrease", 10, "one_decimal"), ("decrease_from", 10, "one_decimal"),
    ("decrease_to", 10, "one_decimal"), ("verdict", 26, "text"), ("why", 46, "text"), ("milestone", 10, "text"), ("marker", 8, "marker"),
    ("flag", 24, "text"), ("reason", 60, "text"), ("survey_before", 26, "text"), ("survey", 26, "text"),
)  # fmt: skip
UNPRINTED = 4  # flag and reason, which the marker says shortly, and the titles of the two surveys


def targets(evidence: Evidence, language: Language) -> Page | None:
    """Returns the sheet of targets; None if the survey fills no indicator of the plan.

    The most important columns come first and are printed. The columns of the calculation follow. If there is a later round, its
    columns are between them.
    """
    table = evidence.targets
    if table.empty:
        return None
    later = bool(table["later_year"].notna().any())
    columns = (
        *who_columns(language),
        *(column(language, name, width, style) for name, width, style in (*PROMISED, *(LATER if later else ()), *RECKONED)),
    )
    # Rows with a target come first.
    promised = table.sort_values("target_year", key=lambda years: years.isna(), kind="stable")
    lines = [SheetRow(_promised(language, cleared(row), later=later)) for row in promised.to_dict("records")]
    bad = int((table["verifiable"] == "no").sum())
    refused = (language.say("workbook.sheets.targets.refused", n=str(bad)),) if bad else ()
    read = len(columns) - len(RECKONED) + 2  # with the power and the smallest cut
    notes = (*refused, *legend(language, list(table["marker"])))
    return page(language, "targets", columns, lines, notes, frozen=3, paper=8, printed_columns=read)


def _promised(language: Language, r: dict[Any, Any], *, later: bool) -> tuple[object, ...]:
    """Returns the cells of one row of the sheet on targets: the target, and whether a repeat of the survey could verify it."""
    measure, refused = r["measure"], r["verifiable"] == "no"
    verifiable: object = Styled(word(language, "met", "no"), "warn") if refused else word(language, "met", r["verifiable"])
    why: object = sentence(number_words.reason(language, r["reason"]))
    if refused:
        warning = "workbook.not_planned" if r["obstacle"] == UNPLANNED else "workbook.cannot"
        why = Styled(language.say(warning, why=why).strip(), "warn")
    least: object = rounded(r["smallest_cut"], 3)
    if least is None and r["planned_sample"] is not None:
        least = Styled(language.say("workbook.none"), "in_place")
    numbers = [look(measure, r[name]) for name in ("baseline_value", "ci_low", "ci_high", "target_value", "smallest_value")]
    now = (
        r["later_year"],
        *(look(measure, r[name]) for name in ("later_value", "later_ci_low", "later_ci_high")),
        language.kit(r["beside"]),
    )
    return (
        *who(language, r), r["baseline_year"], *numbers[:3], bracketed(r["marker"]), flag(language, r), r["target_year"], numbers[3],
        language.kit(r["target_words"]), rounded(r["cut"], 3), verifiable, why, *(now if later else ()), rounded(r["power"], 2), least, numbers[4],
        r["sample_needed"], r["sample_each_round"], r["planned_sample"], rounded(r["deff"], 2), r["first_year"], word(language, "paths", r["path"]),
    )  # fmt: skip


def milestones(evidence: Evidence, language: Language) -> Page | None:
    """Returns the sheet of milestones: the planned value of each year between the baseline and each target, with a chart of the
    first target. Returns None if no target has a baseline.
    """
    records = [cleared(row) for row in evidence.milestones.to_dict("records")]
    if not records:
        return None
    columns = (
        *who_columns(language),
        column(language, "year", 8, "plain"),
        column(language, "value", 12),
        column(language, "kind", 20),
    )
    lines = []
    for r in records:
        kind = Styled(language.kit(r["kind"]), "text" if r["kind"] == BASELINE else "quiet")
        lines.append(SheetRow((*who(language, r), r["year"], look(r["measure"], r["value"]), kind)))
    first = [r for r in records if all(r[name] == records[0][name] for name in ("id", "group", "category"))]
    title = chart_title(language, "milestones", first[0])
    digits = "#,##0" if first[0]["measure"] in COUNTED else "#,##0.0"
    measured = [r["kind"] == BASELINE for r in first]
    place = len(columns) - 2
    chart = NativeChart(
        title, names=place - 1, values=place, rows=len(first), axis=columns[place].head, number_format=digits, solid=measured
    )
    return page(language, "milestones", columns, lines, frozen=3, chart=chart)


def follow_up(evidence: Evidence, language: Language) -> Page | None:
    """Returns the sheet that compares the baseline with the later survey. Returns None if the run is itself the baseline."""
    table = evidence.follow_up
    if table.empty:
        return None
    columns = (*who_columns(language), *(column(language, name, width, style) for name, width, style in FOLLOWED))
    lines = [SheetRow(_followed(language, cleared(row))) for row in table.to_dict("records")]
    notes = legend(language, list(table["marker"]))
    return page(language, "follow_up", columns, lines, notes, frozen=3, paper=8, printed_columns=len(columns) - UNPRINTED)


def _followed(language: Language, r: dict[Any, Any]) -> tuple[object, ...]:
    """Returns the cells of one row of the sheet on follow-up: the baseline beside the later survey, and the verdict of the test."""

    def numbers(*names: str) -> list[Styled]:
        return [look(r["measure"], r[name]) for name in names]

    return (
        *who(language, r), r["year_before"], *numbers("baseline_value", "baseline_ci_low", "baseline_ci_high"), r["year"],
        *numbers("value", "ci_low", "ci_high"), *numbers("change", "change_ci_low", "change_ci_high"), r["beyond_zero"],
        *(rounded(r[name], 1) for name in ("decrease", "decrease_low", "decrease_high")), verdict_in_words(language, r),
        number_words.reason(language, r["verdict_reason"]), *numbers("milestone"), bracketed(r["marker"]), flag(language, r),
        number_words.reason(language, r["reason"]), language.kit(r["survey_before"]), language.kit(r["survey"]),
    )  # fmt: skip


def verdicts(evidence: Evidence, language: Language) -> str:
    """Returns one line with the verdict of the test for each indicator's total: whether it changed since the baseline."""
    rows = evidence.follow_up
    totals = rows[rows["group"] == TOTAL] if len(rows) else pd.DataFrame(rows)
    sentences = (
        language.colon(number_words.indicator(language, r), verdict_in_words(language, r))
        for r in totals.to_dict("records")
        if r["light"]
    )
    return language.list(sentences)
