"""Makes the content of evidence.json: the plan, and the tables calculated from it and the published numbers.
The module also makes the JSON Schema of this file. The published numbers are in estimates.csv, the baseline in
nap_baseline.csv."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from fltoolkit.languages.reasons import as_text
from fltoolkit.nap.results_framework import Plan
from fltoolkit.publish.published_set import MARKERS, Published
from fltoolkit.table_records import as_records

FORMAT = "fltoolkit evidence 2"
HEADER = {
    "title": "string",
    "country": "string",
    "goal": "string",
    "first_year": "integer",
    "last_year": "integer",
}
TEXT = {"type": "string"}
NUMBER = {"type": ["number", "null"]}
ANYTHING = {"type": ["string", "number", "boolean", "null"]}
# For each table: its description, its columns of texts, and its columns of numbers. A number is null if there
# is none, or if it is not shown. A table may have more columns.
FRAMES = {
    "targets": (
        "For each indicator that the survey fills: its target, and whether a later survey can verify it",
        (
            "id indicator group category unit measure marker flag target_words path verifiable obstacle "
            "reason beside"
        ),
        "baseline_year baseline_value ci_low ci_high target_year target_value cut power smallest_cut "
        "smallest_value sample_needed "
        "planned_sample deff first_year later_year later_value later_ci_low later_ci_high",
    ),
    "milestones": (
        "The planned values from the baseline to the target",
        "id indicator group category unit measure kind",
        "year value",
    ),
    "smart": (
        "Tool No. 16's five criteria for each indicator",
        "id indicator code level criterion met missing",
        "",
    ),
    "follow_up": (
        "Each indicator in the later survey, compared with its baseline. The first survey has no such rows",
        (
            "id indicator group category unit measure beyond_zero verdict verdict_reason light marker "
            "marker_before marker_after flag reason survey_before survey"
        ),
        "baseline_value baseline_ci_low baseline_ci_high value ci_low ci_high change change_ci_low "
        "change_ci_high decrease "
        "decrease_low decrease_high milestone year_before year",
    ),
    "references": (
        "Global estimates of the ILO, and why a national result must not be compared with them",
        "place measure unit comparable why source",
        "year value",
    ),
}
# The columns without a number in rows with the marker `c`.
HIDDEN = {
    "targets": "baseline_value ci_low ci_high smallest_value",
    "follow_up": "change change_ci_low change_ci_high decrease",
}


def document(plan: Plan, out: Published, frames: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Returns the whole content of evidence.json: the plan, how its numbers were published, and the tables of
    the plan. `frames` contains these tables by name: `targets`, `milestones`, `smart`, `follow_up` and
    `references`. Numbers are as printed; a missing number is null."""
    return {
        "format": FORMAT,
        "plan": {name: getattr(plan, name) for name in HEADER} | {"legal_basis": list(plan.legal_basis)},
        "publication": {
            "rule_set": out.rule_set,
            "profile": out.judged or out.profile,
            "confidentiality": asdict(out.limits),
            "coverage_excludes": list(out.coverage_excludes),
            "notes": [str(note) for note in out.notes],
            "markers": MARKERS,
        },
        **{name: _records(frames[name], text.split()) for name, (_, text, _) in FRAMES.items()},
    }


def schema() -> dict[str, Any]:
    """Returns the JSON Schema of evidence.json."""
    texts = {"type": "array", "items": TEXT}
    header = {name: {"type": kind} for name, kind in HEADER.items()} | {"legal_basis": texts}
    about = {
        "rule_set": TEXT, "profile": TEXT,
        "confidentiality": {"type": "object", "additionalProperties": {"type": "integer"}},
        "coverage_excludes": texts, "notes": texts,
        "markers": {"type": "object", "additionalProperties": TEXT},
    }  # fmt: skip
    parts = {"format": {"const": FORMAT}, "plan": _object(header), "publication": _object(about)}
    parts |= {
        name: {"type": "array", "description": words, "items": _row_schema(name)}
        for name, (words, *_) in FRAMES.items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "evidence.json of fltoolkit",
        **_object(parts),
    }


def _row_schema(name: str) -> dict[str, Any]:
    """Returns the JSON Schema of a row of the table with this name, e.g. `targets`. A row that is hidden for
    confidentiality must have a reason, and no number."""
    _, text, numbers = FRAMES[name]
    row = {
        **_object(dict.fromkeys(text.split(), TEXT) | dict.fromkeys(numbers.split(), NUMBER)),
        "additionalProperties": ANYTHING,
    }
    if name not in HIDDEN:
        return row
    then = {column: {"type": "null"} for column in HIDDEN[name].split()} | {"reason": {"minLength": 1}}
    return row | {"if": {"properties": {"marker": {"const": "c"}}}, "then": {"properties": then}}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _records(table: pd.DataFrame, text: list[str]) -> list[dict[str, Any]]:
    written = as_text(table.assign(**{name: table[name].fillna("") for name in text}))
    return [{str(name): _json_value(value) for name, value in row.items()} for row in as_records(written)]


def _json_value(value: Any) -> Any:
    """Returns a value for JSON. A missing or infinite number becomes null (the CV of zero is infinite). A
    NumPy number becomes a number of Python."""
    if value is None or pd.isna(value) or value in (float("inf"), float("-inf")):
        return None
    return value.item() if hasattr(value, "item") else value
