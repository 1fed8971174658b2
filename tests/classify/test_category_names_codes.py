"""Tests that every category of every group has a code: the code in ILOSTAT's dictionary, or one that is
marked as the kit's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import fltoolkit as fl
from fltoolkit.classify.category_names import category_code
from fltoolkit.classify.group_columns import group_order
from fltoolkit.survey.spec.survey_spec import SurveySpec

ISIC = {"column": "isic", "digits": 4, "job": "forced_labour"}
GROUPS: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    (
        "adults' age bands",
        {"groups.g": {"bands": [18, 25, 55, 65]}},
        {
            "under 18": "FL_AGE_YLT18",
            "18–24": "FL_AGE_Y18-24",
            "25–54": "AGE_AGGREGATE_Y25-54",
            "55–64": "AGE_AGGREGATE_Y55-64",
            "65+": "AGE_AGGREGATE_YGE65",
            "not stated": "FL_AGE_X",
        },
    ),
    (
        "children's age bands",
        {"groups.g": {"bands": [5, 12, 15, 18]}},
        {
            "under 5": "FL_AGE_YLT05",
            "5–11": "AGE_CLDVERSION_Y05-11",
            "12–14": "AGE_CLDVERSION_Y12-14",
            "15–17": "AGE_CLDVERSION_Y15-17",
            "18+": "FL_AGE_YGE18",
            "not stated": "FL_AGE_X",
        },
    ),
    (
        "sex",
        {"groups.g": {"column": "sex", "classification": "sex", "codes": {1: "m", 2: "f", 3: "o"}}},
        {"men": "SEX_M", "women": "SEX_F", "other": "SEX_O", "not stated": "FL_SEX_X"},
    ),
    (
        "area",
        {
            "groups.g": {
                "column": "area",
                "classification": "area",
                "codes": {1: "urban", 2: "rural", 3: "rural"},
            }
        },
        {"urban": "GEO_COV_URB", "rural": "GEO_COV_RUR", "not stated": "GEO_COV_X"},
    ),
    (
        "status of ICSE-93",
        {
            "groups.g": {
                "column": "status",
                "classification": "icse_93",
                "codes": {"a": "1", "b": "3", "c": "none"},
            }
        },
        {
            "employees": "STE_ICSE93_1",
            "own-account workers": "STE_ICSE93_3",
            "work without a status in employment": "",
            "not stated": "FL_STE_ICSE93_X",
        },
    ),
    (
        "a region of one's own",
        {"groups.g": {"column": "region", "codes": {"01": "north", "02": "north", "E-1": "east"}}},
        {"north": "FL_G_01", "east": "FL_G_E_1", "not stated": "FL_G_X"},
    ),
    (
        "ILO aggregates",
        {"sectors.g": ISIC | {"revision": "isic_rev4"}},
        {
            "Agriculture excl. fishing": "FL_ECO_AGGREGATE_AGR_X03",
            "Fishing": "EC2_ISIC4_A03",
            "Mining and utilities": "ECO_AGGREGATE_MEL",
            "Manufacturing": "ECO_AGGREGATE_MAN",
            "Construction": "ECO_AGGREGATE_CON",
            "Market services": "ECO_AGGREGATE_MKT",
            "Non-market services excl. domestic work": "FL_ECO_AGGREGATE_PUB_X97",
            "Domestic work": "EC2_ISIC4_T97",
            "not stated": "ECO_AGGREGATE_X",
        },
    ),
    (
        "ILO aggregates from letters of Rev.3.1",
        {"sectors.g": ISIC | {"revision": "isic_rev3.1", "digits": "letter"}},
        {
            "Agriculture excl. fishing": "FL_ECO_AGGREGATE_AGR_X05",
            "Fishing": "EC2_ISIC3_B05",
            "Mining and utilities": "ECO_AGGREGATE_MEL",
            "Manufacturing": "ECO_AGGREGATE_MAN",
            "Construction": "ECO_AGGREGATE_CON",
            "Market services": "ECO_AGGREGATE_MKT",
            "Non-market services incl. domestic work": "ECO_AGGREGATE_PUB",
            "not stated": "ECO_AGGREGATE_X",
        },
    ),
    ("who imposed it", {"form": {"column": "boss"}}, {}),
]


@pytest.mark.parametrize(("keys", "expected"), [g[1:] for g in GROUPS], ids=[g[0] for g in GROUPS])
def test_every_category_has_its_code(
    spec_of: Callable[..., SurveySpec], keys: dict[str, Any], expected: dict[str, str]
) -> None:
    spec = spec_of(keys)
    if not expected:
        expected = {
            "state_imposed": "FL_FORM_STATE_IMPOSED",
            "forced_labour_exploitation": "FL_FORM_FORCED_LABOUR_EXPLOITATION",
            "forced_commercial_sexual_exploitation": "FL_FORM_FORCED_COMMERCIAL_SEXUAL_EXPLOITATION",
            "not stated": "FL_FORM_X",
        }
    name = "g" if "form" not in keys else "form"
    order = group_order(spec, name)
    assert {category: category_code(spec, name, category) for category in order} == expected


@pytest.mark.parametrize(
    ("revision", "codes"),
    [
        (
            "isic_rev3.1",
            {
                "Section A": "ECO_ISIC3_A",
                "Fishing": "EC2_ISIC3_B05",
                "Section P excl. domestic work": "FL_ECO_ISIC3_P_X95",
                "Domestic work": "EC2_ISIC3_P95",
                "Section Q": "ECO_ISIC3_Q",
                "not stated": "ECO_ISIC3_X",
            },
        ),
        (
            "isic_rev4",
            {
                "Section A excl. fishing": "FL_ECO_ISIC4_A_X03",
                "Section B": "ECO_ISIC4_B",
                "Section U": "ECO_ISIC4_U",
            },
        ),
        (
            "isic_rev5",
            {
                "Section A excl. fishing": "FL_ECO_ISIC5_A_X03",
                "Section V": "FL_ECO_ISIC5_V",
                "Domestic work": "FL_EC2_ISIC5_U97",
                "not stated": "FL_ECO_ISIC5_X",
            },
        ),
    ],
)
def test_sections_have_the_codes_of_their_revision(
    spec_of: Callable[..., SurveySpec], revision: str, codes: dict[str, str]
) -> None:
    spec = spec_of({"sectors.g": ISIC | {"revision": revision, "level": "section"}})
    assert set(codes) <= set(group_order(spec, "g"))
    assert {category: category_code(spec, "g", category) for category in codes} == codes


def test_published_rows_carry_the_codes_of_their_categories(
    classified_of: Callable[..., fl.ClassifiedSurvey],
) -> None:
    groups = {"groups.sex": {"column": "sex", "classification": "sex", "codes": {1: "m", 2: "f"}},
              "groups.region": {"column": "region", "codes": {7: "north"}},
              "tables": [{"measure": "prevalence", "by": [[], ["sex"], ["sex", "region"]]}]}  # fmt: skip
    people = {f"p{i}": {"sex": 1 + i % 2, "region": 7} for i in range(80)}
    table = fl.publish_run(classified_of(people, groups)).table
    rows = table[table["measure"] == "prevalence"].set_index(["breakdown", "category"])["ilostat"]
    assert rows.to_dict() == {
        ("", "total"): "",
        ("sex", "men"): "SEX_M",
        ("sex", "women"): "SEX_F",
        ("sex × region", "men × north"): "SEX_M × FL_REGION_7",
        ("sex × region", "women × north"): "SEX_F × FL_REGION_7",
    }
    steps = table[table["breakdown"] == "step"].set_index("category")["ilostat"]
    assert steps["not involuntary"] == "FL_STEP_NOT_INVOLUNTARY"
