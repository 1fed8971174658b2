"""The profile of cases, as blocks of a document: the circumstances, the coercion, its stage, its form, and how long it lasted."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.publish.published_set import Published
from fltoolkit.show.printed_tables import result_tables
from fltoolkit.show.printed_tables.printed_table import PrintedTable
from fltoolkit.survey.spec.groups import uncrossed


def populations(out: Published) -> tuple[str, ...]:
    """Returns the populations with a published profile that has a number to show. Adults and children have separate profiles."""
    rows = _rows(out)
    return tuple(rows.loc[rows["estimate"].notna(), "reference_population"].unique())


def tables(out: Published, language: Language, topics: Collection[str]) -> tuple[PrintedTable, ...]:
    """Returns the shares of cases by these topics, one table per population. Shares by a group are in notebooks and files."""
    rows = _rows(out)
    rows = rows[rows["breakdown"].isin(list(topics))]
    return tuple(
        result_tables.table(language, rows[rows["reference_population"] == who])
        for who in populations(out)
        if (rows["reference_population"] == who).any()
    )


def _rows(out: Published) -> pd.DataFrame:
    """Returns the published shares by a topic alone.

    Leaves out topics that are also published as `share`, such as the form: their intervals are calculated in another way.
    """
    rows, shares = out.own_rows(measure="profile"), set(out.own_rows(measure="share")["breakdown"])
    return rows[(rows["breakdown"].map(uncrossed).map(len) == 1) & ~rows["breakdown"].isin(shares)]
