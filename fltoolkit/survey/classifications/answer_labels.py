"""Reads the meaning of the labels of codes in SPSS and Stata files: the codes that mean *yes*, *don't know*,
or *women*. Unclear labels get no meaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path

from fltoolkit.yaml_files.loading import Model, Names, load_model

UNRESOLVED = {"dont_know", "refused", "not_stated"}
NUMBERED = re.compile(r"^\s*\(?(?:\d+|[A-Za-z])\s*[).:=\-–]+\s*")  # "77 - Recusa", "b) Non"


class LabelWords(Model):
    """The content of answer_words.yaml: words by which the meaning of a code is recognised from its label.

    Attributes:
        phrases: for each meaning, whole labels that have it.
        words: single words by class, such as `negation` or `know`. The classes of all words in a label
            together give its meaning.
        sex: the words of labels for women (`f`) and men (`m`).
    """

    phrases: dict[str, Names]
    words: dict[str, Names]
    sex: dict[str, Names]


@cache
def label_words() -> LabelWords:
    """Returns the words that come with the kit."""
    return load_model(Path(__file__).with_name("answer_words.yaml"), LabelWords)


@lru_cache(maxsize=50_000)
def normalised(text: str) -> str:
    """Returns a text in the form in which texts are compared: lower case, without accents, one blank between
    words, and digits as separate words. `ÂgeAn2` becomes `age an 2`."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)", " ", bare)
    return " ".join(re.findall(r"[^\W_]+", parted.casefold()))


@cache
def word_pattern(word: str) -> re.Pattern[str]:
    """Returns a regular expression for a word, or for several, in a normalised text. In a word, `*` stands
    for any letters."""
    tokens = [r"\w*".join(re.escape(normalised(part)) for part in token.split("*")) for token in word.split()]
    return re.compile(rf"\b{' '.join(tokens)}\b")


@cache
def _any_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Returns the pattern of all words at once. Most texts have none of them, and one search shows it."""
    return re.compile("|".join(word_pattern(word).pattern for word in words) or r"(?!)")


def words_there(words: Sequence[str], compared: str) -> Iterator[re.Match[str]]:
    """Yields the places of those words that are in a normalised text."""
    if _any_pattern(tuple(words)).search(compared):
        yield from filter(None, (word_pattern(word).search(compared) for word in words))


def count_hits(words: Sequence[str], text: str) -> int:
    """Returns the number of words that occur in a text. Accents and capitals do not matter, and `*` stands
    for any letters: `weight*`."""
    return sum(1 for _ in words_there(words, normalised(text)))


@lru_cache(maxsize=50_000)
def answer_meaning(label: str) -> str | None:
    """Returns the meaning of a value label: `yes`, `no`, `dont_know`, `refused`, `not_applicable` or
    `not_stated`. Returns None if the label means something else or is not clear.

    A label means *yes* or *no* only if it says nothing else. For the other meanings, every word of the label
    must be in the vocabulary, and all must lead to the same meaning. For example, "No responde" is a refusal,
    and "No puede" has no known meaning.
    """
    compared = normalised(NUMBERED.sub("", label))
    if phrase := _phrases().get(compared):
        return phrase
    words = [word for word in compared.split() if not word.isdigit()]
    if not words:
        return None
    for kind in ("yes", "no"):
        if all(kind in _word_classes(word) for word in words):
            return kind
    found: set[str] = set()
    for word in words:
        classes = set(_word_classes(word)) - {"no"}
        if not classes or "yes" in classes:
            return None
        found |= classes
    return _answer_of(found - {"filler"})


def _answer_of(classes: set[str]) -> str | None:
    """Returns the answer that the words of a label give together, such as `dont_know` for the classes
    `negation` and `know`. `classes` are the classes of all words of the label, as in vocabulary.yaml. Returns
    None if they give no clear answer."""
    kinds = classes & {*UNRESOLVED, "not_applicable"}
    negated = {
        "know": "dont_know",
        "respond": "refused",
        "reply": "not_stated",
        "state": "not_stated",
        "apply": "not_applicable",
    }
    negations = classes & negated.keys()
    if "negation" in classes:
        if not negations:
            return None  # "did not refuse"
        kinds |= {negated[word] for word in negations}
    elif negations - {"respond"} or (negations and "refused" not in kinds):
        return None  # "knows", "answered"
    if len(kinds) == 1:
        return kinds.pop()
    return "dont_know" if kinds and kinds <= UNRESOLVED else None


@cache
def _phrases() -> dict[str, str]:
    return {normalised(phrase): kind for kind, phrases in label_words().phrases.items() for phrase in phrases}


@lru_cache(maxsize=10_000)
def _word_classes(word: str) -> tuple[str, ...]:
    """Returns the classes of vocabulary.yaml to which a word of a label belongs. For example, "no" belongs to
    `no` (the answer) and to `negation`."""
    words = label_words().words
    return tuple(kind for kind, known in words.items() if any(_fits_word(word, one) for one in known))


def _fits_word(word: str, known: str) -> bool:
    known = known if known.endswith("*") else normalised(known)
    return word.startswith(known[:-1]) if known.endswith("*") else word == known
