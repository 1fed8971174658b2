"""Cells of which one household or sampling unit holds over half of the weighted cases."""

from __future__ import annotations

from typing import Any

import pytest

import fltoolkit as fl
from fltoolkit.estimate.totals.person_patterns import read_patterns
from fltoolkit.publish.disclosure.dominance import dominated

WHOLE = ("adults", frozenset[tuple[str, str]]())


def people(heavy: float) -> list[tuple[str, dict[str, Any]]]:
    """Eight cases in eight sampling units, the first of a weight of its own; and others."""
    cases = [("case", {"P": i, "W": heavy if i == 0 else 10.0, "SEX": 1 + i % 2}) for i in range(8)]
    return cases + [("not", {"P": i % 40, "W": 10.0, "SEX": 1 + i % 2}) for i in range(160)]


@pytest.mark.parametrize(("heavy", "expected"), [(69.0, False), (71.0, True)])
def test_a_unit_with_more_than_the_others_together_dominates(heavy: float, expected: bool, small: Any) -> None:
    """Seven others weigh 70."""
    patterns = read_patterns(small(people(heavy)), ["sex"], ["adults"])
    assert dominated(patterns, WHOLE) is expected
    assert dominated(patterns, ("adults", frozenset({("sex", "women")}))) is False


def test_a_dominated_cell_is_not_published(small: Any) -> None:
    assert fl.publish_run(small(people(69.0))).select("prevalence")["marker"].tolist() != ["c"]
    assert fl.publish_run(small(people(71.0))).select("prevalence")["marker"].tolist() == ["c"]
