"""Tests the plan's skeleton: seven chapters with all their prompts, of which 1, 4 and 6 are filled."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from shutil import which

import docx
import pytest
import small_country as country
from docx.enum.section import WD_ORIENT
from handed import EN
from made_documents import LANGUAGES, document as made_document
from promises import evidence_from, evidence_of
from published_rows import OTHER_RULES, contrasts, of, published, row

from fltoolkit.languages.language import Language
from fltoolkit.report.document_formats.document_blocks import (
    Block,
    Bullets,
    Chart,
    Contents,
    CoverFacts,
    Document,
    Heading,
    Paragraph,
    WritingSpace,
)
from fltoolkit.report.document_formats.word_writer import as_word
from fltoolkit.report.documents.plan_skeleton import MOST, _parts, nap_skeleton
from fltoolkit.show.printed_tables.printed_table import PrintedTable
from fltoolkit.survey.spec.files_and_design import Release

TARGET = {"year": 2030, "cut": 0.5}
SECTORS = [of("sector", name, measure="share") for name in ("farms", "sites")]
ROWS = [
    row(),
    of("sex", "men"),
    of("sex", "women"),
    of("region", "north"),
    *SECTORS,
    row(rule_set=OTHER_RULES),
]
OUT = published(*ROWS, groups=("sex", "region", "sector"))
PLANNED = {"planned_sample": 2000, "planned_surveys": [2028, 2030]}


def text(document: Document) -> Iterator[str]:
    """Every text of a document but those of its pictures; a row of a table is one, its cells apart by
    bars."""
    for block in document.blocks:
        match block:
            case Heading() | Paragraph():
                yield block.text
            case Bullets():
                yield from block.items
            case PrintedTable():
                yield from (
                    block.title,
                    *(" | ".join(cells) for cells in (tuple(h.text for h in block.heads), *block.texts)),
                )


def below(document: Document, head: str) -> list[Block]:
    """What stands below a heading, up to the next of its level or a higher one."""
    at = next(i for i, b in enumerate(document.blocks) if isinstance(b, Heading) and b.text == head)
    level = next(b.level for b in document.blocks[at:] if isinstance(b, Heading))
    rest = document.blocks[at + 1 :]
    end = next((i for i, b in enumerate(rest) if isinstance(b, Heading) and b.level <= level), len(rest))
    return list(rest[:end])


def test_the_skeleton_has_seven_chapters_with_prompts_and_one_four_and_six_filled() -> None:
    said = "\n".join(text(nap_skeleton(evidence_from(OUT, TARGET, **PLANNED), EN)))
    for chapter in range(1, 8):
        assert EN.say(f"chapters.c{chapter}.title") in said
        for point in EN.each(f"chapters.c{chapter}.points"):
            assert point in said
    for filled in (
        country.PLAN["goal"],
        "Prevalence under each definition",
        "Inspectors trained",
        "to be filled by the partners",
        " | 2028 planned survey | 2029 not measured | ",
        "SMART",
    ):
        assert filled in said


@pytest.mark.thorough("lays out every page of two plans")
@pytest.mark.skipif(not which("soffice"), reason="needs LibreOffice")
@pytest.mark.parametrize(("run", "code"), [("baseline", "en"), ("later", "fr")])
def test_no_page_is_nearly_empty(run: str, code: str, tmp_path: Path) -> None:
    """The first page, with the contents, and the last are allowed to end early."""
    (tmp_path / "skeleton.docx").write_bytes(as_word(made_document(run, "skeleton", code)))
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", "pdf", "skeleton.docx"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    subprocess.run(["pdftoppm", "-r", "20", "-gray", "skeleton.pdf", "page"], cwd=tmp_path, check=True)
    pages = sorted(tmp_path.glob("page-*.pgm"))
    filled = [_filled(page) for page in pages[1:-1]]
    assert len(filled) > 4
    assert min(filled) > 0.33, [round(share, 2) for share in filled]


def _filled(page: Path) -> float:
    """The share of a page above its foot down to the last line that has ink."""
    _, size, _, ink = page.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    above_foot = int(0.92 * height)
    lines = [n for n in range(above_foot) if min(ink[n * width : (n + 1) * width]) < 200]
    return max(lines, default=0) / above_foot


def test_the_contents_name_every_heading_and_what_partners_write_is_a_prompt() -> None:
    made = nap_skeleton(evidence_from(OUT, TARGET, **PLANNED), EN)
    chapters = [b.text for b in made.blocks if isinstance(b, Heading) and b.level == 1]
    assert chapters == [*(EN.say(f"chapters.c{n}.title") for n in range(1, 8)), EN.say("skeleton.annex")]
    first, matrix = (
        table.title
        for table in below(made, EN.each("skeleton.monitoring")[0])
        if isinstance(table, PrintedTable)
    )
    assert (EN.say("detectable.title") in first, EN.say("matrix.title") in matrix) == (True, True)
    pages = [b.text for b in made.blocks if isinstance(b, Heading) and b.new_page]
    assert (
        pages == chapters[:1]
    )  # a chapter that partners write starts below the one before it, not on a page that is nearly empty
    listed = tuple(b for b in made.blocks if isinstance(b, Heading) and b.level < 3)
    assert made.blocks[2] == Contents("Contents", listed)
    assert len(listed) > 15
    for n in (2, 5, 7):
        assert below(made, chapters[n - 1]) == [
            Bullets(EN.each(f"chapters.c{n}.points"), "prompt"),
            WritingSpace("[Write here.]"),
        ]
    assert (made.kind, made.title, made.subtitle) == (
        "skeleton",
        "Plan of Smallland",
        EN.say("skeleton.subtitle"),
    )


def test_below_the_goal_stands_how_many_targets_no_survey_could_verify() -> None:
    def texts(cut: float) -> set[str]:
        made = nap_skeleton(evidence_from(OUT, TARGET | {"cut": cut}, **PLANNED), EN)
        return {b.text for b in below(made, EN.each("skeleton.strategy")[0]) if isinstance(b, Paragraph)}

    said = EN.say("skeleton.not_verifiable", n="1", of="1")
    assert [said in texts(cut) for cut in (0.2, 0.8)] == [True, False]


def test_the_target_of_a_percent_decrease_is_not_counted_again() -> None:
    made = evidence_from(OUT, TARGET | {"cut": 0.2}, **PLANNED)
    derived = replace(
        made, baseline=replace(made.baseline, table=made.baseline.table.assign(derived_from="rate_base"))
    )
    (told,) = (
        b.text
        for b in nap_skeleton(derived, EN).blocks
        if isinstance(b, Paragraph) and b.text.startswith("Targets that no")
    )
    assert told.endswith("A % decrease restates the target of its prevalence, which is not counted again.")


def test_the_first_page_says_what_survey_of_whom_and_in_what_state_the_draft_is() -> None:
    (cover,) = (b for b in nap_skeleton(evidence_from(OUT, TARGET), EN).blocks if isinstance(b, CoverFacts))
    facts = dict(cover.facts)
    assert facts["Survey"] == "Small survey"
    assert facts["Version"] == EN.say("skeleton.draft")
    assert {name for name, text in cover.facts if text == "[Write here.]"} == {
        "Statistical office",
        "Results released",
        "Adopted by, on",
        "Contact",
    }
    release = Release.model_validate({"office": "Office of Smallland", "date": "2026-02-01"})
    released = nap_skeleton(evidence_from(replace(OUT, release=release), TARGET), EN)
    facts = dict(next(b for b in released.blocks if isinstance(b, CoverFacts)).facts)
    assert (facts["Statistical office"], facts["Results released"]) == (
        "Office of Smallland",
        "1 February 2026",
    )


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_every_table_and_every_picture_has_its_number(language: Language) -> None:
    blocks = made_document("later", "skeleton", language.code).blocks
    titles = [b.title for b in blocks if isinstance(b, PrintedTable)]
    assert all(
        title.startswith(language.say("skeleton.table", n=str(n), title=""))
        for n, title in enumerate(titles, 1)
    )
    numbers = [b.number for b in blocks if isinstance(b, Chart)]
    assert numbers == [language.say("skeleton.figure", n=str(n)) for n in range(1, len(numbers) + 1)]
    assert len(titles) > 5
    assert len(numbers) > 1


def test_whom_the_survey_missed_stands_in_the_introduction() -> None:
    every, missed = (
        below(nap_skeleton(evidence_from(out), EN), "1. Introduction")
        for out in (OUT, replace(OUT, coverage_excludes=("the homeless",)))
    )
    assert Paragraph("The survey names no group that it could not reach.") in every
    told = [b.text for b in missed if isinstance(b, Paragraph) and "could not reach" in b.text]
    assert told == ["The survey could not reach: the homeless. Nothing is known of them from these numbers."]


def test_sectors_places_and_groups_have_pictures_in_the_strategy_and_tables_in_the_annex() -> None:
    made = nap_skeleton(evidence_from(OUT, TARGET), EN)
    sectors, places, groups = (below(made, head) for head in ("Sectors", "Geographical areas", "Groups"))
    for found, what in (
        (sectors, "share_by_sector"),
        (places, "prevalence_by_region"),
        (groups, "prevalence_by_sex"),
    ):
        chart = found[0]
        assert isinstance(chart, Chart)
        assert chart.picture.name == what
    tables = [b for b in below(made, EN.say("skeleton.annex"))[:6] if isinstance(b, PrintedTable)]
    assert [{"Farms", "North", "Men"} & {cells[0] for cells in table.texts} for table in tables] == [
        {"Men"},
        {"Farms"},
        {"North"},
    ]
    bare = nap_skeleton(evidence_from(published(row()), TARGET), EN)
    assert below(bare, "Sectors") == [Paragraph(EN.say("skeleton.nothing"), "quiet")]


def test_below_the_picture_of_the_lead_group_stands_what_the_test_found() -> None:
    """Before, the skeleton alone of all documents showed men and women without it."""
    lead = replace(OUT, lead="sex", contrasts=contrasts({"ci_low": 0.005, "ci_high": 0.03}))
    told = [
        block
        for block in below(nap_skeleton(evidence_from(lead, TARGET), EN), "Groups")
        if isinstance(block, Bullets)
    ]
    assert told[0].items[0].startswith("Rate higher among men than among women")
    plain = below(nap_skeleton(evidence_from(OUT, TARGET), EN), "Groups")
    assert not [
        block for block in plain[:2] if isinstance(block, Bullets) and "higher" in " ".join(block.items)
    ]


def test_groups_share_a_picture_as_long_as_there_is_room() -> None:
    sizes = [("sex", 2), ("age", MOST - 2), ("region", 5), ("area", 2)]
    assert _parts(sizes) == [("sex", "age"), ("region", "area")]
    assert _parts([]) == []


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("run", ["baseline", "later"])
def test_no_table_and_no_picture_stands_twice(run: str, code: str) -> None:
    made = made_document(run, "skeleton", code)
    rows = [repr(b.rows) for b in made.blocks if isinstance(b, PrintedTable)]
    names = [b.picture.name for b in made.blocks if isinstance(b, Chart)]
    assert len(rows) == len(set(rows)) > 5
    assert len(names) == len(set(names)) > 1


def test_a_rule_set_that_is_recalled_is_not_shown_to_partners() -> None:
    recalled = row(rule_set=OTHER_RULES, to_verify="its indicators are recalled")
    said = "\n".join(text(nap_skeleton(evidence_from(published(row(), recalled)), EN)))
    assert "recalled" not in said
    assert OTHER_RULES not in said


def test_objectives_are_listed_and_no_output_and_sdg_targets_once() -> None:
    made = nap_skeleton(evidence_from(OUT, TARGET), EN)
    assert Bullets(("Objective: Forced labour reduced",)) in below(made, "Goal and objectives")
    head = "Timeframe, national development and SDGs"
    assert len(below(made, head)) == 2
    served = evidence_from(OUT, TARGET)
    first = served.plan.framework[0]
    twice = first.model_copy(
        update={
            "indicators": tuple(i.model_copy(update={"sdg": ("16.2", "8.7")}) for i in first.indicators * 2)
        }
    )
    plan = served.plan.model_copy(update={"framework": (twice, *served.plan.framework[1:])})
    (_, _, goals) = below(nap_skeleton(replace(served, plan=plan), EN), head)
    assert goals == Paragraph(EN.say("skeleton.sdg", goals="8.7, 16.2"))


def test_the_way_to_the_target_is_drawn_and_planned_surveys_are_named() -> None:
    way = below(nap_skeleton(evidence_from(OUT, TARGET, **PLANNED), EN), "Milestones and surveys")
    assert [b.picture.name for b in way if isinstance(b, Chart)] == ["path_rate"]
    assert _planned(way) == "Surveys are planned for 2028 and 2030."
    plan = evidence_from(OUT, TARGET, **PLANNED)
    held = replace(plan, now=replace(plan.now, table=plan.now.table.assign(year=2028)))
    assert (
        _planned(below(nap_skeleton(held, EN), "Milestones and surveys"))
        == "The next survey is planned for 2030."
    )
    without = below(nap_skeleton(evidence_from(OUT), EN), "Milestones and surveys")
    assert [b.picture.name for b in without if isinstance(b, Chart)] == ["repeat"]
    assert _planned(without) == ""


def _planned(blocks: list[Block]) -> str:
    """The sentence on planned surveys, which follows what milestones mean."""
    meaning = EN.say("milestones.meaning")
    (found,) = (
        b.text.removeprefix(meaning).strip()
        for b in blocks
        if isinstance(b, Paragraph) and b.text.startswith(meaning)
    )
    return found


def test_a_later_round_is_followed_up_in_the_sixth_chapter() -> None:
    made = evidence_from(OUT, TARGET, **PLANNED)
    assert not [b for b in nap_skeleton(made, EN).blocks if isinstance(b, Heading) and b.text == "Follow-up"]
    (table,) = below(nap_skeleton(evidence_of(made.baseline, [{"value": 12.0}], OUT), EN), "Follow-up")
    assert isinstance(table, PrintedTable)
    assert table.title.endswith(". Change since the baseline")


def test_the_instruments_are_the_plans_or_are_asked_for() -> None:
    named = Paragraph(
        "Instruments that the plan names (to be checked against the state of ratification): C29; P29."
    )
    asked = Paragraph(EN.say("skeleton.no_legal_basis"), "prompt")
    assert named in nap_skeleton(evidence_from(OUT, legal_basis=["C29", "P29"]), EN).blocks
    assert asked in nap_skeleton(evidence_from(OUT), EN).blocks


def test_no_page_lies_on_its_side() -> None:
    """A turn of the page in the middle leaves a near-empty page before it and another after it."""
    word = docx.Document(BytesIO(as_word(made_document("baseline", "skeleton", "en"))))
    assert [section.orientation for section in word.sections] == [WD_ORIENT.PORTRAIT]
