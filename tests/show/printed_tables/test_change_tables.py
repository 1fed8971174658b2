"""Tests tables of change: both rounds, each with the marker of its round, and the verdict with its sign."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from handed import EN, ES, FR
from two_rounds import fell

from fltoolkit.estimate.change_over_time.difference import DECREASED, INCREASED, NO_CHANGE
from fltoolkit.languages.reasons import Reason
from fltoolkit.show.printed_tables import change_tables


def test_a_published_change_and_the_follow_up_have_the_same_numbers() -> None:
    made = fell()
    assert made.changed is not None
    found = made.changed.table
    rows = found[(found["measure"] == "change_in_prevalence") & (found["breakdown"] == "")]
    rows = rows[rows["reference_population"] == made.changed.headlines[0]]
    one = change_tables.changes(EN, rows).texts[0]
    followed = made.follow_up[
        (made.follow_up["measure"] == "prevalence") & (made.follow_up["group"] == "total")
    ]
    other = change_tables.follow_up(EN, followed.head(1).assign(reached="")).texts[1]
    assert one[:8] == other[:8]


def test_a_round_whose_number_is_doubtful_is_told_by_its_own_marker() -> None:
    rows = fell().follow_up.head(1).assign(marker="u", marker_before="u", marker_after="")
    cells = change_tables.follow_up(EN, rows).texts[1]
    assert cells[1].endswith("\xa0[u]")
    assert "[" not in "".join((*cells[2:6], cells[7]))


def test_a_number_to_be_used_with_caution_has_its_sign_in_both_tables() -> None:
    made = fell()
    followed = made.follow_up.head(1).assign(flag_before="caution", marker_before="", marker_after="u")
    table = change_tables.follow_up(EN, followed)
    assert (table.texts[1][1][-1], table.texts[1][3][-3:]) == ("†", "[u]")
    assert "†\xa0use with caution (few cases or imprecise)." in table.note
    assert made.changed is not None
    rows = made.changed.table[made.changed.table["measure"] == "change_in_prevalence"].head(1)
    assert (
        change_tables.changes(EN, rows.assign(flag_before="", flag_after="caution")).texts[0][3].endswith("†")
    )
    assert "†" not in change_tables.changes(EN, rows.assign(flag_before="", flag_after="")).note


def test_a_verdict_is_a_sign_with_its_word() -> None:
    rows = fell().follow_up
    for language in (EN, FR, ES):
        table = change_tables.follow_up(language, rows)
        said = {row[7].replace("\xa0", " ") for row in table.texts if len(row) > 1}
        short = {str(NO_CHANGE): language.say("tables.not_detectable")}
        told = {
            (dict(row["light"].values)["sign"], row["verdict"])
            for row in rows.to_dict("records")
            if row["light"]
        }
        assert said - {""} == {
            f"{sign} {short.get(str(verdict)) or language.kit(verdict)}" for sign, verdict in told
        }


def test_a_row_with_a_target_says_whether_it_is_reached() -> None:
    rows = fell().follow_up.head(1)
    table = change_tables.follow_up(EN, rows)
    assert table.heads[8].text == "Target"
    place = [head.key for head in table.heads].index("verdict")
    assert table.texts[1][8] == "25.0"
    assert (
        "Target (25.0\xa0by\xa02029) reached: cannot be said (the target lies inside the interval)"
        in table.footnotes
    )
    assert "Decreased, but how far is uncertain" not in table.footnotes
    unsure = rows.assign(
        changed=pd.Series([Reason.of("rounds.unsure", verdict=DECREASED)], index=rows.index, dtype=object)
    )
    told = change_tables.follow_up(EN, unsure)
    assert told.texts[1][place].replace("\xa0", " ") == "▼ decreased"
    assert [t.rows[1][place - 2].marker for t in (table, told)] == [
        "",
        "",
    ]  # the change: a marker belongs to the number of a round
    assert "Decreased, but how far is uncertain" in told.footnotes
    assert "target" not in {head.key for head in change_tables.follow_up(EN, rows.assign(reached="")).heads}


def test_a_number_with_wide_bounds_is_a_range_with_a_note() -> None:
    table = change_tables.follow_up(EN, fell().follow_up.head(1).assign(bound=65.2))
    assert table.texts[1][3].replace("\xa0", " ") == "18.8 to 65.2"
    assert table.note.startswith(EN.say("tables.range"))
    assert "range" not in change_tables.follow_up(EN, fell().follow_up.head(1)).note


def test_years_are_heads_or_words() -> None:
    rows = fell().follow_up
    assert [head.text for head in change_tables.follow_up(EN, rows).heads][1:4:2] == ["2025", "2027"]
    unknown = replace(fell(), follow_up=rows.assign(year=float("nan"))).follow_up
    assert [head.text for head in change_tables.follow_up(EN, unknown).heads][3] == EN.say(
        "columns.after_round"
    )


def test_a_verdict_of_a_hidden_row_is_blank() -> None:
    assert change_tables.verdict_in_words(EN, pd.Series({"light": ""}).to_dict()) == ""
    assert (
        change_tables.verdict_in_words(FR, {"light": Reason.of("rounds.light", sign="▲", verdict=INCREASED)})
        == "▲ hausse"
    )
