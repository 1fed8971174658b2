"""Tests the common parts of the plan's tables: the lines above rows, categories, and the years of the
baseline."""

from __future__ import annotations

import pandas as pd
import pytest
from handed import EN, FR

from fltoolkit.show.printed_tables import plan_cells

NAN = float("nan")
ROW = {
    "indicator": "Prevalence",
    "unit": "per 1,000 adults",
    "measure": "prevalence",
    "group": "total",
    "category": "total",
}


@pytest.mark.parametrize("group", ["", "total", NAN])
def test_the_total_stands_below_its_indicator_and_no_group(group: object) -> None:
    row = ROW | {"group": group}
    assert plan_cells.headings(EN, row) == ("Prevalence (per 1,000 adults)", "")
    assert plan_cells.category(EN, row).text == "Everyone"


def test_a_category_stands_below_its_group() -> None:
    row = ROW | {"group": "region", "category": "north"}
    assert plan_cells.headings(FR, row)[1] == "Région"
    assert plan_cells.category(EN, row).text == "North"


def test_the_head_of_the_baseline_has_the_years_of_what_is_shown() -> None:
    rows = pd.DataFrame({"baseline_value": [5.0, 4.0, NAN], "year": [2025.0, 2024.0, 2020.0]})
    assert plan_cells.years(EN, rows, "year") == {"years": "2024 and 2025"}
    assert plan_cells.years(EN, rows.tail(1), "year") == {
        "years": "2020"
    }  # before, a column without a heading
