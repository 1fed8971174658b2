"""Codes and numbers as the documentation has them: trimmed, `1` and never `1.0`, a number only where all of
it is one."""

from __future__ import annotations

import re

from .verdict import Doubts, UnknownInput

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
PLAIN = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
WHOLE = re.compile(r"-?[0-9]+\.0+")
COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")


def canonical(text: str) -> str:
    """The text of a code; empty for a blank."""
    trimmed = text.strip(" ")
    if trimmed != trimmed.strip():
        raise UnknownInput("white space that is no blank")
    return trimmed.split(".")[0] if WHOLE.fullmatch(trimmed) else trimmed


def with_point(text: str) -> str:
    """`12,5` as `12.5`; every other text as it is."""
    trimmed = text.strip(" ")
    return trimmed.replace(",", ".") if COMMA.fullmatch(trimmed) else text


def number(text: str, doubts: Doubts) -> float | None:
    """The number that a text is; None where it is none. Unusual spellings may also be refused."""
    if not NUMBER.fullmatch(text):
        return None
    if not PLAIN.fullmatch(text):
        doubts.append("a number in an unusual spelling")
    return float(text)
