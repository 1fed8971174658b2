"""Sentences that a notebook shows. The result of a section, or that it has none, says so: a page places them by that."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

RESULT = "application/vnd.fltoolkit.result+json"
NOTHING = "application/vnd.fltoolkit.nothing+json"


@dataclass(frozen=True)
class Words:
    """Sentences that a notebook shows as Markdown; HTML, links and pictures in a survey's own labels stay letters."""

    text: str

    def _repr_markdown_(self) -> str:
        return escape(self.text, quote=False).replace("[", "&#91;")

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Result(Words):
    """The result of a section in one sentence. A page shows it under the section's heading."""

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {"text/markdown": self._repr_markdown_(), "text/plain": str(self), RESULT: {}}


@dataclass(frozen=True)
class Nothing(Words):
    """Why a section has nothing to show, in one sentence. A page shows the section in one line."""

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {"text/markdown": self._repr_markdown_(), "text/plain": str(self), NOTHING: {}}
