"""Writes the published rows as SDMX-CSV 2.0, and their structure as SDMX-JSON 2.0. No SDMX library is
used."""

from __future__ import annotations

from typing import Any

import pandas as pd

from fltoolkit.report.exchange.coded_rows import CODED, DIMENSIONS, PLAIN, SCALED, WHOLE, Coded

AGENCY, FLOW, VERSION = "FLTOOLKIT", "DF_FORCED_LABOUR", "1.0.0"
DSD = "DSD_FORCED_LABOUR"
PREPARED = "1980-01-01T00:00:00Z"  # a message must have a time; with a fixed time, the same numbers give the same bytes
SCHEMA = "https://json.sdmx.org/2.0.0/sdmx-json-structure-schema.json"
URN = "urn:sdmx:org.sdmx.infomodel"
CONCEPTS = {
    "FREQ": "Frequency",
    "REF_AREA": "Reference area",
    "MEASURE": "What is measured",
    "POPULATION": "Reference population",
    "RULE_SET": "Rule set: what counts as forced labour",
    "BREAKDOWN": "The groups that the number is broken down by",
    "SEX": "Sex",
    "AGE": "Age",
    "ECO": "Economic activity",
    "CATEGORY": "Category of every other group, joined by @ where groups are crossed",
    "TIME_PERIOD": "Year of the survey",
    "OBS_VALUE": "The number, in its unit",
    "OBS_STATUS": "Observation status",
    "CONF_STATUS": "Confidentiality status",
    "UNIT_MEASURE": "Unit of measure",
    "UNIT_MULT": "Unit multiplier",
    "RELIABILITY": "Reliability flag",
    "LOWER_LIMIT": "Lower limit of the confidence interval",
    "UPPER_LIMIT": "Upper limit of the confidence interval",
    "STD_ERROR": "Standard error, in the number's unit",
    "CV": "Coefficient of variation",
    "DEFF": "Design effect",
    "DF": "Degrees of freedom",
    "CONF_LEVEL": "Confidence level",
    "ROUNDING": "Base to which weighted numbers of persons are rounded",
    "N_PERSONS": "Persons asked, unweighted",
    "DECIMALS": "Decimals to be shown",
    "N_CASES": "Cases among those asked, unweighted: their number, or of a cell of a breakdown its class",
    "REASON": "Why a number is flagged or not shown",
    "REF_PERIOD": "Reference period",
    "SOURCE": "Survey",
    "TO_VERIFY": "The unchecked fact on which the number is based",
}
NUMBERS = (*SCALED, *PLAIN)
ATTRIBUTES = tuple(c for c in CONCEPTS if c not in (*DIMENSIONS, "OBS_VALUE"))
MANDATORY = ("OBS_STATUS", "UNIT_MEASURE")


def sdmx_table(found: Coded) -> pd.DataFrame:
    """Returns the published rows as a table with the columns of SDMX-CSV 2.0: first three columns that name
    the dataflow and the action, then the dimensions, the number and the attributes."""
    table = found.table[[*DIMENSIONS, "OBS_VALUE", *ATTRIBUTES]].copy()
    table.insert(0, "STRUCTURE", "dataflow")
    table.insert(1, "STRUCTURE_ID", f"{AGENCY}:{FLOW}({VERSION})")
    table.insert(2, "ACTION", "I")
    return table


def structure(found: Coded) -> dict[str, Any]:
    """Returns SDMX's structure message, which describes the columns and codes of the rows: agency, code lists
    (only codes that are used), concepts, data structure and dataflow."""
    return {
        "meta": {"schema": SCHEMA, "id": FLOW, "test": False, "prepared": PREPARED, "sender": {"id": AGENCY}},
        "data": {
            "agencySchemes": [
                {
                    **_artefact("AGENCIES", "Agencies"),
                    "agencyID": "SDMX",
                    "version": "1.0",
                    "isPartial": True,
                    "agencies": [{"id": AGENCY, "name": "fltoolkit: not a registered agency"}],
                }
            ],
            "codelists": [
                {
                    **_artefact(f"CL_{name}", CONCEPTS[name]),
                    "isPartial": True,
                    "codes": [{"id": i, "name": w} for i, w in codes.items()],
                }
                for name, codes in found.codes.items()
            ],
            "conceptSchemes": [
                {
                    **_artefact("CS_FORCED_LABOUR", "Concepts"),
                    "concepts": [{"id": i, "name": w} for i, w in CONCEPTS.items()],
                }
            ],
            "dataStructures": [{**_artefact(DSD, "Forced labour"), "dataStructureComponents": _components()}],
            "dataflows": [
                {
                    **_artefact(FLOW, "Forced labour, from a survey"),
                    "structure": f"{URN}.datastructure.DataStructure={_ref(DSD)}",
                }
            ],
        },
    }


def _components() -> dict[str, Any]:
    dimensions = [{**_component(name), "position": i} for i, name in enumerate(DIMENSIONS[:-1])]
    time = {
        **_component("TIME_PERIOD"),
        "localRepresentation": {"format": {"dataType": "ObservationalTimePeriod"}},
    }
    attributes = [
        {
            **_component(name),
            "usage": "mandatory" if name in MANDATORY else "optional",
            "attributeRelationship": {"observation": {}},
            "measureRelationship": ["OBS_VALUE"],
        }
        for name in ATTRIBUTES
    ]
    return {
        "dimensionList": {"id": "DimensionDescriptor", "dimensions": dimensions, "timeDimension": time},
        "measureList": {
            "id": "MeasureDescriptor",
            "measures": [{**_component("OBS_VALUE"), "usage": "optional"}],
        },
        "attributeList": {"id": "AttributeDescriptor", "attributes": attributes},
    }


def _component(name: str) -> dict[str, Any]:
    """Returns the description of one column in the SDMX data structure: its concept, and its code list or
    data type. `name` is the name of the column, e.g. `SEX`."""
    if name in CODED:
        how: dict[str, Any] = {"enumeration": f"{URN}.codelist.Codelist={_ref(f'CL_{name}')}"}
    else:
        kind = "Double" if name in NUMBERS else "Integer" if name in (*WHOLE, "DECIMALS") else "String"
        how = {"format": {"dataType": kind}}
    concept = f"{URN}.conceptscheme.Concept={_ref('CS_FORCED_LABOUR')}.{name}"
    return {"id": name, "conceptIdentity": concept, "localRepresentation": how}


def _artefact(name: str, words: str) -> dict[str, Any]:
    return {"id": name, "name": words, "agencyID": AGENCY, "version": VERSION}


def _ref(name: str) -> str:
    return f"{AGENCY}:{name}({VERSION})"
