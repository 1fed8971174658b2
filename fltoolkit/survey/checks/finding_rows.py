"""Lists the rows of the data that each finding is about, by their keys, so that a statistical office can look
up the records.

The keys identify single persons, so the list may be stored only in a private folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from fltoolkit.survey.checks.findings import Finding, FindingRows
from fltoolkit.survey.checks.survey_checks import all_findings
from fltoolkit.survey.data.fetch_rows import to_pandas
from fltoolkit.survey.data.internal_columns import PART, SOURCE
from fltoolkit.survey.data.person_frame import ROW_FACTS
from fltoolkit.survey.data.printable_values import Mask
from fltoolkit.survey.design.survey_design import Survey

if TYPE_CHECKING:
    import pandas as pd


def finding_rows(survey: Survey) -> pd.DataFrame:
    """Lists the rows of the data that the errors and warnings of `fl.check` are about. The list is
    confidential.

    Returns:
        One row per finding and row of the data, with the columns `check`, `where`, `what` as in `fl.check`,
            `file` (the path in survey.yaml), then the columns of the row's key under their own names. Without
            such rows, the table is empty.
    """
    import pandas as pd

    found = all_findings(survey, Mask(survey.spec.confidentiality.smallest_printed_count))
    tables = [
        _rows_of_finding(survey, f, f.rows) for f in found if f.rows is not None and f.severity != "note"
    ]
    keys = dict.fromkeys(c for table in tables for c in table.columns if c not in ROW_FACTS)
    return pd.concat(
        [pd.DataFrame(columns=[*ROW_FACTS, *(keys or survey.spec.files.person.key)]), *tables],
        ignore_index=True,
    )


def _rows_of_finding(survey: Survey, finding: Finding, rows: FindingRows) -> pd.DataFrame:
    """Returns the rows of the data that one finding is about, by their keys: a table with the columns of
    `finding_rows`. Only the key columns of the file to which the rows belong are included."""
    files, names = survey.spec.files, rows.frame.collect_schema().names()
    own = (
        files.episodes
        if files.episodes and all(SOURCE + c in names for c in files.episodes.key)
        else files.person
    )
    own = files.given.get(rows.file, own)
    key = [c for c in dict.fromkeys([*files.person.key, *own.key]) if SOURCE + c in names]
    part = nw.col(PART) if PART in names else nw.lit(0).alias(PART)  # one file for all quarters has no part
    columns = [part, *(nw.col(SOURCE + c).alias(c) for c in key)]
    frame = rows.frame if rows.condition is None else rows.frame.filter(rows.condition.fill_null(False))
    table = to_pandas(frame.select(*columns).sort(PART, *key), survey.path)
    paths = table.pop(PART).map(lambda part: own.path[int(part)])
    facts = {"check": finding.check, "where": str(finding.where), "what": str(finding.what)}
    return table.assign(**facts, file=paths)[[*ROW_FACTS, *key]]
