"""Makes the tables of the profile of cases: circumstances, coercion and its stage, form of the forced labour, duration."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.publish.published_set import Published
from fltoolkit.show.printed_tables import result_tables
from fltoolkit.show.printed_tables.printed_table import PrintedTable
from fltoolkit.survey.spec.groups import groups_of_breakdown


def populations(out: Published) -> tuple[str, ...]:
    """Returns the populations (such as adults) whose profile of cases has at least one share that is shown."""
    rows = _rows(out)
    return tuple(rows.loc[rows["estimate"].notna(), "reference_population"].unique())


def tables(out: Published, language: Language, topics: Collection[str]) -> tuple[PrintedTable, ...]:
    """Returns a table per population: the shares of cases by topics such as `coercion`, not crossed with other groups."""
    rows = _rows(out)
    rows = rows[rows["breakdown"].isin(list(topics))]
    return tuple(
        result_tables.table(language, rows[rows["reference_population"] == who])
        for who in populations(out)
        if (rows["reference_population"] == who).any()
    )


def _rows(out: Published) -> pd.DataFrame:
    """Returns the published rows of the profile of cases that are about one topic, not crossed with a group.

    Topics that are also published as `share`, such as the form of forced labour, are left out, because their intervals are
    calculated in another way."""
    rows, shares = out.own_rows(measure="profile"), set(out.own_rows(measure="share")["breakdown"])
    return rows[(rows["breakdown"].map(groups_of_breakdown).map(len) == 1) & ~rows["breakdown"].isin(shares)]
