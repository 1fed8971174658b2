"""The rows of the data behind each finding of `fl.check`: for those who mend the file, never for publication."""

from __future__ import annotations

import pandas as pd

from fltoolkit.survey.design import Survey

COLUMNS = ("check", "where", "what", "file")


def finding_rows(survey: Survey) -> pd.DataFrame:
    """The keys of every row behind a finding: `check`, `where`, `what`, `file`, and the key columns of its file."""
    return pd.DataFrame(columns=[*COLUMNS, *(survey.spec.files.person.key if survey.spec.files.person else ())])
