"""Slides for the workshop: what fits on one, what is not known, and a warning where nobody could verify a target."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd
import pytest
from handed import EN
from promises import evidence_from, evidence_of
from published_rows import HIDDEN, of, published, row

from fltoolkit.report.document_formats.document_blocks import Block, Bullets, Chart, Document, DocumentTable, Heading, Paragraph
from fltoolkit.report.documents import workshop_slides
from fltoolkit.report.documents.workshop_slides import ROWS, workshop
from fltoolkit.show.charts.renderers.matplotlib_sheet import Drawn

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


def titled(document: Document, key: str) -> list[list[Block]]:
    return [blocks for head, blocks in slides(document) if head == EN.say(key)]


def test_the_slides_lead_from_the_question_to_the_discussion() -> None:
    made = workshop(evidence_from(published(row(), *SEX, groups=("sex",)), TARGET, planned_sample=2000), EN)
    keys = ("purpose", "asked", "found", "picture", "", "unknown", "repeat", "path", "promise", "discuss", "next")
    assert [head for head, _ in slides(made)] == [EN.say(f"slides.{key}" if key else "rule_sets.heading") for key in keys]
    assert (made.kind, made.subtitle, made.language) == ("slides", "Plan of Smallland", "en")
    assert titled(made, "slides.discuss") == [[Bullets(EN.each("slides.questions"))]]
    (asked,) = titled(made, "slides.asked")
    assert isinstance(asked[1], Bullets)
    assert len(asked[1].items) == 3


def test_each_picture_has_a_slide_and_a_long_group_none() -> None:
    """Two shares at most, of groups with at least two categories shown and no more than a slide has room for; children by their first group."""
    long = [of("age", str(i), measure="share", age=str(i)) for i in range(ROWS + 1)]
    few = [of(group, c, measure="share", **{group: c}) for group in ("sector", "form", "status") for c in ("x", "y")]
    single = [of("route", "x", measure="share", route="x"), of("route", "y", measure="share", route="y", **HIDDEN)]
    children = [row(**CHILDREN), *(r | CHILDREN for r in SEX)]
    out = published(row(), *SEX, *long, *single, *few, *children, groups=("sex",), headlines=("adults", "children"))
    pictures = titled(workshop(evidence_from(out), EN), "slides.picture")
    assert [b.picture.name for (b,) in pictures if isinstance(b, Chart)] == [
        "prevalence_by_sex", "share_by_sector", "share_by_form", "prevalence_children_by_sex",
    ]  # fmt: skip


def test_what_is_hidden_or_too_uncertain_is_named_by_its_group() -> None:
    rows = [
        of("sex", "men", **UNRELIABLE),
        of("sex", "women"),
        *(of("region", r, **HIDDEN) for r in ("east", "west")),
        of("region", "north"),
    ]
    ((told,),) = titled(
        workshop(evidence_from(published(row(), *rows, groups=("sex", "region"), coverage_excludes=("the homeless",))), EN),
        "slides.unknown",
    )
    assert isinstance(told, Bullets)
    assert told.items == (
        "The survey could not reach: the homeless. Nothing is known of them from these numbers.",
        "Hidden to protect persons: region (east, west).",
        "Too uncertain to build on alone: sex (men).",
        *EN.each("slides.never"),
    )
    ((nothing,),) = titled(workshop(evidence_from(published(row())), EN), "slides.unknown")
    assert nothing == Bullets(EN.each("slides.never"))


def test_the_table_of_targets_is_cut_to_a_slide_and_two_warnings_share_one() -> None:
    made = evidence_from(published(row()), {"year": 2030, "cut": 0.05}, planned_sample=2000)
    many = dataclasses.replace(made, targets=pd.concat([made.targets] * (ROWS + 2), ignore_index=True))
    ((table,),) = titled(workshop(many, EN), "slides.promise")
    assert isinstance(table, DocumentTable)
    assert len(table.rows) == ROWS
    warnings = titled(workshop(many, EN), "slides.warning")
    assert [len(blocks) for blocks in warnings] == [2, 2, 2, 2, 2, 1]
    assert titled(workshop(evidence_from(published(row())), EN), "slides.promise") == [[Paragraph(EN.say("targets.no_target"))]]


def test_a_baseline_run_has_no_slide_of_a_change() -> None:
    made = evidence_from(published(row()))
    assert titled(workshop(made, EN), "change.heading") == []
    assert titled(workshop(dataclasses.replace(made, changed=made.now), EN), "slides.verdict") == []


def test_a_later_round_has_a_slide_with_both_rounds_and_one_with_the_verdicts(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = Drawn("change", None, "t", "both rounds", 1.0)
    monkeypatch.setattr(workshop_slides, "change", lambda *_: picture)
    baseline = evidence_from(published(row()), TARGET, planned_sample=2000).baseline
    made = workshop(evidence_of(baseline, [{"value": 12.0}], published(row())), EN)
    assert titled(made, "change.heading") == [[Chart(picture)]]
    ((told, note),) = titled(made, "slides.verdict")
    assert isinstance(told, Bullets)
    assert told.items[0].startswith("Prevalence, 2025 to 2027: ▼ decreased.")
    assert note == Paragraph(EN.say("change.note"), "quiet")
