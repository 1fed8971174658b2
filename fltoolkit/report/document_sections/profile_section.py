"""The profile of cases, as blocks of a document: which circumstances, which coercion, at which stage, in which form, for how long."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.publish.published_set import Published
from fltoolkit.show.printed_tables import result_tables
from fltoolkit.show.printed_tables.printed_table import PrintedTable
from fltoolkit.survey.spec.groups import uncrossed


def populations(out: Published) -> tuple[str, ...]:
    """The populations of which a profile is published with a number to show: adults and children each have their own."""
    rows = _rows(out)
    return tuple(rows.loc[rows["estimate"].notna(), "reference_population"].unique())


def tables(out: Published, language: Language, topics: Collection[str]) -> tuple[PrintedTable, ...]:
    """The shares of cases of each characteristic of some topics, one table per population. Breakdowns by a group are in the notebooks and files."""
    rows = _rows(out)
    rows = rows[rows["breakdown"].isin(list(topics))]
    return tuple(
        result_tables.table(language, rows[rows["reference_population"] == who])
        for who in populations(out)
        if (rows["reference_population"] == who).any()
    )


def _rows(out: Published) -> pd.DataFrame:
    """The published shares by nothing but a topic, without what stands among the shares, as the form may: its intervals are made otherwise."""
    rows, shares = out.own_rows(measure="profile"), set(out.own_rows(measure="share")["breakdown"])
    return rows[(rows["breakdown"].map(uncrossed).map(len) == 1) & ~rows["breakdown"].isin(shares)]
