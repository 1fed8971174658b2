"""Reads a question with several answers in one column: the codes of all ticked options are in one text, such
as `1 3 7`."""

from __future__ import annotations

import re
from collections.abc import Sequence

import narwhals as nw

# These characters are listed because `\s` differs between Python and the engines. Python looks for unknown
# codes, and the engines look for known codes. With `\s`, a no-break space from a spreadsheet would separate
# two codes in Python but not in the engines, or the reverse.
BLANKS = " \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
EDGE = "\x1f"  # surrounds each code; no file of answers contains it


def separator_pattern(separator: str | None) -> str:
    """Returns the regular expression that finds a separator between two codes in one cell, such as the blanks
    in `1 3 7`. If `separator` is None, blanks, commas, semicolons and vertical bars all separate."""
    if separator is None:
        return f"[{BLANKS},;|]+"
    return f"[{BLANKS}]*{re.escape(separator.strip())}[{BLANKS}]*" if separator.strip() else f"[{BLANKS}]+"


def holds_one_of(value: nw.Expr, codes: Sequence[str], separator: str | None) -> nw.Expr:
    """Returns, for each cell with several codes, such as `1 3 7`, whether it contains at least one of the
    given codes. The result is null if the cell is null, and false if `codes` is empty."""
    if not codes:
        return nw.lit(False)
    edged = nw.concat_str(
        [nw.lit(EDGE), value.str.replace_all(separator_pattern(separator), EDGE), nw.lit(EDGE)]
    )
    return nw.any_horizontal(
        *[edged.str.contains(EDGE + c + EDGE, literal=True) for c in codes], ignore_nulls=False
    )


def split_codes(text: str, separator: str | None) -> list[str]:
    """Returns the codes in one cell as a list, in their order and without repetitions: `1 3 7` gives `["1",
    "3", "7"]`."""
    return list(dict.fromkeys(code for code in re.split(separator_pattern(separator), text) if code))
