"""Writes a document as one HTML page. The page contains its styles and pictures, loads nothing, and can be
printed.

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
from fltoolkit.report.document_formats.document_blocks import Block, Document, Heading
from fltoolkit.report.document_formats.page_fonts import font_faces
from fltoolkit.show.charts.renderers.matplotlib_sheet import Drawn
from fltoolkit.show.printed_tables.cell_html import ROOM, cell_html, explained

ASSETS = Path(str(files("fltoolkit.report.document_formats"))) / "assets"
TELEPHONE = "screen and (max-width: 700px)"


def as_html(document: Document) -> str:
    """Returns a document as one HTML page. It contains its styles and pictures and loads nothing."""
    first = next(
        (i for i, block in enumerate(document.blocks) if isinstance(block, Heading) and block.new_page), 0
    )
    page = _templates().get_template("page.html.j2")
    return page.render(document=document, page=document.blocks[:first], rest=document.blocks[first:])


def html(block: Block) -> str:
    """Returns one block of a document (a heading, a table, a chart) as HTML. In all texts, HTML characters
    are escaped."""
    template: Any = _templates().get_template("blocks.html.j2")
    return str(getattr(template.module, type(block).__name__)(block))


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
    made.filters["data"] = _data
    made.globals |= {"fonts": Markup(font_faces()), "telephone": TELEPHONE, "room": Markup(ROOM.format(""))}
    return made


def _data(picture: Drawn) -> str:
    """Returns a picture as an address that contains the picture itself (`data:…`), so that the page loads no
    file."""
    return f"data:image/svg+xml;base64,{b64encode(picture.svg).decode()}"
