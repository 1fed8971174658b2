"""Tests that tables of groups or populations which survey.yaml does not have are refused, with the names that
it has."""

from __future__ import annotations

from typing import Any

import pytest

from fltoolkit.survey.spec.groups_and_tables import (
    AllowedTables,
    PopulationSpec,
    TableSpec,
    known_names_in_words,
    refuse_unfit_tables,
)

ADULTS, TOTAL = (
    PopulationSpec.model_validate({"label": "adults"}),
    PopulationSpec.model_validate({"label": "all", "sum_of": ["a", "b"]}),
)
ALLOWED = AllowedTables(
    {"sex", "form", "ethnicity"}, {"adults": ADULTS, "all": TOTAL}, {"form"}, {"ethnicity"}, set()
)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (
            {"measure": "prevalence", "by": ["sexe"]},
            "table 1 of tables: sexe is not one of the groups: .*; did you mean sex",
        ),
        ({"measure": "prevalence", "population": "adult"}, "population: adult is not one of populations"),
        ({"measure": "share", "of": "sexe"}, "sexe is not one of the groups"),
        ({"measure": "profile", "by": ["form"]}, "only cases have form"),
        ({"measure": "profile", "population": "all"}, "a profile of their own: a, b"),
        ({"measure": "share", "of": "ethnicity"}, "ethnicity shows single origins"),
    ],
)
def test_a_table_that_cannot_be_is_named(table: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        refuse_unfit_tables([TableSpec.model_validate(table)], ALLOWED, grosses_up=True)


def test_a_table_that_can_be_is_taken() -> None:
    table = TableSpec.model_validate({"measure": "prevalence", "by": [[], "sex"], "population": "adults"})
    refuse_unfit_tables([table], ALLOWED, grosses_up=False)
    assert known_names_in_words("x", {"b", "a"}) == ": a, b"


@pytest.mark.parametrize("measure", ["total", "stock", "current", "profile_total"])
def test_normalised_weights_give_no_table_of_persons(measure: str) -> None:
    """Before, the check found no errors, and notebook 2 stopped without naming a key."""
    rate, persons = (TableSpec.model_validate({"measure": name}) for name in ("stock_prevalence", measure))
    with pytest.raises(
        ValueError,
        match=f"table 2 of tables, measure: {measure} is a number of persons, which weights: normalised",
    ):
        refuse_unfit_tables([rate, persons], ALLOWED, grosses_up=False)
