"""R's numbers of models and tests of association (tests/golden/risk.R), their designs, and persons that are
given as counts."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pandas as pd

import fltoolkit as fl
from fltoolkit.estimate.models.logistic_model import Logit

GOLDEN = Path(__file__).parent / "golden"
RECORDS = {r["id"]: r for r in json.loads((GOLDEN / "risk.json").read_text())["records"]}
MODEL, CHISQ, PROFILE = (
    1e-7,
    1e-8,
    1e-8,
)  # the largest relative gap; PROFILE: of a root that R finds numerically


def of_group(*groups: str) -> list[str]:
    return [key for key, r in RECORDS.items() if r["group"] in groups]


def design_of(spec: dict[str, Any]) -> fl.SurveyDesign | fl.ReplicateDesign:
    return _design(json.dumps(spec))


@functools.cache
def _design(spec: str) -> fl.SurveyDesign | fl.ReplicateDesign:
    arguments = json.loads(spec)
    data = GOLDEN / "data" / arguments.pop("data")
    return (
        fl.ReplicateDesign(data, **arguments)
        if "replicates" in arguments
        else fl.SurveyDesign(data, **arguments)
    )


@functools.cache
def fitted(key: str) -> Logit:
    r = RECORDS[key]
    return fl.logit(
        design_of(r["design"]), r["formula"], penalty="firth" if r["group"] == "firth" else "none"
    )


def grouped(counts: dict[tuple[str, int], int], **more: Any) -> fl.SurveyDesign:
    """Returns persons of equal weight from counts: (group, case) -> number of persons. Each person is a
    sampling unit."""
    rows = [(group, case) for (group, case), n in counts.items() for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["group", "case"]).assign(w=2.0, psu=range(len(rows)), **more)
    return fl.SurveyDesign(frame, weight="w", psu="psu")
