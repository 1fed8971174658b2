"""Tests which columns a survey.yaml names, and under which keys."""

from __future__ import annotations

from fltoolkit.survey.spec.groups_and_tables import DisabilityGroup, Group, PopulationSpec
from fltoolkit.yaml_files.loading import columns_named, paths_naming

SIX = ("see", "hear", "walk", "remember", "care", "speak")
ANSWERS = {"1": "no_difficulty", "2": "some_difficulty", "3": "a_lot_of_difficulty", "4": "cannot_do_at_all"}
GROUPS = {
    "area": Group.model_validate({"column": ["AREA", "AREA2"], "codes": {"1": "urban"}}),
    "disability": DisabilityGroup.model_validate({"washington_group": SIX, "codes": ANSWERS}),
}


def test_every_column_of_every_group_is_named() -> None:
    assert columns_named(GROUPS) == ["AREA", "AREA2", *SIX]
    assert columns_named(None) == columns_named("AREA") == []


def test_a_column_is_found_under_its_key() -> None:
    named = dict(paths_naming(GROUPS))
    assert named["AREA2"] == ("area",)
    assert named["walk"] == ("disability", "washington_group")
    assert "urban" not in named
    where = PopulationSpec.model_validate({"label": "workers", "where": {"WORKED": "1"}, "weight": "W"})
    assert [(column, ".".join(path)) for column, path in paths_naming({"workers": where})] == [
        ("WORKED", "workers.where.WORKED"),
        ("W", "workers.weight"),
    ]
