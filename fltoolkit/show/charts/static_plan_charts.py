"""Pictures for a plan: the way from the baseline to the target, and what a repeat survey could detect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from fltoolkit.estimate.power_and_sample_size import detectable_change
from fltoolkit.languages.language import Language
from fltoolkit.languages.reasons import holds
from fltoolkit.nap.targets import BASELINE, TARGET
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts.chart_style import BLUE, GREY, INK, ORANGE, PALE
from fltoolkit.show.charts.detectable_change_curves import POINTS, TICKS
from fltoolkit.show.charts.static_charts import QUIET, WIDE, Drawn, Size, finish, letters, sheet
from fltoolkit.show.wording import number_words

Line = Mapping[Any, Any]


def target_path(target: Line, milestones: pd.DataFrame, later: Line | None, language: Language, *, size: Size = WIDE) -> Drawn:
    """The way to a target: baseline with its interval, milestones that nobody measures (hollow), target, and a later round with its
    interval where there is one.

    Args:
        target: a row of the plan's targets. milestones: its rows, in the unit of the target. later: its row of the follow-up.
    """
    year = int(target["baseline_year"])
    title = language.say("charts.path", indicator=number_words.indicator(language, target))
    subtitle = language.say("charts.path_in", unit=_unit(language, target))
    goal = milestones[holds(milestones["kind"], TARGET)]
    steps = milestones[~holds(milestones["kind"], TARGET, BASELINE)]
    body = size.width * (0.36 if size.width > 5 else 0.6)
    with sheet(size, title, subtitle, body, left=0.08 if size.width > 5 else 0.13, right=0.05) as (figure, axes):
        line = pd.concat([pd.DataFrame({"year": [year], "value": [target["baseline_value"]]}), steps, goal]).sort_values("year")
        axes.plot(line["year"], line["value"], color=GREY, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
        _point(axes, size, year, [target[c] for c in ("baseline_value", "ci_low", "ci_high")], BLUE)
        axes.plot(
            steps["year"],
            steps["value"],
            "o",
            markersize=size.font * 0.6,
            markerfacecolor="white",
            markeredgecolor=GREY,
            zorder=3,
        )
        axes.plot(goal["year"], goal["value"], "D", markersize=size.font * 0.75, color=ORANGE, zorder=3, clip_on=False)
        said = [(year, target["ci_high"], "charts.baseline")]
        said += [(int(y), v, "charts.target") for y, v in zip(goal["year"], goal["value"], strict=True)]
        if later is not None and pd.notna(later["value"]):
            _point(axes, size, later["year"], [later[c] for c in ("value", "ci_low", "ci_high")], INK)
            said.append((int(later["year"]), later["ci_high"], "charts.later"))
        top = max(float(v) for _, v, _ in said if pd.notna(v)) * 1.2
        for at, value, key in said:
            axes.annotate(
                language.say(key),
                (at, value),
                (0, size.font * 0.8),
                textcoords="offset points",
                ha="center",
                font=letters(),
                fontsize=size.font * 0.92,
            )
        if len(steps):
            middle = steps.iloc[len(steps) // 2]
            axes.annotate(
                language.say("charts.not_measured"), (middle["year"], middle["value"]), (size.font * 0.5, size.font * 0.7),
                textcoords="offset points", font=letters(), fontsize=size.font * 0.88, color=QUIET,
            )  # fmt: skip
        last = int(max(line["year"].max(), year + 1, later["year"] if later is not None else 0))
        axes.set(xlim=(year - 0.6, last + 0.6), ylim=(0, top), xticks=range(year, last + 1))
        axes.yaxis.set_major_formatter(lambda y, _: language.number(f"{y:,g}"))
        axes.grid(axis="y", color=PALE, linewidth=0.7)
        axes.grid(visible=False, axis="x")
        alt = _path_alt(language, target, steps, goal, later)
        return finish(figure, f"path_{target['id']}", f"{title}. {subtitle} {alt}", title, size)


def repeat(
    out: Published, language: Language, *, planned: float | None = None, population: str | None = None, size: Size = WIDE
) -> Drawn | None:
    """The smallest fall that a repeat of this survey would detect, against the persons asked; None without a published prevalence and design effect."""
    row = out.select("prevalence", population=population).iloc[0]
    if pd.isna(row["estimate"]) or row["estimate"] == 0 or pd.isna(row["n_eff"]):
        return None
    p, n, deff = float(row["estimate"]), float(row["n"]), max(1.0, float(row["n"] / row["n_eff"]))
    sizes = np.geomspace(min(n, 2_000), max(5 * n, 20_000), POINTS)
    falls = [100 * detectable_change(p, n, s, deff=deff).relative for s in sizes]
    title = language.say("charts.repeat")
    rate = f"{number_words.number(language, p, 'prevalence')} {number_words.unit(language, 'prevalence', str(row['reference_population_label']))}"
    power = number_words.percent(language, 0.8)
    subtitle = language.say("charts.repeat_in", rate=rate, power=power, deff=language.number(f"{deff:.1f}"))
    marks = [(s, 100 * detectable_change(p, n, s, deff=deff).relative) for s in _apart(n, planned)]
    body = size.width * (0.33 if size.width > 5 else 0.6)
    with sheet(size, title, subtitle, body, left=0.1 if size.width > 5 else 0.15, right=0.05) as (figure, axes):
        axes.plot(sizes, falls, color=BLUE, linewidth=size.font / 4.5)
        for i, (at, fall) in enumerate(sorted(marks)):
            if np.isfinite(fall):
                axes.plot([at, at], [0, fall], color=GREY, linewidth=0.9, linestyle=(0, (2, 2)), zorder=1)
                axes.plot([at], [fall], "o", markersize=size.font * 0.75, color=BLUE)
                words = language.say(
                    "charts.mark", fall=number_words.percent(language, fall / 100), persons=number_words.count(language, at)
                )
                axes.annotate(
                    words,
                    (at, fall),
                    (size.font * 0.7, size.font * (-1.9 if i else 0.5)),
                    textcoords="offset points",
                    font=letters(),
                    fontsize=size.font * 0.95,
                )
        ticks = [t for t in TICKS if sizes[0] <= t <= sizes[-1]]
        axes.set(xscale="log", ylim=(0, 104), xlim=(sizes[0], sizes[-1]))
        axes.tick_params(pad=5)
        axes.set_xticks(ticks, [number_words.count(language, t) for t in ticks])
        axes.minorticks_off()
        axes.yaxis.set_major_formatter(lambda y, _: number_words.percent(language, y / 100))
        axes.grid(axis="y", color=PALE, linewidth=0.7)
        said = language.list(
            language.say("charts.mark", fall=number_words.percent(language, f / 100), persons=number_words.count(language, s))
            if np.isfinite(f) else language.say("charts.nothing", persons=number_words.count(language, s)) for s, f in marks
        )  # fmt: skip
        return finish(figure, "repeat", f"{title} {subtitle} {said}.", title, size)


def _apart(asked: float, planned: float | None) -> list[float]:
    """Sizes to mark: this survey's and the planned one; of two next to each other the planned one, of which all else speaks."""
    if planned is None:
        return [asked]
    return [planned] if 0.9 < planned / asked < 1.1 else [asked, planned]


def _unit(language: Language, row: Line) -> str:
    """The unit of a plan's row: `per 1,000 persons aged 18 and over`."""
    return number_words.start(language.kit(row["unit"]))


def _point(axes: Any, size: Size, year: Any, numbers: Sequence[Any], colour: str) -> None:
    """A dot and its interval. `numbers`: the value and its limits."""
    value, low, high = numbers
    if pd.notna(low):
        axes.plot(
            [year, year], [low, high], color=colour, linewidth=size.font / 4.5, alpha=0.75, solid_capstyle="round", zorder=2
        )
    axes.plot([year], [value], "o", markersize=size.font * 0.8, color=colour, zorder=4)


def _path_alt(language: Language, target: Line, steps: pd.DataFrame, goal: pd.DataFrame, later: Line | None) -> str:
    measure = str(target["measure"])

    def value(v: float) -> str:
        return number_words.in_unit(language, v, measure)

    parts = [
        language.colon(
            f"{target['baseline_year']:g}",
            f"{value(target['baseline_value'])} ({number_words.limits(language, value(target['ci_low']), value(target['ci_high']))})",
        )
    ]
    parts += [
        language.colon(f"{r['year']:g}", f"{value(r['value'])}, {language.kit(r['kind'])}") for r in steps.to_dict("records")
    ]
    parts += [
        language.colon(f"{r['year']:g}", f"{value(r['value'])}, {language.say('charts.target')}") for r in goal.to_dict("records")
    ]
    if later is not None and pd.notna(later["value"]):
        between = number_words.limits(language, value(later["ci_low"]), value(later["ci_high"]))
        parts.append(
            language.colon(f"{later['year']:g}", f"{value(later['value'])} ({between}), {language.kit(later['verdict'])}")
        )
    return f"{language.list(parts)}."
