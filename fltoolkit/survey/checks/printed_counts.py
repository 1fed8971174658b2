"""Rounds the numbers of persons that checks print: one decision for a total and its parts.

If one count of persons is within another, their difference would be a small count. So every count is rounded to twice the confidentiality
limit. Then the difference of two rounded counts does not reveal a count below the limit. The parts of a printed sum are rounded too, and
cases are given in classes.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from fltoolkit.languages.reasons import Reason


def rounded(count: int, limit: int) -> int | None:
    """A count to the nearest multiple of twice the limit; none where it is not 0 and below the limit, which stays hidden."""
    base = 2 * max(limit, 1)
    if 0 < count < limit:
        return None
    return (count + base // 2) // base * base


def rounded_columns(table: pd.DataFrame, columns: Sequence[str], limit: int) -> pd.DataFrame:
    """A table with `rounded` columns of counts; blank is hidden."""
    return table.assign(**{c: pd.array([rounded(int(v), limit) for v in table[c]], dtype="Int64") for c in columns})


def told(count: int, limit: int) -> object:
    """A count of persons in words, such as `about 30` or `fewer than 5`; 0 where there is nobody."""
    number = rounded(count, limit)
    return f"fewer than {limit}" if number is None else f"about {number:,}" if number else 0


def told_sum(one: int, other: int, limit: int) -> object:
    """The sum of two counts that are printed separately. If both are hidden, only what follows from them is printed."""
    both_hidden = rounded(one, limit) is None and rounded(other, limit) is None
    return f"fewer than {2 * limit}" if both_hidden else told(one + other, limit)


def class_of_cases(cases: int, limit: int) -> Reason:
    """How many cases something is true of, where it is true of some: `fewer than 5 case(s)` or `5 or more case(s)`."""
    return Reason.of("reasons.fewer_of" if cases < limit else "reasons.or_more", N=limit)


def told_of_cases(cases: int, limit: int) -> object:
    """A number of cases as a class, `fewer than 5` or `5 or more`; 0 where there is none."""
    return 0 if not cases else f"fewer than {limit}" if cases < limit else f"{limit} or more"
