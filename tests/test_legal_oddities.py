"""Tests that a survey that is legal and looks odd gets no error and no question but those named, and that an entry under `accept`
takes each question away."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.survey.checks.rules.rule import finding_kinds
from fltoolkit.survey.spec.corrections import Acceptable
from tests.legal_oddities import ODDITIES, Oddity

ERRORS = {"a region NA", "a census by its FPC"}  # an entry makes a warning of an error
ABOUT_SPEC = {  # warnings about entries of survey.yaml, which its author removes
    "correction_without_effect",
    "accept_without_finding",
}


def found(oddity: Oddity, folder: Path, accept: list[dict[str, str]]) -> pd.DataFrame:
    return fl.check(fl.read_survey(oddity.write(folder, accept))).query("severity != 'note'")


@pytest.mark.parametrize("oddity", ODDITIES, ids=[oddity.name for oddity in ODDITIES])
def test_a_legal_oddity_is_no_error_and_its_questions_go_away(oddity: Oddity, tmp_path: Path) -> None:
    rows = found(oddity, tmp_path, [])
    asked = [(str(row.check), str(row.where)) for row in rows.itertuples()]
    assert sorted(asked) == sorted(oddity.asked)
    assert oddity.name in ERRORS or "error" not in set(rows.severity)
    entries = [{"finding": check, "column": where, "why": "it is right"} for check, where in asked]
    left = found(oddity, tmp_path, entries)
    assert oddity.name in ERRORS or not len(left)
    assert "error" not in set(left.severity)


def test_each_warning_of_check_may_be_accepted() -> None:
    kinds = list(finding_kinds().items())
    of_check = kinds[: [key for key, _ in kinds].index("items_not_asked")]
    refused = {key for key, kind in of_check if kind.severity == "warning" and not kind.acceptable}
    assert refused == ABOUT_SPEC
    assert {kind.check for _, kind in of_check if kind.acceptable} < set(get_args(Acceptable))
