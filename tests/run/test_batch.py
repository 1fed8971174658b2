"""Tests a batch: mistakes are found before anything runs, a survey is complete or absent, and no survey stops
another.

One batch runs in real kernels; what happens around a kernel is tested with a stand-in that writes what a
notebook would.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
import small_country as country
import yaml
from file_texts import lines
from papermill.exceptions import PapermillExecutionError

import fltoolkit as fl
from fltoolkit.errors import BatchError, FltoolkitError, SpecError
from fltoolkit.publish.disclosure.complementary_suppression import COMPLEMENT
from fltoolkit.publish.disclosure.suppression import PART
from fltoolkit.publish.disclosure.suppression_decision import FEW_UNRESOLVED
from fltoolkit.publish.disclosure_record import DisclosureRecord, disclosure_record
from fltoolkit.run import batch
from fltoolkit.run.batch import BatchOptions, run_batch, run_surveys
from fltoolkit.run.batch_file import Run, make_run


def quiet(_: str) -> None:
    """Told of every step, says nothing."""


def write_batch(folder: Path, *surveys: dict[str, Any], **keys: Any) -> Path:
    path = folder / "batch.yaml"
    path.write_text(
        yaml.safe_dump({"outputs": "out", "surveys": list(surveys), **keys}, sort_keys=False),
        encoding="utf-8",
    )
    return path


def message(folder: Path, *surveys: dict[str, Any], **keys: Any) -> str:
    """What is said of a batch.yaml that cannot be run; nothing may have been written."""
    with pytest.raises(FltoolkitError) as error:
        run_batch(write_batch(folder, *surveys, **keys), say=quiet)
    assert not (folder / "out").exists()
    return str(error.value)


# ------------------------------------------------------------------------------------- mistakes, before anyth


def test_a_survey_that_is_not_there_is_named_with_its_key(tmp_path: Path) -> None:
    told = message(tmp_path, {"survey": "nowhere/survey.yaml"})
    assert "surveys.0.survey: there is no such file" in told
    assert str(tmp_path / "nowhere" / "survey.yaml") in told


def test_results_are_not_written_beside_the_microdata(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    country.write(tmp_path / "one")
    before = sorted((tmp_path / "one").iterdir())
    told = message(tmp_path, {"survey": "one/survey.yaml"}, outputs="one")
    assert "the folder of outputs is that of a survey" in told
    assert "name another folder" in told
    assert sorted((tmp_path / "one").iterdir()) == before


def test_a_plan_that_is_not_there_is_named_with_its_key(tmp_path: Path) -> None:
    country.write(tmp_path / "a")
    told = message(
        tmp_path, {"survey": "a/survey.yaml"}, {"survey": "a/survey.yaml", "name": "b", "plan": "plan.yaml"}
    )
    assert "surveys.1.plan: there is no such file" in told


def test_two_surveys_of_one_name_are_refused_until_one_is_renamed(tmp_path: Path) -> None:
    for place in ("x/lfs", "y/lfs"):
        country.write(tmp_path / place)
    told = message(tmp_path, {"survey": "x/lfs/survey.yaml"}, {"survey": "y/lfs/survey.yaml"})
    assert "two surveys have the same name" in told
    assert "found:   lfs" in told
    assert "give each a `name:`" in told


def test_an_unknown_parameter_is_named_with_those_there_are(tmp_path: Path) -> None:
    country.write(tmp_path / "a")
    told = message(tmp_path, {"survey": "a/survey.yaml", "parameters": {"rule": "icls_2018"}})
    assert "surveys.0.parameters: no notebook knows this parameter" in told
    assert "found:   rule" in told
    assert "allowed: before, profile, rules" in told


@pytest.mark.parametrize("name", ["survey", "plan", "outputs", "interactive"])
def test_what_the_kit_sets_itself_is_no_parameter(tmp_path: Path, name: str) -> None:
    country.write(tmp_path / "a")
    told = message(tmp_path, {"survey": "a/survey.yaml", "parameters": {name: "x"}})
    assert "the kit sets this parameter itself" in told
    assert f"found:   {name}" in told


@pytest.mark.parametrize("name", ["rules", "profile"])
def test_a_parameter_that_names_no_file_is_refused(tmp_path: Path, name: str) -> None:
    country.write(tmp_path / "a")
    told = message(tmp_path, {"survey": "a/survey.yaml", "parameters": {name: "mine.yaml"}})
    assert "surveys.0.parameters: there is no such file" in told
    assert f"found:   {tmp_path / 'a' / 'mine.yaml'}" in told


def test_an_unknown_key_of_batch_yaml_is_named(tmp_path: Path) -> None:
    told = message(tmp_path, {"survey": "a/survey.yaml", "rules": "icls_2018"})
    assert "surveys.0.rules: unknown key; allowed: survey, plan, name, parameters" in told


def test_a_batch_without_surveys_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="surveys"):
        run_batch(write_batch(tmp_path), say=quiet)


# ----------------------------------------------------------------------------------------------------- in rea


@dataclass
class Ran:
    """A batch that has run."""

    outputs: Path
    passed: bool
    said: list[str] = field(default_factory=list)

    def facts(self, folder: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.outputs / folder / "run.json").read_text(encoding="utf-8"))
        return found


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Two surveys, without plans; one has an answer that its survey.yaml does not know. What a run hides goes
    to `private`."""
    folder = tmp_path_factory.mktemp("batch")
    country.write(folder / "good", country.changed(country.SURVEY, title="The good one"))
    table = country.persons()
    table.loc[70:80, "COE"] = 7
    country.write(folder / "broken", country.changed(country.SURVEY, title="A broken one"), table=table)
    path = write_batch(folder, {"survey": "good/survey.yaml"}, {"survey": "broken/survey.yaml"})
    (folder / "out" / "good").mkdir(parents=True)
    (folder / "out" / "good" / "stale.txt").write_text("of an earlier run", encoding="utf-8")
    said: list[str] = []
    passed = run_batch(path, private=str(folder / "private"), say=said.append)
    return Ran(folder / "out", passed, said)


@pytest.mark.thorough("a survey through three notebooks")
def test_a_survey_without_a_plan_goes_through_three_notebooks(ran: Ran) -> None:
    names = ("1_survey", "2_classify", "3_estimate")
    made = {path.name for path in (ran.outputs / "good").iterdir()}
    assert made == {
        *(f"{n}.ipynb" for n in names),
        *(f"{n}.html" for n in names),
        *FINDINGS,
        "estimates.csv",
        "risk_factors.csv",
        "run.json",
    }


def test_the_estimates_of_a_run_are_those_of_the_package(ran: Ran) -> None:
    table = pd.read_csv(ran.outputs / "good" / "estimates.csv")
    own = table["rule_set"] == table["rule_set"].iloc[0]
    head = table[table["breakdown"].isna() & own].set_index("measure")["estimate"]
    assert head["prevalence"] == round(41 / 412, 4)  # what leaves is rounded
    assert head["total"] == pytest.approx(410)
    assert len(table[table["breakdown"] == "region"]) == 2 * 7


def test_a_broken_survey_fails_alone_with_its_error_and_half_run_notebook(ran: Ran) -> None:
    assert not ran.passed
    assert {p.name for p in (ran.outputs / "broken.failed").iterdir()} == {
        "2_classify.ipynb",
        "2_classify.html",
        "run.json",
    }
    facts = ran.facts("broken.failed")
    assert facts["status"] == "failed"
    assert facts["error"].startswith("2_classify: ")
    assert "codes that survey.yaml does not name: 7" in facts["error"]
    half = nbformat.read(ran.outputs / "broken.failed" / "2_classify.ipynb", as_version=4)
    errors = [o for cell in half.cells for o in cell.get("outputs", []) if o.output_type == "error"]
    assert len(errors) == 1
    page = (ran.outputs / "broken.failed" / "2_classify.html").read_text(encoding="utf-8")
    assert "codes that survey.yaml does not name: 7" in page
    assert re.findall(r'href="([^#"]+)"', page) == ["../index.html"]  # the pages beside it are not there


def test_the_index_tells_of_both(ran: Ran) -> None:
    html = (ran.outputs / "index.html").read_text(encoding="utf-8")
    assert html.index("A broken one: failed") < html.index("The good one")
    assert "2 surveys, 1 failed" in html
    links = re.findall(r'href="([^"]+)"', html)
    assert "broken.failed/2_classify.html" in links
    assert "good/3_estimate.html" in links
    assert not [link for link in links if not (ran.outputs / link).is_file()]


def test_every_link_and_script_of_every_page_is_there(ran: Ran) -> None:
    pages = list(ran.outputs.glob("*/*.html"))
    assert len(pages) == 4
    for page in pages:
        html = page.read_text(encoding="utf-8")
        found = re.findall(r'(?:href|src)="([^#"]+)"', html)
        assert found
        assert not [link for link in found if not (page.parent / link).resolve().is_file()], page.name
        assert not [place for place in re.findall(r'href="#([^"]+)"', html) if f'id="{place}"' not in html], (
            page.name
        )


def test_nothing_half_written_stays_and_nothing_of_an_earlier_run(ran: Ran) -> None:
    assert {p.name for p in ran.outputs.iterdir()} == {
        ".lock",
        "assets",
        "broken.failed",
        "good",
        "index.html",
    }
    assert not (ran.outputs / "good" / "stale.txt").exists()


def test_run_json_holds_inputs_parameters_and_versions(ran: Ran) -> None:
    facts = ran.facts("good")
    folder = ran.outputs.parent / "good"
    assert facts["status"] == "complete"
    assert facts["error"] == ""
    assert facts["inputs"] == {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in ("survey.yaml", "persons.csv")
    }
    assert facts["parameters"]["3_estimate"] == {
        "survey": "../../good/survey.yaml",
        "plan": "",
        "outputs": ".",
    }
    assert facts["outputs"] == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (ran.outputs / "good").iterdir()
        if path.name != "run.json"
    }
    assert set(facts["versions"]) >= {"fltoolkit", "pandas", "duckdb", "papermill"}
    assert facts["seconds"] > 0
    assert str(ran.outputs.parent) not in json.dumps(facts)


def test_no_file_names_a_place_on_this_machine_and_no_notebook_keeps_widget_state(ran: Ran) -> None:
    files = [path for path in ran.outputs.glob("*/*") if path.suffix in (".ipynb", ".html", ".json", ".csv")]
    assert len(files) == 14
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert str(ran.outputs.parent) not in text, path.name
        assert str(Path(batch.__file__).parents[2]) not in text, path.name
        assert path.suffix != ".ipynb" or set(json.loads(text)["metadata"]) == {"kernelspec", "language_info"}


def test_only_run_json_has_a_hash_of_the_data(ran: Ran) -> None:
    facts, survey = ran.facts("good"), fl.read_survey(ran.outputs.parent / "good")
    secret = {*facts["inputs"].values(), *facts["outputs"].values(), facts["code"], survey.input_hash}
    files = {
        path: path.read_bytes().decode("latin-1").lower() for path in ran.outputs.rglob("*") if path.is_file()
    }
    assert {path.name for path, text in files.items() if any(digest in text for digest in secret)} == {
        "run.json"
    }
    assert "run.json" not in files[ran.outputs / "index.html"]


@pytest.fixture(scope="module")
def record(ran: Ran) -> DisclosureRecord:
    """What the good one hides."""
    return disclosure_record(fl.classify(fl.read_survey(ran.outputs.parent / "good")))


def test_a_run_leaves_the_record_and_the_page_of_what_it_hides_for_the_owner_alone(
    ran: Ran, record: DisclosureRecord
) -> None:
    files = {p.name: p for p in (ran.outputs.parent / "private" / "good").iterdir()}
    assert set(files) == {"disclosure.html", "disclosure.json", "rows_behind_findings.csv"}
    assert json.loads(files["disclosure.json"].read_text("utf-8")) == json.loads(json.dumps(record.as_dict()))
    assert len(record.hidden) > 20
    assert "What this run hides, and why" in files["disclosure.html"].read_text("utf-8")
    if os.name == "posix":
        assert {stat.S_IMODE(p.stat().st_mode) for p in files.values()} == {0o600}


def test_nothing_of_what_it_hides_stands_among_the_outputs(ran: Ran, record: DisclosureRecord) -> None:
    inner = {
        *record.readers,
        COMPLEMENT,
        PART,
        FEW_UNRESOLVED,
        str(ran.outputs.parent / "private"),
        "disclosure.json",
        "disclosure.html",
        "write_disclosure",
    }
    assert {COMPLEMENT, FEW_UNRESOLVED} <= {c.reason for c in record.hidden}
    outputs = [p for p in ran.outputs.rglob("*") if p.is_file()]
    found = [
        (path.name, words) for path in outputs for line in lines(path) for words in inner if words in line
    ]
    assert len(outputs) > 10
    assert found == []
    assert not [path.name for path in outputs if "disclosure" in path.name]


def test_progress_is_told_survey_by_survey(ran: Ran) -> None:
    assert [line for line in ran.said if line.startswith("good")] == [
        "good: made the secret key of the survey: keep it beside survey.yaml, with a copy",
        "good: 1_survey",
        "good: 2_classify",
        "good: 3_estimate",
        *[line for line in ran.said if line.startswith("good: done")],
    ]
    assert "broken: 3_estimate" not in ran.said
    assert [line for line in ran.said if line.startswith("broken: failed")]
    assert ran.said[-1].startswith("1 passed, 1 failed, 0 skipped: open ")


# ------------------------------------------------------------------------------------------------- around the


FINDINGS = ("findings_data.csv", "findings_cases.csv")
Stand = Callable[[str, Path, dict[str, Any], object], None]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file under a folder, with what it holds."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def stand_in(
    fails: str = "", error: Exception | None = None, writes: bool = True, heading: str = "# Title"
) -> Stand:
    """Instead of a kernel: writes an executed notebook and its files; fails in one notebook."""

    def execute(name: str, work: Path, parameters: dict[str, Any], kernel: object) -> None:
        if name != fails or writes:
            cell = nbformat.v4.new_code_cell(
                "1", execution_count=1, outputs=[nbformat.v4.new_output("stream", text=f"in {work}")]
            )
            cells = [nbformat.v4.new_markdown_cell(heading), cell]
            nbformat.write(nbformat.v4.new_notebook(cells=cells), work / f"{name}.ipynb")
        if name == fails:
            raise error or RuntimeError("the kernel died")
        if name == "3_estimate":
            assert parameters["outputs"] == "."
            country.published().table.to_csv(work / "estimates.csv", index=False)

    return execute


@pytest.fixture
def good(tmp_path: Path) -> Run:
    path = country.write(tmp_path / "good")
    return make_run(path, path.with_name("nap.yaml"))


def test_a_second_run_replaces_the_first_as_a_whole(
    tmp_path: Path, good: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    monkeypatch.setattr(batch, "_execute", stand_in())
    assert run_surveys([good], out, say=quiet)
    (out / "good" / "mine.txt").write_text("x", encoding="utf-8")
    assert (out / "good" / "4_nap.html").is_file()
    assert run_surveys([make_run(good.survey, None)], out, say=quiet)
    assert not (out / "good" / "4_nap.html").exists()
    assert not (out / "good" / "mine.txt").exists()


def test_a_failed_run_leaves_what_was_there_and_stands_beside_it_until_one_passes(
    tmp_path: Path, good: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    monkeypatch.setattr(batch, "_execute", stand_in())
    assert run_surveys([good], out, say=quiet)
    before = tree(out / "good")
    monkeypatch.setattr(batch, "_execute", stand_in(fails="3_estimate"))
    assert not run_surveys([good], out, say=quiet)
    assert tree(out / "good") == before
    assert {p.name for p in (out / "good.failed").iterdir()} == {
        "3_estimate.ipynb",
        "3_estimate.html",
        "run.json",
    }
    assert {p.name for p in out.iterdir()} == {".lock", "assets", "good", "good.failed", "index.html"}
    html = (out / "index.html").read_text("utf-8")
    assert "the latest run failed" in html
    assert 'href="good.failed/3_estimate.html"' in html
    assert 'href="good/estimates.csv"' in html
    monkeypatch.setattr(batch, "_execute", stand_in())
    assert run_surveys(
        [good], out, BatchOptions(resume=True), say=quiet
    )  # also where the results of before are current
    assert {p.name for p in out.iterdir()} == {".lock", "assets", "good", "index.html"}
    assert "the latest run failed" not in (out / "index.html").read_text("utf-8")


def test_a_rule_file_stands_beside_survey_yaml_and_among_the_inputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = country.write(tmp_path / "good")
    (path.parent / "mine.yaml").write_text("name: mine", encoding="utf-8")
    monkeypatch.setattr(batch, "_execute", stand_in())
    for rules in ("mine.yaml", "../good/mine.yaml", str(path.parent / "mine.yaml")):
        run_surveys([make_run(path, None, parameters={"rules": rules})], tmp_path / "out", say=quiet)
        facts = json.loads((tmp_path / "out" / "good" / "run.json").read_text(encoding="utf-8"))
        assert facts["inputs"]["mine.yaml"] == hashlib.sha256(b"name: mine").hexdigest()
        assert facts["parameters"]["2_classify"]["rules"] == "mine.yaml"
    run_surveys([make_run(path, None, parameters={"rules": "hts_2012"})], tmp_path / "out", say=quiet)
    facts = json.loads((tmp_path / "out" / "good" / "run.json").read_text(encoding="utf-8"))
    assert set(facts["inputs"]) == {"survey.yaml", "persons.csv"}
    assert facts["parameters"]["2_classify"]["rules"] == "hts_2012"


def test_pages_of_a_plan_link_the_baseline_and_name_no_folder_of_this_machine(
    tmp_path: Path, good: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "_execute", stand_in())
    run_surveys([good], tmp_path / "out", say=quiet)
    page = (tmp_path / "out" / "good" / "1_survey.html").read_text(encoding="utf-8")
    assert 'href="4_nap.html"' in page
    assert "in .<" in page.replace("\n", "")
    assert str(tmp_path) not in page


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RuntimeError("Ms Doe"), "2_classify: RuntimeError at fltoolkit/run/batch.py"),
        (
            FileNotFoundError(errno.ENOENT, "none", "a.csv"),
            "2_classify: a.csv: there is no such file or folder",
        ),
        (BatchError("it is full", where="disk", do="make room"), "disk: it is full\n  do:      make room"),
    ],
)
def test_whatever_a_run_raises_the_other_surveys_go_on(
    tmp_path: Path, good: Run, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    other = make_run(country.write(tmp_path / "other"), None)
    fail, work_on = stand_in("2_classify", error), stand_in()
    monkeypatch.setattr(
        batch,
        "_execute",
        lambda name, work, *given: (fail if ".work-good-" in str(work) else work_on)(name, work, *given),
    )
    assert not run_surveys([good, other], tmp_path / "out", say=quiet)
    facts = {
        n: json.loads((tmp_path / "out" / n / "run.json").read_text("utf-8"))
        for n in ("good.failed", "other")
    }
    assert facts["good.failed"]["status"] == "failed"
    assert facts["good.failed"]["error"].startswith(told)
    assert not [path for path, content in tree(tmp_path / "out").items() if b"Ms Doe" in content]
    assert facts["other"]["status"] == "complete"


def test_a_cell_that_fails_is_named_by_survey_notebook_and_section_with_what_to_do(
    tmp_path: Path, good: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before, the message was `IndexError in cell [1]: its words are not repeated`, and the reader had to
    open the page."""
    frame = f"File {Path(batch.__file__).parents[1] / 'show' / 'result.py'}:138, in groups(out, measure)"
    error = PapermillExecutionError(1, 1, "x", "IndexError", "Ms Doe", [frame])
    monkeypatch.setattr(batch, "_execute", stand_in("3_estimate", error, heading="## Prevalence"))
    said: list[str] = []
    assert not run_surveys([good], tmp_path / "out", say=said.append)
    told = next(line for line in said if "failed:" in line)
    assert told.startswith(
        "good: failed: 3_estimate, Prevalence: IndexError in cell [1] at fltoolkit/show/result.py:138: "
        "this is a defect of the kit; "
    )
    assert "Ms Doe" not in told
    assert "take what this section shows out of `tables:` of survey.yaml" in told


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            {
                "disaggregated_by": ["nationality"],
                "targets": [{"year": 2030, "cut": 0.5, "group": "nationality", "category": "x"}],
            },
            (
                "good/nap.yaml, targets of persons: the survey has no nationality\n"
                "  do:      name one of sex, age_group, region"
            ),
        ),
        ({"targets": [{"year": 2030, "cut": 50}]}, "good/nap.yaml: 1 key(s) need a change"),
    ],
)
def test_an_error_of_a_plan_stops_a_run_before_its_first_notebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: dict[str, Any], told: str
) -> None:
    """Before, it was found in notebook 2 or 4."""
    path, opened = country.write(tmp_path / "good", plan=country.with_rows(row)), []
    monkeypatch.setattr(batch, "_execute", lambda name, *given: opened.append(name))
    assert not run_surveys([make_run(path, path.with_name("nap.yaml"))], tmp_path / "out", say=quiet)
    assert opened == []
    facts = json.loads((tmp_path / "out" / "good.failed" / "run.json").read_text("utf-8"))
    assert facts["error"].startswith(told)
    assert told.partition("\n")[0] in (tmp_path / "out" / "index.html").read_text("utf-8")


def test_a_run_that_wrote_no_notebook_is_still_reported(
    tmp_path: Path, good: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "_execute", stand_in("1_survey", writes=False))
    assert not run_surveys([good], tmp_path / "out", say=quiet)
    assert {p.name for p in (tmp_path / "out" / "good.failed").iterdir()} == {"run.json"}
    assert "1_survey: RuntimeError at fltoolkit" in (tmp_path / "out" / "index.html").read_text("utf-8")


def test_a_page_that_cannot_be_drawn_does_not_hide_the_error(
    tmp_path: Path, good: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "_execute", stand_in("1_survey"))

    def cannot(*_: object, **__: object) -> None:
        raise OSError("no room for a page")

    monkeypatch.setattr(batch, "page", cannot)
    assert not run_surveys([good], tmp_path / "out", say=quiet)
    html = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "1_survey: RuntimeError at fltoolkit" in html
    assert 'href="good.failed/1_survey.ipynb"' in html


def test_results_that_cannot_be_written_are_a_failure_that_leaves_those_before(
    tmp_path: Path, good: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "_execute", stand_in())
    assert run_surveys([good], tmp_path / "out", say=quiet)
    before = tree(tmp_path / "out")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space", "estimates.csv")

    monkeypatch.setattr(batch, "put_in_place", full)
    said: list[str] = []
    assert not run_surveys([good], tmp_path / "out", say=said.append)
    assert "found:   estimates.csv: the disk is full" in said[-2]
    after = tree(tmp_path / "out")
    front, kept = after.pop("index.html").decode(), json.loads(after.pop("good.failed/run.json"))
    assert "the disk is full" in kept["error"]
    assert "1 survey, 1 as an earlier run left it" in front
    assert "the disk is full" in front
    assert after == {name: content for name, content in before.items() if name != "index.html"}


def test_a_survey_yaml_that_cannot_be_read_is_reported_under_its_name(
    tmp_path: Path, good: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    good.survey.write_text("title: [", encoding="utf-8")
    monkeypatch.setattr(batch, "_execute", stand_in("1_survey"))
    assert not run_surveys([good], tmp_path / "out", say=quiet)
    assert "<h2>good: failed</h2>" in (tmp_path / "out" / "index.html").read_text("utf-8")
    facts = json.loads((tmp_path / "out" / "good.failed" / "run.json").read_text("utf-8"))
    assert set(facts["inputs"]) == {"survey.yaml", "nap.yaml"}
