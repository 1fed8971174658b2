"""Says which data values a message may print: short codes that several persons share. All others are only counted.

A column can hold anything. A wrong column may hold household numbers or free text, and a value of one person can name that person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LONGEST = 6  # characters; the codes of questionnaires are shorter, names and sentences are longer
MOST_DISTINCT = 50  # values of one column; a column with more holds identifiers or text, not codes
LISTED = 12  # values in one message
LIMIT = 5  # persons who must share a value, where no survey.yaml says another limit


@dataclass(frozen=True)
class Mask:
    """How values of the data are told in a message.

    Attributes:
        limit: how many persons must have a value before it is printed, `confidentiality.cases` of survey.yaml.
        off: True prints every value. Only `fltoolkit check --show-values` asks for it, on a terminal.
    """

    limit: int = LIMIT
    off: bool = False

    def told(self, persons: Mapping[str, int], distinct: int) -> str:
        """Values in words: those that may be printed, then the number of the others, such as `3, 7 and 4 other values`.

        Args:
            persons: each value to tell, with the number of persons who have it.
            distinct: how many different values the whole column holds.
        """
        if self.off:
            return ", ".join(persons)
        shown = [value for value, n in persons.items() if distinct <= MOST_DISTINCT and self._may_print(value, n)][:LISTED]
        hidden = len(persons) - len(shown)
        if not shown:
            return f"{hidden:,} value{'s' if hidden != 1 else ''}, not printed"
        others = f" and {hidden:,} other value{'s' if hidden != 1 else ''}" if hidden else ""
        return ", ".join(shown) + others

    def _may_print(self, value: str, persons: int) -> bool:
        return is_code(value) and persons >= max(self.limit, 1)


def is_code(value: str) -> bool:
    """Whether a value is as short as the codes of questionnaires are."""
    return len(value) <= LONGEST and not any(c.isspace() for c in value)
