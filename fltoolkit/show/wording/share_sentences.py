"""Writes sentences on the shares of the cases: by category of a group, and the characteristics that most
cases have.

A sentence contains a number only if the number is reliable.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from fltoolkit.languages.language import Language, Worded
from fltoolkit.publish.published_set import Published
from fltoolkit.show.wording import number_words, result_sentences
from fltoolkit.show.wording.english_numbers import PublishedNumber
from fltoolkit.table_records import as_records

FEW = 3  # categories of which a sentence gives every number
LARGEST = 2  # shares in a sentence, if there are too many for it
HALF = 0.5  # of the cases
MEANS = ("involuntary", "coercion")
"""The topics of a profile that say how adults are made to work. The brief has these alone; the skeleton has
all topics."""


def shares(language: Language, rows: pd.DataFrame) -> str:
    """Returns, in words, the share of the cases that each category of a group has. If the group has many
    categories, the text has the largest of the reliable shares. If none is reliable, the text says so. `rows`
    are the published shares by the group."""
    records = as_records(rows)
    if not (told := largest(language, rows)):
        return language.say("slides.none_reliable", group=language.by_group(str(records[0]["breakdown"])))
    return each(language, records, "slides.shares") or told


def largest(language: Language, rows: pd.DataFrame) -> str:
    """Returns the largest of the reliable shares of the cases in a sentence. The text is empty if none is
    reliable."""
    sure = [
        row
        for row in as_records(rows)
        if not result_sentences.is_unsure(row) and not number_words.has_range(row)
    ]
    first = sorted(sure, key=lambda row: -row["estimate"])[:LARGEST]
    return language.say("slides.largest", numbers=_numbers(language, first)) if first else ""


def majority(language: Language, rows: pd.DataFrame, key: str = "slides.majority") -> str | None:
    """Returns a sentence with the characteristics that more than half of all cases have (the whole interval
    is above one half), the most frequent first. `rows` are the published shares of cases by characteristic,
    and `key` is that of the sentence. Returns None if there is no such characteristic, or if there are too
    many for a title."""
    sure = [r for r in as_records(rows) if not result_sentences.is_unsure(r) and r["ci_low"] > HALF]
    if not 1 <= len(sure) <= FEW:
        return None
    what = language.list(
        number_words.category(language, r) for r in sorted(sure, key=lambda row: -row["estimate"])
    )
    return number_words.start(
        language.say(key, who=language.kit(sure[0]["reference_population_label"]), what=what)
    )


def majorities(out: Published, language: Language) -> tuple[str, ...]:
    """Returns the sentence of `majority` on how people are made to work (`MEANS`), for each population that
    has one."""
    rows = out.own_rows(measure="profile")
    parts = rows[rows["breakdown"].isin(MEANS)].groupby("reference_population", sort=False)
    return tuple(told for _, part in parts if (told := majority(language, part)))


def each(language: Language, rows: Sequence[PublishedNumber], key: str) -> str | None:
    """Returns a sentence that lists the number of each category; categories whose number is too uncertain are
    named at its end. `key` is the key of the sentence in the language files. Returns None if no number is
    reliable, or if there are too many categories."""
    sure = [not result_sentences.is_unsure(r) for r in rows]
    if not any(sure) or len(rows) > FEW:
        return None
    named = list(zip(rows, sure, strict=True))
    who = language.kit(rows[0]["reference_population_label"])
    told = number_words.start(
        language.say(key, numbers=_numbers(language, [r for r, known in named if known]), who=who)
    )
    unknown = [number_words.category(language, r) for r, known in named if not known]
    return (
        language.list([told, language.say("slides.too_few", who=language.join(unknown))]) if unknown else told
    )


def _numbers(language: Language, rows: Sequence[PublishedNumber]) -> str:
    """Returns the number of each category in a list. A category of the kit begins with a small letter, and
    one of the survey as there."""
    named = ((number_words.category(language, row), row) for row in rows)
    words = (
        (number_words.inside(name) if isinstance(row["category"], Worded) else name, row)
        for name, row in named
    )
    return ", ".join(f"{name} {number_words.shown(language, row)}" for name, row in words)
