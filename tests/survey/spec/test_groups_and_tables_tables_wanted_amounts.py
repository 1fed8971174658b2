"""Tests the errors about tables of amounts: each names the key, what was found, what is allowed, what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_surveys import SPEC, persons_table, write_survey

import fltoolkit as fl
from fltoolkit.errors import FltoolkitError

DEBT = {"debt": {"column": "DEBT", "unit": "crowns"}}
MEAN = [{"measure": "mean", "of": "debt"}]
PEOPLE = [("case", {"DEBT": 100 * i}) for i in range(40)] + [("not", {"DEBT": ""})] * 40


def refused(folder: Path, debts: Callable[[Any], Any] = lambda debts: debts, **keys: Any) -> str:
    """Returns the message with which a survey stops."""
    table = persons_table(PEOPLE)
    spec = SPEC | {"sectors": {}, "amounts": DEBT, "tables": MEAN} | keys
    path = write_survey(folder, spec, persons=table.assign(DEBT=debts(table["DEBT"])))
    with pytest.raises(FltoolkitError) as stopped:
        fl.classify(fl.read_survey(path))
    return str(stopped.value)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"amounts": {}}, ["of: debt is not one of amounts", "amounts: {debt: {column"]),
        ({"tables": [{"measure": "mean", "of": "dept"}]}, ["of: dept", "amounts: debt", "mean debt?"]),
        ({"tables": [{"measure": "median", "of": "sex"}]}, ["table 1", "of: sex", "amounts: debt"]),
        ({"tables": [{"measure": "mean"}]}, ["of", "share, mean and median only"]),
        ({"tables": [{"measure": "prevalence", "of": "debt"}]}, ["share, mean and median only"]),
        ({"amounts": DEBT | {"owed": DEBT["debt"]}}, ["amounts.debt", "owed has the same column, DEBT"]),
        ({"amounts": {"debt": {"column": "DEBT"}}}, ["amounts.debt.unit"]),
        ({"amounts": {"debt": {"column": "DEPT", "unit": "crowns"}}}, ["DEPT", "mean DEBT?"]),
    ],
)
def test_a_wrong_key_is_named(keys: dict[str, Any], words: list[str], tmp_path: Path) -> None:
    told = refused(tmp_path, **keys)
    assert [word for word in words if word not in told] == [], told


def test_amounts_below_0_are_an_error_that_quotes_none(tmp_path: Path) -> None:
    told = refused(tmp_path, lambda debts: debts.replace(300, -300))
    assert "amounts below 0" in told
    assert "amounts.debt.missing" in told
    assert "300" not in told


def test_texts_are_an_error(tmp_path: Path) -> None:
    told = refused(tmp_path, lambda debts: debts.replace(300, "much"))
    assert "amounts.debt.missing" in told
    assert "much" not in told
