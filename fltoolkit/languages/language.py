"""The words of one language, from its files in this folder: sentences, labels, formats of numbers. Knows no room.

A language is `xx.yaml`. What would make that file too long stands in a folder beside it, as `kit/xx.yaml`. It holds the same keys as
English. A placeholder is `{name}`; what is put in its place is never read as a pattern, so that a survey's own text stays text. What
stands under `kit` are the words of remarks (see `reasons`): reasons, verdicts, categories of a standard. A survey's own labels stay as
the survey gives them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Protocol, runtime_checkable

from fltoolkit.errors import SpecError
from fltoolkit.languages.marked_text import mark, starred
from fltoolkit.languages.own_text import OwnText
from fltoolkit.languages.own_words import OwnWords
from fltoolkit.languages.word_files import BASE, files_of, shipped_languages
from fltoolkit.yaml_files.loading import load_yaml

PLACE = re.compile(r"\{(\w+)\}")
SPACE = {"narrow": "\u202f", "none": "", "comma": ",", "point": ".", "space": "\u00a0"}
KIT = "kit."


@runtime_checkable
class Worded(Protocol):
    """What has words of its own in each language: a remark."""

    def in_words(self, language: Language) -> str: ...


@dataclass(frozen=True)
class Language:
    """The words of one language.

    Attributes:
        code: en, fr, … as the `lang` of a page has it.
        words: each key, with dots, and its sentence.
        own_words: the own texts of the survey and the plan that a document is about.
        stars: whether a star alone marks what is not translated, as in a picture or a cell of a workbook.
    """

    code: str
    words: Mapping[str, str]
    own_words: OwnWords | None = None
    stars: bool = False

    def about(self, own_words: OwnWords) -> Language:
        """The language for documents about a survey and a plan with these own texts."""
        return replace(self, own_words=own_words)

    def with_stars(self) -> Language:
        """The language where nothing can be set in italics: in a picture, in a cell of a workbook."""
        return replace(self, stars=True)

    def own(self, text: str) -> str:
        """An own text of the survey or the plan in this language. What its file does not give in it stays, marked as of the file's language.

        Any other text stays as it is.
        """
        found = self.own_words.texts.get(text) if self.own_words else None
        return text if found is None else self.translated(found)

    def translated(self, text: OwnText) -> str:
        """An own text by the translations that it brings itself; without one in this language it is marked as of its file's language."""
        if said := text.said(self.code):
            return said
        marked = mark(text, text.language)
        return starred(marked) if self.stars else marked

    def by_group(self, name: str) -> str:
        """A group as it follows *by*: `sex`, `le sexe`; one with a label of the survey's own by that."""
        own = self.own_words and name in self.own_words.labels
        return self.say("by_groups.own", label=self.group(name)) if own else self.words.get(f"by_groups.{name}", self.group(name))

    def name_of(self, code: str) -> str:
        """What a language is called in this one; else its own name for itself."""
        key = f"own_words.languages.{code}"
        return self.words[key] if key in self.words else read_language(code).words["language"]

    def group(self, name: str) -> str:
        """What a group is called: by its own label, else by the kit's word for a group of that name."""
        own = self.own_words.labels.get(name) if self.own_words else None
        return self.own(own) if own else self.words.get(f"groups.{name}", name.replace("_", " "))

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
        """What the kit says (see `reasons`) in this language, and what the survey or the plan says itself; what is missing is empty."""
        if isinstance(said, Worded):
            return said.in_words(self)
        return "" if said is None or said != said else self.own(str(said))


@cache
def read_language(code: str) -> Language:
    """A language by the name of its file in this folder.

    Raises:
        SpecError: there is no such file, or it lacks a key of en.yaml, or holds one that en.yaml does not.
    """
    base = _words(BASE)
    shipped = shipped_languages()
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
    return Language(code, words)


def _words(code: str) -> dict[str, str]:
    """All sentences of a language, with their keys."""
    return {key: text for path in files_of(code) for key, text in _flat(load_yaml(path)).items()}


def _flat(node: Any, key: str = "") -> dict[str, str]:
    return dict(_leaves(node, key))


def _leaves(node: Any, key: str) -> Iterator[tuple[str, str]]:
    """Each sentence with its key, the steps joined by dots; those of a list are numbered."""
    if isinstance(node, (dict, list)):
        for step, below in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _leaves(below, f"{key}.{step}" if key else str(step))
    else:
        yield key, str(node)
