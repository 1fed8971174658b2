"""Tests which true counts printed counts allow, by trying all numbers that would be printed the same."""

from __future__ import annotations

from itertools import product

import pandas as pd
import pytest

from fltoolkit.survey.printed_values import (
    cases_in_words,
    count_in_words,
    rounded,
    rounded_columns,
    sum_in_words,
)

LIMITS = (3, 4, 5, 10)


@pytest.mark.parametrize(
    ("count", "number", "words"),
    [
        (0, 0, 0),
        (1, None, "fewer than 5"),
        (4, None, "fewer than 5"),
        (5, 10, "about 10"),
        (14, 10, "about 10"),
        (15, 20, "about 20"),
        (972, 970, "about 970"),
        (16921, 16920, "about 16,920"),
    ],
)
def test_a_count_is_rounded_to_twice_the_limit_and_a_few_are_hidden(
    count: int, number: int | None, words: object
) -> None:
    assert rounded(count, 5) == number
    assert count_in_words(count, 5) == words


@pytest.mark.parametrize("limit", LIMITS)
def test_a_hidden_part_of_a_printed_sum_can_be_anything_below_the_limit(limit: int) -> None:
    printed: dict[object, set[tuple[int, int]]] = {}
    for pair in product(range(7 * limit), repeat=2):
        told_of = (rounded(pair[0], limit), rounded(pair[1], limit), sum_in_words(*pair, limit))
        printed.setdefault(told_of, set()).add(pair)
    few = set(range(1, limit))
    for (one, other, _), pairs in printed.items():
        assert one is not None or {pair[0] for pair in pairs} == few
        assert other is not None or {pair[1] for pair in pairs} == few


@pytest.mark.parametrize("limit", LIMITS)
def test_of_two_printed_counts_one_within_the_other_the_difference_stays_open(limit: int) -> None:
    differences: dict[object, set[int]] = {}
    for whole, part in product(range(7 * limit), repeat=2):
        if part <= whole:
            differences.setdefault((rounded(whole, limit), rounded(part, limit)), set()).add(whole - part)
    assert all(len(found) > 1 for printed, found in differences.items() if printed != (0, 0))


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ((0, 0), 0),
        ((3, 0), "fewer than 5"),
        ((3, 1), "fewer than 10"),
        ((4, 4), "fewer than 10"),
        ((5, 2), "about 10"),
        ((21, 0), "about 20"),
    ],
)
def test_a_sum_in_words(pair: tuple[int, int], words: object) -> None:
    assert sum_in_words(*pair, 5) == words


@pytest.mark.parametrize(
    ("cases", "words"),
    [(0, 0), (1, "fewer than 5"), (4, "fewer than 5"), (5, "5 or more"), (179, "5 or more")],
)
def test_cases_are_told_in_classes(cases: int, words: object) -> None:
    assert cases_in_words(cases, 5) == words


def test_a_table_keeps_its_other_columns_and_is_blank_where_hidden() -> None:
    table = rounded_columns(pd.DataFrame({"what": ["a", "b", "c"], "persons": [0, 3, 27]}), ["persons"], 5)
    assert table["what"].to_list() == ["a", "b", "c"]
    assert table["persons"].astype(object).where(table["persons"].notna(), "blank").to_list() == [
        0,
        "blank",
        30,
    ]
