"""Rounds the numbers of persons that messages of the checks print, so that no small number can be learned
from them.

If one set of persons is part of another, the difference of their counts may be small. So every count is
rounded to a multiple of twice the confidentiality limit. Then no difference of two printed counts reveals a
count below the limit. A number of cases (persons in forced labour) is printed only as a range.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fltoolkit.languages.language import Language, read_language
from fltoolkit.languages.reasons import Reason
from fltoolkit.languages.word_files import BASE

if TYPE_CHECKING:
    import pandas as pd


def rounded(count: int, limit: int) -> int | None:
    """Returns a count as it may be printed: rounded to the nearest multiple of twice the limit. With limit 5,
    33 becomes 30. Returns None if the count is above 0 and below the limit, because such a count must not be
    printed."""
    base = 2 * max(limit, 1)
    if 0 < count < limit:
        return None
    return (count + base // 2) // base * base


def rounded_columns(table: pd.DataFrame, columns: Sequence[str], limit: int) -> pd.DataFrame:
    """Returns a table in which the counts in some columns are rounded to the nearest multiple of twice the
    limit. A count above 0 and below the limit becomes blank."""
    import pandas as pd

    return table.assign(
        **{c: pd.array([rounded(int(v), limit) for v in table[c]], dtype="Int64") for c in columns}
    )


def count_in_words(count: int, limit: int, language: Language | None = None) -> object:
    """Returns a count of persons in words, rounded: `about 30`, or `fewer than 5` if it is below the limit. A
    count of 0 stays 0. The words are English, unless another language is given."""
    number = rounded(count, limit)
    return (
        _say("fewer", limit, language) if number is None else _say("about", number, language) if number else 0
    )


def sum_in_words(one: int, other: int, limit: int, language: Language | None = None) -> object:
    """Returns the sum of two counts in words, rounded, such as `about 30`. Both counts may also be printed
    separately. A count above 0 and below the limit is not printed. If both counts are too small to be
    printed, the result is only `fewer than 10` (twice the limit), because the sum could reveal the two
    counts."""
    both_hidden = rounded(one, limit) is None and rounded(other, limit) is None
    if both_hidden:
        return _say("fewer", 2 * limit, language)
    return count_in_words(one + other, limit, language)


def class_of_cases(cases: int, limit: int) -> Reason:
    """Returns a number of cases (persons in forced labour) above 0 as one of two ranges, in words that can be
    translated: `fewer than 5 cases` or `5 or more cases`, if the limit is 5."""
    return Reason.of("reasons.fewer_of" if cases < limit else "reasons.or_more", N=limit)


def cases_in_words(cases: int, limit: int, language: Language | None = None) -> object:
    """Returns a number of cases (persons in forced labour) as one of two ranges, `fewer than 5` or `5 or
    more`, if the limit is 5. Returns 0 if there is no case."""
    return _say("fewer" if cases < limit else "or_more", limit, language) if cases else 0


def _say(kind: str, number: int, language: Language | None) -> str:
    language = language or read_language(BASE)
    return language.say(f"kit.findings.counts.{kind}", N=language.number(f"{number:,}"))
