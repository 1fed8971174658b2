"""Compares models with R's svyglm, regTermTest and brglm2 (tests/golden/risk.R), with statsmodels, and with
exact results."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from risk_records import GOLDEN, MODEL, PROFILE, RECORDS, design_of, fitted, grouped, of_group

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.estimate.models.logistic_model import separated_rows


def square(triangle: list[list[float]]) -> np.ndarray:
    lower = np.array([line + [0.0] * (len(triangle) - len(line)) for line in triangle])
    return lower + np.tril(lower, -1).T


@pytest.mark.parametrize("key", of_group("logit"))
def test_logit_as_r_svyglm(key: str) -> None:
    r, model = RECORDS[key], fitted(key)
    there = ~model.table.index.isin(r.get("endless", []))
    table = model.table[there]
    for ours, theirs in (
        ("coefficient", "coefficients"),
        ("se", "se"),
        ("p_value", "p_value"),
        ("ci_low",) * 2,
        ("ci_high",) * 2,
    ):
        if theirs in r:
            assert_allclose(table[ours], np.array(r[theirs], float), rtol=MODEL, err_msg=ours)
    scale = np.outer(r["se"], r["se"])
    assert_allclose(
        model.covariance[np.ix_(there, there)] / scale, square(r["covariance"]) / scale, rtol=0, atol=MODEL
    )
    assert model.df == r.get("df", model.df)


@pytest.mark.parametrize("key", [k for k in of_group("logit") if RECORDS[k]["tests"]])
def test_wald_as_r_reg_term_test(key: str) -> None:
    for test in RECORDS[key]["tests"]:
        ours = fitted(key).wald(test["term"])
        assert (ours.ndf, ours.ddf) == (test["ndf"], test["ddf"])
        assert_allclose([ours.statistic, ours.p_value], [test["statistic"], test["p_value"]], rtol=MODEL)


@pytest.mark.parametrize("key", of_group("firth"))
def test_firth_as_brglm2(key: str) -> None:
    r, model = RECORDS[key], fitted(key)
    ends = model.table["reason"] != ""
    assert_allclose(model.params, r["coefficients"], rtol=MODEL)
    assert_allclose(model.bse[~ends], np.array(r["se"])[~ends], rtol=MODEL)
    assert bool(ends.any()) is ("profile" in r)
    if "profile" in r:
        row = model.table.iloc[r["profile"]["position"]]
        assert_allclose(
            [row["ci_low"], row["ci_high"]], [r["profile"]["ci_low"], r["profile"]["ci_high"]], rtol=PROFILE
        )


def test_firth_of_a_two_by_two_table_adds_half_a_person_to_each_cell() -> None:
    model = fl.logit(
        grouped({("a", 1): 3, ("a", 0): 40, ("b", 1): 7, ("b", 0): 21}), "case ~ group", penalty="firth"
    )
    first = np.log(3.5 / 40.5)
    assert_allclose(model.params, [first, np.log(7.5 / 21.5) - first], rtol=1e-9)


def test_firth_is_finite_where_a_category_has_no_case() -> None:
    design = grouped({("a", 1): 9, ("a", 0): 40, ("b", 0): 21, ("c", 1): 5, ("c", 0): 30})
    ml, firth = (fl.logit(design, "case ~ group", penalty=penalty) for penalty in ("none", "firth"))
    assert ml.table["reason"].tolist() == ["", "separation: no case in b", ""]
    assert ml.table.loc["group[T.b]", ["coefficient", "se", "ci_low", "ci_high", "p_value"]].isna().all()
    assert_allclose(ml.params["group[T.c]"], np.log(5 / 30 / (9 / 40)), rtol=1e-9)
    assert_allclose(firth.params["group[T.b]"], np.log(0.5 / 21.5 / (9.5 / 40.5)), rtol=1e-9)
    low, high = firth.conf_int().loc["group[T.b]"]
    assert low < firth.params["group[T.b]"] < high < 0.5
    assert np.isnan(firth.bse["group[T.b]"])
    assert np.isnan(firth.covariance[1]).all()
    assert any("group: no case in b" in note for note in ml.notes)
    with pytest.raises(RequestError, match="no Wald test"):
        ml.wald("group")


def replicated(halves: dict[tuple[str, int], list[float]]) -> fl.ReplicateDesign:
    """Ten persons of equal weight a (group, case), with the factors of two balanced half-samples."""
    rows = [
        (group, case, 2.0, *(2 * f for f in factors))
        for (group, case), factors in halves.items()
        for _ in range(10)
    ]
    frame = pd.DataFrame(rows, columns=["group", "case", "w", "r1", "r2"])
    return fl.ReplicateDesign(frame, weight="w", replicates=["r1", "r2"], method="brr")


def test_a_half_sample_without_cases_in_a_category_is_named_and_firth_is_finite() -> None:
    both = {("a", 1): [1.0, 1.0], ("a", 0): [1.0, 1.0], ("b", 0): [1.0, 1.0]}
    design = replicated({**both, ("b", 1): [2.0, 0.0]})
    with pytest.raises(RequestError) as error:
        fl.logit(design, "case ~ group")
    assert "under 1 of 2 replicate weights the model has no estimate" in str(error.value)
    assert "found:   group: b (no case is there, or only cases)" in str(error.value)
    assert 'penalty="firth" is finite' in str(error.value)
    firth = fl.logit(design, "case ~ group", penalty="firth")
    assert np.isfinite(firth.bse).all()
    assert np.isfinite(fl.logit(replicated({**both, ("b", 1): [1.95, 0.05]}), "case ~ group").bse).all()


def test_a_half_sample_without_a_category_is_named_with_either_penalty() -> None:
    design = replicated({("a", 1): [1, 1], ("a", 0): [1, 1], ("b", 1): [2, 0], ("b", 0): [2, 0]})
    for penalty in ("none", "firth"):
        with pytest.raises(RequestError, match=r"group: b \(nobody is there, or nobody else\)"):
            fl.logit(design, "case ~ group", penalty=penalty)  # type: ignore[arg-type]


def test_separation_spoils_only_what_it_touches() -> None:
    """No case in the reference category: every difference from it is endless, that of the other group is
    not."""
    frame = pd.DataFrame({"group": list("aabbcc") * 60, "sex": ["m", "f", "f"] * 120})
    frame["case"] = (
        (frame.index % np.where(frame["sex"] == "m", 7, 10) == 0) & (frame["group"] != "a")
    ).astype(int)
    design = fl.SurveyDesign(frame.assign(w=1.0), weight="w")
    table = fl.logit(design, "case ~ group + sex").table
    assert separated_rows(table).tolist() == [True, True, True, False]
    without = fl.logit(
        fl.SurveyDesign(frame[frame["group"] != "a"].assign(w=1.0), weight="w"), "case ~ group + sex"
    )
    assert_allclose(table.loc["sex[T.m]", "coefficient"], without.params["sex[T.m]"], rtol=1e-9)


def test_a_region_without_cases_beside_many_categories_leaves_the_others_their_estimates() -> None:
    """The columns that are left without the region depend on each other; the search for a maximum never ended
    there."""
    random = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "region": random.integers(0, 20, 1500).astype(str),
            "activity": random.integers(0, 10, 1500).astype(str),
        }
    )
    frame["age"] = random.integers(0, 5, 1500).astype(str)
    frame["w"] = random.uniform(1, 3, 1500)
    frame["case"] = ((random.random(1500) < 0.06) & (frame["region"] != "3")).astype(int)
    table = fl.logit(fl.SurveyDesign(frame, weight="w"), "case ~ region + activity + age").table
    assert separated_rows(table).sum() == table["coefficient"].isna().sum() >= 1
    assert table["coefficient"].abs().max() < 5


def test_only_cases_and_complete_separation_are_named() -> None:
    only = fl.logit(grouped({("a", 1): 9, ("a", 0): 40, ("b", 1): 4}), "case ~ group")
    assert only.table["reason"].tolist() == ["", "separation: only cases in b"]
    whole = fl.logit(grouped({("a", 0): 40, ("b", 1): 4}), "case ~ group")
    assert whole.params.isna().all()


def test_what_another_group_says_already_is_dropped_and_named() -> None:
    design = grouped({("a", 1): 5, ("a", 0): 40, ("b", 1): 4, ("b", 0): 30})
    frame = (
        design.frame.collect("pandas")
        .to_native()[["group", "case", "w", "psu"]]
        .assign(same=lambda f: f["group"])
    )
    table = fl.logit(fl.SurveyDesign(frame, weight="w", psu="psu"), "case ~ group + same").table
    assert table["reason"].tolist() == ["", "", "the groups before it already say the same persons"]
    assert table["coefficient"].isna().tolist() == [False, False, True]


def test_logit_as_statsmodels() -> None:
    """Same estimates as statsmodels' GLM with frequency weights, on the persons themselves."""
    import statsmodels.formula.api as smf
    from statsmodels.genmod.families import Binomial

    frame = pd.read_csv(GOLDEN / "data" / "clustered.csv")
    theirs = smf.glm("award ~ C(sex) + hours", frame, family=Binomial(), freq_weights=frame["weight"]).fit(
        tol=1e-14
    )
    ours = fl.logit(design_of(RECORDS["logit-clustered-fpc"]["design"]), "award ~ C(sex) + hours")
    assert_allclose(ours.params, theirs.params, rtol=1e-8)


def test_a_model_without_groups_is_the_headline(norvia: fl.Survey) -> None:
    """Unresolved persons stay in, as no cases: the intercept is the headline's logit, its error the
    headline's by the delta method."""
    model, row = fl.logit(norvia, "forced_labour ~ 1"), fl.prevalence(norvia).table.iloc[0]
    p = row["estimate"]
    assert_allclose(model.params, [np.log(p / (1 - p))], rtol=1e-10)
    assert_allclose(model.bse, [row["se"] / (p * (1 - p))], rtol=1e-10)
    assert (model.n, model.cases, model.unresolved, model.df) == (
        row["n"],
        row["cases"],
        row["unresolved"],
        row["df"],
    )
    assert any("unresolved" in note for note in model.notes)


def test_a_person_without_a_number_is_left_out_and_counted_and_one_without_a_group_is_not() -> None:
    frame = pd.DataFrame(
        {
            "case": [1, 0, 0, 1] * 10,
            "age": [20, 30, 40, None] * 10,
            "group": ["a", "b", None, "a"] * 10,
            "w": 1.0,
        }
    )
    design = fl.SurveyDesign(frame, weight="w")
    assert (fl.logit(design, "case ~ age").n, fl.logit(design, "case ~ age").missing) == (30, 10)
    grouped_model = fl.logit(design, "case ~ group", penalty="firth")
    assert (grouped_model.n, grouped_model.missing) == (40, 0)
    assert "group[T.not stated]" in grouped_model.params


def test_groups_that_read_as_a_profile_need_a_word(norvia: fl.Survey) -> None:
    with pytest.raises(RequestError, match="migrant"):
        fl.logit(norvia, "forced_labour ~ sex + migrant")
    model = fl.logit(norvia, "forced_labour ~ sex + migrant", sensitive=True)
    assert "By migrant: association, not a profile." in model.summary()
    assert model.summary().endswith("fl.risk_factors publishes a model.")


@pytest.mark.parametrize(
    ("formula", "problem"),
    [
        ("forced_labour", "cannot be read"),
        ("forced_labour ~ sex +", "cannot be used"),
        ("forced_labour ~ nosuch", "no such column"),
        ("forced_labour ~ sector", "only cases have one"),
        ('forced_labour ~ C(sex, Treatment("nobody"))', "cannot be used"),
    ],
)
def test_a_formula_that_cannot_be_answered_is_refused(norvia: fl.Survey, formula: str, problem: str) -> None:
    with pytest.raises(RequestError, match=problem):
        fl.logit(norvia, formula)


def test_nobody_a_case_is_no_model() -> None:
    with pytest.raises(RequestError, match="cases and others"):
        fl.logit(grouped({("a", 0): 9, ("b", 0): 4}), "case ~ group")


@pytest.mark.parametrize("verb", ["poststratify", "rake", "calibrate"])
def test_a_model_of_calibrated_weights_is_as_sure_as_its_rates(verb: str) -> None:
    """With one group the model is saturated: its covariance is that of the rates, which equal R's
    (test_calibrate)."""
    plain = fl.SurveyDesign(
        GOLDEN / "data" / "clustered.csv", weight="weight", strata="stratum", psu="psu", fpc="fpc"
    )
    margins: dict[Any, dict[str, float]] = {
        ("age_group",): {"15-24": 31000, "25-39": 42000, "40-54": 29000, "55+": 20000}
    }
    if verb != "poststratify":
        margins[("region",)] = {"1": 26000, "2": 25000, "3": 30000, "4": 24000, "5": 17000}
    design = getattr(fl, verb)(plain, margins)
    model, rates = fl.logit(design, "award ~ C(sex)"), fl.prevalence(design, "award", by="sex")
    p = rates.table["estimate"].to_numpy()
    jacobian = np.array([[1, 0], [-1, 1]]) / (p * (1 - p))
    np.testing.assert_allclose(model.covariance, jacobian @ rates.covariance @ jacobian.T, rtol=1e-8)
    assert model.table["se"].iloc[1] != pytest.approx(
        fl.logit(plain, "award ~ C(sex)").table["se"].iloc[1], rel=1e-4
    )


def test_a_penalty_and_a_level_that_do_not_exist_are_refused() -> None:
    design = grouped({("a", 1): 20, ("a", 0): 200, ("b", 1): 30, ("b", 0): 200})
    name = next(c for c in ("g", "group", "x") if c in design.frame.collect_schema().names())
    outcome = next(c for c in ("y", "case", "award") if c in design.frame.collect_schema().names())
    for wrong in ({"penalty": "lasso"}, {"level": 95}):
        with pytest.raises(RequestError):
            fl.logit(design, f"{outcome} ~ C({name})", **wrong)
