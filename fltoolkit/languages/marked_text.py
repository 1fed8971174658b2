"""Marks text in another language within a sentence, so that each output format can show it in its own way.

A marked text is between characters of Unicode's private use area, with its language. Pages and Word files
show it in italics, name its language and put a star after it. A picture shows only the star.
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
    """A part of a text that is in a single language. `language` is the code of that language if it is not the
    language of the whole text. Otherwise it is empty.
    """

    text: str
    language: str = ""


def mark(text: str, language: str) -> str:
    """Returns a text with invisible marks around it, which say that the text is in another language. A text
    without letters (`150`) is the same in every language and is not marked.
    """
    return f"{BEGIN}{language}{MIDDLE}{text}{END}" if LETTER.search(text) else text


def runs(text: str) -> Iterator[Part]:
    """Yields the parts of a text in order. Each part is in a single language. A marked part has the code of
    its language in `language`."""
    last = 0
    for found in MARKED.finditer(text):
        if found.start() > last:
            yield Part(text[last : found.start()])
        yield Part(found[2], found[1])
        last = found.end()
    if last < len(text):
        yield Part(text[last:])


def unmarked(text: str) -> str:
    """Returns a text without the marks of parts in other languages. This form is used for titles and
    attributes, where the marked text is shown nearby.
    """
    return "".join(run.text for run in runs(text))


def starred(text: str) -> str:
    """Returns the text with a star after each part in another language, for pictures."""
    return "".join(run.text + (STAR if run.language else "") for run in runs(text))


def languages_marked(node: object) -> set[str]:
    """Returns the languages of all marked parts (parts in another language) of a text. `node` is a text, or
    dataclasses and tuples that contain texts.
    """
    if isinstance(node, str):
        return {run.language for run in runs(node) if run.language}
    parts: list[object] = list(node) if isinstance(node, tuple) else []
    if is_dataclass(node) and not isinstance(node, type):
        parts = [getattr(node, field.name) for field in fields(node)]
    return set().union(*map(languages_marked, parts))
