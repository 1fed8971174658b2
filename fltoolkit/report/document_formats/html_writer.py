"""Writes a document as one HTML file: a page, or slides with a copy of reveal.js (MIT licence). The file
contains its styles and pictures, loads nothing, and can be printed.

The templates are in the folder `assets`. `blocks.html.j2` has a macro for each class of blocks.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from fltoolkit.languages.html_text import inline
from fltoolkit.languages.marked_text import unmarked
from fltoolkit.report.document_formats.document_blocks import (
    Block,
    Bullets,
    Document,
    Facts,
    Heading,
    Paragraph,
)
from fltoolkit.report.document_formats.page_fonts import font_faces
from fltoolkit.show.charts.renderers.matplotlib_sheet import Drawn
from fltoolkit.show.printed_tables.cell_html import ROOM, cell_html, explained

ASSETS = Path(str(files("fltoolkit.report.document_formats"))) / "assets"
TELEPHONE = "screen and (max-width: 700px)"
MOST_LETTERS, MOST_BELOW_NUMBERS = (
    800,
    1330,
)  # on a slide in letters of the usual size, the latter with numbers in large type
FRAME, BESIDE = 100, 3  # letters for the frame of a paragraph, and numbers that are beside each other
NARROW = "(max-width: 599px)"
"""On a narrower screen, the slides are one below the other, like a page. If they were made smaller, nobody
could read them."""


def as_html(document: Document) -> str:
    """Returns a document as one HTML page. It contains its styles and pictures and loads nothing."""
    first = next(
        (i for i, block in enumerate(document.blocks) if isinstance(block, Heading) and block.new_page), 0
    )
    return _written("page.html.j2", document, page=document.blocks[:first], rest=document.blocks[first:])


def as_slides(document: Document) -> str:
    """Returns a document as slides, in one HTML page. Each heading of level 1 starts a slide. In print, each
    slide is one page, even if the browser runs no scripts. The foot of each slide has the source and the
    number of the slide."""
    slides: list[list[Block]] = []
    for block in document.blocks:
        if (isinstance(block, Heading) and block.level == 1) or not slides:
            slides.append([])
        slides[-1].append(block)
    return _written("slides.html.j2", document, slides=slides, narrow=NARROW)


def is_long(slide: list[Block]) -> bool:
    """Returns whether the texts of a slide are so long that they need smaller letters. A slide with a
    picture, a table or a heading of level 2 has letters of its own size."""
    if any(
        not isinstance(b, (Heading, Paragraph, Bullets, Facts)) or (isinstance(b, Heading) and b.level > 1)
        for b in slide
    ):
        return False
    return sum(map(_letters, slide)) > (
        MOST_BELOW_NUMBERS if any(isinstance(b, Facts) for b in slide) else MOST_LETTERS
    )


def _letters(block: Block) -> int:
    """Returns the letters of a block of a slide, and for the frame of a paragraph or for numbers in large
    type as many as fit into the same height."""
    match block:
        case Paragraph():
            return len(block.text) + (FRAME if block.style == "warning" else 0)
        case Bullets():
            return sum(map(len, block.items))
        case Facts():
            return BESIDE * max(len(fact.unit) + len(fact.doubt) for fact in block.facts)
    return 0


def html(block: Block) -> str:
    """Returns one block of a document (a heading, a table, a chart) as HTML. In all texts, HTML characters
    are escaped."""
    template: Any = _templates().get_template("blocks.html.j2")
    return str(getattr(template.module, type(block).__name__)(block))


def _written(template: str, document: Document, **parts: object) -> str:
    return _templates().get_template(template).render(document=document, **parts)


@cache
def _templates() -> Environment:
    """Returns the templates. They escape every text that they print, so a text cannot add HTML. Only the
    filters below return HTML."""
    made = Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    returning_html = {
        "html": html,
        "inline": inline,
        "explained": explained,
        "attribute": lambda text: escape(unmarked(text)),
        "cell": lambda cell, meanings, marker_space: cell_html(cell, meanings, marker_space=marker_space),
        "asset": lambda name: (ASSETS / name).read_text(encoding="utf-8"),
    }
    made.filters |= {
        name: lambda *given, make=make: Markup(make(*given)) for name, make in returning_html.items()
    }
    made.filters |= {"data": _data, "is_long": is_long}
    made.globals |= {"fonts": Markup(font_faces()), "telephone": TELEPHONE, "room": Markup(ROOM.format(""))}
    return made


def _data(picture: Drawn) -> str:
    """Returns a picture as an address that contains the picture itself (`data:…`), so that the page loads no
    file."""
    return f"data:image/svg+xml;base64,{b64encode(picture.svg).decode()}"
