"""Tests a change as a dumbbell: both numbers, the verdict of the test, and no hidden number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from handed import EN, FR
from two_rounds import fell

from fltoolkit.estimate.change_over_time.difference import NO_CHANGE
from fltoolkit.estimate.change_over_time.unresolved_excess import MORE_UNRESOLVED
from fltoolkit.show.charts.chart_style import BLUE, GREY
from fltoolkit.show.charts.descriptions.change_dumbbell import change, of_groups
from fltoolkit.show.charts.descriptions.chart_parts import DotChart, Glyph
from fltoolkit.show.charts.descriptions.estimates_by_group import HALF_PAGE

GONE = ("estimate", "estimate_after", "ci_low_after", "ci_high_after")


def rows() -> pd.DataFrame:
    changed = fell().changed
    assert changed is not None
    return of_groups(changed.table, "prevalence", None)


def with_first(**facts: Any) -> DotChart:
    """The chart of everyone's change, with other facts."""
    table = rows().iloc[:1].copy()
    for name, value in facts.items():
        table[name] = [value]
    return change(table, EN)


def test_both_rounds_stand_on_one_line_with_the_verdict() -> None:
    chart = change(rows(), EN)
    everyone = chart.rows[0]
    assert [m.value for m in everyone.marks] == [50.0, 18.8]
    assert [m.colour for m in everyone.marks] == [GREY, BLUE] == [s.colour for s in chart.series]
    assert [s.words for s in chart.series] == ["2025", "2027"]
    assert everyone.changed
    assert not with_first(verdict="no detectable change").rows[0].changed
    assert everyone.printed == "50.0 → 18.8: decreased"
    assert chart.title == "Prevalence of forced labour, 2025 and 2027: adults"
    assert "everyone: 50.0 and 18.8: decreased" in chart.alt
    assert "ensemble\u202f: 50,0 et 18,8\u202f: baisse" in change(rows(), FR).alt


def test_the_base_names_how_many_were_asked_in_each_round() -> None:
    assert "Base: adults; 2,400 answered in 2025, 2,400 in 2027." in change(rows(), EN).notes[-1]
    assert change(rows(), EN, space=HALF_PAGE).rows[0].printed == "50.0 → 18.8: decreased"


def test_an_unreliable_number_of_one_round_is_hollow_and_marked_and_the_verdict_is_not() -> None:
    row = with_first(marker="u", marker_after="u", flag_after="unreliable").rows[0]
    assert [m.glyph for m in row.marks] == [Glyph.MEASURED, Glyph.UNRELIABLE]
    assert row.printed == "50.0 → 18.8 [u]: decreased"


def test_of_an_unreliable_change_only_the_direction_is_said() -> None:
    unsure = with_first(flag="unreliable")
    assert unsure.rows[0].printed == "50.0 → 18.8: decreased, size uncertain"
    assert EN.say("charts.why_unsure") in unsure.notes[0]
    assert EN.say("charts.why_unsure") not in change(rows(), EN).notes[0]
    assert (
        with_first(flag="unreliable", verdict=NO_CHANGE).rows[0].printed
        == "50.0 → 18.8: no detectable change"
    )


def test_where_a_round_is_hidden_there_is_no_dot_of_the_other_and_no_verdict() -> None:
    """One dot is no change; its interval would stretch the axis of the other rows."""
    one, both = (*GONE,), (*GONE, "estimate_before")
    for hidden in (one, both):
        chart = with_first(**dict.fromkeys(hidden, np.nan), verdict="", marker="c", reason="confidential")
        row = chart.rows[0]
        assert (row.marks, row.printed, row.absent, row.remark) == ((), "", "[c] not shown", "confidential")
        assert chart.alt.endswith("everyone: [c] not shown.")


def test_a_change_that_open_answers_leave_unjudged_says_so() -> None:
    chart = with_first(verdict=NO_CHANGE, verdict_reason=MORE_UNRESOLVED)
    (row,) = chart.rows
    assert row.printed.endswith(": not judged")  # a reason in each row would take two lines of small letters
    assert (
        "“Not judged”: the test gives no verdict on this change (more unresolved answers in one round)."
        in chart.notes[0]
    )
    assert chart.alt.endswith(": not judged (more unresolved answers in one round).")
    assert not row.changed
    assert "ot judged" not in " ".join(change(rows(), EN).notes)


def test_where_nobody_was_found_in_a_round_there_is_no_dot() -> None:
    row = with_first(estimate_after=0.0, ci_low_after=0.0, ci_high_after=0.01).rows[0]
    assert [m.glyph for m in row.marks] == [Glyph.MEASURED, Glyph.NONE_FOUND]


def test_only_the_groups_asked_for_are_drawn_and_several_have_headings() -> None:
    changed = fell().changed
    assert changed is not None
    assert set(of_groups(changed.table, "prevalence", [])["breakdown"]) == {""}
    two = pd.concat([rows(), rows().iloc[1:].assign(breakdown="region")]).reset_index(drop=True)
    assert [r.label for r in change(two, EN).rows if r.heading] == ["Sex", "Region"]
