"""What each item has to do with a case: the only one on its side of the definition, one of several, or not answered yes."""

from __future__ import annotations

import re
from collections.abc import Collection

import narwhals as nw

from fltoolkit.classify.items import any_of
from fltoolkit.classify.rules import SIDES
from fltoolkit.survey.design import Survey, bind

ONLY, OTHERS, WITHOUT = "only", "with others", "without"
PREFIX, NAMED = "fl__part_of__", "fl__named"


def with_parts(persons: Survey, named: Collection[str]) -> tuple[Survey, dict[str, str]]:
    """A classified survey with a column an item (PREFIX and its name): of a case its part, null of everybody else; over all episodes.

    `fl__named` says whether a case's trace is among `named`. Also gives the side of each item.
    """
    questions: dict[str, tuple[str, list[nw.Expr]]] = {}
    for name in persons.frame.collect_schema().names():
        if found := re.fullmatch(rf"fl__({'|'.join(SIDES)})__(.+)__\d+", name):
            questions.setdefault(found[2], (found[1], []))[1].append(nw.col(name))
    met = {item: any_of(columns).fill_null(False) for item, (_, columns) in questions.items()}
    case = nw.col("forced_labour").fill_null(False)
    columns = [
        nw.when(case & nw.col("trace").is_in(list(named)))
        .then(nw.lit("yes"))
        .otherwise(nw.when(case).then(nw.lit("no")))
        .alias(NAMED)
    ]
    for item, (side, _) in questions.items():
        beside = any_of([met[other] for other, (its, _) in questions.items() if its == side and other != item])
        part = nw.when(~met[item]).then(nw.lit(WITHOUT)).otherwise(nw.when(beside).then(nw.lit(OTHERS)).otherwise(nw.lit(ONLY)))
        columns.append(nw.when(case).then(part).alias(PREFIX + item))
    facts = {name: getattr(persons, name) for name in persons.__dataclass_fields__}
    made: Survey = bind(object.__new__(Survey), **facts | {"rows": persons.frame.with_columns(columns)})
    return made, {item: side for item, (side, _) in questions.items()}
