"""Makes the changes since the plan's baseline, as blocks of a document.

Each change has its interval. A text says that a number has changed only if the test says so.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.report.document_sections.results_section import fits_in_brief, groups_of
from fltoolkit.show.printed_tables import change_tables
from fltoolkit.show.printed_tables.printed_table import PrintedTable
from fltoolkit.show.wording import change_sentences
from fltoolkit.show.wording.plan_words import about, totals
from fltoolkit.table_records import as_records


def table(evidence: Evidence, language: Language) -> PrintedTable | None:
    """Returns a table of the most important changes since the plan's baseline, each with the result of its
    test. Returns None if the run is itself the baseline."""
    rows = most_important(evidence)
    return None if rows.empty else change_tables.follow_up(language, rows, interviews(evidence, language))


def in_brief(evidence: Evidence, language: Language) -> list[PrintedTable]:
    """Returns a table of the changes of the rate since the plan's baseline, in a list: of everyone, and by
    each group for which a brief has room. Hidden changes are left out. The list is empty if there is no
    change to show."""
    return _of_rate(evidence, language, lambda group: fits_in_brief(evidence.now, group))


def of_other_groups(evidence: Evidence, language: Language) -> list[PrintedTable]:
    """Returns a table of the changes of the rate by those groups of the survey that the plan does not name,
    in a list. The list is empty if there is no such change."""
    if not evidence.changed:
        return []
    same = evidence.own_words.same_groups
    named = {"", *(same.get(str(group), str(group)) for group in evidence.follow_up["group"])}
    return _of_rate(evidence, language, lambda group: group not in named)


def _of_rate(evidence: Evidence, language: Language, is_wanted: Callable[[str], bool]) -> list[PrintedTable]:
    """Returns a table of the tested changes of the rate by those groups that are wanted, in a list. The group
    of everyone is the empty text. The list is empty if there are no such changes."""
    if not evidence.changed:
        return []
    rows = evidence.changed.own_rows(measure="change_in_prevalence")
    by = filter(is_wanted, ("", *groups_of(evidence.changed, "change_in_prevalence")))
    rows = rows[rows["breakdown"].isin(list(by))]
    first = rows.loc[rows["verdict"] != "", "reference_population"].head(1)
    rows = rows[rows["reference_population"].isin(first)]
    shown = rows[rows["verdict"] != ""]
    if shown.empty:
        return []
    groups = list(shown["breakdown"].unique())
    key = "follow_up.by_group" if "" in groups else "follow_up.by"
    title = language.say(key, groups=language.join(map(language.by_group, filter(None, groups))))
    left_out = [language.say("follow_up.left_out")] if len(shown) < len(rows) else []
    return [change_tables.changes(language, shown, title, language.say("change.note"), *left_out)]


def by_group(evidence: Evidence, language: Language) -> PrintedTable | None:
    """Returns a table of the changes that `table` leaves out: those by group. Returns None if there are
    none."""
    rows = evidence.follow_up
    rows = rows[~rows.index.isin(most_important(evidence).index)]
    return None if rows.empty else change_tables.follow_up(language, rows, title="follow_up.by_group")


def most_important(evidence: Evidence) -> pd.DataFrame:
    """Returns the most important rows of the follow-up (the comparison of the baseline with a later survey).
    They are the rows about whole populations, and all categories of a group if the plan has a target for one
    of them. For example, readers who see the number of women also ask for that of men."""
    rows = evidence.follow_up
    has_target = (
        rows["target_year"].notna().groupby([rows["id"], rows["group"]], dropna=False).transform("any")
    )
    found: pd.DataFrame = rows[rows.index.isin(totals(rows).index) | has_target]
    return found


def interviews(evidence: Evidence, language: Language) -> str:
    """Returns a sentence on how the interviews of the two compared surveys were held, for example by
    telephone. The text is empty if neither survey says this."""
    conditions = evidence.follow_up[["interview_conditions_before", "interview_conditions"]]
    conditions = conditions[(conditions != "").any(axis=1)]
    return "" if conditions.empty else change_sentences.interviews(language, conditions.iloc[0].to_dict())


def verdicts(evidence: Evidence, language: Language) -> tuple[str, ...]:
    """Returns one sentence for each indicator of the plan: how its number for the whole population has
    changed since the baseline, and whether its target is reached.

    A sentence says that a number fell or rose only if the test says so.
    """
    rows = totals(evidence.follow_up)
    rows = rows[rows["verdict"] != ""]
    return tuple(change_sentences.sentence(language, row, about(language, row)) for row in as_records(rows))
