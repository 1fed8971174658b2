"""Tests batch.yaml: names, paths and parameters are checked and typed before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest
import small_country as country

from fltoolkit.errors import BatchError
from fltoolkit.run import batch_file
from fltoolkit.run.batch_file import Batch, Run, make_run, name_of, notebooks_of, plan_runs, relative_path


@pytest.mark.parametrize(
    ("folder", "name"), [("Enquête 2025 (finale)", "Enquête_2025_finale"), ("a.b", "a_b"), ("a-b", "a-b")]
)
def test_a_folder_with_blanks_needs_no_name(tmp_path: Path, folder: str, name: str) -> None:
    assert make_run(country.write(tmp_path / folder), None).name == name


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("true", "bool", True),
        ("False", "bool", False),
        ("3", "int", 3),
        ("0.5", "float", 0.5),
        ("001", "str", "001"),
        ("NO", "str", "NO"),
    ],
)
def test_text_becomes_what_the_notebook_declares_and_nothing_else(
    text: str, kind: str, value: object
) -> None:
    found = batch_file._typed("p", text, kind, "here")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "kind", "allowed"),
    [("0.5", "int", "a whole number"), ("much", "float", "a number"), ("x", "date", "date")],
)
def test_a_text_of_another_type_is_refused(text: str, kind: str, allowed: str) -> None:
    with pytest.raises(BatchError, match=f"allowed: {allowed}"):
        batch_file._typed("p", text, kind, "here")


def test_each_notebook_gets_the_parameters_it_knows_and_paths_from_where_it_stands(tmp_path: Path) -> None:
    path = country.write(tmp_path / "a")
    run = make_run(path, path.with_name("nap.yaml"), parameters={"profile": "fltoolkit"})
    assert run.name == "a"
    assert set(run.parameters) == set(batch_file.NOTEBOOKS)
    out = tmp_path / "results" / "a"
    assert run.parameters_in(out, "1_survey") == {"survey": "../../a/survey.yaml", "outputs": "."}
    assert run.parameters_in(out, "3_estimate") == {
        "survey": "../../a/survey.yaml",
        "plan": "nap.yaml",
        "outputs": ".",
        "profile": "fltoolkit",
    }


def placed(folder: Path, *names: str) -> list[Path]:
    """Empty files below a folder: nothing here reads a survey."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("", encoding="utf-8")
    return [folder / name for name in names]


def test_names_that_differ_in_capitals_only_are_one_name(tmp_path: Path) -> None:
    """Not every file system tells them apart."""
    placed(tmp_path, "a/survey.yaml", "b/survey.yaml")
    surveys = [{"survey": "a/survey.yaml", "name": "Round"}, {"survey": "b/survey.yaml", "name": "round"}]
    with pytest.raises(BatchError, match="two surveys have the same name"):
        plan_runs(Batch.model_validate({"outputs": "out", "surveys": surveys}), tmp_path)
    surveys[1] |= {"name": "round_2"}
    runs = plan_runs(Batch.model_validate({"outputs": "out", "surveys": surveys}), tmp_path)
    assert [(run.name, run.survey, run.plan) for run in runs] == [
        ("Round", tmp_path / "a" / "survey.yaml", None),
        ("round_2", tmp_path / "b" / "survey.yaml", None),
    ]


@pytest.mark.parametrize("name", ["../elsewhere", "a/b", "assets", "a b", "--", "..", "__"])
def test_a_name_that_is_no_folder_of_its_own_is_refused_where_it_stands(name: str) -> None:
    with pytest.raises(BatchError, match=r"surveys\.3: a survey's name is letters, digits, - and _"):
        name_of(Path("lfs") / "survey.yaml", name, "surveys.3")


def test_a_file_that_is_not_there_is_named_by_its_key(tmp_path: Path) -> None:
    (survey,) = placed(tmp_path, "a/survey.yaml")
    with pytest.raises(BatchError, match=r"^survey: there is no such file"):
        make_run(tmp_path / "no.yaml", None)
    with pytest.raises(BatchError, match=r"surveys\.0\.plan: there is no such file"):
        make_run(survey, tmp_path / "nap.yaml", where="surveys.0")


def test_files_that_parameters_name_are_read_from_the_surveys_folder(tmp_path: Path) -> None:
    survey, mine, first = placed(tmp_path, "b/survey.yaml", "b/mine.yaml", "a/survey.yaml")
    given = {"rules": "../b/mine.yaml", "before": "../a/survey.yaml", "profile": "strict"}
    run = make_run(survey, None, parameters=given)
    assert run.parameters["2_classify"]["rules"] == "mine.yaml"
    assert [file.resolve() for file in run.parameter_files()] == [first, mine]
    assert run.earlier is not None
    assert run.earlier.resolve() == first
    assert make_run(survey, None).earlier is None
    mine.unlink()
    with pytest.raises(BatchError, match="there is no such file"):
        make_run(survey, None, parameters=given)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("baseline_survey: ../first/survey.yaml", True),
        ("baseline_survey: ../plan/../second/survey.yaml", False),  # its own
        ("title: x", False),
        ("baseline_survey: [", False),  # whoever reads the plan tells of it
        ("baseline_survey: [a, b]", False),
    ],
)
def test_the_survey_of_the_baseline_is_that_which_the_plan_names_if_it_is_another(
    tmp_path: Path, content: str, found: bool
) -> None:
    first, second, plan = placed(tmp_path, "first/survey.yaml", "second/survey.yaml", "plan/nap.yaml")
    plan.write_text(content, encoding="utf-8")
    assert Run("second", second, plan).baseline == (first if found else None)
    assert Run("second", second, None).baseline is None


def test_without_a_plan_there_is_no_notebook_of_a_plan() -> None:
    run = Run("a", Path("survey.yaml"), None)
    assert notebooks_of(run) == ("1_survey", "2_classify", "3_estimate")
    assert notebooks_of(Run("a", Path("survey.yaml"), Path("nap.yaml")))[3:] == ("4_nap",)


def test_a_path_is_written_from_a_folder_with_slashes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert relative_path(tmp_path / "a" / "b.csv", tmp_path / "c") == "../a/b.csv"

    def another_drive(*_: object) -> str:
        raise ValueError

    monkeypatch.setattr("os.path.relpath", another_drive)
    assert relative_path(Path("d") / "b.csv", tmp_path) == "d/b.csv"
