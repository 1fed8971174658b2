"""Writes the first text of a notebook: the main numbers, then a short list. The list says how precise the
numbers are, how many persons are unresolved, what has changed, and on which facts the numbers are based."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.languages.language import Language
from fltoolkit.publish.published_set import ChangeSet, Published, RunSet
from fltoolkit.show.wording import change_sentences, number_words, result_sentences
from fltoolkit.show.wording.english_numbers import ENGLISH, PublishedNumber
from fltoolkit.show.wording.section_words import ITALIC, Sentences, Words, bold

COUNTS = ("prevalence", "total")
Rows = list[PublishedNumber]


@checked
def headline(out: RunSet, found: ChangeSet | None = None) -> Words:
    """Returns the first text of a notebook. It has the rate and the number of persons for each population
    whose rate is always shown, such as adults and children. A list below them says how certain these numbers
    are, and on which facts they are based.

    Args:
        found: the changes since an earlier round, from `fl.changes`; None for none.
    """
    more = {
        "time": [
            result_sentences.sentence(ENGLISH, r)
            for rows in _headline_populations(out)
            for r in rows
            if r["measure"] not in COUNTS
        ],
        "change": change_sentences.of_headline(found, ENGLISH) if found else (),
    }
    return Sentences("\n\n".join([*lead(out), _listed(out, more)]))


def lead(out: Published, populations: Collection[object] = ()) -> list[str]:
    """Returns the sentences with which `headline` begins: the rate and the number of persons for each
    population whose rate is always shown, or for those of them that `populations` names, if there are any.
    Only the first number says the period."""
    every = _headline_populations(out)
    named = [rows for rows in every if rows[0]["reference_population"] in populations] or every
    counts = [[row for row in rows if row["measure"] in COUNTS] for rows in named]
    first = next((row for rows in counts for row in rows if pd.notna(row["estimate"])), None)
    return [text for rows in counts for text in _numbers(ENGLISH, rows, first)]


@checked
def how_sure(out: RunSet) -> Words:
    """Returns the list of `headline` without what other sections of notebook 3 say: the main numbers, forced
    labour in time and the change since an earlier round."""
    return Sentences(_listed(out, {}))


def _listed(out: Published, more: Mapping[str, Sequence[str]]) -> str:
    """Returns a list that says how precise the main numbers are, how many persons are unresolved, and on
    which facts the numbers are based. `more` has the sentences of further lines, by the key of the words with
    which a line begins."""
    language, populations = ENGLISH, _headline_populations(out)
    unresolved = [
        result_sentences.unresolved(
            row, language, parents=result_sentences.asks_parents(out.table, row["reference_population"])
        )
        for row, *_ in populations
    ]
    said = {
        "sure": _with_populations(language, populations, [_doubts(language, rows) for rows in populations]),
        "open": _with_populations(language, populations, unresolved),
        **more,
        "basis": result_sentences.basis(out, language),
    }
    lines: list[str] = []
    for key, texts in said.items():
        head, shown = (
            f"- {bold(language.colon(language.say(f'headline.{key}'), '').strip())}",
            [text for text in texts if text],
        )
        if len(shown) > 1 and len(populations) > 1:
            lines += [head, *(f"    - {text}" for text in shown)]
        elif shown:
            lines.append(f"{head} {' '.join(shown)}")
    reach = result_sentences.coverage(out, language)
    return "\n".join([*lines, *([f"- {reach}"] if reach else [])])


def _headline_populations(out: Published) -> list[Rows]:
    """Returns the published rows of each population whose rate is always shown."""
    rows = result_sentences.headline_rows(out)
    return [list(part) for _, part in groupby(rows, key=itemgetter("reference_population"))]


def _numbers(language: Language, rows: Rows, with_period: PublishedNumber | None) -> list[str]:
    """Returns sentences with the rate of a population, in bold letters, and its number of persons. A number's
    flag, such as *use with caution*, stands behind its sentence. Only the sentence of the row `with_period`
    says the period."""
    rate, *rest = (result_sentences.statement(language, row, with_period=row is with_period) for row in rows)
    return [f"{text}{flag(language, row)}" for text, row in zip([bold(rate), *rest], rows, strict=True)]


def flag(language: Language, row: PublishedNumber) -> str:
    """Returns the flag of a number, such as *use with caution*, for the place behind its sentence. The text
    is empty if it has none."""
    name = str(row["flag"])
    return (
        f" {ITALIC}{number_words.start(language.say(f'flags.{name}'))}.{ITALIC}"
        if name in result_sentences.CAREFUL
        else ""
    )


def _doubts(language: Language, rows: Rows) -> str:
    """Returns the reasons why the numbers of a population must be used with care, each reason once. If there
    is none, the text says so."""
    found = dict.fromkeys(
        text for row in rows if row["measure"] in COUNTS for text in result_sentences.doubts(language, row)
    )
    return " ".join(found) or language.say("headline.no_doubt")


def _with_populations(language: Language, populations: list[Rows], texts: list[str]) -> list[str]:
    """Returns the sentence of each population, each sentence once. If there are several populations, the
    names of those with this sentence come before it."""
    if len(populations) < 2:
        return texts
    names = [language.kit(rows[0]["reference_population_label"]) for rows in populations]
    who = {
        text: language.join(name for name, own in zip(names, texts, strict=True) if own == text)
        for text in texts
        if text
    }
    return [language.colon(number_words.start(name), text) for text, name in who.items()]
