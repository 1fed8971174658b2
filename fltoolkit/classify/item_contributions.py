"""Says what each item did in a case: it alone met its side of the definition, it was one of several, or it was not answered yes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import narwhals as nw

from fltoolkit.classify.answers_as_truths import any_of
from fltoolkit.classify.classified_survey import ClassifiedSurvey

ONLY, OTHERS, WITHOUT = "only", "with others", "without"
PREFIX, NAMED = "fl__part_of__", "fl__named"


def with_parts(persons: ClassifiedSurvey, named: Collection[str]) -> ClassifiedSurvey:
    """A classified survey with a column an item (PREFIX and its name): of a case its part, null of everybody else; over all episodes.

    `fl__named` says whether a case's trace is among `named`.
    """
    case = nw.col("forced_labour").fill_null(False)
    columns = [
        nw.when(case & nw.col("trace").is_in(list(named)))
        .then(nw.lit("yes"))
        .otherwise(nw.when(case).then(nw.lit("no")))
        .alias(NAMED)
    ]
    for items in persons.item_columns.values():
        met = {item: any_of([nw.col(name) for name in names]).fill_null(False) for item, names in items.items()}
        for item in items:
            beside = any_of([met[other] for other in items if other != item])
            part = (
                nw.when(~met[item]).then(nw.lit(WITHOUT)).otherwise(nw.when(beside).then(nw.lit(OTHERS)).otherwise(nw.lit(ONLY)))
            )
            columns.append(nw.when(case).then(part).alias(PREFIX + item))
    return replace(persons, rows=persons.frame.with_columns(columns))
