"""Tests what a notebook shows of the kit's objects: a few lines, and no number that must stay in the office."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import nbformat
import pytest
import shipped
from nbclient import NotebookClient

import fltoolkit as fl
from fltoolkit.errors import Interrupted

MOST = 2_000  # characters of an object in a notebook
CELLS = (
    "import fltoolkit as fl",
    "persons = fl.classify(fl.read_survey('norvia_lfs_2025'))",
    "persons",
    "est = fl.prevalence(persons, by='region')",
    "est",
    "est.contrast",
    "est.contrast({'gap': {'Delta': 1, 'Savane': -1}})",
    "fl.logit(persons, 'forced_labour ~ sex')",
    "fl.rao_scott(persons, 'sex')",
    "fl.prevalence(persons, by='sx')",
    "%tb",
)


@pytest.fixture(scope="module")
def exact() -> fl.Estimates:
    return fl.prevalence(shipped.persons("norvia_lfs_2025"), by="region")


@pytest.fixture(scope="module")
def saved() -> Any:
    """A notebook after Run All."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    NotebookClient(book, allow_errors=True).execute()
    return book


def texts(cell: Any) -> Iterator[str]:
    for output in cell.outputs:
        yield from map(str, output.get("data", {}).values())
        yield from output.get("traceback", ())
        yield output.get("text", "")


def test_a_saved_notebook_has_no_exact_number(saved: Any, exact: fl.Estimates) -> None:
    shown = " ".join(text for cell in saved.cells for text in texts(cell))
    numbers = exact.table[["estimate", "se", "ci_low", "ci_high"]].to_numpy().ravel()
    assert not [n for n in numbers if f"{n:.5f}"[1:] in shown]
    assert not re.search(r"\d\.\d{3}", shown.split("Traceback")[0])


def test_an_object_takes_a_few_lines(saved: Any) -> None:
    assert max(len(text) for cell in saved.cells[:-1] for text in texts(cell)) < MOST


def test_an_error_is_its_message_and_tb_shows_the_way_through_the_code(saved: Any) -> None:
    error, whole = ("".join(texts(cell)) for cell in saved.cells[-2:])
    assert error.startswith("RequestError: prevalence: by: no such column\n  found:   sx; did you mean sex?")
    assert "arguments.py" not in error
    assert "arguments.py" in whole


def test_published_numbers_stand_with_their_markers() -> None:
    out = shipped.published("norvia_lfs_2025")
    assert len(repr(out)) < MOST
    assert "marker" in repr(out)
    head = out._repr_html_().split("</thead>")[0]
    assert re.findall(r"<th>(\w+)</th>", head) == [*fl.Published.SHOWN]


def test_what_one_reads_first_stands_first() -> None:
    rows = shipped.published("norvia_lfs_2025").select("prevalence", "region")
    first = ["region", "category", "estimate", "ci_low", "ci_high", "cases_class", "marker", "reason"]
    assert [*rows.columns[:8]] == first
    assert (
        len(set(rows.columns)) == len(rows.columns) == len(shipped.published("norvia_lfs_2025").table.columns)
    )


@pytest.mark.parametrize(
    "make", [lambda: shipped.plan("norvia_lfs_2025"), lambda: shipped.persons("norvia_lfs_2025")]
)
def test_a_plan_and_persons_take_a_few_lines(make: Any) -> None:
    assert 20 < len(repr(make())) < MOST


def test_a_stopped_call_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("fltoolkit.estimate.measures.prevalence_and_totals.within", stopped)
    with pytest.raises(Interrupted) as error:
        fl.prevalence(shipped.persons("norvia_lfs_2025"))
    assert error.value._render_traceback_() == ["prevalence was stopped"]


def test_groups_and_populations_can_be_listed() -> None:
    persons = shipped.persons("norvia_lfs_2025")
    assert persons.groups["sex"] == ("men", "women", "not stated")
    assert "<td style='text-align: left'>men; women; not stated</td>" in persons.groups._repr_html_()
    assert "adults" in persons.populations
    fl.prevalence(persons, by=[name for name in persons.groups if name not in persons.spec.case_only])
