"""Tests the results of the survey for a background study, and the questions that are left to research."""

from __future__ import annotations

from handed import EN
from promises import evidence_from, evidence_of
from published_rows import HIDDEN, of, published, row

from fltoolkit.report.document_formats.document_blocks import Bullets, Heading, Paragraph
from fltoolkit.report.document_sections.knowledge_section import known, research
from fltoolkit.show.printed_tables.printed_table import PrintedTable


def shares(group: str, *names: str) -> list[dict[str, object]]:
    return [of(group, name, measure="share", **{group: name}) for name in names]


OUT = published(
    row(),
    of("sex", "men"),
    of("sex", "women"),
    of("region", "north"),
    *shares("sex", "men", "women"),
    *shares("form", "state", "private"),
    groups=("sex", "region", "form"),
)


def test_each_topic_has_its_tables_and_a_rate_stands_before_a_share() -> None:
    blocks = known(evidence_from(OUT), EN)
    assert [b.text for b in blocks if isinstance(b, Heading)] == [
        "Who is affected",
        "Work and places",
        "Forms, means and time",
    ]
    tables = [b for b in blocks if isinstance(b, PrintedTable)]
    assert [t.title for t in tables] == [
        "Prevalence of forced labour by sex: adults",
        "Prevalence of forced labour by region: adults",
        "Cases of forced labour by form, in\xa0%: adults",
    ]
    assert [t.heads[1].key for t in tables] == ["prevalence", "prevalence", "share"]
    assert [[cells[0] for cells in t.texts if len(cells) > 1] for t in tables] == [
        ["Everyone", "Men", "Women"],
        ["Everyone", "North"],
        ["State", "Private"],
    ]


def test_what_the_survey_does_not_answer_is_a_question_for_research() -> None:
    head, why, asked = research(evidence_from(OUT), EN)
    assert isinstance(head, Heading)
    assert why == Paragraph(
        f"{EN.say('research.why')} Tables on who is affected, where and how are in the annex."
    )
    assert isinstance(asked, Bullets)
    for part in (
        "perpetrators",
        "Who recruits",
        "stages of life",
        "By which means are people coerced?",
        "disability",
    ):
        assert [text for text in asked.items if part in text], part
    for part in (
        "women or men",
        "Which forms",
        "In which places",
        "How many persons are in",
        "What has changed",
    ):
        assert not [text for text in asked.items if part in text], part


def test_a_breakdown_of_which_nothing_is_shown_answers_nothing() -> None:
    hidden = published(row(), *(of("sex", name, **HIDDEN) for name in ("men", "women")), groups=("sex",))
    assert known(evidence_from(hidden), EN) == []
    assert [text for text in research(evidence_from(hidden), EN)[2].items if "women or men" in text]  # type: ignore[union-attr]


def test_a_later_round_is_not_asked_again_what_changed() -> None:
    made = evidence_of(evidence_from(OUT).baseline, [{"value": 12.0}], OUT)
    assert not [text for text in research(made, EN)[2].items if "changed" in text]  # type: ignore[union-attr]
