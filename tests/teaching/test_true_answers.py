"""Tests the right answers of the lessons against formulas, and against the kit, which calculates them in
another way."""

from __future__ import annotations

from math import sqrt

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit import teaching
from fltoolkit.estimate.measures.intervals import clopper_pearson
from fltoolkit.teaching import true_answers
from fltoolkit.teaching.true_answers import truth


def test_the_plans_numbers_are_those_of_the_kit() -> None:
    assert truth("smallest_fall") == pytest.approx(
        100 * fl.detectable_change(0.02, 4800, deff=1.5).relative, rel=1e-5
    )
    assert truth("needed") == pytest.approx(fl.sample_size(0.02, cut=0.25, deff=1.5), abs=1)


def test_the_zero_is_clopper_and_pearsons() -> None:
    assert truth("zero_of_300") == pytest.approx(1000 * clopper_pearson(0, 300, 0.95)[1], rel=1e-9)


def test_the_chance_of_a_repeat_is_what_many_repeats_find() -> None:
    rounds = (teaching.island(), teaching.island().after_a_fall(0.25))
    drawn = [teaching.redraw(p, 4000, persons=4800, clusters=True, seed=i + 20) for i, p in enumerate(rounds)]
    found = 100 * (~teaching.fall(*drawn).hold("wald", 0.0)).mean()
    assert found == pytest.approx(truth("chance_of_a_repeat"), abs=2.5)


def test_standard_errors_are_those_of_the_textbook() -> None:
    assert true_answers.simple_standard_error(400, 0.2) == pytest.approx(0.02)  # √(0.16/400)
    # Two villages of 20, all asked: none within. Rates 0.1 and 0.3 around 0.2: √(0.01·20/80).
    areas = pd.DataFrame({"adults": [20, 20], "cases": [2, 6]})
    assert true_answers.clustered_standard_error(80, areas) == pytest.approx(0.05)
    # Of 40, half are asked: within, (1 − 1/2)·40/39·0.16/20 in the one kind of village there is;
    # √(that·20/80).
    alike = pd.DataFrame({"adults": [40, 40], "cases": [8, 8]})
    assert true_answers.clustered_standard_error(80, alike) == pytest.approx(
        sqrt(0.5 * 40 / 39 * 0.16 / 20 / 4)
    )


def test_persons_needed_and_the_smallest_fall_are_each_others_inverse() -> None:
    """(p1 − p2)² = deff·z²·(p1q1 + p2q2)/n, at the plan's 2 per cent and 4,800 persons."""
    fall = true_answers.smallest_fall()
    p2 = 0.02 * (1 - fall)
    assert 0 < fall < 1
    assert (0.02 - p2) ** 2 == pytest.approx(
        1.5 * (1.959964 + 0.841621) ** 2 * (0.02 * 0.98 + p2 * (1 - p2)) / 4800
    )
    assert true_answers.needed_sample_size() == pytest.approx(
        1.5 * 2.801585**2 * (0.0196 + 0.015 * 0.985) / 0.005**2
    )
    assert true_answers.needed_sample_size() / true_answers.needed_sample_size(deff=1.0) == pytest.approx(1.5)


def test_of_two_persons_an_interval_of_wald_holds_a_half_where_they_differ() -> None:
    """k = 0 and 2 give points; k = 1 gives 0.5 ± 1.96·√0.25, with chance 2·0.5·0.5."""
    assert true_answers.wald_coverage(2, 0.5) == pytest.approx(0.5)
    assert true_answers.wald_coverage(2, 0.2) == pytest.approx(2 * 0.2 * 0.8)


def test_a_number_stands_for_itself_and_a_name_for_what_it_names() -> None:
    assert truth("12.5") == 12.5
    assert truth("margin_of_difference") == pytest.approx(10.4175, abs=1e-3)  # 1.96·√28.25
    assert truth("margins_added") == pytest.approx(14.6997, abs=1e-3)  # 1.96·7.5
    share = (
        truth("expected_cases") / 1200
    )  # positives that are true, by Bayes: sensitivity 0.8, specificity 0.99
    assert truth("true_positives") == pytest.approx(80 * share / (0.8 * share + 0.01 * (1 - share)))
    assert truth("deff") == pytest.approx(truth("deft") ** 2)


def test_the_rates_of_the_strata_make_the_islands_rate() -> None:
    adults = teaching.island().areas.groupby("stratum")["adults"].sum()
    rates = true_answers.rates()
    assert sum(rates[s] * n for s, n in adults.items()) / adults.sum() == pytest.approx(
        teaching.island().truth
    )
    assert truth("unweighted") == pytest.approx(1000 * (rates["coast"] + rates["inland"]) / 2)
