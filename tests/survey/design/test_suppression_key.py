"""Tests the secret key of a survey: where it lies, who may read it, and what is no key."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from checkouts import HOUSE
from keys import write_key
from small_surveys import SPEC, Person, persons_table, write_survey

import fltoolkit as fl
from fltoolkit.errors import PublicationError
from fltoolkit.survey.design import suppression_key as module
from fltoolkit.survey.design.suppression_key import KEY_FILE, suppression_key


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    people: list[Person] = [("case" if k < 20 else "not", {"P": k % 23, "HH": k}) for k in range(100)]
    return write_survey(tmp_path, SPEC, persons=persons_table(people))


def key_of(survey: Path) -> module.SuppressionKey:
    return suppression_key(fl.read_survey(survey))


def test_the_first_call_makes_a_key_for_its_owner_alone(
    survey: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "new_secret", lambda: os.urandom(module.BYTES))
    first = key_of(survey)
    assert (survey.parent / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert key_of(survey) == first
    (survey.parent / KEY_FILE).unlink()
    assert key_of(survey) != first


def test_no_text_of_a_key_tells_it(survey: Path) -> None:
    key = key_of(survey)
    assert key.secret.hex() not in repr(key)
    assert key.fingerprint not in key.secret.hex()


def test_survey_yaml_can_name_another_file(survey: Path, tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    survey.write_text(yaml.safe_dump({**SPEC, "suppression_key": "private/a.key"}), encoding="utf-8")
    key_of(survey)
    assert (tmp_path / "private" / "a.key").exists()
    assert not (tmp_path / KEY_FILE).exists()


def test_a_design_without_survey_yaml_has_its_key_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    suppression_key(None)
    assert (tmp_path / KEY_FILE).exists()


@pytest.mark.parametrize("text", ["", "# no more\n", "abc\n", "g" * 64, "1" * 63, "2" * 64 + "\n" + "2" * 64])
def test_what_is_no_key_is_refused_and_not_printed(survey: Path, text: str) -> None:
    (survey.parent / KEY_FILE).write_text(text)
    with pytest.raises(PublicationError, match="this is no key") as error:
        key_of(survey)
    assert not text or text.strip() not in str(error.value)


def test_the_public_key_of_a_sample_protects_no_other_survey(survey: Path) -> None:
    write_key(survey.parent, 7)
    text = (survey.parent / KEY_FILE).read_text()
    (survey.parent / KEY_FILE).write_text(f"public: {SPEC['country']}\n{text}")
    key_of(survey)
    (survey.parent / KEY_FILE).write_text(f"public: Norvia\n{text}")
    with pytest.raises(PublicationError, match="public key of an invented survey"):
        key_of(survey)


def test_the_public_key_of_the_lessons_protects_no_survey(
    survey: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lessons = HOUSE / "notebooks" / "teaching"
    monkeypatch.chdir(lessons)
    suppression_key(None)
    (survey.parent / KEY_FILE).write_text((lessons / KEY_FILE).read_text())
    with pytest.raises(PublicationError, match="public key of an invented survey"):
        key_of(survey)


def test_a_key_that_cannot_be_written_stops_the_run(survey: Path) -> None:
    survey.write_text(yaml.safe_dump({**SPEC, "suppression_key": "nowhere/a.key"}), encoding="utf-8")
    with pytest.raises(PublicationError, match="cannot be written"):
        fl.publish_run(fl.classify(fl.read_survey(survey)))
