"""Tests that the cases of a model follow from printed rates: hidden categories are one, and all sums fit
together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import small_country as country
from shared_surveys import classified

from fltoolkit.estimate.models.covariate_patterns import Patterns, read_patterns
from fltoolkit.estimate.models.model_formula import read_formula
from fltoolkit.publish.models.printed_cases import maximum_likelihood, with_printed_cases

REGIONS = {"north": 20 / 90, "south": 12 / 80, "plain": 0.0}
SEXES = {"men": 0.1, "women": 0.1}


@pytest.fixture(scope="module")
def patterns(tmp_path_factory: pytest.TempPathFactory) -> Patterns:
    persons = classified(country.write(tmp_path_factory.mktemp("country")))
    return read_patterns(persons, read_formula("forced_labour ~ C(sex) + C(region)"), None)


def cases_of(p: Patterns, group: str) -> dict[str, float]:
    found = np.bincount(p.frame[group].cat.codes, weights=p.y)
    return dict(zip(map(str, p.frame[group].cat.categories), found.tolist(), strict=True))


def test_shown_categories_have_their_printed_cases_and_hidden_ones_the_rest(patterns: Patterns) -> None:
    """Of 4,120 persons a tenth are cases: 412. North has 200, south 120, plain none. Rates of both sexes are
    a tenth, too."""
    made = with_printed_cases(patterns, 0.1, {"sex": SEXES, "region": REGIONS})
    assert cases_of(made, "region") == pytest.approx({"north": 200, "south": 120, "east": 92, "plain": 0})
    assert sum(cases_of(made, "sex").values()) == pytest.approx(412)
    assert made.x.shape[1] == len(made.info.column_names) == 5
    assert not made.cases[(made.frame["region"] == "plain").to_numpy()].any()


def test_no_case_of_a_person_is_left(patterns: Patterns) -> None:
    """The same rates give the same cases, whoever the cases are."""
    rates = {"sex": SEXES, "region": REGIONS}
    other = replace(patterns, y=patterns.w - patterns.y, cases=patterns.others, others=patterns.cases)
    one, two = (with_printed_cases(p, 0.1, rates) for p in (patterns, other))
    np.testing.assert_array_equal(one.y, two.y)
    np.testing.assert_array_equal(one.cases, two.cases)


@pytest.mark.parametrize("whole", [0.07, 320 / 4120])
def test_if_rounding_leaves_hidden_categories_nothing_the_shown_cases_are_scaled(
    patterns: Patterns, whole: float
) -> None:
    made = with_printed_cases(patterns, whole, {"region": REGIONS})
    found = cases_of(made, "region")
    assert found["east"] == pytest.approx(0)
    assert found["north"] / found["south"] == pytest.approx(200 / 120)
    assert sum(found.values()) == pytest.approx(whole * 4120)


def test_a_group_without_a_hidden_category_adds_up_to_everybody(patterns: Patterns) -> None:
    """Rates of 9% and 12% give 432 cases, the rate of everybody 412."""
    made = with_printed_cases(patterns, 0.1, {"sex": {"men": 0.09, "women": 0.12}, "region": REGIONS})
    found = cases_of(made, "sex")
    assert sum(found.values()) == pytest.approx(412)
    assert found["women"] / found["men"] == pytest.approx(12 / 9, rel=0.02)


def test_maximum_likelihood_gives_the_printed_cases_back(patterns: Patterns) -> None:
    made = with_printed_cases(patterns, 0.1, {"sex": SEXES, "region": REGIONS})
    beta = maximum_likelihood(made)
    none = np.array(["plain" in name for name in made.info.column_names])
    assert np.isnan(beta[none]).all()
    some = made.y > 0
    mu = 1 / (1 + np.exp(-made.x[some][:, ~none] @ beta[~none]))
    np.testing.assert_allclose(
        (made.w[some] * mu) @ made.x[some][:, ~none], made.y @ made.x[:, ~none], rtol=1e-8
    )


def test_without_a_finite_estimate_maximum_likelihood_has_none(patterns: Patterns) -> None:
    women = (patterns.frame["sex"] == "women").to_numpy()
    assert np.isnan(maximum_likelihood(replace(patterns, y=patterns.w * women))).all()


def test_one_name_is_left_of_merged_categories(patterns: Patterns) -> None:
    merged = patterns.merged({"region": ["east", "west", "island"]})
    assert list(merged.frame["region"].cat.categories) == ["north", "south", "east", "plain", "not stated"]
    assert (merged.frame["region"] == "east").sum() == patterns.frame["region"].isin(
        ["east", "west", "island"]
    ).sum()
    column = merged.x[:, merged.info.column_names.index("C(region)[T.east]")]
    np.testing.assert_array_equal(column == 1, merged.frame["region"] == "east")
