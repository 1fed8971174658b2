"""Tests the command line: what it prints, and its exit code: 0 for success, 1 if a survey failed or has
errors, 2 for a wrong call or file."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
import small_country as country
import yaml

from fltoolkit.classify.rule_set import SHIPPED
from fltoolkit.cli import main
from fltoolkit.errors import DataError, RequestError
from fltoolkit.publish import published_set
from fltoolkit.run import batch, batch_file

HOUSE = Path(__file__).parents[1]
COMMANDS = (
    "start",
    "new",
    "questionnaire",
    "check",
    "estimate",
    "batch",
    "nap",
    "lab",
    "class",
    "refresh",
    "schema",
)


@pytest.fixture
def without_kernels(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """A stand-in for the kernels; gives what each notebook was called with."""
    calls: list[tuple[str, dict[str, Any]]] = []

    def execute(name: str, work: Path, parameters: dict[str, Any], kernel: object) -> None:
        calls.append((name, parameters))
        nbformat.write(
            nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# {name}")]),
            work / f"{name}.ipynb",
        )
        country.published().table.to_csv(work / "estimates.csv", index=False)
        if (work / parameters["survey"]).resolve().parent.name == "broken":
            raise DataError("it broke", do="mend it")

    monkeypatch.setattr(batch, "_execute", execute)
    monkeypatch.setattr(batch.Kernel, "call", lambda kernel, line: None)
    return calls


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_shows_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    told = capsys.readouterr().out
    assert "example" in told
    assert f"  fltoolkit {command} " in told.split("example")[1]


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    assert all(f"    {command}" in told for command in COMMANDS)
    assert "fltoolkit batch data_samples/batch.yaml" in told


@pytest.mark.parametrize("arguments", [[], ["publish"], ["check"], ["batch", "b.yaml", "--workers", "two"]])
def test_a_call_that_means_nothing_ends_with_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage: fltoolkit" in capsys.readouterr().err


def test_help_comes_without_pandas() -> None:
    code = (
        "import sys; from fltoolkit.cli import _parser; _parser().format_help(); sys.exit('pandas' in "
        "sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", ["classify", "publish"])
def test_a_function_called_as_its_room_is_the_function_whatever_was_imported_before(name: str) -> None:
    code = (
        f"import fltoolkit.{name}, fltoolkit.publish.published_set, fltoolkit as fl, sys; "
        f"sys.exit(not callable(fl.{name}))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ------------------------------------------------------------------------------------------------------------


def test_a_sound_survey_passes_the_check_with_its_findings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(country.write(tmp_path))]) == 0
    told = capsys.readouterr().out
    assert "NOTE    AGE: age not stated" in told
    assert "NOTE    items.involuntary: the questionnaire has no question on:" in told
    assert "Small country 2025: no errors; " in told


def test_the_check_reminds_of_a_release_in_outputs_that_survey_yaml_does_not_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    release = {"office": "the office", "date": "2026-03-14", "status": "final"}
    survey = country.write(tmp_path, country.changed(country.SURVEY, release=release))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "outputs" / "a").mkdir(parents=True)
    facts = {"country": "Smallland", "year": 2025, "round": "first", "release": release}
    told = {"name": "a", "title": "T", "status": "complete", **facts}
    (tmp_path / "outputs" / "a" / "run.json").write_text(json.dumps(told))
    assert main(["check", str(survey)]) == 0
    assert "outputs/a is a final release of this survey" in capsys.readouterr().out


def test_errors_of_the_data_fail_the_check_and_say_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = country.persons()
    table.loc[70:80, "COE"] = 7
    assert main(["check", str(country.write(tmp_path, table=table))]) == 1
    told = capsys.readouterr().out
    assert (
        "ERROR   COE (items.coercion.withheld_wages): codes that survey.yaml does not name: 7 [about 10]"
        in told
    )
    assert (
        "add them under items.coercion.withheld_wages, as yes, no, dont_know, refused, not_applicable or "
        "missing"
    ) in told
    assert "Errors stop the estimate: correct them, then check again." in told
    assert "no errors" not in told


def test_what_only_an_estimate_meets_of_the_design_fails_the_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = country.persons().assign(R1=10.0, R2=20.0)
    table.loc[3, "R2"] = None
    design = {"weight": "W", "selection": "srs", "replicates": {"columns": "R{1..2}", "method": "jk1"}}
    assert (
        main(["check", str(country.write(tmp_path, {**country.SURVEY, "design": design}, table=table))]) == 1
    )
    told = capsys.readouterr().out
    assert "1 replicate weight(s) are missing, infinite or no numbers in some rows" in told
    assert "Errors stop the estimate" in told


def test_a_table_that_the_questions_cannot_give_is_told_before_it_is_marked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {**country.SURVEY, "tables": [{"measure": "current"}, {"measure": "prevalence"}]}
    assert main(["check", str(country.write(tmp_path, asked))]) == 0
    told = capsys.readouterr().out
    assert "NOTE    tables: current will be marked [x]: whether forced labour goes on was not asked" in told
    assert "tables: prevalence" not in told


def test_a_check_publishes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise AssertionError("a check has no use for a published set")

    monkeypatch.setattr(published_set, "_estimates", fails)
    assert main(["check", str(country.write(tmp_path))]) == 0


def test_industries_read_wrongly_fail_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = country.persons()
    table.loc[table["FISIC"] == "41", "FISIC"] = "00"
    assert main(["check", str(country.write(tmp_path, table=table))]) == 1
    told = capsys.readouterr().out
    assert (
        "ERROR   FISIC (sectors.sector): more than half of all are codes that are not in isic_rev4: 00 "
        "[about 20]"
    ) in told
    assert "no errors" not in told


def test_a_file_that_is_wrong_ends_with_two_and_one_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(tmp_path / "survey.yaml")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "there is no such file" in told.err
    assert "Traceback" not in told.err


# ------------------------------------------------------------------------------------------------- estimate a


def test_estimate_without_a_plan_runs_three_notebooks(tmp_path: Path, without_kernels: list[Any]) -> None:
    survey = country.write(tmp_path / "small")
    assert main(["estimate", str(survey), "--outputs", str(tmp_path / "out")]) == 0
    assert [name for name, _ in without_kernels] == ["1_survey", "2_classify", "3_estimate"]
    assert (tmp_path / "out" / "index.html").is_file()
    assert not (tmp_path / "out" / "small" / "restricted").exists()


def test_estimate_with_a_plan_runs_four(tmp_path: Path, without_kernels: list[Any]) -> None:
    survey = country.write(tmp_path / "small")
    plan = str(survey.with_name("nap.yaml"))
    assert main(["estimate", str(survey), "--plan", plan, "--outputs", str(tmp_path / "out")]) == 0
    assert [name for name, _ in without_kernels] == list(batch_file.NOTEBOOKS)
    assert {given["plan"] for _, given in without_kernels if "plan" in given} == {"nap.yaml"}


@pytest.mark.parametrize(
    ("option", "name", "allowed"),
    [
        ("profile", "statcan", "eclac_2023, fltoolkit, ilo, nchs_2017, nchs_2023, statcan"),
        ("rules", "hts_2012", "hts_2012, icls_2018"),
    ],
)
def test_an_option_goes_to_the_notebooks_and_a_name_that_is_not_there_stops_at_once(
    tmp_path: Path,
    without_kernels: list[Any],
    capsys: pytest.CaptureFixture[str],
    option: str,
    name: str,
    allowed: str,
) -> None:
    words = ["estimate", str(country.write(tmp_path / "small")), "--outputs", str(tmp_path / "out")]
    assert main([*words, f"--{option}", "strict"]) == 2
    assert f"allowed: {allowed}" in capsys.readouterr().err
    assert without_kernels == []
    assert main([*words, f"--{option}", name]) == 0
    assert {given[option] for _, given in without_kernels if option in given} == {name}


def test_restricted_writes_every_number_apart_and_no_page_links_it(
    tmp_path: Path, without_kernels: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    survey, out, private = country.write(tmp_path / "small"), tmp_path / "out", tmp_path / "private"
    arguments = [
        "estimate",
        str(survey),
        "--plan",
        str(survey.with_name("nap.yaml")),
        "--outputs",
        str(out),
        "--restricted",
    ]
    assert main(arguments) == 2
    assert "name a folder that nobody else can read: --private FOLDER" in capsys.readouterr().err
    assert not out.exists()
    assert main([*arguments, "--private", str(private)]) == 0
    full = pd.read_csv(private / "small" / "estimates_full.csv")
    assert {p.name for p in (private / "small").iterdir()} == {
        "estimates_full.csv",
        "rows_behind_findings.csv",
    }
    hidden = country.published().table[lambda t: t["estimate"].isna() & (t["measure"] == "prevalence")]
    assert len(hidden) > 5
    by_region = full[(full["measure"] == "prevalence") & (full["breakdown"] == "region")].set_index(
        "category"
    )["cases"]
    assert dict(by_region) == {
        "north": 20,
        "south": 12,
        "east": 6,
        "west": 3,
        "plain": 0,
        "island": 0,
        "not stated": 0,
    }
    assert full["estimate"].notna().all()
    assert "RESTRICTED: " in capsys.readouterr().out
    assert not list(out.rglob("*full*"))
    pages = list(out.rglob("*.html"))
    assert len(pages) == 5
    assert not [
        p.name
        for p in pages
        if "restricted" in p.read_text("utf-8") or "estimates_full" in p.read_text("utf-8")
    ]


def test_restricted_numbers_are_those_of_the_rule_set_that_was_asked_for(
    tmp_path: Path, without_kernels: list[Any]
) -> None:
    survey, private = country.write(tmp_path / "small"), tmp_path / "private"
    shipped = (SHIPPED / "icls_2018.yaml").read_text("utf-8")
    (survey.parent / "mine.yaml").write_text(shipped.replace("name: icls_2018", "name: mine"), "utf-8")
    words = ["estimate", str(survey), "--outputs", str(tmp_path / "out"), "--rules", "mine.yaml"]
    assert main([*words, "--private", str(private), "--restricted"]) == 0
    full = pd.read_csv(private / "small" / "estimates_full.csv")
    assert set(full.loc[full["breakdown"] == "region", "rule_set"]) == {"mine v1"}


def test_a_failed_survey_ends_with_one_and_nothing_restricted_is_written(
    tmp_path: Path, without_kernels: list[Any]
) -> None:
    survey = country.write(tmp_path / "broken")
    private = tmp_path / "private"
    assert (
        main(
            [
                "estimate",
                str(survey),
                "--outputs",
                str(tmp_path / "out"),
                "--private",
                str(private),
                "--restricted",
            ]
        )
        == 1
    )
    assert not (private / "broken" / "estimates_full.csv").exists()
    assert "it broke" in (tmp_path / "out" / "index.html").read_text("utf-8")


def test_a_mistyped_survey_ends_with_two_and_leaves_earlier_results_alone(
    tmp_path: Path, without_kernels: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    survey, out = country.write(tmp_path / "small"), str(tmp_path / "out")
    assert main(["estimate", str(survey), "--outputs", out]) == 0
    before = sorted((tmp_path / "out" / "small").iterdir())
    assert main(["estimate", str(survey.with_name("surve.yaml")), "--outputs", out]) == 2
    assert "survey: there is no such file" in capsys.readouterr().err
    assert main(["estimate", str(survey), "--plan", str(tmp_path / "nap.yaml"), "--outputs", out]) == 2
    assert "plan: there is no such file" in capsys.readouterr().err
    assert sorted((tmp_path / "out" / "small").iterdir()) == before


@pytest.mark.parametrize(("second", "ends"), [("other", 0), ("broken", 1)])
def test_a_batch_ends_with_one_if_any_survey_failed(
    tmp_path: Path, without_kernels: list[Any], second: str, ends: int, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("small", second):
        country.write(tmp_path / name)
    content = {"outputs": "out", "surveys": [{"survey": f"{name}/survey.yaml"} for name in ("small", second)]}
    (tmp_path / "batch.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    assert main(["batch", str(tmp_path / "batch.yaml"), "--workers", "1"]) == ends
    assert ends == 0 or re.search(
        r"^broken: failed: .*it broke \(\d of 2\)\n  do:      mend it$", capsys.readouterr().out, re.M
    )
    assert (tmp_path / "out" / "small" / "3_estimate.html").is_file()


def test_resume_skips_what_is_current(
    tmp_path: Path, without_kernels: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    country.write(tmp_path / "small")
    content = {"outputs": "out", "surveys": [{"survey": "small/survey.yaml"}]}
    (tmp_path / "batch.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    assert main(["batch", str(tmp_path / "batch.yaml")]) == 0
    assert main(["batch", str(tmp_path / "batch.yaml"), "--resume"]) == 0
    assert len(without_kernels) == 3
    assert "small: current, skipped (1 of 1)" in capsys.readouterr().out


def test_a_batch_stopped_by_hand_ends_with_130(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(batch, "run_batch", stopped)
    assert main(["batch", str(tmp_path / "batch.yaml")]) == 130


def test_a_second_survey_by_itself_joins_the_first_on_the_front_page(
    tmp_path: Path, without_kernels: list[Any]
) -> None:
    for name in ("one", "two"):
        survey = country.write(tmp_path / name, country.changed(country.SURVEY, title=f"Country {name}"))
        assert main(["estimate", str(survey), "--outputs", str(tmp_path / "out")]) == 0
    html = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "Country one" in html
    assert "Country two" in html


# ------------------------------------------------------------------------------------------------- whose resu


def round_of(folder: Path, **keys: Any) -> str:
    """A survey in a folder that is called as another's: year/data."""
    return str(country.write(folder / "data", country.changed(country.SURVEY, **keys)))


def test_results_of_another_round_country_or_year_are_not_replaced(
    tmp_path: Path, without_kernels: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "out")
    assert main(["estimate", round_of(tmp_path / "2025"), "--outputs", out]) == 0
    before = {path: path.read_bytes() for path in (tmp_path / "out" / "data").rglob("*")}
    ran = len(without_kernels)
    for i, keys in enumerate(({"year": 2027}, {"country": "Otherland"}, {"round": "second"})):
        other = round_of(tmp_path / str(i), **keys)
        assert main(["estimate", other, "--outputs", out]) == 2
        told = capsys.readouterr().err
        assert "the results of another survey would be replaced; nothing was run" in told
        assert "data holds Smallland 2025 first, and " in told
        assert str(next(iter(keys.values()))) in told
        assert all(option in told for option in ("--name", "--outputs", "--replace"))
    assert len(without_kernels) == ran
    assert {path: path.read_bytes() for path in (tmp_path / "out" / "data").rglob("*")} == before
    assert main(["estimate", other, "--outputs", out, "--name", "second"]) == 0
    assert main(["estimate", other, "--outputs", out, "--replace"]) == 0
    facts = json.loads((tmp_path / "out" / "data" / "run.json").read_text("utf-8"))
    assert [facts[key] for key in ("country", "year", "round")] == ["Smallland", 2025, "second"]


def test_a_corrected_title_or_another_spelling_locks_nobody_out(
    tmp_path: Path, without_kernels: list[Any]
) -> None:
    out = str(tmp_path / "out")
    assert main(["estimate", round_of(tmp_path / "2025"), "--outputs", out]) == 0
    assert (
        main(
            [
                "estimate",
                round_of(tmp_path / "2025", title="Corrected", country=" SMALLLAND"),
                "--outputs",
                out,
            ]
        )
        == 0
    )


def test_results_of_an_older_version_name_no_survey_and_are_replaced(
    tmp_path: Path, without_kernels: list[Any]
) -> None:
    out = str(tmp_path / "out")
    assert main(["estimate", round_of(tmp_path / "2025"), "--outputs", out]) == 0
    file = tmp_path / "out" / "data" / "run.json"
    older = {
        k: v
        for k, v in json.loads(file.read_text("utf-8")).items()
        if k not in ("country", "year", "round", "key")
    }
    file.write_text(json.dumps(older), "utf-8")
    assert main(["estimate", round_of(tmp_path / "2027", year=2027), "--outputs", out]) == 0


def test_a_batch_refuses_too_before_any_work_unless_told_to_replace(
    tmp_path: Path, without_kernels: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    content = {
        "outputs": "out",
        "surveys": [{"survey": "a/data/survey.yaml"}, {"survey": "b/data/survey.yaml", "name": "b"}],
    }
    (tmp_path / "batch.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    for name in "ab":
        round_of(tmp_path / name)
    assert main(["batch", str(tmp_path / "batch.yaml")]) == 0
    ran = len(without_kernels)
    round_of(tmp_path / "b", year=2031)
    for more in ([], ["--only", "b"]):
        assert main(["batch", str(tmp_path / "batch.yaml"), *more]) == 2
        assert "b holds Smallland 2025 first, and " in capsys.readouterr().err
    assert len(without_kernels) == ran
    assert main(["batch", str(tmp_path / "batch.yaml"), "--replace"]) == 0


# --------------------------------------------------------------------------------------------------- what goe


@pytest.mark.parametrize("workers", ["0", "-1", "1.5", "²", ""])
def test_so_many_workers_are_refused_as_a_wrong_call(
    workers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["batch", "batch.yaml", f"--workers={workers}"])
    assert stop.value.code == 2
    assert f"argument --workers: {workers!r} is not a whole number of 1 or more" in capsys.readouterr().err


@pytest.mark.parametrize("workers", [0, -1, 1.5, True])
def test_so_many_workers_are_refused_as_a_wrong_request(tmp_path: Path, workers: Any) -> None:
    country.write(tmp_path / "a")
    (tmp_path / "batch.yaml").write_text("outputs: out\nsurveys: [{survey: a/survey.yaml}]\n", "utf-8")
    with pytest.raises(RequestError, match="allowed: a whole number of 1 or more"):
        batch.run_batch(tmp_path / "batch.yaml", workers=workers)
    assert not (tmp_path / "out").exists()


def test_a_defect_of_the_kit_ends_with_one_and_quotes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise ValueError("could not convert string to float: 'Amina Diallo'")

    monkeypatch.setattr("fltoolkit.read_survey", fails)
    assert main(["check", str(country.write(tmp_path))]) == 1
    told = capsys.readouterr()
    assert "This is a defect of the kit: ValueError" in told.err
    assert "fltoolkit/commands.py:" in told.err
    assert "Amina" not in told.err + told.out


def test_a_batch_that_is_not_valid_ends_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "batch.yaml").write_text("surveys: []\n", encoding="utf-8")
    assert main(["batch", str(tmp_path / "batch.yaml")]) == 2
    assert "outputs: this key is required" in capsys.readouterr().err


# --------------------------------------------------------------------------------------------------- refresh,


def test_refresh_of_a_folder_without_notebooks_ends_with_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["refresh", str(tmp_path)]) == 2
    assert "there are no notebooks in this folder" in capsys.readouterr().err


def test_refresh_runs_the_notebooks_of_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Path] = []
    monkeypatch.setattr("fltoolkit.run.jupyter.refresh", seen.append)
    assert main(["refresh", str(tmp_path)]) == 0
    assert seen == [tmp_path]


def test_the_schemas_of_the_docs_are_those_of_the_package(tmp_path: Path) -> None:
    assert main(["schema", str(tmp_path / "schema")]) == 0
    made = {path.name: path.read_text("utf-8") for path in (tmp_path / "schema").iterdir()}
    assert set(made) == {
        f"{name}.schema.json"
        for name in ("survey", "nap", "partners", "questionnaire", "batch", "rules", "evidence")
    }
    for name, text in made.items():
        committed = (HOUSE / "docs" / "schema" / name).read_text("utf-8")
        assert json.loads(committed) == json.loads(text), (
            f"{name} is stale: run `fltoolkit schema docs/schema`"
        )


def test_the_shipped_files_name_schemas_that_exist() -> None:
    named = [
        path for path in (HOUSE / "data_samples").rglob("*.yaml") if "$schema=" in path.read_text("utf-8")
    ]
    assert len(named) >= 2
    for path in named:
        address = path.read_text("utf-8").split("$schema=")[1].split()[0]
        assert (path.parent / address).resolve().is_file()


def test_a_workbook_that_is_not_there_is_named_and_not_its_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nap", "read", "nowhere/nap_workbook.xlsx"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("nowhere/nap_workbook.xlsx: there is no such file")
    assert "run.json" not in told


@pytest.mark.parametrize("command", ["check", "estimate"])
def test_a_blank_path_is_not_the_working_folder(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A variable of a script that is not set is a blank path."""
    with pytest.raises(SystemExit):
        main([command, ""])
    assert "the path is blank" in capsys.readouterr().err


def test_an_encoding_that_is_none_is_told_with_usual_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["new", "persons.csv", "--encoding", "klingon"])
    assert "not an encoding that Python knows; usual ones: utf-8" in capsys.readouterr().err
