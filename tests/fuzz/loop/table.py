"""The rows of the files, one a person: columns by name, quarters below each other, the household's row beside
each person's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .text import canonical
from .verdict import IllegalInput, UnknownInput


class Persons:
    """Rows with their weight factor, and the quarter that each is of."""

    def __init__(self, key: tuple[str, ...]) -> None:
        self.key, self.names = key, list[str]()
        self.rows: list[dict[str, str]] = []
        self.factors: list[float] = []
        self.parts: list[int] = []
        self._columns: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, header: list[str], rows: list[list[str]], factor: float, part: int) -> None:
        """The rows of one file. Raises `IllegalInput` where its columns are others, or a key stands twice."""
        if self.names and set(self.names) != set(header):
            raise UnknownInput("pooled files with other columns")
        self.names = self.names or header
        self._require_in(self.key, header)
        self.rows += [dict(zip(header, row, strict=True)) for row in rows]
        self.factors += [factor] * len(rows)
        self.parts += [part] * len(rows)
        found = [
            tuple(canonical(row[c]) for c in self.key)
            for row, p in zip(self.rows, self.parts, strict=True)
            if p == part
        ]
        if any("" in key for key in found):
            raise UnknownInput("a blank key")
        if len(set(found)) < len(found):
            raise IllegalInput("a person twice")

    def require(self, names: Iterable[str]) -> None:
        """Raises `IllegalInput` for a column that the files do not have."""
        self._require_in(names, self.names)

    @staticmethod
    def _require_in(names: Iterable[str], there: Sequence[str]) -> None:
        if set(names) - set(there):
            raise IllegalInput("no such column")

    def column(self, name: str) -> list[str]:
        """A column as canonical text."""
        if name not in self._columns:
            self._columns[name] = [canonical(row[name]) for row in self.rows]
        return self._columns[name]

    def joined(self, names: Sequence[str], none: str) -> list[str]:
        """Several columns as one label. Raises `IllegalInput` for a blank, since everyone was drawn
        somewhere."""
        if not names:
            return [none] * len(self)
        found = list(zip(*(self.column(name) for name in names), strict=True))
        if any("" in label for label in found):
            raise IllegalInput("a person without a stratum or PSU")
        return [repr(label) for label in found]


def joined(persons: Persons, header: list[str], rows: list[list[str]], key: tuple[str, ...]) -> Persons:
    """The persons with the columns of their household's row; blank where it has none."""
    persons.require(key)
    persons._require_in(key, header)
    if {n.lower() for n in header if n not in key} & {n.lower() for n in persons.names}:
        raise UnknownInput("columns of two files with one name")
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows:
        cells = dict(zip(header, row, strict=True))
        label = tuple(canonical(cells[c]) for c in key)
        if "" in label:
            raise UnknownInput("a blank key")
        if label in found:
            raise IllegalInput("a household twice")
        found[label] = cells
    blank = dict.fromkeys([name for name in header if name not in key], "")
    for person in persons.rows:
        label = tuple(canonical(person[c]) for c in key)
        if "" in label:
            raise UnknownInput("a blank key")
        person.update({name: value for name, value in found.get(label, blank).items() if name not in key})
    persons.names = [*persons.names, *blank]
    return persons
