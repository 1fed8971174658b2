"""Tests designs with replicate weights: which are refused, and their estimates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import DesignError, RequestError


def frame(pairs: int = 3) -> pd.DataFrame:
    """Two PSUs of four persons in each of `pairs` strata; `rw1`, ... drop one PSU each and double its
    partner."""
    psu = np.repeat(np.arange(2 * pairs), 4)
    data = pd.DataFrame({"psu": psu, "stratum": psu // 2, "w": 10.0, "y": np.arange(len(psu)) % 5})
    for r in range(2 * pairs):
        partner = r + 1 if r % 2 == 0 else r - 1
        data[f"rw{r + 1}"] = np.where(psu == r, 0.0, np.where(psu == partner, 20.0, 10.0))
    return data


def design(**more: Any) -> fl.ReplicateDesign:
    arguments = {"weight": "w", "replicates": "rw*", "method": "jkn", "strata": "stratum"} | more
    return fl.ReplicateDesign(arguments.pop("data", frame()), **arguments)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            {"strata": None},
            ["rscales", "a stratified jackknife needs its coefficients", "or strata to derive"],
        ),
        ({"method": "jackknife"}, ["ReplicateDesign: method", "jackknife", "jkn"]),
        ({"method": "fay", "strata": None}, ["rho is for the method fay only"]),
        ({"method": "brr", "strata": None, "rho": 0.3}, ["rho is for the method fay only"]),
        ({"method": "brr", "strata": None, "scale": 0.1}, ["brr has coefficients of its own"]),
        ({"method": "other", "strata": None, "scale": 0.1}, ["method other needs scale and rscales"]),
        ({"method": "jk1"}, ["only the method jkn"]),
        ({"strata": None, "rscales": [0.5] * 5}, ["6 replicates have 5 coefficients"]),
        ({"strata": None, "rscales": -0.5}, ["coefficients are not numbers above zero"]),
        ({"strata": None, "rscales": 0.5, "scale": 0}, ["coefficients are not numbers above zero"]),
        ({"df": -3}, ["df: degrees of freedom must be a whole number above 0"]),
        ({"replicates": "none*"}, ["fewer than two columns of replicate weights", "none*"]),
    ],
)
def test_wrong_coefficients_are_refused(arguments: dict[str, Any], says: list[str]) -> None:
    with pytest.raises((DesignError, RequestError)) as error:
        design(**arguments)
    for words in says:
        assert words in str(error.value)


def test_a_column_named_twice_is_refused() -> None:
    with pytest.raises(DesignError, match=r"named twice[\s\S]*found: +rw2"):
        design(replicates=["rw1", "rw2", "rw3", "rw2"], method="jk1", strata=None)


def test_a_column_that_is_not_there() -> None:
    with pytest.raises(RequestError, match="no such column"):
        design(weight="weight")


def test_factors_of_the_weight_are_multiplied() -> None:
    data = frame()
    factors = data.assign(**{c: data[c] / data["w"] for c in data if c.startswith("rw")})
    one, two = fl.mean(design(), "y"), fl.mean(design(data=factors, combined=False, strata="stratum"), "y")
    assert one.table["se"][0] > 0
    assert two.table["se"][0] == pytest.approx(one.table["se"][0])


def test_a_missing_replicate_weight_stops_the_estimate_and_names_it() -> None:
    data = frame()
    data.loc[3, "rw4"] = None
    with pytest.raises(DesignError) as error:
        fl.mean(design(data=data, method="jk1", strata=None), "y")
    assert "1 replicate weight(s) are missing, infinite or no numbers" in str(error.value)
    assert "found:   rw4" in str(error.value)


def test_zero_cases_have_an_interval_and_unknown_psus() -> None:
    row = fl.prevalence(design(data=frame().assign(y=0)), "y").table.iloc[0]
    assert row["se"] == 0
    assert 0 < row["ci_high"] < 1
    assert pd.isna(row["psus_with_cases"])


def test_estimates_of_replicates_can_be_published() -> None:
    data = pd.concat([frame(6)] * 20, ignore_index=True)
    out = fl.publish(fl.prevalence(design(data=data.assign(y=(data["y"] == 1).astype(int))), "y"))
    assert out.table["estimate"].notna().all()


@pytest.mark.thorough("large matrices")
@pytest.mark.parametrize("k", [2, 17, 60])
def test_df_of_a_domain_is_the_rank_of_its_own_rows_in_any_order(k: int) -> None:
    """JK1 with 60 PSUs: persons of k different PSUs have k independent rows of replicate weights, so k - 1
    (R's degf)."""
    psu = np.repeat(np.arange(60), 5)
    data = pd.DataFrame({"w": 1.0, "y": np.arange(300) % 3, "d": (np.arange(300) % 5 == 0) & (psu < k)})
    weights = {f"rw{r}": np.where(psu == r, 0.0, 60 / 59) for r in range(60)}
    data = pd.concat([data, pd.DataFrame(weights)], axis=1)
    for order in (data, data.sample(frac=1, random_state=4)):
        design = fl.ReplicateDesign(order, weight="w", replicates="rw*", method="jk1")
        table = fl.mean(design, "y", by=[[], ["d"]]).table.set_index("d")
        assert table.loc["true", "df"] == k - 1
        assert table.loc["total", "df"] == 59


def test_df_of_many_rows_is_the_same_from_random_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    from fltoolkit.survey.design import replicate_weights

    monkeypatch.setattr(replicate_weights, "LARGEST_BY_ROW", 100)
    data = pd.concat([frame(6)] * 40, ignore_index=True)
    assert fl.mean(design(data=data), "y").table["df"].tolist() == [
        6
    ]  # rows span one vector and one for each of six pairs
