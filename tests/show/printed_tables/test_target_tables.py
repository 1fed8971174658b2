"""Tests the tables of targets: each prints some columns of one list. A missing value is blank, and a value
that was not found is a dash."""

from __future__ import annotations

import pandas as pd
import pytest
from handed import EN, FR, aimed, column, evidence
from two_rounds import fell

from fltoolkit.languages.reasons import joined_reasons
from fltoolkit.nap.targets import NO_FALL, NOT_MEASURED, TOO_WIDE, UNLIKE, short_obstacle
from fltoolkit.show.printed_tables import target_tables
from fltoolkit.show.printed_tables.printed_table import PrintedTable


def test_every_table_prints_columns_of_the_one_list() -> None:
    there = {c.key for c in target_tables.TARGETS.columns}
    assert "Baseline 2025" in [head.text for head in target_tables.detectable(EN, fell().targets).heads]
    nothing = fell().targets.assign(baseline_value=float("nan"))
    assert "Baseline 2025" in [head.text for head in target_tables.detectable(EN, nothing).heads]
    assert {
        *target_tables.VERIFIED,
        *target_tables.FOUND,
        *target_tables.EVERY_ROW,
        *target_tables.VERIFIED_LATER,
    } == there


def test_where_the_bounds_are_wide_neither_a_chance_nor_more_persons_help() -> None:
    row = (
        aimed(evidence())
        .head(1)
        .assign(later_value=float("nan"), verifiable="no", power=0.92, sample_needed=3500.0)
    )
    sample = short_obstacle("sample")

    def table(*obstacles: object) -> PrintedTable:
        rows = pd.concat([row.assign(target_year=2030 + n) for n in range(len(obstacles))], ignore_index=True)
        return target_tables.targets(EN, rows.assign(obstacle=pd.Series(obstacles, dtype=object)))

    mixed = table(TOO_WIDE, joined_reasons((TOO_WIDE, sample)), sample)
    assert column(mixed, "power") == ["", "", "92%"]
    assert column(mixed, "needed") == ["", "", "3,500"]
    assert {"power", "needed"}.isdisjoint(head.key for head in table(TOO_WIDE).heads)


def test_in_words_a_table_has_few_columns_and_the_answers_last() -> None:
    targets = aimed(fell())
    later, alone = (
        target_tables.in_words(EN, rows) for rows in (targets, targets.assign(later_value=float("nan")))
    )
    assert [head.key for head in later.heads] == [
        "category",
        "baseline",
        "later",
        "aim",
        "changed",
        "reached",
    ]
    assert [head.key for head in alone.heads] == ["category", "baseline", "aim", "verifiable"]
    assert later.rows[1][4].strong
    assert alone.rows[1][3].strong
    assert later.note.startswith(EN.say("sheet.reached_if"))
    assert EN.say("targets.chance") not in later.note


def test_on_a_slide_a_table_has_the_chances_unless_every_baseline_is_a_range_or_a_later_survey_is_there() -> (
    None
):
    """Beside *Target reached?*, the chance was read as that of reaching the target."""
    targets = aimed(fell())
    later, alone, wide = (
        target_tables.in_words(EN, targets.assign(**other), on_slide=True)
        for other in ({}, {"later_value": float("nan")}, {"obstacle": TOO_WIDE, "baseline_bound": 90.0})
    )
    assert [head.key for head in later.heads] == ["category", "baseline", "later", "aim", "reached"]
    assert [head.key for head in alone.heads] == ["category", "baseline", "aim", "verifiable", "power"]
    assert "power" not in [head.key for head in wide.heads]
    assert EN.say("targets.chance") in alone.note


def test_in_a_document_the_number_of_the_later_survey_stands_beside_the_baseline() -> None:
    targets = aimed(fell())
    later, alone = (
        target_tables.targets(EN, rows) for rows in (targets, targets.assign(later_value=float("nan")))
    )
    assert [head.key for head in later.heads] == list(target_tables.VERIFIED_LATER)
    assert [head.key for head in alone.heads] == list(target_tables.VERIFIED)


def test_in_a_document_a_number_to_be_used_with_caution_and_a_repeat_that_is_never_enough_have_signs_and_notes() -> (
    None
):
    rows = (
        aimed(fell())
        .head(1)
        .assign(
            flag="", later_flag="caution", later_marker="", obstacle="", power=0.2, sample_needed=float("nan")
        )
    )
    table = target_tables.targets(EN, rows)
    assert [text[-1] for key in ("baseline", "later", "needed") for text in column(table, key)] == [
        "0",
        "†",
        "–",
    ]
    assert (
        table.note == f"{EN.say('targets.chance')} Planned size: 2,400 adults. "
        f"{EN.say('targets.must_fall')} "
        f"{EN.say('targets.needed')} "
        "–: no repeat is large enough. †\xa0use with caution (few cases or imprecise)."
    )
    plain = target_tables.targets(EN, rows.assign(later_flag="", sample_needed=900.0))
    assert not {"†", "–:"} & set(plain.note.split())
    assert "Planned size" not in target_tables.targets(EN, rows.assign(planned_sample=float("nan"))).note


def test_every_row_stands_in_a_table_and_a_hidden_one_has_no_number() -> None:
    rows = evidence().targets
    assert rows["target_year"].isna().any()
    table = target_tables.every_row(EN, pd.concat([rows, rows.head(1)]))  # of two targets for one row
    named = " ".join(column(table, "category")).casefold()
    assert all(str(name).casefold() in named for name in rows["category"] if name != "total")
    shown = [text for text in column(table, "baseline") if not text.startswith("[")]
    assert len(shown) == rows["baseline_value"].notna().sum() < len(rows)


def test_a_first_year_that_all_rows_share_is_in_the_note_and_a_hidden_row_has_none() -> None:
    rows = evidence().targets
    once = rows.drop_duplicates(["id", "group", "category"]).assign(first_year=2026.0)
    table = target_tables.every_row(EN, once)
    assert "first_year" not in [head.key for head in table.heads]
    assert (
        "From 2026 on, the reference period of a repeat no longer overlaps that of the baseline."
        in table.note
    )
    there = once["baseline_value"].notna()
    first = once.index[there][0]
    table = target_tables.every_row(
        EN, once.assign(first_year=once["first_year"].where(once.index != first, 2027.0))
    )
    assert "first year" not in table.note
    assert [text != "" for text in column(table, "first_year")].count(True) == there.sum() < len(once)


def test_a_number_after_a_fall_has_the_digits_of_its_measure() -> None:
    rows = evidence().targets.head(1)
    for measure, value, told in (
        ("total", 1350.0, "1,350"),
        ("total", 342.0, "342"),
        ("prevalence", 9.976, "10.0"),
    ):
        table = target_tables.detectable(EN, rows.assign(measure=measure, smallest_value=value))
        assert column(table, "after") == [told]
        assert table.title == EN.say("detectable.title")
        assert EN.say("detectable.other_groups") not in table.note
    women = target_tables.detectable(EN, rows.assign(group="sex", category="women"))
    assert EN.say("detectable.other_groups") in women.note
    wide = target_tables.detectable(EN, rows.assign(baseline_bound=40.0))
    assert wide.title == EN.say("detectable.title_of_range")


@pytest.mark.parametrize(
    ("why", "told"), [(NO_FALL, "aucune décelable"), (UNLIKE, "tailles trop différentes")]
)
def test_where_there_is_no_smallest_fall_the_cell_says_why(why: object, told: str) -> None:
    rows = evidence().targets.assign(
        smallest_cut=float("nan"), smallest_value=float("nan"), smallest_obstacle=why
    )
    table = target_tables.detectable(FR, rows[rows["planned_sample"].notna()])
    assert set(column(table, "smallest")) == set(column(table, "after")) == {told}


def planned_values() -> pd.DataFrame:
    rows = evidence().milestones.assign(baseline_bound=float("nan"))
    return rows.assign(
        ways=[[{"target_year": 2030.0, "path": "geometric", "stated_value": float("nan")}]] * len(rows)
    )


def test_milestones_say_their_unit_above_and_what_nobody_measured() -> None:
    table = target_tables.milestones(EN, planned_values())
    assert table.texts[0][0].endswith(", adults (per 1,000)")
    assert any(head.text.endswith(" not measured") for head in table.heads)
    assert table.footnotes == ("Planned to fall by the same percentage each year until 2030",)


def test_milestones_over_many_years_show_those_that_somebody_measures_and_a_target_has_its_own_years() -> (
    None
):
    rows = planned_values()
    one = rows[(rows["group"] == rows["group"].iloc[0]) & (rows["category"] == rows["category"].iloc[0])]
    later = pd.DataFrame([{**one.iloc[-1], "year": year, "kind": NOT_MEASURED} for year in range(2031, 2040)])
    table = target_tables.milestones(EN, pd.concat([one, later]))
    assert not [head.text for head in table.heads if "not measured" in head.text]
    short = one[one["year"] < 2030].assign(category="short", group="region")
    (*_, row) = target_tables.milestones(EN, pd.concat([one, short])).texts
    assert row[-2] == ""


def test_milestones_from_a_range_show_both_of_its_ends_and_say_where_the_way_begins() -> None:
    rows = planned_values().iloc[:2]
    table = target_tables.milestones(EN, rows.assign(baseline_bound=2 * rows["value"].iloc[0]))
    first, second = table.texts[-1][1:3]
    assert first.endswith(f"to\xa0{2 * rows['value'].iloc[0]:.1f}")
    assert "to" not in second
    assert EN.say("charts.low_end") in table.note


def test_a_target_has_its_value_and_its_year_in_one_cell() -> None:
    assert column(target_tables.targets(EN, aimed(fell())), "aim")[0] == "25.0 by 2029"


def test_a_fall_from_the_low_end_of_a_range_says_so() -> None:
    rows = evidence().targets.assign(baseline_bound=float("nan"))
    for table in (target_tables.every_row, target_tables.detectable):
        assert EN.say("charts.low_end") not in table(EN, rows).note
        assert EN.say("charts.low_end") in table(EN, rows.assign(baseline_bound=90.0)).note


def test_a_later_number_has_the_marker_of_its_round() -> None:
    assert column(target_tables.targets(EN, aimed(fell()).assign(later_marker="u")), "later")[0].endswith(
        " [u]"
    )
