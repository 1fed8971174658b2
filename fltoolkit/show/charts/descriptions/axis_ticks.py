"""Places the ticks of a value axis, at steps of 1, 2 or 5 times a power of ten."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from fltoolkit.languages.language import Language
from fltoolkit.show.charts.descriptions.chart_parts import Axis, Glyph, Mark, Tick

STEPS = (1, 2, 5)
MOST, FEW = 6, 4
"""The largest number of steps on an axis as wide as a page, and on one of half that width."""
ROOM, NEAR = (
    1.04,
    1.15,
)  # times the largest value: the end of an axis, and the furthest tick at which it ends instead
LONGEST = 2.5  # times the furthest number of a chart: a longer interval is cut
BROAD = 10  # times its low end: the high end of an interval of nearly no cases


def step(most: float, steps: int = MOST) -> float:
    """Returns the distance between the ticks of an axis from 0 to `most` (above zero). It is 1, 2 or 5 times
    a power of ten: the smallest such number with at most `steps` steps on the axis. For an axis to 17 with at
    most 5 steps it is 5."""
    power = 10.0 ** math.floor(math.log10(most / steps))
    return next(times * power for times in (*STEPS, 10) if times * power * steps >= most * (1 - 1e-9))


def from_zero(
    language: Language, ends: Sequence[float], *, steps: int = MOST, space: float = ROOM, title: str = ""
) -> Axis:
    """Returns a value axis from zero that includes all finite values in `ends`. If there are none above zero,
    it is an axis for values up to 1. `steps` is the largest number of steps between ticks, and `space` the
    factor by which the axis is longer than its largest value. The axis goes on to the next tick if that is
    near."""
    most = max((end for end in ends if math.isfinite(end)), default=0.0) or 1.0
    each = step(most, steps)
    last = math.ceil(most / each - 1e-9) * each
    high = max(most * space, last if last <= most * NEAR else 0.0)
    digits = max(0, -math.floor(math.log10(each) + 1e-9))
    places = [i * each for i in range(math.floor(high / each + 1e-9) + 1)]
    return Axis(
        0.0, high, tuple(Tick(place, language.number(f"{place:,.{digits}f}")) for place in places), title
    )


def furthest(marks: Iterable[Mark]) -> float:
    """Returns the value up to which the axis of a chart goes, or 0 if the chart has no number. All numbers,
    grey bands and reliable intervals are on the axis. An unreliable interval is cut at two and a half times
    the largest value of these, and one of no or nearly no cases where the others end. Otherwise one very wide
    interval would make all others too small to see."""
    there = [mark for mark in marks if math.isfinite(mark.end)]
    known = [
        end
        for mark in there
        for end in (mark.value, mark.reach, mark.high if mark.glyph is Glyph.MEASURED else math.nan)
        if math.isfinite(end)
    ]
    usual = [mark for mark in there if mark.glyph is Glyph.MEASURED or mark.high <= BROAD * mark.low]
    ends, most = [mark.end for mark in usual or there], LONGEST * max(known, default=0.0)
    return max((*known, *(min(end, most) if most else end for end in ends)), default=0.0)


def of_sizes(language: Language, low: float, high: float, *, steps: int = MOST, title: str = "") -> Axis:
    """Returns a logarithmic axis for numbers of persons from `low` to `high`. Its ticks are at 1, 2 and 5
    times the powers of ten (100, 200, 500, 1,000). If `steps` is 4 or less, there is little room, and its
    ticks are only at the powers of ten."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    asked = STEPS if steps > FEW else (1,)
    places = [times * 10.0**k for k in powers for times in asked if low <= times * 10.0**k <= high]
    return Axis(low, high, tuple(Tick(p, language.number(f"{p:,.0f}")) for p in places), title, log=True)


def of_years(first: int, last: int, *, steps: int) -> Axis:
    """Returns an axis of the years from `first` to `last`, with at most `steps` steps between ticks. The axis
    is about half a year longer at each end."""
    each = max(1, math.ceil(step(max(1, last - first), steps)))
    return Axis(
        first - 0.6, last + 0.6, tuple(Tick(year, str(year)) for year in range(first, last + 1, each))
    )
