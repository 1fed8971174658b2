"""The shipped survey classified once, and small surveys written to the test's folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from small_surveys import NORVIA, SPEC, Person, persons_table

import fltoolkit as fl

Small = Callable[..., fl.Survey]


@pytest.fixture(scope="session")
def norvia() -> fl.Survey:
    return fl.classify(fl.read_survey(NORVIA))


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """Write a small survey and classify it: `small(people, design={...}, tables=[...])` changes whole keys of survey.yaml."""

    def make(people: Iterable[Person], **keys: Any) -> fl.Survey:
        persons_table(people).to_csv(tmp_path / "persons.csv", index=False)
        merged = {**SPEC, **{k: {**SPEC[k], **v} if isinstance(SPEC.get(k), dict) else v for k, v in keys.items()}}
        (tmp_path / "survey.yaml").write_text(yaml.safe_dump(merged, sort_keys=False), encoding="utf-8")
        return fl.classify(fl.read_survey(tmp_path))

    return make
