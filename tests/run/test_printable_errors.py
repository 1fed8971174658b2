"""Tests the printed form of errors: the kit's own words, plain words for files, and never the words of
another library."""

from __future__ import annotations

import errno
from pathlib import Path

import nbformat
import pytest

from fltoolkit import errors
from fltoolkit.errors import DataError, RequestError
from fltoolkit.run import printable_errors
from fltoolkit.run.printable_errors import (
    PACKAGE,
    defect,
    file_error,
    printable_cell_error,
    printable_text,
    reduce_errors,
)

PERSON = "Amina Diallo, 34, domestic worker"


# ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            PermissionError(errno.EACCES, "denied", "data/a.csv"),
            "data/a.csv: this account may not read or write there",
        ),
        (FileNotFoundError("data/a.csv"), "there is no such file or folder"),  # as fsspec raises it
        (OSError(errno.ENOSPC, "No space left", "out/.part-index.html"), "out/index.html: the disk is full"),
        (OSError(errno.EROFS, "Read-only", "out"), "out: it can only be read"),
        (
            IsADirectoryError(errno.EISDIR, "is a directory", "out/index.html"),
            "a folder stands where a file is needed",
        ),
        (
            OSError(errno.EXDEV, "Invalid cross-device link", "a", None, "b"),
            "b: a file cannot be read or written",
        ),
        (ConnectionResetError("by peer"), "the disk or the connection failed"),
        (OSError(PERSON), "a file cannot be read or written\n  found:   OSError"),
    ],
)
def test_trouble_with_a_file_is_told_in_plain_words_with_its_path(error: OSError, words: str) -> None:
    said = printable_text(error)
    assert words in said
    assert said == file_error(error).message
    assert "\n  do:      " in said
    assert PERSON not in said


def test_an_error_of_the_kit_is_told_as_it_is() -> None:
    assert printable_text(DataError("no rows", where="a.csv")) == "a.csv: no rows"


@pytest.mark.parametrize(
    "error", [ValueError(PERSON), KeyError(PERSON), UnicodeError(PERSON), RuntimeError(PERSON)]
)
def test_of_any_other_error_the_type_and_no_word_is_told(error: Exception) -> None:
    for said in (printable_text(error), defect(error)):
        assert type(error).__name__ in said
        assert "may quote a person's answer" in said
        assert "Amina" not in said


def test_a_defect_is_told_with_the_lines_of_the_kit_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(value: object) -> str:
        raise ZeroDivisionError(PERSON)

    monkeypatch.setattr(errors, "_words", fails)
    with pytest.raises(ZeroDivisionError) as caught:
        RequestError("x")
    said = defect(caught.value)
    assert "This is a defect of the kit: ZeroDivisionError" in said
    assert "  at:      fltoolkit/errors.py:" in said
    assert "  do:      report it" in said
    assert "Amina" not in said


def test_want_of_memory_is_told_with_what_to_do() -> None:
    assert "fewer surveys at a time" in printable_text(MemoryError(PERSON))


# ------------------------------------------------------------------------------------------------------------

OURS = (
    f"File {PACKAGE / 'survey' / 'person_rows.py'}:88, in read_survey(path)\n     87 x\n"
    "---> 88 raise DataError()"
)
THEIRS = (
    "File /opt/fltoolkit/.venv/lib/python3/site-packages/pandas/core/base.py:12, in agg(self)\n"
    "---> 12 raise DataError()"
)
CELL = "Cell In[2], line 3\n      1 import fltoolkit as fl\n----> 3 fl.read_survey(survey)"


def test_a_cell_that_meets_an_error_of_the_kit_tells_its_message() -> None:
    """A notebook shows of such an error nothing else (`FltoolkitError._render_traceback_`)."""
    assert (
        printable_cell_error("DataError", "a.csv: no rows", ["DataError: a.csv: no rows"], 2)
        == "a.csv: no rows"
    )


@pytest.mark.parametrize(
    ("kind", "trace"),
    [
        ("ConversionException", [CELL, OURS]),
        ("DataError", [CELL, OURS, THEIRS]),  # pandas has one too
        ("DataError", [CELL]),
        ("DataError", [CELL, f"DataError: could not convert '{PERSON}'"]),  # raised by a cell
        ("ValueError", []),
    ],
)
def test_a_cell_that_meets_another_librarys_error_tells_its_type_and_place_alone(
    kind: str, trace: list[str]
) -> None:
    said = printable_cell_error(kind, f"could not convert '{PERSON}'", trace, 2)
    assert said.startswith(f"{kind} in cell [2]")
    assert ("at fltoolkit/survey/person_rows.py:88: this is a defect of the kit" in said) == (OURS in trace)
    todo = "report it to whoever keeps the kit" if OURS in trace else "correct that cell, or what it reads"
    assert f"\n  do:      {todo}" in said
    assert "Amina" not in said


def test_of_a_notebooks_errors_and_warnings_nothing_is_left_that_may_quote_a_person() -> None:
    new = nbformat.v4
    outputs = [
        new.new_output("stream", name="stdout", text="Documents …"),
        new.new_output("stream", name="stderr", text=f"DtypeWarning: {PERSON}"),
        new.new_output("error", ename="ValueError", evalue=PERSON, traceback=[CELL, f"ValueError: {PERSON}"]),
    ]
    notebook = new.new_notebook(
        cells=[new.new_markdown_cell("#"), new.new_code_cell("x", execution_count=7, outputs=outputs)]
    )
    first = reduce_errors(notebook)
    text = nbformat.writes(notebook)
    assert "Amina" not in text
    assert "Documents" in text
    assert first[0].startswith("ValueError in cell [7]")
    assert reduce_errors(notebook) == first
    assert nbformat.writes(notebook) == text


def test_the_place_of_the_package_is_the_packages() -> None:
    assert Path(errors.__file__).parent == printable_errors.PACKAGE
