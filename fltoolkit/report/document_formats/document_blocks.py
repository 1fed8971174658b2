"""What a document is made of, whatever it becomes: headings, paragraphs, tables, charts, in reading order. Text is plain text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fltoolkit.show.charts.renderers.matplotlib_sheet import Drawn
from fltoolkit.show.printed_tables.printed_table import PrintedTable

Style = Literal["lead", "body", "quiet", "warning", "prompt"]
ROOM = 39  # large letters in a line of numbers
SignState = Literal["met", "missed", "open"]


@dataclass(frozen=True)
class Heading:
    """A heading; on slides one of level 1 starts a new slide, in print it may start a new page."""

    text: str
    level: Literal[1, 2, 3] = 1
    new_page: bool = False


LISTED = 2
"""The lowest level of a heading that a list of contents names."""


@dataclass(frozen=True)
class Contents:
    """A list of the document's headings down to level `LISTED`, in their order."""

    title: str
    headings: tuple[Heading, ...]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `prompt` is what the partners are asked to write here."""

    text: str
    style: Style = "body"


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]
    style: Style = "body"


@dataclass(frozen=True)
class Fact:
    """One number in large type, never without its doubt."""

    number: str
    unit: str
    doubt: str


@dataclass(frozen=True)
class Facts:
    """Numbers side by side."""

    facts: tuple[Fact, ...]

    @property
    def are_long(self) -> bool:
        """Whether the numbers need smaller letters to stand side by side, as one with two ends does."""
        return len(self.facts) * max((len(fact.number) for fact in self.facts), default=0) > ROOM


@dataclass(frozen=True)
class Chart:
    """A picture with its caption; `narrow` is the same picture for a telephone."""

    picture: Drawn
    caption: str = ""
    narrow: Drawn | None = None


@dataclass(frozen=True)
class Charts:
    """Pictures side by side."""

    charts: tuple[Chart, ...]


@dataclass(frozen=True)
class Sign:
    """A target with its sign.

    Attributes:
        sign: the sign and its word, `✓ reached`. state: what it says, for its colour.
        what: the target. why: what the sign rests on.
    """

    sign: str
    state: SignState
    what: str
    why: str


@dataclass(frozen=True)
class Signs:
    """A strip of targets, each with its sign."""

    signs: tuple[Sign, ...]


Block = Heading | Contents | Paragraph | Bullets | Facts | Signs | PrintedTable | Chart | Charts


@dataclass(frozen=True)
class Document:
    """A document.

    Attributes:
        kind: the look: brief, skeleton or slides.
        language: as the `lang` of a page has it.
        foot: one line on the source, at the end of each page where pages are known.
    """

    kind: Literal["brief", "skeleton", "slides"]
    title: str
    subtitle: str
    language: str
    blocks: tuple[Block, ...]
    foot: str = ""
