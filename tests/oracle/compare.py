"""Finds the lines in which the files of two sides differ, and holds them against the differences that are meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.file_texts import texts

# A number as no text prints it. Its last digits depend on the order of a sum.
DIGITS = re.compile(r"\d+\.\d{12,}(?:e-?\d+)?")
LONG = 3_000  # lines: above this, difflib may take a line that stands often for no landmark, which is quick and less exact


@dataclass(frozen=True)
class Difference:
    """A line that only one side has, or that both have in other words. "" stands for no line."""

    file: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.file}\n  - {self.old}\n  + {self.new}"


@dataclass(frozen=True)
class Meant:
    """A difference that is meant: patterns of the file and of both lines, and words of the line of the change log that says why."""

    file: str
    old: str
    new: str
    why: str

    def covers(self, found: Difference) -> bool:
        pairs = (self.file, found.file), (self.old, found.old), (self.new, found.new)
        return all(re.fullmatch(pattern, text) for pattern, text in pairs)


def differences(old: Path, new: Path) -> Iterator[Difference]:
    """Yields every line in which two folders differ, file by file. A file that one side lacks is one difference."""
    sides = [
        {file.relative_to(side).as_posix(): file for file in side.rglob("*") if file.is_file()}
        for side in (old, new)
    ]
    for name in sorted(sides[0] | sides[1]):
        files = [side.get(name) for side in sides]
        contents = [b"" if file is None else file.read_bytes() for file in files]
        if None in files:
            yield Difference(name, *("" if file is None else "(this file)" for file in files))
        elif contents[0] != contents[1]:
            yield from _lines(name, *([_rounded(line) for line in texts(file)] for file in files if file))


def _rounded(line: str) -> str:
    return DIGITS.sub(lambda number: f"{float(number[0]):.12g}", line)


def _lines(name: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Difference]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=max(len(old), len(new)) > LONG)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            for i in range(max(b - a, d - c)):
                yield Difference(name, old[a + i] if a + i < b else "", new[c + i] if c + i < d else "")


def unexpected(found: Sequence[Difference], meant: Sequence[Meant]) -> list[Difference]:
    """Returns the differences that nothing covers."""
    return [one for one in found if not any(m.covers(one) for m in meant)]


def idle(found: Sequence[Difference], meant: Sequence[Meant]) -> list[Meant]:
    """Returns the meant differences that do not occur."""
    return [m for m in meant if not any(m.covers(one) for one in found)]


def read_meant(listed: Sequence[Mapping[str, str]], log: str) -> list[Meant]:
    """Returns the meant differences of the list. Raises ValueError where one names no line of the change log."""
    meant = [Meant(str(m["file"]), str(m["old"]), str(m["new"]), str(m["why"])) for m in listed]
    lost = [m.why for m in meant if not any(m.why in line for line in log.splitlines())]
    if lost:
        raise ValueError(f"differences.yaml names lines that CHANGELOG.md does not have: {lost}")
    return meant
