"""Writes a text as HTML. A part in another language is in italics, with its language and a star."""

from __future__ import annotations

from html import escape

from fltoolkit.languages.marked_text import STAR, runs


def inline(text: str) -> str:
    """Returns a text as escaped HTML."""
    return "".join(
        f'<i lang="{part.language}">{escape(part.text)}</i><sup>{STAR}</sup>' if part.language else escape(part.text)
        for part in runs(text)
    )
