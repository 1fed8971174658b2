"""Names the columns of a survey's rows, and reads a column as codes, labels or numbers. A code always becomes
the same text, even if one file has it as a number and another as text.

The kit's own columns begin with `fl__`. No data file may have columns with these names.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw

WEIGHT, STRATA, PSU, SSU, HOUSEHOLD = "fl__weight", "fl__strata", "fl__psu", "fl__ssu", "fl__household"
FPC, FPC2, REPLICATE = "fl__fpc", "fl__fpc2", "fl__replicate"
PATTERN, CALIBRATED = "fl__pattern", "fl__calibrated"
KEY, AGE, ASKED, CHILD = "fl__key", "fl__age", "fl__asked", "fl__child"
PART = "fl__part"  # the number of the pooled file that a row comes from, from 0
INTERNAL = "fl__"
SOURCE = "src__"  # a column as text, for codes
NUMBER_OF = "num__"  # the same column as a number
CODE_OF = "fl__code__"  # the same column as a whole number, if the file stores it so
PREFIXES = (INTERNAL, SOURCE, NUMBER_OF)
Frame = nw.LazyFrame[Any]
FACTOR = "fl__factor"
# Values that a file declares missing: the lowest and the highest number, or a text twice; and the number of
# the pooled file (None: all files).
MissingRange = tuple[Any, Any, int | None]
LARGEST_WHOLE = 2**53 - 1  # above this, two different whole numbers can be the same float
MARKED_MISSING = r"^\.[a-z]?$"  # Stata's missing values as text
ROUNDED = (
    r"^[+-]?(\d{16,}\.0|\d+(\.\d+)?[eE]\+\d+|\d\.\d+[eE]\d{2,})$"  # a float above LARGEST_WHOLE, as text
)
NUMBER = r"^\s*([+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|(?i:inf(inity)?))|(?i:nan))\s*$"
SEPARATOR = " / "


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


def column(names: str | Sequence[str], episode: str = "") -> nw.Expr:
    """Returns a column of the data as text, by its name in survey.yaml (`episode` replaces `{episode}` in
    it). If there are several names, each row gets the first value that is not blank."""
    listed = [names] if isinstance(names, str) else names
    found = [nw.col(SOURCE + name.replace("{episode}", episode)) for name in listed]
    return found[0] if len(found) == 1 else nw.coalesce(*found)


def numeric(name: str, episode: str = "") -> nw.Expr:
    """Returns a column of the data as numbers, by its name in survey.yaml. A value that is not a number is
    null."""
    return nw.col(NUMBER_OF + name.replace("{episode}", episode))


def is_whole(dtype: nw.dtypes.DType) -> bool:
    """Returns whether a column of this type contains whole numbers that can be grouped and compared as they
    are. The result is false for whole numbers of 128 bits."""
    return dtype.is_integer() and dtype not in (nw.Int128, nw.UInt128)


def text(name: str, dtype: nw.dtypes.DType) -> nw.Expr:
    """Returns a column as text in one standard form: a text has no blanks around it, and a whole number is
    `1`, never `1.0`. A blank cell becomes null."""
    column = nw.col(name)
    if dtype.is_float():
        whole = column.is_finite() & (column.round(0) == column) & (column.abs() <= LARGEST_WHOLE)
        return (
            nw.when(whole)
            .then(nw.when(whole).then(column).cast(nw.Int64).cast(nw.String))
            .otherwise(nw.when(column.is_finite()).then(column).cast(nw.String))
        )
    as_text = _as_text(column, dtype)
    if dtype.is_integer() or dtype == nw.Boolean:
        return as_text
    as_text = as_text.str.strip_chars()
    whole = (
        nw.when(as_text.str.contains(r"^-?\d+\.0+$"))
        .then(as_text.str.replace_all(r"\.0+$", ""))
        .otherwise(as_text)
    )
    filled = nw.when(as_text != "").then(as_text)
    return (
        nw.when(as_text.str.contains(".0", literal=True)).then(whole).otherwise(filled)
    )  # few have `.0`, and a regex is slow


def as_label(name: str, dtype: nw.dtypes.DType) -> nw.Expr:
    """Returns a column as labels. In a column of texts, only the blanks around each text are removed: `1.0`
    stays `1.0`. A column of another type becomes text as in the function `text`: a whole number is `1`, never
    `1.0`. A blank cell becomes null."""
    if dtype != nw.String:
        return text(name, dtype)
    trimmed = nw.col(name).str.strip_chars()
    return nw.when(trimmed != "").then(trimmed)


def number(name: str, dtype: nw.dtypes.DType) -> nw.Expr:
    """Returns a column as floats. A text that is not a number becomes null. `NaN` and `Inf` stay numbers."""
    column = nw.col(name)
    if dtype.is_numeric() or dtype == nw.Boolean:
        return column.cast(nw.Float64)
    return nw.when(_as_text(column, dtype).str.contains(NUMBER)).then(column).cast(nw.Float64)


def ranges_by_part(
    declared: Sequence[Mapping[str, Sequence[tuple[Any, Any]]]],
) -> dict[str, list[MissingRange]]:
    """Returns, for each column, the ranges of values that files declare missing. `declared` has those of each
    pooled file. If all files declare the same, a range is for all rows. Otherwise it is only for the rows of
    its file."""
    alike = all(ranges == declared[0] for ranges in declared)
    found: dict[str, list[MissingRange]] = {}
    for part, ranges in enumerate(declared[:1] if alike else declared):
        for column, pairs in ranges.items():
            found.setdefault(column, []).extend((low, high, None if alike else part) for low, high in pairs)
    return found


def label_without_missing(label: nw.Expr, missing: Sequence[MissingRange]) -> nw.Expr:
    """Returns the labels of strata or sampling units, with null in place of Stata's missing values (`.`, `.a`
    to `.z`) and of the values that a file declares missing. Otherwise, all units of unknown label would be
    one unit."""
    there = ~(
        label.str.starts_with(".") & label.str.contains(MARKED_MISSING)
    )  # a pattern takes longer, so it comes second
    texts = [(low.strip(), part) for low, _, part in missing if isinstance(low, str)]
    for declared, part in texts:
        there = there & ~_in_part(label == declared, part)
    if len(texts) < len(missing):
        value = nw.when(label.str.contains(NUMBER)).then(label).cast(nw.Float64)
        there = there & (value.is_null() | ~without_missing(value, missing).is_null())
    return nw.when(there).then(label)


def without_missing(value: nw.Expr, missing: Sequence[MissingRange]) -> nw.Expr:
    """Returns a column of numbers, with null in place of NaN and of the numbers that a file declares missing.
    With the range (9999, 9999, None), a weight of 9999 becomes null."""
    there = ~value.is_nan()
    for low, high, part in missing:
        if not isinstance(low, str):
            there = there & ~_in_part((value >= low) & (value <= high), part)
    return nw.when(there).then(value)


def joined_labels(parts: Sequence[nw.Expr]) -> nw.Expr:
    """Combines the labels in several columns to one label in each row, such as `north / 12`. The result is
    null if one of the labels is null. A single column is returned unchanged. If there is no column, all rows
    have the same label.

    A slash inside a label is doubled. So `a / b` with `c` does not get the same label as `a` with `b / c`.
    """
    if not parts:
        return nw.lit("all")
    if len(parts) == 1:
        return parts[0]
    return nw.concat_str(
        [p.cast(nw.String).str.replace_all("/", "//", literal=True) for p in parts], separator=SEPARATOR
    )


def _as_text(column: nw.Expr, dtype: nw.dtypes.DType) -> nw.Expr:
    return column if dtype == nw.String else column.cast(nw.String)


def _in_part(condition: nw.Expr, part: int | None) -> nw.Expr:
    """Returns a condition that is true only in the rows of one pooled file (None: in all rows)."""
    return condition if part is None else condition & (nw.col(PART) == part)
