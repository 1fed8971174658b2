"""Tests slides as PowerPoint opens them: real titles, texts, tables and notes, pictures with words, one language, and the same bytes
each time."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from shutil import which
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from handed import EN, HOSTILE, hostile
from made_documents import LANGUAGES, RUNS, document
from pptx import Presentation
from pptx.dml.color import RGBColor

from docs.site.template_of_slides import template
from fltoolkit.languages.marked_text import mark
from fltoolkit.nap.slides_template import LAYOUTS
from fltoolkit.report.document_formats.document_blocks import (
    Block,
    Bullets,
    Document,
    Fact,
    Facts,
    Heading,
    Paragraph,
    SpeakerNotes,
)
from fltoolkit.report.document_formats.powerpoint_writer import TEMPLATE, as_powerpoint
from fltoolkit.report.documents.workshop_slides import workshop
from fltoolkit.show.printed_tables.printed_table import of_texts

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
MORE = "The rest is in the notes."
LONG = " ".join(["answers"] * 90)
FACTS = Facts((Fact("9.3", "per 1,000", "95% interval: 6.3 to 13.3"), Fact("3,500", "persons", "about")))


def slides(*blocks: Block, language: str = "en") -> Any:
    made = Document("slides", "Findings", "Plan", language, blocks, "Source: us", "Office · 2027", MORE)
    return opened(as_powerpoint(made))


def opened(made: bytes) -> Any:
    return Presentation(BytesIO(made))


def text_of(slide: Any) -> dict[str, str]:
    """The text of each placeholder of a slide by its name."""
    return {s.name: s.text_frame.text for s in slide.placeholders if s.has_text_frame}


def letters(part: Any) -> Iterator[float]:
    """The points of each run of a shape that says them."""
    return (int(run.get("sz")) / 100 for run in part.iter(f"{DRAWING}rPr") if run.get("sz"))


@pytest.fixture(
    scope="module", params=[("norvia", "fr"), ("later", "en"), ("valdorie", "es")], ids=lambda p: "_".join(p)
)
def show(request: pytest.FixtureRequest) -> tuple[Any, str]:
    run, code = request.param
    return opened(as_powerpoint(document(run, "slides", code))), code


def test_each_slide_has_a_title_of_its_own_that_is_read_first_a_source_and_its_number(
    show: tuple[Any, str],
) -> None:
    made, _ = show
    titles = [slide.shapes.title.text_frame.text for slide in made.slides]
    assert len(titles) == len(set(titles))
    assert 5 < len(titles) <= 8
    assert made.slide_width * 9 == pytest.approx(made.slide_height * 16, rel=1e-3)
    for number, slide in enumerate(made.slides, 1):
        names = [shape.name for shape in slide.shapes]
        assert (names[0], names[-2:]) == ("Title", ["Source", "Slide number"])
        assert slide.slide_layout.name in LAYOUTS
        foot = {s.name: s for s in slide.placeholders}["Slide number"]
        assert [text.text for text in foot._element.iter(f"{DRAWING}t")] == [str(number)]
        assert all(
            s.text_frame.text for s in slide.placeholders if s.has_text_frame and s.name != "Slide number"
        )


def test_pictures_have_words_tables_are_tables_and_letters_can_be_read(show: tuple[Any, str]) -> None:
    made, _ = show
    pictures = [s for slide in made.slides for s in slide.shapes if s._element.tag.endswith("}pic")]
    tables = [s for slide in made.slides for s in slide.shapes if s.has_table]
    assert len(pictures) >= 2
    assert len(tables) == 2  # the numbers, and the targets
    for picture in pictures:
        assert len(picture._element.nvPicPr.cNvPr.get("descr")) > 40
        assert picture.width / picture.height == pytest.approx(
            picture.image.size[0] / picture.image.size[1], abs=0.01
        )
        assert picture.image.size[0] > 2000  # 200 dots per inch
    for table in tables:
        assert min(letters(table._element)) >= 12
    for slide in made.slides:
        for place in slide.placeholders:
            if place.name in ("Title", "Text", "About"):
                note = slide.slide_layout.name == "Table" and place.name == "Text"
                assert min(letters(place._element)) >= (12 if note else 16)


def test_every_run_has_a_language_and_most_that_of_the_slides(show: tuple[Any, str]) -> None:
    made, code = show
    parts = [
        part
        for slide in made.slides
        for part in (slide, slide.notes_slide)
        if slide.has_notes_slide or part is slide
    ]
    spoken = [run.get("lang") for part in parts for run in part._element.iter(f"{DRAWING}rPr")]
    assert None not in spoken
    assert {"fr": "fr-FR", "en": "en-GB", "es": "es-ES"}[code] in spoken
    assert code == "es" or set(spoken) == {{"fr": "fr-FR", "en": "en-GB"}[code]} | ({"en-GB"} & set(spoken))


def test_the_same_document_is_the_same_bytes_without_a_time() -> None:
    made = as_powerpoint(document("later", "slides", "en"))
    assert as_powerpoint(document("later", "slides", "en")) == made
    with ZipFile(BytesIO(made)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    about = opened(made).core_properties
    assert (about.created.year, about.modified.year, about.language, about.subject) == (
        1980,
        1980,
        "en",
        "Plan of Smallland",
    )


def test_the_layout_follows_from_the_blocks_and_notes_are_for_the_speaker_alone() -> None:
    made = slides(
        Heading("Nine"), FACTS, Paragraph("Because"), SpeakerNotes(("Say it slowly.", "Twice.")),
        Heading("Targets"), of_texts("t", ("a", "b"), (("x", "1"), ("across",))),
        Heading("To decide"), Paragraph("This or that?", "warning"), Bullets(("one", "two")),
    )  # fmt: skip
    found, targets, decide = made.slides
    assert [s.slide_layout.name for s in made.slides] == ["Finding", "Table", "Text"]
    assert text_of(found) | {"Slide number": ""} == {
        "Title": "Nine", "About": "Findings · Office · 2027 · Plan", "Text": "Because", "Source": "Source: us", "Slide number": "",
    }  # fmt: skip
    assert found.notes_slide.notes_text_frame.text == "Say it slowly.\nTwice."
    assert not decide.has_notes_slide
    (table,) = [s.table for s in targets.shapes if s.has_table]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["a", "b"],
        ["x", "1"],
        ["across", ""],
    ]
    assert table.first_row
    assert table.cell(2, 0).is_merge_origin
    assert "Text" not in text_of(targets)  # nothing stays empty
    paragraphs = {s.name: s for s in decide.placeholders}["Text"].text_frame.paragraphs
    assert [(p.text, p.level, p.runs[0].font.bold) for p in paragraphs] == [
        ("This or that?", 0, True), ("one", 1, None), ("two", 1, None),
    ]  # fmt: skip


def test_what_a_slide_has_no_room_for_is_in_its_notes_and_the_slide_says_so() -> None:
    made = slides(
        Heading(f"Title {LONG}"),
        Bullets(tuple(f"{n} {LONG}" for n in range(6))),
        Heading("B"),
        Paragraph(LONG * 6),
    )
    first, second = made.slides
    shown = text_of(first)["Text"].split("\n")
    told = first.notes_slide.notes_text_frame.text.split("\n")
    assert shown[-1] == MORE
    assert text_of(first)["Title"].endswith("…")
    assert told[0] == f"Title {LONG}"
    assert [text.replace("\xa0", " ") for text in (*shown[:-1], *told[1:])] == [
        f"{n} {LONG}" for n in range(6)
    ]
    assert len(shown) > 1
    cut, more = text_of(second)["Text"].split("\n")
    assert cut.endswith(" …")
    assert more == MORE
    assert second.notes_slide.notes_text_frame.text == LONG * 6


def test_rows_for_which_there_is_no_room_are_in_the_notes() -> None:
    rows = tuple((f"row {n}", str(n)) for n in range(60))
    (made,) = slides(Heading("A"), of_texts("t", ("a", "b"), rows, note="n")).slides
    (table,) = [s.table for s in made.shapes if s.has_table]
    rest = made.notes_slide.notes_text_frame.text.split("\n")
    assert [c.text for c in list(table.rows)[-1].cells] == [*rows[len(table.rows) - 2]]
    assert rest == [f"{name} | {n}" for name, n in rows[len(table.rows) - 1 :]]
    assert MORE in text_of(made)["Text"]


def test_texts_in_another_language_have_a_star_and_what_xml_cannot_hold_is_left_out() -> None:
    (made,) = slides(
        Heading("A"), Paragraph(f"De {mark('the homeless', 'en')} et <b>\x07"), language="fr"
    ).slides
    runs = {s.name: s for s in made.placeholders}["Text"].text_frame.paragraphs[0].runs
    assert [(r.text, r.font.italic, r._r.rPr.get("lang")) for r in runs] == [
        ("De ", None, "fr-FR"), ("the homeless", True, "en-GB"), ("*", None, "en-GB"), (" et <b>", None, "fr-FR"),
    ]  # fmt: skip


@pytest.mark.thorough("writes all slides of its own")
def test_hostile_texts_are_letters() -> None:
    made = opened(as_powerpoint(workshop(hostile(), EN)))
    said = "\n".join(text for slide in made.slides for text in text_of(slide).values())
    for kind in ("script", "link", "braces", "image"):
        assert HOSTILE[kind] in said, kind


def test_the_template_is_what_the_script_makes() -> None:
    """Compared part by part: how tightly a file is packed depends on the machine."""
    made, stored = (ZipFile(BytesIO(content)) for content in (template(), TEMPLATE.read_bytes()))
    assert made.namelist() == stored.namelist()
    assert [name for name in made.namelist() if made.read(name) != stored.read(name)] == [], (
        "run: python -m docs.site.template_of_slides"
    )


def test_the_slides_of_a_run_are_a_template_and_an_office_changes_their_look(tmp_path: Path) -> None:
    own = opened(as_powerpoint(document("later", "slides", "en")))
    text = next(p for p in own.slide_layouts.get_by_name("Text").placeholders if p.name == "Title")
    text.left, text.text_frame.paragraphs[0].font.color.rgb = 0, RGBColor(0xAA, 0, 0)
    own.save(tmp_path / "office.pptx")
    few = Document("slides", "T", "S", "en", (Heading("One"), Paragraph("a")), "Source")
    (made,) = opened(as_powerpoint(few, tmp_path / "office.pptx")).slides
    assert made.shapes.title.text_frame.text == "One"
    assert made.shapes.title.left == 0
    with ZipFile(BytesIO(as_powerpoint(few, tmp_path / "office.pptx"))) as parts:
        assert not [name for name in parts.namelist() if "media" in name or name.endswith("slide2.xml")]


@pytest.mark.thorough("LibreOffice lays out the slides of four plans")
@pytest.mark.skipif(not which("soffice"), reason="needs LibreOffice")
@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("run", RUNS)
def test_libreoffice_opens_the_slides_and_no_text_reaches_the_foot(
    run: str, code: str, tmp_path: Path
) -> None:
    made = document(run, "slides", code)
    content = as_powerpoint(made)
    pages = _words(content, tmp_path)
    assert len(pages) == len(opened(content).slides)
    assert made.more not in "\n".join(" ".join(text_of(slide).values()) for slide in opened(content).slides)
    for words in pages:
        foot = min(top for top, _, text in words if text in ("Source:", "Source\u202f:", "Source", "Fuente:"))
        assert max(bottom for top, bottom, _ in words if top < foot - 1) <= foot + 1


def test_a_text_that_reaches_the_foot_is_found(tmp_path: Path) -> None:
    """So that the test above can fail: the letters of a long text are made larger."""
    if not which("soffice"):
        pytest.skip("needs LibreOffice")
    made = slides(Heading("A"), Bullets((LONG, LONG)))
    (text,) = (place for place in made.slides[0].placeholders if place.name == "Text")
    for run in text._element.iter(f"{DRAWING}rPr"):
        run.set("sz", "4000")
    whole = BytesIO()
    made.save(whole)
    (words,) = _words(whole.getvalue(), tmp_path)
    assert max(bottom for _, bottom, text in words if text == "answers") > min(
        t for t, _, s in words if s == "Source:"
    )


def _words(content: bytes, folder: Path) -> list[list[tuple[float, float, str]]]:
    """The words on each printed slide, with their upper and lower edge."""
    (folder / "slides.pptx").write_bytes(content)
    home = f"-env:UserInstallation=file://{folder}/home"
    for command in (
        ["soffice", home, "--headless", "--convert-to", "pdf", "slides.pptx"],
        ["pdftotext", "-bbox", "slides.pdf", "slides.html"],
    ):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    pages = ElementTree.parse(folder / "slides.html").getroot().iterfind(".//{*}page")
    return [
        [(float(w.get("yMin", 0)), float(w.get("yMax", 0)), w.text or "") for w in page.iterfind("{*}word")]
        for page in pages
    ]
