"""What the loop says of an input: its result, or that the documentation calls it an error, or that the loop
does not know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["legal", "allowed", "illegal", "unknown"]


class IllegalInput(Exception):
    """The documentation calls this an error: a result would be a guess."""


class UnknownInput(Exception):
    """The loop has no rule for this, or the documentation says nothing."""


@dataclass(frozen=True)
class Row:
    """The numbers of one cell; `influence` by (stratum, PSU), `size` the PSUs of each stratum."""

    n: int
    cases: int
    unresolved: int
    population: float
    estimate: float
    se: float
    df: int
    influence: Mapping[tuple[str, str], float] = field(default_factory=dict)
    size: Mapping[str, int] = field(default_factory=dict)


Rows = dict[tuple[str, ...], Row]


@dataclass(frozen=True)
class Answer:
    """The loop's answer.

    `kind`: `legal` (the kit must give these rows), `allowed` (it may refuse; what it gives must be these
    rows), `illegal` (it must refuse), `unknown`. `why`: the reason, without a value of the data.
    """

    kind: Kind
    why: str = ""
    rows: Rows = field(default_factory=dict)


class Doubts(list[str]):
    """Why an input is only `allowed`: collected while it is read."""


def answered(work: Callable[[Doubts], Rows]) -> Answer:
    """Run the loop and turn what it raises into an answer."""
    doubts = Doubts()
    try:
        rows = work(doubts)
    except IllegalInput as error:
        return Answer("illegal", str(error))
    except UnknownInput as error:
        return Answer("unknown", str(error))
    return Answer("allowed" if doubts else "legal", "; ".join(dict.fromkeys(doubts)), rows)
