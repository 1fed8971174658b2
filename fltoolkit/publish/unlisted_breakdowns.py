"""Prints a breakdown whose categories may not be listed as one row without a category.

A table by a group that only cases have, such as the sector of forced labour, lists only categories with a
case. Five sectors beside five cases would tell that each sector has one.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from fltoolkit.survey.spec.groups_and_tables import groups_of_breakdown


def with_one_row_each(table: pd.DataFrame, unlisted: Collection[int]) -> pd.DataFrame:
    """Returns the published rows, with one row in place of the rows of each breakdown that may not be listed.
    This row has no category and no number.

    Args:
        table: published rows, in which the numbers of unlisted rows are already blank.
        unlisted: the positions of the rows that may not be listed, as in `Decision.unlisted`.
    """
    if not unlisted:
        return table
    table = table.reset_index(drop=True)
    columns = [
        c for c in ("measure", "outcome", "reference_population", "breakdown", "rule_set") if c in table
    ]
    again = table.loc[sorted(unlisted)].duplicated(columns)
    for i in again.index[~again]:
        groups = [g for g in groups_of_breakdown(str(table.at[i, "breakdown"])) if g in table]
        table.loc[i, [*groups, "category", "ilostat"]] = ""
    return table.drop(index=list(again.index[again])).reset_index(drop=True)
