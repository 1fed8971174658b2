"""Keeps the list of columns that the draft has not used yet, so that no column gets two roles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from fltoolkit.authoring.draft.column_contents import ColumnContents, DataTable
from fltoolkit.authoring.draft.column_roles import ranked, score
from fltoolkit.authoring.draft.yaml_lines import basis, scalar
from fltoolkit.yaml_files.loading import UNANSWERED

NUMBER = re.compile(r"\d+")


@dataclass
class UnusedColumns:
    """A file, its columns, and the names of those that the draft has a place for. `rivals`: of a column, others that fit as well."""

    table: DataTable
    columns: list[ColumnContents]
    used: set[str] = field(default_factory=set)
    rivals: dict[str, list[str]] = field(default_factory=dict)

    def free(self) -> list[ColumnContents]:
        return [c for c in self.columns if c.name not in self.used]

    def use(self, columns: Iterable[ColumnContents | None]) -> None:
        self.used |= {c.name for c in columns if c}

    def take(self, concept: str, fits: Callable[[ColumnContents], bool]) -> tuple[ColumnContents | None, str]:
        """The likeliest free column of a sort, now used, and what that rests on, with its rivals."""
        found = ranked(self.free(), concept, fits)
        if not found:
            return None, ""
        self.use(found[:1])
        return found[0], self.compare(found, concept)

    def compare(self, found: Sequence[ColumnContents], concept: str) -> str:
        """What the choice of the first of these columns rests on, and which others fit as well: then the choice is the reader's."""
        equals = [c.name for c in found[1:4] if score(c, concept) == score(found[0], concept)]
        if not equals:
            return basis(found[0])
        self.rivals[found[0].name] = equals
        return f"{basis(found[0])}; or is it {', '.join(equals)}?"

    def named(self, column: ColumnContents) -> str:
        """A column's name as YAML; to be answered where another fits as well."""
        return UNANSWERED if column.name in self.rivals else scalar(column.name)

    def numbered_alike(self, column: ColumnContents) -> list[str]:
        """Other columns with the same name but for one number, and with the same words in their labels: the same question about
        another job, such as JOB2_WHO of JOB1_WHO.
        """
        label, others = NUMBER.sub("", column.label), [c for c in self.columns if c.name != column.name]
        parts = re.split(r"(\d+)", column.name)  # numbers have the odd places
        forms = [
            re.compile(r"\d+".join(map(re.escape, ("".join(parts[:i]), "".join(parts[i + 1 :])))))
            for i in range(1, len(parts), 2)
        ]
        like = [c for c in others if any(form.fullmatch(c.name) for form in forms)]
        return [c.name for c in like if NUMBER.sub("", c.label) == label]

    def beyond(self, column: ColumnContents, most: float) -> list[str]:
        """Values in a numeric column that are not numbers of the variable: codes for no answer, and values above the possible
        range.
        """
        above = self.table.above(column.name, most) if (column.high or 0) > most else []
        return list(dict.fromkeys([*column.no_answer, *above[:20]]))
