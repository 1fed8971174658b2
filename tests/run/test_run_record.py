"""Tests run.json: the inputs of a run, whether its results are current, and to which survey they belong."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import small_country as country

from fltoolkit import shipped_files
from fltoolkit.errors import BatchError
from fltoolkit.run import run_record
from fltoolkit.run.batch_file import Run, make_run
from fltoolkit.run.run_record import (
    Record,
    RunInputs,
    corrections_of,
    failed_record,
    file_hashes,
    hash_if_edited,
    input_hashes,
    note_failure,
    other_releases,
    read_record,
    refuse_others,
    run_inputs,
    survey_facts,
    untranslated_in,
    versions,
    why_rerun,
)
from fltoolkit.shipped_files import notebook_folder
from fltoolkit.survey.design.suppression_key import KEY_FILE
from fltoolkit.survey.spec.survey_spec import read_spec

# SHA-256 of `abc`, from FIPS 180-2's examples.
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
NOW = RunInputs(
    inputs={"survey.yaml": "1"}, parameters={"1_survey": {"survey": "s"}}, code="c", versions={"numpy": "2"}
)


def put(folder: Path, **facts: Any) -> Path:
    """A folder of results whose one file is as run.json says, made under NOW."""
    folder.mkdir(parents=True)
    (folder / "a.csv").write_text("abc", encoding="utf-8")
    usual: dict[str, Any] = {
        **NOW.model_dump(),
        "name": folder.name,
        "title": "T",
        "status": "complete",
        "outputs": {"a.csv": ABC},
    }
    (folder / "run.json").write_text(Record.model_validate(usual | facts).model_dump_json(), encoding="utf-8")
    return folder


# -------------------------------------------------------------------------------------------------------- is

WHY: dict[str, tuple[dict[str, Any], Callable[[Path], object]]] = {
    "": ({}, lambda folder: None),
    "the latest run failed": ({}, lambda folder: folder.with_name("a.failed").mkdir()),
    "there is no run.json": ({}, lambda folder: (folder / "run.json").unlink()),
    "it failed": ({"status": "failed", "code": "another"}, lambda folder: None),
    "mine.yaml, survey.yaml changed": (
        {"inputs": {"survey.yaml": "0", "mine.yaml": "1"}},
        lambda folder: None,
    ),
    "parameters of 1_survey changed": (
        {"parameters": {"1_survey": {"survey": "elsewhere"}}},
        lambda folder: None,
    ),
    "the code changed": ({"code": "another", "versions": {}}, lambda folder: None),
    "another version of numpy": ({"versions": {"numpy": "1"}}, lambda folder: None),
    "a.csv changed after the run": ({}, lambda folder: (folder / "a.csv").write_text("abd")),
    "a.csv, b.csv changed after the run": ({"outputs": {"a.csv": "0", "b.csv": "0"}}, lambda folder: None),
}


@pytest.mark.parametrize(
    ("why", "facts", "change"),
    [(why, *how) for why, how in WHY.items()],
    ids=[why or "current" for why in WHY],
)
def test_why_results_do_not_stand_for_now(
    tmp_path: Path, why: str, facts: dict[str, Any], change: Callable[[Path], object]
) -> None:
    folder = put(tmp_path / "a", **facts)
    change(folder)
    assert why_rerun(NOW, folder) == why


def test_what_a_person_adds_to_a_folder_does_not_matter(tmp_path: Path) -> None:
    folder = put(tmp_path / "a")
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    assert why_rerun(NOW, folder) == ""


def test_a_file_that_is_as_the_run_left_it_needs_no_second_look(tmp_path: Path) -> None:
    folder = put(tmp_path / "a")
    (folder / "b.csv").write_text("abc", encoding="utf-8")
    assert [hash_if_edited(folder, name) for name in ("a.csv", "b.csv", "gone.csv")] == ["", ABC, ""]
    (folder / "run.json").unlink()
    assert hash_if_edited(folder, "a.csv") == ABC


# ------------------------------------------------------------------------------------------------------ what


def test_a_run_rests_on_its_yaml_its_data_and_those_of_the_rounds_it_is_compared_with(tmp_path: Path) -> None:
    country.write(tmp_path / "first")
    country.write(tmp_path / "before")
    survey = country.write(
        tmp_path / "now", plan=country.changed(country.PLAN, baseline_survey="../first/survey.yaml")
    )
    for name in ("mine.yaml", "partners.yaml"):
        (survey.parent / name).write_text("abc", encoding="utf-8")
    run = Run(
        "now",
        survey,
        survey.with_name("nap.yaml"),
        {"1_survey": {"rules": "mine.yaml", "before": "../before/survey.yaml"}},
    )
    found = input_hashes(run)
    assert set(found) == {
        "survey.yaml",
        "nap.yaml",
        "persons.csv",
        "partners.yaml",
        "mine.yaml",
        "../before/survey.yaml",
        "../before/persons.csv",
        "../first/survey.yaml",
        "../first/persons.csv",
    }
    assert found["mine.yaml"] == ABC
    assert found["persons.csv"] == hashlib.sha256((tmp_path / "now" / "persons.csv").read_bytes()).hexdigest()
    assert set(input_hashes(Run("now", survey, None))) == {"survey.yaml", "persons.csv"}
    survey.write_text("title: [", encoding="utf-8")
    assert set(input_hashes(Run("now", survey, None))) == {"survey.yaml"}


def test_a_run_rests_on_the_template_of_its_slides(tmp_path: Path) -> None:
    survey = country.write(tmp_path, plan=country.changed(country.PLAN, slides_template="office.pptx"))
    run = Run("now", survey, survey.with_name("nap.yaml"))
    before = input_hashes(run)
    (tmp_path / "office.pptx").write_text("abc", encoding="utf-8")
    assert (before["office.pptx"], input_hashes(run)["office.pptx"]) == ("", ABC)
    (tmp_path / "nap.yaml").write_text("slides_template: [", encoding="utf-8")
    assert set(input_hashes(run)) == {"survey.yaml", "nap.yaml", "persons.csv"}


def test_files_are_named_from_their_folder(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.csv").write_text("abc", encoding="utf-8")
    assert file_hashes(tmp_path) == {"deep/a.csv": ABC}


def test_a_library_of_an_extra_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_record, "VERSIONS", ("no-such-package",))
    found = versions()
    assert found["no-such-package"] == "not installed"
    assert set(found) == {"python", "fltoolkit", "no-such-package"}


def test_the_code_is_the_same_in_a_checkout_and_in_a_wheel_and_samples_are_none_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, package = run_record.code_hash.__wrapped__(), tmp_path / "fltoolkit"
    shutil.copytree(run_record.PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(notebook_folder(), package / "shipped" / "notebooks")
    (package / "shipped" / "data_samples").mkdir()
    for module in (run_record, shipped_files):
        monkeypatch.setattr(module, "PACKAGE", package)
    (package / "shipped" / "data_samples" / "persons.csv").write_text("1", "utf-8")
    assert run_record.code_hash.__wrapped__() == before
    with (package / "shipped" / "notebooks" / "1_survey.ipynb").open("a", encoding="utf-8") as notebook:
        notebook.write("\n")
    assert run_record.code_hash.__wrapped__() != before


# --------------------------------------------------------------------------------------------------------- fa


def test_a_failure_stands_beside_the_results_and_is_noted_once(tmp_path: Path) -> None:
    folder = put(tmp_path / "a", title="Country A")
    assert not note_failure(folder, "")
    assert failed_record(folder) is None
    assert note_failure(folder, "no such column")
    assert not note_failure(folder, "no such column")
    noted = failed_record(folder)
    assert noted is not None
    assert (noted.name, noted.title, noted.status, noted.error) == (
        "a",
        "Country A",
        "failed",
        "no such column",
    )
    assert note_failure(folder, "another")
    kept = read_record(folder)
    assert kept is not None
    assert kept.status == "complete"
    assert note_failure(tmp_path / "b", "no such file")
    new = failed_record(tmp_path / "b")
    assert new is not None
    assert new.title == "b"


# ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "refused"),
    [
        ({"country": "Smallland", "year": 2025, "round": "first"}, False),
        ({"country": " SMALLLAND ", "year": 2025, "round": "First"}, False),
        ({"country": "Bigland", "year": 2025, "round": "first"}, True),
        ({"country": "Smallland", "year": 2021, "round": "first"}, True),
        ({"country": "Smallland", "year": 2025, "round": "second"}, True),
        ({"country": "Bigland", "year": 2025, "round": "first", "status": "failed"}, False),
        ({}, False),  # of an older version
    ],
)
def test_results_of_another_survey_are_not_replaced(
    tmp_path: Path, there: dict[str, Any], refused: bool
) -> None:
    survey = country.write(tmp_path / "a")
    put(tmp_path / "out" / "a", **there)
    run = Run("a", survey, None)
    if not refused:
        refuse_others([run], tmp_path / "out")
        return
    with pytest.raises(BatchError) as error:
        refuse_others([run], tmp_path / "out")
    held = " ".join(str(there[key]) for key in ("country", "year", "round"))
    assert f"a holds {held}, and {survey} is Smallland 2025 first" in str(error.value)


def test_results_made_with_another_key_are_not_replaced(tmp_path: Path) -> None:
    """Two keys hide different cells: the two sets of tables would tell what each hides."""
    survey = country.write(tmp_path / "a")
    run, key = make_run(survey, None), survey.parent / KEY_FILE
    facts = {"country": "Smallland", "year": 2025, "round": "first"}
    put(tmp_path / "out" / "a", **facts, key="0123456789abcdef")
    with pytest.raises(BatchError, match="a: none"):
        refuse_others([run], tmp_path / "out")
    assert not key.exists()
    made = run_inputs(run, tmp_path / "out" / "a").key
    with pytest.raises(BatchError, match="a: another"):
        refuse_others([run], tmp_path / "out")
    put(tmp_path / "same" / "a", **facts, key=made)
    refuse_others([run], tmp_path / "same")
    assert key.read_text().splitlines()[-1] not in (tmp_path / "same" / "a" / "run.json").read_text()


RELEASE = {"office": "the office", "date": "2026-03-14"}


def naming(folder: Path, **release: Any) -> Path:
    return country.write(folder, country.changed(country.SURVEY, release={**RELEASE, **release}))


@pytest.mark.parametrize("named", [{"beside": "../out/a"}, {"revises": "../out/a"}])
def test_the_release_beside_which_a_run_is_decided_is_not_replaced_by_it(
    tmp_path: Path, named: dict[str, Any]
) -> None:
    run = make_run(naming(tmp_path / "a", **named), None)
    with pytest.raises(BatchError, match="would replace the earlier release") as error:
        refuse_others([run], tmp_path / "out")
    assert error.value.where == "survey.yaml: release"
    assert error.value.found == "a"
    refuse_others([replace(run, name="b")], tmp_path / "out")


def test_a_run_rests_on_what_it_reads_of_earlier_releases(tmp_path: Path) -> None:
    survey = naming(tmp_path / "a", beside=["../first", "../second"], revises="../first")
    read = {f"../{name}/{file}" for name in ("first", "second") for file in ("run.json", "estimates.csv")}
    assert set(input_hashes(make_run(survey, None))) == {"survey.yaml", "persons.csv", *read}


def test_releases_that_are_not_named_are_found(tmp_path: Path) -> None:
    """Not drafts, not those of another survey, and not the one that survey.yaml names."""
    survey = naming(tmp_path / "a", beside=["../out/named"])
    of, released = (
        {"country": "Smallland", "year": 2025, "round": "first"},
        {**RELEASE, "status": "provisional"},
    )
    for name in ("named", "other"):
        put(tmp_path / "out" / name, **of, release=released)
    put(tmp_path / "out" / "draft", **of, release={**RELEASE, "status": "draft"})
    put(tmp_path / "out" / "no release", **of)
    put(tmp_path / "out" / "other year", **{**of, "year": 2026}, release=released)
    (tmp_path / "out" / "nothing").mkdir()
    found = other_releases(survey, read_spec(survey), tmp_path / "out")
    assert found == {(tmp_path / "out" / "other").as_posix(): "provisional"}


def test_run_json_tells_what_was_corrected_by_column_and_reason(tmp_path: Path) -> None:
    rows = [{"HH": str(i), "LINE": "1"} for i in range(3)]
    corrections = [
        {"rows": rows, "column": "AGE", "value": "77", "why": "typed in the wrong field"},
        {"where": {"SEX": ["1", "2"]}, "column": "W", "value": "11", "why": "weights of March"},
    ]
    survey = country.write(tmp_path / "a", survey={**country.SURVEY, "corrections": corrections})
    assert corrections_of(Run("a", survey, None)) == (
        {"column": "AGE", "why": "typed in the wrong field", "rows": "fewer than 5"},
        {"column": "W", "why": "weights of March", "rows": "about 410"},
    )
    assert corrections_of(Run("b", country.write(tmp_path / "b"), None)) == ()
    corrections[0]["column"] = "AGES"
    unknown = country.write(tmp_path / "c", survey={**country.SURVEY, "corrections": corrections})
    assert corrections_of(Run("c", unknown, None)) == ()


def test_a_survey_that_cannot_be_read_goes_by_its_name_and_is_told_of_elsewhere(tmp_path: Path) -> None:
    survey = country.write(tmp_path / "a")
    assert survey_facts(Run("a", survey, None)) == {
        "title": "Small country 2025",
        "country": "Smallland",
        "year": 2025,
        "round": "first",
        "release": None,
        "coverage_excludes": ("the homeless",),
    }
    survey.write_text("title: [", encoding="utf-8")
    assert survey_facts(Run("a", survey, None)) == {"title": "a"}
    put(tmp_path / "out" / "a", country="Bigland", year=2025)
    refuse_others([Run("a", survey, None)], tmp_path / "out")


def test_a_record_lists_the_texts_that_lack_a_language_of_the_documents_with_their_keys(
    tmp_path: Path,
) -> None:
    """The shipped files of Norvia are in English and French; a plan that asks for Spanish, too, finds all of
    them untranslated."""
    sample = Path(__file__).parents[2] / "data_samples" / "norvia_lfs_2025"
    assert untranslated_in(make_run(sample / "survey.yaml", sample / "nap.yaml")) == {}
    text = (sample / "nap.yaml").read_text("utf-8").replace("languages: [en, fr]", "languages: [en, fr, es]")
    (tmp_path / "nap.yaml").write_text(text.replace("baseline_survey: survey.yaml\n", ""), encoding="utf-8")
    found = untranslated_in(make_run(sample / "survey.yaml", tmp_path / "nap.yaml"))
    assert list(found) == ["es"]
    assert {("nap.yaml", "title"), ("nap.yaml", "legal_basis.0"), ("survey.yaml", "round")} <= set(
        found["es"]
    )
    assert untranslated_in(make_run(sample / "survey.yaml", None)) == {}
