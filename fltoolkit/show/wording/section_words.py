"""Defines the types of sentences in a notebook: the result of a section, or the reason why the section has no result."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

RESULT = "application/vnd.fltoolkit.result+json"
NOTHING = "application/vnd.fltoolkit.nothing+json"


@dataclass(frozen=True)
class Words:
    """Sentences that a notebook shows as Markdown. HTML, links and pictures in a survey's labels are shown as plain text."""

    text: str

    def _repr_markdown_(self) -> str:
        return escape(self.text, quote=False).replace("[", "&#91;")

    def __str__(self) -> str:
        return self.text


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
