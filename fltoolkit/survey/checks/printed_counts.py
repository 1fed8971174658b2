"""How a number of persons may be printed outside the published set: one decision for a total and its parts.

Two exact counts, one of persons among the other's, tell of the persons between them. So every count is rounded to twice the
confidentiality limit: what lies between two rounded counts stays possible from none to more than the limit. A sum is told from its
printed parts, never counted by itself, and cases are told in classes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd


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
    return told_sum([count], limit)


def told_sum(parts: Collection[int], limit: int) -> object:
    """The sum of counts that stand by themselves elsewhere, as far as a reader of these knows it: `told` of one part alone."""
    printed = [rounded(count, limit) for count in parts]
    if shown := sum(number for number in printed if number):
        return f"about {shown:,}"
    hidden = printed.count(None)
    return f"fewer than {hidden * limit}" if hidden else 0


def told_of_cases(cases: int, limit: int) -> object:
    """A number of cases as a class, `fewer than 5` or `5 or more`; 0 where there is none."""
    return 0 if not cases else f"fewer than {limit}" if cases < limit else f"{limit} or more"
