"""Tests the second round of Norvia: a true decrease, an independent sample, and the two shipped Stata
files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
import shipped

import fltoolkit as fl
from fltoolkit.synthetic import (
    Population,
    draw_sample,
    make_second_round,
    redraw,
    reported_status,
    write_second_round,
)

pytestmark = (
    pytest.mark.no_cover
)  # the lines it runs are covered by others, and tracing them takes half as long again

SAMPLES = Path(__file__).parents[2] / "data_samples"
FIRST, SECOND = SAMPLES / "norvia_lfs_2025", SAMPLES / "norvia_lfs_2027"
FILES = ("persons.dta", "module.dta")
DRAW = 11  # the shipped one


@pytest.fixture(scope="module")
def population() -> Population:
    return make_second_round()


@pytest.fixture(scope="module")
def status(population: Population) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """By the survey.yaml of the first round: the questionnaire is the same."""
    return reported_status(population, FIRST / "survey.yaml")


@pytest.fixture(scope="module")
def headline() -> pd.Series:
    return fl.prevalence(shipped.persons(SECOND.name)).table.iloc[0]


@pytest.mark.thorough("draws the shipped sample anew")
def test_the_shipped_files_are_what_the_kit_draws_and_are_small(tmp_path: Path) -> None:
    write_second_round(tmp_path)
    for name in FILES:
        (ours, about), (theirs, told) = (
            pyreadstat.read_dta(str(p / name), user_missing=True) for p in (tmp_path, SECOND)
        )
        pd.testing.assert_frame_equal(ours, theirs)
        for fact in ("column_names_to_labels", "variable_value_labels", "missing_user_values", "file_label"):
            assert getattr(about, fact) == getattr(told, fact), fact
    assert sum((SECOND / name).stat().st_size for name in FILES) <= 2_000_000


def test_dont_know_and_refused_are_tagged_and_a_skip_is_a_plain_blank() -> None:
    table, about = pyreadstat.read_dta(str(SECOND / "module.dta"), user_missing=True)
    assert about.missing_user_values["FI1"] == ["a", "b"]
    assert about.variable_value_labels["FI1"] == {1: "yes", 2: "no", "a": "don't know", "b": "refused"}
    assert about.column_names_to_labels["FI1"] == "born into or handed over into this work"
    plain, _ = pyreadstat.read_dta(str(SECOND / "persons.dta"))
    worked = table.merge(plain[["HH", "LINE", "WORKED"]], on=["HH", "LINE"])
    assert (worked["FI1"].isna() == (worked["WORKED"] == 2)).all()


def test_no_true_status_leaves_with_the_sample() -> None:
    for name in FILES:
        _, about = pyreadstat.read_dta(str(SECOND / name), metadataonly=True)
        assert not {"truth", "true_age", "household", "area"} & set(about.column_names)


def test_the_rounds_share_no_window_and_no_area() -> None:
    first, second = fl.read_survey(FIRST), fl.read_survey(SECOND)
    assert first.spec.reference_period.end < second.spec.reference_period.start
    areas = [set(s.frame.select("src__EA").collect("pandas").to_native()["src__EA"]) for s in (first, second)]
    assert not areas[0] & areas[1]
    assert len(areas[1]) > 300


def test_both_rounds_ask_and_count_the_same() -> None:
    """Only then is a change a change: questions, codes that mean yes or no, items, populations, groups."""
    first, second = fl.read_survey(FIRST).spec, fl.read_survey(SECOND).spec
    for part in ("items", "any_work", "episodes", "exceptions", "populations", "sectors", "tables"):
        assert getattr(first, part) == getattr(second, part), part
    assert first.reference_period.months == second.reference_period.months
    assert (first.answers.yes, first.answers.no) == (second.answers.yes, second.answers.no)


@pytest.mark.thorough("counts a whole invented population")
def test_a_sampled_person_has_the_status_that_a_full_count_would_find(
    population: Population, status: np.ndarray, headline: pd.Series
) -> None:
    again = fl.prevalence(redraw(population, status, DRAW), "case").table.iloc[0]
    for column in ("estimate", "se", "ci_low", "ci_high", "n", "cases", "df", "population"):
        assert again[column] == pytest.approx(headline[column], rel=1e-12), column
    truth = (status == 1).sum() / population.adults.sum()
    assert headline["ci_low"] < truth < headline["ci_high"]


def test_weights_gross_up_to_the_population(population: Population) -> None:
    sample = draw_sample(population, DRAW)
    for column, truth in (("W_FL", population.adults.sum()), ("W_LFS", len(population.persons))):
        assert sample[column].sum() == pytest.approx(truth, rel=0.03)


def test_the_readme_states_both_truths(population: Population, status: np.ndarray) -> None:
    text, adults = (SECOND / "README.md").read_text("utf-8"), population.adults.sum()
    for cases in (population.truth.sum(), int((status == 1).sum())):
        assert f"{cases:,}" in text
        assert f"**{1000 * cases / adults:.2f}**" in text
    assert f"{len(population.persons):,} persons, {adults:,} of them aged 18 and over" in text


def test_the_fall_between_the_shipped_rounds_is_found(headline: pd.Series) -> None:
    """As nearly every pair of such samples would find it: benchmarks/power_norvia.py."""
    before = fl.prevalence(shipped.persons(FIRST.name)).table.iloc[0]
    z = (before["estimate"] - headline["estimate"]) / np.hypot(before["se"], headline["se"])
    assert z > 1.96
