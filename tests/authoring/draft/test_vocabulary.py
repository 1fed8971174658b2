"""Tests the words of the draft: how texts are compared, and which kind of words decides."""

from __future__ import annotations

from fltoolkit.authoring.draft.vocabulary import (
    first_hit,
    kind_of,
    only_kind_of,
    without_words,
)
from fltoolkit.survey.classifications.answer_labels import count_hits, normalised


def test_words_are_compared_without_case_accents_and_digits() -> None:
    assert normalised("W_LFS flResult2 Rév.4") == "w lfs fl result 2 rev 4"
    assert count_hits(("pond*", "strate"), "POND_MEN") == 1
    assert count_hits(("*权重*",), "抽样权重值") == 1
    assert count_hits(("счетн* участ*",), "Номер счётного участка") == 1
    assert count_hits(("age",), "Wages") == 0


def test_a_star_stands_for_letters_and_a_word_without_one_for_itself_alone() -> None:
    assert count_hits(("withh* wage*",), "Were your wages withheld, or withholding wages?") == 1
    assert count_hits(("debt", "debts", "deb*"), "Bound by debts") == 2
    assert count_hits((), "Bound by debts") == 0


def test_the_first_kind_that_fits_counts_wherever_its_word_stands() -> None:
    kinds = {"refused": ["refus*"], "done": ["complete*", "done"]}
    assert kind_of("Completed, later refused", kinds) == "refused"
    assert kind_of("It was done", kinds) == "done"
    assert kind_of("Moved away", kinds) is None
    assert [
        only_kind_of(label, kinds) for label in ("Completed, later refused", "It was done", "Moved away")
    ] == [
        None,
        "done",
        None,
    ]


def test_words_are_found_as_they_stand_and_taken_out() -> None:
    assert first_hit(("not", "witho*t"), "Paid without cause, not now") == "not"
    assert first_hit(("never",), "Paid") == ""
    assert without_words(("not agreed", "pa*"), "Not agreed, and not Paid") == "and not"
