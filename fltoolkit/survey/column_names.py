"""The names of columns: one spelling for each, and none that meets a name of the kit's own."""

from __future__ import annotations

import unicodedata


def tidy(name: object) -> str:
    """A column's name as the kit has it: without blanks around it, and in Unicode's composed form (NFC), whatever wrote the file."""
    return unicodedata.normalize("NFC", str(name)).strip()


def quoted(name: str) -> str:
    """A column's name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'
