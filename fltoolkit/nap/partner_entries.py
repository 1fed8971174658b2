"""Reads and writes partners.yaml, the file of all entries that the partner organisations typed into the
workbook of the plan. Texts, numbers and dates keep their types."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import (
    Field,
    Strict,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from fltoolkit.nap.baseline import Baseline
from fltoolkit.nap.checklists import PARTNERS, checklists
from fltoolkit.nap.results_framework import Plan
from fltoolkit.table_records import as_records
from fltoolkit.yaml_files.loading import (
    FIRST_YEAR,
    LAST_YEAR,
    BoundedLoader,
    Model,
    build_model,
    pairs_of,
    read_yaml,
)

LONGEST = 32767  # the most characters that a cell of a spreadsheet can hold
LARGEST = 10**15  # the largest whole number of a spreadsheet; beyond it digits are lost
AMOUNTS = {
    ("costs", "quantity"),
    ("costs", "unit_cost"),
    ("costs", "secured"),
}  # the kit's formulas add these up
DATES = {("implementation", "start"), ("implementation", "end")}
YEARS = {("costs", "year"), *DATES}
DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
ROW = re.compile(r"[1-9][0-9]{0,3}")  # the number of a free row
SMART = ("specific", "measurable", "achievable", "relevant", "time_bound")
HEAD = """\
# What partners filled in in nap_workbook.xlsx, written by `fltoolkit nap read`. Every run puts it back into the next workbook.
# It may be edited by hand: a text that looks like a number, or that holds a colon, goes between quotes.
"""

Text = Annotated[StrictStr, Field(max_length=LONGEST)]
Value = (
    Text
    | StrictBool
    | StrictInt
    | Annotated[StrictFloat, Field(allow_inf_nan=False)]
    | Annotated[datetime, Strict()]
    | Annotated[date, Strict()]
)


class Worked(Model):
    """A number that a partner calculated with a formula in a cell of the workbook: the formula and its result
    (`value`).

    The next workbook shows the result. It shows the formula only as text, so nothing calculates it again.
    """

    formula: str
    value: Value


def _one_of_these(value: object, check: ValidatorFunctionWrapHandler) -> object:
    try:
        if isinstance(value, int) and abs(value) > LARGEST:
            raise ValueError
        return check(value)
    except ValueError:
        raise ValueError(
            f"a text of at most {LONGEST:,} characters, a number (a whole one of at most 15 digits), a "
            "date, true or false, "
            "or formula and value"
        ) from None


Entry = Annotated[Worked | Value, WrapValidator(_one_of_these)]
K = TypeVar("K", bound=str)
Rows = dict[str, dict[K, Entry]]
SheetName = Annotated[str, Field(pattern=r"^[^\[\]:*?/\\']([^\[\]:*?/\\]{0,29}[^\[\]:*?/\\'])?$")]

Matrix = Literal["baseline_value", "target_year_1", "target_year_2", "final_target"]
Checked = Literal["answer", "note", "source"]
Cost = Literal[
    "objective",
    "intermediate_objective",
    "activity",
    "category",
    "unit",
    "quantity",
    "unit_cost",
    "year",
    "existing_source",
    "secured",
]
Step = Literal["objective", "result", "activity", "partner", "start", "end", "indicator", "budget", "note"]


class Partners(Model):
    """The content of a partners.yaml: what the partner organisations typed into the workbook.

    Each table (`matrix`, `checklists`, `costs`, `implementation`) is a mapping from ids to rows. `matrix` is
    the table of indicators; its ids are ids of indicators. In `checklists` the ids are ids of questions, and
    `smart.<indicator>.<criterion>` for the SMART criteria. In `costs` the ids are row numbers. In
    `implementation` they are ids of indicators, or numbers of rows that partners added. `sheets` has the
    sheets that partners added, row by row.
    """

    matrix: Rows[Matrix] = Field(default_factory=dict)
    checklists: Rows[Checked] = Field(default_factory=dict)
    costs: Rows[Cost] = Field(default_factory=dict)
    implementation: Rows[Step] = Field(default_factory=dict)
    sheets: dict[SheetName, tuple[tuple[Entry | None, ...], ...]] = Field(default_factory=dict)

    def row(self, table: str, id: str) -> dict[str, Entry]:
        """Returns the entries of partners in one row of a table, by column. The result is empty if they typed
        nothing."""
        rows: Rows[str] = getattr(self, table)
        return rows.get(id, {})


class _Loader(BoundedLoader):
    """Reads the values of partners.yaml. Whole and decimal numbers, true and false, null, and dates such as
    2026-05-01 get their own type. Everything else is a text.

    A text that looks like one of these is in quotes in the file; the writer (`_Dumper`) puts it there.
    """

    tags = (*BoundedLoader.tags, "int", "float", "bool", "null", "timestamp")


_Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("int", r"-?(0|[1-9][0-9]*)$", "-0123456789"),
    ("float", r"-?(0|[1-9][0-9]*)\.[0-9]*(e[-+][0-9]+)?$", "-0123456789"),
    ("bool", r"(true|false)$", "tf"),
    ("null", r"null$", "n"),
    ("timestamp", r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9:.]+)?$", "0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))
_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, pairs_of)


class _Dumper(yaml.SafeDumper):
    """Writes YAML. A text of several lines is written as a block of lines (`|`)."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    odd = re.search("[\x85\u2028\u2029\ufeff]", text)  # only YAML takes these as line ends: quotes keep them
    block = "\n" in text and text.strip() == text
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style='"' if odd else "|" if block else None
    )


_Dumper.add_representer(str, _text)


def read_partners(plan: Plan | str | Path) -> Partners:
    """Read the partners.yaml in the folder of a nap.yaml. The result is empty if there is no such file.

    Raises:
        SpecError: the file is not valid; the message names every wrong key and its line.
    """
    path = (plan.path if isinstance(plan, Plan) else Path(plan)).with_name(PARTNERS)
    if not os.path.lexists(path):
        return Partners()
    data, node = read_yaml(path, _Loader)
    return build_model(data, Partners, str(path), node)


def partners_text(partners: Partners) -> str:
    """Returns the content of a partners.yaml as text. `read_partners` gets the same `partners` back from this
    text."""
    content = partners.model_dump(exclude_defaults=True)
    content |= {
        "sheets": {name: [list(row) for row in rows] for name, rows in content.get("sheets", {}).items()}
    }
    filled = {name: rows for name, rows in content.items() if rows}
    return HEAD + (
        yaml.dump(filled, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=130)
        if filled
        else "{}\n"
    )


def cell_value(entry: Entry | None) -> Value | None:
    """Returns the value that a cell of the workbook shows for a partner's entry: the entry itself, or the
    result of its formula."""
    return entry.value if isinstance(entry, Worked) else entry


def why_unfit(table: str, column: str, entry: Entry | None) -> str:
    """Returns the reason, in words, why a value that a partner typed does not fit its column. For example, a
    cost must be a number. The text is empty if the value fits.

    Args:
        table: the table of partners.yaml, such as `costs`.
        column: the column of this table.
        entry: the value that the partner typed.
    """
    value, place = cell_value(entry), (table, column)
    is_truth = isinstance(value, bool)
    if value is None or value == "":
        return ""
    if place in AMOUNTS and (is_truth or not isinstance(value, (int, float)) or value < 0):
        return "this column is added up: a number that is not below zero must stand here"
    if is_truth and (table == "matrix" or place in YEARS):
        return "true or false is no value of this column; type a number, a date or text"
    if place in YEARS and isinstance(value, (int, float)) and value not in range(FIRST_YEAR, LAST_YEAR + 1):
        return f"a year is a whole number from {FIRST_YEAR} to {LAST_YEAR}"
    if place in DATES and isinstance(value, str) and DAY.fullmatch(value) and not _is_day(value):
        return "there is no such date"
    return ""


def _is_day(text: str) -> bool:
    try:
        date(*map(int, text.split("-")))
    except ValueError:
        return False
    return True


def row_number(id: str) -> int:
    """Returns the number of a row that partners added to a sheet, from its id in partners.yaml. Returns 0 if
    the id is not such a number, as for the id of an indicator."""
    return int(id) if ROW.fullmatch(id) else 0


def with_partners(filled: Baseline, partners: Partners) -> Baseline:
    """Returns the baseline with the values from partners.yaml, in the rows that partners fill in. A value in
    partners.yaml replaces a value in nap.yaml."""
    table = filled.table.copy()
    for i, row in enumerate(as_records(table)):
        if row["filled_by"] == "partners":
            for name, entry in partners.row("matrix", row["id"]).items():
                value = cell_value(entry)
                number = isinstance(value, (int, float)) and not isinstance(value, bool)
                table[name] = table[name].astype(object)
                table.loc[table.index[i], name] = value if number else str(value)
    return replace(filled, table=table)


def entries_without_row(partners: Partners, plan: Plan) -> list[tuple[str, str, str, Value]]:
    """Returns the values of partners.yaml for which the workbook has no row any more. The plan or a checklist
    was changed, and the row of these values was removed. Each value is given as a tuple: table, row, column,
    value.

    The workbook lists them on a separate sheet, so that they are not lost.
    """
    indicators = [i for s in plan.framework for i in s.indicators]
    ids = {i.id for i in indicators}
    known = {
        "matrix": {i.id for i in indicators if i.measure is None},
        "checklists": {q.id for q in checklists().questions}
        | {f"smart.{i}.{criterion}" for i in ids for criterion in SMART},
        "costs": set[str](),
        "implementation": ids,
    }
    return list(_entries_without_row(partners, known))


def _entries_without_row(
    partners: Partners, known: dict[str, set[str]]
) -> Iterator[tuple[str, str, str, Value]]:
    for table, ids in known.items():
        rows: Rows[str] = getattr(partners, table)
        for id, row in rows.items():
            if id not in ids and not (table in ("costs", "implementation") and row_number(id)):
                yield from ((table, id, column, cell_value(entry) or "") for column, entry in row.items())
