"""Brings the names of columns into one form, for comparison, for messages and for SQL."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def trimmed(name: object) -> str:
    """Returns the name of a column without blanks around it, and with its accents in one form (Unicode NFC),
    so that names from different programs can be compared."""
    return unicodedata.normalize("NFC", str(name)).strip()


def printable_name(name: str) -> str:
    """Returns the name of a column for a message. An invisible character, such as a zero-width space, is
    replaced by its number."""
    return "".join(
        rf"\u{ord(c):04x}" if unicodedata.category(c) in ("Cf", "Cc", "Zl", "Zp") else c for c in name
    )


def quoted(name: str) -> str:
    """Returns the name of a column in double quotes, as SQL needs it."""
    return '"' + name.replace('"', '""') + '"'


def names_of(given: str | Sequence[str] | None) -> list[str]:
    """Returns the columns that an argument of a function names, as a list: `"psu"` gives `["psu"]`, a list
    stays a list, and None gives an empty list. Blanks around the names are removed."""
    return [trimmed(name) for name in ([given] if isinstance(given, str) else given or ())]
