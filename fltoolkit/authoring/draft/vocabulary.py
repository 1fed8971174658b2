"""Compares labels and names with known words (vocabulary.yaml) to recognise columns and codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

from fltoolkit.survey.classifications.answer_labels import count_hits, label_words, normalised, word_pattern
from fltoolkit.survey.spec.questions import CoercionItem, ExceptionKind, InvoluntaryItem
from fltoolkit.yaml_files.loading import Model, Names, load_model

K = TypeVar("K", bound=str)


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
    compared = normalised(text)
    return next((found.group() for word in words if (found := word_pattern(word).search(compared))), "")


def without_words(words: Sequence[str], text: str) -> str:
    """Returns a text without the given words, in lower case and without accents. In a word, `*` stands for
    any letters."""
    compared = normalised(text)
    for word in words:
        compared = word_pattern(word).sub(" ", compared)
    return " ".join(compared.split())


def kind_of(label: str, kinds: Mapping[str, Sequence[str]]) -> str | None:
    """Returns the kind of a question, found from the words of its label: the first kind with a word that
    occurs in the label. `kinds` gives the words of each kind. Returns None if no word occurs."""
    return next((kind for kind, words in kinds.items() if count_hits(words, label)), None)


def only_kind_of(label: str, kinds: Mapping[K, Sequence[str]]) -> K | None:
    """Returns the kind of a question, found from the words of its label, if exactly one kind has a word that
    occurs in the label. Otherwise returns None."""
    found = [kind for kind, words in kinds.items() if count_hits(words, label)]
    return found[0] if len(found) == 1 else None
