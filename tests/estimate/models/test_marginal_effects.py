"""Tests average marginal effects against R, and in models that are so small that four counts give the
result."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from risk_records import MODEL, RECORDS, fitted, grouped, of_group
from scipy.stats import t

import fltoolkit as fl
from fltoolkit.estimate.models.covariate_patterns import read_patterns
from fltoolkit.estimate.models.marginal_effects import coefficient_names, reference_of
from fltoolkit.estimate.models.model_formula import read_formula

COUNTS = {("a", 1): 3, ("a", 0): 40, ("b", 1): 7, ("b", 0): 21}
P_A, P_B = 3 / 43, 7 / 28


@pytest.mark.parametrize("key", [k for k in of_group("logit") if RECORDS[k]["effects"]])
def test_average_marginal_effects_as_computed_in_r(key: str) -> None:
    margins = fitted(key).margins().set_index(["covariate", "category"])
    for effect in RECORDS[key]["effects"]:
        row = margins.loc[(effect["covariate"], effect["category"])]
        assert_allclose([row["effect"], row["se"]], [effect["effect"], effect["se"]], rtol=MODEL)


def test_the_effect_of_one_category_is_the_difference_of_two_rates() -> None:
    """One group makes a saturated model; of persons drawn directly the variance is n/(n − 1)·(p_a·q_a/n_a +
    p_b·q_b/n_b)."""
    (row,) = fl.logit(grouped(COUNTS), "case ~ group").margins().to_dict("records")
    se = np.sqrt(71 / 70 * (P_A * (1 - P_A) / 43 + P_B * (1 - P_B) / 28))
    assert (row["covariate"], row["category"], row["reference"]) == ("group", "b", "a")
    assert_allclose([row["effect"], row["se"]], [P_B - P_A, se], rtol=1e-8)
    half = t.ppf(0.975, 71 - 2) * se
    assert_allclose([row["ci_low"], row["ci_high"]], [P_B - P_A - half, P_B - P_A + half], rtol=1e-8)


def test_the_effect_of_a_number_is_the_mean_slope() -> None:
    """β·mean(μ(1 − μ)), β the log odds ratio of the two values that it takes."""
    x = [0] * 43 + [1] * 28
    (row,) = fl.logit(grouped(COUNTS, x=x), "case ~ x").margins().to_dict("records")
    beta = np.log(P_B / (1 - P_B)) - np.log(P_A / (1 - P_A))
    assert (row["category"], row["reference"]) == ("", "")
    assert row["effect"] == pytest.approx(beta * (43 * P_A * (1 - P_A) + 28 * P_B * (1 - P_B)) / 71, rel=1e-6)


def test_a_category_without_a_case_has_no_effect_and_with_firths_penalty_no_standard_error() -> None:
    """Firth's penalty adds half a person to each cell: 0.5 of 22 in b, 9.5 of 50 in a."""
    design = grouped({("a", 1): 9, ("a", 0): 40, ("b", 0): 21, ("c", 1): 5, ("c", 0): 30})
    plain, firth = (
        fl.logit(design, "case ~ group", penalty=penalty).margins().set_index("category")
        for penalty in ("none", "firth")
    )
    assert plain.loc["b", ["effect", "se", "ci_low"]].isna().all()
    assert plain.loc["c", "effect"] == pytest.approx(5 / 35 - 9 / 49)
    assert np.isfinite(plain.loc["c", "se"])
    assert firth.loc["b", "effect"] == pytest.approx(0.5 / 22 - 9.5 / 50)
    assert np.isnan(firth.loc["b", "se"])


def test_coefficients_are_named_by_term_and_category_with_the_persons_of_a_single_one() -> None:
    design = grouped(COUNTS, hours=[8, 9] * 35 + [8])
    names = coefficient_names(read_patterns(design, read_formula("case ~ group * hours"), None))
    told = {name: (row["term"], row["category"]) for name, row in names.to_dict("index").items()}
    assert told == {
        "Intercept": ("Intercept", ""),
        "group[T.b]": ("group", "b"),
        "hours": ("hours", ""),
        "group[T.b]:hours": ("group:hours", "b"),
    }
    assert names.loc["group[T.b]", ["n", "cases"]].tolist() == [28, 7]
    assert names.drop(index="group[T.b]")[["n", "cases"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("formula", "reference"),
    [("case ~ group", "a"), ('case ~ C(group, Treatment("b"))', "b"), ("case ~ C(group, Sum)", "a")],
)
def test_the_reference_is_the_category_that_the_formula_codes_as_nothing(
    formula: str, reference: str
) -> None:
    """Sum coding has none, and the first is taken."""
    p = read_patterns(grouped(COUNTS), read_formula(formula), None)
    assert reference_of(p, "group") == reference
    assert isinstance(p.frame["group"].dtype, pd.CategoricalDtype)
