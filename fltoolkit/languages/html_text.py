"""A text as HTML. What is of another language is in italics, with its language and a star."""

from __future__ import annotations

from html import escape

from fltoolkit.languages.marked_text import STAR, runs


def inline(text: str) -> str:
    """A text, escaped."""
    return "".join(
        f'<i lang="{part.language}">{escape(part.text)}</i><sup>{STAR}</sup>' if part.language else escape(part.text)
        for part in runs(text)
    )
