"""Defines the blocks of a document: headings, paragraphs, tables and charts. The same blocks are written as
HTML, Word or slides for PowerPoint. Their texts are plain text, without HTML."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from fltoolkit.show.charts.renderers.matplotlib_sheet import Drawn
from fltoolkit.show.printed_tables.printed_table import PrintedTable

Style = Literal["lead", "body", "quiet", "warning", "prompt"]
ROOM = 39  # large letters that fit in a line of numbers


@dataclass(frozen=True)
class Heading:
    """A heading of a document, with its level (1 is the highest). On slides a heading starts a new slide.
    With `new_page` it starts a new page in print."""

    text: str
    level: Literal[1, 2, 3] = 1
    new_page: bool = False


LISTED = 2
"""The lowest level of the headings in a list of contents."""


@dataclass(frozen=True)
class Contents:
    """The list of contents of a document: its headings of levels 1 and 2, in order. Headings of level 3 are
    left out."""

    title: str
    headings: tuple[Heading, ...]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a document, as plain text with a style. The style `prompt` marks an instruction: whoever
    completes the document (the plan's partners) writes a text in its place. `label` is a line in bold letters
    above the text."""

    text: str
    style: Style = "body"
    label: str = ""


@dataclass(frozen=True)
class WritingSpace:
    """An empty space of a few lines, in which whoever completes the document writes. `text` has the words
    that stand there until then."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list of short texts in a document, each with a bullet."""

    items: tuple[str, ...]
    style: Style = "body"


@dataclass(frozen=True)
class Fact:
    """One number of a document in large type.

    Attributes:
        number: the number, as printed.
        unit: the words that say what the number counts or measures.
        doubt: the uncertainty of the number, in words.
    """

    number: str
    unit: str
    doubt: str


@dataclass(frozen=True)
class Facts:
    """Several numbers in large type (`Fact`), next to each other."""

    facts: tuple[Fact, ...]

    @property
    def are_long(self) -> bool:
        """Returns whether the numbers need smaller letters to fit next to each other. Ranges such as `5,000
        to 8,000` need them."""
        return len(self.facts) * max((len(fact.number) for fact in self.facts), default=0) > ROOM


@dataclass(frozen=True)
class CoverFacts:
    """The facts about a document on its first page, such as its survey and its version, each with its
    name."""

    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Chart:
    """A chart in a document: a picture, with its number (such as `Figure 1`) if it has one. `narrow` is
    the same chart, drawn for the narrow screen of a phone."""

    picture: Drawn
    number: str = ""
    narrow: Drawn | None = None


@dataclass(frozen=True)
class Charts:
    """Several charts of a document, next to each other."""

    charts: tuple[Chart, ...]


@dataclass(frozen=True)
class SpeakerNotes:
    """Texts for whoever presents a slide, each a paragraph of the slide's notes. The slide does not show
    them."""

    items: tuple[str, ...]


Block = (
    Heading
    | Contents
    | Paragraph
    | WritingSpace
    | Bullets
    | Facts
    | CoverFacts
    | PrintedTable
    | Chart
    | Charts
    | SpeakerNotes
)


@dataclass(frozen=True)
class Document:
    """A document as a list of blocks (headings, paragraphs, tables, charts), before it is written as HTML,
    Word or slides.

    Attributes:
        kind: the look of the document: `brief` (evidence brief), `skeleton` (draft of the plan) or `slides`.
        language: the code of the document's language, e.g. `fr`.
        masthead: one line above the title: who publishes the document, and when.
        more: what a slide says if the rest of its texts is in its notes.
        foot: one line about the source. Formats that have pages print it at the end of each page.
    """

    kind: Literal["brief", "skeleton", "slides"]
    title: str
    subtitle: str
    language: str
    blocks: tuple[Block, ...]
    foot: str = ""
    masthead: str = ""
    more: str = ""

    def with_common_letters(self) -> Document:
        """Returns the document with footnotes of which a letter means the same in all its tables."""
        known = dict.fromkeys(
            text for block in self.blocks if isinstance(block, PrintedTable) for text in block.footnotes
        )
        blocks = (b.with_letters(tuple(known)) if isinstance(b, PrintedTable) else b for b in self.blocks)
        return replace(self, blocks=tuple(blocks))
