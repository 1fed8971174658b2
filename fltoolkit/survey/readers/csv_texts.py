"""Finds the columns of a CSV file whose texts need no cleaning, so that no time is spent on cleaning them."""

from __future__ import annotations

import re

from fltoolkit.survey.readers.csv_layout import DELIMITERS, Layout

ODD_BLANKS = b"\t\x0b\x0c"  # blanks around a text that are no spaces
MOST_ZEROS = 1000  # numbers such as `1.0`; a file with more is not searched further


def columns_in_standard_form(content: bytes, layout: Layout) -> frozenset[int]:
    """Returns the columns of a CSV file whose texts need no cleaning: no cell has blanks around its text, and
    no number is written as `1.0`. Empty cells may occur.

    The bytes of the file are searched, which takes much less time than cleaning every cell. A column that may
    need cleaning is left out. So the result is empty for a file with quotes, with a blank beside a delimiter
    or line end, with an unusual delimiter, or with more than 1,000 numbers such as `1.0`.

    Args:
        content: the whole file, in UTF-8.
        layout: the delimiter and the header.

    Returns:
        The columns, by their positions from 0.
    """
    delimiter = layout.delimiter.encode()
    if layout.delimiter not in DELIMITERS or b'"' in content or _has_outer_blanks(content, delimiter):
        return frozenset()
    left = set(range(len(layout.header)))
    for count, found in enumerate(re.finditer(rb"\.0+(?=[%s\r\n]|\Z)" % re.escape(delimiter), content)):
        if count == MOST_ZEROS:
            return frozenset()
        line = content.rfind(b"\n", 0, found.start()) + 1
        left.discard(content.count(delimiter, line, found.start()))
    return frozenset(left)


def _has_outer_blanks(content: bytes, delimiter: bytes) -> bool:
    """Returns whether a cell of a file without quotes may begin or end with a blank. The result is also true
    for a file with line ends of CR only, which the search for blanks does not cover."""
    if content.count(b"\r") != content.count(b"\r\n") or content.endswith(b" "):
        return True
    beside = (delimiter, b"\n", b"\r")
    pairs = (pair for mark in beside for pair in (b" " + mark, mark + b" "))
    return any(bytes([blank]) in content for blank in ODD_BLANKS if bytes([blank]) != delimiter) or any(
        pair in content for pair in pairs
    )
