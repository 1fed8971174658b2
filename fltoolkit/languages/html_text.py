"""Writes a text as HTML. A part of the text that is in another language is in italics with a star after it;
the attribute `lang` names the language.
"""

from __future__ import annotations

from html import escape

from fltoolkit.languages.marked_text import STAR, runs


def inline(text: str) -> str:
    """Returns a text as HTML: characters such as `<` are escaped, and parts in another language are in
    italics."""
    return "".join(
        f'<i lang="{part.language}">{escape(part.text)}</i><sup>{STAR}</sup>'
        if part.language
        else escape(part.text)
        for part in runs(text)
    )
