"""Tests SDMX: every name in the structure refers to something in it, and the table has the header of SDMX-CSV
2.0."""

from __future__ import annotations

from typing import Any

import pandas as pd

from fltoolkit.report.exchange.coded_rows import Coded
from fltoolkit.report.exchange.sdmx import sdmx_table, structure

# The key as docs/exchange.md has it; then the attributes: statuses, doubt, counts and words.
KEY = [
    "FREQ",
    "REF_AREA",
    "MEASURE",
    "POPULATION",
    "RULE_SET",
    "BREAKDOWN",
    "SEX",
    "AGE",
    "ECO",
    "CATEGORY",
    "TIME_PERIOD",
]
STATUSES = ["OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE", "UNIT_MULT", "RELIABILITY"]
DOUBT = ["LOWER_LIMIT", "UPPER_LIMIT", "STD_ERROR", "CV", "DEFF", "DF", "CONF_LEVEL", "ROUNDING"]
COUNTS = ["N_PERSONS", "DECIMALS"]
WORDS = ["N_CASES", "REASON", "REF_PERIOD", "SOURCE", "TO_VERIFY"]


def found() -> Coded:
    """One row; every coded column has the one code that is used."""
    row: dict[str, Any] = {
        name: f"{name}!" for name in (*WORDS, "OBS_VALUE", *KEY, *COUNTS, *STATUSES, *DOUBT)
    }
    return Coded(
        pd.DataFrame([row | {"parts": []}]),
        {name: {f"{name}!": "in words"} for name in (*KEY[:-1], *STATUSES)},
    )


def components() -> dict[str, Any]:
    (data,) = structure(found())["data"]["dataStructures"]
    told: dict[str, Any] = data["dataStructureComponents"]
    return told


def kinds() -> dict[str, str]:
    """The type of each component that has no code list."""
    told = components()
    every = (
        *told["dimensionList"]["dimensions"],
        told["dimensionList"]["timeDimension"],
        *told["measureList"]["measures"],
        *told["attributeList"]["attributes"],
    )
    looks = {part["id"]: part["localRepresentation"] for part in every}
    return {name: look["format"]["dataType"] for name, look in looks.items() if "format" in look}


def test_the_columns_stand_in_the_order_of_sdmx_csv() -> None:
    coded = found()
    table = sdmx_table(coded)
    assert list(table.columns) == [
        "STRUCTURE",
        "STRUCTURE_ID",
        "ACTION",
        *KEY,
        "OBS_VALUE",
        *STATUSES,
        *DOUBT,
        *COUNTS,
        *WORDS,
    ]
    assert list(table.iloc[0])[:4] == ["dataflow", "FLTOOLKIT:DF_FORCED_LABOUR(1.0.0)", "I", "FREQ!"]
    assert "ACTION" not in coded.table  # others read the rows too


def test_every_name_leads_to_what_stands_in_the_message() -> None:
    told, data = components(), structure(found())["data"]
    (scheme,) = data["conceptSchemes"]
    concepts = {concept["id"] for concept in scheme["concepts"]}
    lists = {
        f"urn:sdmx:org.sdmx.infomodel.codelist.Codelist=FLTOOLKIT:{made['id']}(1.0.0)"
        for made in data["codelists"]
    }
    parts = [
        *told["dimensionList"]["dimensions"],
        *told["attributeList"]["attributes"],
        *told["measureList"]["measures"],
    ]
    for part in (*parts, told["dimensionList"]["timeDimension"]):
        begin, _, name = part["conceptIdentity"].rpartition(".")
        assert begin == "urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept=FLTOOLKIT:CS_FORCED_LABOUR(1.0.0)"
        assert name == part["id"]
        assert name in concepts
    assert {part["localRepresentation"].get("enumeration") for part in parts} - {None} == lists
    (flow,) = data["dataflows"]
    assert (
        flow["structure"]
        == "urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=FLTOOLKIT:DSD_FORCED_LABOUR(1.0.0)"
    )
    assert flow["id"] == structure(found())["meta"]["id"]
    assert data["codelists"][6]["codes"] == [{"id": "SEX!", "name": "in words"}]  # only what is used
    assert data["codelists"][6]["isPartial"]


def test_a_number_is_double_a_count_integer_and_words_a_string() -> None:
    assert kinds() == {
        "TIME_PERIOD": "ObservationalTimePeriod",
        **dict.fromkeys(["OBS_VALUE", *DOUBT], "Double"),
        **dict.fromkeys(COUNTS, "Integer"),
        **dict.fromkeys(WORDS, "String"),
    }


def test_time_is_a_dimension_of_its_own_and_two_attributes_must_be_given() -> None:
    told = components()
    assert [(d["id"], d["position"]) for d in told["dimensionList"]["dimensions"]] == list(
        zip(KEY[:-1], range(10), strict=True)
    )
    usage = {a["id"]: a["usage"] for a in told["attributeList"]["attributes"]}
    assert list(usage) == [*STATUSES, *DOUBT, *COUNTS, *WORDS]
    assert {name for name, how in usage.items() if how == "mandatory"} == {"OBS_STATUS", "UNIT_MEASURE"}
    assert {how for name, how in usage.items() if name not in ("OBS_STATUS", "UNIT_MEASURE")} == {"optional"}
