"""Compares calibration with R's postStratify, rake and calibrate (tests/golden/calibration.R), and tests what
is refused."""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import DesignError
from fltoolkit.estimate.variance import Units
from fltoolkit.survey.design.calibrated_weights import G

pytestmark = (
    pytest.mark.no_cover
)  # the lines it runs are covered by others, and tracing them takes half as long again

GOLDEN = Path(__file__).parents[2] / "golden"
RECORDS = json.loads((GOLDEN / "calibration.json").read_text("utf-8"))["records"]
CALLS: dict[str, list[dict[str, Any]]] = {}
for _record in RECORDS:
    CALLS.setdefault(
        json.dumps([_record["group"], _record["design"], _record["method"], _record["benchmarks"]]), []
    ).append(_record)
GATE = 1e-10
VERBS = {"poststratify": fl.poststratify, "rake": fl.rake, "greg": fl.calibrate}


def gap(ours: float, theirs: float, scale: float = 0.0) -> float:
    """Relative gap; of a number that is 0 or a covariance, relative to `scale`."""
    return 0.0 if ours == theirs else abs(ours - theirs) / max(abs(theirs), scale)


@functools.cache
def base(group: str, spec: str) -> fl.SurveyDesign | fl.ReplicateDesign:
    given = json.loads(spec)
    frame = pd.read_csv(GOLDEN / "data" / given.pop("data"))
    if group != "calibration-jackknife":
        return fl.SurveyDesign(frame, **given)
    psus = frame[["stratum", "psu"]].drop_duplicates()
    count = psus["stratum"].value_counts()
    for r, (stratum, psu) in enumerate(psus.itertuples(index=False, name=None)):
        n = count[stratum]
        weight = frame["weight"].where(frame["stratum"] != stratum, frame["weight"] * n / (n - 1))
        frame[f"rw{r}"] = weight.where(frame["psu"] != psu, 0.0)
    rscales = [(count[s] - 1) / count[s] for s in psus["stratum"]]
    return fl.ReplicateDesign(
        frame, weight="weight", replicates=[f"rw{r}" for r in range(len(psus))], method="jkn", rscales=rscales
    )


@functools.cache
def calibrated(call: str) -> fl.SurveyDesign | fl.ReplicateDesign:
    group, spec, method, benchmarks = json.loads(call)
    return VERBS[method](base(group, json.dumps(spec)), pd.DataFrame(benchmarks))


@functools.cache
def gaps(call: str) -> list[tuple[str, str, float]]:
    """Every number of R's beside ours: group of numbers, what, relative gap."""
    return [found for record in CALLS[call] for found in _of_record(record, calibrated(call))]


def _of_record(
    record: dict[str, Any], design: fl.SurveyDesign | fl.ReplicateDesign
) -> Iterator[tuple[str, str, float]]:
    by = record["by"]
    est = getattr(fl, record["verb"])(design, *record["y"], by=by if len(by) > 1 else by[0])
    keys = list(record["numbers"][0]["key"])
    position = {k: i for i, k in enumerate(est.table[keys].astype(str).itertuples(index=False, name=None))}
    at = [position[tuple(n["key"].values())] for n in record["numbers"]]
    kind = record["method"] + (", jackknife" if record["group"] == "calibration-jackknife" else "")
    for i, numbers in zip(at, record["numbers"], strict=True):
        for column in set(numbers) - {"key"}:
            yield (
                kind,
                f"{record['id']} {numbers['key']} {column}",
                gap(float(est.table[column][i]), float(numbers[column])),
            )
    if "covariance" in record:
        ours = est.covariance
        for i, line in enumerate(record["covariance"]):
            for j, number in enumerate(line):
                scale = math.sqrt(record["covariance"][i][i] * record["covariance"][j][j])
                yield (
                    kind,
                    f"{record['id']} covariance {i}, {j}",
                    gap(float(ours[at[i], at[j]]), float(number), scale),
                )
    assert design.calibration is not None
    if "se_weighted" in record:
        assert isinstance(est.units, Units)
        ours = np.sqrt(
            est.units.variances(est.influence[: len(est.units) + len(design.calibration.patterns)])
        )
        for i, number in zip(at, record["se_weighted"], strict=True):
            yield "rake, weighted residuals", f"{record['id']} {i}", gap(float(ours[i]), float(number))
    patterns = design.calibration.patterns.astype(dict.fromkeys(design.calibration.keys, str))
    g = {
        k: v
        for *k, v in patterns[[*design.calibration.keys, G]].itertuples(index=False, name=None)
        for k in [tuple(k)]
    }
    for line in record["g"]:
        yield f"g ({record['method']})", str(line["key"]), gap(g[tuple(line["key"].values())], line["g"])


# Of each method one call by one margin or two, and one by crossed margins; the others have other designs.
FIRST = re.compile(r"(clustered-fpc|two-stage-(rake|greg)-age|jackknife-rake)")
CALL_IDS = {call: records[0]["id"].split("-mean")[0] for call, records in CALLS.items()}


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(
            call,
            id=name,
            marks=[] if FIRST.match(name) else pytest.mark.thorough("R's numbers of further designs"),
        )
        for call, name in CALL_IDS.items()
    ],
)
def test_agrees_with_r(call: str) -> None:
    wrong = [(what, found) for _, what, found in gaps(call) if not found <= GATE]
    assert not wrong, "\n".join(
        [f"{len(wrong)} of {len(gaps(call))}", *(f"{w}: {f:.1e}" for w, f in wrong[:15])]
    )


def agreement() -> pd.DataFrame:
    """Per group of numbers: how many were compared, the worst relative gap."""
    table = pd.DataFrame(
        [(kind, found) for call in CALLS for kind, _, found in gaps(call)], columns=["group", "gap"]
    )
    return table.groupby("group")["gap"].agg(compared="size", worst_gap="max")


if __name__ == "__main__":
    print(agreement().to_string())


def test_known_numbers_in_thousands_stop_and_shares_leave_weights_normalised() -> None:
    """Before, margins in thousands published a total of a few persons."""
    table = pd.DataFrame({"w": [9.0] * 40, "psu": range(40), "y": [1] + [0] * 39, "sex": ["m", "f"] * 20})
    design = fl.SurveyDesign(table, weight="w", psu="psu")
    with pytest.raises(DesignError, match="add up to fewer persons than the sample has"):
        fl.rake(design, {("sex",): {"m": 0.18, "f": 0.19}})
    assert fl.total(fl.rake(design, {("sex",): {"m": 180, "f": 190}}), "y").table["estimate"].iloc[0] == 9.0
    normalised = fl.SurveyDesign(table, weight="w", psu="psu", weights="normalised")
    shares = fl.rake(normalised, {("sex",): {"m": 0.49, "f": 0.51}})
    with pytest.raises(DesignError, match="the weights are normalised"):
        fl.total(shares, "y")
