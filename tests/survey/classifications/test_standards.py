"""Tests the standard classifications in the YAML files: the divisions of a section, the sections of a
division, and ILOSTAT's codes."""

from __future__ import annotations

from typing import get_args

import pytest

from fltoolkit.survey.classifications.standards import IndustrySection, Isic, isic, standard
from fltoolkit.survey.spec.groups_and_tables import Classification


def test_the_divisions_of_a_section_have_two_digits_and_both_ends() -> None:
    assert IndustrySection(divisions="05-09", aggregate="MEL").codes == ("05", "06", "07", "08", "09")
    assert IndustrySection(divisions="97-98", aggregate="PUB").codes == ("97", "98")


def test_a_division_is_found_in_its_section() -> None:
    sections = {
        "A": {"divisions": "01-03", "aggregate": "AGR"},
        "B": {"divisions": "05-05", "aggregate": "MEL"},
    }
    made = Isic.model_validate({"ilostat": {}, "sections": sections, "own_rows": {}})
    assert made.section_of == {"01": "A", "02": "A", "03": "A", "05": "B"}


@pytest.mark.parametrize(
    ("revision", "section"), [("isic_rev3.1", "P"), ("isic_rev4", "T"), ("isic_rev5", "U")]
)
def test_domestic_work_is_in_the_section_that_the_united_nations_give_it(revision: str, section: str) -> None:
    """Activities of private households as employers: division 95 of Rev.3.1, 97 of Rev.4 and Rev.5."""
    assert isic(revision).section_of["95" if revision == "isic_rev3.1" else "97"] == section
    assert isic(revision) is isic(revision)  # read once


def test_every_standard_classification_can_be_named_in_survey_yaml() -> None:
    assert {*get_args(Classification), "isco_08"} == set(
        standard().classifications
    )  # which `occupations` name
    for name, categories in standard().classifications.items():
        assert categories["x"].label == "not stated", name
        labels = [c.label for c in categories.values()]
        codes = {c.label: c.ilostat for c in categories.values()}
        assert all(categories[key].ilostat == codes[categories[key].label] for key in categories), name
        assert name in ("icse_18_a", "icse_18_r") or len(set(labels)) == len(labels), name
