"""Reads from the label of a question which of its answers means that forced labour happened. Unclear labels
get no meaning."""

from __future__ import annotations

import re
from functools import cache

from fltoolkit.authoring.draft.vocabulary import first_hit, vocabulary, without_words
from fltoolkit.survey.classifications.answer_labels import count_hits, normalised

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
