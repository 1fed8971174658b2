"""Sentences that stand for a section of a notebook: its result, or that it has none. A page places them by what they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fltoolkit.show.wording.english_numbers import Words

RESULT = "application/vnd.fltoolkit.result+json"
NOTHING = "application/vnd.fltoolkit.nothing+json"


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
