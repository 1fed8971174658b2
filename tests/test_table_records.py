"""Compares rows as dictionaries with those that pandas gives."""

from __future__ import annotations

import pandas as pd

from fltoolkit.table_records import as_records


def test_rows_are_those_of_pandas_in_each_kind_of_column() -> None:
    table = pd.DataFrame(
        {
            "text": ["a", None],
            "number": [1.5, float("nan")],
            "count": [1, 2],
            "missing": pd.array([1, None], dtype="Int64"),
            "mixed": [("a", 1), None],
            "flag": [True, False],
        }
    )
    assert repr(as_records(table)) == repr(table.to_dict("records"))
    assert [type(value) for value in as_records(table)[0].values()] == [str, float, int, int, tuple, bool]
    assert as_records(table.iloc[:0]) == []
