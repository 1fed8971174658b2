"""Tests the covariate patterns of a model: the names in a formula, the sums of each pattern, and who is left
out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.estimate.models.covariate_patterns import (
    Patterns,
    TooManyPatterns,
    is_sensitive,
    read_patterns,
    refuse_sensitive,
)
from fltoolkit.estimate.models.model_formula import read_formula

# Two PSUs in each of two strata; of one person the age is not known, of another the sex.
PERSONS = pd.DataFrame(
    {
        "stratum": [1, 1, 1, 1, 2, 2, 2, 2],
        "psu": [1, 1, 2, 2, 3, 3, 4, 4],
        "w": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0],
        "case": [1, 0, 1, 0, 0, 0, 1, 0],
        "sex": ["m", "f", "f", "m", "m", None, "f", "m"],
        "age": [20, 20, 20, 30, 20, 20, 30, None],
        "code": [1, 2, 2, 10, 1, 1, 2, 10],
    }
)


def patterns(formula: str, frame: pd.DataFrame = PERSONS) -> Patterns:
    return read_patterns(
        fl.SurveyDesign(frame, weight="w", strata="stratum", psu="psu"), read_formula(formula), None
    )


def test_a_pattern_holds_its_persons_weights_and_cases() -> None:
    made = patterns("case ~ sex")
    assert made.frame["sex"].tolist() == ["f", "m", "not stated"]
    assert (made.y.tolist(), made.w.tolist()) == ([10.0, 1.0, 0.0], [12.0, 18.0, 6.0])
    assert (made.cases.tolist(), made.others.tolist()) == ([True, True, False], [True, True, True])
    assert made.x.tolist() == [[1, 0, 0], [1, 1, 0], [1, 0, 1]]
    assert (made.formula.outcome, made.formula.text, made.used.all()) == ("case", "case ~ sex", True)
    assert made.count(np.ones(len(made.code), dtype=bool)) == 8
    assert_allclose(made.by_pattern("n"), [3, 4, 1])


def test_whoever_lacks_a_number_is_outside_the_model() -> None:
    made = patterns("case ~ age")
    assert made.frame["age"].tolist() == [20.0, 30.0]
    assert (made.y.tolist(), made.w.tolist()) == ([4.0, 7.0], [17.0, 11.0])
    assert made.count(np.ones(len(made.code), dtype=bool)) == 7
    assert made.x.tolist() == [[1, 20], [1, 30]]
    as_category = patterns("case ~ C(age)")
    assert as_category.w.sum() == PERSONS["w"].sum()  # a category may be not stated


def test_numbers_as_categories_stand_in_their_order_and_under_their_own_names() -> None:
    made = patterns("case ~ C(code, Treatment(2))")
    assert made.info.column_names == [
        "Intercept",
        "C(code, Treatment(2))[T.1]",
        "C(code, Treatment(2))[T.10]",
    ]
    other = pd.DataFrame({"code": pd.Categorical([10, 2], categories=[1, 2, 10])})
    assert made.matrix(other).tolist() == [[1, 0, 1], [1, 0, 0]]


def test_scores_add_up_to_nothing_at_the_rates_and_each_psu_has_its_own() -> None:
    made = patterns("case ~ 1")
    p = 11 / 36  # weights 1, 3 and 7 of 36 are those of cases
    scores = made.scores(np.full(1, p))
    by_hand = [
        1 - 3 * p,
        3 - 7 * p,
        0 - 11 * p,
        7 - 15 * p,
    ]  # PSU by PSU: weights of cases less p times all weights
    assert_allclose(sorted(scores[:, 0]), sorted(by_hand))
    assert scores.sum() == pytest.approx(0)


def test_degrees_of_freedom_are_of_the_psus_and_strata_in_the_model() -> None:
    assert patterns("case ~ sex").degrees_of_freedom() == 2  # four PSUs less two strata
    gone = PERSONS.assign(age=[20, 20, 20, 30, 20, 20, None, None])
    assert patterns("case ~ age", gone).degrees_of_freedom() == 1


def test_what_tells_of_origin_needs_a_word() -> None:
    design = fl.SurveyDesign(PERSONS.assign(migrant="no", born_in="x", sex="m"), weight="w")
    assert [
        is_sensitive(design, name)
        for name in ("sex", "migrant", "born_in", "Ethnicity", "age", "RELIGION", "subtribe")
    ] == [False, True, True, True, False, True, True]
    with pytest.raises(RequestError, match="odds ratios by migrant, born_in are easily misread"):
        refuse_sensitive(design, ["sex", "migrant", "born_in"])
    refuse_sensitive(design, ["sex", "age"])


def test_a_group_with_a_standard_classification_is_judged_by_it_and_not_by_its_name(
    norvia_like: fl.Survey,
) -> None:
    assert [is_sensitive(norvia_like, name) for name in ("papers", "reborn", "sex", "home")] == [
        True,
        False,
        False,
        True,
    ]


@pytest.fixture
def norvia_like(small: object) -> fl.Survey:
    groups = {
        "papers": {
            "column": "SEX",
            "classification": "citizenship",
            "codes": {1: "citizen", 2: "non_citizen"},
        },
        "reborn": {"column": "SEX", "classification": "sex", "codes": {1: "m", 2: "f"}},
        "home": {"column": "SEX", "label": "where their parents were born", "codes": {1: "here", 2: "there"}},
    }
    return small([("case", {}), *[("not", {})] * 7], groups=groups)  # type: ignore[operator, no-any-return]


@pytest.mark.parametrize("terms", ["0", "-1", "sex - sex - 1"])
def test_a_formula_without_a_term_is_refused(terms: str) -> None:
    with pytest.raises(RequestError, match="no term is left") as refused:
        patterns(f"case ~ {terms}")
    assert f"case ~ {terms}" in str(refused.value)


def test_an_outcome_that_nobody_has_is_refused_by_its_name() -> None:
    """In a survey the months of a case are such an outcome, if there is no case."""
    with pytest.raises(RequestError, match=r"nobody has an answer(.|\n)*nothing"):
        patterns("nothing ~ sex", PERSONS.assign(nothing=np.nan))


@pytest.mark.parametrize(
    ("terms", "most"),
    [("a:b", 16_480), ("C(a) * C(b)", 16_932), ("C(code):C(b)", 20_600), ("x:C(b, Sum):a", 16_480)],
)
def test_too_many_coefficients_are_refused_before_they_are_made(
    terms: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their matrix had two gigabytes. An intercept is one more coefficient."""
    import patsy

    monkeypatch.setattr(patsy, "dmatrix", lambda *_, **__: pytest.fail("patsy was asked"))
    at = np.arange(412)
    frame = pd.DataFrame(
        {
            "a": [f"a{i % 40}" for i in at],
            "b": [f"b{i}" for i in at],
            "code": at % 50,
            "x": at % 3,
            "case": at % 2,
            "w": 1.0,
        }
    )
    with pytest.raises(TooManyPatterns, match=rf"up to {most + 1:,} coefficients(.|\n)*allowed: +up to 500"):
        read_patterns(fl.SurveyDesign(frame, weight="w"), read_formula(f"case ~ {terms}"), None)


def test_a_model_of_five_hundred_coefficients_is_made() -> None:
    frame = pd.DataFrame({"b": [f"b{i % 499}" for i in range(998)], "case": [0, 1] * 499, "w": 1.0})
    made = read_patterns(fl.SurveyDesign(frame, weight="w"), read_formula("case ~ b"), None)
    assert made.x.shape == (499, 499)


def test_too_many_patterns_are_refused_with_bands() -> None:
    frame = pd.DataFrame({"income": np.arange(20_001) / 4, "case": np.arange(20_001) % 2, "w": 1.0})
    with pytest.raises(RequestError, match="bands"):
        fl.logit(fl.SurveyDesign(frame, weight="w"), "case ~ income")
