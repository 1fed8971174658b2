"""Tests that the extractor of texts reads all that slides say."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from file_texts import CELLS, lines, texts
from PIL import Image
from pptx import Presentation
from pptx.util import Cm


@pytest.fixture
def slides(tmp_path: Path) -> Path:
    """Two slides, of which the one that was made last is shown first: a table and notes; a title, a picture and a group."""
    show = Presentation()
    second = show.slides.add_slide(show.slide_layouts[5])
    second.shapes.title.text = "Seven per 1,000\vin 2025"
    picture = BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "PNG")
    drawn = second.shapes.add_picture(picture, 0, 0)
    drawn._element.nvPicPr.cNvPr.set("descr", "Men 9, women 5")
    group = second.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Cm(2), Cm(1)).text_frame.text = "within a group"
    first = show.slides.add_slide(show.slide_layouts[6])
    table = first.shapes.add_table(1, 2, 0, 0, Cm(5), Cm(1)).table
    table.cell(0, 0).text, table.cell(0, 1).text = "men", "9\n7 to 11"
    first.notes_slide.notes_text_frame.text = "said aloud"
    show.core_properties.title = "Norvia"
    order = show.slides._sldIdLst
    order.append(order[0])
    show.save(tmp_path / "slides.pptx")
    return tmp_path / "slides.pptx"


def test_slides_are_read_in_their_order_with_tables_pictures_groups_and_notes(slides: Path) -> None:
    said = ["men", "9 7 to 11"]
    assert lines(slides) == [
        CELLS + CELLS.join(said), "said aloud", "Seven per 1,000 in 2025", "Men 9, women 5", "within a group",
    ]  # fmt: skip


def test_all_of_slides_has_the_parts_the_pictures_and_the_words_about_the_file(slides: Path) -> None:
    said = "\n".join(texts(slides))
    assert all(line in said for line in lines(slides))
    for part in ("ppt/slides/slide2.xml", "ppt/notesSlides/", "ppt/media/image1.png ", "title: Norvia"):
        assert part in said
