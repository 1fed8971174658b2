"""Surveys written to a folder from a few keys and rows, for every test that reads one."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

Change = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]


@pytest.fixture(scope="session")
def changed() -> Change:
    """A copy of a spec with some dotted keys set; a key set to None is removed."""

    def change(spec: Mapping[str, Any], keys: Mapping[str, Any]) -> dict[str, Any]:
        new: dict[str, Any] = copy.deepcopy(dict(spec))
        for dotted, value in keys.items():
            *path, last = dotted.split(".")
            here = new
            for step in path:
                here = here.setdefault(step, {})
            if value is None:
                here.pop(last, None)
            else:
                here[last] = value
        return new

    return change


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a spec (or YAML as text) and its tables into the test's folder; gives the path of survey.yaml."""

    def write(spec: Mapping[str, Any] | str, **tables: pd.DataFrame) -> Path:
        for name, table in tables.items():
            table.to_csv(tmp_path / f"{name}.csv", index=False)
        path = tmp_path / "survey.yaml"
        path.write_text(spec if isinstance(spec, str) else yaml.safe_dump(dict(spec), sort_keys=False), encoding="utf-8")
        return path

    return write
