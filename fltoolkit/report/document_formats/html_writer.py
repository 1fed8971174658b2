"""A document as one HTML file: styles and pictures within, nothing fetched, ready to print."""

from __future__ import annotations

from base64 import b64encode
from functools import singledispatch
from html import escape
from importlib.resources import files
from pathlib import Path

from fltoolkit.languages.marked_text import STAR, runs, unmarked
from fltoolkit.report.document_formats.document_blocks import (
    Block,
    Bullets,
    Chart,
    Charts,
    Document,
    DocumentTable,
    Facts,
    Heading,
    Paragraph,
)
from fltoolkit.show.charts.static_charts import Drawn

LOOK = Path(str(files("fltoolkit.report.document_formats"))) / "assets" / "document.css"
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def as_html(document: Document) -> str:
    """The page."""
    body = "\n".join(html(block) for block in document.blocks)
    title, subtitle = inline(document.title), inline(document.subtitle)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(document.language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(unmarked(document.title))}</title>\n'
        f"<style>\n{LOOK.read_text(encoding='utf-8')}</style>\n</head>\n"
        f'<body class="{document.kind}">\n<main>\n<header><h1>{title}</h1>\n<p class="subtitle">{subtitle}</p></header>\n{body}\n'
        f"<footer>{inline(document.foot)}</footer>\n</main>\n</body>\n</html>\n"
    )


@singledispatch
def html(block: Block) -> str:
    """One block as HTML; every text is escaped."""
    raise TypeError(f"no HTML for {type(block).__name__}")


@html.register
def _(block: Heading) -> str:
    kind = ' class="new-page"' if block.new_page else ""
    return f"<h{block.level + 1}{kind}>{inline(block.text)}</h{block.level + 1}>"


@html.register
def _(block: Paragraph) -> str:
    tag = "aside" if block.style == "warning" else "p"
    return f'<{tag} class="{block.style}">{inline(block.text)}</{tag}>'


@html.register
def _(block: Bullets) -> str:
    items = "".join(f"<li>{inline(item)}</li>" for item in block.items)
    return f'<ul class="{block.style}">{items}</ul>'


@html.register
def _(block: Facts) -> str:
    cards = "".join(
        f'<div class="fact"><span class="number{" long" if f.is_long else ""}">{inline(f.number)}</span> <span class="unit">{inline(f.unit)}</span> '
        f'<span class="doubt">{inline(f.doubt)}</span></div>'
        for f in block.facts
    )
    return f'<div class="facts">{cards}</div>'


@html.register
def _(block: DocumentTable) -> str:
    right = [' class="number"' if n else "" for n in block.numbers]
    widths = "".join(f'<col style="width:{100 * w:g}%">' for w in block.widths)
    head = "".join(f'<th scope="col"{kind}>{inline(name)}</th>' for name, kind in zip(block.columns, right, strict=True))
    rows = "".join(_table_line(row, right) for row in block.rows)
    note = f'<p class="note">{inline(block.note)}</p>' if block.note else ""
    return (
        f'<div class="table{" wide" if block.wide else ""}"><table><caption>{inline(block.title)}</caption>'
        f"<colgroup>{widths}</colgroup><thead><tr>{head}</tr></thead>"
        f"<tbody>\n{rows}</tbody></table>{note}</div>"
    )


def inline(text: str) -> str:
    """A text as HTML, what is of another language in italics, with its language and a star."""
    return "".join(
        f'<i lang="{part.language}">{escape(part.text)}</i><sup>{STAR}</sup>' if part.language else escape(part.text)
        for part in runs(text)
    )


def _table_line(row: tuple[str, ...], right: list[str]) -> str:
    """A line of a table; one cell is a heading across it."""
    if len(row) == 1:
        return f'<tr class="across"><th scope="rowgroup" colspan="{len(right)}">{inline(row[0])}</th></tr>\n'
    return "<tr>" + "".join(f"<td{kind}>{inline(cell)}</td>" for cell, kind in zip(row, right, strict=True)) + "</tr>\n"


@html.register
def _(block: Chart) -> str:
    caption = f"<figcaption>{inline(block.caption)}</figcaption>" if block.caption else ""
    return f"<figure>{image(block.picture)}{caption}</figure>"


@html.register
def _(block: Charts) -> str:
    return f'<div class="charts">{"".join(html(chart) for chart in block.charts)}</div>'


def image(picture: Drawn) -> str:
    """A picture within the page, with its words."""
    return f'<img alt="{escape(picture.alt)}" src="data:image/svg+xml;base64,{b64encode(picture.svg).decode()}">'
