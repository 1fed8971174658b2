"""Reads the argument `by` of an estimate. This argument gives the breakdowns of the result. A breakdown has
no group (the total), one group, or several crossed groups."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Annotated

from fltoolkit.arguments import NO_COLUMN, checked
from fltoolkit.errors import RequestError
from fltoolkit.survey.spec.groups_and_tables import CROSS
from fltoolkit.survey.spec.survey_spec import RESULTS

By = Annotated[
    str | Sequence[str] | Sequence[Sequence[str]] | None,
    NO_COLUMN,
    (
        'name a group, or groups: "sex", ["sex", "region"]; or write each breakdown as a list, and the '
        "total "
        'as []: [[], ["sex"]]'
    ),
]
Breakdowns = tuple[tuple[str, ...], ...]
MOST_OF_CUBE = 10  # groups


def breakdowns(by: By) -> Breakdowns:
    """Returns the argument `by` of an estimate in its full form: a tuple of breakdowns, each a tuple of group
    names. None gives the total, `((),)`. A list of names is one crossed breakdown: `["sex", "region"]` gives
    `(("sex", "region"),)`. A list of lists is several breakdowns.
    """
    if by is None:
        return ((),)
    if isinstance(by, str):
        return ((by,),)
    names = [part for part in by if isinstance(part, str)]
    if len(names) == len(by):
        return (tuple(dict.fromkeys(names)),)
    return tuple(dict.fromkeys(tuple(dict.fromkeys(p)) for p in by))


def groups_of(wanted: Breakdowns) -> tuple[str, ...]:
    """Returns all groups that some breakdowns name, each once. Each group becomes a column of the result.

    Raises:
        RequestError: a result already has a column of this name; or the name has the sign that joins crossed
            groups (×).
    """
    groups = tuple(dict.fromkeys(g for b in wanted for g in b))
    if taken := [g for g in groups if g in RESULTS or CROSS in g]:
        raise RequestError(
            "a result has a column of this name"
            if taken[0] in RESULTS
            else f"a group's name may not hold {CROSS!r}, which joins two groups",
            where="by",
            found=taken[0],
            do="rename the column in the data, or copy it under another name",
        )
    return groups


@checked
def cube(*groups: str) -> list[list[str]]:
    """List all breakdowns that some groups allow, for use as `by=`. The total (`[]`) is first: cube("sex",
    "age") is [[], ["sex"], ["age"], ["sex", "age"]].

    Raises:
        RequestError: there are more than ten groups. Ten groups have over a thousand breakdowns, and each
            further group doubles them.
    """
    if len(groups) > MOST_OF_CUBE:
        raise RequestError(
            "a cube of so many groups has too many breakdowns",
            where="cube",
            found=f"{len(groups)} groups",
            allowed=f"at most {MOST_OF_CUBE}",
            do='list the breakdowns that are wanted: by=[[], ["sex"], ["sex", "region"]]',
        )
    return [list(c) for size in range(len(groups) + 1) for c in combinations(groups, size)]
