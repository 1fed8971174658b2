"""Tests populations, groups, sectors and tables: their labels, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from fltoolkit.languages.language import read_language
from fltoolkit.survey.spec.groups_and_tables import (
    RESERVED_LABELS,
    AgeGroup,
    AgeRange,
    AnyGroup,
    DisabilityGroup,
    Group,
    Occupation,
    PopulationSpec,
    QuantileGroup,
    Sector,
    TableSpec,
)
from fltoolkit.yaml_files.loading import Model


@pytest.mark.parametrize(
    ("bands", "labels"),
    [
        (["18", "25", "55", "65"], ("18–24", "25–54", "55–64", "65+")),
        (["15"], ("15+",)),
        (["5", "6", "18"], ("5–5", "6–17", "18+")),
    ],
)
def test_age_bands_are_named_by_both_ends(bands: list[str], labels: tuple[str, ...]) -> None:
    assert AgeGroup.model_validate({"bands": bands}).labels == labels


def test_the_words_for_everyone_are_reserved_in_every_language() -> None:
    """Before, a table had two rows *Everyone*."""
    assert {read_language(code).say("everyone") for code in ("en", "fr", "es")} <= RESERVED_LABELS


def test_codes_of_a_classification_are_called_as_it_calls_them() -> None:
    own = Group.model_validate({"column": "S", "codes": {"1": "men", "2": "women"}})
    assert own.labels == {"1": "men", "2": "women"}
    named = Group.model_validate(
        {
            "column": "B",
            "classification": "place_of_birth",
            "codes": {"1": "native", "2": "foreign", "3": "foreign"},
        }
    )
    assert named.labels == {"1": "native-born", "2": "foreign-born", "3": "foreign-born"}


def test_a_group_is_of_bands_or_of_codes_by_its_own_keys() -> None:
    any_group: TypeAdapter[Any] = TypeAdapter(AnyGroup)
    assert isinstance(any_group.validate_python({"bands": ["18"]}), AgeGroup)
    assert isinstance(any_group.validate_python({"column": "S", "codes": {"1": "a"}}), Group)
    with pytest.raises(ValidationError) as error:
        any_group.validate_python({"colum": "S", "codes": {"1": "a"}})
    assert {e["loc"][0] for e in error.value.errors()} == {"tagged-codes"}  # nothing is said of bands


GROUP = {"column": "S", "codes": {"1": "a"}}
SIX = ["a", "b", "c", "d", "e", "f"]
ANSWERS = {"1": "no_difficulty", "2": "some_difficulty", "3": "a_lot_of_difficulty", "4": "cannot_do_at_all"}
JOB = {"column": "O", "classification": "isco_08", "digits": "4", "job": "forced_labour"}
SECTOR = {"column": "I", "revision": "isic_rev4", "digits": "2", "job": "forced_labour"}


@pytest.mark.parametrize(
    ("model", "keys", "says"),
    [
        (AgeRange, {"min": "19", "max": "18"}, r"min \(19\) is above max \(18\)"),
        (
            Group,
            {"column": "R", "codes": {"1": "coast", "2": "Coast ", "3": "COAST", "4": "north"}},
            "separate categories: 'coast', 'Coast ', 'COAST'; write them alike",
        ),
        (PopulationSpec, {"label": "x", "sum_of": ["a", "b"], "weight": "W"}, "a sum takes ages"),
        (PopulationSpec, {"label": "x", "sum_of": ["a", "b"], "where": {"C": "1"}}, "a sum takes ages"),
        (PopulationSpec, {"label": "x", "sum_of": ["a", "b"], "age": {"min": "5"}}, "a sum takes ages"),
        (Group, {**GROUP, "codes": {"1": "a", "2": " "}}, "the label of code 2 is blank"),
        (Group, {**GROUP, "codes": {"1": "total"}}, "'total' of code 1 is reserved"),
        (Group, {**GROUP, "codes": {"1": "not stated"}}, "'not stated' of code 1 is reserved"),
        (
            Group,
            {**GROUP, "codes": {"1": " Everyone"}},
            "reserved: tables have a row 'everyone' of their own",
        ),
        (
            Group,
            {**GROUP, "codes": {"1": {"en": "Whole", "fr": "Ensemble"}}},
            "reserved: tables have a row 'ensemble' of their own",
        ),
        (Group, {**GROUP, "missing": ["9", "1.0"]}, "code 1 is both an answer and missing"),
        (
            Group,
            {**GROUP, "classification": "sex", "codes": {"1": "x"}},
            "'x', which is not one of sex: m, f, o",
        ),
        (AgeGroup, {"bands": ["25", "18"]}, "the limits of bands must be in rising order"),
        (DisabilityGroup, {"washington_group": SIX[:5], "codes": ANSWERS}, "at least 6 items"),
        (DisabilityGroup, {"washington_group": [*SIX[:5], "a"], "codes": ANSWERS}, "given more than once: a"),
        (
            DisabilityGroup,
            {"washington_group": SIX, "codes": {"1": "no_difficulty", "2": "some_difficulty"}},
            "no code stands for a_lot_of",
        ),
        (
            DisabilityGroup,
            {"washington_group": SIX, "codes": ANSWERS, "missing": ["4"]},
            "code 4 is both an answer and missing",
        ),
        (QuantileGroup, {"column": "W", "quantiles": "1"}, "greater than or equal to 2"),
        (Occupation, {**JOB, "job": "all_workers"}, "needs population"),
        (Occupation, {**JOB, "classification": "isco_88"}, "isco_08"),
        (AgeGroup, {"bands": ["18", "18"]}, "the limits of bands must be in rising order"),
        (AgeGroup, {"bands": ["-1", "18"]}, "greater than or equal to 0"),
        (Sector, {"column": "I", "digits": "2", "job": "forced_labour"}, "revision is required"),
        (Sector, {**SECTOR, "job": "all_workers"}, "needs population"),
        (TableSpec, {"measure": "share"}, "`of` names the group"),
        (TableSpec, {"measure": "total", "of": "sex"}, "`of` names the group"),
        (TableSpec, {"measure": "total", "by": []}, "at least 1 item"),
    ],
)
def test_what_has_no_meaning_is_refused(model: type[Model], keys: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        model.model_validate(keys)


def test_what_has_a_meaning_is_taken() -> None:
    assert AgeRange.model_validate({"min": "18", "max": "18"}).max == 18
    assert AgeRange.model_validate({"max": "5"}).min is None
    assert PopulationSpec.model_validate({"label": "all", "sum_of": ["adults", "children"]}).sum_of == (
        "adults",
        "children",
    )
    assert PopulationSpec.model_validate({"label": "x", "weight": "W", "where": {"C": ["1", "2"]}}).where == {
        "C": ("1", "2")
    }
    assert Sector.model_validate({**SECTOR, "job": "all_workers", "population": "workers"}).national == {}
    assert TableSpec.model_validate({"measure": "total"}).by == ((),)  # the whole population
    assert TableSpec.model_validate({"measure": "share", "of": "sex", "by": [[], "region"]}).by == (
        (),
        ("region",),
    )
