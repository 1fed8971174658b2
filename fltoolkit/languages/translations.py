"""Lists the texts of survey.yaml and nap.yaml that the documents need but that are not translated. At its
end, a run prints the number of these texts, and where they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from fltoolkit.languages.collected_texts import OwnWords, Place
from fltoolkit.languages.language import Language, read_language
from fltoolkit.languages.marked_text import languages_marked
from fltoolkit.languages.word_files import BASE


def lacking(words: OwnWords, language: Language) -> list[Place]:
    """Returns the places of all texts that have no translation into a language, neither in their own file nor
    in the kit. A place is a file and the keys that lead to the text."""
    filled = language.about(words)
    return [place for text, place in words.places.items() if languages_marked(filled.own(text))]


def lacking_in_each(words: OwnWords, codes: Iterable[str]) -> dict[str, list[Place]]:
    """Returns, for each of these languages, the places of the texts that are not translated into it.
    Languages that lack no text are left out.
    """
    found = {code: lacking(words, read_language(code)) for code in codes}
    return {code: places for code, places in found.items() if places}


def without_translation(missing: Mapping[str, Sequence[Place]]) -> tuple[str, ...]:
    """Returns one English sentence per language that lacks translations. The sentence says how many texts are
    not translated, and in which parts of which file they are.

    Args:
        missing: the places by language, as `lacking_in_each` gives them.
    """
    names = {code: read_language(BASE).name_of(code) for code in missing}
    return tuple(
        f"{len(places)} text{'s have' if len(places) > 1 else ' has'} no {names[code]}. {_by_file(places)}."
        for code, places in missing.items()
    )


def _by_file(places: Sequence[Place]) -> str:
    """Returns the places as one text, file by file, such as `nap.yaml: title, legal_basis (3); survey.yaml:
    round`."""
    files = dict.fromkeys(file for file, _ in places)
    return "; ".join(
        f"{file}: {', '.join(_by_part([key for its, key in places if its == file]))}" for file in files
    )


def _by_part(keys: Sequence[str]) -> list[str]:
    """Returns the places in one file at which texts are not translated. `keys` are the keys of these texts.
    If several keys have the same first part, the result has this part and the number of the texts:
    `legal_basis (3)`. Otherwise the result has the whole key."""
    parts: dict[str, list[str]] = {}
    for key in keys:
        parts.setdefault(key.partition(".")[0], []).append(key)
    return [of[0] if len(of) == 1 else f"{part} ({len(of)})" for part, of in parts.items()]
