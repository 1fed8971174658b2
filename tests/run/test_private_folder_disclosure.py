"""Tests that the disclosure record is that of the run, and goes to the private folder. `test_batch.py` reads
those of a whole run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import small_country as country

import fltoolkit as fl
from fltoolkit.errors import FltoolkitError
from fltoolkit.run.private_folder import disclosure_call, write_disclosure

RULES = Path(fl.__file__).parent / "classify" / "rules"


def test_a_line_for_a_kernel_carries_its_arguments_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Any] = []
    monkeypatch.setattr("fltoolkit.run.private_folder.write_disclosure", lambda *a: given.extend(a))
    eval(disclosure_call("/a'b\\c", "small", {"survey": "x\ny"}))
    assert given == ["/a'b\\c", "small", {"survey": "x\ny"}]


def test_rules_plan_and_profile_are_those_of_the_run(tmp_path: Path) -> None:
    survey = country.write(tmp_path / "small")
    (tmp_path / "small" / "mine.yaml").write_text(
        (RULES / "icls_2018.yaml").read_text("utf-8").replace("icls_2018", "mine"), "utf-8"
    )
    place = tmp_path / "private"
    place.mkdir(mode=0o700)
    write_disclosure(
        str(place),
        "small",
        {"survey": str(survey), "plan": "nap.yaml", "rules": "mine.yaml", "profile": "ilo"},
    )
    read = json.loads((place / "small" / "disclosure.json").read_text("utf-8"))
    assert (read["rule_set"], read["profile"]) == ("mine v1", "ilo")
    assert ("total", "sex") in {
        (t["measure"], t["breakdown"]) for t in read["tables"]
    }  # which the plan asks for, and survey.yaml does not


def test_a_place_that_cannot_be_written_to_is_told_in_plain_words(tmp_path: Path) -> None:
    survey = country.write(tmp_path / "small", country.ONE_NUMBER)
    (tmp_path / "mine").write_text("x", "utf-8")
    with pytest.raises(FltoolkitError, match="something of that name is there already"):
        write_disclosure(str(tmp_path), "mine", {"survey": str(survey), "plan": ""})
