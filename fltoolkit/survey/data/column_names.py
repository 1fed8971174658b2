"""Gives each column one spelling of its name, and makes sure that no name is one of the kit's own."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def tidy(name: object) -> str:
    """A column's name as the kit has it: without blanks around it, and in Unicode's composed form (NFC), whatever wrote the file."""
    return unicodedata.normalize("NFC", str(name)).strip()


def visible(name: str) -> str:
    """A name as a message prints it: characters that cannot be seen (a byte order mark, a space of no width) by their numbers."""
    return "".join(rf"\u{ord(c):04x}" if unicodedata.category(c) in ("Cf", "Cc", "Zl", "Zp") else c for c in name)


def quoted(name: str) -> str:
    """A column's name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def names_of(given: str | Sequence[str] | None) -> list[str]:
    """The columns that an argument names, without blanks around their names."""
    return [tidy(name) for name in ([given] if isinstance(given, str) else given or ())]
