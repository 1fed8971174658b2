"""Tests the slides for the workshop: the content of each slide, unknown numbers, and a warning if no survey
could verify a target."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd
import pytest
from handed import EN
from made_documents import LANGUAGES, document as made_document
from promises import evidence_from, evidence_of
from published_rows import HIDDEN, of, published, row

from fltoolkit.report.document_formats.document_blocks import (
    Block,
    Bullets,
    Chart,
    Document,
    Facts,
    Heading,
    Paragraph,
    SpeakerNotes,
)
from fltoolkit.report.document_sections import targets_section
from fltoolkit.report.documents import workshop_slides
from fltoolkit.report.documents.workshop_slides import ROWS, TARGETS, workshop
from fltoolkit.show.charts.renderers.matplotlib_sheet import Drawn
from fltoolkit.show.printed_tables.printed_table import PrintedTable

WIDTH, ROOM = 873, 322  # points of the place for a picture in the template
TARGET = {"year": 2030, "cut": 0.9}
UNRELIABLE = {"flag": "unreliable", "marker": "u", "reason": "fewer than 15 cases"}
CHILDREN: dict[str, Any] = {"reference_population": "children", "reference_population_label": "children"}
SEX = [of("sex", "men"), of("sex", "women")]


def slides(document: Document) -> list[tuple[str, list[Block]]]:
    """The heading of each slide, and what stands on it."""
    found: list[tuple[str, list[Block]]] = []
    for block in document.blocks:
        if isinstance(block, Heading):
            found.append((block.text, []))
        else:
            found[-1][1].append(block)
    return found


def notes_of(document: Document, title: str) -> tuple[str, ...]:
    """What the speaker's notes of a slide say."""
    (found,) = [
        b for head, blocks in slides(document) if head == title for b in blocks if isinstance(b, SpeakerNotes)
    ]
    return found.items


def titled(document: Document, key: str) -> list[list[Block]]:
    return [blocks for head, blocks in slides(document) if head == EN.say(key)]


def test_the_slides_lead_from_the_question_to_the_discussion() -> None:
    made = workshop(evidence_from(published(row(), *SEX, groups=("sex",)), TARGET, planned_sample=2000), EN)
    unknown, discuss = (EN.say(f"slides.{key}") for key in ("unknown", "discuss"))
    assert [head for head, _ in slides(made)] == [
        "20 of every 1,000 adults in forced labour (2025)",
        "Prevalence of forced labour by sex: adults",
        unknown,
        "A later survey would find the fall for 1 of 1 targets",
        "To decide",
        discuss,
    ]
    assert (made.kind, made.subtitle, made.language) == ("slides", "Plan of Smallland", "en")
    ((questions, agenda),) = titled(made, "slides.discuss")
    assert questions == Bullets(EN.each("slides.questions"))
    assert agenda == SpeakerNotes((EN.say("slides.next"), *EN.each("slides.agenda")))
    assert notes_of(made, "A later survey would find the fall for 1 of 1 targets") == (
        "20.0 per 1,000 in 2025; the target for 2030 is 2.0",
        "In 2030, the planned survey (2,000 persons) has an 80% chance of finding a fall from 20.0 to 9.2 per 1,000 or lower",
    )


def test_a_slide_has_the_groups_for_which_there_is_room_and_a_number_for_children() -> None:
    """Nobody named a lead group. The shares of cases have no picture, and children stand beside the rate."""
    few = [of(group, c, **{group: c}) for group in ("sector", "form", "status", "route", "age") for c in "xy"]
    children = [row(**CHILDREN), *(r | CHILDREN for r in SEX)]
    shares = [of("sector", c, measure="share", sector=c) for c in "xy"]
    out = published(row(), *few, *shares, *children, headlines=("adults", "children"))
    made = workshop(evidence_from(out), EN)
    pictured = [b.picture.name for b in made.blocks if isinstance(b, Chart)]
    assert pictured == ["prevalence_by_sector_form_status_route"]
    (facts,) = [b for b in made.blocks if isinstance(b, Facts)]
    assert any("children" in fact.unit for fact in facts.facts)


@pytest.mark.parametrize(("items", "there"), [(ROWS, True), (ROWS + 1, False)])
def test_the_means_of_coercion_have_one_slide_where_there_is_room_for_them(items: int, there: bool) -> None:
    """The largest share comes first."""
    means = [
        of(
            "coercion",
            f"item {i}",
            measure="profile",
            coercion=f"item {i}",
            estimate=(i + 1) / 20,
            ci_low=0.01,
            ci_high=0.9,
        )
        for i in range(items)
    ]
    stages = [of("coercion_stage", s, measure="profile", coercion_stage=s) for s in ("recruitment", "work")]
    made = workshop(evidence_from(published(row(), *SEX, *means, *stages, groups=("sex",))), EN)
    pictured = [
        b.picture for b in made.blocks if isinstance(b, Chart) and b.picture.name.startswith("profile")
    ]
    assert [picture.name for picture in pictured] == (["profile_by_coercion"] if there else [])
    for picture in pictured:
        assert [f"item {i}" in picture.alt for i in range(items)] == [True] * items
        places = [picture.alt.index(f"item {i}") for i in range(items)]
        assert places == sorted(places, reverse=True)


def test_what_is_hidden_or_too_uncertain_is_named_by_its_group() -> None:
    rows = [
        of("sex", "men", **UNRELIABLE),
        of("sex", "women"),
        *(of("region", r, **HIDDEN) for r in ("east", "west")),
        of("region", "north"),
        *(of("sector", s, measure="share", sector=s) for s in ("farms", "mines")),
        *(of("sector", s, measure="share", sector=s, **UNRELIABLE) for s in "abcd"),
        of("coercion", "debt", measure="profile", coercion="debt", **HIDDEN),
        of("coercion", "threats", measure="profile", coercion="threats"),
    ]
    ((told,),) = titled(
        workshop(
            evidence_from(
                published(row(), *rows, groups=("sex", "region"), coverage_excludes=("the homeless",))
            ),
            EN,
        ),
        "slides.unknown",
    )
    unsaid = (*EN.each("slides.never"), EN.say("sentence.not_global"))
    assert isinstance(told, Bullets)
    assert told.items == (
        "The survey could not reach: the homeless. Nothing is known of them from these numbers.",
        "Hidden to protect persons: region (east, west); element of coercion (debt).",
        "Too unreliable to build on alone: sex (men); sector of the forced labour (4 categories).",
        *unsaid,
    )
    ((nothing,),) = titled(workshop(evidence_from(published(row())), EN), "slides.unknown")
    assert nothing == Bullets(unsaid)


def test_the_table_of_targets_is_cut_to_a_slide_and_its_title_counts_what_is_verifiable() -> None:
    made = evidence_from(published(row()), {"year": 2030, "cut": 0.05}, planned_sample=2000)
    many = dataclasses.replace(made, targets=pd.concat([made.targets] * 11, ignore_index=True))
    ((table, more, _),) = [
        blocks
        for head, blocks in slides(workshop(many, EN))
        if head == "No target can be verified by a planned survey"
    ]
    assert isinstance(table, PrintedTable)
    assert len([line for line in table.rows if len(line) > 1]) == TARGETS
    assert more == Paragraph("Further targets, in the skeleton of the plan: 6.", "quiet")
    (decide,) = titled(workshop(many, EN), "sheet.decide")
    assert decide == targets_section.to_decide_on_slide(many, EN)
    ((nothing, *_),) = titled(workshop(evidence_from(published(row())), EN), "slides.promise")
    assert nothing == Paragraph(EN.say("targets.no_target"))


def test_a_baseline_run_has_no_slide_of_a_change() -> None:
    made = evidence_from(published(row()))
    assert titled(workshop(made, EN), "change.heading") == []


def test_a_later_round_tells_the_change_on_the_second_slide(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = Drawn("change", None, "t", "both rounds", 1.0)
    baseline = evidence_from(published(row()), TARGET, planned_sample=2000).baseline
    changed = evidence_of(baseline, [{"value": 12.0}], published(row()))
    note = Paragraph(EN.say("sentence.no_cause"), "quiet")
    monkeypatch.setattr(workshop_slides, "change", lambda *_: picture)
    assert slides(workshop(changed, EN))[1] == (
        EN.say("change.heading"),
        [Paragraph("t", "quiet"), note, Chart(picture)],
    )


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("run", ["baseline", "later"])
def test_no_two_slides_have_the_same_title_and_letters_of_charts_are_large_enough(
    run: str, code: str
) -> None:
    """A slide is 960 points wide. A picture that is higher than its room is made smaller."""
    made = made_document(run, "slides", code)
    heads = [head for head, _ in slides(made)]
    assert 6 <= len(heads) == len(set(heads)) <= 8
    for chart in (b for b in made.blocks if isinstance(b, Chart)):
        figure = chart.picture.figure
        enlarged = min(WIDTH / (72 * figure.get_figwidth()), ROOM / (72 * figure.get_figheight()))
        words = [
            t
            for t in (*figure.texts, *figure.axes[0].texts, *figure.axes[0].get_xticklabels())
            if t.get_text()
        ]
        assert min(t.get_fontsize() for t in words) * enlarged >= 12, chart.picture.name


def test_many_hidden_categories_of_a_group_are_counted() -> None:
    """Before, the 26 hidden ones of 30 regions took half of the slide."""
    regions = [of("region", f"region {n}", **HIDDEN) for n in range(ROWS + 1)]
    made = workshop(evidence_from(published(row(), *SEX, *regions, groups=("sex", "region")), TARGET), EN)
    ((bullets,),) = titled(made, "slides.unknown")
    assert isinstance(bullets, Bullets)
    assert f"Hidden to protect persons: region ({ROWS + 1} categories)." in bullets.items
