"""Compares a family of contrasts with R: svycontrast, the t-test, p.adjust(method = "holm")."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.estimate.measures.family_of_contrasts import as_one_family, holm, pairs_of_categories

GOLDEN = Path(__file__).parents[2] / "golden"
RECORDS = {r["id"]: r["numbers"] for r in json.loads((GOLDEN / "family.json").read_text("utf-8"))["records"]}


@pytest.mark.parametrize("name", [key for key in RECORDS if key.startswith("holm")])
def test_holms_p_values_are_those_of_r(name: str) -> None:
    np.testing.assert_allclose(holm(RECORDS[name]["p"]), RECORDS[name]["p_adjusted"], rtol=1e-14)


def test_every_two_regions_agree_with_r() -> None:
    design = fl.SurveyDesign(
        GOLDEN / "data" / "clustered.csv", weight="weight", strata="stratum", psu="psu", fpc="fpc"
    )
    est = fl.prevalence(design, "award", by=[[], ["region"], ["sex"], ["sex", "region"]])
    r = pd.DataFrame(RECORDS["family-regions"])
    got = as_one_family(pairs_of_categories(est, "region"), 0.95)
    assert (
        got[["category", "reference"]].to_numpy().tolist()
        == r[["category", "reference"]].astype(str).to_numpy().tolist()
    )
    assert got["df"].tolist() == r["df"].tolist()
    for name in ("estimate", "se", "p", "p_adjusted", "ci_low", "ci_high"):
        np.testing.assert_allclose(got[name], r[name], rtol=1e-10, err_msg=name)
    assert (got["p_adjusted"] > got["p"]).any()


def test_a_group_of_one_category_has_no_pair() -> None:
    design = fl.SurveyDesign(pd.DataFrame({"w": [1.0] * 6, "y": [0, 1] * 3, "g": ["a"] * 6}), weight="w")
    assert pairs_of_categories(fl.prevalence(design, "y", by="g"), "g").empty


@pytest.mark.filterwarnings("error")
def test_a_pair_without_a_case_counts_in_the_family_and_has_no_p_value() -> None:
    pairs = pd.DataFrame({"estimate": [0.02, 0.0], "se": [0.005, 0.0], "df": [30.0, 30.0]})
    family = as_one_family(pairs, 0.95)
    alone = as_one_family(pairs.head(1), 0.95)
    assert family["p_adjusted"].iloc[0] == 2 * alone["p"].iloc[0]
    assert family[["p", "p_adjusted"]].iloc[1].isna().all()
