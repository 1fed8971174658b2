"""Tests that drawn legal surveys go through all cells and documents, and that their texts read as texts. `make legal-surveys` draws
more of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from thoroughness import tries

from tests.legal_surveys.odd_texts import odd_places

SEEDS = ("10", "11", "20")  # each stopped a notebook before


def test_a_legal_survey_stops_nowhere_and_leaves_no_odd_text() -> None:
    """In a process of its own: the cells run in IPython, which keeps much of what it has run."""
    seeds = SEEDS[: tries(3, 1)]
    command = [sys.executable, "-m", "tests.legal_surveys", "--workers", "1", "--only", *seeds]
    ended = subprocess.run(
        command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False
    )
    assert ended.stdout == f"{len(seeds)} surveys, 0 of them with something odd\n"
    assert ended.returncode == 0


@pytest.mark.parametrize(
    ("text", "language", "odd"),
    [
        ("The rate is nan per 1,000.", "", True),
        ("cases | None | 3", "", True),
        ("None may be compared with a number of this survey.", "", False),
        ("Prevalence of {who} by region", "", True),
        ("shown () beside", "", True),
        ("Les cas avec une réponse; the cases with the answer and the rest.", "fr", True),
        ("Les cas avec une réponse et les autres.", "fr", False),
    ],
)
def test_an_odd_text_is_found(text: str, language: str, odd: bool) -> None:
    assert bool([*odd_places([text], language)]) is odd
