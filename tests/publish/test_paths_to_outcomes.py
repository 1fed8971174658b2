"""Tests the paths through the definition: a path is named if enough persons have it, and never reveals
another one."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pytest
import shipped

import fltoolkit as fl
from fltoolkit.publish.published_set import Published


@pytest.fixture(scope="module")
def out() -> Published:
    return shipped.published(shipped.NORVIA)


def test_only_paths_that_enough_persons_share_are_named_and_their_persons_are_rounded(
    norvia: fl.ClassifiedSurvey, out: Published
) -> None:
    found = fl.paths(norvia, out)
    asked = norvia.frame.filter(nw.col("fl__asked")).select(norvia.trace.alias("trace"))
    true = asked.collect("pandas").to_native()["trace"].value_counts()
    named = found[found["trace"] != "other paths"]
    assert len(named) > 3
    assert (true[named["trace"]] >= 5).all()
    assert ((named["persons"] - true[named["trace"]].to_numpy()).abs() <= 5).all()
    assert (named["persons"] % 10 == 0).all()
    others = found[found["trace"] == "other paths"].set_index("step")["persons"]
    assert others.isna().to_dict() == {
        "forced labour": False,
        "forced labour abroad": False,
        "not in the same work": False,
        "unresolved": True,
    }
    assert found["persons"].dropna().is_monotonic_decreasing


def test_without_numbers_of_persons_there_are_no_paths(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No step of the flowchart is published, so none is shown. Before, the run stopped here."""
    persons = small(
        [("case" if i % 4 == 0 else "not", {"P": i % 30}) for i in range(120)],
        design={"weights": "normalised"},
    )
    found = fl.paths(persons, fl.publish_run(persons))
    assert found.empty
    seen: list[Any] = []
    monkeypatch.setattr("IPython.display.display", seen.append)
    fl.show.paths(found)
    assert [*map(str, seen), str(fl.show.result.paths(found))] == ["No path may be shown."] * 2


def test_other_paths_never_stand_for_a_single_one(small: Any) -> None:
    """Two persons alone on their path, and the whole step known: a second path of the step is left unnamed
    too."""
    people = [("case" if i % 4 == 0 else "not", {"P": i % 30}) for i in range(120)]
    people += [("not", {"INV": 1, "P": i}) for i in range(6)] + [
        ("not", {"COE": 1, "P": i}) for i in range(2)
    ]
    persons = small(people)
    found = fl.paths(persons, fl.publish_run(persons))
    assert found[found["step"] == "not involuntary"]["trace"].tolist() == ["other paths"]
    assert found[found["step"] == "no coercion"]["persons"].tolist() == [10]
