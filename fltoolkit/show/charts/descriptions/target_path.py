"""Describes a chart of the path from a baseline to a target. Measured values are dots with intervals; planned
values are small grey dots."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from fltoolkit.estimate.change_over_time.unresolved_excess import stated_verdict
from fltoolkit.languages.language import Language
from fltoolkit.nap.baseline import PREVALENCE
from fltoolkit.nap.evidence import Evidence
from fltoolkit.show.charts.chart_style import BLUE, GREY, ORANGE
from fltoolkit.show.charts.descriptions import axis_ticks, chart_notes
from fltoolkit.show.charts.descriptions.chart_parts import CurveChart, Glyph, Line, Mark, Point
from fltoolkit.show.charts.descriptions.estimates_by_group import WHOLE_PAGE, ChartSpace
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.plan_words import BOUNDS, aim, answers, between, shown, totals, value, verifiable
from fltoolkit.table_records import as_records

PlanRow = Mapping[Any, Any]
TARGET, BASELINE = "target", "baseline"
YEARS = {True: 12, False: 6}  # ticks on an axis of a whole page, and of half a page
ABOVE = 1.2  # times the highest value: room for the words above it


def target_path(
    target: PlanRow,
    milestones: pd.DataFrame,
    later: PlanRow | None,
    language: Language,
    *,
    surveys: Sequence[str] = (),
    space: ChartSpace = WHOLE_PAGE,
) -> CurveChart:
    """Returns a chart of the baseline with its interval, the planned values and the target. If there is a
    later survey, its number is in the chart too, with its interval.

    Args:
        target: a row of the plan's targets, with the confidence level of its baseline (`level`).
        milestones: the planned values of each year for this target, in the unit of the target.
        later: the row that compares the baseline with the later survey, for this target; None if there is no
            later survey.
        surveys: the names of the surveys that measured the numbers.
        space: the parts for which the chart has room.
    """
    start = int(target["baseline_year"])
    goals = milestones[milestones["kind"] == TARGET]
    steps = milestones[~milestones["kind"].isin([TARGET, BASELINE])]
    shown_later = (
        None if later is None or pd.isna(later["value"]) else {**later, "measure": target["measure"]}
    )
    points = [
        _point(language, start, target, ("baseline_value", "charts.baseline"), GREY if shown_later else BLUE)
    ]
    if shown_later:
        found = _point(language, int(shown_later["year"]), shown_later, ("value", "charts.later"), BLUE)
        points.append(replace(found, beside=True, height=_end_off_path(found, milestones)))
    points += [_step(language, r, target, shown_later) for r in as_records(steps)]
    points += [_goal(language, r) for r in as_records(goals)]
    way = pd.concat(
        [pd.DataFrame({"year": [start], "value": [target["baseline_value"]]}), steps, goals]
    ).sort_values("year")
    last = int(max(way["year"].max(), start + 1, later["year"] if later is not None else 0))
    what = number_words.indicator(language, target)
    of_kit = (
        target["indicator"] == PREVALENCE["indicator"]
    )  # such a name begins with a small letter inside a title
    named = language.say("charts.path", indicator=number_words.inside(what) if of_kit else what)
    unit = number_words.start(language.kit(target["unit"]))
    subtitle = f"{language.say('charts.estimates', unit=unit, level=number_words.level(language, target))}."
    verdict = _verdict(language, target, shown_later)
    notes = [
        *([verdict] if space.source else []),
        *chart_notes.signs(language, [p.mark for p in points]),
        *([language.say("charts.path_low_end")] if pd.notna(target["baseline_bound"]) else []),
        *number_words.care_note(language, pd.Series([_flag(row) for row in (target, shown_later) if row])),
        *([chart_notes.source(language, *surveys)] if space.source else []),
    ]
    alt = f"{named}. {subtitle} {_path_in_words(language, target, steps, goals, shown_later)} {verdict}"
    return CurveChart(
        f"path_{target['id']}",
        named,
        subtitle,
        chart_notes.nonempty(*notes),
        alt,
        axis_ticks.of_years(start, last, steps=YEARS[space.source]),
        axis_ticks.from_zero(language, [p.mark.end for p in points], space=ABOVE),
        (Line(tuple(map(float, way["year"])), tuple(map(float, way["value"])), planned=True),),
        tuple(points),
    )


def way_of(
    evidence: Evidence, row: str, language: Language, *, space: ChartSpace = WHOLE_PAGE
) -> CurveChart | None:
    """Returns a chart of the path from the baseline of an indicator to its target, for everyone (not for one
    category). Returns None if the indicator has no target below its baseline, or if its baseline is not
    shown.

    Args:
        row: the id of the indicator.
    """
    tables = (evidence.targets, evidence.milestones, evidence.follow_up)
    targets, steps, later = (totals(table[table["id"] == row]) for table in tables)
    targets = targets[targets["cut"] > 0]
    if targets.empty or steps.empty:
        return None
    surveys = [str(out.table["survey"].iloc[0]) for out in (evidence.start, evidence.now) if out is not None]
    baseline = evidence.baseline.table
    level = baseline.loc[baseline["id"] == row, "confidence"].dropna().iloc[0]
    return target_path(
        targets.iloc[0].to_dict() | {"level": level},
        steps,
        later.iloc[0].to_dict() if len(later) else None,
        language,
        surveys=surveys,
        space=space,
    )


def _end_off_path(found: Point, milestones: pd.DataFrame) -> float | None:
    """Returns the limit of a measured number's interval that is farther from the planned path, so that words
    beside it do not meet the path. Returns None if the number has no interval."""
    planned = milestones.loc[milestones["year"] == found.x, "value"]
    end = found.mark.low if (planned >= found.mark.value).all() else found.mark.high
    return None if math.isnan(end) else end


def _point(language: Language, year: int, row: PlanRow, named: tuple[str, str], colour: str) -> Point:
    """Returns a measured value of a year as a point of the chart, with words. `named` has two names: the
    column of the value in `row`, and the key of the words in the language files."""
    column, key = named
    number = f"{shown(language, row, column)}{number_words.care(_flag(row))}"
    words = language.colon(language.say(key), number)
    return Point(year, _measured(language, row, column, colour), words)


def _measured(language: Language, row: PlanRow, column: str, colour: str) -> Mark:
    """Returns the mark with which the chart draws a measured value and its interval. `column` names the
    value. The numbers are already in the unit of the row."""
    low, high, reach = float(row["ci_low"]), float(row["ci_high"]), float(row[BOUNDS[column]])
    words = shown(language, row, column)
    words = (
        words
        if math.isnan(low) or not math.isnan(reach)
        else f"{words} ({between(language, row, 'ci_low', 'ci_high')})"
    )
    unreliable = _flag(row) in chart_notes.MARKED
    return Mark(
        float(row[column]),
        low,
        high,
        Glyph.UNRELIABLE if unreliable else Glyph.MEASURED,
        words,
        colour,
        reach,
    )


def _flag(row: PlanRow) -> object:
    """Returns the flag of a measured number; in a row of the follow-up, that of the later one."""
    return row.get("flag_after", row.get("flag"))


def _verdict(language: Language, target: PlanRow, later: PlanRow | None) -> str:
    """Returns what the chart means for the target: after a later survey, whether the target is reached and
    the number has changed; before it, whether a repeat of the survey could detect the fall, and if not,
    why."""
    before = f"{language.say('columns.verifiable')} {number_words.start(verifiable(language, target))}."
    return (answers(language, target) if later else "") or before


def _step(language: Language, row: PlanRow, target: PlanRow, later: PlanRow | None) -> Point:
    """Returns a planned value as a point of the chart. In the year of the later survey it has words, for
    comparison."""
    words = value(language, row["value"], target)
    mark = Mark(float(row["value"]), math.nan, math.nan, Glyph.PLANNED, words, GREY)
    named = (
        language.colon(language.say("charts.planned_value"), words)
        if later and row["year"] == later["year"]
        else ""
    )
    return Point(int(row["year"]), mark, named, beside=True)


def _goal(language: Language, row: PlanRow) -> Point:
    words = aim(language, row, "value")
    mark = Mark(float(row["value"]), math.nan, math.nan, Glyph.TARGET, words, ORANGE)
    return Point(int(row["year"]), mark, language.colon(language.say("charts.target"), words))


def _path_in_words(
    language: Language, target: PlanRow, steps: pd.DataFrame, goals: pd.DataFrame, later: PlanRow | None
) -> str:
    """Returns every value of the chart in words, for people who do not see it. `steps` are the planned
    values, `goals` are the targets, and `later` is the row of the later survey (None if there is none, or if
    its number is not shown)."""
    start = _measured(language, target, "baseline_value", BLUE).words
    steps_in_words = [
        language.colon(f"{target['baseline_year']:g}", f"{start}, {language.say('charts.baseline')}")
    ]
    for rows, kind in ((steps, None), (goals, language.say("charts.target"))):
        for row in as_records(rows):
            what = kind or language.kit(row["kind"])
            steps_in_words.append(
                language.colon(f"{row['year']:g}", f"{aim(language, row, 'value')}, {what}")
            )
    if later is not None:
        words = _measured(language, later, "value", BLUE).words
        steps_in_words.append(
            language.colon(
                f"{later['year']:g}",
                f"{words}, {language.kit(stated_verdict(later['verdict'], later['verdict_reason']))}",
            )
        )
    return f"{language.list(steps_in_words)}."
