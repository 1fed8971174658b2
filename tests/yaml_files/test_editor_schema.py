"""Tests the messages of an editor that uses the JSON Schemas: none for a right YAML file, though the loader
accepts more than the models say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from fltoolkit.survey.spec.survey_spec import read_spec

HOUSE = Path(__file__).parents[2]
SHIPPED = {
    "survey": [
        "data_samples/*/survey.yaml",
        "docs/questionnaire/survey.yaml",
        "tests/brought_in/maps/*.yaml",
    ],
    "nap": ["data_samples/*/nap.yaml"],
    "batch": ["data_samples/batch.yaml"],
    "questionnaire": ["docs/questionnaire/questionnaire.yaml"],
    "rules": ["fltoolkit/classify/rules/*.yaml"],
}
FILES = [
    (kind, path)
    for kind, patterns in SHIPPED.items()
    for pattern in patterns
    for path in sorted(HOUSE.glob(pattern))
]


class Editor(yaml.SafeLoader):
    """Reads scalars as editors do, by YAML 1.2: `no` is a text, and so is a date."""


Editor.yaml_implicit_resolvers = {
    letter: [(tag, found) for tag, found in resolvers if not tag.endswith((":bool", ":timestamp"))]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Editor.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def as_json(value: Any) -> Any:
    """A mapping as JSON has it: its keys are texts."""
    if isinstance(value, dict):
        return {str(key): as_json(below) for key, below in value.items()}
    return [as_json(below) for below in value] if isinstance(value, list) else value


def said(kind: str, text: str) -> list[tuple[list[object], str]]:
    """What the schema of a kind says of a text, by the keys that lead there."""
    schema = json.loads((HOUSE / "docs" / "schema" / f"{kind}.schema.json").read_text("utf-8"))
    found = jsonschema.Draft202012Validator(schema).iter_errors(as_json(yaml.load(text, Editor)))
    return [(list(error.path), error.message) for error in found]


@pytest.mark.parametrize(
    ("kind", "path"), FILES, ids=lambda v: v.parent.name + "/" + v.name if isinstance(v, Path) else v
)
def test_an_editor_says_nothing_of_a_shipped_file(kind: str, path: Path) -> None:
    assert said(kind, path.read_text("utf-8")) == []


ALONE = """
corrections: {rows: {HH: 1, LINE: 1}, column: AGE, value: 41, why: typed 411}
accept: {finding: routing, column: FC1, why: a test}
"""


def test_one_entry_needs_no_brackets_for_the_loader_nor_for_an_editor(tmp_path: Path) -> None:
    text = (HOUSE / "data_samples" / "norvia_lfs_2025" / "survey.yaml").read_text("utf-8")
    text = text.replace("tables:\n", f"{ALONE}tables:\n").replace(
        "routing: &coerced {column: FILTER, asked: 1, skipped: 2}",
        "routing: &coerced {all: {column: FILTER, asked: 1}}",
    )
    (tmp_path / "survey.yaml").write_text(text, "utf-8")
    spec = read_spec(tmp_path / "survey.yaml")
    assert (len(spec.corrections), len(spec.accept)) == (1, 1)
    assert said("survey", text) == []


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("  weight: W_LFS", "  wieght: W_LFS", ["design"]),
        ("selection: pps", "selection: by size", ["design", "selection"]),
        ("months: 12", "months: twelve", ["reference_period", "months"]),
        ("digits: 4, job: forced_labour", "digits: 5, job: forced_labour", ["sectors", "sector", "digits"]),
    ],
)
def test_an_editor_marks_what_the_loader_refuses(old: str, new: str, place: list[object]) -> None:
    text = (HOUSE / "data_samples" / "norvia_lfs_2025" / "survey.yaml").read_text("utf-8")
    assert old in text
    assert place in [path for path, _ in said("survey", text.replace(old, new, 1))]
