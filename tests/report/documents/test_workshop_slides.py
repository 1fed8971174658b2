"""Slides for the workshop: what fits on one, what is not known, and a warning where nobody could verify a target."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from handed import EN, ES, FR, evidence
from promises import evidence_from, evidence_of
from published_rows import HIDDEN, OTHER_RULES, of, published, row
from two_rounds import fell

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.report.document_formats.document_blocks import Block, Bullets, Chart, Document, Heading, Paragraph
from fltoolkit.report.documents import workshop_slides
from fltoolkit.report.documents.workshop_slides import ROWS, VERDICTS, workshop
from fltoolkit.show.charts.renderers.matplotlib_sheet import Drawn
from fltoolkit.show.printed_tables.printed_table import PrintedTable

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
    words = {f"slides.{key}": EN.say(f"slides.{key}") for key in ("found", "asked", "unknown", "promise", "discuss", "next")}
    found, asked, unknown, promise, discuss, following = words.values()
    assert [head for head, _ in slides(made)] == [
        found, "Prevalence of forced labour by sex: adults", asked, unknown, EN.say("charts.repeat"), "The way to the target: Prevalence",
        promise, discuss, following,
    ]  # fmt: skip
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
    pictured = [(head, b.picture) for head, (b, *_) in slides(workshop(evidence_from(out), EN)) if isinstance(b, Chart)]
    assert all(head == picture.title for head, picture in pictured)
    assert [picture.name for _, picture in pictured if picture.name != "repeat"] == [
        "prevalence_by_sex", "share_by_sector", "share_by_form", "prevalence_children_by_sex",
    ]  # fmt: skip


@pytest.mark.parametrize(("items", "there"), [(ROWS, True), (ROWS + 1, False)])
def test_the_means_of_coercion_have_one_slide_where_there_is_room_for_them(items: int, there: bool) -> None:
    """In the order of the questionnaire, though a later item is more common than an earlier one."""
    means = [
        of("coercion", f"item {i}", measure="profile", coercion=f"item {i}", estimate=(i + 1) / 20, ci_low=0.01, ci_high=0.9)
        for i in range(items)
    ]
    stages = [of("coercion_stage", s, measure="profile", coercion_stage=s) for s in ("recruitment", "work")]
    made = workshop(evidence_from(published(row(), *SEX, *means, *stages, groups=("sex",))), EN)
    pictured = [b.picture for _, (b, *_) in slides(made) if isinstance(b, Chart) and b.picture.name.startswith("profile")]
    assert [picture.name for picture in pictured] == (["profile_by_coercion"] if there else [])
    for picture in pictured:
        assert [f"item {i}" in picture.alt for i in range(items)] == [True] * items
        places = [picture.alt.index(f"item {i}") for i in range(items)]
        assert places == sorted(places)


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
    assert isinstance(table, PrintedTable)
    assert len([row for row in table.rows if len(row) > 1]) == ROWS
    title = EN.say("slides.warning")
    warnings = {head: len(blocks) for head, blocks in slides(workshop(many, EN)) if head.startswith(title)}
    assert warnings == {f"{title} ({n} of 6)": 2 if n < 6 else 1 for n in range(1, 7)}
    assert [len(blocks) for blocks in titled(workshop(made, EN), "slides.warning")] == [1]
    assert titled(workshop(evidence_from(published(row())), EN), "slides.promise") == [[Paragraph(EN.say("targets.no_target"))]]


def test_a_baseline_run_has_no_slide_of_a_change() -> None:
    made = evidence_from(published(row()))
    assert titled(workshop(made, EN), "change.heading") == []
    assert titled(workshop(dataclasses.replace(made, changed=made.now), EN), "slides.verdict") == []


def test_a_later_round_tells_the_change_on_the_third_slide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The title's slide is the first; what finds no room beside the picture has a slide of its own."""
    picture = Drawn("change", None, "t", "both rounds", 1.0)
    monkeypatch.setattr(workshop_slides, "change", lambda *_: picture)
    baseline = evidence_from(published(row()), TARGET, planned_sample=2000).baseline
    changed = evidence_of(baseline, [{"value": 12.0}], published(row()))
    _, (head, (told, chart, note)), (after, _) = slides(workshop(changed, EN))[:3]
    assert (head, chart) == (EN.say("change.heading"), Chart(picture))
    assert isinstance(told, Bullets)
    assert told.items[0].startswith("Prevalence, 2025 to 2027: ▼ decreased.")
    assert note == Paragraph(EN.say("change.note"), "quiet")
    assert after != EN.say("slides.verdict")
    many = dataclasses.replace(changed, follow_up=pd.concat([changed.follow_up] * (VERDICTS + 1), ignore_index=True))
    ((more,),) = titled(workshop(many, EN), "slides.verdict")
    assert more == Bullets(told.items[:1])


def test_a_rule_set_that_is_recalled_is_not_shown_to_partners() -> None:
    checked, recalled = (row(rule_set=OTHER_RULES, to_verify=doubt) for doubt in ("", "its indicators are recalled"))
    ((_, table),) = titled(workshop(evidence_from(published(row(), checked)), EN), "rule_sets.heading")
    assert isinstance(table, PrintedTable)
    made = workshop(evidence_from(published(row(), recalled)), EN)
    assert titled(made, "rule_sets.heading") == []
    assert "recalled" not in repr(made.blocks)


@pytest.mark.parametrize("language", [EN, FR, ES], ids=["en", "fr", "es"])
@pytest.mark.parametrize("run", [evidence, fell])
def test_no_two_slides_have_the_same_title(run: Callable[[], Evidence], language: Language) -> None:
    made = workshop(run(), language)
    heads = [made.title, *(head for head, _ in slides(made))]
    assert len(heads) == len(set(heads)) > 8
