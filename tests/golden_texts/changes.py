"""Counts the words, numbers and markers in which two versions of a document differ, and asks of the change log that it names each
document whose numbers or markers changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import PurePosixPath

from tests.checkouts import HOUSE, archive_of, git

from .surveys import GOLDEN

FOLDER = GOLDEN.relative_to(HOUSE).as_posix()
TOKEN = re.compile(
    r"(?P<markers>\[[a-z]{1,4}\]|\([a-z]\)|(?<=\| )[a-z](?:, [a-z])*(?= \||$)|(?<!\d)–(?!\d)|[†*≈…→↓↑<>])"
    r"|(?P<numbers>[-−]?\d(?:[\d.,\u00a0\u202f]*\d)?(?:[\u00a0\u202f]?%)?)"
    r"|(?P<words>[^\W\d_]+)"
)
# How a line of the change log may name each document.
NAMED = {
    "evidence_brief": r"\bbriefs?\b|\bdocuments\b", "nap_skeleton": r"\bskeletons?\b|\bdocuments\b", "slides": r"\bslides\b|\bdocuments\b",
    "nap_workbook": r"\bworkbook\b", "index": r"\bfront page\b", "1_survey": r"\bnotebooks\b|\bnotebook 1\b",
    "2_classify": r"\bnotebooks\b|\bnotebook 2\b", "3_estimate": r"\bnotebooks\b|\bnotebook 3\b",
    "4_nap": r"\bnotebooks\b|\bnotebook 4\b",
}  # fmt: skip
Texts = Mapping[str, Sequence[str]]  # the lines of each document, by `<survey>/<document>`


def counts(old: Sequence[str], new: Sequence[str]) -> Counter[str]:
    """Returns how many words, numbers and markers of a document changed, came or went."""
    found: Counter[str] = Counter()
    for before, after in _changed(old, new):
        one, two = _by_kind(before), _by_kind(after)
        for kind in {*one, *two}:
            blocks = _changed(one.get(kind, []), two.get(kind, []))
            found[kind] += sum(max(len(a), len(b)) for a, b in blocks)
    return +found


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield old[a:b], new[c:d]


def _by_kind(lines: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for token in TOKEN.finditer("\n".join(lines)):
        found.setdefault(str(token.lastgroup), []).append(token.group())
    return found


def changes(old: Texts, new: Texts) -> dict[str, Counter[str]]:
    """Returns the counts of each document that changed. One that is new has none: it is read as a whole."""
    return {name: found for name in sorted({*old}) if (found := counts(old[name], new.get(name, ())))}


def unnamed(changed: Mapping[str, Counter[str]], log: Sequence[str]) -> list[str]:
    """Returns the documents whose numbers or markers changed, and which no line of the change log names."""
    return [
        name
        for name, found in changed.items()
        if (found["numbers"] or found["markers"])
        and not any(re.search(_pattern(name), line, re.IGNORECASE) for line in log)
    ]


def _pattern(name: str) -> str:
    document = name.rpartition("/")[2]
    return next(
        (pattern for start, pattern in NAMED.items() if document.startswith(start)), "|".join(NAMED.values())
    )


def texts_at(commit: str) -> Texts:
    """Returns the golden texts of a commit."""
    if not git("ls-tree", commit, f"{FOLDER}/"):
        return {}
    found = {}
    with archive_of(commit, FOLDER) as archive:
        for member in archive:
            path, file = PurePosixPath(member.name), archive.extractfile(member)
            if file is not None and path.suffix == ".txt":
                found[f"{path.parent.name}/{path.stem}"] = file.read().decode().splitlines()
    return found


def texts_here() -> Texts:
    """Returns the golden texts of the working tree."""
    return {
        f"{path.parent.name}/{path.stem}": path.read_text("utf-8").splitlines()
        for path in GOLDEN.glob("*/*.txt")
    }


def gained_since(commit: str) -> list[str]:
    """Returns the lines that CHANGELOG.md has gained since a commit."""
    diff = git("diff", "--unified=0", commit, "--", "CHANGELOG.md").decode()
    return [line[1:] for line in diff.splitlines() if line.startswith("+") and not line.startswith("+++")]
