"""Tests numbers in English words: rounded, with their flag, and never a hidden one."""

from __future__ import annotations

from typing import Any

import pytest
import small_country as country

from fltoolkit.show.wording.english_numbers import number


def row(measure: str, category: str = "total") -> dict[str, Any]:
    table = country.published().own
    (found,) = table[(table["measure"] == measure) & (table["category"] == category)].to_dict("records")
    return found


@pytest.mark.parametrize(
    ("value", "measure", "told"),
    [
        (0.0171925, "prevalence", "17.2"),
        (0.0171500001, "prevalence", "17.2"),
        (0.0, "prevalence", "0.0"),
        (0.4982, "share", "50"),
        (6290.4, "total", "6,290"),
        (6295.1, "total", "6,300"),
        (1_234_567, "total", "1,230,000"),
        (999.6, "total", "1,000"),
        (643.2, "total", "643"),
        (7.6, "total", "8"),
        (0.0, "total", "0"),
        (366_116.2, "flowchart", "366,000"),
        (float("nan"), "total", ""),
    ],
)
def test_numbers_are_rounded_to_what_the_survey_can_bear(value: float, measure: str, told: str) -> None:
    assert number(value, measure) == told
