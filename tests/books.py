"""Makes the small country's workbook. It is small enough to be written and read often: a few free rows, and
entries of partners that tests need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import small_country as country
import yaml
from openpyxl.workbook import Workbook

import fltoolkit as fl
from fltoolkit.nap.partner_entries import Partners, partners_text
from fltoolkit.publish.rounds_and_changes import Rounds
from fltoolkit.report.workbook.sheets import cost_sheets

TARGETS = [
    {"year": 2030, "cut": 0.75, "path": "geometric"},
    {"year": 2030, "cut": 0.1, "group": "gender", "category": "women"},
]


def plan_with_targets() -> dict[str, Any]:
    """Returns the plan. Its first row has a target that a repeat can verify, and one that it cannot."""
    plan = country.changed(country.PLAN, legal_basis=["C29"])
    plan["framework"][0]["indicators"][0] |= {"targets": TARGETS, "sdg": ["8.7"]}
    return plan


@cache
def _out() -> fl.Published:
    return country.published()


def evidence(
    folder: Path, partners: Partners | None = None, plan: Mapping[str, Any] | None = None
) -> fl.Evidence:
    """Returns the evidence of a plan that is written into `folder`, with its partners.yaml."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nap.yaml").write_text(
        yaml.safe_dump(dict(plan or plan_with_targets()), allow_unicode=True), encoding="utf-8"
    )
    if partners is not None:
        (folder / "partners.yaml").write_text(partners_text(partners), encoding="utf-8")
    return fl.evidence(fl.read_plan(folder / "nap.yaml"), Rounds(_out(), _out()))


def write(folder: Path, partners: Partners | None = None, plan: Mapping[str, Any] | None = None) -> Path:
    """Writes the workbook of a plan into `folder`/outputs."""
    evidence(folder, partners, plan)
    return write_for(folder / "nap.yaml", folder / "outputs")


def write_for(plan: Path, outputs: Path) -> Path:
    """Writes the workbook of a nap.yaml and of the partners.yaml in the same folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cost_sheets, "FREE_ROWS", 6)
        fl.report.write_workbook(fl.evidence(fl.read_plan(plan), Rounds(_out(), _out())), outputs)
    return outputs / "nap_workbook.xlsx"


def edit(path: Path, change: Callable[[Workbook], object], to: Path | None = None) -> Path:
    """Opens a workbook, changes it, and saves it with another program than the kit's writer."""
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(to or path)
    return to or path


def at(book: Workbook, sheet: str, head: str, row: str) -> Any:
    """Returns the cell of a sheet under a head, in the first row that contains a text."""
    rows = list(book[sheet].iter_rows())
    heads = next(r for r in rows if head in [c.value for c in r])
    line = next(r for r in rows if r[0].row > heads[0].row and row in [c.value for c in r])
    return line[[c.value for c in heads].index(head)]


def free(book: Workbook, sheet: str, head: str, n: int) -> Any:
    """Returns the cell under a head, n rows below it."""
    rows = list(book[sheet].iter_rows())
    heads = next(r for r in rows if head in [c.value for c in r])
    place = [c.value for c in heads].index(head)
    return book[sheet].cell(heads[0].row + n, place + 1)
