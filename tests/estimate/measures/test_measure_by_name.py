"""Tests estimates by the names of their measures: one pass for a rate and its total gives the same as two
passes."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import DesignError, NotAvailable, RequestError
from fltoolkit.estimate.measures.measure_by_name import TOTAL_OF, estimate_measure, estimate_with_total

PASSES = importlib.import_module("fltoolkit.estimate.totals.one_pass")
MANY = [
    ("case" if i % 3 == 0 else "open" if i % 11 == 0 else "not", {"P": i % 20, "R": i % 4 + 1})
    for i in range(120)
]


@pytest.mark.parametrize("measure", TOTAL_OF)
@pytest.mark.parametrize("by", [[()], [(), ("sex",), ("region",)]], ids=["total", "by groups"])
def test_a_rate_and_its_total_from_one_pass_are_those_of_two(
    measure: str, by: list[tuple[str, ...]], small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    persons = small(MANY)
    apart = [estimate_measure(persons, name, None, "adults", by) for name in (measure, TOTAL_OF[measure])]
    passes: list[Any] = []
    real = PASSES.cluster_totals
    monkeypatch.setattr(PASSES, "cluster_totals", lambda *a, **k: (passes.append(a), real(*a, **k))[1])
    together = estimate_with_total(persons, measure, "adults", by)
    assert len(passes) == 1
    for one, other in zip(together, apart, strict=True):
        pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
        assert (one.about, one.by) == (other.about, other.by)
        assert np.array_equal(one.influence, other.influence)


def test_what_one_pass_refuses_is_what_two_refuse(small: Any) -> None:
    with pytest.raises(RequestError, match="no rate by form"):
        estimate_with_total(small(MANY), "prevalence", "adults", [("form",)])
    with pytest.raises(NotAvailable, match="fewer than 30"):
        estimate_with_total(small(MANY[:60]), "profile", "adults", [()])
    rates_only = small(MANY, design={"weights": "normalised"})
    for measure in TOTAL_OF:
        with pytest.raises(DesignError):
            estimate_with_total(rates_only, measure, "adults", [()])


@pytest.mark.parametrize(
    ("measure", "of", "verb"),
    [
        ("prevalence", None, fl.prevalence),
        ("total", None, fl.total),
        ("profile", None, fl.profile),
        ("share", "sex", lambda persons: fl.share(persons, "sex")),
    ],
)
def test_a_name_makes_what_the_verb_makes(measure: str, of: str | None, verb: Any, small: Any) -> None:
    persons = small(MANY)
    pd.testing.assert_frame_equal(
        estimate_measure(persons, measure, of, "adults", [()]).table, verb(persons).table
    )
