"""Compares means and medians of amounts among the cases of the shipped survey with R (tests/golden/amounts.R),
by the way of survey.yaml, before anything is rounded or hidden."""

from __future__ import annotations

import json
import shutil
from math import isfinite
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from small_surveys import NORVIA

import fltoolkit as fl
from fltoolkit.publish.published_set import restricted

RECORDS = json.loads((Path(__file__).parent / "golden" / "amounts.json").read_text("utf-8"))["records"]
AMOUNTS = {
    "fee": {"column": "FEE", "missing": 99998, "unit": "crowns of 2025"},
    "debt": {"column": "DEBT", "missing": 99998, "unit": "crowns of 2025"},
    "spell": {"column": "FMONTHS", "missing": [98, 99], "unit": "months"},
}


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    folder = tmp_path_factory.mktemp("amounts")
    shutil.copy(NORVIA / "persons.csv", folder)
    before, rest = (NORVIA / "survey.yaml").read_text("utf-8").split("tables:\n")
    after = rest[rest.index("coverage_excludes:") :]
    tables = [
        {"measure": measure, "of": name, "by": [["sex"], ["region"]]}
        for name in AMOUNTS
        for measure in ("mean", "median")
    ]
    lead = [{"measure": "prevalence", "by": ["sex"]}]
    own = yaml.safe_dump({"amounts": AMOUNTS, "tables": lead + tables})
    (folder / "survey.yaml").write_text(f"{before}{own}{after}", "utf-8")
    return restricted(fl.classify(fl.read_survey(folder / "survey.yaml")))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["id"])
def test_amounts_agree_with_r(record: dict[str, Any], table: pd.DataFrame) -> None:
    own = table[(table["measure"] == record["measure"]) & (table["outcome"] == record["amount"])]
    breakdown = "" if record["group"] == "total" else record["group"]
    rows = own[own["breakdown"] == breakdown].set_index("category")
    assert set(rows.index) == {row["category"] for row in record["numbers"]}
    for expected in record["numbers"]:
        row = rows.loc[expected["category"]]
        for column, theirs in expected.items():
            if column == "category":
                continue
            if isinstance(theirs, str) or not isfinite(theirs):
                assert pd.isna(row[column]), column
            else:
                assert row[column] == pytest.approx(theirs, rel=1e-9, abs=1e-9), column
