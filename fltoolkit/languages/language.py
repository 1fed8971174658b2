"""Reads the words of one language from its files in this folder: sentences, labels, formats of numbers.

The main file of a language is `xx.yaml`, where xx is the code of the language. Further files are in folders
beside it, such as `kit/xx.yaml`. Every language has the same keys as English. A placeholder is `{name}`. The
value of a placeholder is inserted unchanged, even if it looks like a placeholder itself.

The keys below `kit` are the words of remarks. A remark is what the kit says about a number in a table: the
reason why the number is hidden, a verdict, or a category of a standard (see `reasons`). Labels that a survey
gives are not in these files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any, Protocol, runtime_checkable

from fltoolkit.errors import RequestError, SpecError
from fltoolkit.languages.collected_texts import OwnWords
from fltoolkit.languages.marked_text import mark, starred
from fltoolkit.languages.own_text import OwnText
from fltoolkit.languages.word_files import BASE, WORDS, files_of, shipped_languages
from fltoolkit.yaml_files.loading import load_yaml

PLACE = re.compile(r"\{(\w+)\}")
SPACE = {"narrow": "\u202f", "none": "", "comma": ",", "point": ".", "space": "\u00a0"}
KIT = "kit."


@runtime_checkable
class Worded(Protocol):
    """The interface of a value that can be put in words in each language, such as the reason why a number is
    hidden (`reasons.Remark`)."""

    def in_words(self, language: Language) -> str: ...


@dataclass(frozen=True)
class Language:
    """The words of one language, such as English or French. All sentences, labels and number formats of the
    documents come from here.

    Attributes:
        code: en, fr, …, as in the `lang` of a page.
        words: each sentence by its key. The parts of a key are joined by dots.
        own_words: texts that users wrote in survey.yaml and nap.yaml, with translations. None: no translation
            of such texts is looked up.
        stars: whether only a star marks a text that is not translated, as in a picture or in a cell of the
            workbook.
    """

    code: str
    words: Mapping[str, str]
    own_words: OwnWords | None = None
    stars: bool = False

    def about(self, own_words: OwnWords) -> Language:
        """Returns this language together with the texts that users wrote in survey.yaml and nap.yaml (titles,
        labels). Documents about this survey and plan then find the translations of these texts."""
        return replace(self, own_words=own_words)

    def with_stars(self) -> Language:
        """Returns this language for places without italics, such as a picture or a cell of a workbook. A text
        that is not translated then gets only a star.
        """
        return replace(self, stars=True)

    def own(self, text: str) -> str:
        """Returns a text in this language. If a user wrote the text in survey.yaml or nap.yaml (a label, for
        example), the result is its translation from this file. If the file has no translation, the text is
        marked as a text in the file's language. All other texts are returned unchanged."""
        found = self.own_words.texts.get(text) if self.own_words else None
        return text if found is None else self.translated(found)

    def translated(self, text: OwnText) -> str:
        """Returns a text of the user in this language, from the translations that the text itself contains.
        If the text has no translation into this language, it is marked as a text in its file's language.
        """
        if words := text.in_language(self.code):
            return words
        marked = mark(text, text.language)
        return starred(marked) if self.stars else marked

    def by_group(self, name: str) -> str:
        """Returns the words for a group after *by*, as in a title "by sex": `sex` in English, `le sexe` in
        French. If survey.yaml has a label for the group, the words are made from this label."""
        name = self._survey_name(name)
        own = self.own_words and name in self.own_words.labels
        return (
            self.say("by_groups.own", label=self.group(name))
            if own
            else self.words.get(f"by_groups.{name}", self.group(name))
        )

    def name_of(self, code: str) -> str:
        """Returns the name of another language in this language: `fr` gives `French` in English. If this
        language has no word for the other language, returns the name in that language itself: `Français`."""
        key = f"own_words.languages.{code}"
        return self.words[key] if key in self.words else read_language(code).words["language"]

    def group(self, name: str) -> str:
        """Returns the name of a group (a breakdown such as sex): the label in survey.yaml, or the kit's word
        if survey.yaml has none."""
        name = self._survey_name(name)
        own = self.own_words.labels.get(name) if self.own_words else None
        return self.own(own) if own else self.words.get(f"groups.{name}", name.replace("_", " "))

    def _survey_name(self, group: str) -> str:
        """Returns the name that the survey has for a group of the plan, so that a document has one word for
        this group."""
        return self.own_words.same_groups.get(group, group) if self.own_words else group

    def say(self, key: str, /, **values: object) -> str:
        """Returns the sentence of a key with its placeholders filled.

        Raises:
            SpecError: a key or a placeholder is missing; the message names the file.
        """

        def put(found: re.Match[str]) -> str:
            if found[1] not in values:
                raise SpecError(
                    "no such placeholder",
                    where=f"{self.code}.yaml: {key}",
                    found=found[0],
                    allowed=sorted(values),
                )
            return str(values[found[1]])

        if key not in self.words:
            raise SpecError(
                "this key is missing", where=f"{self.code}.yaml", found=key, do="add it, as en.yaml has it"
            )
        return PLACE.sub(put, self.words[key])

    def places(self, code: str) -> set[str] | None:
        """Returns the names of the placeholders in the sentence of a remark: `{"number"}` for a sentence with
        `{number}`. `code` is the key of the sentence below `kit`. Returns None if there is no such key."""
        return set(PLACE.findall(self.words[KIT + code])) if KIT + code in self.words else None

    def has(self, key: str) -> bool:
        return key in self.words

    def each(self, key: str, **values: object) -> tuple[str, ...]:
        """Returns all sentences of a list in the language file, with their placeholders filled. `key` names
        the list.

        Raises:
            SpecError: there is no such list.
        """
        found = [name for name in self.words if name.rpartition(".")[0] == key]
        if not found:
            raise SpecError(
                "this list is missing", where=f"{self.code}.yaml", found=key, do="add it, as en.yaml has it"
            )
        return tuple(self.say(name, **values) for name in found)

    def number(self, text: str) -> str:
        """Returns a number as this language writes it: `6,290` and `17.2`, written in the English way, become
        `6 290` and `17,2` in French. A number that is already in French is refused: its decimal comma would
        become a space between thousands.

        Raises:
            RequestError: the text is not a number written in the English way.
        """
        if not _is_english(text):
            raise RequestError(
                "not a number written in the English way",
                found=text,
                do="put each number in its language once",
            )
        marks = {
            ",": SPACE[self.words["format.thousands"]],
            ".": SPACE[self.words["format.decimal"]],
            "-": "−",
        }
        return "".join(marks.get(letter, letter) for letter in text)

    def join(self, parts: Iterable[str]) -> str:
        """Returns a list of texts as one text, with the commas and the *and* of this language: `a, b and c`
        in English."""
        *first, last = list(parts) or [""]
        return self.say("format.and", first=", ".join(first), last=last) if first else last

    def list(self, parts: Iterable[str]) -> str:
        """Returns a list of texts as one text, separated by semicolons: `a; b; c`."""
        return self.words["format.semicolon"].join(parts)

    def colon(self, what: str, words: str) -> str:
        """Returns two texts joined by a colon. The spaces around the colon are those of this language: `what:
        words` in English, with a space before the colon in French."""
        return self.say("format.colon", what=what, said=words)

    def kit(self, words: object) -> str:
        """Returns the text of a table cell in this language. `words` is the content of the cell: a remark of
        the kit (such as a reason or a verdict), or a text of the survey or the plan. A missing value gives an
        empty text."""
        if isinstance(words, Worded):
            return words.in_words(self)
        return "" if words is None or words != words else self.own(str(words))


def _is_english(number: str) -> bool:
    """Returns whether a number is written in the English way: only in ASCII characters, and with exactly
    three digits after each comma."""
    _, *thousands = number.partition(".")[0].split(",")
    return number.isascii() and all(len(part) == 3 and part.isdigit() for part in thousands)


@cache
def read_language(code: str) -> Language:
    """Returns the words of the language with a code, such as `fr`.

    Raises:
        SpecError: the kit has no such language; the file of the language lacks a key of en.yaml; the file has
            a key that en.yaml does not have.
    """
    if code == BASE:
        return Language(code, _EnglishWords())
    base, shipped = read_language(BASE).words, shipped_languages()
    if code not in shipped:
        raise SpecError(
            "no words in this language",
            where="languages",
            found=code,
            allowed=shipped,
            do="add its file to fltoolkit/languages",
        )
    words = _words(code)
    for problem, keys in (
        ("keys are missing", base.keys() - words.keys()),
        ("keys are unknown", words.keys() - base.keys()),
    ):
        if keys:
            raise SpecError(
                problem, where=f"{code}.yaml", found=sorted(keys), do="it holds the same keys as en.yaml"
            )
    if wrong := [
        key for key, text in words.items() if not set(PLACE.findall(text)) <= set(PLACE.findall(base[key]))
    ]:
        raise SpecError(
            "placeholders differ from en.yaml's",
            where=f"{code}.yaml",
            found=wrong,
            do=("use those of en.yaml"),
        )
    return Language(code, words)


class _EnglishWords(Mapping[str, str]):
    """All English sentences, as {key: sentence}. Every import of the kit needs the words of remarks, so the
    file `kit/en.yaml` is read alone. The other files are read only when a sentence that is not in this file
    is needed.
    """

    @cached_property
    def _of_remarks(self) -> dict[str, str]:
        return _flat(load_yaml(WORDS / "kit" / f"{BASE}.yaml"))

    @cached_property
    def _every(self) -> dict[str, str]:
        return _words(BASE)

    def __getitem__(self, key: str) -> str:
        return self._of_remarks[key] if key in self._of_remarks else self._every[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._every)

    def __len__(self) -> int:
        return len(self._every)


def _words(code: str) -> dict[str, str]:
    """Returns all sentences of a language, as {key: sentence}. A key is `format.colon`, for example."""
    return {key: text for path in files_of(code) for key, text in _flat(load_yaml(path)).items()}


def _flat(node: Any, key: str = "") -> dict[str, str]:
    return dict(_leaves(node, key))


def _leaves(node: Any, key: str) -> Iterator[tuple[str, str]]:
    """Yields each sentence with its key. The parts of a key are joined by dots; the items of a list are
    numbered."""
    if isinstance(node, (dict, list)):
        for step, below in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _leaves(below, f"{key}.{step}" if key else str(step))
    else:
        yield key, str(node)
