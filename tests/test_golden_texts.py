"""Tests that documents say what their golden texts say, and that a changed number or marker needs a line of the change log.

After a change of words, `make golden-texts` writes the texts anew.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.golden_texts.changes import changes, counts, unnamed
from tests.golden_texts.surveys import SURVEYS, differing, run


@pytest.mark.thorough("a survey through four notebooks; tests/test_notebooks.py compares the first sample")
@pytest.mark.parametrize("survey", SURVEYS[1:])
def test_documents_say_what_was_reviewed(survey: str, tmp_path: Path) -> None:
    differ = differing(survey, run(survey, tmp_path))
    assert not differ, f"make golden-texts writes them anew:\n{differ}"


OLD = [
    "Men are 17.2 of 1,000 in all.",
    "| Men | 17.2 † | 18–24 | [c] | a, b",
    "| Women | – | (a)",
    "It is so.",
]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("Men are", "Women were", {"words": 2}),
        ("17.2 of", "17.3 of", {"numbers": 1}),
        ("1,000 in", "1\u202f000 in", {"numbers": 1}),
        ("17.2 †", "17.2", {"markers": 1}),
        ("[c]", "[u]", {"markers": 1}),
        ("a, b", "a", {"markers": 1}),
        ("| – |", "| ≈ |", {"markers": 1}),
        ("18–24", "18–25", {"numbers": 1}),
        ("(a)", "(b)", {"markers": 1}),
        ("It is so.", "So it is.", {"words": 3}),
        ("in all.", "in  all", {}),
    ],
)
def test_changed_words_numbers_and_markers_are_counted(old: str, new: str, found: dict[str, int]) -> None:
    text = "\n".join(OLD)
    assert old in text
    assert counts(OLD, text.replace(old, new, 1).splitlines()) == Counter(found)


def test_two_numbers_that_change_places_are_a_change() -> None:
    assert counts(["| 1 | 2"], ["| 2 | 1"])["numbers"] > 0


def test_a_changed_number_or_marker_needs_a_line_that_names_its_document() -> None:
    old = {"norvia/evidence_brief_en": OLD, "norvia/3_estimate": OLD, "norvia/index": OLD}
    new = {"norvia/evidence_brief_en": OLD[:-1], "norvia/3_estimate": ["Men"], "norvia/nap_workbook": OLD}
    found = changes(old, new)
    assert set(found) == {*old}
    assert unnamed(found, []) == ["norvia/3_estimate", "norvia/index"]  # the brief lost words alone
    assert unnamed(found, ["- Notebook 3 rounds.", "- The front page has no number."]) == []
    assert unnamed(found, ["- Notebook 1 rounds."]) == ["norvia/3_estimate", "norvia/index"]
