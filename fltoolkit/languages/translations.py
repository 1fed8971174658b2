"""Lists the texts of survey.yaml and nap.yaml that lack a translation for the documents, in sentences at the end of a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fltoolkit.languages.language import Language, read_language
from fltoolkit.languages.marked_text import languages_marked
from fltoolkit.languages.own_words import OwnWords, Place
from fltoolkit.languages.word_files import BASE


def lacking(words: OwnWords, language: Language) -> list[Place]:
    """Returns where texts without a translation are, as file and keys. A text lacks a translation into a language if neither its
    own file nor the kit has words for it.
    """
    told = language.about(words)
    return [place for text, place in words.places.items() if languages_marked(told.own(text))]


def without_translation(words: OwnWords, codes: Iterable[str]) -> tuple[str, ...]:
    """Returns one English sentence for each language in which translations are missing: how many texts lack one, and under which
    keys of which file they are.
    """
    missing = {code: lacking(words, read_language(code)) for code in codes}
    names = {code: read_language(BASE).name_of(code) for code in missing}
    return tuple(
        f"{len(places)} text{'s have' if len(places) > 1 else ' has'} no {names[code]}. {_by_file(places)}."
        for code, places in missing.items()
        if places
    )


def _by_file(places: Sequence[Place]) -> str:
    """Returns where some texts are, as one text sorted by file: `nap.yaml: title, goal; survey.yaml: round`."""
    files = dict.fromkeys(file for file, _ in places)
    return "; ".join(f"{file}: {', '.join(key for its, key in places if its == file)}" for file in files)
