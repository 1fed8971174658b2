"""Tests the plan explorer: the chance that a repeat finds a true fall, for a row, a fall, a year and a
sample, in words and as a curve."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import promises
import pytest

import fltoolkit as fl
from fltoolkit.show import explore
from fltoolkit.show.explore import plan_explorer
from fltoolkit.show.explore.plan_explorer import Repeat, plan_choices, plan_panel, plan_view


def offered(**facts: Any) -> fl.Evidence:
    """5 per 1,000 among 14,070 persons with a cut by half: that many in each of two rounds find it with a
    chance of 80%."""
    made = promises.evidence_before_a_repeat(
        promises.plan_with({"year": 2030, "cut": 0.5}), n=promises.NEEDED[0.5]
    )
    everyone = made.targets.iloc[0].to_dict() | facts
    women = everyone | {"group": "gender", "category": "women", "rate": 0.01, "n": 500}
    nobody = everyone | {"group": "gender", "category": "men", "rate": 0.0}
    hidden = everyone | {"group": "region", "category": "east", "rate": np.nan}
    return replace(made, targets=pd.DataFrame([nobody, everyone, hidden, women]))


EVERYONE, WOMEN = "Prevalence", "Prevalence (gender: women)"


def test_only_rows_whose_fall_could_be_found_are_offered() -> None:
    assert plan_choices(offered()) == {EVERYONE: 1, WOMEN: 3}


def test_what_a_repeat_would_find_follows_the_controls() -> None:
    evidence = offered()
    words, picture = plan_view(evidence, EVERYONE, Repeat(0.5, 2030, 14_070))
    assert str(words) == (
        "Prevalence: of a fall by 50%, a repeat in which 14,070 persons answer would find something with "
        "a chance of 80%."
    )
    assert "with a chance of 80%." in picture.alt
    assert "until 2026 its look-back window overlaps" in str(
        plan_view(evidence, EVERYONE, Repeat(0.5, 2025, 14_070))[0]
    )
    assert "overlaps" not in str(plan_view(evidence, EVERYONE, Repeat(0.5, 2026, 14_070))[0])
    less = str(plan_view(evidence, EVERYONE, Repeat(0.1, 2029, 14_070))[0])
    assert "%; 80% is what makes a target verifiable." in less


def test_the_curve_rises_through_the_picked_sample() -> None:
    curve, enough, dot = plan_view(offered(), EVERYONE, Repeat(0.5, 2030, 14_070))[1].figure.data
    assert enough.y == pytest.approx((80, 80))
    assert (curve.x[0], curve.x[-1]) == (500, pytest.approx(200_000))
    assert (np.diff(curve.y) > 0).all()
    assert dot.x[0] == 14_070
    assert dot.y[0] == pytest.approx(80, abs=0.01)
    assert np.interp(np.log(14_070), np.log(curve.x), curve.y) == pytest.approx(80, abs=0.5)
    wide = plan_view(offered(), EVERYONE, Repeat(0.5, 2030, 400_000))[1].figure
    assert wide.data[0].x[-1] == pytest.approx(400_000)
    assert wide.layout.xaxis.range[1] == pytest.approx(np.log10(400_000))


def test_the_panel_shows_what_its_controls_say() -> None:
    panel = plan_panel(offered(), EVERYONE, Repeat(0.5, 2029, 2400))
    picker, fall, when, size, screen = panel.children

    def told() -> str:
        return str(screen.outputs[0]["data"]["text/plain"])

    before = told()
    fall.value = 25
    assert "a fall by 25%" in told() != before
    picker.value = picker.options[-1][1]
    assert told().startswith(WOMEN)
    size.value = 30_000
    assert "30,000 persons" in told()
    assert all(control.description for control in (picker, fall, when, size))


def test_the_panel_offers_what_the_plan_says_though_it_is_unusual() -> None:
    _, fall, when, size, _ = plan_panel(offered(), EVERYONE, Repeat(0.33, 2040, 300_000)).children
    assert [value for _, value in fall.options][5:8] == [30, 33, 35]
    assert next(value for _, value in when.options) == 2026  # the first after the baseline's
    assert (fall.value, when.value, size.value) == (33, 2040, 300_000)
    early = plan_panel(offered(), EVERYONE, Repeat(0.5, 2020, 600)).children[2]
    assert (early.value, early.options[-1][1]) == (2026, 2035)  # five years beyond the plan


@pytest.mark.parametrize(
    ("facts", "asked"),
    [
        ({}, Repeat(0.5, 2030, 14_070)),
        ({"cut": np.nan, "target_year": np.nan, "planned_sample": 700}, Repeat(0.25, 2030, 700)),
        (
            {"cut": -0.5, "target_year": 2028.0},
            Repeat(0.25, 2028, 14_070),
        ),  # a target above the baseline is no fall
    ],
)
def test_it_begins_with_what_the_plan_promises_of_its_first_row(
    facts: dict[str, Any], asked: Repeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(
        plan_explorer,
        "plan_view",
        lambda evidence, choice, repeat, language: seen.append((choice, repeat)) or (),
    )
    monkeypatch.setattr(
        plan_explorer, "plan_panel", lambda evidence, choice, repeat, language: ("panel", choice, repeat)
    )
    assert explore.plan(offered(**facts)) is None
    assert seen == [(EVERYONE, asked)]
    assert explore.plan(offered(**facts), interactive=True) == ("panel", EVERYONE, asked)


def test_without_a_published_baseline_there_is_nothing_to_pick(capsys: pytest.CaptureFixture[str]) -> None:
    empty = offered()
    assert explore.plan(replace(empty, targets=empty.targets.assign(rate=float("nan")))) is None
    assert "No row of the plan has a published baseline" in capsys.readouterr().out
    explore.plan(offered())
    assert "of a fall by 50%" in capsys.readouterr().out


def test_it_speaks_the_language_that_is_asked_for() -> None:
    screen = explore.plan(offered(), interactive=True, language="fr")
    assert [c.description for c in screen.children[:-1]] == [
        "Ligne du plan",
        "Baisse réelle",
        "Année de la répétition",
        "Personnes qui répondent",
    ]
    words, picture = (output["data"] for output in screen.children[-1].outputs)
    assert "une baisse de 50\u202f% serait décelée" in words["text/plain"]
    assert "14\u202f070 personnes" in words["text/plain"]
    assert picture["text/plain"].startswith("Courbe de la probabilité")
