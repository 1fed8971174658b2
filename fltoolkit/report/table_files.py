"""Writes the tables of a run as tidy CSV: the published numbers and, if there is a National Action Plan, the
baseline of its indicators."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.files import write_whole
from fltoolkit.languages.reasons import as_text
from fltoolkit.nap.baseline import Baseline
from fltoolkit.nap.evidence import Evidence
from fltoolkit.publish.models.published_model import PublishedModel
from fltoolkit.publish.published_set import ChangeSet, NumberSet
from fltoolkit.report.workbook.sheets.matrix_sheets import as_number
from fltoolkit.show.tables import Findings
from fltoolkit.show.wording.english_numbers import of_plan
from fltoolkit.show.wording.section_words import Words
from fltoolkit.spreadsheets import DANGER

NOTHING = Words("Nothing is written: the parameter `outputs` names no folder.")


@checked
def write_estimates(out: NumberSet, folder: str | Path) -> Words:
    """Writes the published set to `folder/estimates.csv`: one row per number, as printed. The column
    `rounding` has the base to which weighted numbers are rounded. Writes no file if `folder` is the empty
    text `""`. Returns a sentence that says what was written."""
    return _written(out.table, folder, "estimates.csv")


@checked
def write_changes(found: ChangeSet | None, folder: str | Path) -> Words:
    """Writes the published changes since an earlier round of the survey to `folder/changes.csv`. Writes no
    file if there is no earlier round (`found` is None) or if `folder` is the empty text `""`. Returns a
    sentence that says what was written."""
    if found is None:
        return Words("`changes.csv` is not written: no earlier round is named.") if str(folder) else NOTHING
    return _written(found.table, folder, "changes.csv")


@checked
def write_risk_factors(model: PublishedModel, folder: str | Path) -> Words:
    """Writes a published model (odds ratios and effects by category) to `folder/risk_factors.csv`. Writes no
    file if `folder` is the empty text `""`, or if no row of the model may be shown. Returns a sentence that
    says what was written."""
    if model.table.empty and str(folder):
        return Words("`risk_factors.csv` is not written: the model has no row that may be shown.")
    return _written(model.table, folder, "risk_factors.csv")


@checked
def write_findings(found: Findings, name: str, folder: str | Path) -> Words:
    """Writes the findings of `fl.check` or `fl.check_cases` to the file `folder/name`. Writes no file if
    `folder` is the empty text `""`. Returns a sentence that says what was written.

    A finding is a problem in the data. The file contains no exact number of persons.
    """
    return _written(found, folder, name, "finding(s)")


@of_plan
@checked
def write_baseline(filled: Baseline, folder: str | Path) -> Words:
    """Writes the plan's baseline to `folder/nap_baseline.csv`, with English codes and the published digits.
    Writes no file if `folder` is the empty text `""`. Returns a sentence that says what was written.

    For people to read, the numbers are on the sheet *Baseline* of `nap_workbook.xlsx`, and the indicators on
    *M&E matrix*, in the plan's first language.
    """
    return _written(filled.table, folder, "nap_baseline.csv")


@of_plan
@checked
def write_workbook(evidence: Evidence, folder: str | Path) -> Words:
    """Writes `nap_workbook.xlsx`, the workbook that the plan's partners fill in, into `folder`. Writes no
    file if `folder` is the empty text `""`. Returns a sentence that says what was written.

    The workbook is in the first of the plan's languages. Its sheets have links to each other. A sheet that
    would be empty is left out.

    Raises:
        BatchError: `folder` already has a workbook, with entries that are not in partners.yaml yet.
        RequestError: a sheet that partners added has the name of one of the kit's sheets.
    """
    from fltoolkit.report.workbook.all_sheets import write

    return write(evidence, Path(folder)) if str(folder) else NOTHING


def _written(table: pd.DataFrame, folder: str | Path, name: str, rows: str = "rows") -> Words:
    """Writes a table to `folder/name`, and returns a sentence that says so. Writes nothing if `folder` is
    empty."""
    if not str(folder):
        return NOTHING
    write_csv(table, Path(folder) / name)
    return Words(f"Written: `{name}`, {len(table)} {rows}.")


def write_csv(table: pd.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    table = as_text(table)
    text = {
        c: [_not_a_formula(v) if isinstance(v, str) else v for v in table[c]]
        for c in table.select_dtypes(["object", "string"]).columns
    }
    write_whole(path, table.assign(**text).to_csv(index=False, lineterminator="\n"))


def _not_a_formula(text: str) -> str:
    """Returns a text that a spreadsheet program does not run as a formula: a text such as `=A1` gets a
    leading apostrophe.

    A text that is a number, such as `-1.5`, stays unchanged.
    """
    return f"'{text}" if text.startswith(DANGER) and not isinstance(as_number(text), float) else text
