"""Formats the lines of the draft: YAML on the left, and a comment on the right with the reason, or with a
question to the user."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fltoolkit.authoring.draft.column_contents import ColumnContents
from fltoolkit.yaml_files.loading import UNANSWERED

PLAIN = re.compile(r"[\w.][\w .%-]*(?<! )")


@dataclass(frozen=True)
class YamlLine:
    """One line of a drafted survey.yaml.

    Attributes:
        text: the YAML.
        why: the comment on its right: the reason for the content, or a question if the user must answer.
    """

    text: str = ""
    why: str = ""

    @property
    def is_open(self) -> bool:
        return UNANSWERED in self.text and not self.text.startswith("#")

    def __str__(self) -> str:
        return f"{self.text}  # {printable(self.why)}" if self.why else self.text


@dataclass(frozen=True)
class Draft:
    """A drafted survey.yaml as a list of lines. Each line has a reason or a question (see `YamlLine`)."""

    lines: tuple[YamlLine, ...]

    @property
    def text(self) -> str:
        return "\n".join(map(str, self.lines)) + "\n"

    @property
    def count_complete(self) -> int:
        """Returns the number of complete lines of the draft: lines with content and without a question."""
        return sum(
            bool(line.text) and not line.text.startswith("#") and not line.is_open for line in self.lines
        )

    @property
    def unanswered(self) -> list[tuple[int, YamlLine]]:
        """Returns the lines of the draft that the user must answer, each with its line number in the file."""
        return [(number, line) for number, line in enumerate(self.lines, start=1) if line.is_open]


def name_and_label(column: ColumnContents) -> str:
    """Returns the basis on which a column was chosen: its name with its label. Without a label that the
    vocabulary knows, the text is `the name AGE`."""
    if column.known_label or not column.label:
        return f"{column.name}: {column.label}" if column.label else f"the name {column.name}"
    return f"the name {column.name}; its label: {column.label}"


def meanings(column: ColumnContents, codes: Iterable[str], most: int | None = None) -> str:
    """Returns codes with their labels, for a comment. If there are more than `most`, returns only the first
    `most`."""
    labelled = [f"{code} {column.codes.get(code, '')}".strip() for code in codes]
    return ", ".join(labelled if most is None or len(labelled) <= most else [*labelled[:most], "…"])


def code_line(start: str, column: ColumnContents, codes: Sequence[str], why: str = "") -> YamlLine:
    """Returns the draft's line with some codes of a column, and their labels as a comment after `why`."""
    return YamlLine(f"{start}: {in_one_line(codes)}", why + meanings(column, codes))


def in_one_line(items: Sequence[str]) -> str:
    """Returns codes or names as they are written in one line of YAML: one code or name alone, several as a
    list in brackets."""
    return yaml_scalar(items[0]) if len(items) == 1 else f"[{', '.join(map(yaml_scalar, items))}]"


def yaml_scalar(text: str) -> str:
    """Returns text as one YAML value. It is in quotes if YAML could read it as anything else."""
    clean = printable(text)
    return clean if PLAIN.fullmatch(clean) else json.dumps(clean, ensure_ascii=False)


def printable(text: str) -> str:
    """Returns text on one line, without characters that YAML does not allow."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
