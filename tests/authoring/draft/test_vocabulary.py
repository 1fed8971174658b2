"""Tests the words of the draft: how texts are compared, and which kind of words decides."""

from __future__ import annotations

import pytest

from fltoolkit.authoring.draft.vocabulary import (
    first_hit,
    kind_of,
    knows_language,
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


@pytest.mark.parametrize(
    ("labels", "known"),
    [
        (["Age in completed years", "Household number", "Worked for pay", "Had to work because of a debt"], True),
        (["Source of drinking water", "Has a refrigerator", "Main floor material", "Number of rooms for sleeping"], True),
        (["Âge en années révolues", "Numéro du ménage", "A travaillé contre rémunération", "Menacé de violence"], True),
        (["Edad en años cumplidos", "Número de hogar", "Trabajó por un pago", "Amenazado con violencia"], True),
        (["Idade em anos", "Número do domicílio", "Trabalhou por salário", "Ameaçado com violência"], True),
        (["Wurden Sie mit Gewalt bedroht", "Haben Sie für Lohn gearbeitet", "Alter in Jahren", "Geschlecht"], False),
        (["Bent u gedwongen om te werken", "Leeftijd in jaren", "Heeft u in de afgelopen week gewerkt"], False),
        (["Şiddetle tehdit edildiniz mi", "Ücret karşılığı çalıştınız mı", "Hane no", "Borç nedeniyle çalıştınız mı"], False),
        (["Ulifanya kazi kwa malipo", "Ulitishiwa kwa nguvu", "Umri kwa miaka", "Namba ya kaya", "Uzito"], False),
        (["आयु वर्षों में", "परिवार संख्या", "क्या आपने वेतन के लिए काम किया", "क्या आपको हिंसा की धमकी दी गई"], False),
        (["Alter", "Geschlecht"], True),  # too few words to tell
        ([], True),
    ],
)  # fmt: skip
def test_the_language_of_labels_is_known_by_the_share_of_their_words(labels: list[str], known: bool) -> None:
    assert knows_language(labels) == known
