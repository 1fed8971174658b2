"""Tests labels: a category of a standard is translated into every language, and the survey's own category
keeps the survey's label."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from handed import EN, FR

from fltoolkit.classify.category_names import category_labels, crossed_labels
from fltoolkit.classify.group_columns import group_order
from fltoolkit.survey.spec.survey_spec import SurveySpec

ISIC = {"column": "isic", "digits": 4, "job": "forced_labour", "revision": "isic_rev4"}
GROUPS: list[tuple[dict[str, Any], dict[str, str]]] = [
    (
        {"groups.g": {"column": "sex", "classification": "sex", "codes": {1: "m", 2: "f"}}},
        {"men": "hommes", "women": "femmes"},
    ),
    (
        {"groups.g": {"bands": [18, 25]}},
        {"under 18": "moins de 18\u00a0ans", "18–24": "18–24", "25+": "25 et plus"},
    ),
    ({"groups.g": {"column": "region", "codes": {1: "north", 2: "men"}}}, {"north": "north", "men": "men"}),
    ({"sectors.g": ISIC}, {"Agriculture excl. fishing": "Agriculture hors pêche", "Fishing": "Pêche"}),
]


@pytest.mark.parametrize(("keys", "expected"), GROUPS)
def test_categories_are_called_in_the_kits_words_or_in_the_surveys_own(
    spec_of: Callable[..., SurveySpec], keys: dict[str, Any], expected: dict[str, str]
) -> None:
    spec = spec_of(keys)
    told = {value: crossed_labels(spec, [("g", value)]) for value in group_order(spec, "g")}
    assert all(str(label) == value for value, label in told.items())
    assert {value: FR.kit(told[value]) for value in expected} == expected
    assert FR.kit(told["not stated"]) == "non déclaré"


def test_forms_and_crossed_categories(spec_of: Callable[..., SurveySpec]) -> None:
    keys = {"form": {"column": "boss"}, "groups.region": {"column": "region", "codes": {1: "north"}}}
    spec = spec_of(keys)
    crossed = crossed_labels(spec, [("form", "state_imposed"), ("region", "north")])
    assert str(crossed) == "state_imposed × north"
    assert EN.kit(crossed) == "state-imposed × north"
    assert FR.kit(crossed) == "imposé par l’État × north"
    assert crossed_labels(spec, [("region", "north")]) == "north"
    assert crossed_labels(spec, []) == ""
    assert set(map(str, category_labels(spec, "route"))) > {"adult", "not stated"}
