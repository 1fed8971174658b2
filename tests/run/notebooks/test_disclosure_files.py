"""Tests that the disclosure record is made in the kernel that published, and goes to the private folder,
never to the outputs."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
import small_country as country
from file_texts import lines

import fltoolkit as fl
from fltoolkit.errors import FltoolkitError
from fltoolkit.publish.disclosure.complementary_suppression import COMPLEMENT
from fltoolkit.publish.disclosure.suppression_decision import FEW_UNRESOLVED, PART
from fltoolkit.publish.disclosure_record import disclosure_record
from fltoolkit.run.batch import BatchOptions, run_surveys
from fltoolkit.run.batch_file import make_run
from fltoolkit.run.notebooks.disclosure_files import call, write_disclosure

RULES = Path(fl.__file__).parent / "classify" / "rules"
FILES = {"disclosure.html", "disclosure.json", "rows_behind_findings.csv"}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of the small country: `out`, `private`, and the survey itself in `small`."""
    folder = tmp_path_factory.mktemp("ran")
    survey = country.write(folder / "small")
    options = BatchOptions(workers=1, private=str(folder / "private"))
    assert run_surveys([make_run(survey, None)], folder / "out", options, lambda _: None)
    return folder


@pytest.mark.thorough("a whole run of a sample")
def test_a_run_leaves_the_record_and_the_page_for_the_owner_alone(ran: Path) -> None:
    files = {p.name: p for p in (ran / "private" / "small").iterdir()}
    assert set(files) == FILES
    record = disclosure_record(fl.classify(fl.read_survey(ran / "small")))
    assert json.loads(files["disclosure.json"].read_text("utf-8")) == json.loads(json.dumps(record.as_dict()))
    assert len(record.hidden) > 20
    assert "What this run hides, and why" in files["disclosure.html"].read_text("utf-8")
    if os.name == "posix":
        assert {stat.S_IMODE(p.stat().st_mode) for p in files.values()} == {0o600}


def test_nothing_of_it_stands_among_the_outputs(ran: Path) -> None:
    record = disclosure_record(fl.classify(fl.read_survey(ran / "small")))
    inner = {
        *record.readers,
        COMPLEMENT,
        PART,
        FEW_UNRESOLVED,
        str(ran / "private"),
        "disclosure.json",
        "disclosure.html",
        "write_disclosure",
    }
    assert {COMPLEMENT, FEW_UNRESOLVED} <= {c.reason for c in record.hidden}
    outputs = [p for p in (ran / "out").rglob("*") if p.is_file()]
    found = [
        (path.name, words) for path in outputs for line in lines(path) for words in inner if words in line
    ]
    assert len(outputs) > 10
    assert found == []
    assert not [path.name for path in outputs if "disclosure" in path.name]


def test_a_line_for_a_kernel_carries_its_arguments_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Any] = []
    monkeypatch.setattr(
        "fltoolkit.run.notebooks.disclosure_files.write_disclosure", lambda *a: given.extend(a)
    )
    eval(call("/a'b\\c", "small", {"survey": "x\ny"}))
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
