"""Tests the table of targets in a notebook: short verdicts, and their reasons in footnotes."""

from __future__ import annotations

import pandas as pd
from handed import EN, aimed, column
from two_rounds import fell

from fltoolkit.languages.reasons import Reason
from fltoolkit.nap.targets import TOO_WIDE, short_obstacle
from fltoolkit.show.printed_tables.followed_targets import FOLLOWED, NOT_YET_FOLLOWED, followed


def test_the_later_round_stands_beside_the_targets_once_there_is_one() -> None:
    later = followed(EN, aimed(fell()))
    assert [head.key for head in later.heads] == [*FOLLOWED, "notes"]
    assert "In 2027" in [head.text for head in later.heads]
    assert later.note.startswith("A target is reached if the later number is reliable")
    alone = followed(EN, aimed(fell()).assign(later_value=float("nan"), reached=""))
    assert [head.key for head in alone.heads if head.key != "notes"] == list(NOT_YET_FOLLOWED)
    assert "A target is reached" not in alone.note


def test_a_verdict_is_a_short_word_and_its_reason_a_footnote() -> None:
    table = followed(EN, aimed(fell()))
    assert column(table, "reached")[0] == "not known"
    assert column(table, "changed")[0] == "decreased"
    assert "Reached in 2027? Cannot be said (the target lies inside the interval)" in table.footnotes
    unsure = aimed(fell()).head(1)
    changed = Reason.of("rounds.unsure", verdict=Reason.of("rounds.decreased"))
    unsure = unsure.assign(changed=pd.Series([changed], index=unsure.index, dtype=object))
    table = followed(EN, unsure)
    assert column(table, "changed") == ["decreased"]
    assert "Changed? Decreased, but how far is uncertain" in table.footnotes


def test_a_target_has_its_value_and_its_year_in_one_cell() -> None:
    assert column(followed(EN, aimed(fell())), "aim")[0] == "25.0 by 2029"


def test_a_target_that_no_survey_can_verify_says_no_and_why() -> None:
    rows = aimed(fell()).head(1)
    small = rows.assign(verifiable="no", obstacle=pd.Series([short_obstacle("sample")], index=rows.index, dtype=object))
    table = followed(EN, small)
    assert column(table, "verifiable") == ["no"]
    assert any("sample too small" in text for text in table.footnotes)
    wide = rows.assign(verifiable="no", obstacle=pd.Series([TOO_WIDE], index=rows.index, dtype=object))
    assert "needed" not in [head.key for head in followed(EN, wide).heads]


def test_the_headings_say_which_question_is_about_today_and_which_about_a_later_survey() -> None:
    heads = {head.key: head.text for head in followed(EN, aimed(fell())).heads}
    assert (heads["reached"], heads["verifiable"]) == ("Reached in 2027?", "Fall detectable?")


def test_a_later_number_has_the_marker_of_its_round() -> None:
    assert column(followed(EN, aimed(fell()).assign(later_marker="u")), "later")[0].endswith(" [u]")
