"""Counts how each item contributes to the cases, protected together with the paths, from which the counts could be calculated."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain, combinations

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
from fltoolkit.publish.measure_units import PROFILES
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
        worked out, with the rest of the cases or with the paths. All is blank where the run publishes a profile of its cases: its
        shares are of the same items, and both together could tell what each hides.
    """
    charted = persons.spec.charted
    population = next((name for name in charted if not persons.spec.of_children(name)), charted[0])
    whole = out.select("prevalence", population=population)["cases"].iloc[0]
    named = [t for step, t in zip(paths["step"], paths["trace"], strict=True) if step == "forced labour"]
    marked = with_parts(persons, named)
    sides = {item: side for side, items in persons.item_columns.items() for item in items}
    by = [[NAMED], *([PREFIX + item] for item in sides), *([NAMED, PREFIX + item] for item in sides)]
    by += [[NAMED, *(PREFIX + item for item in items)] for items in persons.item_columns.values()]
    table = estimate(marked, Estimand(Outcome("everyone"), "total", breakdowns(by)), population, Confidence()).table
    shown: dict[str, dict[str, int]] = {}
    if pd.notna(whole) and not out.own["measure"].isin(PROFILES).any():
        for items in persons.item_columns.values():
            shown |= _shown(_counts(table, [PREFIX + item for item in items]), [PREFIX + item for item in items], out.limits)
    rows = []
    for item, side in sides.items():
        own = shown.get(PREFIX + item, {})
        rows.append((side, item, whole, whole - own[WITHOUT] if WITHOUT in own else None, own.get(ONLY)))
    return pd.DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(COLUMNS[2:], "Int64"))


def _counts(table: pd.DataFrame, groups: list[str]) -> dict[Key, Cell]:
    """The cases by whether their path is named, by the part of each item of a side, and by the parts of all its items."""
    others = [c for c in table if str(c).startswith(PREFIX) and c not in groups]
    rows = table[(table[others] == TOTAL).all(axis=1) & (table[[NAMED, *groups]] != NOT_STATED).all(axis=1)]
    return {
        frozenset((g, str(row[g])) for g in (NAMED, *groups) if row[g] != TOTAL): Cell(
            int(row["n"]), int(row["n"]), None, known_count(row["psus_with_cases"]), known_count(row["households_with_cases"])
        )
        for row in rows.to_dict("records")
    }


def _shown(counts: dict[Key, Cell], groups: list[str], limits: Limits) -> dict[str, dict[str, int]]:
    """By item of a side the counts of its parts that may be shown; a part nobody has is 0.

    Every case has an item of the side, so that the parts of one item tell of another's: all are decided together. The cases on named paths
    are known by part, since a path names its items, and so is how many are on others: what is left there of a part must not be a few either.
    """
    found = [k for k in counts if len(k) == 1 + len(groups)]
    parts = {g: {part: frozenset({(g, part)}) for part in (ONLY, OTHERS, WITHOUT)} for g in groups}
    single = [k for own in parts.values() for k in own.values()]
    everybody: Key = frozenset()
    cells = {k: c for k, c in counts.items() if len(k) == 2 or k in single or k == frozenset({(NAMED, dict(k).get(NAMED, ""))})}
    cells |= {k: Cell(0, 0) for k in single if k not in cells}
    cells[everybody] = Cell(sum(cells[k].cases for k in parts[groups[0]].values()), 0)
    unnamed = [k for k in cells if (NAMED, "no") in k and len(k) == 2]
    primary = {k: why for k in (*single, *unnamed) if (why := confidential(cells[k], limits))}
    gone = dict.fromkeys(unnamed, "nowhere shown")
    known = [k for k in cells if k not in gone and k not in single]
    system = system_of(cells, _patterns(groups, cells, found))
    for spare in ([*known, *(own[WITHOUT] for own in parts.values())], known):  # how many answered yes is kept where it can be
        made = protect(system, primary, limits, gone=gone, spare=spare)
        if not made.exposed:
            return {g: {part: cells[k].cases for part, k in own.items() if k not in made.hidden} for g, own in parts.items()}
    return {}


def _patterns(groups: list[str], cells: Collection[Key], found: list[Key]) -> list[Key]:
    """The items of a side that cases may have, as their parts: those found, and any one or two, unless a part of theirs has nobody."""
    made = dict.fromkeys(found)
    for items in chain(combinations(groups, 1), combinations(groups, 2)):
        own = {g: WITHOUT if g not in items else OTHERS if len(items) > 1 else ONLY for g in groups}
        for named in ("yes", "no"):
            if all(frozenset({(NAMED, named), part}) in cells for part in own.items()):
                made[frozenset({(NAMED, named), *own.items()})] = None
    return list(made)
