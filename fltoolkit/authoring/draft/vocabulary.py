"""Compares labels and names with known words (vocabulary.yaml) to recognise columns and codes. Reads from the
label of a question which of its answers means that forced labour happened; unclear labels get no meaning."""

from __future__ import annotations

import re
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


# ------------------------------------------------------------------------- which answer says that it happened

ARTICLES = ("the", "your", "* el", "* su", "el", "su", "o", "* o", "o seu", "* o seu", "le", "votre", "l")
ABOUT_ELSE = ", and may be about something else"


def why_unclear(label: str, key: str) -> str:
    """Returns the reason, in words, why a question's label is unclear: it does not show whether *yes* or *no*
    means that something happened. For example, the answer "no" to "Could you leave?" means coercion. Returns
    an empty text if the label is clear.

    Args:
        label: the label of the question.
        key: the key of survey.yaml for the question, such as items.coercion.debt_bondage.
    """
    words = vocabulary().polarity
    if not label:
        return "only the name of the column says what it is"
    if not re.search("[a-z]", normalised(label)):
        return "the kit does not know the words of its language"
    if key.endswith("no_freedom_to_leave"):
        return "the question is asked in both directions"
    of_harm = key.startswith("items") or key == "trafficking"
    if reason := why_doubtful(label, of_harm):
        return reason
    if of_harm and not (
        count_hits(words.happened, label)
        or (count_hits(words.taken, label) and count_hits(words.belongings, label))
    ):
        if found := first_hit(words.unpaid, label):
            return f"it holds {found!r}: work that nobody imposed goes under any_work"
        return "no word of it says that it happened"
    rest = without_words(words.harmless, label)
    unknown = without_words(
        (*words.happened, *words.taken, *words.belongings, *words.witnessed, *words.known), rest
    ).split()
    unknown = [word for word in unknown if not word.isdigit()]
    return f"it holds {unknown[0]!r}" if unknown else ""


def why_doubtful(label: str, of_harm: bool) -> str:
    """Returns the word of a question's label that may turn its answers around, in words, such as `it holds
    'could'`; empty if there is none. `of_harm` says whether the question asks what was done to the person,
    and not what work the person did."""
    words = vocabulary().polarity
    rest = without_words(words.harmless, label)
    for doubtful, why in (
        (words.negation, ""),
        (words.others, ABOUT_ELSE),
        (words.reversed if of_harm else words.sought, ""),
    ):
        if found := first_hit(doubtful, rest):
            return f"it holds {found!r}{why}"
    found = first_hit(_done_to_employer(), rest) if of_harm else ""
    return f"it holds {found!r}{ABOUT_ELSE}" if found else ""


@cache
def _done_to_employer() -> tuple[str, ...]:
    """Returns phrases that say that something was done to the employer, and not by the employer: "employer
    punished", "punished the employer"."""
    words = vocabulary().polarity
    after = [f"{doer} {verb}" for doer in words.doers for verb in words.suffers]
    before = [
        f"{verb} {between} {doer}" for doer in words.doers for verb in words.suffers for between in ARTICLES
    ]
    return (*after, *before)


def is_witnessed(label: str) -> bool:
    """Returns whether the label of a question says that it may be about what happened to other workers, not
    to the person."""
    return bool(first_hit(vocabulary().polarity.witnessed, label))
