"""The way to a target and what a repeat could detect, as pictures for documents: what is not measured is hollow and said to be so."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import promises
import pytest
from handed import EN, FR

from fltoolkit.estimate.change_over_time.difference import DECREASED
from fltoolkit.publish.disclosure.cell_counts import Limits
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts import static_plan_charts
from fltoolkit.show.charts.chart_style import BLUE, INK, ORANGE
from fltoolkit.show.charts.static_charts import Drawn

NBSP = "\u00a0"
TARGET: dict[str, Any] = {
    "id": "decrease_base", "indicator": "Prevalence", "unit": "per 1,000 adults", "measure": "prevalence", "baseline_year": 2025.0,
    "baseline_value": 50.0, "ci_low": 41.6, "ci_high": 59.5,
}  # fmt: skip
WAY = pd.DataFrame(
    {
        "year": [2025, 2026, 2027, 2028, 2029],
        "value": [50.0, 43.75, 37.5, 31.25, 25.0],
        "kind": ["baseline", "not measured", "planned survey", "not measured", "target"],
    }
)
LATER: dict[str, Any] = {"year": 2027, "value": 18.75, "ci_low": 13.7, "ci_high": 25.0, "verdict": DECREASED}


def drawn(later: dict[str, Any] | None = None, way: pd.DataFrame = WAY) -> Drawn:
    return static_plan_charts.target_path(TARGET, way, later, EN)


def axes(picture: Drawn) -> Any:
    (found,) = picture.figure.axes
    return found


def test_the_way_to_a_target_says_what_nobody_measures() -> None:
    alt = drawn(LATER).alt
    assert "2025: 50.0 (41.6" in alt
    assert "2026: 43.8, not measured" in alt
    assert "2029: 25.0, target" in alt
    assert re.search(rf"2027: 18\.8 \([\d.]+{NBSP}to{NBSP}[\d.]+\), decreased", alt)
    assert "18.8" not in drawn().alt
    assert "18.8" not in drawn(LATER | {"value": np.nan}).alt
    assert "2026\u00a0: 43,8, " in static_plan_charts.target_path(TARGET, WAY, None, FR).alt


def test_each_kind_of_point_has_a_look_of_its_own() -> None:
    points = {
        line.get_markerfacecolor(): (list(line.get_xdata()), line.get_marker())
        for line in axes(drawn(LATER)).lines
        if line.get_marker() in "oD"
    }
    assert points == {BLUE: ([2025], "o"), "white": ([2026, 2027, 2028], "o"), ORANGE: ([2029], "D"), INK: ([2027], "o")}
    intervals = [
        list(line.get_ydata()) for line in axes(drawn(LATER)).lines if line.get_linestyle() == "-" and len(line.get_xdata()) == 2
    ]
    assert intervals == [[41.6, 59.5], [13.7, 25.0]]
    said = [text.get_text() for text in axes(drawn(LATER)).texts]
    assert said == ["baseline", "target", "follow-up", "not measured"]
    assert [text.get_text() for text in axes(drawn()).texts] == ["baseline", "target", "not measured"]


def test_the_axes_hold_every_point_from_zero() -> None:
    """The highest thing drawn is the baseline's upper limit, 59.5; a fifth is left above it."""
    assert axes(drawn()).get_ylim() == pytest.approx((0, 71.4))
    assert axes(drawn()).get_xlim() == pytest.approx((2024.4, 2029.6))
    assert axes(drawn(LATER | {"year": 2031, "ci_high": 100.0})).get_ylim() == pytest.approx((0, 120))
    assert axes(drawn(LATER | {"year": 2031})).get_xlim() == pytest.approx((2024.4, 2031.6))
    only = axes(drawn(way=WAY.iloc[:1]))
    assert only.get_xlim() == pytest.approx((2024.4, 2026.6))
    assert [text.get_text() for text in only.texts] == ["baseline"]


# ------------------------------------------------------------------------------------------------------------- a repeat


def out(rate: float = 0.005, n: float = 5_000, deff: float = 1.5) -> Published:
    """Published: a prevalence of 5 per 1,000 among 5,000 persons, design effect 1.5."""
    row = {
        "measure": "prevalence", "breakdown": "", "category": "total", "reference_population": "adults", "rule_set": "r", "estimate": rate,
        "n": n, "n_eff": n / deff, "reference_population_label": "adults", "marker": "", "reason": "",
    }  # fmt: skip
    return Published(pd.DataFrame([row]), pd.DataFrame([row]), "fltoolkit", Limits(), headlines=("adults",), rule_set="r")


def repeat(published: Published, **more: Any) -> Drawn:
    picture = static_plan_charts.repeat(published, EN, **more)
    assert picture is not None
    return picture


@pytest.mark.parametrize(("n", "smallest"), promises.SMALLEST.items())
def test_what_a_repeat_could_detect_is_marked_at_this_surveys_size(n: int, smallest: float) -> None:
    picture = repeat(out(n=n))
    assert f"{100 * smallest:.0f}{NBSP}% with {n:,} persons." in picture.alt
    (curve, _, dot) = axes(picture).lines
    assert dot.get_xydata()[0] == pytest.approx([n, 100 * smallest], abs=0.05)
    at_this_size = np.interp(np.log(n), np.log(curve.get_xdata()), curve.get_ydata())
    assert at_this_size == pytest.approx(100 * smallest, abs=0.5)
    assert (np.diff(curve.get_ydata()) < 0).all()  # more persons find a smaller fall


def test_what_a_repeat_could_detect_marks_this_size_and_the_planned_one() -> None:
    assert re.search(rf"76{NBSP}% with 5,000 persons; \d+{NBSP}% with 4,000 persons", repeat(out(), planned=4000).alt)
    near = repeat(out(), planned=5_300).alt
    assert "with 5,300 persons" in near
    assert "with 5,000 persons" not in near  # their words would stand on each other


def test_a_size_that_finds_nothing_says_so_and_a_small_design_effect_counts_as_one() -> None:
    picture = repeat(out(n=500))
    assert "not even a fall to zero with 500 persons" in picture.alt
    assert len(axes(picture).lines) == 1
    assert "design effect 1.0" in repeat(out(deff=0.4)).alt


@pytest.mark.parametrize("rate", [np.nan, 0.0])
def test_nothing_is_planned_from_a_prevalence_that_is_not_shown(rate: float) -> None:
    assert static_plan_charts.repeat(out(rate), EN) is None
