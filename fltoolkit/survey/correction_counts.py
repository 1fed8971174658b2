"""Reports the corrections of survey.yaml: rounded counts that may be shown, and a list of the corrected rows,
which is confidential."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import narwhals as nw

from fltoolkit.arguments import checked
from fltoolkit.survey.applied_corrections import (
    BEFORE,
    ENTRY,
    Numbered,
    corrected_columns,
    numbered,
    with_corrections,
)
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.engine.columns import PART, SOURCE, Frame
from fltoolkit.survey.engine.engines import to_pandas
from fltoolkit.survey.printed_values import count_in_words
from fltoolkit.survey.readers.file_stamps import refuse_changed
from fltoolkit.survey.spec.files_and_design import DataFile

if TYPE_CHECKING:
    import pandas as pd

COUNTS = ("column", "why", "rows")
ROW_COLUMNS = ("entry", "column", "before", "after", "why", "evidence", "file")


def changed_rows(survey: Survey) -> dict[tuple[str, str], int]:
    """Returns the number of rows that the corrections changed, as {(column, reason): rows}, in the order of
    survey.yaml. The counts are exact and confidential."""
    found: dict[tuple[str, str], int] = {}
    changed = survey.corrected.changed if survey.corrected else ()
    for correction, rows in zip(survey.spec.corrections, changed, strict=True):
        key = (correction.column, correction.why)
        found[key] = found.get(key, 0) + rows
    return found


@checked
def corrections(survey: Survey) -> pd.DataFrame:
    """Counts the rows that the `corrections` of survey.yaml changed. The counts may be shown.

    Returns:
        One row per column and reason, with the columns `column`, `why`, `rows`. `rows` is the number of
            persons (or of spells in the episodes file) whose value differs from the value in the file. This
            number is unweighted and rounded: `about 30`, `fewer than 5`, or 0 if nothing changed. Without
            corrections, the table is empty.
    """
    import pandas as pd

    limit = survey.spec.confidentiality.smallest_printed_count
    rows = [
        (column, why, count_in_words(count, limit)) for (column, why), count in changed_rows(survey).items()
    ]
    return pd.DataFrame(rows, columns=list(COUNTS))


def corrected_rows(survey: Survey) -> pd.DataFrame:
    """Returns the rows to which corrections apply, with the old and the new value. The rows are confidential.

    Returns:
        One row per corrected cell, in the order of survey.yaml and then of the keys, with the columns `entry`
            (the position under `corrections`), `column`, `before`, `after` (empty if the cell is blank),
            `why`, `evidence`, `file` (the path in survey.yaml), then the columns of the row's key. Without
            corrections, the table is empty.

    Raises:
        DataError: a file changed since the survey was opened.
    """
    import pandas as pd

    refuse_changed(survey.files)
    spec, keys, tables = survey.spec, survey.spec.correctable(), []
    if survey.corrected:
        listed, before = numbered(spec), survey.corrected
        tables += _corrected_cells(before.persons, listed.keys, keys.person_key, spec.files.person)
        tables += _corrected_cells(before.keyed, listed.persons, keys.person_key, spec.files.person)
        if before.episodes is not None and spec.files.episodes:
            tables += _corrected_cells(
                before.episodes, listed.episodes, keys.episode_key, spec.files.episodes
            )
    key = (
        keys.episode_key
        if spec.corrections and any(set(keys.episode_key) <= set(t) for t in tables)
        else keys.person_key
    )
    columns = [*ROW_COLUMNS, *key]
    found = pd.concat([pd.DataFrame(columns=columns), *tables], ignore_index=True)[columns].astype(object)
    return found.where(found.notna(), "").sort_values("entry", kind="stable", ignore_index=True)


def _corrected_cells(
    frame: Frame, corrections: Sequence[Numbered], key: Sequence[str], file: DataFile
) -> list[pd.DataFrame]:
    """Returns the cells of a frame to which corrections apply, with the old and the new value: one table per
    corrected column, with the columns of `corrected_rows`."""
    if not corrections:
        return []
    marked, by_entry = with_corrections(frame, corrections, key), dict(corrections)
    tables = []
    for column in corrected_columns(corrections):
        shown = {
            "entry": ENTRY + column,
            "before": BEFORE + column,
            "after": SOURCE + column,
            **{k: SOURCE + k for k in key},
        }
        reached = marked.filter(nw.col(ENTRY + column) > 0).select(
            PART, *[nw.col(c).alias(name) for name, c in shown.items()]
        )
        table = to_pandas(reached.sort(PART, *key))
        about = [by_entry[int(entry)] for entry in table["entry"]]
        paths = [file.path[int(part)] for part in table.pop(PART)]
        facts = {
            "column": column,
            "why": [c.why for c in about],
            "evidence": [c.evidence for c in about],
            "file": paths,
        }
        tables.append(table.assign(**facts))
    return tables
