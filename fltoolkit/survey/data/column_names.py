"""Brings the names of columns into one form, and makes sure that no name is one of the kit's own."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def tidy(name: object) -> str:
    """Returns the name of a column without blanks around it, in Unicode's composed form (NFC), so that names from different
    programs agree."""
    return unicodedata.normalize("NFC", str(name)).strip()


def visible(name: str) -> str:
    """Returns a name for a message. Invisible characters, such as a byte order mark or a zero-width space, are shown by their
    numbers."""
    return "".join(rf"\u{ord(c):04x}" if unicodedata.category(c) in ("Cf", "Cc", "Zl", "Zp") else c for c in name)


def quoted(name: str) -> str:
    """Returns the name of a column, quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def names_of(given: str | Sequence[str] | None) -> list[str]:
    """Returns the columns that an argument names, as a list: `"psu"` gives `["psu"]`, and None gives an empty list. Blanks around
    the names are removed."""
    return [tidy(name) for name in ([given] if isinstance(given, str) else given or ())]
