"""Keeps the list of columns that the draft has not used yet, so that no column gets two roles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from fltoolkit.authoring.draft.column_contents import ColumnContents, DataTable
from fltoolkit.authoring.draft.column_roles import rank_columns, score
from fltoolkit.authoring.draft.yaml_lines import name_and_label, yaml_scalar
from fltoolkit.yaml_files.loading import UNANSWERED

NUMBER = re.compile(r"\d+")


@dataclass
class UnusedColumns:
    """The columns of a data file, with a note of which ones the draft already uses. A column that is used
    gets no second role. The attribute `rivals` gives, for a chosen column, other columns that fit equally
    well. A column is a rival of one column only, and of none once it has a role of its own."""

    table: DataTable
    columns: list[ColumnContents]
    used: set[str] = field(default_factory=set)
    rivals: dict[str, list[str]] = field(default_factory=dict)

    def free(self) -> list[ColumnContents]:
        return [c for c in self.columns if c.name not in self.used]

    def use(self, columns: Iterable[ColumnContents | None]) -> None:
        self.used |= {c.name for c in columns if c}
        for name, others in list(self.rivals.items()):
            if left := [other for other in others if other not in self.used]:
                self.rivals[name] = left
            elif others:
                del self.rivals[name]

    def take(self, concept: str, fits: Callable[[ColumnContents], bool]) -> tuple[ColumnContents | None, str]:
        """Returns the column that fits a role (such as weight) best, among those not yet used, and the reason
        for the choice, as `why` gives it. The chosen column then counts as used."""
        found = rank_columns(self.free(), concept, fits)
        if not found:
            return None, ""
        self.use(found[:1])
        return found[0], self.compare(found, concept)

    def compare(self, found: Sequence[ColumnContents], concept: str) -> str:
        """Notes the columns that fit a role (such as weight) as well as the first of these columns, which was
        chosen for it. Returns the reason for the choice."""
        offered = {name for names in self.rivals.values() for name in names} | self.used
        equals = [c.name for c in found[1:4] if score(c, concept) == score(found[0], concept)]
        if equals := [name for name in equals if name not in offered]:
            self.rivals[found[0].name] = equals
        return self.why(found[0])

    def why(self, column: ColumnContents) -> str:
        """Returns a comment on why a column was chosen for a role. If others fit equally well, the comment
        names them, and the user must choose. Called last, it leaves out those that got another role."""
        rivals = self.rivals.get(column.name)
        asked = f"; or is it {', '.join(rivals)}?" if rivals else ""
        return name_and_label(column) + asked

    def named(self, column: ColumnContents) -> str:
        """Returns the name of a chosen column as it is written in YAML. If another column fits the same role
        equally well, returns `<answer>` instead, so that the user must choose.
        """
        return UNANSWERED if column.name in self.rivals else yaml_scalar(column.name)

    def columns_of_other_jobs(self, column: ColumnContents) -> list[str]:
        """Returns other columns whose names differ in only one number, and whose labels have the same words.
        Such columns ask the same question about another job. Example: JOB2_WHO and JOB1_WHO."""
        label, others = NUMBER.sub("", column.label), [c for c in self.columns if c.name != column.name]
        parts = re.split(r"(\d+)", column.name)  # numbers are at the odd positions
        forms = [
            re.compile(r"\d+".join(map(re.escape, ("".join(parts[:i]), "".join(parts[i + 1 :])))))
            for i in range(1, len(parts), 2)
        ]
        like = [c for c in others if any(form.fullmatch(c.name) for form in forms)]
        return [c.name for c in like if NUMBER.sub("", c.label) == label]

    def beyond(self, column: ColumnContents, most: float) -> list[str]:
        """Returns the values in a column of numbers that cannot be measurements: codes for no answer, and
        values above `most`. `most` is the highest possible number, such as 120 for an age."""
        above = self.table.above(column.name, most) if (column.high or 0) > most else []
        return list(dict.fromkeys([*column.no_answer, *above[:20]]))
