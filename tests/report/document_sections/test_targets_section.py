"""The plan's targets in documents: warnings, the table, what a repeat could detect, and the way to each target."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd
import small_country as country
from handed import EN, FR
from promises import evidence_of, filled

import fltoolkit as fl
from fltoolkit.nap.baseline import Baseline
from fltoolkit.nap.results_framework import Plan
from fltoolkit.nap.targets import UNPLANNED
from fltoolkit.publish.published_set import CONFIDENTIAL
from fltoolkit.report.document_formats.document_blocks import Paragraph
from fltoolkit.report.document_sections import targets_section
from fltoolkit.show.printed_tables.printed_table import PrintedTable

TARGETS = [
    {"year": 2030, "cut": 0.5},
    {"year": 2030, "cut": 0.1, "group": "region", "category": "north"},
    {"year": 2030, "cut": 0.5, "group": "region", "category": "west"},
]
NOTHING = {"baseline_value": float("nan"), "ci_low": float("nan"), "ci_high": float("nan"), "n": float("nan")}


def evidence(
    targets: list[dict[str, Any]] = TARGETS, followed: list[dict[str, Any]] | None = None, n: int = 15_000, **keys: Any
) -> fl.Evidence:
    """5 per 1,000 everywhere: of everybody, whose target a repeat can find, of the north, too few for theirs, and of the west, hidden."""
    row = {"measure": "prevalence", "id": "rate", "disaggregated_by": ["gender", "region"], "targets": targets}
    planned: dict[str, Any] = {"planned_sample": n, "planned_surveys": [2028, 2030]}
    plan = Plan.model_validate({**country.with_rows(row), **planned, **keys})
    first = filled(plan, n=n).table.iloc[0].to_dict()
    north = {"group": "region", "category": "north", "n": 3000.0}
    west = {**NOTHING, "group": "region", "category": "west", "marker": "c", "reason": "confidential"}
    return evidence_of(Baseline(plan, table := pd.DataFrame([first, first | north, first | west]), table), followed)


def test_a_target_whose_baseline_is_hidden_tells_neither() -> None:
    table = targets_section.table(evidence(), EN)
    assert isinstance(table, PrintedTable)
    (west,) = (row for row in table.texts if "west" in row[0])
    said = ("a target for 2030; its baseline is not shown", "cannot be said: baseline not shown")
    assert west == ("west", "[c]", "", said[0], "", said[1], "", "", "–")
    assert table.note == f"[c] {CONFIDENTIAL}."


def test_the_table_says_of_each_target_whether_a_survey_could_verify_it() -> None:
    """The sizes are those of promises.NEEDED: 14,070 persons a round find half of 5 per 1,000."""
    table = targets_section.table(evidence(), EN)
    assert isinstance(table, PrintedTable)
    heading, whole, group, north, _ = table.texts
    assert group == ("region",)
    assert heading == ("Prevalence (per 1,000 adults)",)
    assert [text.replace("\xa0", " ") for text in whole[:6]] == [
        "everyone",
        "5.0",
        "4.0 to 6.0",
        "a cut of 50 % by 2030",
        "2.5",
        "yes",
    ]
    assert (north[0], north[5]) == ("north", "no: sample too small")
    assert targets_section.table(evidence([]), EN) == Paragraph(EN.say("targets.no_target"))


def test_the_first_page_names_every_target_that_cannot_be_verified() -> None:
    """One in full, several in a line, and no more than four by name."""
    one = evidence()
    assert [p.text for p in targets_section.first_warning(one, EN)] == [p.text for p in targets_section.unverifiable(one, EN)]
    refused = one.targets[one.targets["verifiable"] == "no"]
    for times, named in ((2, "north"), (6, "and 2 more")):
        many = dataclasses.replace(one, targets=pd.concat([refused] * times, ignore_index=True))
        (told,) = targets_section.first_warning(many, EN)
        assert told.text.startswith(
            f"The survey that is planned could not verify {times} of the plan's {times} targets. Prevalence"
        )
        assert told.text.count("a cut of 10 % by 2030 (sample too small)") == min(times, 4)
        assert named in told.text
        assert told.style == "warning"
        assert "on 6" not in targets_section.first_warning(many, FR)[0].text
        assert ("more" in told.text) is (times > 4)


def test_a_target_for_which_only_a_survey_lacks_says_that_and_not_that_none_could() -> None:
    one = evidence()
    lacking = one.targets.assign(obstacle=one.targets["obstacle"].where(one.targets["verifiable"] != "no", UNPLANNED), power=0.91)
    told = " ".join(p.text for p in targets_section.unverifiable(dataclasses.replace(one, targets=lacking), EN))
    assert told.startswith("No survey is planned that could verify this target. Prevalence")
    assert told.endswith("A repeat of the planned size in 2030 would find it with a chance of 91\xa0%.")


def test_a_target_stands_beside_a_later_round_that_lies_below_it() -> None:
    """5 fell to 2.2 per 1,000; the target is half of 5."""
    later = evidence(followed=[{"value": 2.2, "ci_low": 1.5, "ci_high": 3.1}])
    (told,) = targets_section.already(later, EN)
    assert told.replace("\xa0", " ") == (
        "Prevalence: a cut of 50 % by 2030, to 2.5 per 1,000 adults. In 2027 the survey found 2.2 (1.5 to 3.1): "
        "at or below the target, its interval reaches above."
    )
    refused = dataclasses.replace(later, targets=later.targets.assign(verifiable="no"))
    assert targets_section.unverifiable(refused, EN)[0].text.endswith(told.partition("adults. ")[2])  # its warning says it too
    assert targets_section.already(refused, EN, without_refused=True) == ()
    assert targets_section.already(evidence(), EN) == ()  # the baseline's own run
    assert targets_section.already(evidence(followed=[{"value": 2.6}]), EN) == ()  # above it


def test_before_a_target_is_set_it_is_told_what_a_repeat_could_find() -> None:
    """Of 20,000 persons a cut by 43 % (promises.SMALLEST), of the total alone; of 10 nothing."""
    large, none = evidence([], n=20_000), evidence([], planned_sample=10)
    (told,) = targets_section.found_by_repeat(large, EN)
    assert told.startswith("Prevalence: a repeat of 20,000 persons would find a cut by 43\xa0% or more")
    assert targets_section.found_by_repeat(none, EN) == (
        "Prevalence: a repeat of 10 persons would find no fall with a chance of 80 %, however deep.",
    )
    table = targets_section.detectable(large, EN)
    assert isinstance(table, PrintedTable)
    ((what, value, interval, *found),) = table.texts
    assert (what, value, interval) == ("Prevalence", "5.0", "4.0\xa0to\xa06.0")
    assert found == ["20,000", "43\xa0%", "2.9", "2026"]  # 5·(1 − 0.429)
    nothing = targets_section.detectable(none, EN)
    assert isinstance(nothing, PrintedTable)
    assert nothing.texts[0][4:6] == ("–", "–")
    bare = dataclasses.replace(large, targets=large.targets.head(0))
    assert targets_section.detectable(bare, EN) == Paragraph(EN.say("targets.nothing_measured"))


def test_the_way_to_a_target_is_told_year_by_year_and_what_nobody_measures_as_such() -> None:
    """From 5 in 2025 half a point a year to 2.5 in 2030."""
    table = targets_section.milestones(evidence(TARGETS[:1]), EN)
    assert isinstance(table, PrintedTable)
    head, *rows = table.texts
    assert head == ("Prevalence (per 1,000 adults)",)
    assert [row[1] for row in rows] == ["5.0", "4.5", "4.0", "3.5", "3.0", "2.5"]
    assert [row[2] for row in rows] == ["baseline", "not measured", "not measured", "planned survey", "not measured", "target"]
    assert targets_section.milestones(evidence([]), EN) == Paragraph(EN.say("milestones.none"), "quiet")
