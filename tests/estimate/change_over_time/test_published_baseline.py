"""Tests baselines that only a publication gives: their numbers must be possible, and a row of the change must
not contradict itself."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import pandas as pd
import pytest
from thoroughness import tries

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.estimate.change_over_time.difference import (
    DECREASED,
    INCREASED,
    NO_CHANGE,
    NOT_COMPARABLE,
    without_contradiction,
)

VERDICTS = {str(verdict): verdict for verdict in (DECREASED, INCREASED, NO_CHANGE, NOT_COMPARABLE)}
BASELINE: dict[str, Any] = {
    "estimate": 0.35,
    "ci_low": 0.30,
    "ci_high": 0.40,
    "cases": 140,
    "psus_with_cases": 40,
    "n": 400,
}


@cache
def later() -> fl.Estimates:
    """800 persons in 40 PSUs, 160 of them cases, in 40 PSUs."""
    frame = pd.DataFrame(
        {"w": 1.0, "psu": [i % 40 for i in range(800)], "y": [int(i % 200 < 40) for i in range(800)]}
    )
    return fl.prevalence(fl.SurveyDesign(frame, weight="w", psu="psu"), "y")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"deff": -1}, "deff: .*\n.*float -1.0|deff: .*\n.*int -1"),
        ({"deff": 0}, "deff"),
        ({"deff": math.nan}, "deff"),
        ({"n": 0}, "n: "),
        ({"n": 2.5}, "n: "),
        ({"level": 95}, "level: "),
        ({"level": 1}, "level: "),
        ({"cases": -1}, "cases: "),
        ({"cases": True}, "cases: "),
        ({"cases": 401}, r"cases \(401\) are more than n \(400\)"),
        ({"psus_with_cases": 141}, r"psus_with_cases \(141\) are more than cases"),
        ({"ci_high": math.inf}, "ci_high: "),
        ({"estimate": math.nan}, "estimate: "),
        ({"estimate": "0.35"}, "estimate: "),
        ({"reference_months": 0}, "reference_months: "),
        ({"year": "2025"}, "year: "),
        ({"country": 3}, "country: "),
        ({"psus_with_cases": 0}, "psus_with_cases is 0, but there are cases"),
        ({"window_start": "March"}, r"window_start \(March\) is not a date"),
        ({"window_start": "2025-03-01", "window_end": "2025-02-28"}, "window_end .* is before window_start"),
    ],
    ids=str,
)
def test_what_cannot_be_true_of_a_publication_is_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(RequestError, match=words) as error:
        fl.change_from_published({**BASELINE, **wrong}, later())
    assert error.value.do
    with pytest.raises(RequestError, match=words):
        fl.PublishedBaseline(**{**BASELINE, **wrong})


def mover_by_hand(p1: float, l1: float, u1: float, p2: float, l2: float, u2: float) -> tuple[float, float]:
    """Zou and Donner (2008) of two independent estimates."""
    low = p2 - p1 - math.sqrt((p2 - l2) ** 2 + (u1 - p1) ** 2)
    return low, p2 - p1 + math.sqrt((u2 - p2) ** 2 + (p1 - l1) ** 2)


def test_the_ratio_is_blank_where_it_contradicts_the_verdict_and_only_there() -> None:
    after = later()
    p2, l2, u2 = (float(after.table[c].iloc[0]) for c in ("estimate", "ci_low", "ci_high"))
    parted = kept = 0
    for step in range(400):
        p1 = p2 + step / 4000
        l1, u1 = p1 - 0.08, p1 + 0.02  # a skewed interval, on which difference and ratio part
        _, high = mover_by_hand(p1, l1, u1, p2, l2, u2)
        ratio = [math.exp(v) for v in mover_by_hand(*(math.log(v) for v in (p1, l1, u1, p2, l2, u2)))]
        contradicts = (high < 0 and ratio[1] >= 1) or (high >= 0 and ratio[1] < 1)
        if step % tries(1, few=8) and not contradicts:
            continue
        row = fl.change_from_published(
            {**BASELINE, "estimate": p1, "ci_low": l1, "ci_high": u1}, after
        ).table.iloc[0]
        assert row["verdict"] == ("decreased" if high < 0 else "no detectable change")
        if contradicts:
            assert pd.isna(row["ratio_low"])
            assert pd.isna(row["ratio_high"])
            assert row["ratio"] == pytest.approx(p2 / p1)
        else:
            assert [row["ratio_low"], row["ratio_high"]] == pytest.approx(ratio)
        parted, kept = parted + contradicts, kept + (not contradicts)
    assert parted > 0
    assert kept > 100 / tries(1, few=8)


@pytest.mark.parametrize(
    ("verdict", "low", "high", "blank"),
    [
        ("decreased", 0.5, 0.99, False),
        ("decreased", 0.5, 1.0, True),
        ("decreased", 0.5, 1.0049, True),
        ("increased", 1.01, 2.0, False),
        ("increased", 1.0, 2.0, True),
        ("no detectable change", 0.9, 1.1, False),
        ("no detectable change", 1.001, 1.1, True),
        ("no detectable change", 0.8, 0.999, True),
        ("not comparable", 0.8, 0.9, False),
    ],
)
def test_a_row_says_one_thing(verdict: str, low: float, high: float, blank: bool) -> None:
    rows = without_contradiction(
        pd.DataFrame({"verdict": [VERDICTS[verdict]], "ratio_low": [low], "ratio_high": [high]})
    )
    assert rows["ratio_low"].isna().tolist() == rows["ratio_high"].isna().tolist() == [blank]
