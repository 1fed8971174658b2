"""A language of marks: each text of the language files is replaced by its key between «», with the values in
its places. So a text without marks does not come from a language file."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import yaml

from fltoolkit.languages import word_files
from fltoolkit.languages.language import PLACE, Language, read_language
from fltoolkit.languages.marked_text import MARKED, STAR
from fltoolkit.languages.word_files import WORDS
from fltoolkit.show.wording.number_words import start

CODE = "zz"
MARK = re.compile(r"«[^»]*»")
LETTERS = re.compile(r"[^\W\d_]{2,}")
FORMAT = {
    "spreadsheet": "[$-40C]", "thousands": "narrow", "decimal": "comma", "percent": "{value}\u00a0%",
    "semicolon": "; ", "colon": "{what}: {said}", "interval": "{low} «» {high}", "and": "{first} «» {last}",
    "date": "{day} {month} {year}", "first_day": "1",
}  # fmt: skip


def marked(node: object, key: str = "") -> object:
    """Returns the texts with each sentence as `«key» {place} {place}`."""
    if isinstance(node, dict):
        return {
            step: FORMAT if step == "format" else marked(below, f"{key}.{step}" if key else step)
            for step, below in node.items()
        }
    if isinstance(node, list):
        return [marked(below, f"{key}.{i}") for i, below in enumerate(node)]
    return " ".join([f"«{key}»", *(f"{{{place}}}" for place in PLACE.findall(str(node)))])


def marked_language(folder: Path) -> Language:
    """Returns the language of marks. It is read from files that are written to the folder, one for each
    English file."""
    for file in (WORDS / "en.yaml", *WORDS.glob("*/en.yaml")):
        path = folder / file.relative_to(WORDS).with_stem(CODE)
        path.parent.mkdir(parents=True, exist_ok=True)
        english = file.read_text("utf-8")
        path.with_stem("en").write_text(english, "utf-8")
        path.write_text(
            yaml.safe_dump(marked(yaml.safe_load(english)), sort_keys=False, allow_unicode=True), "utf-8"
        )
    before, word_files.WORDS = word_files.WORDS, folder
    read_language.cache_clear()
    try:
        return read_language(CODE)
    finally:
        word_files.WORDS = before
        read_language.cache_clear()


def without_mark(text: str, own: set[str]) -> str:
    """Returns the rest of a text without marks, without text that is marked as another language, and without
    some names. It is empty if no word is left."""
    left = MARK.sub(" ", in_this_language(text, own))
    for said in sorted(own, key=len, reverse=True):
        left = left.replace(said, " ")
    return " ".join(LETTERS.findall(left))


def in_this_language(text: str, own: Collection[str] = ()) -> str:
    """Returns a document's text without text that is marked as another language. `own` are texts that a
    picture may mark by a star, also with a capital first letter, as at the start of a row."""
    left = MARKED.sub(" ", text)
    for said in sorted({*own, *map(start, own)}, key=len, reverse=True):
        left = left.replace(f"{said}{STAR}", " ")
    return left
