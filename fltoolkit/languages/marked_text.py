"""Text of another language within a sentence: marked as such until it is written, so that each format can show it in its own way.

A marked text stands between characters of Unicode's private use area, with its language. Pages and Word files set it
in italics, name its language and put a star behind it; in a picture there is the star alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

BEGIN, MIDDLE, END = "\ue000", "\ue001", "\ue002"
MARKED = re.compile(f"{BEGIN}([a-z]+){MIDDLE}([^{BEGIN}{END}]*){END}")
LETTER = re.compile(r"[^\W\d_]")
STAR = "*"


@dataclass(frozen=True)
class Part:
    """A part of a text; `language` is its code where that differs from the language of the whole, else empty."""

    text: str
    language: str = ""


def mark(text: str, language: str) -> str:
    """A text marked as one of another language. What holds no letter is the same in all: `150`."""
    return f"{BEGIN}{language}{MIDDLE}{text}{END}" if LETTER.search(text) else text


def runs(text: str) -> Iterator[Part]:
    """The parts of a text, in order."""
    last = 0
    for found in MARKED.finditer(text):
        if found.start() > last:
            yield Part(text[last : found.start()])
        yield Part(found[2], found[1])
        last = found.end()
    if last < len(text):
        yield Part(text[last:])


def unmarked(text: str) -> str:
    """The text alone, for a title or an attribute, which stand beside the marked text itself."""
    return "".join(run.text for run in runs(text))


def starred(text: str) -> str:
    """The text with a star behind each part of another language, for pictures."""
    return "".join(run.text + (STAR if run.language else "") for run in runs(text))


def languages_marked(node: object) -> set[str]:
    """The languages of all marked texts in a text, or in dataclasses and tuples of texts."""
    if isinstance(node, str):
        return {run.language for run in runs(node) if run.language}
    parts: list[object] = list(node) if isinstance(node, tuple) else []
    if is_dataclass(node) and not isinstance(node, type):
        parts = [getattr(node, field.name) for field in fields(node)]
    return set().union(*map(languages_marked, parts))
