"""Defines the types of sentences in a notebook: the result of a section, or the reason why the section has no
result."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any, ClassVar

RESULT = "application/vnd.fltoolkit.result+json"
NOTHING = "application/vnd.fltoolkit.nothing+json"
BOLD, ITALIC = (
    "\ue003",
    "\ue004",
)  # before and after words that the kit prints so; a star in a survey's own text is only a star


def bold(text: str) -> str:
    return f"{BOLD}{text}{BOLD}"


@dataclass(frozen=True)
class Words:
    """Sentences that a notebook shows as Markdown. HTML, links and pictures in them are shown as plain text.
    `kind` tells a notebook's page which sentences they are."""

    text: str
    kind: ClassVar[dict[str, Any]] = {}

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {"text/markdown": self._repr_markdown_(), "text/plain": str(self), **self.kind}

    def _repr_markdown_(self) -> str:
        return escape(self.text, quote=False).replace("[", "&#91;")

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Sentences(Words):
    """Sentences with a survey's own words, whose stars and underscores are shown as plain text. The kit's own
    words are bold or italic between BOLD or ITALIC."""

    def _repr_markdown_(self) -> str:
        parts = super()._repr_markdown_().split("`")  # each second part is code
        plain = (
            part if i % 2 else part.replace("*", "&#42;").replace("_", "&#95;")
            for i, part in enumerate(parts)
        )
        return "`".join(plain).replace(BOLD, "**").replace(ITALIC, "*")

    def __str__(self) -> str:
        return self.text.replace(BOLD, "**").replace(ITALIC, "*")


class Result(Sentences):
    """The result of a notebook's section in one sentence. The notebook's page shows it under the section's
    heading."""

    kind: ClassVar[dict[str, Any]] = {RESULT: {}}


class Nothing(Sentences):
    """One sentence that says why a section of a notebook has nothing to show. The page shows the section as
    this one line."""

    kind: ClassVar[dict[str, Any]] = {NOTHING: {}}


NO_FOLLOW_UP = Nothing("This survey is the plan's baseline, so that there is nothing to follow up yet.")
