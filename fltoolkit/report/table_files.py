"""What a run writes as tables, the baseline above all: one sheet in Tool No. 16's columns, and the same rows as tidy CSV."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.files import write_whole
from fltoolkit.languages.reasons import as_text
from fltoolkit.nap.baseline import Baseline
from fltoolkit.nap.evidence import Evidence
from fltoolkit.publish.published_model import PublishedModel
from fltoolkit.publish.published_set import MARKERS, Published
from fltoolkit.report.workbook.cell_styles import BESIDE, DANGER, NO_TIME, STYLES, TOOL_16, as_number, matrix_cells
from fltoolkit.show.wording.english_numbers import Words, of_plan

HEAD_ROW = 3
NOTHING = Words("Nothing is written: the parameter `outputs` names no folder.")


@checked
def write_estimates(out: Published, folder: str | Path) -> Words:
    """Write the published set to `folder/estimates.csv`, tidy and as printed (`rounding`: the base of weighted numbers); nothing where `folder` is empty."""
    if not str(folder):
        return NOTHING
    write_csv(out.table, Path(folder) / "estimates.csv")
    return Words(f"Written: `estimates.csv`, {len(out.table)} rows.")


@checked
def write_changes(found: Published | None, folder: str | Path) -> Words:
    """Write the change since an earlier round to `folder/changes.csv`; nothing without one, or where `folder` is empty."""
    if not str(folder):
        return NOTHING
    if found is None:
        return Words("`changes.csv` is not written: no earlier round is named.")
    write_csv(found.table, Path(folder) / "changes.csv")
    return Words(f"Written: `changes.csv`, {len(found.table)} rows.")


@checked
def write_risk_factors(model: PublishedModel, folder: str | Path) -> Words:
    """Write a published model to `folder/risk_factors.csv`; nothing where `folder` is empty, or the model has no row."""
    if not str(folder):
        return NOTHING
    if model.table.empty:
        return Words("`risk_factors.csv` is not written: the model has no row that may be shown.")
    write_csv(model.table, Path(folder) / "risk_factors.csv")
    return Words(f"Written: `risk_factors.csv`, {len(model.table)} rows.")


@checked
def write_findings(found: pd.DataFrame, name: str, folder: str | Path) -> Words:
    """Write findings of `fl.check` or `fl.check_cases` (which tell no exact number of persons) to `folder/name`; nothing without a folder."""
    if not str(folder):
        return NOTHING
    write_csv(found, Path(folder) / name)
    return Words(f"Written: `{name}`, {len(found)} finding(s).")


@of_plan
@checked
def write_baseline(filled: Baseline, folder: str | Path) -> Words:
    """Write `nap_baseline.xlsx` and `nap_baseline.csv` into `folder`; nothing where it is empty."""
    if not str(folder):
        return NOTHING
    write_csv(filled.table, Path(folder) / "nap_baseline.csv")
    _workbook(filled, Path(folder) / "nap_baseline.xlsx")
    return Words(f"Written: `nap_baseline.xlsx` and `nap_baseline.csv`, {len(filled.table)} rows.")


@of_plan
@checked
def write_workbook(evidence: Evidence, folder: str | Path) -> Words:
    """Write `nap_workbook.xlsx`, the plan's workbook for its partners, into `folder`; nothing where it is empty.

    Raises:
        BatchError: the workbook that stands there holds entries which partners.yaml does not.
    """
    from fltoolkit.report.workbook.all_sheets import write

    return write(evidence, Path(folder)) if str(folder) else NOTHING


def write_csv(table: pd.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    table = as_text(table)
    text = {
        c: [_inert(v) if isinstance(v, str) else v for v in table[c]] for c in table.select_dtypes(["object", "string"]).columns
    }
    write_whole(path, table.assign(**text).to_csv(index=False, lineterminator="\n"))


def _inert(text: str) -> str:
    """Text that a spreadsheet will not take for a formula: a leading apostrophe where it could. A number is none."""
    return f"'{text}" if text.startswith(DANGER) and not isinstance(as_number(text), float) else text


def _workbook(filled: Baseline, path: Path) -> None:
    import xlsxwriter

    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties(
        {"title": filled.plan.title, "comments": "Made with fltoolkit from published numbers only.", "created": NO_TIME}
    )
    sheet = book.add_worksheet("Baseline")
    formats = _formats(book)
    sheet.write(0, 0, filled.plan.title, formats["title"])
    sheet.write(1, 0, f"Goal: {filled.plan.goal}", formats["goal"])
    sheet.write(2, 0, "; ".join(f"[{m}] {words}" for m, words in MARKERS.items()), formats["note"])
    for column, (name, width) in enumerate((*TOOL_16, *BESIDE)):
        sheet.set_column(column, column, width)
        sheet.write(HEAD_ROW, column, name, formats["head"] if column < len(TOOL_16) else formats["head_beside"])
    records = as_text(filled.table).to_dict("records")
    for i, row in enumerate(records):
        starts = i == 0 or records[i - 1]["id"] != row["id"]
        _write_row(sheet, HEAD_ROW + 1 + i, row, starts, formats)
    last = HEAD_ROW + len(records)
    sheet.freeze_panes(HEAD_ROW + 1, 2)
    sheet.autofilter(HEAD_ROW, 0, last, len(TOOL_16) + len(BESIDE) - 1)
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_ROW)
    sheet.print_area(0, 0, last, len(TOOL_16) + 4)
    sheet.set_row(HEAD_ROW, 34)
    book.close()
    write_whole(path, made.getvalue())


def _write_row(sheet: Any, line: int, row: dict[Any, Any], starts: bool, formats: dict[str, Any]) -> None:
    for column, (value, style) in enumerate(matrix_cells(row, starts)):
        if value in (None, "") or (not isinstance(value, str) and pd.isna(value)):  # type: ignore[call-overload]
            sheet.write_blank(line, column, None, formats[style])
        elif isinstance(value, str):
            sheet.write_string(line, column, value, formats[style])
        else:
            sheet.write_number(line, column, float(value), formats[style])  # type: ignore[arg-type]


def _formats(book: Any) -> dict[str, Any]:
    return {name: book.add_format(style) for name, style in STYLES.items()}
