"""Makes the plan explorer. It shows how probable it is that a repeat of the survey detects a true fall of a
number. The user chooses an indicator of the plan (for everyone or for one category), the fall, the year and
the sample."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.estimate.power_and_sample_size import power_of_change
from fltoolkit.languages.language import Language
from fltoolkit.languages.word_files import BASE
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.targets import POWER
from fltoolkit.show.charts.chart_style import INK, Picture
from fltoolkit.show.charts.descriptions import axis_ticks
from fltoolkit.show.charts.descriptions.chart_parts import Axis, CurveChart, Glyph, Line, Mark, Point, Tick
from fltoolkit.show.charts.renderers.plotly_renderer import picture
from fltoolkit.show.explore.explorer_controls import (
    WIDE,
    dropdown,
    explorer_language,
    with_controls,
    without_controls,
)
from fltoolkit.show.wording import number_words, plan_words
from fltoolkit.show.wording.english_numbers import ENGLISH, of_plan
from fltoolkit.show.wording.section_words import Sentences, Words
from fltoolkit.table_records import as_records

CUT, POINTS = 0.25, 60
SIZES = 500.0, 200_000.0
STEPS = range(0, 101, 20)  # per cent, on the axis of the chance


@dataclass(frozen=True)
class Repeat:
    """A repeat of the survey that the user of the plan explorer imagines.

    Attributes:
        cut: the true fall, as a share of the baseline (0.5 is a fall by half).
        year: the year of the repeat.
        sample: the number of persons who answer and about whom the chosen indicator is, for example women.
    """

    cut: float
    year: int
    sample: float


def plan_choices(evidence: Evidence, language: Language = ENGLISH) -> dict[str, int]:
    """Returns the choices of the plan explorer, as a dictionary from names to positions of rows in
    `evidence.targets`. A choice is an indicator of the plan, for everyone or for one category. It is included
    only if a repeat of the survey could detect a change of it."""
    rows = evidence.targets[evidence.targets["rate"].between(0, 1, inclusive="neither")]
    return {plan_words.about(language, r): i for i, r in zip(rows.index, as_records(rows), strict=True)}


def plan_view(
    evidence: Evidence, choice: str, repeat: Repeat, language: Language = ENGLISH
) -> tuple[Words, Picture]:
    """Returns the probability that a repeat of the survey detects a true fall. It is given in words, and as a
    curve over the number of persons who answer in the repeat. `choice` is one of the names in
    `plan_choices`."""
    row, sample = evidence.targets.loc[plan_choices(evidence, language)[choice]].to_dict(), repeat.sample

    def chance(n: float) -> float:
        return 100 * power_of_change(
            row["rate"], row["rate"] * (1 - repeat.cut), row["n"], n, deff=row["deff"]
        )

    def say(key: str, **values: str) -> str:
        return language.say(f"explorer.plan.{key}", **values)

    found = chance(sample)
    fall, told = say("fall", cut=_percent(language, 100 * repeat.cut)), _percent(language, found)
    words = {"row": choice, "fall": fall, "persons": number_words.count(language, sample), "chance": told}
    enough = _percent(language, 100 * POWER)
    sentences = [say("chance", **words) if found >= 100 * POWER else say("too_low", **words, enough=enough)]
    sentences += (
        [say("too_early", year=f"{row['first_year']:.0f}")] if repeat.year < row["first_year"] else []
    )
    text = " ".join(sentences)
    sizes = min(SIZES[0], sample), max(SIZES[1], sample)
    falls = [float(n) for n in np.geomspace(*sizes, POINTS)]
    at = Point(sample, Mark(found, nan, nan, Glyph.MEASURED, told, INK), told)
    chart = CurveChart(
        "chance",
        say("title", fall=fall),
        say("subtitle", row=choice, deff=language.number(f"{row['deff']:.2f}")),
        (),
        say("alt", text=text),
        axis_ticks.of_sizes(language, *sizes, steps=axis_ticks.FEW, title=language.say("charts.answering")),
        Axis(0.0, 105.0, tuple(Tick(share, _percent(language, share)) for share in STEPS), say("axis")),
        (
            Line(tuple(falls), tuple(map(chance, falls))),
            Line(sizes, (100 * POWER, 100 * POWER), planned=True),
        ),
        (at,),
    )
    return Sentences(text), picture(chart)


def _percent(language: Language, value: float) -> str:
    """Returns a number of per cent as text without decimals: 49.6 gives `50%`."""
    return language.say("format.percent", value=f"{value:.0f}")


@of_plan
@checked
def plan(evidence: Evidence, *, interactive: bool = False, language: str = BASE) -> Any:
    """Shows the probability that a repeat of the survey detects a true fall, for a given fall, year and
    sample.

    With `interactive`, the user chooses the fall, the year and the sample; otherwise they are those of the
    plan.

    Args:
        language: the code of the language of controls, texts and pictures, such as `fr`.

    Raises:
        SpecError: the kit has no words in this language.
    """
    words = explorer_language(language, evidence.own_words)
    offered = plan_choices(evidence, words)
    if not offered:
        return without_controls([Sentences(words.say("explorer.plan.nothing"))])
    choice, row = next(iter(offered)), evidence.targets.loc[next(iter(offered.values()))].to_dict()
    year = evidence.plan.last_year if pd.isna(row["target_year"]) else int(row["target_year"])
    repeat = Repeat(row["cut"] if row["cut"] > 0 else CUT, year, row["planned_sample"])
    if interactive:
        return plan_panel(evidence, choice, repeat, words)
    return without_controls(plan_view(evidence, choice, repeat, words))


def plan_panel(evidence: Evidence, choice: str, start: Repeat, language: Language = ENGLISH) -> Any:
    """Returns the widget of the plan explorer. Its controls choose an indicator of the plan, and the fall,
    the year and the sample of a repeat. At first these are `choice` and `start`. Below the controls are the
    parts that `plan_view` returns."""
    import ipywidgets as widgets

    names = {
        name: language.say(f"explorer.plan.controls.{name}") for name in ("row", "fall", "year", "sample")
    }
    first, cut = int(evidence.targets["baseline_year"].min()) + 1, round(100 * start.cut)
    picker = dropdown(names["row"], {name: name for name in plan_choices(evidence, language)}, choice)
    fall = dropdown(names["fall"], {_percent(language, p): p for p in sorted({*range(5, 101, 5), cut})}, cut)
    years = range(first, max(evidence.plan.last_year + 5, start.year, first) + 1)
    when = dropdown(names["year"], {str(y): y for y in years}, max(start.year, first))
    most = max(200_000, round(start.sample))
    size = widgets.BoundedIntText(
        round(start.sample), min=500, max=most, step=100, description=names["sample"], **WIDE
    )

    def now() -> tuple[Words, Picture]:
        return plan_view(evidence, picker.value, Repeat(fall.value / 100, when.value, size.value), language)

    return with_controls([picker, fall, when, size], now)
