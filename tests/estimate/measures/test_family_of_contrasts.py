"""Compares a family of contrasts with R: svycontrast, svyttest, p.adjust(method = "holm")."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.estimate.measures.family_of_contrasts import (
    ALL_OTHERS,
    against_all_others,
    holm,
    p_values,
    simultaneous_limits,
)

GOLDEN = Path(__file__).parents[2] / "golden"
RECORDS = {r["id"]: r["numbers"] for r in json.loads((GOLDEN / "family.json").read_text("utf-8"))["records"]}


@pytest.mark.parametrize("name", [key for key in RECORDS if key.startswith("holm")])
def test_holms_p_values_are_those_of_r(name: str) -> None:
    np.testing.assert_allclose(holm(RECORDS[name]["p"]), RECORDS[name]["p_adjusted"], rtol=1e-14)


def test_each_category_against_all_others_agrees_with_r() -> None:
    """Regions are each against all others; of the two sexes, one is against the other."""
    design = fl.SurveyDesign(
        GOLDEN / "data" / "clustered.csv", weight="weight", strata="stratum", psu="psu", fpc="fpc"
    )
    r = pd.DataFrame(RECORDS["family-others"])
    found = against_all_others(design, "award", ["region", "sex"]).differences
    p, limits = p_values(found), simultaneous_limits(found, 0.95, len(found))
    assert found[["group", "category"]].to_numpy().tolist() == r[["group", "category"]].to_numpy().tolist()
    assert [reference == ALL_OTHERS for reference in found["reference"]] == [True] * (len(r) - 1) + [False]
    assert found["df"].tolist() == r["df"].tolist()
    got = found.assign(p=p, p_adjusted=holm(p), ci_low=limits[0], ci_high=limits[1])
    for name in ("estimate", "se", "p", "p_adjusted", "ci_low", "ci_high"):
        np.testing.assert_allclose(got[name], r[name], rtol=1e-10, err_msg=name)
    assert (got["p_adjusted"] > got["p"]).any()


def test_a_group_of_one_category_has_no_comparison() -> None:
    design = fl.SurveyDesign(pd.DataFrame({"w": [1.0] * 6, "y": [0, 1] * 3, "g": ["a"] * 6}), weight="w")
    assert against_all_others(design, "y", ["g"]).differences.empty


@pytest.mark.filterwarnings("error")
def test_a_comparison_without_a_case_counts_in_the_family_and_has_no_p_value() -> None:
    rows = pd.DataFrame({"estimate": [0.02, 0.0], "se": [0.005, 0.0], "df": [30.0, 30.0]})
    adjusted = holm(p_values(rows))
    assert adjusted[0] == 2 * p_values(rows.head(1))[0]
    assert np.isnan(adjusted[1])
