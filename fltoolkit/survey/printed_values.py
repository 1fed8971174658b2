"""Decides which values and counts of the data a message may print. A value is printed only if it is a short
code that several persons share. A count is printed exactly, rounded or in words, so that no person can be told.

A column can contain anything. If survey.yaml names a wrong column, it may contain household numbers or free
text. A value that only one person has can identify this person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fltoolkit.languages.language import Language, read_language
from fltoolkit.languages.reasons import Reason, Remark
from fltoolkit.languages.word_files import BASE

if TYPE_CHECKING:
    import pandas as pd

LONGEST = 6  # characters; the codes of questionnaires are shorter, names and sentences are longer
MOST_DISTINCT = 50  # values of one column; more of them are identifiers or text, not codes
LISTED = 12  # values in one message
LIMIT = 5  # persons who must share a value, if survey.yaml gives no other limit


@dataclass(frozen=True)
class Mask:
    """The rule that decides which values of the data a message may print.

    Attributes:
        limit: how many persons must share a value before it is printed. For a survey, it is
            `confidentiality.cases` of survey.yaml.
        off: whether every value is printed. Only `fltoolkit check --show-values` uses this, on a terminal.
    """

    limit: int = LIMIT
    off: bool = False

    def printed(self, persons: Mapping[str, int], distinct: int) -> Remark | str:
        """Returns values for a message: some that may be printed, and the number of all others, such as `3, 7
        and 4 other values`. If the column has many different values (more than `MOST_DISTINCT`), none is
        printed.

        Args:
            persons: the number of persons with each value.
            distinct: the number of different values in the whole column.
        """
        if self.off:
            return ", ".join(persons)
        shown = self.shown(persons, distinct)[:LISTED]
        hidden = len(persons) - len(shown)
        if not shown:
            return Reason.of(f"reasons.{'value' if hidden == 1 else 'values'}_not_printed", N=hidden)
        if hidden:
            others = "other_value" if hidden == 1 else "other_values"
            return Reason.of(f"reasons.and_{others}", values=tuple(shown), N=hidden)
        return ", ".join(shown)

    def shown(self, persons: Mapping[str, int], distinct: int) -> list[str]:
        """Returns those values that may be printed. The arguments are those of `printed`."""
        return [
            value
            for value, n in persons.items()
            if self.off or (distinct <= MOST_DISTINCT and self._may_print(value, n))
        ]

    def _may_print(self, value: str, persons: int) -> bool:
        return is_code(value) and persons >= max(self.limit, 1)


def rounded_sum(added: float, digits: int = 2) -> float:
    """Returns a sum of weights, or a number of their size, as it may be printed. With all its digits, it would
    be a sum of single weights."""
    return float(f"{added:.{digits}g}")


def is_code(value: str) -> bool:
    """Returns whether a value could be a code of a questionnaire: it is short and has no blank. Any other
    value could be a name."""
    return len(value) <= LONGEST and not any(c.isspace() for c in value)


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
