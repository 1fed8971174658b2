"""Tests the memory of a run: results are stored under everything on which they depend, never if somebody
changed them, and only if this is switched on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import small_country as country

import fltoolkit as fl
from fltoolkit import remembered_results
from fltoolkit.classify.rule_set import load_rules
from fltoolkit.publish import rounds_and_changes

# What is remembered is tested here, and not what is estimated.
SMALL = country.changed(country.ONE_NUMBER, groups={"sex": country.SURVEY["groups"]["sex"]})


@pytest.fixture(autouse=True)
def on() -> Iterator[None]:
    remembered_results.turn_on()
    yield
    remembered_results.turn_off()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return country.write(tmp_path, SMALL)


def twice(path: Path) -> tuple[fl.ClassifiedSurvey, fl.ClassifiedSurvey]:
    return fl.classify(fl.read_survey(path)), fl.classify(fl.read_survey(path))


def test_a_survey_and_its_classification_are_made_once(path: Path) -> None:
    first, second = twice(path)
    assert first is second


def test_a_rule_set_counts_by_what_it_says(path: Path) -> None:
    shipped, mine = load_rules("icls_2018", path.parent), path.with_name("mine.yaml")
    found = []
    for version in (1, 2, 2):
        mine.write_text(
            shipped.model_copy(update={"name": "mine", "version": version}).model_dump_json(
                exclude_none=True
            ),
            "utf-8",
        )
        found.append(fl.classify(fl.read_survey(path), rules="mine.yaml"))
    assert [persons.rules for persons in found] == ["mine v1", "mine v2", "mine v2"]
    assert found[1] is found[2]


def test_turned_off_nothing_is_remembered(path: Path) -> None:
    remembered_results.turn_off()
    first, second = twice(path)
    assert first is not second
    assert remembered_results.key_from(first) is None


def test_turned_on_again_what_is_remembered_stays(path: Path) -> None:
    first = fl.read_survey(path)
    remembered_results.turn_on()
    assert fl.read_survey(path) is first


@pytest.mark.parametrize("change", ["the data", "the same data, written again", "survey.yaml"])
def test_a_file_that_changed_is_read_again(path: Path, change: str) -> None:
    first, data = fl.read_survey(path), next(path.parent.glob("*.csv"))
    file = path if change == "survey.yaml" else data
    if change == "the data":
        country.persons().head(400).to_csv(data, index=False)
    else:
        file.write_bytes(file.read_bytes())
        os.utime(file, ns=(1, 1))
    assert fl.read_survey(path) is not first
    fl.publish_run(fl.classify(fl.read_survey(path)))  # and its rows can be read, which are those of now


def test_a_survey_that_was_changed_is_not_handed_out_nor_what_follows_from_it(path: Path) -> None:
    first = fl.read_survey(path)
    persons = fl.classify(first)
    first.spec.groups.clear()
    assert fl.classify(first) is not persons
    again = fl.read_survey(path)
    assert again is not first
    assert again.spec.groups


def test_a_published_set_is_made_once_and_handed_out_as_a_copy(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = fl.publish_run(fl.classify(fl.read_survey(path)), every_profile=True)
    as_made = first.table.copy()
    first.table["estimate"] = 0.5
    for other in first.profiles.values():
        other.table["estimate"] = 0.5
    monkeypatch.setattr(
        sys.modules["fltoolkit.publish.published_set"], "_published", lambda *_: pytest.fail("made twice")
    )
    second = fl.publish_run(fl.classify(fl.read_survey(path)), every_profile=True)
    pd.testing.assert_frame_equal(second.table, as_made)
    assert not any((other.table["estimate"] == 0.5).any() for other in second.profiles.values())


def test_every_parameter_of_a_published_set_counts(path: Path) -> None:
    persons = fl.classify(fl.read_survey(path))
    plain = fl.publish_run(persons)
    assert fl.publish_run(persons, profile="statcan").profile != plain.profile
    assert fl.publish_run(persons, every_profile=True).profiles != plain.profiles
    assert len(fl.publish_run(persons, plan=fl.plan_beside(path)).table) > len(plain.table)


def test_a_calibrated_survey_is_another_one(path: Path) -> None:
    persons = fl.classify(fl.read_survey(path))
    fl.publish_run(persons)
    changed = fl.poststratify(persons, {"sex": {"men": 1000.0, "women": 3000.0}})
    assert remembered_results.key_from(changed) is None


def test_what_a_round_gives_for_a_change_is_made_once(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    country.write(tmp_path / "before", country.changed(SMALL, year=2020, round="1"))
    design = {**SMALL["design"], "psus_of_earlier_rounds": "new"}
    persons = fl.classify(fl.read_survey(country.write(path.parent, country.changed(SMALL, design=design))))
    out = fl.publish_run(persons)
    first = fl.changes("before/survey.yaml", persons, out)
    assert first is not None
    monkeypatch.setattr(rounds_and_changes, "estimate_measure", lambda *_: pytest.fail("made twice"))
    again = fl.changes("before/survey.yaml", persons, out)
    assert again is not None
    pd.testing.assert_frame_equal(again.table, first.table)


def test_an_error_is_not_remembered() -> None:
    def fails() -> int:
        raise ValueError("once")

    with pytest.raises(ValueError, match="once"):
        remembered_results.remembered(("key",), fails)
    assert remembered_results.remembered(("key",), lambda: 1) == 1
    assert remembered_results.remembered(("key",), lambda: 2) == 1
    assert remembered_results.remembered(None, lambda: 3) == 3


def test_garbage_is_collected_rarely_and_what_exists_is_left_out() -> None:
    made = "kept = [[] for _ in range(20_000)]"
    code = (
        "import gc; from fltoolkit import remembered_results; remembered_results.collect_garbage_less_often(); before = "
        f"gc.get_stats(); {made}"
    )
    code += "; assert gc.get_stats() == before; assert gc.get_freeze_count() > 1000"
    subprocess.run([sys.executable, "-c", code], check=True)
