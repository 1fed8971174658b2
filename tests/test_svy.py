"""Compares our numbers with a second program: `svy` (PyPI, 0.35.0), written in Rust and Python without R's
code, on the data of the R scripts.

Not compared: its Wilson interval (two adjustments for degrees of freedom; see `intervals.proportion`), its
intervals of totals of cases (Wald; ours are on the log scale), its models and tables of two-stage designs
(they leave the second stage out).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fltoolkit as fl

pytestmark = (
    pytest.mark.no_cover
)  # the lines it runs are covered by others, and tracing them takes half as long again

svy = pytest.importorskip("svy", reason="svy, the second oracle, is in the extra dev")
polars = pytest.importorskip("polars")

DATA = Path(__file__).parent / "golden" / "data"
Pair = tuple[Any, fl.SurveyDesign | fl.ReplicateDesign]


def sample(file: str, **design: Any) -> Any:
    return svy.Sample(
        polars.read_csv(DATA / file, infer_schema_length=None), svy.Design(wgt="weight", **design)
    )


def ours(file: str, **design: Any) -> fl.SurveyDesign:
    return fl.SurveyDesign(DATA / file, weight="weight", strata="stratum", **design)


def replicated(weights: Any, **design: Any) -> Pair:
    return sample("replicates.csv", rep_wgts=weights), fl.ReplicateDesign(
        DATA / "replicates.csv", weight="weight", **design
    )


SAMPLES: dict[str, Callable[[], Pair]] = {
    "one stage": lambda: (
        sample("clustered.csv", stratum="stratum", psu="psu"),
        ours("clustered.csv", psu="psu"),
    ),
    "one stage, FPC": lambda: (
        sample("clustered.csv", stratum="stratum", psu="psu", pop_size="fpc"),
        ours("clustered.csv", psu="psu", fpc="fpc"),
    ),
    "two stages, FPC": lambda: (
        sample("stages.csv", stratum="stratum", psu="psu", ssu="home", pop_size=svy.PopSize("fpc", "fpc2")),
        ours("stages.csv", psu=["psu", "home"], fpc=["fpc", "fpc2"]),
    ),
    "persons, FPC": lambda: (
        sample("srs.csv", stratum="stratum", pop_size="fpc"),
        ours("srs.csv", fpc="fpc"),
    ),
    "brr": lambda: replicated(svy.BrrWgts(prefix="brr", n_reps=12), replicates="brr*", method="brr"),
    "fay": lambda: replicated(
        svy.BrrWgts(prefix="fay", n_reps=12, fay_coef=0.3), replicates="fay*", method="fay", rho=0.3
    ),
    "jkn": lambda: replicated(
        svy.JackknifeWgts(prefix="jkn", n_reps=16, kind="jkn", rep_coefs=(0.5,) * 16),
        replicates="jkn*",
        method="jkn",
        rscales=0.5,
    ),
    "bootstrap": lambda: replicated(  # svy divides by R, R's survey and we by R - 1
        svy.BootstrapWgts(prefix="boot", n_reps=25), replicates="boot*", method="bootstrap", scale=1 / 25
    ),
    "successive differences": lambda: replicated(
        svy.SdrWgts(prefix="sdr", n_reps=12), replicates="sdr*", method="successive_difference"
    ),
}


@pytest.fixture(scope="module", params=SAMPLES)
def pair(request: pytest.FixtureRequest) -> Pair:
    return SAMPLES[request.param]()


@pytest.mark.thorough("a second oracle beside R")
@pytest.mark.parametrize(
    ("verb", "columns"), [("mean", ["income"]), ("total", ["award"]), ("ratio", ["income", "hours"])]
)
def test_svy_finds_the_same_estimates_errors_and_covariance(
    pair: Pair, verb: str, columns: list[str]
) -> None:
    theirs, design = pair
    weights = theirs.design.rep_wgts
    more = {} if weights is None else {"method": "replication", "fay_coef": getattr(weights, "fay_coef", 0.0)}
    found = getattr(theirs.estimation, verb)(*columns, by="sex", **more)
    table, est = found.to_polars().to_pandas(), getattr(fl, verb)(design, *columns, by="sex")
    assert list(table["sex"].astype(str)) == list(est.table["sex"])
    np.testing.assert_allclose(est.table["estimate"], table["est"], rtol=1e-10)
    np.testing.assert_allclose(est.table["se"], table["se"], rtol=1e-10)
    np.testing.assert_allclose(
        est.covariance, np.asarray(found.covariance), rtol=1e-8, atol=1e-10 * est.covariance.max()
    )
    assert list(est.table["n"]) == list(table["n"])


@pytest.mark.thorough("a second oracle beside R")
@pytest.mark.parametrize("name", ["one stage", "one stage, FPC", "two stages, FPC", "persons, FPC"])
@pytest.mark.parametrize("method", ["logit", "beta", "korn_graubard"])
def test_svy_finds_the_same_intervals(name: str, method: str) -> None:
    theirs, design = SAMPLES[name]()
    table = (
        theirs.estimation.prop("award", by="sex", ci_method=method.replace("_", "-"), deff="wor")
        .to_polars()
        .to_pandas()
    )
    table = table[table["award"].astype(str) == "1"]
    est = fl.prevalence(design, "award", by="sex", interval=method)
    for column, theirs_ in (("ci_low", "lci"), ("ci_high", "uci")):
        np.testing.assert_allclose(est.table[column], table[theirs_], rtol=1e-8)
    np.testing.assert_allclose(est.table["deff"], table["deff"], rtol=1e-10)
    assert list(est.table["df"]) == list(table["df"])
