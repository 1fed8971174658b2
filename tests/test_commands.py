"""Tests each command: which function it calls, what it refuses, and how it ends."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
import small_country as country
import yaml

from fltoolkit import commands
from fltoolkit.errors import RequestError
from fltoolkit.run.batch import BatchOptions

Calls = list[tuple[Any, dict[str, Any]]]


def given(**options: Any) -> argparse.Namespace:
    return argparse.Namespace(**options)


def stand_in(calls: Calls, answer: Any) -> Any:
    """A function that notes its arguments."""

    def call(*arguments: Any, **options: Any) -> Any:
        calls.append((arguments, options))
        return answer

    return call


def test_a_draft_is_written_and_its_open_lines_are_listed_with_their_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text("id\n" + "\n".join(map(str, range(9))) + "\n", "utf-8")
    assert commands.new(given(data=tmp_path / "a.csv", out=None, encoding=None)) == 0
    lines, told = (
        (tmp_path / "survey.yaml").read_text("utf-8").splitlines(),
        capsys.readouterr().out.splitlines(),
    )
    asked = [
        (i, line.strip())
        for i, line in enumerate(lines, 1)
        if "<answer>" in line and not line.startswith("#")
    ]
    assert told[:-2] == [f"line {i:<4} {line}" for i, line in asked]
    assert f"{len(asked)} need an answer" in told[-2]
    assert told[-1].endswith(f"fltoolkit check {tmp_path / 'survey.yaml'}")


def test_languages_are_given_with_commas_and_blanks_are_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: Calls = []
    name = "fltoolkit.authoring.questionnaire.questionnaire_files.write_questionnaire"
    monkeypatch.setattr(name, stand_in(calls, ["a.xlsx", "b.yaml"]))
    assert [commands.questionnaire(given(folder="f", languages=text)) for text in ("fr, en", "", " ,")] == [
        0,
        0,
        0,
    ]
    assert [arguments for arguments, _ in calls] == [("f", ["fr", "en"]), ("f", []), ("f", [])]
    assert capsys.readouterr().out.startswith("Written: a.xlsx and b.yaml.")


def test_values_are_shown_on_a_terminal_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = country.persons().astype({"COE": object})
    table.loc[70:80, "COE"] = "Amina Diallo"
    survey = country.write(tmp_path, country.ONE_NUMBER, table=table)
    with pytest.raises(RequestError, match="on a terminal only"):
        commands.check(given(survey=survey, language="en", show_values=True, private=None))
    assert commands.check(given(survey=survey, show_values=False, language="en", private=None)) == 1
    assert "Amina" not in capsys.readouterr().out
    monkeypatch.setattr(commands, "on_screen", lambda: True)
    assert commands.check(given(survey=survey, language="en", show_values=True, private=None)) == 1
    told = capsys.readouterr().out
    assert "Amina Diallo" in told
    assert told.endswith("Errors stop the estimate: correct them, then check again.\n")


@pytest.mark.parametrize(("address", "run"), [("s3://bucket/batch.yaml", "stored"), ("batch.yaml", "local")])
@pytest.mark.parametrize("passed", [True, False])
def test_a_batch_at_an_address_is_run_where_it_is_stored(
    monkeypatch: pytest.MonkeyPatch, address: str, run: str, passed: bool
) -> None:
    local: Calls = []
    stored: Calls = []
    monkeypatch.setattr("fltoolkit.run.batch.run_batch", stand_in(local, passed))
    monkeypatch.setattr("fltoolkit.run.remote_batch.run_stored", stand_in(stored, passed))
    options = {
        "workers": 2,
        "scheduler": None,
        "only": ["a"],
        "resume": True,
        "replace": False,
        "private": "p",
    }
    assert commands.batch(given(batch=address, **options)) == (0 if passed else 1)
    assert {"local": local, "stored": stored}[run] == [((address,), options)]
    assert len(local) + len(stored) == 1


def test_what_is_not_for_publication_needs_a_place_of_its_own_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="may not be written among the outputs"):
        commands.estimate(given(restricted=True, private=None))


def test_an_estimate_gives_the_notebooks_what_was_given_and_ends_with_one_if_it_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = country.write(tmp_path / "small")
    calls: Calls = []
    monkeypatch.setattr("fltoolkit.run.batch.run_surveys", stand_in(calls, False))
    options = {
        "restricted": False,
        "private": None,
        "plan": None,
        "name": None,
        "outputs": tmp_path / "out",
        "replace": True,
    }
    assert (
        commands.estimate(
            given(survey=survey, profile="statcan", rules=None, before=tmp_path / "old.csv", **options)
        )
        == 1
    )
    ((([run], outputs, how), _),) = calls
    assert (run.name, outputs) == ("small", tmp_path / "out")
    assert how == BatchOptions(workers=1, keep_others=True, replace=True, private="")
    told = {
        name: {own[name] for own in run.parameters.values() if name in own} for name in ("profile", "before")
    }
    assert told == {"profile": {"statcan"}, "before": {str(tmp_path / "old.csv")}}
    commands.estimate(given(survey=survey, profile=None, rules=None, before=None, **options))
    (run,) = calls[1][0][0]
    assert not [own for own in run.parameters.values() if {"profile", "before"} & own.keys()]


def test_a_plan_is_checked_with_the_survey_beside_it_and_says_where_there_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = country.write(tmp_path).with_name("nap.yaml")
    assert commands.nap_check(given(plan=plan, survey=None)) == 0
    assert "no survey.yaml is beside the plan" not in capsys.readouterr().out
    (tmp_path / "survey.yaml").rename(tmp_path / "other.yaml")
    assert commands.nap_check(given(plan=plan, survey=None)) == 0
    assert "NOTE    no survey.yaml is beside the plan" in capsys.readouterr().out
    plan.write_text(yaml.safe_dump(country.with_rows({"population": "nobody"})), "utf-8")
    assert commands.nap_check(given(plan=plan, survey=None)) == 0  # nobody knows the survey's populations
    capsys.readouterr()
    assert commands.nap_check(given(plan=plan, survey=tmp_path / "other.yaml")) == 1
    told = capsys.readouterr().out
    assert "ERROR   persons: the survey has no population nobody\n        name one of adults\n" in told
    assert told.endswith("Errors would stop a run, or lose a target: correct them, then check again.\n")


def test_a_workbook_goes_to_the_plan_that_was_named_or_that_its_run_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "out" / "small" / "nap_workbook.xlsx"
    book.parent.mkdir(parents=True)
    book.touch()
    calls: Calls = []
    monkeypatch.setattr("fltoolkit.report.workbook.merge_into_partners.read_into", stand_in(calls, "told"))
    with pytest.raises(RequestError, match=r"no run\.json beside the workbook"):
        commands.nap_read(given(workbook=book, plan=None))
    assert commands.nap_read(given(workbook=book, plan=Path("my/nap.yaml"))) == 0
    record = argparse.Namespace(
        parameters={"4_nap": {"survey": "../../small/survey.yaml", "plan": "nap.yaml"}}
    )
    monkeypatch.setattr("fltoolkit.run.run_record.read_record", lambda folder: record)
    assert commands.nap_read(given(workbook=book, plan=None)) == 0
    assert [arguments for arguments, _ in calls] == [
        (book, Path("my/nap.yaml")),
        (book, tmp_path / "small" / "nap.yaml"),
    ]
    assert capsys.readouterr().out == "told\ntold\n"


def test_a_class_is_served_as_it_was_asked_for_and_ends_as_its_server_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: Calls = []
    monkeypatch.setattr("fltoolkit.teaching.classroom.serve", stand_in(calls, 3))
    assert commands.serve_class(given(folder="f", learners=30, address="0.0.0.0", port=80, jupyter="j")) == 3
    assert calls == [(("f", 30, "0.0.0.0", 80, "j"), {})]


def test_a_schema_is_written_for_each_kind_of_file_in_a_folder_that_is_made(tmp_path: Path) -> None:
    assert commands.schema(given(folder=tmp_path / "a" / "b")) == 0
    made = {
        path.name.removesuffix(".schema.json"): json.loads(path.read_text("utf-8"))
        for path in (tmp_path / "a" / "b").iterdir()
    }
    assert set(made) == {"survey", "nap", "batch", "rules", "partners", "questionnaire", "evidence"}
    assert {made[name]["title"] for name in ("survey", "nap", "rules")} == {"SurveySpec", "Plan", "RuleSet"}
    commands.schema(given(folder=tmp_path / "a" / "b"))  # and over what is there
