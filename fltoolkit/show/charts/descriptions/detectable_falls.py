"""Describes charts of the smallest fall in prevalence that a repeat of the survey would detect, as curves
over the number of persons."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from fltoolkit.estimate.power_and_sample_size import detectable_change
from fltoolkit.languages.language import Language
from fltoolkit.publish.measure_units import scale
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts.chart_style import BLUE, SERIES
from fltoolkit.show.charts.descriptions import axis_ticks, chart_notes
from fltoolkit.show.charts.descriptions.chart_parts import Axis, CurveChart, Glyph, Line, Mark, Point, Tick
from fltoolkit.show.charts.descriptions.estimates_by_group import WHOLE_PAGE, ChartSpace
from fltoolkit.show.wording import number_words, plan_words

SIZES = (2_000, 100_000)
POINTS = 60
POWER = 0.8


def falls(
    prevalences: Sequence[float],
    language: Language,
    *,
    sizes: tuple[float, float] = SIZES,
    deff: float = 1.5,
    alpha: float = 0.05,
    power: float = POWER,
    response: float = 1.0,
) -> CurveChart:
    """Returns a chart of the smallest fall in prevalence that two rounds of a survey of the same size would
    detect. It has one curve for each prevalence of the earlier round. The arguments are those of
    `fl.show.detectable`."""

    def fall(p: float, size: float) -> float:
        return 100 * detectable_change(p, size * response, deff=deff, alpha=alpha, power=power).relative

    names = {
        p: language.say(
            "charts.from", rate=_per_1000(language, language.number(f"{p * scale('prevalence'):g}"))
        )
        for p in sorted(prevalences)
    }
    lines = tuple(
        _curve(partial(fall, p), sizes, name, colour)
        for (p, name), colour in zip(names.items(), SERIES, strict=False)
    )
    key = "charts.interviewed" if response == 1 else "charts.drawn"
    persons = language.say(key, response=number_words.percent(language, response))
    sentences = [
        language.say(
            "charts.falls_alt",
            **{"from": number_words.start(name)},
            falls=language.join(_fall_in_words(language, n, fall(p, n)) for n in sizes),
        )
        for p, name in names.items()
    ]
    named, chance = language.say("charts.repeat"), number_words.percent(language, power)
    subtitle = f"{language.say('charts.falls_in', power=chance, deff=language.number(f'{deff:g}'))}."
    x = axis_ticks.of_sizes(language, *sizes, title=persons)
    percents = Axis(
        0.0, 104.0, tuple(Tick(y, number_words.percent(language, y / 100)) for y in (0.0, 50.0, 100.0))
    )
    return CurveChart(
        "detectable",
        named,
        subtitle,
        (),
        f"{named} {subtitle} {language.list(sentences)}. {number_words.start(persons)}.",
        x,
        percents,
        lines,
    )


@dataclass(frozen=True)
class _Start:
    """The survey from which a fall starts.

    Attributes:
        rate: its prevalence, as a proportion.
        n: the number of persons who answered.
        deff: its design effect.
        words: the prevalence in words, with its unit: `17.2 per 1,000 adults`.
        year: its year; empty if it is not known.
        has_range: whether the prevalence has a range, because of unresolved persons. `rate` and `words` are
            its low end.
    """

    rate: float
    n: float
    deff: float
    words: str
    year: str
    has_range: bool

    def fall(self, size: float) -> float:
        """Returns the smallest fall, in percent, that a repeat of the survey with `size` answering persons
        would detect."""
        return 100 * detectable_change(self.rate, self.n, size, deff=self.deff).relative


def repeat(out: Published, language: Language, *, space: ChartSpace = WHOLE_PAGE) -> CurveChart | None:
    """Returns a chart of the smallest fall from this survey's prevalence that a repeat of the survey would
    detect, by the number of persons who answer in the repeat. The number of persons in this survey is marked
    on the curve. Returns None if the survey has no published prevalence above zero or no published design
    effect."""
    row = out.select("prevalence").iloc[0].to_dict()
    if pd.isna(row["estimate"]) or row["estimate"] == 0 or pd.isna(row["n_eff"]):
        return None
    rate = number_words.number(language, row["estimate"], "prevalence")
    words = f"{_per_1000(language, rate)} {language.kit(row['reference_population_label'])}".strip()
    n = float(row["n"])
    start = _Start(
        float(row["estimate"]),
        n,
        max(1.0, float(n / row["n_eff"])),
        words,
        _year(row.get("year")),
        number_words.has_range(row),
    )
    mark = (start.n, start.fall(start.n))
    said = _fall_in_words(language, *mark)
    marks = [(*mark, said)] if math.isfinite(mark[1]) else []
    chart = _repeat_chart(
        start, language, (min(start.n, SIZES[0]), max(5 * start.n, 20_000.0)), marks, space.steps
    )
    return replace(_with_base(chart, out, language, space), alt=f"{chart.alt} {said}.")


def _with_base(chart: CurveChart, out: Published, language: Language, space: ChartSpace) -> CurveChart:
    """Returns a chart with a note on the survey from which the fall starts, if the chart has space for it."""
    row = out.select("prevalence").iloc[0].to_dict()
    base = chart_notes.base_and_source(out, row, language) if space.source else ""
    return replace(chart, notes=chart_notes.nonempty(*chart.notes, base))


def planned_repeat(
    row: dict[Any, Any],
    language: Language,
    *,
    start_of: Published | None = None,
    space: ChartSpace = WHOLE_PAGE,
) -> CurveChart:
    """Returns a chart of the smallest fall from the plan's baseline that a repeat of the survey would detect,
    by the number of persons who answer in the repeat. The planned sample is marked. The fall at this sample
    is the number that the plan's tables print.

    Args:
        row: a row of `Evidence.targets` with a planned sample and a smallest fall.
        start_of: the published numbers of the baseline survey; None if its numbers come from a publication.
    """
    rate, n, planned, deff = (float(row[name]) for name in ("rate", "n", "planned_sample", "deff"))
    start = _Start(
        rate,
        n,
        deff,
        _baseline_rate(row, language),
        _year(row["baseline_year"]),
        pd.notna(row["baseline_bound"]),
    )
    words = language.say(
        "charts.mark_to",
        fall=number_words.percent(language, row["smallest_cut"]),
        persons=number_words.count(language, planned),
        value=plan_words.value(language, row["smallest_value"], row),
    )
    sizes = (min(n, planned, SIZES[0]), max(5 * n, 2 * planned, 20_000.0))
    chart = _repeat_chart(start, language, sizes, [(planned, start.fall(planned), words)], space.steps)
    chart = _with_base(chart, start_of, language, space) if start_of else chart
    return replace(chart, alt=f"{chart.alt} {number_words.start(words)}.")


def _repeat_chart(
    start: _Start,
    language: Language,
    sizes: tuple[float, float],
    marks: Sequence[tuple[float, float, str]],
    steps: int = WHOLE_PAGE.steps,
) -> CurveChart:
    """Returns the chart of the smallest fall from a survey. The text alternative of the chart has only its
    title and subtitle.

    Args:
        start: the survey.
        sizes: the smallest and the largest number of persons on the axis.
        marks: the marked numbers of persons: each with its fall in percent, and with words.
        steps: how many steps the axis has at most.
    """
    power, deff = number_words.percent(language, POWER), language.number(f"{start.deff:.1f}")
    title = language.say("charts.repeat")
    rate = language.say("charts.rate_low_end", rate=start.words) if start.has_range else start.words
    what = language.say("charts.rate_in", year=start.year) if start.year else language.say("charts.rate")
    subtitle = f"{language.say('charts.repeat_in', what=what, rate=rate, power=power, deff=deff)}."
    low_end = language.say("charts.low_end") if start.has_range else ""
    curve = _curve(start.fall, sizes, "", BLUE)
    y = _percents_up_to(language, curve.y)
    return CurveChart(
        "repeat",
        title,
        subtitle,
        chart_notes.nonempty(low_end),
        f"{title} {subtitle}",
        axis_ticks.of_sizes(language, *sizes, steps=steps, title=language.say("charts.answering")),
        y,
        (curve,),
        tuple(_point(*mark) for mark in marks),
    )


def _year(year: Any) -> str:
    return "" if pd.isna(year) or not year else f"{int(year)}"


def _baseline_rate(row: dict[Any, Any], language: Language) -> str:
    """Returns the baseline of a row of the plan (of a range, its low end) as a rate with its unit. If the
    baseline is a number of persons, it is converted into a rate of the population."""
    if row["measure"] == "prevalence":
        return f"{plan_words.value(language, row['baseline_value'], row)} {language.kit(row['unit'])}"
    return _per_1000(language, language.number(f"{float(row['rate']) * scale('prevalence'):.3g}"))


def _curve(fall: Callable[[float], float], sizes: tuple[float, float], words: str, colour: str) -> Line:
    """Returns one curve of the chart. The curve has no value at sizes for which no fall can be detected.

    Args:
        fall: returns the smallest detectable fall in percent, for a number of persons.
        sizes: the smallest and the largest number of persons.
        words: the words at the end of the curve.
        colour: its colour.
    """
    n = [float(size) for size in np.geomspace(*sizes, POINTS)]
    return Line(tuple(n), tuple(fall(size) for size in n), words, colour)


def _point(size: float, fall: float, words: str) -> Point:
    return Point(
        size, Mark(fall, math.nan, math.nan, Glyph.MEASURED, words), words, beside=True, upright=True
    )


def _percents_up_to(language: Language, falls: Sequence[float]) -> Axis:
    """Returns an axis in percent from 0 to beyond the falls of a curve, with room for words above it."""
    most = max((fall for fall in falls if math.isfinite(fall)), default=100.0)
    high = min(100, 20 * math.ceil((most + 5) / 20))
    ticks = tuple(Tick(y, number_words.percent(language, y / 100)) for y in range(0, high + 1, 20))
    return Axis(0.0, high + 4.0, ticks, language.say("charts.smallest"))


def _per_1000(language: Language, rate: str) -> str:
    """Returns a rate with its unit, such as `17.2 per 1,000`. `rate` is the number as text in this
    language."""
    return f"{rate} {number_words.unit(language, 'prevalence')}"


def _fall_in_words(language: Language, size: float, fall: float) -> str:
    """Returns in words which fall (in percent) a sample of `size` persons would detect: `42% with 4,800
    persons`."""
    persons = number_words.count(language, size)
    if not math.isfinite(fall):
        return language.say("charts.nothing", persons=persons)
    return language.say("charts.mark", fall=number_words.percent(language, fall / 100), persons=persons)
