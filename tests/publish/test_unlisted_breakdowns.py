"""Tests the one row that a table has in place of categories that may not be listed."""

from __future__ import annotations

import pandas as pd

from fltoolkit.publish.unlisted_breakdowns import with_one_row_each

TABLE = pd.DataFrame(
    {
        "measure": ["total", "total", "total", "share", "share"],
        "breakdown": ["", "sector", "sector", "sector", "sector"],
        "sector": ["total", "farms", "sites", "farms", "sites"],
        "category": ["total", "farms", "sites", "farms", "sites"],
        "ilostat": ["", "A", "F", "A", "F"],
        "estimate": [50.0, None, None, None, None],
    }
)


def test_a_breakdown_that_may_not_be_listed_has_one_row_a_table_without_a_category() -> None:
    found = with_one_row_each(TABLE, {1, 2, 3, 4})
    assert found["measure"].tolist() == ["total", "total", "share"]
    assert found["breakdown"].tolist() == ["", "sector", "sector"]
    assert found[["sector", "category", "ilostat"]].to_numpy().tolist() == [
        ["total", "total", ""],
        ["", "", ""],
        ["", "", ""],
    ]
    assert TABLE["category"].tolist() == ["total", "farms", "sites", "farms", "sites"]


def test_a_table_whose_categories_may_be_listed_stays() -> None:
    assert with_one_row_each(TABLE, set()).equals(TABLE)
