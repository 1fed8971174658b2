"""Writes a document as slides for PowerPoint, from a template with named layouts. Texts and tables can be
edited, each picture has a text alternative, and what is for the speaker is in the notes.

The same document always gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

from fltoolkit.languages.marked_text import unmarked
from fltoolkit.report.document_formats import slide_parts
from fltoolkit.report.document_formats.document_blocks import (
    Block,
    Bullets,
    Chart,
    Document,
    Facts,
    Heading,
    Paragraph,
    SpeakerNotes,
    Style,
)
from fltoolkit.report.document_formats.slide_fit import (
    LEAST,
    LEAST_OF_TABLE,
    LEAST_OF_TITLE,
    Kind,
    Room,
    SlideText,
    cut_text,
    fitted_numbers,
    fitted_table,
    height,
    points_that_fit,
    shown_and_rest,
)
from fltoolkit.report.document_formats.slide_parts import EMU
from fltoolkit.report.document_formats.word_rows import clean
from fltoolkit.report.document_formats.word_writer import saved
from fltoolkit.show.printed_tables.printed_table import PrintedTable

TEMPLATE = Path(str(files("fltoolkit.report.document_formats"))) / "assets" / "slides.pptx"
LAYOUT_OF: dict[type, str] = {Facts: "Finding", Chart: "Picture", PrintedTable: "Table"}
KINDS: dict[Style, Kind] = {"quiet": "quiet", "warning": "strong"}
SEPARATOR = " · "
GAP = 0.14  # inches between a table and the text below it


def as_powerpoint(document: Document, template: Path | None = None) -> bytes:
    """Returns a document as slides for PowerPoint (.pptx), in bytes. Each heading starts a slide and is its
    title. `template` is a file with the layouts and placeholders of `fltoolkit.nap.slides_template`; slides
    in it are left out. None means the kit's own."""
    from pptx import Presentation

    show = Presentation(str(template or TEMPLATE))
    _remove_slides(show)
    layouts = {layout.name: layout for master in show.slide_masters for layout in master.slide_layouts}
    for number, blocks in enumerate(slides_of(document), 1):
        _add_slide(show, layouts, document, blocks, number)
    return saved(show, document.title, document.subtitle, document.language)


def slides_of(document: Document) -> list[list[Block]]:
    """Returns the blocks of each slide of a document. The first is its title."""
    slides: list[list[Block]] = []
    for block in document.blocks:
        if isinstance(block, Heading):
            slides.append([])
        slides[-1].append(block)
    return slides


def _remove_slides(show: Any) -> None:
    """Removes the slides of a template, with the sections and shows that list them."""
    numbers = show.slides._sldIdLst
    for number in list(numbers):
        show.part.drop_rel(number.rId)
        numbers.remove(number)
    for listed in (
        *show.element.findall("{*}custShowLst"),
        *show.element.findall("{*}extLst/{*}ext[{*}sectionLst]"),
    ):
        listed.getparent().remove(listed)


def _add_slide(
    show: Any, layouts: dict[str, Any], document: Document, blocks: Sequence[Block], number: int
) -> None:
    """Adds a slide with some blocks. Placeholders that stay empty are removed."""
    layout = layouts[next((LAYOUT_OF[type(block)] for block in blocks if type(block) in LAYOUT_OF), "Text")]
    slide = show.slides.add_slide(layout)
    places = _places(slide, layout)
    notes = [text for block in blocks if isinstance(block, SpeakerNotes) for text in block.items]
    texts = [text for block in blocks for text in _texts(block)]
    for block in blocks:
        match block:
            case Heading():
                notes += _title(places.pop("Title"), block.text, document)
            case Facts():
                _numbers(places.pop("Numbers"), places["Text"], block, texts, document)
            case Chart():
                _picture(places.pop("Picture"), block)
            case PrintedTable():
                texts, rest = _table(places.pop("Table"), places["Text"], block, texts, document)
                notes += rest
    if "About" in places:
        notes += _about(places.pop("About"), document)
    if texts:
        notes += _text(places.pop("Text"), texts, document)
    for place in places.values():
        place._element.getparent().remove(place._element)
    _add_foot(slide, layout, document, number)
    if notes:
        body = slide.notes_slide.notes_text_frame._txBody
        slide_parts.fill(body, map(SlideText, notes), document.language)


def _places(slide: Any, layout: Any) -> dict[str, Any]:
    """Returns the placeholders of a new slide by their names in its layout, and gives them these names."""
    names = {place.placeholder_format.idx: place.name for place in layout.placeholders}
    found = {names[place.placeholder_format.idx]: place for place in slide.placeholders}
    for name, place in found.items():
        place.name = name
    return found


def _texts(block: Block) -> list[SlideText]:
    """Returns the paragraphs that a block gives to the text of a slide."""
    match block:
        case Paragraph():
            return [SlideText(block.text, KINDS.get(block.style, "plain"))]
        case Bullets():
            return [SlideText(item, "bullet") for item in block.items]
        case PrintedTable() if block.note:
            return [SlideText(block.note, "note")]
    return []


def _title(place: Any, text: str, document: Document) -> list[str]:
    """Writes the title of a slide. Returns, in a list, a title that is cut because it has no room: the notes
    then have it whole."""
    room, whole = _room(place), SlideText(text, "strong")
    points = points_that_fit([whole], room, _points(place, LEAST_OF_TITLE), LEAST_OF_TITLE)
    fitting = cut_text(whole, room, points)
    slide_parts.fill(place.text_frame._txBody, [fitting], document.language, points)
    return [] if fitting.text == text else [text]


def _about(place: Any, document: Document) -> list[str]:
    """Writes what the document is, by whom and of when, and for which plan. Returns, in a list, a text that
    is cut because it has no room."""
    text = SEPARATOR.join(filter(None, (document.title, document.masthead, document.subtitle)))
    fitting = cut_text(SlideText(text, "quiet"), _room(place), LEAST)
    slide_parts.fill(place.text_frame._txBody, [fitting], document.language, LEAST)
    return [] if fitting.text == text else [text]


def _text(place: Any, texts: Sequence[SlideText], document: Document) -> list[str]:
    """Writes the paragraphs of a slide. Returns those for which there is no room."""
    room = _room(place)
    points = points_that_fit(texts, room, _points(place, LEAST), LEAST)
    shown, rest = shown_and_rest(texts, room, points, SlideText(document.more, "quiet"))
    slide_parts.fill(place.text_frame._txBody, shown, document.language, points)
    return [text.text for text in rest]


def _numbers(place: Any, below: Any, block: Facts, texts: Sequence[SlideText], document: Document) -> None:
    """Writes numbers in large type, and moves the text (`below`) to their end."""
    widths = (place.width / EMU / len(block.facts),) * len(block.facts)
    fitted = fitted_numbers(block, widths[0], _room_above(place, below, texts))
    made = slide_parts.numbers(block, widths, fitted.height, (fitted.large, fitted.points), document.language)
    _insert(place, below, made, fitted.height)


def _table(
    place: Any, below: Any, block: PrintedTable, texts: list[SlideText], document: Document
) -> tuple[list[SlideText], list[str]]:
    """Writes a table, and moves the text (`below`) to its end. Returns the texts below it, which say where
    the rows are for which there is no room, and these rows."""
    width, most = place.width / EMU, _points(place, LEAST_OF_TABLE)
    fitted = fitted_table(block, width, _room_above(place, below, texts), most)
    if len(fitted.heights) <= len(block.rows):
        texts = [*texts, SlideText(document.more, "quiet")]
        fitted = fitted_table(block, width, _room_above(place, below, texts), most)
    _insert(place, below, slide_parts.rows(block, fitted, document.language), sum(fitted.heights))
    return texts, [slide_parts.CELLS.join(row) for row in block.texts[len(fitted.heights) - 1 :]]


def _room_above(place: Any, below: Any, texts: Sequence[SlideText]) -> float:
    """Returns the height of a table that leaves room for the text below it, in its smallest letters."""
    text = height(texts, below.width / EMU, LEAST)
    return float(max(place.height / EMU, (below.top + below.height - place.top) / EMU - GAP - text))


def _insert(place: Any, below: Any, table: Any, tall: float) -> None:
    """Puts a table in the place of a placeholder, and moves the text below it to its end."""
    left, top, width, bottom = place.left, place.top, place.width, below.top + below.height
    frame = place.insert_table(1, 1)
    old = frame._element.graphic.graphicData.tbl
    old.getparent().replace(old, table)
    frame.left, frame.top, frame.width, frame.height = left, top, width, round(tall * EMU)
    start = top + round((tall + GAP) * EMU)
    below.left, below.width, below.top, below.height = below.left, below.width, start, max(0, bottom - start)


def _picture(place: Any, block: Chart) -> None:
    """Puts a chart, whole and as large as possible, in the place of a placeholder, with its text
    alternative."""
    left, top, width, high = place.left, place.top, place.width, place.height
    picture = place.insert_picture(BytesIO(block.picture.png))
    picture.crop_left = picture.crop_right = picture.crop_top = picture.crop_bottom = 0
    across, down = picture.image.size
    scale = min(width / across, high / down)
    picture.left, picture.top, picture.width, picture.height = (
        left,
        top,
        round(scale * across),
        round(scale * down),
    )
    about = picture._element.nvPicPr.cNvPr
    about.set("descr", clean(unmarked(block.picture.alt)))
    about.set("name", block.picture.name)


def _add_foot(slide: Any, layout: Any, document: Document, number: int) -> None:
    """Adds the source and the number of the slide, which python-pptx does not take from the layout."""
    for named in layout.placeholders:
        if named.name in ("Source", "Slide number"):
            shape = deepcopy(named._element)
            shape.nvSpPr.cNvPr.id = slide.shapes._next_shape_id
            slide.shapes._spTree.append(shape)
            if named.name == "Source":
                slide_parts.fill(shape.txBody, [SlideText(document.foot)], document.language)
            for shown in shape.findall(".//{*}fld/{*}t"):
                shown.text = str(number)


def _room(place: Any) -> Room:
    return Room(place.width / EMU, place.height / EMU)


def _points(place: Any, least: float) -> float:
    """Returns the size of the letters that the layout gives to a placeholder, at least `least` points."""
    layout: Any = place._base_placeholder._element
    sizes = (
        float(size.get("sz")) / 100 for size in layout.iterfind(".//{*}lstStyle/{*}lvl1pPr/{*}defRPr[@sz]")
    )
    return max(least, next(sizes, least))
