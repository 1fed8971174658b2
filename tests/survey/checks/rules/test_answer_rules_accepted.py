"""Tests that a question about data that may well be right goes away with one entry under `accept`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl
from tests.legal_oddities import Oddity

MANY = ("INV", "INV2", "COE", "COE2")


def questions(oddity: Oddity, folder: Path, accept: list[dict[str, str]]) -> pd.DataFrame:
    return fl.check(fl.read_survey(oddity.write(folder, accept)))


def most_said_yes(table: pd.DataFrame) -> dict[str, Any]:
    return {"INV": table["INV"].replace("2", "1")}


def many_said_yes(table: pd.DataFrame) -> dict[str, Any]:
    return {name: table["INV"].replace("2", "1") for name in MANY}


@pytest.mark.parametrize(
    ("columns", "check", "column"),
    [
        (lambda table: {"W": 1}, "weights", "W"),
        (lambda table: {"W": np.where(table.index == 3, 2000, table["W"])}, "weights", "W"),
        (lambda table: {"W": np.where(table.index % 20 == 3, 2000, table["W"])}, "weights", "W"),
        (most_said_yes, "items", "INV"),
    ],
    ids=["a census", "one large weight", "one value of many weights", "most said yes"],
)
def test_one_entry_takes_the_question_away(tmp_path: Path, columns: Any, check: str, column: str) -> None:
    census = {"design.psu": None, "design.strata": None, "design.household": None}
    oddity = Oddity("", "", columns, census)
    asked = questions(oddity, tmp_path, [])
    (row,) = asked.query("where == @column and severity == 'warning'").to_dict("records")
    assert row["check"] == check
    assert "accept" in row["do"]
    entry = {"finding": check, "column": column, "why": "looked at, and right"}
    left = questions(oddity, tmp_path, [entry])
    assert left.query("where == @column and check == @check").severity.tolist() == ["note"]
    assert not len(left.query("check == 'accept'"))


def test_an_entry_is_about_one_question_however_many_have_mostly_yes(tmp_path: Path) -> None:
    items = {
        "involuntary": {"very_low_or_no_wages": {"column": "INV"}, "unagreed_overtime": {"column": "INV2"}},
        "coercion": {"withheld_wages": {"column": "COE"}, "debt_bondage": {"column": "COE2"}},
    }
    oddity = Oddity("", "", many_said_yes, {"items": items})
    entry = {"finding": "items", "column": "COE", "why": "looked at, and right"}
    found = questions(oddity, tmp_path, [entry]).query("what.str.contains('say yes')")
    assert dict(zip(found["where"], found["severity"], strict=True)) == {
        name: "note" if name == "COE" else "warning" for name in MANY
    }


@pytest.mark.parametrize("key", ["any_work", "same_work", "current"])
@pytest.mark.parametrize("yes", [1, [1, 2], 3])
def test_a_question_that_is_an_item_is_asked_about(tmp_path: Path, key: str, yes: Any) -> None:
    source = {"column": "INV", "yes": yes, "no": [c for c in (1, 2, 3) if c not in np.atleast_1d(yes)]}
    place = "episodes" if key == "same_work" else key
    oddity = Oddity("", "", keys={place: {"same_work": source} if key == "same_work" else source})
    found = questions(oddity, tmp_path, []).query("check == 'questions'")
    assert found["where"].tolist() == (
        [] if yes == 3 else ["episodes.same_work" if key == "same_work" else key]
    )
