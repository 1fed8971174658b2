"""Tests that a survey that is legal and looks odd gets no error and no question but those named, and that an entry under `accept`
takes each question away."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import fltoolkit as fl
from tests.legal_oddities import ODDITIES, Oddity

ERRORS = {"a region NA", "a census by its FPC"}  # an entry makes a warning of an error
FACTS = {"design", "age", "non-response"}  # checks that state a fact; no reason changes it


def found(oddity: Oddity, folder: Path, accept: list[dict[str, str]]) -> pd.DataFrame:
    return fl.check(fl.read_survey(oddity.write(folder, accept))).query("severity != 'note'")


@pytest.mark.parametrize("oddity", ODDITIES, ids=[oddity.name for oddity in ODDITIES])
def test_a_legal_oddity_is_no_error_and_its_questions_go_away(oddity: Oddity, tmp_path: Path) -> None:
    rows = found(oddity, tmp_path, [])
    asked = [(str(row.check), str(row.where)) for row in rows.itertuples()]
    assert sorted(asked) == sorted(oddity.asked)
    assert oddity.name in ERRORS or "error" not in set(rows.severity)
    entries = [{"finding": c, "column": where, "why": "it is right"} for c, where in asked if c not in FACTS]
    if entries:
        left = found(oddity, tmp_path, entries)
        assert oddity.name in ERRORS or not len(left.query("check not in @FACTS"))
        assert "error" not in set(left.severity)
