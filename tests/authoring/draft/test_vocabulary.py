"""The words of a draft: what a value label says in seven languages, how text is compared, and which kind counts first."""

from __future__ import annotations

import pytest

from fltoolkit.authoring.draft.vocabulary import answer, hits, kind_of, plain


@pytest.mark.parametrize(
    ("language", "yes", "no", "dont_know", "refused", "not_applicable"),
    [
        ("English", "Yes", "NO", "Don't know", "Refused", "Not applicable"),
        ("French", "Oui", "Non", "Ne sait pas", "Refus de répondre", "Non concerné(e)"),
        ("Spanish", "Sí", "No", "No sabe", "No contesta", "No aplica"),
        ("Portuguese", "Sim", "Não", "Não sabe", "Recusou-se", "Não se aplica"),
        ("Russian", "Да", "Нет", "Не знаю", "Отказ от ответа", "Не применимо"),
        ("Arabic", "نعم", "لا", "لا أعرف", "رفض الإجابة", "لا ينطبق"),
        ("Chinese", "是", "否", "不知道", "拒绝回答", "不适用"),
    ],
)
def test_answers_are_known_in_seven_languages(
    language: str, yes: str, no: str, dont_know: str, refused: str, not_applicable: str
) -> None:
    known = [answer(label) for label in (yes, no, dont_know, refused, not_applicable)]
    assert known == ["yes", "no", "dont_know", "refused", "not_applicable"], language


@pytest.mark.parametrize("label", ["Northern", "Nonprofit", "Sin estudios", "Simple", "1", "", "Homme", "Норильск"])
def test_what_only_begins_like_an_answer_is_none(label: str) -> None:
    assert answer(label) is None


def test_words_are_compared_without_case_accents_and_digits() -> None:
    assert plain("W_LFS flResult2 Rév.4") == "w lfs fl result 2 rev 4"
    assert hits(("pond*", "strate"), "POND_MEN") == 1
    assert hits(("*权重*",), "抽样权重值") == 1
    assert hits(("счетн* участ*",), "Номер счётного участка") == 1
    assert hits(("age",), "Wages") == 0


def test_a_star_stands_for_letters_and_a_word_without_one_for_itself_alone() -> None:
    assert hits(("withh* wage*",), "Were your wages withheld, or withholding wages?") == 1
    assert hits(("debt", "debts", "deb*"), "Bound by debts") == 2
    assert hits((), "Bound by debts") == 0


def test_the_first_kind_that_fits_counts_wherever_its_word_stands() -> None:
    kinds = {"refused": ["refus*"], "done": ["complete*", "done"]}
    assert kind_of("Completed, later refused", kinds) == "refused"
    assert kind_of("It was done", kinds) == "done"
    assert kind_of("It was done", kinds, from_start=True) is None
    assert kind_of("Moved away", kinds) is None
    assert answer("They said no") is None  # an answer begins its label
