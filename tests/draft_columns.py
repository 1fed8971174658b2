"""Columns of an unknown file in the form that the draft uses: written in the test, or counted in a small
table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from fltoolkit.authoring.draft.column_contents import ColumnContents, DataTable
from fltoolkit.authoring.draft.column_roles import UnusedColumns
from fltoolkit.authoring.draft.survey_draft import make_draft
from fltoolkit.yaml_files.loading import load_yaml

YES_NO = {"1": "Yes", "2": "No"}


def column(
    name: str,
    label: str = "",
    codes: Mapping[str, str] | None = None,
    *,
    missing: Sequence[str] = (),
    rows: int = 100,
    filled: int | None = None,
    distinct: int | None = None,
    low: float | None = None,
    high: float | None = None,
    width: int = 1,
) -> ColumnContents:
    """Returns a column of a hundred rows, all filled. Its values have at most `width` characters."""
    codes = codes or {}
    filled, distinct = rows if filled is None else filled, len(codes) if distinct is None else distinct
    return ColumnContents(
        name, label, codes, frozenset(missing), rows, filled, distinct, low, high, (1, width)
    )


def unused(
    path: Path,
    table: Mapping[str, Sequence[object]],
    labels: Mapping[str, str] | None = None,
    codes: Mapping[str, Mapping[str, str]] | None = None,
) -> UnusedColumns:
    """Returns a table, written as a CSV file into the folder `path`, with labels and codes that a CSV cannot
    have."""
    pd.DataFrame(dict(table)).to_csv(path / "a.csv", index=False)
    opened = DataTable(path / "a.csv")
    return UnusedColumns(
        opened,
        [
            replace(c, label=(labels or {}).get(c.name, ""), codes=(codes or {}).get(c.name, c.codes))
            for c in opened.columns()
        ],
    )


def drafted(data: Path) -> dict[str, Any]:
    """Returns the draft of a file, as the loader reads it."""
    target = data.with_name(f"{data.name}.yaml")
    target.write_text(make_draft(data, data.name).text, "utf-8")
    return load_yaml(target)
