"""Tests that a change, with its verdict, is published only if the numbers of both rounds are, and only with
the same numbers."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import PublicationError
from fltoolkit.estimate.change_over_time.change_between_rounds import NUMBERS
from fltoolkit.estimate.change_over_time.difference import DECREASED, INCREASED, NO_CHANGE
from fltoolkit.publish.published_set import CONFIDENTIAL

VERDICTS = {str(verdict): verdict for verdict in (DECREASED, INCREASED, NO_CHANGE)}

BY = [[], ["g"]]
CASES = {"big": 60, "middle": 40, "small": 30, "none": 0}


@functools.cache
def round_of(start: int, **cases: int) -> fl.Estimates:
    """A round of 40 PSUs whose groups of 400 persons have as many cases as told, spread over the PSUs."""
    rows = [
        {"w": 1.0, "g": g, "psu": start + i % 40, "y": int(i < count)}
        for g, count in {**CASES, **cases}.items()
        for i in range(400)
    ]
    return fl.prevalence(fl.SurveyDesign(pd.DataFrame(rows), weight="w", psu="psu"), "y", by=BY)


def published(before: fl.Estimates, after: fl.Estimates, profile: str = "fltoolkit") -> pd.DataFrame:
    sets = (fl.publish(est, profile=profile) for est in (before, after))
    out = fl.publish_change(fl.change(before, after), *sets)
    return out.table.set_index("category")


def test_a_change_of_two_shown_numbers_is_shown_as_it_is() -> None:
    before, after = round_of(0), round_of(100, big=20)
    table, change = published(before, after), fl.change(before, after).table.set_index("g")
    row = table.loc["big"]
    assert (row["measure"], row["breakdown"], row["verdict"]) == ("change_in_prevalence", "g", "decreased")
    assert row["estimate"] == pytest.approx(change.loc["big", "change"])
    assert (row["cases_class_before"], row["cases_class_after"], row["marker"]) == (
        "50 and more",
        "15–29",
        "",
    )
    assert row[["cases_before", "cases_after", "se"]].isna().all()
    assert change.loc["big", "se"] > 0  # not told, of a round with 20 cases
    assert row["flag"] == "caution"  # the worse of the two, with whose it is
    assert str(row["reason"]).startswith("after: ")
    assert table.loc["none", "verdict_reason"] == "too few cases"


@pytest.mark.parametrize("which", [0, 1])
def test_a_row_hidden_in_either_round_is_hidden_with_its_verdict(which: int) -> None:
    few = [{}, {}]
    few[which] = {"small": 3}
    before, after = round_of(0, **few[0]), round_of(100, **few[1])
    hidden = fl.publish((before, after)[which]).table.set_index("category")["marker"]
    table = published(before, after)
    assert hidden["small"] == "c"
    for category in hidden.index:
        row = table.loc[category]
        assert (row["marker"] == "c") is (hidden[category] == "c")
        if hidden[category] == "c":
            assert row[["estimate", *NUMBERS[1:]]].isna().all()
            assert (row["verdict"], row["verdict_reason"], row["reason"]) == ("", "", CONFIDENTIAL)
            assert pd.isna(row[f"cases_{('before', 'after')[which]}"])
    assert hidden["middle"] == "c"  # the complement goes with it, in the change too


def test_a_number_withheld_for_reliability_hides_the_change_and_says_so() -> None:
    before, after = round_of(0), round_of(100, big=12)
    cv = after.table["cv"].where(after.table["g"] != "big", 0.4)
    after = replace(after, table=after.table.assign(cv=cv))
    row = published(before, after, profile="statcan").loc["big"]
    assert (row["flag"], row["marker"]) == ("suppress", "u")
    assert pd.isna(row["estimate"])
    assert str(row["reason"]).startswith(
        "not shown: one of the two rounds is too unreliable (after: coefficient of variation above"
    )


def test_numbers_that_are_not_the_published_ones_are_refused() -> None:
    before, after = round_of(0), round_of(100)
    change = fl.change(before, after)
    with pytest.raises(PublicationError, match="another number"):
        fl.publish_change(change, fl.publish(before), fl.publish(round_of(100, big=20)))
    total_only = fl.publish(
        fl.prevalence(
            fl.SurveyDesign(
                pd.DataFrame({"w": [1.0] * 400, "psu": np.arange(400) % 40, "y": 1}), weight="w", psu="psu"
            ),
            "y",
        )
    )
    with pytest.raises(PublicationError, match="not in the published set of the round after"):
        fl.publish_change(change, fl.publish(before), total_only)
    with pytest.raises(PublicationError, match="earlier round's published set is missing"):
        fl.publish_change(change, None, fl.publish(after))


def test_a_row_of_one_round_only_is_published_as_that_round_did() -> None:
    before, after = round_of(0), round_of(100)
    keep = (after.table["g"] != "big").to_numpy()
    after = replace(
        after,
        table=after.table[keep].reset_index(drop=True),
        influence=after.influence[:, keep],
        design_effects=after.design_effects[keep].reset_index(drop=True),
    )
    row = published(before, after).loc["big"]
    assert (row["verdict"], row["verdict_reason"]) == ("not comparable", "only in the earlier round")
    assert (row["cases_class_before"], row["cases_class_after"]) == ("50 and more", "")
    assert pd.isna(row["cases_after"])


def test_a_change_since_a_baseline_published_elsewhere_needs_the_later_set_only() -> None:
    after = round_of(100, big=20)
    baseline = {"estimate": 0.15, "ci_low": 0.11, "ci_high": 0.20, "cases": 60, "psus_with_cases": 40}
    out = fl.publish_change(fl.change_from_published(baseline, after, row="big"), None, fl.publish(after))
    row = out.select("change_in_prevalence", "g").iloc[0]
    assert (row["category"], row["verdict"], row["estimate_before"], row["cases_class_after"]) == (
        "big",
        "decreased",
        0.15,
        "15–29",
    )
    assert (row["cases_before"], row["cases_class_before"]) == (60, "60")  # as the publication states it


@pytest.mark.parametrize(
    ("limits", "verdict", "told"),
    [
        ((-0.031, -0.00002), "decreased", (-0.031, 0, "<0")),
        ((0.00004, 0.03126), "increased", (0, 0.0313, ">0")),
        ((-0.00006, 0.00004), "no detectable change", (-0.0001, 0, "")),
        ((-0.031, -0.00002), "no detectable change", (-0.031, 0, "<0")),
        ((-0.031, -0.00006), "decreased", (-0.031, -0.0001, "")),
    ],
)
def test_a_limit_that_rounds_onto_zero_says_on_which_side_it_lies(
    limits: tuple[float, float], verdict: str, told: tuple[float, float, str]
) -> None:
    """A rate of everybody is printed to 0.0001; the row is made to have such limits."""
    before, after = round_of(0), round_of(100, big=20)
    change = fl.change(before, after)
    table = change.table.assign(
        ratio_low=0.5, ratio_high=0.9999, verdict=VERDICTS[verdict], ci_low=limits[0], ci_high=limits[1]
    )
    out = fl.publish_change(replace(change, table=table), fl.publish(before), fl.publish(after))
    row = out.table[out.table["breakdown"] == ""].iloc[0]
    assert (row["ci_low"], row["ci_high"], row["beyond_zero"]) == told
    assert row["verdict"] == verdict
    assert (out.exact.iloc[0]["ci_low"], out.exact.iloc[0]["ci_high"]) == limits
    if verdict == "decreased":
        assert row["ratio_high"] < 1 or pd.isna(row["ratio_high"])  # as printed: not a ratio of 1


def test_what_is_printed_of_a_change_is_made_of_printed_numbers() -> None:
    before, after = round_of(0), round_of(100, big=37)
    for row in fl.publish_change(
        fl.change(before, after), fl.publish(before), fl.publish(after)
    ).table.to_dict("records"):
        if pd.isna(row["estimate"]):
            continue
        assert row["estimate"] == pytest.approx(row["estimate_after"] - row["estimate_before"], abs=1e-11)
        if row["estimate_before"]:
            assert row["ratio"] == pytest.approx(row["estimate_after"] / row["estimate_before"], abs=0.005)
            assert row["ratio"] == round(row["ratio"], 4)
        step, digits = (
            (0.0001, 4) if not row["breakdown"] else (1 / 400, 3)
        )  # half a step of 2.5 per 1,000 moves the third decimal
        for limit in (row["ci_low"], row["ci_high"]):
            assert limit == pytest.approx(round(round(limit / step) * step + 1e-9, digits), abs=1e-9)
        assert (row["beyond_zero"], row["rounding"]) == ("", 1)
        assert pd.isna(row["se"]) == (
            row["method"] == "mover"
        )  # every other cell has 30 cases in both rounds
