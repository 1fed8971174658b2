"""The changes since the plan's baseline, as blocks of a document.

Each row has its interval and claims no more than its verdict.
"""

from __future__ import annotations

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.show.printed_tables import change_tables
from fltoolkit.show.printed_tables.printed_table import PrintedTable
from fltoolkit.show.wording import change_sentences, number_words
from fltoolkit.show.wording.plan_words import about, answers
from fltoolkit.survey.spec.groups import TOTAL


def table(evidence: Evidence, language: Language, rows: pd.DataFrame | None = None) -> PrintedTable | None:
    """Returns a table of the changes since the plan's baseline, each with the verdict of its test. `rows` are rows of the
    follow-up (the comparison of the baseline with a later survey); None means all rows. Returns None if the run is itself the
    baseline.
    """
    rows = evidence.follow_up if rows is None else rows
    return None if rows.empty else change_tables.follow_up(language, rows, interviews(evidence, language))


def totals_and_targets(evidence: Evidence) -> pd.DataFrame:
    """Returns those rows of the follow-up (the comparison of the baseline with a later survey) that are important for the plan:
    the total of each indicator, and categories with a target."""
    rows = evidence.follow_up
    found: pd.DataFrame = rows[rows["group"].isin(["", TOTAL]) | rows["target_year"].notna()]
    return found


def interviews(evidence: Evidence, language: Language) -> str:
    """Returns a sentence on the conditions of the interviews in the two compared surveys, for example by telephone. Empty if
    neither survey states them."""
    conditions = evidence.follow_up[["interview_conditions_before", "interview_conditions"]]
    conditions = conditions[(conditions != "").any(axis=1)]
    if conditions.empty:
        return ""
    before, after = (number_words.reason(language, text) or language.say("change.not_said") for text in conditions.iloc[0])
    return language.say("change.interviews", before=before, after=after)


def verdicts(evidence: Evidence, language: Language) -> tuple[str, ...]:
    """Returns one sentence for each indicator of the plan: how its total has changed since the baseline, and whether its target is
    reached.

    A sentence says that a number fell or rose only if the verdict of the test says so.
    """
    rows = _judged_totals(evidence.follow_up)
    return tuple(change_sentences.sentence(language, row, about(language, row)) for row in rows.to_dict("records"))


def answered(language: Language, rows: pd.DataFrame, *, only_totals: bool = True) -> tuple[str, ...]:
    """Returns for some rows of the follow-up what each is about, with the answers of `plan_words.answers`. Rows without a verdict are
    left out, and categories if `only_totals` is true."""
    judged = _judged_totals(rows) if only_totals else rows[rows["verdict"] != ""]
    return tuple(language.colon(about(language, row), answers(language, row)) for row in judged.to_dict("records"))


def _judged_totals(rows: pd.DataFrame) -> pd.DataFrame:
    found: pd.DataFrame = rows[rows["group"].isin(["", TOTAL]) & (rows["verdict"] != "")]
    return found
