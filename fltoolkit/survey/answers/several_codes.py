"""Reads a select-multiple question in one column: the codes of all ticked options in one text, such as `1 3 7`."""

from __future__ import annotations

import re
from collections.abc import Sequence

import narwhals as nw

# Written out, since `\s` is not the same in Python, which looks for codes without a meaning, and in the engines, which look for the others:
# a no-break space of a spreadsheet would part two codes for one of them only.
BLANKS = " \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
EDGE = "\x1f"  # stands around each code: no file of answers has it


def pattern(separator: str | None) -> str:
    """The regular expression for the separator between two codes. None: blanks, commas, semicolons and vertical bars all separate."""
    if separator is None:
        return f"[{BLANKS},;|]+"
    return f"[{BLANKS}]*{re.escape(separator.strip())}[{BLANKS}]*" if separator.strip() else f"[{BLANKS}]+"


def holds_one_of(value: nw.Expr, codes: Sequence[str], separator: str | None) -> nw.Expr:
    """Whether one of some codes is among those in a text; null where the text is null."""
    if not codes:
        return nw.lit(False)
    edged = nw.concat_str([nw.lit(EDGE), value.str.replace_all(pattern(separator), EDGE), nw.lit(EDGE)])
    return nw.any_horizontal(*[edged.str.contains(EDGE + c + EDGE, literal=True) for c in codes], ignore_nulls=False)


def split_codes(text: str, separator: str | None) -> list[str]:
    """The codes in a text as they are written, each once, in their order."""
    return list(dict.fromkeys(code for code in re.split(pattern(separator), text) if code))
