"""Reads the meaning of labels: the codes that mean *yes*, and the answers that mean that forced labour
happened. Unclear labels get no meaning."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from fltoolkit.authoring.draft.vocabulary import count_hits, first_hit, normalised, vocabulary, without_words

UNRESOLVED = {"dont_know", "refused", "not_stated"}
ARTICLES = ("the", "your", "* el", "* su", "el", "su", "o", "* o", "o seu", "* o seu", "le", "votre", "l")
ABOUT_ELSE = ", and may be about something else"
NUMBERED = re.compile(r"^\s*\(?(?:\d+|[A-Za-z])\s*[).:=\-–]+\s*")  # "77 - Recusa", "b) Non"


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
    return {
        normalised(phrase): kind
        for kind, phrases in vocabulary().answers.phrases.items()
        for phrase in phrases
    }


@lru_cache(maxsize=10_000)
def _word_classes(word: str) -> tuple[str, ...]:
    """Returns the classes of vocabulary.yaml to which a word of a label belongs. For example, "no" belongs to
    `no` (the answer) and to `negation`."""
    words = vocabulary().answers.words
    return tuple(kind for kind, known in words.items() if any(_fits_word(word, one) for one in known))


def _fits_word(word: str, known: str) -> bool:
    known = known if known.endswith("*") else normalised(known)
    return word.startswith(known[:-1]) if known.endswith("*") else word == known


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
