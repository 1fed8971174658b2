"""Surveys written to a folder from a few keys and rows, for every test that reads one."""

from __future__ import annotations

import copy
import gc
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


# Files that take the longest, in seconds on two cores: they start first, so that no worker is left with one of them at the end.
LONGEST = {
    "test_cluster.py": 100, "test_resume.py": 90, "test_broken.py": 70, "test_fuzz.py": 60, "test_publish.py": 60, "test_synthetic.py": 50,
    "test_survey_draft.py": 45, "test_docs.py": 45, "test_beside.py": 40, "test_families.py": 40, "test_notebooks.py": 35,
    "test_batch.py": 35, "test_estimates.py": 30,
    "test_charts.py": 30, "test_teaching_notebooks.py": 30, "test_cluster_page.py": 12, "test_kernel.py": 12, "test_stored.py": 10,
    "test_measures.py": 25, "test_protect.py": 25, "test_survey_estimates.py": 25, "test_calibrated_survey.py": 25, "test_svy.py": 20,
    "test_coverage.py": 15, "test_synthetic_families.py": 15, "test_synthetic_second_round.py": 15, "test_valdorie.py": 15,
}  # fmt: skip


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not look at it again and again (a sixteenth of the suite's time)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; and no lines are traced where hypothesis repeats them: its examples run what other tests run."""
    items.sort(key=lambda item: -LONGEST.get(item.path.name, 0))
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.no_cover)
