"""Tests that a question about data that may well be right goes away with one entry under `accept`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import fltoolkit as fl

N = 80
CENSUS = np.ones(N)
ONE_LARGE = np.where(np.arange(N) == 5, 9999.0, np.linspace(90, 110, N))


def questions(
    folder: Path,
    weights: np.ndarray,
    involuntary: object,
    accept: list[dict[str, str]],
    more: dict[str, object] | None = None,
) -> pd.DataFrame:
    table = pd.DataFrame({"ID": range(N), "W": weights, "AGE": 30, "WORK": 1, "INV": involuntary, "COE": 2})
    table["AGE"] += np.arange(N) % 20
    table.to_csv(folder / "persons.csv", index=False)
    spec = {
        "title": "A survey", "country": "Nowhere", "language": "en", "year": 2025,
        "reference_period": {"months": 12, "text": "the past 12 months"},
        "files": {"person": {"path": "persons.csv", "key": ["ID"]}},
        "design": {"weight": "W", "selection": "srs"},
        "age": {"column": "AGE"}, "answers": {"yes": 1, "no": 2}, "any_work": {"column": "WORK"},
        "items": {"involuntary": {"very_low_or_no_wages": {"column": "INV"}}, "coercion": {"withheld_wages": {"column": "COE"}}},
        "episodes": {"same_work": "assumed"},
        "populations": {"adults": {"label": "adults", "age": {"min": 18}}},
        "coverage_excludes": ["the homeless"], "accept": accept, **(more or {}),
    }  # fmt: skip
    (folder / "survey.yaml").write_text(yaml.safe_dump(spec), "utf-8")
    return fl.check(fl.read_survey(folder / "survey.yaml")).query("check in ['weights', 'items', 'accept']")


@pytest.mark.parametrize(
    ("weights", "involuntary", "check", "column"),
    [
        (CENSUS, np.arange(N) % 9 % 2 + 1, "weights", "W"),
        (ONE_LARGE, np.where(np.arange(N) % 9 == 0, 1, 2), "weights", "W"),
        (np.linspace(90, 110, N), np.where(np.arange(N) % 3 == 0, 2, 1), "items", "INV"),
    ],
    ids=["a census", "one large weight", "most said yes"],
)
def test_one_entry_takes_the_question_away(
    tmp_path: Path, weights: np.ndarray, involuntary: object, check: str, column: str
) -> None:
    asked = questions(tmp_path, weights, involuntary, [])
    (row,) = asked.query("where == @column and severity == 'warning'").to_dict("records")
    assert row["check"] == check
    assert "accept" in row["do"]
    entry = {"finding": check, "column": column, "why": "looked at, and right"}
    left = questions(tmp_path, weights, involuntary, [entry])
    assert left.query("where == @column").severity.tolist() == ["note"]
    assert not len(left.query("check == 'accept'"))


@pytest.mark.parametrize("key", ["any_work", "same_work", "current"])
@pytest.mark.parametrize("yes", [1, [1, 2], 3])
def test_a_question_that_is_an_item_is_asked_about(tmp_path: Path, key: str, yes: object) -> None:
    source = {"column": "INV", "yes": yes, "no": [c for c in (1, 2, 3) if c not in np.atleast_1d(yes)]}
    more = {"episodes": {"same_work": source}} if key == "same_work" else {key: source}
    left = questions(tmp_path, np.linspace(90, 110, N), np.where(np.arange(N) % 9 == 0, 1, 2), [], more)
    found = left.query("what.str.contains('the question of an item too')")["where"].tolist()
    assert found == ([] if yes == 3 else ["episodes.same_work" if key == "same_work" else key])
