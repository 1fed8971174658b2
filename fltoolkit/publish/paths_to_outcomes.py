"""Counts the paths through the definition of forced labour: the lists of answers that lead to a result. A
path is shown next to the flowchart only if enough persons have it."""

from __future__ import annotations

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.estimate.measures import prevalence_and_totals as verbs
from fltoolkit.publish.disclosure.cell_system import system_of
from fltoolkit.publish.disclosure.complementary_suppression import protect
from fltoolkit.publish.disclosure.confidential_cells import Cell, confidential, known_count
from fltoolkit.publish.published_set import Published, refuse_other_survey
from fltoolkit.survey.design.suppression_key import suppression_key
from fltoolkit.survey.printed_values import rounded_columns
from fltoolkit.survey.spec.groups_and_tables import TOTAL
from fltoolkit.table_records import as_records

OTHER = "other paths"
PATH = ["step", "trace", "short_trace"]


@checked
def paths(persons: ClassifiedSurvey, out: Published) -> pd.DataFrame:
    """Returns the paths through the definition of forced labour that enough persons have. A path is the list
    of answers that led to a person's result.

    If a path has fewer persons, PSUs or households than the confidentiality limits, it is counted only in the
    row `other paths` of its step. The same is true of a path from which such a path could be calculated. A
    step that is not shown has no paths. If no numbers of persons are published (normalised weights), there is
    no row.

    Args:
        persons: a classified survey.
        out: the run's published set.

    Returns:
        One row for each path, the most frequent first. `step` is the place in the flowchart where the path
            ends, and `trace` is the path. `short_trace` is the path in a shorter form for tables. `persons`
            is the number of persons with this path, unweighted and rounded as in `fl.nonresponse`; a number
            below the limit is blank.
    """
    refuse_other_survey(persons, out, "paths")
    if not len(out.places({"measure": "flowchart"})):
        return pd.DataFrame(columns=[*PATH, "persons"])
    return pd.concat(
        [_paths(persons, out, population) for population in persons.spec.charted], ignore_index=True
    )


def _paths(persons: ClassifiedSurvey, out: Published, population: str) -> pd.DataFrame:
    table = verbs.traces(persons, population=population).table
    steps = out.select("flowchart", "step", population=population)
    open_steps = set(steps["step"][steps["estimate"].notna()])
    cells = {
        frozenset((g, str(row[g])) for g in ("step", "trace") if row[g] != TOTAL): Cell(
            int(row["n"]),
            int(row["n"]),
            None,
            known_count(row["psus_with_cases"]),
            known_count(row["households_with_cases"]),
        )
        for row in as_records(table)
        if row["step"] in open_steps
    }
    short = dict(zip(table["trace"], table["short_trace"], strict=True))
    primary = {k: why for k, c in cells.items() if len(k) == 2 and (why := confidential(c, out.limits))}
    steps_only = [k for k in cells if len(k) == 1]
    system = system_of(cells, [k for k in cells if len(k) == 2])
    key = suppression_key(persons).secret
    hidden = protect(system, primary, out.limits, always_shown=steps_only, key=key).hidden
    named = [(dict(k), c.cases, k in hidden) for k, c in cells.items() if len(k) == 2]
    rows = pd.DataFrame(
        [
            (k["step"], *((OTHER, OTHER) if gone else (k["trace"], short[k["trace"]])), n)
            for k, n, gone in named
        ],
        columns=[*PATH, "persons"],
    )
    summed: pd.DataFrame = rows.groupby(PATH, as_index=False, sort=False).sum()
    # before sorting: the order of exact counts would reveal them
    printed = rounded_columns(summed, ["persons"], out.limits.cases)
    return printed.sort_values("persons", ascending=False, kind="stable", ignore_index=True)
