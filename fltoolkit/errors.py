"""Defines the errors of the kit. Each message says where the problem is, what was found, what is allowed and
what to do."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

MOST = 20  # values shown in one message


class FltoolkitError(Exception):
    """Base class of all errors that the kit raises on purpose.

    Args:
        problem: one sentence that says what is wrong. It is a text, or a `Reason` (see `languages.reasons`)
            if a published row must also state the problem.
        where: the file, key or column.
        found: what was found there.
        allowed: what is allowed there.
        do: what the user should do next.
        withheld: values of the data that would help the user. The message does not contain these values,
            because they can identify a person. `fltoolkit check --show-values` prints them on a terminal.
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
        found = next(iter(found)) if isinstance(found, (list, tuple)) and len(found) == 1 else found
        self.found, self.allowed = _words(found), _words(_nearest_first(allowed, found))
        self._nearest = did_you_mean(found, allowed)
        self.problem_as_given, self.found_as_given = problem, found
        super().__init__(self.message)

    def _render_traceback_(self) -> list[str]:
        """Returns what a notebook shows of this error: the message. The way through the code is shown by a
        second look, with `%tb`, and of an error that other code raised. IPython calls this method."""
        raised_in = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(self.__traceback__)]
        if getattr(self, "_seen", False) or not Path(raised_in[-1]).is_relative_to(Path(__file__).parent):
            return traceback.format_exception(self)
        self._seen = True
        return [f"{type(self).__name__}: {self.message}"]

    @property
    def reason(self) -> str:
        """Returns the problem, and the value that was found, in one line."""
        return f"{self.problem}: {self.found}" if self.found else self.problem

    @property
    def message(self) -> str:
        lines = [f"{self.where}: {self.problem}" if self.where else self.problem]
        found = f"{self.found}{self._nearest}" if self.found else ""
        facts = (("found", found), ("allowed", self.allowed), ("do", self.do))
        lines += [f"  {name + ':':<9}{text}" for name, text in facts if text]
        return "\n".join(lines).encode(errors="backslashreplace").decode()  # half a letter cannot be printed


class Interrupted(KeyboardInterrupt):
    """A call of the kit was stopped, such as with the stop button of a notebook."""

    def _render_traceback_(self) -> list[str]:
        """Returns what a notebook shows: which call was stopped, and not where in the code."""
        return [str(self)]


class SpecError(FltoolkitError):
    """A YAML file (survey, rule set, profile, plan, batch) has an error."""


class DataError(FltoolkitError):
    """A data file cannot be read, or its content contradicts survey.yaml."""


class RepeatedKeys(DataError):
    """Several rows of a data file have the same key, which must be unique.

    Attributes:
        rows: a table with one row per repeated key: the columns of the key, the number of rows with this key,
            and the file. Keys identify single records, so only a private folder may contain this table.
    """

    def __init__(self, problem: str, *, rows: pd.DataFrame, where: str, found: object, do: str) -> None:
        super().__init__(problem, where=where, found=found, do=do)
        self.rows = rows


class DesignError(FltoolkitError):
    """No variance can be calculated, because the sample design is wrong: its weights, strata, PSUs or finite
    population correction (FPC).
    """


class RequestError(FltoolkitError):
    """A call asks for something that the survey or the estimates cannot answer."""


class NotAvailable(RequestError):
    """The request is valid, but this survey did not ask the question, or did not ask it of everyone. The
    published table then has a row without a number, and the column `reason` of this row says why."""


class PublicationError(FltoolkitError):
    """A file cannot be written, because it must not be published, or because a protection (hidden numbers)
    would become weaker without notice."""


class BatchError(FltoolkitError):
    """A batch file or its parameters are wrong, or a run of the batch failed."""


def expect_type(value: object, kind: type, where: str, do: str = "") -> None:
    """Raise an error of the kit if an argument has the wrong type. `where` names the argument, and `do` says
    what the user should do.

    Raises:
        RequestError: the argument is not an instance of `kind`.
    """
    if not isinstance(value, kind):
        raise RequestError(
            "this value is not allowed here",
            where=where,
            found=type(value).__name__,
            allowed=kind.__name__,
            do=do,
        )


def did_you_mean(found: object, allowed: object) -> str:
    """Returns the end of a message about a misspelt name, `; did you mean sex?`. The text is empty if no
    allowed name is similar to the one that was found."""
    if isinstance(allowed, str) or not isinstance(allowed, Iterable) or not isinstance(found, str):
        return ""
    if found in (allowed := [*allowed]):
        return ""
    from difflib import get_close_matches  # slow to import, and seldom needed

    names = {str(name).lower(): str(name) for name in allowed}
    near = get_close_matches(found.lower(), names, n=1)
    return f"; did you mean {names[near[0]]}?" if near else ""


def _words(value: object) -> str:
    """Returns a value as text for a message. A list is joined by commas and cut after `MOST` values."""
    if value is None:
        return ""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return str(value)
    items = [str(v) for v in value]
    return ", ".join(items[:MOST]) + (f" … ({len(items)} in all)" if len(items) > MOST else "")


def _nearest_first(allowed: object, found: object) -> object:
    """Returns the allowed values in their order. If the list is too long for a message, the values most
    similar to `found` come first."""
    if isinstance(allowed, str) or not isinstance(allowed, Iterable) or not isinstance(found, str):
        return allowed
    items = [str(v) for v in allowed]
    if len(items) <= MOST:
        return items
    from difflib import SequenceMatcher  # slow to import, and seldom needed

    return sorted(items, key=lambda item: -SequenceMatcher(None, item.lower(), found.lower()).ratio())
