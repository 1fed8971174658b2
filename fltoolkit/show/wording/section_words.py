"""Defines the types of sentences in a notebook: the result of a section, or the reason why the section has no result."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Any

RESULT = "application/vnd.fltoolkit.result+json"
LITERAL = re.compile(r"\[|(?<!\*)\*(?!\*)|(?<!\w)_|_(?!\w)")  # signs of a link, or of italics
NOTHING = "application/vnd.fltoolkit.nothing+json"


@dataclass(frozen=True)
class Words:
    """Sentences that a notebook shows as Markdown, with words of the kit in bold (`**`) and names of files (`` ` ``). HTML, links,
    pictures, stars and underscores in a survey's labels are shown as plain text."""

    text: str

    def _repr_markdown_(self) -> str:
        return LITERAL.sub(lambda sign: f"&#{ord(sign[0])};", escape(self.text, quote=False))

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class WordsOfLesson(Words):
    """Sentences of a lesson, whose stars set words in italics."""

    def _repr_markdown_(self) -> str:
        return escape(self.text, quote=False).replace("[", "&#91;")


@dataclass(frozen=True)
class Result(Words):
    """The result of a notebook's section in one sentence. The notebook's page shows it under the section's heading."""

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {"text/markdown": self._repr_markdown_(), "text/plain": str(self), RESULT: {}}


@dataclass(frozen=True)
class Nothing(Words):
    """One sentence that says why a section of a notebook has nothing to show. The page shows the section as this one line."""

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {"text/markdown": self._repr_markdown_(), "text/plain": str(self), NOTHING: {}}
