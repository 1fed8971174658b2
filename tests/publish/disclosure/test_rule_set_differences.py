"""Tests headlines of other rule sets: no two counts that are shown differ by only a few persons."""

from __future__ import annotations

import numpy as np
import pandas as pd
from published_rows import published, row

from fltoolkit.publish.disclosure.confidential_cells import Limits
from fltoolkit.publish.disclosure.rule_set_differences import decide_rule_sets
from fltoolkit.publish.disclosure.suppression_decision import Decision


def test_no_two_counts_shown_differ_by_few_whatever_they_are() -> None:
    draw, kept, hid = np.random.default_rng(3), 0, 0
    for _ in range(300):
        cases, unresolved = (draw.choice([0, *range(3, 30)], 4) for _ in range(2))
        table = pd.DataFrame(
            {
                "rule_set": list("abcd"),
                "measure": "prevalence",
                "breakdown": "",
                "interval": "korn_graubard",
                "n": 500,
                "population": 5000.0,
                "estimate": 0.02,
                "psus_with_cases": 9,
                "households_with_cases": 9,
                "cases": cases,
                "unresolved": unresolved,
            }
        )
        own = table["rule_set"] == "a"
        first = {0} if 0 < cases[0] < 5 else set()
        found = decide_rule_sets(
            table, own, Decision(first, {0} if 0 < unresolved[0] < 5 else set()), Limits()
        )
        hidden, unresolved_hidden = found.hidden, found.unresolved_hidden
        for counts, gone in ((cases, hidden), (unresolved, hidden | unresolved_hidden)):
            shown = [int(c) for i, c in enumerate(counts) if i not in gone]
            assert not any(0 < abs(a - b) < 5 for a in shown for b in shown)
            assert not any(0 < c < 5 for c in shown)
            assert not {int(counts[i]) for i in gone & {0}} & set(shown)  # what the run hides
            kept, hid = kept + len(shown) - 1, hid + len(gone)
        assert hidden & {0} == first
    assert kept > 200
    assert hid > 200


def test_a_run_without_other_rule_sets_is_decided_already() -> None:
    first = Decision({0})
    assert decide_rule_sets(published(row()).table, pd.Series([True]), first, Limits()) is first
