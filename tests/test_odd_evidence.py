"""Tests what documents say of evidence that is unlike the samples: the lines that come and go are those that were reviewed.

`tests/odd_evidence.py` lists the evidence; `make golden-texts` writes the lines into `tests/golden_texts/odd_evidence`.
"""

from __future__ import annotations

import pytest
from odd_evidence import MADE, differences, document, document_lines, file_name

from tests.golden_texts.surveys import ODD, stored

# `make test` has one evidence of each kind.
FIRST = {
    "plain", "usual", "few cases", "nobody found", "hidden headline", "unreliable headline", "wide bounds", "children only",
    "adults and children", "regions", "higher", "no difference", "not tested", "a target", "three targets", "no target",
    "too many unresolved", "too few asked", "reached", "not reached", "inside the interval", "unchanged", "not judged",
}  # fmt: skip
THOROUGH = pytest.mark.thorough("sixty-five briefs and sets of slides take most of a minute")


@pytest.mark.parametrize(
    "name", [name if name in FIRST else pytest.param(name, marks=THOROUGH) for name in MADE]
)
def test_odd_evidence_changes_the_lines_that_were_reviewed(name: str) -> None:
    assert differences(name) == stored(ODD)[file_name(name)], MADE[name].why


def test_each_golden_text_has_its_evidence() -> None:
    assert set(stored(ODD)) == {file_name(name) for name in MADE}


NEVER = {
    "nobody found": ["to decide whether the next survey"],
    "hidden headline": ["20.0", "of every 1,000 adults"],
    "unreliable headline": ["20 of every 1,000"],
    "not tested": ["higher for men than for women,"],
    "unchanged": ["fell", "rose"],
    "not comparable": ["fell", "rose", "No detectable change"],
    "children only": ["Children are counted by other criteria."],
}


@pytest.mark.parametrize("name", NEVER)
def test_what_evidence_does_not_bear_is_not_said(name: str) -> None:
    said = document_lines(document(name, "brief", "en"))
    assert [
        words for words in NEVER[name] if words in said[0] or any(line.startswith(words) for line in said)
    ] == []
