"""One language of the documents: every sentence, label and number format from its file in languages; it knows no room.

A language is `xx.yaml`; what would make that file too long stands in a folder beside it, as `kit/xx.yaml`. It holds the same keys as
English. A placeholder is `{name}`; what is put in its place is never read as a pattern, so that a survey's own text stays text. What
stands under `kit` turns the English words the kit itself writes (reasons, verdicts, categories of a standard) into this language; a
survey's own labels stay as the survey gives them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from fltoolkit.errors import SpecError
from fltoolkit.languages.reasons import Name, Reason, Reasons
from fltoolkit.yaml_files.loading import load_yaml

WORDS = Path(str(files("fltoolkit.languages")))
BASE = "en"
PLACE = re.compile(r"\{(\w+)\}")
DIGITS = re.compile(r"[-−+]?\d[\d,]*(?:\.\d+)?")
SPACE = {"narrow": "\u202f", "none": "", "comma": ",", "point": ".", "space": "\u00a0"}
KIT = "kit."
REASONS = "; "
PARTS = (" × ", ", ")  # between crossed categories, items


@dataclass(frozen=True)
class Pattern:
    """Words of the kit in English, as a pattern, and the key of what they become."""

    key: str
    match: re.Pattern[str]


@dataclass(frozen=True)
class Language:
    """The words of one language.

    Attributes:
        code: en, fr, … as the `lang` of a page has it.
        words: each key, with dots, and its sentence.
        patterns: the kit's own English words, the longest first.
    """

    code: str
    words: Mapping[str, str]
    patterns: tuple[Pattern, ...]

    def say(self, key: str, /, **values: object) -> str:
        """The sentence of a key with its placeholders filled. Raises `SpecError` naming the file and what it lacks."""

        def put(found: re.Match[str]) -> str:
            if found[1] not in values:
                raise SpecError("no such placeholder", where=f"{self.code}.yaml: {key}", found=found[0], allowed=sorted(values))
            return str(values[found[1]])

        if key not in self.words:
            raise SpecError("this key is missing", where=f"{self.code}.yaml", found=key, do="add it, as en.yaml has it")
        return PLACE.sub(put, self.words[key])

    def places(self, code: str) -> set[str] | None:
        """The placeholders of what the kit says under a key; None where there is no such key."""
        return set(PLACE.findall(self.words[KIT + code])) if KIT + code in self.words else None

    def has(self, key: str) -> bool:
        return key in self.words

    def each(self, key: str, **values: object) -> tuple[str, ...]:
        """The sentences of a list."""
        found = [name for name in self.words if name.rpartition(".")[0] == key]
        if not found:
            raise SpecError("this list is missing", where=f"{self.code}.yaml", found=key, do="add it, as en.yaml has it")
        return tuple(self.say(name, **values) for name in found)

    def number(self, text: str) -> str:
        """A number that was written as English has it (`6,290`, `17.2`), as this language has it."""
        marks = {",": SPACE[self.words["format.thousands"]], ".": SPACE[self.words["format.decimal"]]}
        return "".join(marks.get(letter, letter) for letter in text)

    def join(self, parts: Iterable[str]) -> str:
        """`a, b and c`."""
        *first, last = list(parts) or [""]
        return self.say("format.and", first=", ".join(first), last=last) if first else last

    def list(self, parts: Iterable[str]) -> str:
        """`a; b; c`."""
        return self.words["format.semicolon"].join(parts)

    def colon(self, what: str, said: str) -> str:
        """`what: said`."""
        return self.say("format.colon", what=what, said=said)

    def kit(self, said: object) -> str:
        """What the kit says (a `Reason`, `Reasons`, a `Name`) in this language. A text stays as it is; what is missing is empty."""
        if isinstance(said, str):
            return self._text(said)
        return "" if said is None or said != said else self.worded(said, self._name)

    def worded(self, said: object, of_name: Callable[[Name], str]) -> str:
        """A remark in words.

        Args:
            said: a remark, or a value of one. of_name: gives the words of a name.
        """
        if isinstance(said, Reason):
            return self.say(KIT + said.code, **{name: self.worded(value, of_name) for name, value in said.values})
        if isinstance(said, Reasons):
            return self.list(self.worded(part, of_name) for part in said.parts)
        if isinstance(said, tuple):
            return ", ".join(self.worded(part, of_name) for part in said)
        if isinstance(said, Name):
            return of_name(said)
        if isinstance(said, (int, float)):
            return self.number(f"{said:,}" if isinstance(said, int) else f"{said:,g}")
        return str(said)

    def _name(self, name: Name) -> str:
        """A name as people read it; in English as data have it, since there the words are the same."""
        own = name.code.replace("_", " ")
        return own if self.code == BASE else self.words.get(f"{name.kind}.{name.code}", own)

    def _text(self, text: str) -> str:
        if not text or self.code == BASE:
            return text
        parts = text.split(REASONS)
        matched = [self._match(part) for part in parts]
        if found := self.list(matched) if all(matched) else self._match(text):
            return found
        told = [self.kit(part) for part in parts] if len(parts) > 1 else parts
        if told != parts:
            return self.list(told)
        mark = next((mark for mark in PARTS if mark in text), "") if len(parts) == 1 else ""
        return mark.join(self.kit(part) for part in text.split(mark)) if mark else text

    def _match(self, text: str) -> str:
        """What one of the kit's own sentences becomes; empty for any other text."""
        for pattern in self.patterns:
            if found := pattern.match.fullmatch(text):
                return self.say(pattern.key, **{name: self._inner(value) for name, value in found.groupdict().items()})
        return ""

    def _inner(self, text: str) -> str:
        """A number, a group's name or other words of the kit within a sentence of it."""
        return self.number(text) if DIGITS.fullmatch(text) else self.words.get(f"groups.{text}") or self.kit(text)


def in_english(said: object) -> str:
    """A remark as tables and files show it: in English, names as data have them."""
    return read_language(BASE).worded(said, lambda name: name.code)


@cache
def read_language(code: str) -> Language:
    """A language by the name of its file in report/words.

    Raises:
        SpecError: there is no such file, or it lacks a key of en.yaml, or holds one that en.yaml does not.
    """
    base = _words(BASE)
    shipped = sorted(path.stem for path in WORDS.glob("*.yaml"))
    if code not in shipped:
        raise SpecError(
            "no words in this language", where="languages", found=code, allowed=shipped, do="add its file to fltoolkit/languages"
        )
    words = _words(code)
    for problem, keys in (("keys are missing", base.keys() - words.keys()), ("keys are unknown", words.keys() - base.keys())):
        if keys:
            raise SpecError(problem, where=f"{code}.yaml", found=sorted(keys), do="it holds the same keys as en.yaml")
    if wrong := [key for key, text in words.items() if not set(PLACE.findall(text)) <= set(PLACE.findall(base[key]))]:
        raise SpecError("placeholders differ from en.yaml's", where=f"{code}.yaml", found=wrong, do="use those of en.yaml")
    kit = {key: text for key, text in base.items() if key.startswith(KIT)}
    longest = sorted(kit, key=lambda key: len(PLACE.sub("", kit[key])), reverse=True)
    return Language(code, words, tuple(Pattern(key, _pattern(kit[key])) for key in longest))


def _words(code: str) -> dict[str, str]:
    """All sentences of a language, with their keys."""
    paths = [WORDS / f"{code}.yaml", *sorted(WORDS.glob(f"*/{code}.yaml"))]
    return {key: text for path in paths for key, text in _flat(load_yaml(path)).items()}


def _pattern(template: str) -> re.Pattern[str]:
    """Words with placeholders as a pattern; a placeholder in capitals (`{N}`) stands for a number."""
    parts = PLACE.split(template)  # text, name, text, name, text
    text = [f"(?P<{p}>{DIGITS.pattern if p.isupper() else '.+?'})" if i % 2 else re.escape(p) for i, p in enumerate(parts)]
    return re.compile("".join(text), re.DOTALL)


def _flat(node: Any, key: str = "") -> dict[str, str]:
    return dict(_leaves(node, key))


def _leaves(node: Any, key: str) -> Iterator[tuple[str, str]]:
    """Each sentence with its key, the steps joined by dots; those of a list are numbered."""
    if isinstance(node, (dict, list)):
        for step, below in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _leaves(below, f"{key}.{step}" if key else str(step))
    else:
        yield key, str(node)
