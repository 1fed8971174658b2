"""Tests the invented country: its truth, the samples drawn from it, and whether intervals contain the result
of a full count."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shipped
from scipy.stats import binom

import fltoolkit as fl
from fltoolkit import synthetic
from fltoolkit.synthetic import (
    Population,
    SampleSize,
    draw_sample,
    make_population,
    redraw,
    reported_status,
    write_sample,
)

pytestmark = (
    pytest.mark.no_cover
)  # the lines it runs are covered by others, and tracing them takes half as long again

NORVIA = Path(__file__).parents[2] / "data_samples" / "norvia_lfs_2025"
SIZE = SampleSize(areas=60, households=10)


@pytest.fixture(scope="module")
def population() -> Population:
    return make_population()


@pytest.fixture(scope="module")
def small() -> Population:
    return make_population(seed=1, areas=150, households=60)


# ------------------------------------------------------------------------------------------------------- the


def test_the_truth_is_known_and_rare(population: Population) -> None:
    assert population.true_prevalence == population.truth[population.adults].sum() / population.adults.sum()
    assert 0.015 < population.true_prevalence < 0.025
    assert len(population.truth) == len(population.persons) > 400_000


def test_only_adults_who_worked_are_in_forced_labour(population: Population) -> None:
    cases = population.persons[population.truth]
    assert (cases["WORKED"] == synthetic.YES).all()
    assert (cases["true_age"] >= 18).all()


def test_risk_differs_as_it_was_meant_to(population: Population) -> None:
    people = population.persons[population.adults].assign(truth=population.truth[population.adults])
    rate = people[people["WORKED"] == synthetic.YES].groupby("BORN")["truth"].mean()
    assert rate[2] > 1.7 * rate[1]
    by_area = people.groupby("area")["truth"].mean()
    assert by_area.var() > 1.3 * (
        by_area.mean() * (1 - by_area.mean()) / people.groupby("area").size().mean()
    )  # it clusters


def test_the_same_seed_makes_the_same_country_and_another_another(small: Population) -> None:
    again, other = (
        make_population(seed=1, areas=150, households=60),
        make_population(seed=2, areas=150, households=60),
    )
    pd.testing.assert_frame_equal(small.persons, again.persons)
    assert (small.truth == again.truth).all()
    assert len(other.persons) != len(small.persons)


def test_a_smaller_scale_is_a_fall_in_the_truth(small: Population) -> None:
    less = make_population(seed=1, areas=150, households=60, scale=0.5)
    assert less.true_prevalence == pytest.approx(small.true_prevalence / 2, rel=0.2)
    assert (less.truth <= small.truth).all()


def test_children_have_no_answers(population: Population) -> None:
    children = population.persons[~population.adults]
    assert children[["WORKED", "FI1", "FC1", "FLEAVE", "STATUS"]].isna().all(axis=None)


def test_questions_are_blank_just_where_routing_skips_them(population: Population) -> None:
    adults = population.persons[population.adults]
    for question, gate in (
        ("FI1", "WORKED"),
        ("FLEAVE", "WORKED"),
        ("FC1", "FILTER"),
        ("FSAME", "FILTER2"),
        ("FPLACE", "FILTER3"),
    ):
        assert (adults[question].notna() == (adults[gate] == synthetic.YES).fillna(False)).all(), question


# ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawn_with(population: Population) -> Callable[[int], pd.DataFrame]:
    """The sample of a seed, drawn once."""
    return cache(lambda seed: draw_sample(population, seed))


@pytest.mark.parametrize("seed", range(15))
def test_every_stratum_has_two_psus_or_more(drawn_with: Callable[[int], pd.DataFrame], seed: int) -> None:
    drawn = drawn_with(seed)
    assert drawn.groupby("STRATUM")["EA"].nunique().min() >= 2
    assert drawn["STRATUM"].nunique() == 10
    assert drawn.groupby("EA")["STRATUM"].nunique().max() == 1


def test_weights_gross_up_to_the_population_within_sampling_error(
    population: Population, drawn_with: Callable[[int], pd.DataFrame]
) -> None:
    adults, persons = population.adults.sum(), len(population.persons)
    draws = [drawn_with(seed) for seed in range(20)]
    for column, truth in (("W_FL", adults), ("W_LFS", persons)):
        totals = np.array([d[column].sum() for d in draws])
        assert abs(totals.mean() - truth) < 3 * totals.std(ddof=1) / np.sqrt(20) + 0.003 * truth, column
        assert totals.std(ddof=1) < 0.03 * truth


def test_larger_areas_are_likelier_and_their_households_no_heavier(
    population: Population, drawn_with: Callable[[int], pd.DataFrame]
) -> None:
    """PPS, then a fixed number of households: within a stratum the weights are nearly equal."""
    drawn = drawn_with(1).drop_duplicates("HH")
    size = population.persons.drop_duplicates("household").groupby("area").size()
    assert size[drawn["EA"].unique() - 1000].mean() > 1.1 * size.mean()
    assert (drawn.groupby("STRATUM")["W_LFS"].std() / drawn.groupby("STRATUM")["W_LFS"].mean()).max() < 0.25


# ---------------------------------------------------------------------------------------------------- what is


@pytest.mark.thorough("draws the shipped sample anew")
def test_the_shipped_file_is_what_the_kit_draws_and_is_small(tmp_path: Path, population: Population) -> None:
    facts = write_sample(tmp_path)
    shipped = NORVIA / "persons.csv"
    assert (tmp_path / "persons.csv").read_bytes() == shipped.read_bytes()
    assert shipped.stat().st_size <= 2_000_000
    assert facts == {"true": population.true_prevalence, "adults": population.adults.sum()}


# ------------------------------------------------------------------------------------------------ intervals h


@pytest.fixture(scope="module")
def status(population: Population) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return reported_status(population, NORVIA / "survey.yaml")


@pytest.mark.thorough("counts a whole invented population")
def test_a_sampled_person_has_the_status_that_a_full_count_would_find(
    population: Population, status: np.ndarray
) -> None:
    persons = shipped.persons(shipped.NORVIA)
    headline = fl.prevalence(persons).table.iloc[0]
    again = fl.prevalence(redraw(population, status, 7), "case").table.iloc[0]  # 7 is the shipped draw
    for column in ("estimate", "se", "ci_low", "ci_high", "n", "cases", "df", "population"):
        assert again[column] == pytest.approx(headline[column], rel=1e-12), column
    assert np.isnan(status[~population.adults]).all()


def test_what_is_reported_is_less_than_what_is_true(population: Population, status: np.ndarray) -> None:
    reported = (status == 1)[population.adults]
    truth = population.truth[population.adults]
    assert 0.8 < reported.sum() / truth.sum() < 1
    assert 0.7 < reported[truth].mean() < 0.95  # recall fails
    assert 0 < reported[~truth].mean() < 0.005  # few claim what did not happen


def test_the_readme_of_the_survey_states_both_truths(population: Population, status: np.ndarray) -> None:
    text, adults = (NORVIA / "README.md").read_text("utf-8"), population.adults.sum()
    for cases in (population.truth[population.adults].sum(), int((status == 1).sum())):
        assert f"{cases:,}" in text
        assert f"**{1000 * cases / adults:.2f}**" in text
    assert f"{len(population.persons):,} persons, {adults:,} of them aged 18 and over" in text


@pytest.mark.thorough("draws many samples")
def test_intervals_hold_the_reported_prevalence_as_often_as_they_say() -> None:
    """Sixty samples of a smaller country; benchmarks/coverage_norvia.py draws five hundred of Norvia."""
    country, size, redraws = make_population(seed=3, areas=400, households=60), SampleSize(areas=110), 60
    status = reported_status(country, NORVIA / "survey.yaml")
    truth = (status == 1).sum() / country.adults.sum()
    drawn = [redraw(country, status, seed, size) for seed in range(redraws)]
    rows = [fl.prevalence(design, "case").table.iloc[0] for design in drawn]
    estimate, se, low, high = (
        np.array([r[c] for r in rows]) for c in ("estimate", "se", "ci_low", "ci_high")
    )
    held = ((low <= truth) & (truth <= high)).sum()
    fewest, most = binom.interval(0.998, redraws, 0.95)
    assert fewest <= held <= most
    assert max((high < truth).sum(), (low > truth).sum()) <= binom.ppf(0.999, redraws, 0.025)
    assert estimate.mean() == pytest.approx(truth, abs=4 * estimate.std() / np.sqrt(redraws))
    assert 0.75 < se.mean() / estimate.std(ddof=1) < 1.33
    narrow = [fl.prevalence(design, "case", level=0.5).table.iloc[0] for design in drawn[:20]]
    assert sum(r["ci_low"] <= truth <= r["ci_high"] for r in narrow) < 18  # so the test can fail
