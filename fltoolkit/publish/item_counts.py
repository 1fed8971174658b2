"""What each item contributes to the cases, as counts that pass confidentiality: beside the paths, from which it could be worked out."""

from __future__ import annotations

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.item_contributions import NAMED, ONLY, OTHERS, PREFIX, WITHOUT, with_parts
from fltoolkit.estimate.measures.intervals import Confidence
from fltoolkit.estimate.measures.prevalence_and_totals import estimate
from fltoolkit.estimate.totals.cluster_totals import Outcome
from fltoolkit.estimate.totals.one_pass import Estimand
from fltoolkit.estimate.totals.result_cells import breakdowns
from fltoolkit.publish.disclosure.cell_counts import Cell, Key, Limits, confidential, known_count
from fltoolkit.publish.disclosure.cell_system import system_of
from fltoolkit.publish.disclosure.complementary_suppression import protect
from fltoolkit.publish.published_set import Published
from fltoolkit.survey.spec.groups import NOT_STATED, TOTAL

COLUMNS = ["side", "item", "cases", "yes", "only"]


@checked
def contributions(persons: ClassifiedSurvey, out: Published, paths: pd.DataFrame) -> pd.DataFrame:
    """Of the cases, by item: how many answered yes to it, and for how many it is the only one on its side of the definition.

    Args:
        persons: a classified survey. out: its published set. paths: its `fl.paths`, which are shown beside this.

    Returns:
        A row an item, unweighted persons of the flowchart of adults: `side`, `item`, `cases` (all), `yes`, `only`. Blank is
        confidential: fewer persons, sampling points or households than the limits, or a count from which such a one could be
        worked out, with the rest of the cases or with the paths.
    """
    charted = persons.spec.charted
    population = next((name for name in charted if not persons.spec.of_children(name)), charted[0])
    whole = out.select("prevalence", population=population)["cases"].iloc[0]
    named = [t for step, t in zip(paths["step"], paths["trace"], strict=True) if step == "forced labour"]
    marked = with_parts(persons, named)
    sides = {item: side for side, items in persons.item_columns.items() for item in items}
    by = [[NAMED], *([PREFIX + item] for item in sides), *([NAMED, PREFIX + item] for item in sides)]
    table = estimate(marked, Estimand(Outcome("everyone"), "total", breakdowns(by)), population, Confidence()).table
    rows = []
    for item, side in sides.items():
        group = PREFIX + item
        others = [c for c in table if str(c).startswith(PREFIX) and c != group]
        mine = table[(table[others] == TOTAL).all(axis=1) & (table[[NAMED, group]] != NOT_STATED).all(axis=1)]
        shown = _shown(mine, group, out.limits) if pd.notna(whole) else {}
        rows.append((side, item, whole, whole - shown[WITHOUT] if WITHOUT in shown else None, shown.get(ONLY)))
    return pd.DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(COLUMNS[2:], "Int64"))


def _shown(rows: pd.DataFrame, group: str, limits: Limits) -> dict[str, int]:
    """The counts of an item's parts that may be shown; a part nobody has is 0.

    The cases on named paths are known by part, since a path names its items, and so is how many are on others: what is left there
    of a part must not be a few either.
    """
    cells = {
        frozenset((g, str(row[g])) for g in (NAMED, group) if row[g] != TOTAL): Cell(
            int(row["n"]), int(row["n"]), None, known_count(row["psus_with_cases"]), known_count(row["households_with_cases"])
        )
        for row in rows.to_dict("records")
    }
    parts = {part: frozenset({(group, part)}) for part in (ONLY, OTHERS, WITHOUT)}
    cells |= {k: Cell(0, 0) for k in parts.values() if k not in cells}
    everybody: Key = frozenset()
    cells[everybody] = Cell(sum(cells[k].cases for k in parts.values()), 0)
    unnamed = [k for k in cells if (NAMED, "no") in k and len(k) == 2]
    few = [k for k in cells if len(k) == 1 and k in parts.values()] + unnamed
    primary = {k: why for k in few if (why := confidential(cells[k], limits))}
    gone = dict.fromkeys(unnamed, "nowhere shown")
    known = [k for k in cells if k not in gone and k not in parts.values()]
    for spare in ([*known, parts[WITHOUT]], known):  # how many answered yes is kept where it can be
        made = protect(system_of(cells), primary, limits, gone=gone, spare=spare)
        if not made.exposed:
            return {part: cells[k].cases for part, k in parts.items() if k not in made.hidden}
    return {}
