"""Tests the plan's targets in documents: warnings, the table, what a repeat could detect, and the path to
each target."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from handed import EN
from target_rows import RATE, TARGETS, decided, evidence

import fltoolkit as fl
from fltoolkit.languages.reasons import Reason
from fltoolkit.nap.targets import TOO_WIDE, UNPLANNED, short_obstacle
from fltoolkit.report.document_formats.document_blocks import Paragraph
from fltoolkit.report.document_sections import targets_section
from fltoolkit.show.printed_tables.printed_table import PrintedTable
from fltoolkit.show.wording.plan_words import sign


@pytest.mark.parametrize(
    ("year", "low", "value", "high", "told"),
    [
        (2030, 1.5, 2.0, 2.5, "Yes"),
        (2027, 1.5, 2.0, 2.5, "Yes"),
        (2030, 1.5, 2.2, 3.1, "Cannot be said (the target lies inside the interval)"),
        (2030, 2.4, 3.0, 4.0, "Cannot be said (the target lies inside the interval)"),
        (2030, 2.6, 3.0, 4.0, "No"),
        (2031, 2.6, 3.0, 4.0, "No"),
        (2027, 2.6, 3.0, 4.1, "Not yet (the year of the target has not come)"),
        (2027, 4.1, 4.4, 4.8, "Not yet (and above the value planned for the year)"),
    ],
)
def test_whether_a_target_is_reached_follows_from_the_whole_interval_and_the_year(
    year: int, low: float, value: float, high: float, told: str
) -> None:
    """The target is half of 5 per 1,000 by 2030: 2.5. On the way, 4 are planned for 2027. Before, a target
    whose year had not come was said not to be reached, and the last survey to have found more than the plan
    allows."""
    found = {
        "value": value,
        "ci_low": low,
        "ci_high": high,
        "year": year,
        "milestone": 4.0 if year == 2027 else np.nan,
    }
    made = evidence(TARGETS[:1], [found])
    table = in_words(made)
    assert [head.text for head in table.heads] == [
        "Group",
        "2025",
        str(year),
        "Target",
        "Changed?",
        "Target reached?",
    ]
    heading, line = table.texts
    assert heading == ("Prevalence (per 1,000 adults)",)
    assert line[:4] == ("Everyone", "5.0", f"{value}\xa0({low}\xa0to\xa0{high})", "2.5\xa0by\xa02030")
    assert line[5] == told
    assert table.rows[1][4].strong
    assert ("more than the plan allows" in decided(dataclasses.replace(made, now=RATE))) == (
        told == "No" or "above" in told
    )


def test_a_number_that_is_unreliable_or_has_wide_bounds_decides_no_target() -> None:
    met = {"value": 2.0, "ci_low": 1.5, "ci_high": 2.4}
    for more, number, why in (
        (
            {"marker_after": "u"},
            "[u]",
            "Not confirmed (below the target, but unreliable)",
        ),
        ({"marker_after": "u", "ci_high": 2.6}, "[u]", "Cannot be said (the number is unreliable)"),
        ({"bound": 3.5}, "2.0\xa0to\xa03.5", "Cannot be said (too many unresolved answers)"),
    ):
        _, line = in_words(evidence(TARGETS[:1], [met | more])).texts
        assert number in line[2]
        assert line[5] == why


def test_the_first_page_has_room_for_four_targets_and_says_how_many_more_there_are() -> None:
    one = dataclasses.replace(evidence(), now=RATE)
    many = dataclasses.replace(one, targets=pd.concat([one.targets] * 2, ignore_index=True))
    assert targets_section.most_on_first_page(one) == 4
    assert targets_section.most_on_first_page(many) == 3  # the sentence on further targets takes a row
    assert len(rows_of(many)) == 4
    assert targets_section.more_targets(many, EN, 4) == "Further targets, in the skeleton of the plan: 2."
    assert targets_section.more_targets(one, EN, 4) == ""
    both = dataclasses.replace(
        many, now=dataclasses.replace(RATE, headlines=("everybody", "adults", "children"))
    )
    assert targets_section.most_on_first_page(both) == 1


def test_of_many_targets_those_that_were_not_reached_come_first() -> None:
    met, missed = (
        {"value": 2.0, "ci_low": 1.5, "ci_high": 2.4},
        {"value": 3.0, "ci_low": 2.6, "ci_high": 4.0, "year": 2030},
    )
    parts = [evidence(TARGETS[:1], [followed]) for followed in (met, met, met, met, missed)]
    many = dataclasses.replace(
        parts[0], targets=pd.concat([part.targets for part in parts], ignore_index=True)
    )
    assert [line[5] for line in rows_of(many)] == ["No", "Yes", "Yes", "Yes"]


def test_each_indicator_has_one_heading_also_where_the_most_urgent_targets_come_first() -> None:
    met, missed = (
        {"value": 2.0, "ci_low": 1.5, "ci_high": 2.4},
        {"value": 3.0, "ci_low": 2.6, "ci_high": 4.0, "year": 2030},
    )
    parts = [evidence(TARGETS[:1], [found]).targets for found in (missed, met, missed, met, met)]
    named = [part.assign(id=name, indicator=name) for part, name in zip(parts, "abbac", strict=True)]
    table = in_words(dataclasses.replace(evidence(), targets=pd.concat(named, ignore_index=True)))
    assert [line[0].split()[0] for line in table.texts] == [
        "a",
        "Everyone",
        "Everyone",
        "b",
        "Everyone",
        "Everyone",
    ]


def test_a_row_without_an_answer_says_that_it_cannot_be_said() -> None:
    """Before, *Changed?* and *Target reached?* were blank beside [c]."""
    hidden = {
        "value": np.nan,
        "ci_low": np.nan,
        "ci_high": np.nan,
        "marker_after": "c",
        "marker": "c",
        "verdict": "",
    }
    both = pd.concat(
        [evidence(TARGETS[:1], [found]).targets for found in ({"value": 2.0}, hidden)], ignore_index=True
    )
    assert (
        rows_of(dataclasses.replace(evidence(), targets=both[both["target_year"].notna()]))[1][4:]
        == ("Cannot be said",) * 2
    )


def rows_of(evidence: fl.Evidence) -> list[tuple[str, ...]]:
    """The rows without the headings across the table."""
    return [line for line in in_words(evidence).texts if len(line) > 1]


def in_words(evidence: fl.Evidence) -> PrintedTable:
    found = targets_section.in_words(evidence, EN, 4)
    assert found is not None
    return found


def test_what_helps_follows_from_what_stands_in_the_way() -> None:
    """More persons do not help where unresolved answers make the baseline wide."""
    one = evidence(TARGETS[:1])

    def said(obstacle: object, verifiable: str = "no") -> str:
        refused = one.targets.assign(
            verifiable=verifiable, obstacle=pd.Series([obstacle] * len(one.targets), dtype=object)
        )
        return targets_section.meaning(dataclasses.replace(one, targets=refused), EN)

    start = EN.say("targets.meaning")
    assert said("", "yes") == start
    assert said(short_obstacle("sample")) == f"{start} {EN.say('targets.hope')}"
    assert said(TOO_WIDE) == f"{start} {EN.say('targets.wide')}"


def test_a_target_for_which_only_a_survey_lacks_says_that_and_not_that_none_could() -> None:
    one = evidence()
    lacking = one.targets.assign(
        obstacle=one.targets["obstacle"].where(one.targets["verifiable"] != "no", UNPLANNED), power=0.91
    )
    (told,) = targets_section.unverifiable(dataclasses.replace(one, targets=lacking), EN)
    assert told.label.startswith(
        "No survey is planned that could verify this target: Prevalence (region: north), a cut of 10% by 2030"
    )
    assert (
        told.text
        == "•\xa0A repeat of the planned size (north: 3,000) in 2030 would find it with a chance of 91%."
    )


def test_the_warning_of_a_target_says_what_a_later_round_found() -> None:
    """5 fell to 2.2 per 1,000; the target is half of 5."""
    later = evidence(followed=[{"value": 2.2, "ci_low": 1.5, "ci_high": 3.1}])
    refused = dataclasses.replace(later, targets=later.targets.assign(verifiable="no"))
    (told, *_) = targets_section.unverifiable(refused, EN)
    assert told.text.replace("\xa0", " ").endswith(
        "In 2027 the survey found 2.2 (1.5 to 3.1). Target (2.5 by 2030) reached: cannot be said (the "
        "target lies inside the interval). "
        "Test of the change since 2025: decreased."
    )


def test_a_target_that_a_later_round_has_decided_is_not_warned_of() -> None:
    """5 fell to 1.8 per 1,000 at most; the target is half of 5. Before, the slides told why no survey could
    verify it."""
    later = evidence(followed=[{"value": 1.2, "ci_low": 0.8, "ci_high": 1.8}])
    refused = dataclasses.replace(later, targets=later.targets.assign(verifiable="no"))
    assert sign(refused.targets.to_dict("records")[0]) == "✓"
    assert len(targets_section.unverifiable_rows(refused)) == len(refused.targets) - 1


def test_before_a_target_is_set_it_is_told_what_a_repeat_could_find() -> None:
    """Of 20,000 persons a cut by 43 % (promises.SMALLEST), of the total alone; of 1,000 nothing; 10 are too
    unlike 15,000."""
    large, none, unlike = evidence([], n=20_000), evidence([], n=1_000), evidence([], planned_sample=10)
    (told,) = targets_section.found_by_repeat(large, EN)
    assert told.startswith(
        "Prevalence: a repeat of 20,000 persons would find a fall from 5.0 in 2025 to 2.9 per 1,000 or lower"
    )
    assert targets_section.found_by_repeat(none, EN) == (
        "Prevalence: a repeat of 1,000 persons would find no fall with a chance of 80%, however deep.",
    )
    (told,) = targets_section.found_by_repeat(unlike, EN)
    assert told == "Prevalence: a repeat of 10 persons allows no verdict on a fall (sizes too unlike)."
    table = targets_section.detectable(large, EN)
    assert isinstance(table, PrintedTable)
    (what,), (whom, value, interval, *found) = table.texts
    assert (what, whom, value, interval) == (
        "Prevalence (per 1,000 adults)",
        "Everyone",
        "5.0",
        "4.0\xa0to\xa06.0",
    )
    assert found == ["20,000", "43%", "2.9"]  # 5·(1 − 0.429)
    nothing = targets_section.detectable(unlike, EN)
    assert isinstance(nothing, PrintedTable)
    assert nothing.texts[1][4:6] == ("sizes too unlike",) * 2
    later = dataclasses.replace(large, targets=large.targets.assign(later_value=4.0))
    held = targets_section.detectable(later, EN)
    assert isinstance(held, PrintedTable)
    assert held.texts[1][-1] == "2.9"  # the first year in which a survey can tell is over
    bare = dataclasses.replace(large, targets=large.targets.head(0))
    assert targets_section.detectable(bare, EN) == Paragraph(EN.say("targets.nothing_measured"))


def test_the_way_to_a_target_is_told_year_by_year_and_what_nobody_measures_as_such() -> None:
    """From 5 in 2025 half a point a year to 2.5 in 2030."""
    table = targets_section.milestones(evidence(TARGETS[:1]), EN)
    assert isinstance(table, PrintedTable)
    head, row = table.texts
    assert head == ("Prevalence (per 1,000 adults)",)
    assert row[1:] == ("5.0", "4.5", "4.0", "3.5", "3.0", "2.5", "a")
    assert table.footnotes == ("Planned to fall by the same amount each year until 2030",)
    assert [head.text for head in table.heads[1:-1]] == [
        "2025 baseline",
        "2026 not measured",
        "2027 not measured",
        "2028 planned survey",
        "2029 not measured",
        "2030 target",
    ]
    assert targets_section.milestones(evidence([]), EN) == Paragraph(EN.say("milestones.none"), "quiet")


def test_a_target_above_its_baseline_has_no_way_and_no_picture() -> None:
    """Before, 5 per 1,000 were planned to rise to 6 under *planned to fall*."""
    made = evidence([{"year": 2028, "value": 6}, {"year": 2030, "value": 4}])
    table = targets_section.milestones(made, EN)
    assert isinstance(table, PrintedTable)
    assert table.texts[1][1:] == ("5.0", "4.8", "4.6", "4.4", "4.2", "4", "a")
    assert table.footnotes == ("Planned to fall by the same amount each year until 2030",)
    assert list(targets_section.on_path(made)["target_value"]) == [4]


def test_targets_of_two_sexes_are_rows_of_the_milestones() -> None:
    """The kit's own categories are remarks, which have no order. Before, the run stopped here."""
    sexes = {name: Reason.of(f"categories.{name}") for name in ("women", "men")}
    one = evidence(TARGETS[:1])
    tables = {
        name: pd.concat(
            [table[table["group"] == "total"].assign(group="sex", category=sex) for sex in sexes.values()]
        )
        for name, table in (("targets", one.targets), ("milestones", one.milestones))
    }
    table = targets_section.milestones(dataclasses.replace(one, **tables), EN)
    assert isinstance(table, PrintedTable)
    assert [row[0] for row in table.texts if len(row) > 1] == ["Women", "Men"]


def test_a_target_has_the_digits_that_the_plan_states() -> None:
    """Before, 2.35 per 1,000 was printed as 2.4, and 4,321 persons as 4,320."""
    made = evidence([{"year": 2027, "value": 2.35}])
    table, way = targets_section.table(made, EN), targets_section.milestones(made, EN)
    assert isinstance(table, PrintedTable)
    assert isinstance(way, PrintedTable)
    assert table.texts[1][3] == "2.35\xa0by\xa02027"
    assert way.texts[1][1:4] == ("5.0", "3.7", "2.35")
