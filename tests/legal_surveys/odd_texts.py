"""Finds odd places in texts that a reader meets: values without words, empty places, braces that nothing filled, and words of
another language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

ODD = {
    "a value without words": re.compile(
        r"(^|[|=:(\[>’'] ?| )(nan|NaN|NaT|<NA>|None(?=$| ?[|,;.)\]<'’]))(?![\w-])"
    ),
    "an unfilled place": re.compile(r"\{[a-z_]*\}|%\(\w+\)s|\{\{"),
    "an empty place": re.compile(r"\(\s*\)|: \.|\bof \.|«\s*»|“\s*”|,\s*,|\s,|\.\s\.(?!\.)"),
}
# Short words that occur in nearly each sentence of one language and in none of the others.
TELLING = {
    "en": re.compile(r"\b(the|of|and|with|which|from|were|was)\b", re.IGNORECASE),
    "fr": re.compile(r"\b(les|des|du|dans|et|avec|qui|une|sont|au)\b", re.IGNORECASE),
    "es": re.compile(r"\b(los|las|del|con|una|el|por|para)\b", re.IGNORECASE),
}
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n")


def odd_places(lines: Iterable[str], language: str = "") -> Iterator[tuple[str, str]]:
    """Yields (what is odd, the sentence) of each odd sentence. With a language, sentences that mix it with another are odd."""
    for line in lines:
        for sentence in SENTENCE.split(line):
            yield from ((what, sentence) for what, pattern in ODD.items() if pattern.search(sentence))
            if language and (others := _languages(sentence) - {language}):
                yield f"{language} and {', '.join(sorted(others))} in one sentence", sentence


def _languages(sentence: str) -> set[str]:
    """Returns the languages of which a sentence has at least two telling words."""
    return {code for code, words in TELLING.items() if len(words.findall(sentence)) >= 2}
