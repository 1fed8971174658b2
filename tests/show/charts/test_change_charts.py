"""A change in words, a picture and a table: no more than its verdict says, and no number of what is hidden."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from fltoolkit.show.charts.change_charts import change, change_table, sentence, signed

NBSP = "\u00a0"
# 120 and 45 cases of 2,400 persons, whose rates are 50 and 18.75 per 1,000.
FELL: dict[str, Any] = {
    "measure": "change_in_prevalence", "breakdown": "", "category": "total", "verdict": "decreased", "verdict_reason": "",
    "estimate": -0.03125, "ci_low": -0.034, "ci_high": -0.028, "estimate_before": 0.05, "ci_low_before": 0.042, "ci_high_before": 0.059,
    "flag_before": "", "marker_before": "", "marker_after": "",
    "estimate_after": 0.01875, "ci_low_after": 0.014, "ci_high_after": 0.025, "flag_after": "", "marker": "", "flag": "",
    "reason": "", "level": 0.95, "year": 2027, "year_before": 2025, "round": "second", "round_before": "first", "rule_set": "icls_2018 v1",
    "reference_population_label": "adults", "reference_population": "adults", "reference_period": "the past 12 months", "beyond_zero": "",
    "survey": "Second survey", "survey_before": "First survey",
    "n_before": 2400.0, "n_after": 2400.0,
}  # fmt: skip
PERSONS = FELL | {
    "measure": "change_in_total", "estimate": -750.0, "ci_low": -830.0, "ci_high": -670.0, "estimate_before": 1200.0, "estimate_after": 450.0,
}  # fmt: skip
GONE = ("estimate", "ci_low", "ci_high", "estimate_after", "ci_low_after", "ci_high_after")
HIDDEN = FELL | dict.fromkeys(GONE, np.nan) | {"verdict": "", "marker": "c", "marker_after": "c", "reason": "confidential"}


def rows(*categories: str, **facts: Any) -> pd.DataFrame:
    """Everyone, and rows by sex."""
    return pd.DataFrame([FELL | facts, *(FELL | facts | {"breakdown": "sex", "category": name} for name in categories)])


def test_a_change_is_told_with_its_interval_and_never_with_a_cause() -> None:
    assert sentence(FELL).startswith(
        "The prevalence of forced labour, from 2025 to 2027: decreased (50.0 and 18.8 per 1,000 adults; difference −31.2"
    )
    assert sentence(PERSONS).startswith(
        "The number of persons in forced labour, from 2025 to 2027: decreased (1,200 and 450; difference −750"
    )
    assert sentence(PERSONS).endswith(f"difference −750, 95{NBSP}% interval −830{NBSP}to{NBSP}−670).")
    why = FELL | {"verdict": "not comparable", "verdict_reason": "the window changed"}
    assert sentence(why).endswith("): the window changed.")


def test_a_limit_that_rounds_to_zero_says_on_which_side_of_it_it_lies() -> None:
    close = FELL | {"ci_high": 0.0, "beyond_zero": "<0"}
    assert f"interval −34.0{NBSP}to{NBSP}<0)" in sentence(close)
    assert f"−34.0{NBSP}to{NBSP}&lt;0" in change_table(pd.DataFrame([close])).html
    assert f"interval >0{NBSP}to{NBSP}+34.0)" in sentence(
        FELL | {"verdict": "increased", "ci_low": 0.0, "ci_high": 0.034, "beyond_zero": ">0"}
    )
    assert "rounding" in change_table(pd.DataFrame([close])).html


def test_what_is_not_shown_has_a_reason_and_no_number() -> None:
    assert sentence(HIDDEN) == "The prevalence of forced labour, from 2025 to 2027: change not shown (confidential)."
    other = HIDDEN | {"verdict_reason": "the earlier round is hidden"}
    assert sentence(other).endswith("change not shown (the earlier round is hidden).")


def test_rounds_of_one_year_go_by_their_names() -> None:
    assert "from first to second:" in sentence(FELL | {"year_before": 2027})
    table = change_table(rows("men", year_before=2027)).text.splitlines()
    assert table[1].split()[:5] == ["Group", "first", "Interval", "second", "Interval"]


@pytest.mark.parametrize(
    ("value", "measure", "told"),
    [(-0.0078, "prevalence", "−7.8"), (410.0, "total", "+410"), (0.0, "prevalence", "+0.0"), (np.nan, "total", "")],
)
def test_a_difference_has_its_sign(value: float, measure: str, told: str) -> None:
    assert signed(value, measure) == told


def test_the_picture_and_the_table_hold_every_row_and_its_verdict() -> None:
    found = rows("men", "women").assign(verdict=["decreased", "increased", "no detectable change"])
    picture = change(found)
    printed = [text for text in picture.figure.layout.yaxis2.ticktext if text]
    assert [text.replace("<br>", " ") for text in printed] == [f"50.0 → 18.8: {verdict}" for verdict in found["verdict"]]
    assert {a.text for a in picture.figure.layout.annotations if a.text.isdigit()} == {"2025", "2027"}
    text = change_table(found).text.replace(NBSP, " ")
    for name, verdict in zip(("everyone", "men", "women"), found["verdict"], strict=True):
        assert f"{name}: 50.0 and 18.8: {verdict}" in picture.alt
        (line,) = (line for line in text.splitlines() if line.split()[0] == name)
        assert verdict in line
        assert [text for text in line.split() if "." in text] == [
            "50.0",
            "42.0",
            "59.0",
            "18.8",
            "14.0",
            "25.0",
            "−31.2",
            "−34.0",
            "−28.0",
        ]
    dots = [list(t.x) for t in picture.figure.data if t.mode == "markers" and t.x[0] is not None]
    assert dots == [[50.0] * 3, [18.75] * 3]


def test_a_hidden_row_shows_its_marker_and_an_unreliable_one_a_hollow_dot() -> None:
    found = pd.DataFrame([FELL | {"marker": "u", "flag_after": "unreliable"}, HIDDEN | {"breakdown": "sex", "category": "men"}])
    picture = change(found)
    assert list(picture.figure.layout.yaxis2.ticktext) == ["50.0 → 18.8: decreased [u]", "[c] not shown"]
    assert picture.alt.endswith("everyone: 50.0 and 18.8: decreased [u]; men: [c] not shown.")
    (after,) = (t for t in picture.figure.data if t.mode == "markers" and t.x == (18.75,))
    assert after.marker.color == "white"
    (line,) = (line for line in change_table(found).text.splitlines() if line.split()[0] == "men")
    assert line.split() == ["men", "50.0", "42.0", "to", "59.0", "[c]", "[c]"]
