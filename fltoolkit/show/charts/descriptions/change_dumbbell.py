"""Describes a change between two rounds of a survey as a dumbbell chart. The numbers of both rounds are
joined dots on one line, and the result of the test is at the right."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd

from fltoolkit.estimate.change_over_time.difference import DECREASED, INCREASED
from fltoolkit.estimate.change_over_time.unresolved_excess import (
    WIDE_BOUNDS,
    is_unjudged,
    is_unsure,
    stated_verdict,
)
from fltoolkit.languages.language import Language
from fltoolkit.nap.later_survey import round_names
from fltoolkit.show.charts.chart_style import BLUE, GREY
from fltoolkit.show.charts.descriptions import axis_ticks, chart_notes
from fltoolkit.show.charts.descriptions.chart_parts import ChartRow, DotChart, Mark, Series
from fltoolkit.show.charts.descriptions.estimates_by_group import (
    WHOLE_PAGE,
    ChartSpace,
    mark_of,
    of_population,
)
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.english_numbers import PublishedNumber
from fltoolkit.survey.spec.groups_and_tables import groups_of_breakdown
from fltoolkit.table_records import as_records

SIDES = (("_before", GREY), ("_after", BLUE))


def change(rows: pd.DataFrame, language: Language, *, space: ChartSpace = WHOLE_PAGE) -> DotChart:
    """Returns a chart of the change between two rounds of a survey. Each row has the estimates of both rounds
    with their intervals, and the result of the test.

    Args:
        rows: changes of one measure in one population, from the published changes.
        space: how much space the chart has.
    """
    first = rows.iloc[0].to_dict()
    measure = _measure(first)
    before, after = round_names(first)
    names, records = number_words.labels(language, rows), as_records(rows)
    groups = [str(b) for b in rows["breakdown"].unique() if b]
    lines: list[ChartRow] = []
    for i, (name, row) in enumerate(zip(names, records, strict=True)):
        if (
            len(groups) > 1
            and row["breakdown"]
            and (i == 0 or records[i - 1]["breakdown"] != row["breakdown"])
        ):
            heading = number_words.start(number_words.group(language, str(row["breakdown"])))
            lines.append(ChartRow(heading, heading, heading=True))
        lines.append(_row(language, name, row))
    marks = [mark for line in lines for mark in line.marks]
    of = language.say("charts.change", title=language.say(f"titles.{measure}"), before=before, after=after)
    named = of_population(language, first, of)
    axis = axis_ticks.from_zero(language, [axis_ticks.furthest(marks)], steps=axis_ticks.FEW)
    unit = number_words.start(number_words.unit(language, measure))
    subtitle = f"{language.say('charts.estimates', unit=unit, level=number_words.level(language, first))}."
    sentences = [
        language.colon(name, _row_in_words(language, row)) for name, row in zip(names, records, strict=True)
    ]
    return DotChart(
        str(first["measure"]),
        named,
        subtitle,
        _notes(language, rows, chart_notes.signs(language, marks, axis), (before, after), space),
        f"{named}. {subtitle} {language.list(sentences)}.",
        tuple(lines),
        axis,
        series=(Series(before, GREY), Series(after, BLUE)),
    )


def of_groups(changed: pd.DataFrame, measure: str, groups: Sequence[str] | None) -> pd.DataFrame:
    """Returns the published changes of a measure in its first population: for the whole population, and by
    each of the given groups such as `sex` (None means all groups). Breakdowns that cross groups are left
    out."""
    rows = changed[changed["measure"] == f"change_in_{measure}"]
    rows = rows[rows["reference_population"] == rows["reference_population"].iloc[0]]
    asked = rows["breakdown"].map(
        lambda name: len(groups_of_breakdown(name)) < 2 and (groups is None or name in ("", *groups))
    )
    found: pd.DataFrame = rows[asked].reset_index(drop=True)
    return found


def verdict(language: Language, row: PublishedNumber) -> str:
    """Returns the words at the right of a change: the result of the test. If the change is not shown, the
    words say so."""
    if not row["verdict"]:
        return chart_notes.unshown(language, row["marker"])
    return language.kit(stated_verdict(row["verdict"], row["verdict_reason"], row["flag"]))


def _short_verdict(language: Language, row: PublishedNumber) -> str:
    """Returns the words of `verdict` in a form that fits on one line. They do not give the reason why a
    change is not judged, because the note below the chart gives it. They only mention that the size of a
    change is uncertain."""
    if is_unjudged(row["verdict"], row["verdict_reason"]):
        return language.say("charts.unjudged")
    if is_unsure(row["verdict"], row["flag"]):
        return language.say("charts.unsure", verdict=language.kit(row["verdict"]))
    return verdict(language, row)


def _row(language: Language, name: str, row: PublishedNumber) -> ChartRow:
    # A number of only one round shows no change, and its interval could stretch the axis of all other rows.
    sides = list(zip(SIDES, round_names(row), strict=True)) if row["verdict"] else []
    marks: list[Mark] = []
    for (side, colour), year in sides:
        part = _of_round(row, side)
        words = language.colon(year, number_words.with_interval(language, part))
        marks += mark_of(language, part, _measure(row), words=words, colour=colour)
    said = verdict(language, row)
    short = _short_verdict(language, row)
    old, new = (_shown(language, _of_round(row, side)) for side, _ in SIDES)
    printed = (
        language.colon(language.say("charts.values", old=old, new=new), short) if row["verdict"] else short
    )
    why = language.list(number_words.reason(language, t) for t in (row["verdict_reason"], row["reason"]) if t)
    found = row["verdict"] in (DECREASED, INCREASED)
    return ChartRow(
        number_words.start(name),
        name,
        tuple(marks),
        printed if marks else "",
        "" if marks else said,
        why,
        changed=found,
    )


def _shown(language: Language, part: PublishedNumber) -> str:
    """Returns the number of one round as text. [u] or the sign for caution stands behind it, because each is
    about this number and not about the change."""
    text = f"{number_words.shown(language, part)}{number_words.care(part['flag'])}"
    return number_words.with_marker(text, part) if part["marker"] == "u" else text


def _measure(row: PublishedNumber) -> str:
    """Returns the name of the measure that changed, such as `prevalence` for the published measure
    `change_in_prevalence`."""
    return str(row["measure"]).removeprefix("change_in_")


def _of_round(row: PublishedNumber, side: str) -> PublishedNumber:
    """Returns the number of one round in the form of a published row. `side` is the ending of the columns
    that belong to the round, such as `_before`."""
    part: dict[Hashable, Any] = {c: row[f"{c}{side}"] for c in ("estimate", "ci_low", "ci_high", "flag")}
    bound = row.get(f"bound_high{side}", math.nan)
    part |= {"bound_high": bound, "bounds_note": WIDE_BOUNDS if pd.notna(bound) else ""}
    return part | {
        "measure": _measure(row),
        "decimals": row.get("decimals"),
        "marker": "w" if row[f"estimate{side}"] == 0 else row[f"marker{side}"],
    }


def _row_in_words(language: Language, row: PublishedNumber) -> str:
    """Returns one row of the chart in words, for people who do not see the chart: the numbers of both rounds
    and the result of the test."""
    numbers = language.join(_shown(language, _of_round(row, side)) for side, _ in SIDES)
    return (
        verdict(language, row)
        if pd.isna(row["estimate"])
        else language.colon(numbers, verdict(language, row))
    )


def _notes(
    language: Language, rows: pd.DataFrame, signs: Sequence[str], years: tuple[str, str], space: ChartSpace
) -> tuple[str, ...]:
    arrows = (
        [language.say("charts.arrows", before=years[0], after=years[1])]
        if (rows["verdict"] != "").any()
        else []
    )
    pairs = dict.fromkeys(zip(rows["verdict"], rows["verdict_reason"], strict=True))
    why = language.list(
        number_words.reason(language, reason) for verdict, reason in pairs if is_unjudged(verdict, reason)
    )
    unjudged = [language.say("charts.why_unjudged", why=why)] if why else []
    unsure = [language.say("charts.why_unsure")] if any(map(is_unsure, rows["verdict"], rows["flag"])) else []
    care = number_words.care_note(language, pd.concat([rows["flag_before"], rows["flag_after"]]))
    said = " ".join([*arrows, *signs, *care, *unsure, *unjudged])
    if not space.source:
        return chart_notes.nonempty(said)
    first = rows.iloc[0].to_dict()
    whole = rows[rows["breakdown"] == ""]
    said = f"{said} {language.say('tables.rounded_changes')}" if len(whole) < len(rows) else said
    who = language.kit(first["reference_population_label"])
    base = language.say("charts.base_unknown", who=who)
    if len(whole) and whole[["n_before", "n_after"]].notna().all(axis=None):
        old, new = (number_words.count(language, whole[c].iloc[0]) for c in ("n_before", "n_after"))
        base = language.say(
            "charts.base_of_rounds", who=who, old=old, new=new, before=years[0], after=years[1]
        )
    source = chart_notes.source(language, first["survey_before"], first["survey"])
    return chart_notes.nonempty(
        said, chart_notes.markers(language, rows["marker"]), f"{base} {source}".strip()
    )
