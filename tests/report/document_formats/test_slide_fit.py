"""Tests how texts and tables are fitted into the places of a slide."""

from __future__ import annotations

import pytest

from fltoolkit.report.document_formats.document_blocks import Fact, Facts
from fltoolkit.report.document_formats.slide_fit import (
    LEAST,
    LEAST_OF_TABLE,
    Room,
    SlideText,
    cut_text,
    fitted_numbers,
    fitted_table,
    height,
    points_that_fit,
    shown_and_rest,
)
from fltoolkit.show.printed_tables.printed_table import of_texts

MORE = SlideText("more", "quiet")
TEXTS = [SlideText(f"text {n} " + "words " * 20, "bullet") for n in range(8)]


@pytest.mark.parametrize("high", [1.0, 2.0, 3.0, 4.0, 8.0])
def test_letters_are_the_largest_that_fit_and_never_smaller_than_can_be_read(high: float) -> None:
    room = Room(6.0, high)
    points = points_that_fit(TEXTS, room, 24, LEAST)
    assert LEAST <= points <= 24
    assert points == LEAST or height(TEXTS, 6.0, points) <= high
    assert points == 24 or height(TEXTS, 6.0, points + 2) > high


@pytest.mark.parametrize("high", [0.9, 1.5, 3.0, 5.0, 50.0])
def test_nothing_is_lost_and_what_is_shown_fits(high: float) -> None:
    room = Room(6.0, high)
    shown, rest = shown_and_rest(TEXTS, room, LEAST, MORE)
    assert height(shown, 6.0, LEAST) <= high
    if rest:
        assert shown[-1] == MORE
        whole = [text for text in shown[:-1] if not text.text.endswith("…")]
        assert [*whole, *rest] == TEXTS
    else:
        assert shown == TEXTS


def test_a_text_is_cut_between_words_and_only_if_it_must_be() -> None:
    assert cut_text(TEXTS[0], Room(6.0, 9.0), 16) is TEXTS[0]
    cut = cut_text(TEXTS[0], Room(6.0, 0.4), 16).text
    assert cut.endswith(" …")
    assert TEXTS[0].text.startswith(cut.removesuffix("…"))


def test_a_table_has_smaller_letters_before_it_loses_rows() -> None:
    table = of_texts("t", ("a", "b"), tuple((f"row {n}", str(n)) for n in range(10)), (1,))
    large, small, short = (fitted_table(table, 12.0, high, 20) for high in (9.0, 3.2, 1.5))
    assert (large.points, len(large.heights)) == (20, 11)
    assert LEAST_OF_TABLE <= small.points < 20
    assert len(small.heights) == 11
    assert (short.points, len(short.heights)) == (LEAST_OF_TABLE, 5)
    for fitted, high in ((large, 9.0), (small, 3.2), (short, 1.5)):
        assert sum(fitted.heights) <= high
        assert sum(fitted.widths) == pytest.approx(12.0)


def test_many_or_long_numbers_are_smaller() -> None:
    def large(n: int, number: str = "9.3") -> float:
        return fitted_numbers(Facts((Fact(number, "per 1,000", "about"),) * n), 12.0 / n, 2.0).large

    assert large(2) == large(3) > large(4)
    assert large(3) > large(3, "5,000 to 8,000")
