"""Writes a document as slides: one HTML file that contains a copy of reveal.js (MIT licence). A browser opens the file from
the disk, and loads nothing else."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from pathlib import Path

from fltoolkit.languages.html_text import inline
from fltoolkit.languages.marked_text import unmarked
from fltoolkit.report.document_formats.document_blocks import Block, Document, Heading
from fltoolkit.report.document_formats.html_writer import html

REVEAL = Path(str(files("fltoolkit.report.document_formats"))) / "assets" / "reveal"
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
SETTINGS = (
    "{width: 1280, height: 720, margin: 0, center: false, display: 'flex', hash: true, transition: 'none', "
    "pdfSeparateFragments: false}"
)
BY_KEYBOARD = "else document.querySelectorAll('section').forEach((slide) => { slide.tabIndex = 0; });"
"""On a narrow screen, a slide with a wide table is moved sideways. The keyboard can also do this."""
NARROW = "(max-width: 599px)"
"""On a narrower screen, the slides are one below the other, like a page. If they were made smaller, nobody could read them."""


def as_slides(document: Document) -> str:
    """Returns a document as slides, in one HTML page. Each heading of level 1 starts a slide. In print, each slide is one page,
    even if the browser runs no scripts. The foot of each slide has the source and the number of the slide."""
    title = inline(document.title)
    parts = _slides(document)
    foots = [
        f'<p class="foot"><span>{inline(document.foot)}</span><span>{n} / {len(parts) + 1}</span></p>'
        for n in range(1, len(parts) + 2)
    ]
    slides = "\n".join(
        f"<section>\n{chr(10).join(html(b) for b in blocks)}\n{foot}\n</section>"
        for blocks, foot in zip(parts, foots[1:], strict=True)
    )
    reset, reveal, look = ((REVEAL / name).read_text(encoding="utf-8") for name in ("reset.css", "reveal.css", "theme.css"))
    script = (REVEAL / "reveal.js").read_text(encoding="utf-8")
    masthead = f'<p class="masthead">{inline(document.masthead)}</p>' if document.masthead else ""
    first = f'<section class="title">{masthead}<h1>{title}</h1><p>{inline(document.subtitle)}</p>{foots[0]}</section>'
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(document.language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(unmarked(document.title))}</title>\n<style>\n{reset}</style>\n'
        f'<style media="screen and (min-width: 600px)">\n{reveal}</style>\n<style>\n{look}</style>\n</head>\n'
        f'<body>\n<div class="reveal"><div class="slides">\n{first}\n{slides}\n</div></div>\n'
        f"<script>\n{script}\n</script>\n<script>if (!matchMedia('{NARROW}').matches) Reveal.initialize({SETTINGS});\n{BY_KEYBOARD}</script>\n"
        "</body>\n</html>\n"
    )


def _slides(document: Document) -> list[list[Block]]:
    """Returns the blocks of a document, one list per slide. Each heading of level 1 starts a new slide."""
    slides: list[list[Block]] = []
    for block in document.blocks:
        if (isinstance(block, Heading) and block.level == 1) or not slides:
            slides.append([])
        slides[-1].append(block)
    return slides
