"""Tests what a learner reads if a part of a lesson fails: words, also if the part runs first, or after a
restart of the kernel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import KernelManager, start_new_kernel

from fltoolkit.errors import RequestError
from fltoolkit.run.jupyter import RUN_ABOVE, error_in_words
from fltoolkit.teaching import classroom


def test_a_name_that_a_part_above_makes_is_told_with_what_to_do() -> None:
    said = error_in_words(NameError("name 'island' is not defined", name="island"))
    assert "`island`" in said
    assert RUN_ABOVE in said
    assert "NameError" not in said


def test_an_error_of_the_kit_is_told_in_its_own_words_and_another_by_its_kind() -> None:
    assert "no such exercise" in error_in_words(RequestError("no such exercise", do="look"))
    assert "ZeroDivisionError: division by zero" in error_in_words(ZeroDivisionError("division by zero"))


def shown(client: Any, source: str) -> list[dict[str, Any]]:
    """Returns what a cell shows in a kernel."""
    told: list[dict[str, Any]] = []
    client.execute_interactive(source, timeout=120, allow_stdin=False, output_hook=told.append)
    return [
        message
        for message in told
        if message["msg_type"] in ("error", "display_data", "execute_result", "stream")
    ]


@pytest.fixture
def kernel(tmp_path: Path) -> Any:
    """The kernel of a learner of a class, and its client."""
    classroom.prepare(tmp_path, 1)
    _, environment = classroom.command(tmp_path, "localhost", 8888)
    own: tuple[KernelManager, Any] = start_new_kernel(startup_timeout=120, env=environment)
    yield own
    own[1].stop_channels()
    own[0].shutdown_kernel(now=True)


@pytest.mark.thorough("a kernel for each lesson, twice")
def test_a_later_part_of_any_lesson_that_runs_first_or_after_a_restart_says_so_in_words(
    kernel: Any, tmp_path: Path
) -> None:
    """It was a red NameError: the words came only after the part that opens the lesson."""
    manager, client = kernel
    for again in (False, True):
        if again:
            manager.restart_kernel(now=True)
            client.wait_for_ready(timeout=120)
        for path in sorted((tmp_path / "room" / "learner_01").glob("*.ipynb")):
            parts = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
            (message,) = shown(client, parts[-1])
            assert message["msg_type"] == "display_data", (path.name, message["content"])
            assert RUN_ABOVE in message["content"]["data"]["text/plain"]
