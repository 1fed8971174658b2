"""A change in a sentence: no more than its verdict says, and no number of what is hidden."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import small_country as country
from changed_rows import FELL, HIDDEN, PERSONS

from fltoolkit.estimate.change_over_time.difference import NO_CHANGE
from fltoolkit.estimate.change_over_time.unresolved_excess import WIDE_LATER
from fltoolkit.show.wording.change_sentences import of_headline, sentence, signed

NBSP = "\u00a0"


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
    assert f"interval >0{NBSP}to{NBSP}+34.0)" in sentence(
        FELL | {"verdict": "increased", "ci_low": 0.0, "ci_high": 0.034, "beyond_zero": ">0"}
    )


def test_a_change_that_open_answers_leave_unjudged_says_so_once() -> None:
    said = sentence(FELL | {"verdict": NO_CHANGE, "verdict_reason": WIDE_LATER})
    assert said.startswith("The prevalence of forced labour, from 2025 to 2027: not judged: wide bounds in the later round (")
    assert said.count("wide bounds") == 1


def test_what_is_not_shown_has_a_reason_and_no_number() -> None:
    assert sentence(HIDDEN) == "The prevalence of forced labour, from 2025 to 2027: change not shown (confidential)."
    other = HIDDEN | {"verdict_reason": "the earlier round is hidden"}
    assert sentence(other).endswith("change not shown (the earlier round is hidden).")


@pytest.mark.parametrize(
    ("value", "measure", "told"),
    [(-0.0078, "prevalence", "−7.8"), (410.0, "total", "+410"), (0.0, "prevalence", "+0.0"), (np.nan, "total", "")],
)
def test_a_difference_has_its_sign(value: float, measure: str, told: str) -> None:
    assert signed(value, measure) == told


def test_rounds_of_one_year_go_by_their_names() -> None:
    assert "from first to second:" in sentence(FELL | {"year_before": 2027})


def test_the_headline_tells_the_rate_and_then_the_persons_of_everyone() -> None:
    men = FELL | {"breakdown": "sex", "category": "men"}
    found = replace(country.published(), table=pd.DataFrame([men, PERSONS, FELL]), headlines=("adults",))
    assert of_headline(found) == (sentence(FELL), sentence(PERSONS))
