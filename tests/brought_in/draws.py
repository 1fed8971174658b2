"""Random draws from a fixed seed, the same under every version of Python: they rest on `Random.random`
alone."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


class Draws:
    """A stream of draws."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def chance(self, share: float) -> bool:
        return self._random.random() < share

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def between(self, low: float, high: float, digits: int) -> float:
        return round(low + self._random.random() * (high - low), digits)

    def one_of(self, values: Sequence[T]) -> T:
        return values[self.whole(0, len(values) - 1)]

    def pick(self, shares: Mapping[T, float]) -> T:
        """One of the keys, each with the share that is its value; the shares need not add to one."""
        left = self._random.random() * sum(shares.values())
        for value, share in shares.items():
            left -= share
            if left < 0:
                return value
        return value

    def hexadecimal(self, digits: int) -> str:
        return "".join("0123456789abcdef"[self.whole(0, 15)] for _ in range(digits))


@dataclass(frozen=True)
class Codes:
    """The codes of a yes/no question, and how often nobody answers it."""

    yes: str
    no: str
    dont_know: str
    refused: str
    unsure: float = 0.015
    unwilling: float = 0.01
    lost: float = 0.002

    def answer(self, draws: Draws, yes: float) -> str:
        """One answer: yes with the share `yes` of those who give one; now and then don't know, refused, or a
        blank by mistake."""
        said = self.yes if draws.chance(yes) else self.no
        other = 1 - self.unsure - self.unwilling - self.lost
        return draws.pick(
            {said: other, self.dont_know: self.unsure, self.refused: self.unwilling, "": self.lost}
        )


def age_of_a_member(draws: Draws, line: int) -> int:
    """The head of the household is an adult; the second member mostly; the others are mostly children."""
    if line == 1:
        return draws.whole(21, 79)
    adult = 0.8 if line == 2 else 0.3
    return draws.whole(18, 84) if draws.chance(adult) else draws.whole(0, 17)
