"""A plan's rows in words: what a target promises, why no survey could verify it, and where a later round lies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from handed import EN, FR

from fltoolkit.nap.baseline import PREVALENCE
from fltoolkit.nap.targets import UNPLANNED
from fltoolkit.publish.measure_units import unit
from fltoolkit.show.wording.plan_words import about, later, promise, value, verifiable, warning

ROW: dict[str, Any] = {
    "indicator": "Prevalence", "group": "total", "category": "total", "unit": unit("prevalence", "adults"), "measure": "prevalence", "marker": "",
    "baseline_year": 2025.0, "baseline_value": 17.25, "ci_low": 13.4, "ci_high": 21.7, "target_year": 2030.0, "target_value": 8.625,
    "cut": 0.5, "target_words": "eradicated by 2030", "verifiable": "no", "obstacle": "sample too small", "reason": "too few persons",
    "power": 0.39, "smallest_cut": 0.762, "beside": "", "later_year": 2027.0, "later_value": 8.0, "later_ci_low": 6.0, "later_ci_high": 10.0,
}  # fmt: skip
BELOW = "at or below the target, its interval reaches above"


def said(text: str) -> str:
    """With plain blanks."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def row(**facts: Any) -> dict[str, Any]:
    return ROW | facts


def test_a_row_is_named_by_its_indicator_and_its_category() -> None:
    assert about(EN, ROW) == about(EN, row(group="", category="")) == "Prevalence"
    assert about(EN, row(group="age_group", category="18-29")) == "Prevalence (age group: 18-29)"
    base = row(indicator=PREVALENCE["indicator"], unit=unit("prevalence", "adults"))
    assert about(EN, base) == "Prevalence of forced labour, adults"


@pytest.mark.parametrize(
    ("number", "measure", "told"),
    [(17.25, "prevalence", "17.2"), (1234.0, "total", "1,230"), (50.0, "share", "50"), (np.nan, "total", "")],
)
def test_a_number_stands_in_its_unit_already(number: float, measure: str, told: str) -> None:
    assert value(EN, number, row(measure=measure)) == told


def test_a_target_is_a_cut_with_what_it_comes_to() -> None:
    assert said(promise(EN, ROW)) == "a cut of 50 % by 2030, to 8.6 per 1,000 adults"
    assert said(promise(FR, row(measure="total", unit="persons", target_value=1234.0))).startswith(
        "une baisse de 50 % d’ici à 2030, à 1 230 "
    )
    assert promise(EN, row(target_year=np.nan)) == ""
    assert promise(EN, row(cut=1.0, target_value=0.0)) == "eradicated by 2030"


@pytest.mark.parametrize("gone", ["target_value", "cut"])
def test_a_target_whose_baseline_is_hidden_says_no_number(gone: str) -> None:
    """A cut with what it comes to would tell the baseline."""
    assert promise(EN, row(**{gone: np.nan})) == "a target for 2030; its baseline is not shown"


def test_whether_it_can_be_verified_is_told_with_what_stands_in_the_way() -> None:
    assert verifiable(EN, ROW) == "no: sample too small"
    assert verifiable(EN, row(verifiable="yes", obstacle="")) == "yes"
    assert verifiable(EN, row(verifiable="", obstacle="")) == "cannot be said"
    assert verifiable(FR, row(verifiable="yes", obstacle="")) == "oui"


def test_a_warning_says_the_reason_and_what_could_be_found() -> None:
    start = "The planned survey could not verify this target. Prevalence: a cut of 50 % by 2030, to 8.6 per 1,000 adults. Reason: too few persons."
    assert said(warning(EN, ROW)) == (
        f"{start} The smallest cut that the planned repeat would find with a chance of 80 % is 76 %."
    )
    assert said(warning(EN, row(smallest_cut=np.nan))) == f"{start} The planned repeat would find no fall, however deep."
    assert said(warning(EN, row(smallest_cut=np.nan, power=np.nan))) == start  # no repeat was reckoned with


def test_where_no_survey_is_planned_then_the_chance_of_one_is_told() -> None:
    assert said(warning(EN, row(obstacle=UNPLANNED, power=0.9))) == (
        "No survey is planned that could verify this target. Prevalence: a cut of 50 % by 2030, to 8.6 per 1,000 adults. "
        "A repeat of the planned size in 2030 would find it with a chance of 90 %."
    )


def test_a_later_round_that_lies_below_the_target_is_told_in_the_warning() -> None:
    place = "In 2027 the survey found 8.0 (6.0 to 10.0): at or below the target, its interval reaches above."
    assert said(later(EN, row(beside=BELOW))) == place
    assert said(warning(EN, row(beside=BELOW))).endswith(place)
    assert "In 2027" not in warning(EN, row(beside="above the target"))
    assert said(warning(EN, row(beside="at or below the target with its interval", obstacle=UNPLANNED))).endswith(
        "at or below the target with its interval."
    )
