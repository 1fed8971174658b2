"""Attack: which cells are hidden tells their numbers.

The reader knows the rules of the kit. She lists all data that agree with what is shown, runs the rules on
each, and keeps the data that hide just the cells that are hidden. Without the secret key this left one number
of cases for a hidden cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import shared_surveys
from keys import write_key
from small_surveys import SPEC, Person, persons_table, write_survey

from fltoolkit.publish.disclosure import suppression
from fltoolkit.publish.disclosure.complementary_suppression import Protected, protect

REGIONS = ("north", "south", "east", "west")
HIDDEN, EAST, WEST = 9, 5, 12  # cases of north and south together, of the east and of the west
FEW = range(1, 5)  # cases of the north that the confidentiality limit hides


def hidden_regions(folder: Path, north: int, number: int) -> frozenset[str]:
    """The regions that a run hides where the north has so many cases. Everybody weighs the same."""
    counts = dict(zip(REGIONS, (north, HIDDEN - north, EAST, WEST), strict=True))
    people: list[Person] = [
        ("case" if k < count else "not", {"R": r, "P": 100 * r + k % 23, "HH": 1000 * r + k})
        for r, count in enumerate(counts.values(), 1)
        for k in range(100)
    ]
    folder.mkdir()
    write_key(folder, number)
    spec = {
        **{name: value for name, value in SPEC.items() if name != "sectors"},
        "populations": {"adults": SPEC["populations"]["adults"]},
        "tables": [{"measure": "total", "by": [[], "region"]}],
    }
    rows = shared_surveys.published(write_survey(folder, spec, persons=persons_table(people))).own
    rows = rows[(rows["measure"] == "total") & (rows["marker"] == "c")]
    return frozenset(rows["category"])


def patterns(folder: Path, number: int) -> list[frozenset[str]]:
    return [hidden_regions(folder / f"{number}_{north}", north, number) for north in FEW]


def excluded(of_each: Sequence[frozenset[str]]) -> set[int]:
    """The numbers of cases of the north that a reader excludes, in whichever of the four data are true."""
    return {
        north for observed in of_each for north, seen in zip(FEW, of_each, strict=True) if seen != observed
    }


def test_the_hidden_regions_are_the_same_whatever_the_north_has(tmp_path: Path) -> None:
    found = [patterns(tmp_path, number) for number in range(6)]
    assert [excluded(of_each) for of_each in found] == [set()] * len(found)
    assert len({of_each[0] for of_each in found}) > 1  # so that no reader knows the choice beforehand


def test_a_choice_by_the_data_excludes_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The attack, where a digest of the counts takes the place of the key."""

    def by_the_data(system: Any, *args: Any, key: bytes, **more: Any) -> Protected[Any]:
        return protect(system, *args, key=sha256(system.cases.tobytes()).digest(), **more)

    monkeypatch.setattr(suppression, "protect", by_the_data)
    assert excluded(patterns(tmp_path, 0))
