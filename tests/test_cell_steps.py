"""Tests the steps of a long cell: they are shown while it runs, and removed when it has ended."""

from __future__ import annotations

import pytest

from fltoolkit import cell_steps
from fltoolkit.cell_steps import show_step, steps


def deleted(printed: str) -> str:
    """What a notebook shows in which a backspace deletes the letter before it."""
    left = ""
    for letter in printed:
        left = left[:-1] if letter == "\b" else left + letter
    return left


def moved(printed: str) -> str:
    """What a notebook shows in which a backspace moves back, and the next letter is written over what stands
    there."""
    left, at = "", 0
    for letter in printed:
        if letter == "\b":
            at -= 1
        else:
            left, at = f"{left[:at]}{letter}{left[at + 1 :]}", at + 1
    return left.rstrip(" ")


def read(printed: str) -> str:
    """What any notebook shows of a printed text."""
    assert deleted(printed) == moved(printed)
    return deleted(printed)


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed goes to a cell."""
    monkeypatch.setattr(cell_steps, "_in_a_cell", lambda: True)


def test_a_step_stands_in_the_place_of_the_one_before_and_none_is_left(
    cell: None, capsys: pytest.CaptureFixture[str]
) -> None:
    print("of the user's own")
    with steps():
        show_step("Estimating: prevalence …")
        show_step("Deciding …")
        so_far = capsys.readouterr().out
    assert read(so_far) == "of the user's own\nDeciding …"
    assert read(so_far + capsys.readouterr().out) == "of the user's own\n"


def test_steps_within_steps_are_taken_back_once(cell: None, capsys: pytest.CaptureFixture[str]) -> None:
    with steps():
        with steps():
            show_step("inner")
        assert read(capsys.readouterr().out) == "inner"
        show_step("outer")
    assert read("inner" + capsys.readouterr().out) == ""


def test_an_error_leaves_no_step(cell: None, capsys: pytest.CaptureFixture[str]) -> None:
    def fails() -> None:
        with steps():
            show_step("Reading …")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fails()
    assert read(capsys.readouterr().out) == ""


def test_outside_a_notebook_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with steps():
        show_step("Estimating …")
    assert capsys.readouterr().out == ""
