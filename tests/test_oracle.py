"""Tests the oracle (`make freeze`): what counts as a difference, which differences are meant, and that its planted changes can still
be planted. The runs themselves take minutes: CONTRIBUTING.md says when to make them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.oracle.compare import Difference, Meant, differences, idle, read_meant, unexpected

HOUSE = Path(__file__).parents[1]
WHY = "a rate of a group has the digits that its rounding bears"


def test_lines_and_files_that_differ_are_found_but_not_the_last_digits_of_a_sum(tmp_path: Path) -> None:
    for side, said in (("old", "one\ntwo\n57.793876219125984"), ("new", "one\n2\n57.79387621912599\nfour")):
        (tmp_path / side).mkdir()
        (tmp_path / side / "said.txt").write_text(said, encoding="utf-8")
        (tmp_path / side / "same.txt").write_text("same", encoding="utf-8")
        (tmp_path / side / f"{side}.csv").touch()
    assert list(differences(tmp_path / "old", tmp_path / "new")) == [
        Difference("new.csv", "", "(this file)"),
        Difference("old.csv", "(this file)", ""),
        Difference("said.txt", "two", "2"),
        Difference("said.txt", "", "four"),
    ]


def test_meant_differences_are_covered_whole_and_must_occur() -> None:
    found = [Difference("a/brief.html", "rate 16.9", "rate 17"), Difference("b.csv", "1", "2")]
    meant = [Meant(r".*\.html", r"rate [\d.]+", r"rate \d+", WHY), Meant("b.csv", "1", "", WHY)]
    assert unexpected(found, meant) == [found[1]]
    assert idle(found, meant) == [meant[1]]


def test_a_meant_difference_names_a_line_of_the_change_log() -> None:
    row = {"file": "a", "old": "b", "new": "c"}
    assert read_meant([{**row, "why": "rounds"}], "### Digits\n- It rounds.") == [
        Meant("a", "b", "c", "rounds")
    ]
    with pytest.raises(ValueError, match="not in it"):
        read_meant([{**row, "why": "not in it"}], "- It rounds.")


def test_each_plant_can_be_planted() -> None:
    plants = yaml.safe_load((HOUSE / "tests/oracle/plants.yaml").read_text("utf-8"))
    assert len(plants) == 10
    for plant in plants:
        text = (HOUSE / "fltoolkit" / plant["file"]).read_text("utf-8")
        assert text.count(plant["before"]) == 1, f"{plant['kind']}: draw another change, this text is gone"
