"""Errors a user can act on: where it is, what was found, what is allowed, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

MOST = 20  # of what is allowed, in one message


class FltoolkitError(Exception):
    """Base of all errors the kit raises on purpose.

    Args:
        problem: one sentence that says what is wrong: a text, or a remark (see `languages.reasons`) where a published row says it, too.
        where: the file, key or column.
        found: what stood there.
        allowed: what may stand there.
        do: what the reader should do next.
        withheld: values of the data that would help the reader. They are no part of the message, since they can name a person;
            `fltoolkit check --show-values` prints them on a terminal.
    """

    def __init__(
        self,
        problem: object,
        *,
        where: str = "",
        found: object = None,
        allowed: object = None,
        do: str = "",
        withheld: str = "",
    ) -> None:
        self.problem, self.where, self.do, self.withheld = str(problem), where, do, withheld
        self.found, self.allowed = _words(found), _words(_nearest_first(allowed, found))
        self.said, self.found_as_given = problem, found
        super().__init__(self.message)

    @property
    def reason(self) -> str:
        """The problem and what was found, in one line."""
        return f"{self.problem}: {self.found}" if self.found else self.problem

    @property
    def message(self) -> str:
        lines = [f"{self.where}: {self.problem}" if self.where else self.problem]
        facts = (("found", self.found), ("allowed", self.allowed), ("do", self.do))
        lines += [f"  {name + ':':<9}{text}" for name, text in facts if text]
        return "\n".join(lines)


class SpecError(FltoolkitError):
    """A YAML file (survey, rule set, profile, plan, batch) does not say what it must."""


class DataError(FltoolkitError):
    """A data file cannot be read, or what it holds contradicts its survey.yaml."""


class RepeatedKeys(DataError):
    """Rows of a data file share the key that must tell them apart.

    Attributes:
        rows: these rows, in the columns of `finding_rows`. They name single records: only a private folder may hold them.
    """

    def __init__(self, problem: str, *, rows: pd.DataFrame, where: str, found: object, do: str) -> None:
        super().__init__(problem, where=where, found=found, do=do)
        self.rows = rows


class DesignError(FltoolkitError):
    """The sample design cannot carry a variance: weights, strata, PSUs or FPC are wrong."""


class RequestError(FltoolkitError):
    """A call asks for something the survey or the estimates cannot answer."""


class NotAvailable(RequestError):
    """What is asked is sound, but this survey did not ask it, or not of everyone: the published set says so in a row of its own."""


class PublicationError(FltoolkitError):
    """Something would leave unpublished, or a protection would be weakened silently."""


class BatchError(FltoolkitError):
    """A batch file or its parameters are wrong, or a run of the batch failed."""


def expect(value: object, kind: type, where: str, do: str = "") -> None:
    """Stop on an argument of another kind, in the kit's words instead of Python's.

    Raises:
        RequestError: it is not of that kind.
    """
    if not isinstance(value, kind):
        raise RequestError(
            "this is not what is taken here", where=where, found=type(value).__name__, allowed=kind.__name__, do=do
        )


def _words(value: object) -> str:
    """A value as a reader sees it: lists joined by commas and cut after `MOST`."""
    if value is None:
        return ""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return str(value)
    items = [str(v) for v in value]
    return ", ".join(items[:MOST]) + (f" … ({len(items)} in all)" if len(items) > MOST else "")


def _nearest_first(allowed: object, found: object) -> object:
    """What is allowed, in its order; where the list would be cut, what looks most like the word that was found stands first."""
    if isinstance(allowed, str) or not isinstance(allowed, Iterable) or not isinstance(found, str):
        return allowed
    items = [str(v) for v in allowed]
    if len(items) <= MOST:
        return items
    from difflib import SequenceMatcher  # slow to import, and seldom needed

    return sorted(items, key=lambda item: -SequenceMatcher(None, item.lower(), found.lower()).ratio())
