"""Compares labels and names with known words (vocabulary.yaml) to recognise columns and codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

from fltoolkit.survey.classifications.answer_labels import (
    count_hits,
    label_words,
    normalised,
    word_pattern,
    words_there,
)
from fltoolkit.survey.spec.questions import CoercionItem, ExceptionKind, InvoluntaryItem
from fltoolkit.yaml_files.loading import Model, Names, load_model

K = TypeVar("K", bound=str)
FEWEST_WORDS = 12  # of labels; fewer do not show their language
KNOWN_SHARE = 0.33  # of the words of labels; in a known language about half or more are in the vocabulary


class VocabularyWords(Model):
    """Words by which the draft recognises a column, such as the weight: those in its name and those in its
    label. `never` lists words that the label of such a column never has."""

    names: Names
    labels: Names
    never: Names = ()


class PolarityWords(Model):
    """Words in the label of a question that show whether *yes* or *no* means that something bad happened, or
    that this is not clear. Comments in vocabulary.yaml say for each field what kind of words it lists."""

    harmless: Names
    negation: Names
    reversed: Names
    happened: Names
    unpaid: Names
    taken: Names
    belongings: Names
    known: Names
    doers: Names
    suffers: Names
    others: Names
    sought: Names
    witnessed: Names


class Vocabulary(Model):
    """The content of vocabulary.yaml: all words by which the draft recognises columns and codes. If a label
    has words of several kinds, some functions take the first kind, so the order matters."""

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
    """Returns the vocabulary that comes with the kit."""
    read = load_model(Path(__file__).with_name("vocabulary.yaml"), Vocabulary)
    return read.model_copy(update={"categories": read.categories | {"sex": label_words().sex}})


def first_hit(words: Sequence[str], text: str) -> str:
    """Returns the first of `words` that is in the text, as the text writes it, but in lower case and without
    accents. Returns an empty text if none is there. In a word, `*` stands for any letters."""
    return next((found.group() for found in words_there(words, normalised(text))), "")


def without_words(words: Sequence[str], text: str) -> str:
    """Returns a text without the given words, in lower case and without accents. In a word, `*` stands for
    any letters."""
    compared = normalised(text)
    for word in words:
        compared = word_pattern(word).sub(" ", compared)
    return " ".join(compared.split())


def knows_language(labels: Iterable[str]) -> bool:
    """Returns whether the labels of a file seem to be in a language of the vocabulary: a third of their words
    are in it. True if there are too few words to tell."""
    words = [
        word
        for label in set(labels)
        for word in normalised(label).split()
        if len(word) > 1 or not word.isascii()
    ]
    words = [word for word in words if not word.isdigit()]
    exact, beginnings = _all_words()
    known = sum(word in exact or word.startswith(beginnings) for word in words)
    return len(words) < FEWEST_WORDS or known >= KNOWN_SHARE * len(words)


@cache
def _all_words() -> tuple[frozenset[str], tuple[str, ...]]:
    """Returns all single words of the vocabulary, and the beginnings of those that end in `*`."""
    texts = _texts((vocabulary().model_dump(), label_words().model_dump()))
    written = {word.strip('"') for text in texts for word in text.split()}
    beginnings = tuple(normalised(word) for word in written if word.endswith("*") and len(word) > 4)
    return frozenset(normalised(word) for word in written), tuple(filter(None, beginnings))


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, (dict, tuple, list)):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from _texts(inner)


def kind_of(label: str, kinds: Mapping[str, Sequence[str]]) -> str | None:
    """Returns the kind of a question, found from the words of its label: the first kind with a word that
    occurs in the label. `kinds` gives the words of each kind. Returns None if no word occurs."""
    return next((kind for kind, words in kinds.items() if count_hits(words, label)), None)


def only_kind_of(label: str, kinds: Mapping[K, Sequence[str]]) -> K | None:
    """Returns the kind of a question, found from the words of its label, if exactly one kind has a word that
    occurs in the label. Otherwise returns None."""
    found = [kind for kind, words in kinds.items() if count_hits(words, label)]
    return found[0] if len(found) == 1 else None
