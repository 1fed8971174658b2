"""Shows the rates of several surveys in one picture. Only surveys that measure the same thing are in the same picture. They are
in alphabetical order and never ranked."""

from __future__ import annotations

import textwrap
from html import escape
from math import ceil, floor, log10
from typing import Any

import pandas as pd

from fltoolkit.publish.measure_units import scale, unit
from fltoolkit.show.charts.chart_style import BLUE, GREY, INK, PALE, QUIET
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.english_numbers import ENGLISH, to_verify

SAME = {
    "measure": "measure", "rule_set": "definition", "reference_months": "reference period", "reference_population_ages": "population",
    "same_work": "whether involuntary work and coercion are of the same work", "level": "confidence level",
}  # fmt: skip
LEFT, AXIS, WIDTH, ROW, TOP, FOOT = 8, 300, 500, 48, 4, 40
LINE = 33  # of a row: the height of its dot, below the title
LETTERS = 72  # of a title
HeadlineRow = dict[Any, Any]
Titled = tuple[str, HeadlineRow]


def side_by_side(headlines: list[Titled]) -> str:
    """Returns HTML that shows the rates of several surveys. Surveys that can share an axis are in one picture. A sentence names
    the surveys that are in no picture. The text is empty for a single survey.

    Args:
        headlines: the title of each survey and its published rate, in alphabetical order of the titles. Two surveys share an axis
            only if they measure the same thing: the columns in `SAME` must have equal values.
    """
    groups: dict[tuple[str, ...], list[Titled]] = {}
    for titled in headlines:
        groups.setdefault(tuple(str(titled[1].get(name, "")) for name in SAME), []).append(titled)
    if len(headlines) < 2:
        return ""
    drawn = "".join(_figure(rows) for rows in groups.values() if len(rows) > 1)
    apart = [f"{escape(title)} ({escape(_basis(row))})" for rows in groups.values() if len(rows) == 1 for title, row in rows]
    differing = [fact for name, fact in SAME.items() if len({str(row.get(name, "")) for _, row in headlines}) > 1]
    alone = (
        f'<p class="quiet">Not in the picture, because these differ: {", ".join(differing)}. {"; ".join(apart)}.</p>'
        if apart
        else ""
    )
    return f"<h2>Side by side</h2>\n{drawn}{alone}\n"


def _basis(row: HeadlineRow) -> str:
    return f"{number_words.definition(ENGLISH, row['rule_set'])}; {row['reference_period']}; {row['reference_population_label']}; same work: {row['same_work']}"


def _figure(rows: list[Titled]) -> str:
    """Returns a picture (SVG) of the rates of several surveys as dots with their intervals, on an axis from zero.

    The dot of an unreliable rate is hollow. A hidden rate has its marker (such as [c]) in place of a dot.
    """
    first = rows[0][1]
    times = scale(first["measure"])
    most = max((_end(r) * times for _, r in rows if pd.notna(r["ci_high"])), default=1.0)
    step = _step(most)
    end = step * ceil(most / step)
    height = TOP + ROW * len(rows) + FOOT
    bottom = TOP + ROW * len(rows)
    ticks = [
        f'<line x1="{_x(v, end):.1f}" y1="{TOP}" x2="{_x(v, end):.1f}" y2="{bottom}" stroke="{PALE}"/>'
        f'<text x="{_x(v, end):.1f}" y="{bottom + 18}" text-anchor="middle" fill="{INK}">{v:g}</text>'
        for v in (step * i for i in range(round(end / step) + 1))
    ]
    lines = [_line(title, row, TOP + ROW * i, end) for i, (title, row) in enumerate(rows)]
    axis = str(unit(first["measure"], first["reference_population_label"]))
    values = "; ".join(f"{title}: {number_words.with_interval(ENGLISH, row)}" for title, row in rows)
    caption = (
        f"{axis.capitalize() if axis[0].islower() else axis}; {number_words.level(ENGLISH, first)} intervals; "
        f"{number_words.definition(ENGLISH, first['rule_set'])}{to_verify(first)}; "
        f"{first['reference_period']}. In alphabetical order: this is no ranking, and intervals that overlap or do not are no test."
    )
    if any(number_words.has_range(row) for _, row in rows):
        caption = f"{caption} {ENGLISH.say('charts.wide')}"
    label = f"Dot plot, {axis}. {values}."
    return (
        f'<figure class="side"><svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}" font-size="12">'
        f'{"".join(ticks)}{"".join(lines)}<text x="{LEFT + AXIS / 2}" y="{height - 6}" text-anchor="middle" fill="{QUIET}">{escape(axis)}</text></svg>'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def _line(title: str, row: HeadlineRow, top: float, end: float) -> str:
    """Returns the row of one survey in the picture as SVG: its title, and below it the dot with its interval and the numbers. `top`
    is the upper edge of the row in the picture. `end` is the value at the right end of the axis."""
    y = top + LINE
    name = f'<text x="0" y="{top + 16}" fill="{INK}" font-weight="600">{escape(textwrap.shorten(title, LETTERS, placeholder=" …"))}</text>'
    words = f'<text x="{LEFT + AXIS + 16}" y="{y + 4}" fill="{INK}">{escape(number_words.with_interval(ENGLISH, row))}</text>'
    if pd.isna(row["estimate"]):
        return name + words
    times = scale(row["measure"])
    low, at, high = (_x(float(row[c]) * times, end) for c in ("ci_low", "estimate", "ci_high"))
    fill = "white" if row["flag"] in ("suppress", "unreliable") or row["marker"] == "w" else BLUE
    dot = f'<circle cx="{at:.1f}" cy="{y:.1f}" r="6" fill="{fill}" stroke="{BLUE}" stroke-width="2"/>'
    reach = _x(_end(row) * times, end) if number_words.has_range(row) else at
    band = (
        f'<rect x="{at:.1f}" y="{y - 5:.1f}" width="{reach - at:.1f}" height="10" fill="{GREY}" opacity="0.3"/>'
        if reach > at
        else ""
    )
    return f'{name}{band}<line x1="{low:.1f}" y1="{y:.1f}" x2="{high:.1f}" y2="{y:.1f}" stroke="{BLUE}" stroke-width="2.5"/>{dot}{words}'


def _end(row: HeadlineRow) -> float:
    """Returns the highest value that the picture shows for a survey: the end of its interval, or of the grey band up to the
    number that counts all unresolved persons as cases."""
    return float(row["bound_high"] if number_words.has_range(row) else row["ci_high"])


def _x(value: float, end: float) -> float:
    return LEFT + AXIS * value / end


def _step(most: float) -> float:
    """Returns the distance between the ticks of the axis: a round number that divides the axis into three to eight parts."""
    power = 10.0 ** floor(log10(most / 3)) if most > 0 else 1.0
    return next(m * power for m in (1, 2, 5, 10) if most / (m * power) <= 8)
