"""Tests that a run never replaces a workbook with entries that partners.yaml does not have. Stand-ins for the
kernels write the workbook."""

from __future__ import annotations

import errno
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import books
import nbformat
import pytest
import small_country as country
import yaml
from killed_batch import copied, quiet
from openpyxl.workbook import Workbook

from fltoolkit.cli import main
from fltoolkit.nap.partner_entries import read_partners
from fltoolkit.run import batch
from fltoolkit.run.batch import run_batch

NAME = "nap_workbook.xlsx"


def run(path: Path, said: list[str] | None = None, *, resume: bool = False) -> bool:
    """Run the batch, a survey at a time; `said` is told of every step."""
    return run_batch(path, workers=1, resume=resume, say=[].append if said is None else said.append)


FILES = ("nap.yaml", "partners.yaml")


@cache
def workbook(plan: str, partners: str) -> bytes:
    """The workbook of a plan and its partners, written once: the same bytes for every run of the same two
    files."""
    with TemporaryDirectory() as folder:
        for name, text in zip(FILES, (plan, partners), strict=True):
            if text:
                Path(folder, name).write_text(text, "utf-8")
        return books.write_for(Path(folder, FILES[0]), Path(folder)).read_bytes()


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The surveys that were run, by a stand-in that writes the workbook as notebook 4 does."""
    seen: list[str] = []

    def execute(name: str, work: Path, parameters: dict[str, Any], kernel: object) -> None:
        nbformat.write(
            nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", execution_count=1)]),
            work / f"{name}.ipynb",
        )
        country.published().table.to_csv(work / "estimates.csv", index=False)
        if name == "4_nap":
            plan = (work / parameters["survey"]).parent / parameters["plan"]
            seen.append(plan.parent.name)
            texts = [file.read_text("utf-8") if (file := plan.with_name(n)).exists() else "" for n in FILES]
            (work / NAME).write_bytes(workbook(*texts))

    monkeypatch.setattr(batch, "_execute", execute)
    monkeypatch.setattr(batch, "page", copied)
    return seen


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A batch of two surveys with a plan each."""
    surveys = []
    for name in ("a", "b"):
        country.write(
            tmp_path / name,
            country.changed(country.SURVEY, title=f"Country {name}"),
            books.plan_with_targets(),
        )
        surveys.append({"survey": f"{name}/survey.yaml", "plan": f"{name}/nap.yaml"})
    (tmp_path / "batch.yaml").write_text(
        yaml.safe_dump({"outputs": "out", "surveys": surveys}), encoding="utf-8"
    )
    return tmp_path / "batch.yaml"


def answer(book: Workbook) -> None:
    books.at(book, "Checklists", "Answer", "Are the best means to reach them known?").value = "yes"
    books.free(book, "Cost estimate", "Activity", 1).value = "Train"


@pytest.mark.thorough("whole runs of a survey with a workbook")
def test_entries_stop_their_survey_before_anything_is_written_until_they_are_read(
    path: Path, calls: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    assert run(path)
    book = path.parent / "out" / "a" / NAME
    books.edit(book, answer)
    before = {f: f.read_bytes() for f in book.parent.iterdir()}
    calls.clear()
    said: list[str] = []
    assert not run(path, said, resume=True)
    told = "\n".join(said)
    assert "2 entry(ies) in the workbook of an earlier run were not read, and would be lost" in told
    assert "Checklists!" in told
    assert "run: fltoolkit nap read out/a/nap_workbook.xlsx" in told
    assert {f: f.read_bytes() for f in book.parent.iterdir()} == before
    assert not run(path)
    assert calls == ["b"]  # the other survey of the batch goes on
    front = (book.parent.parent / "index.html").read_text("utf-8")
    assert "2 surveys, 1 as an earlier run left it" in front
    assert front.count("the latest run failed") == 1
    assert "run: fltoolkit nap read out/a/nap_workbook.xlsx" in front

    assert main(["nap", "read", "out/a/nap_workbook.xlsx"]) == 0
    assert "2 new entry(ies), 1 of Checklists, 1 of Cost estimate." in capsys.readouterr().out
    assert read_partners(path.parent / "a" / "nap.yaml").costs == {"1": {"activity": "Train"}}
    said.clear()
    assert run(path, said, resume=True)
    assert "a: runs again, because the latest run failed" in "\n".join(said)
    assert run(path, said, resume=True)
    assert said[-1].startswith("0 passed, 0 failed, 2 skipped")
    assert "2 surveys. " in (book.parent.parent / "index.html").read_text("utf-8")
    assert books.free(books.openpyxl.load_workbook(book), "Cost estimate", "Activity", 1).value == "Train"


@pytest.mark.thorough("two whole runs")
def test_the_front_page_tells_of_a_refused_run_until_another_has_taken_its_place(
    path: Path, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)

    def front(survey: str) -> str:
        """The front page after a run of one survey alone into the same folder."""
        main(["estimate", f"{survey}/survey.yaml", "--plan", f"{survey}/nap.yaml", "--outputs", "out"])
        return Path("out/index.html").read_text("utf-8")

    assert "1 survey. " in front("a")
    books.edit(Path("out/a") / NAME, answer)
    for survey in ("a", "b", "b"):
        told = front(survey)
        assert told.count("the latest run failed") == 1
        assert "run: fltoolkit nap read out/a/nap_workbook.xlsx" in told
    assert main(["nap", "read", "out/a/nap_workbook.xlsx"]) == 0
    assert "2 surveys. " in front("a")
    assert "2 surveys. " in front("b")
    assert list(Path("out").glob(".refused-*")) == []


def test_a_survey_that_was_refused_alone_is_told_by_whoever_writes_the_page_next(
    path: Path, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    assert run(path)
    with monkeypatch.context() as patch:
        patch.setattr(batch, "put_in_place", full)
        assert not run_batch(path, only="a", say=quiet)  # which writes no page
    assert main(["estimate", "b/survey.yaml", "--plan", "b/nap.yaml", "--outputs", "out"]) == 0
    told = Path("out/index.html").read_text("utf-8")
    assert "2 surveys, 1 as an earlier run left it" in told
    assert "the disk is full" in told
    assert run(path, resume=True)  # as it was before, so that nothing is run
    assert "2 surveys. " in Path("out/index.html").read_text("utf-8")


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "no space", "estimates.csv")


def test_a_workbook_that_is_as_the_run_left_it_is_not_opened(
    path: Path, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(path)
    monkeypatch.setattr(batch, "refuse_unread", lambda *_: pytest.fail("it was opened"))
    assert run(path)
    assert calls.count("a") == 2


def test_a_workbook_that_was_only_saved_again_stops_nothing(path: Path, calls: list[str]) -> None:
    assert run(path)
    book = path.parent / "out" / "a" / NAME
    before = book.read_bytes()
    assert books.edit(book, lambda _: None).read_bytes() != before
    assert run(path)
    assert book.read_bytes() == before


@pytest.mark.parametrize("name", ["run.json", "partners.yaml"])
def test_a_folder_that_nobody_can_vouch_for_is_looked_at(path: Path, calls: list[str], name: str) -> None:
    """Without run.json the workbook is opened; with a broken partners.yaml nothing can be said, and nothing
    is written."""
    assert run(path)
    book = path.parent / "out" / "a" / NAME
    books.edit(book, answer)
    if name == "run.json":
        (book.parent / name).unlink()
    else:
        (path.parent / "a" / name).write_text("costs: 1\n", encoding="utf-8")
    before, said = book.read_bytes(), list[str]()
    assert not run(path, said)
    front = (book.parent.parent / "index.html").read_text("utf-8")
    assert (
        "a: failed" if name == "run.json" else "the latest run failed"
    ) in front  # whose numbers nobody can vouch for are not shown
    assert ("were not read" if name == "run.json" else "costs: must be keys and values") in "\n".join(said)
    assert book.read_bytes() == before


def test_what_is_typed_while_a_run_is_at_work_is_not_replaced(
    path: Path, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(path)
    book, execute, said = path.parent / "out" / "a" / NAME, batch._execute, list[str]()

    def slow(name: str, work: Path, parameters: dict[str, Any], kernel: object) -> None:
        if name == "2_classify" and "/a/" in parameters["survey"]:
            books.edit(book, answer)
        execute(name, work, parameters, kernel)

    monkeypatch.setattr(batch, "_execute", slow)
    assert not run(path, said)
    assert "the workbook was filled in while this ran; the earlier results are kept" in "\n".join(said)
    assert books.free(books.openpyxl.load_workbook(book), "Cost estimate", "Activity", 1).value == "Train"
    assert not list(book.parents[1].glob(".work-*"))


def test_a_workbook_that_stands_elsewhere_needs_its_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = books.edit(books.write(tmp_path / "plan"), answer, tmp_path / "mailed.xlsx")
    assert main(["nap", "read", str(book)]) == 2
    assert "name it: --plan my_survey/nap.yaml" in capsys.readouterr().err
    assert main(["nap", "read", str(book), "--plan", str(tmp_path / "plan" / "nap.yaml")]) == 0
    assert (tmp_path / "plan" / "partners.yaml").is_file()


def test_help_of_reading_shows_both_ways(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["nap", "read", "--help"])
    told = capsys.readouterr().out
    assert "fltoolkit nap read outputs/my_survey/nap_workbook.xlsx" in told
    assert "--plan my_survey/nap.yaml" in told
