"""Tests a plan's rows in words: what a target promises, why no survey could verify it, and whether a later
round is above or below it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from handed import EN, ES, FR

from fltoolkit.estimate.change_over_time.difference import DECREASED
from fltoolkit.nap.baseline import PREVALENCE
from fltoolkit.nap.later_survey import INSIDE, NOT_REACHED, REACHED, answer_on_change
from fltoolkit.nap.target_paths import Target, target_in_words
from fltoolkit.nap.targets import NO_FALL, TOO_WIDE, UNPLANNED
from fltoolkit.publish.measure_units import unit
from fltoolkit.show.wording.plan_words import (
    about,
    answers,
    category,
    later,
    planned_sizes,
    promise,
    rounding_note,
    short_aim,
    shown,
    sign,
    value,
    verifiable,
    warning,
)

ROW: dict[str, Any] = {
    "indicator": "Prevalence",
    "group": "total",
    "category": "total",
    "unit": unit("prevalence", "adults"),
    "measure": "prevalence",
    "marker": "",
    "baseline_year": 2025.0,
    "baseline_value": 17.25,
    "ci_low": 13.4,
    "ci_high": 21.7,
    "target_year": 2030.0,
    "target_value": 8.625,
    "stated_value": np.nan,
    "cut": 0.5,
    "target_words": "eradicated by 2030",
    "verifiable": "no",
    "obstacle": "sample too small",
    "reason": "too few persons",
    "power": 0.39,
    "smallest_cut": 0.762,
    "smallest_value": 4.1,
    "later_year": np.nan,
    "later_value": np.nan,
    "later_ci_low": 6.0,
    "later_ci_high": 10.0,
    "later_bound": np.nan,
    "later_marker": "",
    "smallest_obstacle": "",
    "reached": "",
    "changed": "",
    "year_before": 2025.0,
    "planned_sample": 4800.0,
}
LATER: dict[str, Any] = {
    "later_year": 2027.0,
    "later_value": 8.0,
    "reached": INSIDE,
    "changed": answer_on_change(DECREASED, "", "unreliable"),
}


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
    assert said(promise(EN, ROW)) == "a cut of 50% by 2030, to 8.6 per 1,000 adults"
    assert said(promise(EN, ROW, of_decrease=True)) == "50% by 2030 (to 8.6 per 1,000)"
    assert said(promise(FR, row(measure="total", unit="persons", target_value=1234.0))).startswith(
        "une baisse de 50 % d’ici à 2030, à 1 230 "
    )
    assert promise(EN, row(target_year=np.nan)) == ""
    assert promise(EN, row(cut=1.0, target_value=0.0)) == "eradicated by 2030"


@pytest.mark.parametrize("gone", ["target_value", "cut"])
def test_a_target_whose_baseline_is_hidden_says_no_number(gone: str) -> None:
    """A cut with what it comes to would tell the baseline."""
    assert promise(EN, row(**{gone: np.nan})) == "a target for 2030; its baseline is not shown"


def test_a_value_that_the_plan_states_is_told_also_where_the_baseline_is_hidden() -> None:
    """Before, one table had *10 by 2035* and the other *a target for 2035*."""
    words = target_in_words(Target(year=2030, value=10), "persons")
    hidden = row(baseline_value=np.nan, cut=np.nan, target_value=10.0, stated_value=10.0, target_words=words)
    assert promise(EN, hidden) == "10 persons by 2030"


def test_a_target_above_the_baseline_is_no_cut() -> None:
    """Before, it was `a cut of -12%`."""
    above = row(
        cut=-0.12,
        target_value=19.3,
        target_words=target_in_words(Target(year=2026, value=19.3), "per 1,000 adults"),
    )
    assert promise(EN, above) == "19.3 per 1,000 adults by 2026"


@pytest.mark.parametrize(
    ("stated", "measure", "said_in"),
    [
        (4321.0, "total", ("4,321", "4 321", "4\u202f321")),
        (1_333_333.0, "total", ("1,333,333", "1 333 333")),
        (1_000_000.0, "total", ("1,000,000", "1 000 000")),
        (8.65, "prevalence", ("8.65", "8,65")),
    ],
)
def test_a_value_that_the_plan_states_stays_as_it_is_written(
    stated: float, measure: str, said_in: tuple[str, ...]
) -> None:
    """Before, it was 4,320 or 1,330,000, and in words 1e+06."""
    words = target_in_words(Target(year=2030, value=stated), "persons")
    one = row(measure=measure, unit="persons", target_value=stated, stated_value=stated, target_words=words)
    for language, told in zip((EN, FR), said_in, strict=False):
        for text in (
            promise(language, one),
            promise(language, one | {"cut": -0.1}),
            short_aim(language, one),
        ):
            assert told in said(text)


def test_a_cut_of_a_baseline_of_nobody_is_told_as_the_plan_has_it() -> None:
    """Its baseline is shown: it is zero."""
    cut = target_in_words(Target(year=2030, cut=0.5), "per 1,000 adults")
    assert (
        promise(EN, row(baseline_value=0.0, target_value=0.0, cut=np.nan, target_words=cut))
        == "a cut of 50% by 2030"
    )


def test_the_rows_of_a_share_are_named_by_their_categories() -> None:
    """Before, the share of each sector was that of `everyone`."""
    sector = row(measure="share", category="Construction")
    assert (category(EN, sector), about(EN, sector)) == ("Construction", "Prevalence (Construction)")
    assert category(EN, ROW) == "everyone"


def test_whether_it_can_be_verified_is_told_with_what_stands_in_the_way() -> None:
    assert verifiable(EN, ROW) == "no: sample too small"
    assert verifiable(EN, row(verifiable="yes", obstacle="")) == "yes"
    assert verifiable(EN, row(verifiable="", obstacle="")) == "cannot be said"
    assert verifiable(FR, row(verifiable="yes", obstacle="")) == "oui"


def test_a_warning_says_the_reason_and_what_could_be_found() -> None:
    target = "Prevalence, a cut of 50% by 2030, to 8.6 per 1,000 adults"
    start = (
        "A survey of the planned size (4,800 adults) in 2030 could not verify this target: "
        f"{target}. Reason: too few persons."
    )
    assert said(" ".join(warning(EN, ROW))) == (
        f"{start} With a chance of 80%, such a survey would find a fall from 17.2 in 2025 to 4.1 per "
        "1,000 or lower."
    )
    assert said(" ".join(warning(EN, row(obstacle=TOO_WIDE)))) == start
    nothing = said(" ".join(warning(EN, row(smallest_cut=np.nan, smallest_obstacle=NO_FALL))))
    assert nothing == f"{start} A survey of the planned size would find no fall, however deep."
    assert said(" ".join(warning(EN, row(smallest_cut=np.nan, smallest_obstacle="too few cases")))) == start
    assert (
        said(" ".join(warning(EN, row(smallest_cut=np.nan, power=np.nan)))) == start
    )  # no repeat was reckoned with


def test_where_no_survey_is_planned_then_the_chance_of_one_is_told() -> None:
    assert said(" ".join(warning(EN, row(obstacle=UNPLANNED, power=0.9)))) == (
        "No survey is planned that could verify this target: Prevalence, a cut of 50% by 2030, to 8.6 "
        "per 1,000 adults. "
        "A repeat of the planned size (4,800 adults) in 2030 would find it with a chance of 90%."
    )


def test_the_planned_size_is_that_of_whole_populations_if_they_have_targets() -> None:
    women = row(group="sex", category="women", planned_sample=2400.0)
    assert planned_sizes(EN, pd.DataFrame([women, ROW, ROW])) == "4,800 adults"
    assert planned_sizes(EN, pd.DataFrame([women])) == "women: 2,400"
    assert (
        said(planned_sizes(FR, pd.DataFrame([row(measure="total", unit=unit("total", ""))])))
        == "4 800 personnes"
    )
    assert planned_sizes(EN, pd.DataFrame([row(planned_sample=np.nan)])) == ""


BOTH = (
    "Target (8.6 by 2030) reached: cannot be said (the target lies inside the interval). Test of the "
    "change since 2025: decreased, but how far is uncertain."
)


def test_two_questions_on_one_number_are_answered_in_one_order_and_in_the_same_words() -> None:
    assert said(answers(EN, row(**LATER))) == BOTH
    assert said(answers(FR, row(**LATER))) == (
        "Cible (8,6 en 2030) atteinte : on ne peut le dire (la cible est dans l’intervalle). Test de "
        "l’évolution depuis 2025 : baisse, mais son ampleur est "
        "incertaine."
    )
    assert said(answers(ES, row(**LATER))).startswith("Meta (8,6 en 2030) alcanzada: no se puede decir (")
    assert (
        answers(EN, row(**LATER) | {"reached": ""})
        == "Test of the change since 2025: decreased, but how far is uncertain."
    )
    assert answers(EN, ROW) == ""


def test_what_the_later_survey_found_ends_the_warning() -> None:
    found = f"In 2027 the survey found 8.0 (6.0 to 10.0). {BOTH}"
    assert said(later(EN, row(**LATER))) == found
    assert said(" ".join(warning(EN, row(**LATER)))).endswith(found)
    assert said(later(EN, row(**LATER, later_marker="u"))).startswith(
        "In 2027 the survey found 8.0 (6.0 to 10.0); unreliable. "
    )
    assert later(EN, ROW) == ""
    assert "In 2027" not in " ".join(warning(EN, ROW))


def test_a_number_with_wide_bounds_is_a_range_without_the_interval_of_its_low_end() -> None:
    assert said(later(EN, row(**LATER, later_bound=24.5))).startswith(
        "In 2027 the survey found 8.0 to 24.5. Target (8.6 by 2030) reached:"
    )
    assert said(shown(FR, row(baseline_bound=30.0), "baseline_value")) == "17,2 à 30,0"


def test_a_target_has_a_sign() -> None:
    assert [sign(row(reached=answer)) for answer in (REACHED, NOT_REACHED, INSIDE, "")] == [
        "✓",
        "✗",
        "?",
        "?",
    ]


def test_groups_are_said_to_be_rounded_only_where_everyone_stands_beside_them() -> None:
    whole, men = {"group": "total", "filled_by": "survey"}, {"group": "sex", "filled_by": "survey"}
    theirs = {"group": "total", "filled_by": "partners"}
    assert rounding_note(EN, [whole, men]) == [EN.say("tables.rounded_groups")]
    assert rounding_note(EN, [whole, theirs]) == rounding_note(EN, [men, theirs]) == []
