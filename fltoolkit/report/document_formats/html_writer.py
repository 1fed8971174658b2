"""Writes a document as one HTML file. The file contains its styles and pictures, loads nothing, and can be printed."""

from __future__ import annotations

from base64 import b64encode
from functools import singledispatch
from html import escape
from importlib.resources import files
from pathlib import Path

from fltoolkit.languages.html_text import inline
from fltoolkit.languages.marked_text import unmarked
from fltoolkit.report.document_formats import html_tables
from fltoolkit.report.document_formats.document_blocks import (
    Block,
    Bullets,
    Chart,
    Charts,
    Contents,
    CoverFacts,
    Document,
    Facts,
    Heading,
    Paragraph,
    WritingSpace,
)
from fltoolkit.show.charts.renderers.matplotlib_sheet import Drawn
from fltoolkit.show.printed_tables.printed_table import PrintedTable

LOOK = Path(str(files("fltoolkit.report.document_formats"))) / "assets" / "document.css"
TELEPHONE = "screen and (max-width: 700px)"
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def as_html(document: Document) -> str:
    """Returns a document as one HTML page. It contains its styles and pictures and loads nothing."""
    title, subtitle = inline(document.title), inline(document.subtitle)
    head = f'<p class="masthead">{inline(document.masthead)}</p>' if document.masthead else ""
    top = f'<header>{head}<h1>{title}</h1>\n<p class="subtitle">{subtitle}</p></header>'
    first = next((i for i, block in enumerate(document.blocks) if isinstance(block, Heading) and block.new_page), 0)
    page, rest = ("\n".join(html(block) for block in part) for part in (document.blocks[:first], document.blocks[first:]))
    body = f'<div class="page">\n{top}\n{page}\n</div>\n{rest}' if page else f"{top}\n{rest}"
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(document.language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(unmarked(document.title))}</title>\n'
        f"<style>\n{LOOK.read_text(encoding='utf-8')}</style>\n</head>\n"
        f'<body class="{document.kind}">\n<main>\n{body}\n'
        f"<footer>{inline(document.foot)}</footer>\n</main>\n</body>\n</html>\n"
    )


@singledispatch
def html(block: Block) -> str:
    """Returns one block of a document (a heading, a table, a chart) as HTML. In all texts, HTML characters are escaped."""
    raise TypeError(f"no HTML for {type(block).__name__}")


@html.register
def _(block: Heading) -> str:
    kind = ' class="new-page"' if block.new_page else ""
    return f"<h{block.level + 1}{kind}>{inline(block.text)}</h{block.level + 1}>"


@html.register
def _(block: Contents) -> str:
    lines = "".join(f'<li class="level-{head.level}">{inline(head.text)}</li>' for head in block.headings)
    return f"<nav><p><b>{inline(block.title)}</b></p><ul>{lines}</ul></nav>"


@html.register
def _(block: Paragraph) -> str:
    tag = "aside" if block.style == "warning" else "p"
    label = f"<b>{inline(block.label)}</b><br>" if block.label else ""
    return f'<{tag} class="{block.style}">{label}{inline(block.text)}</{tag}>'


@html.register
def _(block: WritingSpace) -> str:
    return f'<p class="quiet">{inline(block.text)}</p>'


@html.register
def _(block: CoverFacts) -> str:
    return f"<dl>{''.join(f'<dt>{inline(name)}</dt><dd>{inline(text)}</dd>' for name, text in block.facts)}</dl>"


@html.register
def _(block: Bullets) -> str:
    items = "".join(f"<li>{inline(item)}</li>" for item in block.items)
    return f'<ul class="{block.style}">{items}</ul>'


@html.register
def _(block: Facts) -> str:
    cards = "".join(
        f'<div class="fact"><span class="number{" long" if block.are_long else ""}">{inline(f.number)}</span> <span class="unit">{inline(f.unit)}</span> '
        f'<span class="doubt">{inline(f.doubt)}</span></div>'
        for f in block.facts
    )
    return f'<div class="facts">{cards}</div>'


@html.register
def _(block: PrintedTable) -> str:
    return html_tables.table(block)


@html.register
def _(block: Chart) -> str:
    caption = f"<figcaption>{inline(block.caption)}</figcaption>" if block.caption else ""
    shown = image(block.picture)
    if block.narrow:
        shown = f'<picture><source media="{TELEPHONE}" srcset="{_data(block.narrow)}">{shown}</picture>'
    return f"<figure>{shown}{caption}</figure>"


@html.register
def _(block: Charts) -> str:
    return f'<div class="charts">{"".join(html(chart) for chart in block.charts)}</div>'


def image(picture: Drawn) -> str:
    """Returns a picture as an HTML element. The element contains the picture itself, and a text that says what the picture
    shows (its text alternative)."""
    return f'<img alt="{escape(picture.alt)}" src="{_data(picture)}">'


def _data(picture: Drawn) -> str:
    """Returns a picture as an address that contains the picture itself (`data:…`), so that the page loads no file."""
    return f"data:image/svg+xml;base64,{b64encode(picture.svg).decode()}"
