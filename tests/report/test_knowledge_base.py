"""Tests which published rows answer a question of the knowledge base, and which questions are left to
research."""

from __future__ import annotations

from promises import evidence_from
from published_rows import HIDDEN, of, published, row

from fltoolkit.nap.checklists import ChecklistQuestion, checklists
from fltoolkit.report.knowledge_base import TOOL, answers, for_research, hidden_answers, is_for_research

SHARES = [of("form", name, measure="share", form=name) for name in ("state", "private")]
OUT = published(
    row(),
    of("sex", "men"),
    of("sex", "men", measure="share"),
    of("region", "north"),
    *SHARES,
    groups=("sex", "region", "form"),
)


def test_of_each_breakdown_the_first_measure_answers_in_the_order_of_the_words() -> None:
    found = answers(OUT, ("form", "gender", "wealth", "total"))
    assert [(rows["measure"].iloc[0], rows["breakdown"].iloc[0], len(rows)) for rows in found] == [
        ("share", "form", 2),
        ("prevalence", "sex", 1),
        ("prevalence", "", 1),
    ]


def test_months_are_told_of_everyone() -> None:
    (rows,) = answers(published(row(), row(measure="duration")), ("months",))
    assert list(rows["measure"]) == ["duration"]
    assert answers(OUT, ("months",)) == ()


def test_what_is_hidden_answers_nothing() -> None:
    out = published(row(), of("sex", "men", **HIDDEN), groups=("sex",))
    assert answers(out, ("gender",)) == ()
    (rows,) = hidden_answers(out, ("gender", "total"))
    assert list(rows["category"]) == ["men"]


def test_only_questions_of_the_knowledge_base_that_no_number_answers_are_for_research() -> None:
    evidence = evidence_from(OUT)
    left = {q.id for q in for_research(evidence)}
    assert {"base_perpetrators", "base_recruiters", "base_life_cycle", "base_coercion"} <= left
    assert not {"base_extent", "base_change", "base_gender", "base_forms"} & left
    other = ChecklistQuestion(id="q", tool=3, section="s")
    assert not is_for_research(evidence, other)
    assert is_for_research(evidence, other.model_copy(update={"tool": TOOL}))


def test_each_word_of_evidence_stands_in_one_question_of_the_knowledge_base() -> None:
    words = [word for q in checklists().of(TOOL) for word in (*q.evidence, *q.partly)]
    assert len(words) == len(set(words)) > 20
