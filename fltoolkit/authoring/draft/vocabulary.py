"""Compares labels and names with known words (vocabulary.yaml) to recognise columns and codes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeVar

from fltoolkit.survey.spec.questions import CoercionItem, ExceptionKind, InvoluntaryItem
from fltoolkit.yaml_files.loading import Model, Names, load_model

K = TypeVar("K", bound=str)


class VocabularyWords(Model):
    """What a column is called, in its name and in its label; `never`: words of labels that it does not have."""

    names: Names
    labels: Names
    never: Names = ()


class AnswerWords(Model):
    """What a value label says: whole labels by the answer that they are, and single words by what they add to one."""

    phrases: dict[str, Names]
    words: dict[str, Names]


class PolarityWords(Model):
    """The words of a question's label that tell, or leave in doubt, which answer means that it happened."""

    harmless: Names
    negation: Names
    reversed: Names
    happened: Names
    taken: Names
    belongings: Names
    known: Names
    doers: Names
    suffers: Names
    others: Names
    sought: Names
    witnessed: Names


class Vocabulary(Model):
    """The whole of vocabulary.yaml. Of kinds listed in order, the first that fits counts."""

    answers: AnswerWords
    polarity: PolarityWords
    columns: dict[str, VocabularyWords]
    involuntary: dict[InvoluntaryItem, Names]
    coercion: dict[CoercionItem, Names]
    form: dict[str, Names]
    place: dict[str, Names]
    module: dict[str, Names]
    isic: dict[str, Names]
    main_job: Names
    exceptions: dict[ExceptionKind, Names]
    within_limits: Names
    children: Names
    parents: Names
    categories: dict[str, dict[str, Names]]


@cache
def vocabulary() -> Vocabulary:
    """The words the kit ships."""
    return load_model(Path(__file__).with_name("vocabulary.yaml"), Vocabulary)


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """A text prepared for comparison: lower case without accents, words separated by one blank, digits as separate words."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)", " ", bare)
    return " ".join(re.findall(r"[^\W_]+", parted.casefold()))


@cache
def _pattern(word: str) -> re.Pattern[str]:
    tokens = [r"\w*".join(re.escape(plain(part)) for part in token.split("*")) for token in word.split()]
    return re.compile(rf"\b{' '.join(tokens)}\b")


def hits(words: Sequence[str], text: str) -> int:
    """How many of the words a text holds."""
    compared = plain(text)
    return sum(_pattern(word).search(compared) is not None for word in words)


def first_hit(words: Sequence[str], text: str) -> str:
    """The first of the words that occurs in a text, as it is written there. Empty if none does."""
    compared = plain(text)
    return next((found.group() for word in words if (found := _pattern(word).search(compared))), "")


def without(words: Sequence[str], text: str) -> str:
    """A text as it is compared, less the words."""
    compared = plain(text)
    for word in words:
        compared = _pattern(word).sub(" ", compared)
    return " ".join(compared.split())


def kind_of(label: str, kinds: Mapping[str, Sequence[str]]) -> str | None:
    """The first kind one of whose words a label holds. None: no kind."""
    return next((kind for kind, words in kinds.items() if hits(words, label)), None)


def only_kind_of(label: str, kinds: Mapping[K, Sequence[str]]) -> K | None:
    """The one kind whose words a label holds. None: no kind, or several."""
    found = [kind for kind, words in kinds.items() if hits(words, label)]
    return found[0] if len(found) == 1 else None
