"""Which own texts of a survey and its plan lack a language of the documents, in sentences for the end of a run."""

from __future__ import annotations

from collections.abc import Iterable

from fltoolkit.languages.language import Language, read_language
from fltoolkit.languages.marked_text import languages_marked
from fltoolkit.languages.own_words import OwnWords
from fltoolkit.languages.word_files import BASE


def lacking(words: OwnWords, language: Language) -> list[str]:
    """The texts that neither their file nor the kit has in a language, each by its place: `nap.yaml: framework.0.statement`."""
    told = language.about(words)
    return [": ".join(place) for text, place in words.places.items() if languages_marked(told.own(text))]


def without_translation(words: OwnWords, codes: Iterable[str]) -> tuple[str, ...]:
    """A sentence in English for each of these languages that some own texts lack."""
    missing = {code: lacking(words, read_language(code)) for code in codes}
    names = {code: read_language(BASE).name_of(code) for code in missing}
    return tuple(
        f"{len(places)} text{'s have' if len(places) > 1 else ' has'} no {names[code]}: {'; '.join(places)}."
        for code, places in missing.items()
        if places
    )
