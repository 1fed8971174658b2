"""Models against R's svyglm, regTermTest, brglm2 and svychisq (tests/golden/risk.R), statsmodels, and what is known exactly."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.estimate import logistic
from fltoolkit.estimate.risk import Logit

GOLDEN = Path(__file__).parents[1] / "golden"
RECORDS = {r["id"]: r for r in json.loads((GOLDEN / "risk.json").read_text())["records"]}
MODEL, CHISQ, PROFILE = 1e-7, 1e-8, 1e-8  # the largest relative gap; PROFILE: of a root that R finds numerically


def of_group(*groups: str) -> list[str]:
    return [key for key, r in RECORDS.items() if r["group"] in groups]


def design_of(spec: dict[str, Any]) -> fl.SurveyDesign | fl.ReplicateDesign:
    return _design(json.dumps(spec))


@functools.cache
def _design(spec: str) -> fl.SurveyDesign | fl.ReplicateDesign:
    arguments = json.loads(spec)
    data = GOLDEN / "data" / arguments.pop("data")
    return fl.ReplicateDesign(data, **arguments) if "replicates" in arguments else fl.SurveyDesign(data, **arguments)


@functools.cache
def fitted(key: str) -> Logit:
    r = RECORDS[key]
    return fl.logit(design_of(r["design"]), r["formula"], penalty="firth" if r["group"] == "firth" else "none")


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
    assert_allclose(model.covariance[np.ix_(there, there)] / scale, square(r["covariance"]) / scale, rtol=0, atol=MODEL)
    assert model.df == r.get("df", model.df)


@pytest.mark.parametrize("key", [k for k in of_group("logit") if RECORDS[k]["tests"]])
def test_wald_as_r_reg_term_test(key: str) -> None:
    for test in RECORDS[key]["tests"]:
        ours = fitted(key).wald(test["term"])
        assert (ours.ndf, ours.ddf) == (test["ndf"], test["ddf"])
        assert_allclose([ours.statistic, ours.p_value], [test["statistic"], test["p_value"]], rtol=MODEL)


@pytest.mark.parametrize("key", [k for k in of_group("logit") if RECORDS[k]["effects"]])
def test_average_marginal_effects_as_computed_in_r(key: str) -> None:
    margins = fitted(key).margins().set_index(["covariate", "category"])
    for effect in RECORDS[key]["effects"]:
        row = margins.loc[(effect["covariate"], effect["category"])]
        assert_allclose([row["effect"], row["se"]], [effect["effect"], effect["se"]], rtol=MODEL)


@pytest.mark.parametrize("key", of_group("firth"))
def test_firth_as_brglm2(key: str) -> None:
    r, model = RECORDS[key], fitted(key)
    ends = model.table["reason"] != ""
    assert_allclose(model.params, r["coefficients"], rtol=MODEL)
    assert_allclose(model.bse[~ends], np.array(r["se"])[~ends], rtol=MODEL)
    assert bool(ends.any()) is ("profile" in r)
    if "profile" in r:
        row = model.table.iloc[r["profile"]["position"]]
        assert_allclose([row["ci_low"], row["ci_high"]], [r["profile"]["ci_low"], r["profile"]["ci_high"]], rtol=PROFILE)


@pytest.mark.parametrize("key", of_group("rao_scott"))
def test_rao_scott_as_r_svychisq(key: str) -> None:
    r = RECORDS[key]
    found = fl.rao_scott(design_of(r["design"]), *r["of"])
    for ours, theirs in ((found.F, r["F"]), (found.chisq, r["chisq"])):
        for name, number in theirs.items():
            assert_allclose(getattr(ours, name), number, rtol=CHISQ, err_msg=name)
    assert found.table.to_numpy().sum() == pytest.approx(1)
