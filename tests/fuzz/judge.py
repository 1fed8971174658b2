"""What became of a mutant: the kit's result or error beside the loop's answer."""

from __future__ import annotations

import math
import re
import signal
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Literal

from fltoolkit.errors import DataError, FltoolkitError, SpecError

from .cases import CANARY
from .loop.verdict import Answer, Row

Kind = Literal["confirmed", "refused", "unconfirmed", "failure"]
CLOSE = 1e-9
PATIENCE = 10.0  # seconds; a mutant that takes longer hangs
LIBRARIES = re.compile(
    r"pydantic|duckdb|narwhals|NoneType|Traceback|\b(Binder|Conversion|Parser|Catalog|Invalid Input|Out "
    r"of Memory) Error"
)
TOLD = {"a ragged row": "line", "an open quote": "quote", "an open or broken quote": "quote"}


class HangError(BaseException):
    """A mutant that took too long. No `Exception`, so that nothing on the way swallows it."""


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant.

    `family`, `change`: what was mutated, and how. `why`: of a failure its type, without a value of the data.
    `estimate`: whether a result was reached; `changed`: whether it differs from that of the input before it
    was mutated; `read`: whether the loop reads what was changed.
    """

    number: int
    family: str
    change: str
    kind: Kind
    why: str
    estimate: bool
    changed: bool
    read: bool
    seconds: float


@dataclass(frozen=True)
class Trial:
    """One mutant, ready to be tried.

    `ask`: the kit's table for it. `answer`: the loop's. `groups`: how many columns of the table are groups.
    `before`: the loop's rows before it was mutated. `read`: whether the loop reads what was changed. `named`:
    what must stand in a refusal (a path).
    """

    family: str
    change: str
    ask: Callable[[], Any]
    answer: Answer
    groups: int
    before: dict[tuple[str, ...], Row]
    read: bool
    named: str = ""
    canaries: tuple[str, ...] = (CANARY,)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Stop what takes longer, where the system has an alarm (Windows has none)."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise HangError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def judged(number: int, trial: Trial) -> Outcome:
    """Try a mutant and say what became of it."""
    start = time.perf_counter()
    table = None
    try:
        with patience(PATIENCE), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = trial.ask()
    except FltoolkitError as error:
        kind, why = _refusal(error, trial)
    except HangError:
        kind, why = "failure", "hang"
    except RecursionError:
        kind, why = "failure", "traceback: RecursionError"
    except Exception as error:
        kind, why = "failure", f"traceback: {type(error).__name__} at {_place(error)}"
    else:
        kind, why = _result(table, trial)
    seconds = time.perf_counter() - start
    estimate = table is not None
    changed = (
        estimate
        and bool(trial.before)
        and (
            trial.answer.rows.keys() != trial.before.keys()
            or any(_differs(trial.answer.rows[key], row) for key, row in trial.before.items())
        )
    )
    return Outcome(
        number,
        trial.family,
        trial.change,
        kind,
        why,
        estimate,
        changed and kind == "confirmed",
        trial.read,
        seconds,
    )


def _refusal(error: FltoolkitError, trial: Trial) -> tuple[Kind, str]:
    message = error.message
    if any(canary in message for canary in trial.canaries):
        return "failure", f"leak: {type(error).__name__}: {masked(error.problem)}"
    if trial.answer.kind == "legal":
        return "failure", f"refused what is legal: {type(error).__name__}: {masked(error.problem)}"
    if found := LIBRARIES.search(message):
        return "failure", f"words of a library: {found[0]}: {masked(error.problem)}"
    if not (error.do or error.allowed or "\n  - " in message):
        return "failure", f"says not what to do: {type(error).__name__}: {masked(error.problem)}"
    if trial.named and isinstance(error, (SpecError, DataError)) and trial.named not in message:
        return "failure", f"says not where: {type(error).__name__}: {masked(error.problem)}"
    if (word := TOLD.get(trial.answer.why, "")) not in message:
        return "failure", f"vague: {trial.answer.why}: no {word!r} in: {masked(error.problem)}"
    return "refused", trial.answer.why


def _result(table: Any, trial: Trial) -> tuple[Kind, str]:
    if trial.answer.kind == "illegal":
        return "failure", f"a result in spite of: {trial.answer.why}"
    if trial.answer.kind == "unknown":
        return "unconfirmed", trial.answer.why
    if found := difference(table, trial.answer.rows, trial.groups):
        return "failure", f"another number: {found}"
    return "confirmed", trial.answer.why


def difference(table: Any, rows: dict[tuple[str, ...], Row], groups: int) -> str:
    """The first field in which the kit's table is not the loop's; empty where it is."""
    names = [str(name) for name in table.columns]
    values = list(table.itertuples(index=False, name=None))
    whole, real = (
        {str(field): names.index(field, groups) for field in fields if field in names[groups:]}
        for fields in (("n", "cases", "unresolved", "df"), ("population", "estimate", "se"))
    )
    found = {tuple(str(v) for v in row[:groups]): row for row in values}
    if len(found) < len(values):
        return "a row twice"
    empty = {key for key, row in found.items() if "n" in whole and row[whole["n"]] == 0}
    if set(found) - empty != set(rows):
        return "rows"
    for key, row in rows.items():
        kit = found[key]
        for field, place in whole.items():
            if getattr(row, field) >= 0 and int(kit[place]) != getattr(row, field):
                return field
        for field, place in real.items():
            floor = (
                abs(row.estimate) * 1e-6 if field == "se" else 0.0
            )  # a standard error of rounding alone is nothing
            if not _near(float(kit[place]), getattr(row, field), max(floor, 1e-300)):
                return field
    return ""


def _near(a: float, b: float, floor: float) -> bool:
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return abs(a - b) <= CLOSE * max(abs(a), abs(b), floor)


def _differs(a: Row, b: Row) -> bool:
    return (a.n, a.cases, a.unresolved, a.df) != (b.n, b.cases, b.unresolved, b.df) or not (
        _near(a.estimate, b.estimate, 1e-300) and _near(a.se, b.se, 1e-12)
    )


def masked(text: str) -> str:
    """A message's first line without what it quotes: names, numbers and paths."""
    first = re.sub(r"/\S+", "PATH", text.split("\n")[0])
    return re.sub(r"'[^']*'|\"[^\"]*\"|\d[\d.,]*", "…", first)[:90]


def _place(error: BaseException) -> str:
    """The innermost line of the kit that an exception went through."""
    frames: Sequence[traceback.FrameSummary] = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if "fltoolkit/" in f.filename]
    return f"{Path(own[-1].filename).name}:{own[-1].name}" if own else "the campaign"
