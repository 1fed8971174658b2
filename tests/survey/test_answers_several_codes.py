"""Tests several codes in one text: the results of Python and of the engine are the same."""

from __future__ import annotations

import narwhals as nw
import pandas as pd
import pytest
from small_surveys import frame_of

from fltoolkit.survey.answers import holds_one_of, split_codes

TEXTS = [
    "3",
    "13",
    "1 3",
    "1,3",
    "1;3",
    "1|3",
    "3 , 1",
    "1, 3;13",
    "33 31",
    "3.0 1",
    "Kept wages; Threat",
    "-98 3",
    "",
]


@pytest.mark.parametrize("separator", [None, " ", ",", ";", "|"])
@pytest.mark.parametrize("code", ["3", "13", "-98", "Threat", "Kept wages"])
def test_a_code_is_found_just_where_it_stands_alone(separator: str | None, code: str) -> None:
    frame = frame_of(q=[*TEXTS, None])
    got = frame.select(x=holds_one_of(nw.col("q"), [code], separator)).collect("pandas").to_native()["x"]
    apart = [code in [part.strip() for part in split(text, separator)] for text in TEXTS]
    assert [None if pd.isna(v) else bool(v) for v in got] == [*apart, None]


@pytest.mark.parametrize(
    "blank", ["\u00a0", "\u2003", "\u202f", "\u3000", "\t", "\v", "\x85", "\x1c", "\u200b"]
)
@pytest.mark.parametrize("separator", [None, " ", ","])
def test_python_and_the_engine_part_codes_at_the_same_blanks(blank: str, separator: str | None) -> None:
    """Else a code that the check knows would be found by no question, and count as a no."""
    between = blank if separator is None or separator == " " else f"{blank},{blank}"
    frame = frame_of(q=[f"1{between}3"])
    got = frame.select(x=holds_one_of(nw.col("q"), ["3"], separator)).collect("pandas").to_native()["x"]
    assert bool(got[0]) == ("3" in split_codes(f"1{between}3", separator))
    assert bool(got[0]) == (blank not in ("\x85", "\x1c", "\u200b"))


def split(text: str, separator: str | None) -> list[str]:
    """As one would by hand."""
    if separator is not None:
        return text.split(separator)
    for sign in ",;|":
        text = text.replace(sign, " ")
    return text.split()


def test_codes_are_told_once_and_as_they_are_written() -> None:
    """`3.0` is not 3 in the engine either: it is a code that survey.yaml does not name, never a silent no."""
    assert split_codes("3, 1;3.0|-98 1", None) == ["3", "1", "3.0", "-98"]
    assert split_codes("Kept wages; Threat;", ";") == ["Kept wages", "Threat"]
    assert split_codes("1  3", " ") == ["1", "3"]
