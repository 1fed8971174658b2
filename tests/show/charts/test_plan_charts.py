"""Tests the plan on the screen: warnings, targets, the paths to them, the follow-up, and controls for what a
repeat would find."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from two_rounds import fell

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.languages.language import read_language
from fltoolkit.nap.targets import UNPLANNED
from fltoolkit.report.document_sections import targets_section as documents
from fltoolkit.show.charts import plan_charts
from fltoolkit.show.charts.chart_style import Picture
from fltoolkit.show.charts.descriptions.chart_parts import Glyph
from fltoolkit.show.charts.renderers.plotly_renderer import SIZES
from fltoolkit.show.printed_tables.printed_table import PrintedTable
from fltoolkit.show.wording.plan_words import later
from fltoolkit.show.wording.section_words import Words

EN = read_language("en")
NO_TARGET = {"target_year": float("nan"), "target_words": "", "verifiable": ""}


def with_targets(**facts: object) -> fl.Evidence:
    """The evidence, its first target changed."""
    evidence = fell()
    table = evidence.targets.copy()
    for name, value in facts.items():
        table[name] = pd.Series([value, *table[name].iloc[1:]], table.index, dtype=object)
    return replace(evidence, targets=table)


def baseline_run() -> fl.Evidence:
    evidence = fell()
    return replace(evidence, changed=None, follow_up=evidence.follow_up.iloc[:0])


def test_a_target_that_cannot_be_verified_is_a_warning_and_the_table_says_the_rest() -> None:
    assert str(plan_charts.warnings(fell())) == "The planned repeat can verify each of these targets."
    unknown = str(plan_charts.warnings(with_targets(verifiable="", reason="the baseline is not shown")))
    assert "is not judged: the baseline is not shown" in unknown
    assert "gives no `targets:`" in str(plan_charts.warnings(with_targets(**NO_TARGET)))


@pytest.mark.parametrize("obstacle", ["sample too small", UNPLANNED])
def test_a_target_that_cannot_be_verified_is_told_in_the_words_of_the_documents(obstacle: str) -> None:
    refused = with_targets(verifiable="no", obstacle=obstacle, reason="too few persons")
    (said,) = documents.unverifiable(refused, EN)
    sentences = said.text.replace("•\xa0", "").replace("\n", " ")
    assert str(plan_charts.warnings(refused)) == f"**Warning.** {said.label} {sentences}"
    handed = documents.table(refused, EN)
    assert isinstance(handed, PrintedTable)
    place = [head.key for head in handed.heads].index("verifiable")
    cell = next(row[place] for row in handed.texts if len(row) > 1)
    assert cell == f"No: {obstacle}"
    assert cell in plan_charts.targets(refused).text


def test_what_the_later_round_says_of_a_target_is_told_in_the_words_of_the_documents() -> None:
    (row,) = (r for r in fell().targets.to_dict("records") if r["reached"])
    assert later(EN, row) in str(plan_charts.warnings(with_targets(verifiable="no", obstacle=UNPLANNED)))
    assert "In\xa02027" in plan_charts.targets(fell()).text
    alone = replace(fell(), targets=fell().targets.assign(later_value=float("nan")))  # the baseline's own run
    assert "In\xa02027" not in plan_charts.targets(alone).text


def test_every_row_of_the_plan_says_which_fall_a_repeat_would_find() -> None:
    text = plan_charts.detectable(fell()).text.replace("\xa0", " ")
    first = fell().targets.iloc[0]
    assert f"{100 * first['smallest_cut']:.0f}%" in text
    assert "Women" in text
    assert "base of the decrease" not in text
    nobody = replace(fell(), targets=fell().targets.assign(planned_sample=float("nan")))
    assert isinstance(plan_charts.detectable(nobody), Words)  # before, 28 rows without a result
    none = with_targets(smallest_cut=float("nan"), smallest_obstacle="too few cases")
    assert "too few cases" in plan_charts.detectable(none).text


def test_a_plan_without_targets_has_no_table_of_them() -> None:
    assert "gives no `targets:`" in str(plan_charts.targets(with_targets(**NO_TARGET)))


def test_the_way_to_the_target_tells_what_is_measured_and_what_is_not() -> None:
    picture = plan_charts.path(fell())
    assert isinstance(picture, Picture)
    assert "baseline; 2026: 43.8, not measured; 2027: 37.5, planned (survey held)" in picture.alt
    assert "2029: 25.0, target; 2027: 18.8 (" in picture.alt
    assert picture.alt.endswith("decreased.")
    planned = [t for t in picture.figure.data if t.marker.size == SIZES[Glyph.PLANNED]]
    assert [list(t.x) for t in planned] == [[2026, 2027, 2028]]
    assert "decreased" not in plan_charts.path(baseline_run()).alt  # type: ignore[union-attr]
    assert isinstance(plan_charts.path(replace(fell(), milestones=fell().milestones.iloc[:0])), Words)
    with pytest.raises(RequestError, match="no such row"):
        plan_charts.path(fell(), "nothing")


def test_where_nobody_was_found_the_way_is_a_sentence_or_that_of_the_next_indicator() -> None:
    """Before, the run stopped at the first indicator with a target."""
    nobody = fell().targets.assign(baseline_value=0.0, cut=float("nan"))
    for drawn in (replace(fell(), targets=nobody), replace(fell(), milestones=fell().milestones.iloc[:0])):
        assert "its baseline is not shown, or no target is below it" in str(plan_charts.path(drawn))
    both = {
        name: pd.concat([table.assign(id="first", **zero), table])
        for name, table, zero in (
            ("targets", fell().targets, {"baseline_value": 0.0, "cut": float("nan")}),
            ("milestones", fell().milestones, {}),
        )
    }
    assert isinstance(plan_charts.path(replace(fell(), **both)), Picture)


def test_the_follow_up_shows_the_verdict_and_never_a_cause() -> None:
    shown = plan_charts.follow_up(fell()).text.replace("\xa0", " ")  # type: ignore[union-attr]
    assert "▼ decreased" in shown
    assert "−31.2" in shown
    assert "because" not in shown
    assert isinstance(plan_charts.follow_up(baseline_run()), Words)


def test_a_hidden_row_of_the_follow_up_shows_its_marker_and_no_number() -> None:
    table = fell().follow_up.copy()
    numbers = ["value", "ci_low", "ci_high", "change", "change_ci_low", "change_ci_high"]
    table.loc[1, numbers], table.loc[1, ["verdict", "light", "marker", "marker_after"]] = (
        float("nan"),
        ["", "", "c", "c"],
    )
    (line,) = [
        t
        for t in plan_charts.follow_up(replace(fell(), follow_up=table)).text.splitlines()
        if t.split()[:1] == ["Men"]
    ][:1]  # type: ignore[union-attr]
    assert "[c]" in line
    assert "nan" not in line


def test_every_criterion_is_a_column_and_what_is_missing_is_said() -> None:
    text = plan_charts.smart(fell()).text
    assert all(c in text for c in ("Specific", "Measurable", "Achievable", "Relevant", "Time-bound"))
    assert "It names no target of the Sustainable Development Goals" in text
