"""Decides which data values a message may print: short codes that several persons share. All others are only
counted.

A column can contain anything. If survey.yaml names a wrong column, it may contain household numbers or free
text. A value that only one person has can identify this person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fltoolkit.languages.reasons import Reason, Remark

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
