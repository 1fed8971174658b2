"""Defines two parts of survey.yaml: `corrections` lists values of the data to correct, and `accept` lists
findings of the checks that somebody has looked at and accepts. A correction names single rows, or a condition
on rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from fltoolkit.errors import did_you_mean
from fltoolkit.survey.spec.files_and_design import Files
from fltoolkit.survey.spec.questions import Episodes, Source
from fltoolkit.yaml_files.loading import ONE, Code, Codes, Model, as_entries

DECIDE = ("any_work", "items.", "episodes.", "children.")  # keys of the questions that decide who is a case
MISSING = "missing"  # the value of a correction that leaves the cell blank
Acceptable = Literal[
    "weights",
    "age",
    "routing",
    "files",
    "module",
    "children.parents",
    "replicates",
    "items",
    "labels",
    "units",
    "numbers",
    "groups",
    "episodes",
    "reference_period",
    "rounds",
    "fpc",
    "design",
    "non-response",
    "industry",
    "questions",
    "populations",
]
NEVER = {  # findings that no reason makes acceptable, with the advice instead
    "unknown codes": "a code without a meaning cannot be counted: name it under the question, or correct it",
    "corrections": "a correction that changes nothing is removed",
}


def _not_blank(text: str) -> str:
    """Returns a text without blanks around it. Raises `ValueError` if nothing is left."""
    if not text.strip():
        raise ValueError("give the reason in words: it is printed")
    return text.strip()


def _acceptable_check(value: object) -> object:
    """Returns the name of a check, as `accept` in survey.yaml gives it. Raises `ValueError` for a check whose
    findings cannot be accepted, such as `unknown codes`. The message says what to do instead."""
    if isinstance(value, str) and value in NEVER:
        raise ValueError(f"findings of {value} cannot be accepted: {NEVER[value]}")
    return value


Words = Annotated[str, AfterValidator(_not_blank)]
RowKey = Annotated[dict[str, Code], Field(min_length=1)]


class NumberRange(Model):
    """Numbers in a range. One of the two ends may be left out.

    Attributes:
        min, max: the lowest and the highest number, both included.
    """

    min: Annotated[float, Field(allow_inf_nan=False)] | None = None
    max: Annotated[float, Field(allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _holds_numbers(self) -> NumberRange:
        if self.min is None and self.max is None:
            raise ValueError("give min, max or both")
        if self.min is not None and self.max is not None and self.max < self.min:
            raise ValueError(f"max ({self.max:.15g}) is below min ({self.min:.15g})")
        return self


class Correction(Model):
    """An entry under `corrections` in survey.yaml: a new value of one column in some rows. The data file does
    not change.

    Attributes:
        rows: the rows to change. Each is given by its key: {column of the key: value}.
        where: in place of `rows`, a condition: {column: its codes, or a range of numbers}. A row meets the
            condition if it fits in all of these columns.
        column: the column to change.
        value: the new code or number, or `missing`, which makes the cell blank.
        why: the reason, which is printed.
        evidence: the source of the right value, such as the number of a call-back form. It is required for a
            question that decides whether a person is in forced labour.
    """

    rows: Annotated[tuple[RowKey, ...], BeforeValidator(as_entries), ONE] = ()
    where: dict[str, Codes | NumberRange] = Field(default_factory=dict)
    column: str
    value: Code
    why: Words
    evidence: str = ""

    @model_validator(mode="after")
    def _one_way(self) -> Correction:
        if bool(self.rows) == bool(self.where):
            raise ValueError("give either rows (the keys of single rows) or where (a condition)")
        for column, values in self.where.items():
            if not isinstance(values, NumberRange) and not all(values or ("",)):
                raise ValueError(
                    f"where: {column} has no code, and a blank meets no condition; give a code, or name "
                    "the rows by their keys"
                )
        return self

    @property
    def text(self) -> str:
        """Returns the new value as text, as it is in the data. The text is empty if the cell becomes
        blank."""
        return "" if self.value == MISSING else self.value


class Accepted(Model):
    """An entry under `accept` in survey.yaml. Somebody has looked at a finding and says that the data, or the
    file, are right.

    Attributes:
        finding: the name of the check, as `fltoolkit check` prints it, such as `age`.
        column: the column (or key of survey.yaml), as `fltoolkit check` prints it.
        why: the reason, which is printed with the finding. An error becomes a warning, and a warning a note.
    """

    finding: Annotated[Acceptable, BeforeValidator(_acceptable_check)]
    column: str
    why: Words


@dataclass(frozen=True)
class CorrectableColumns:
    """The columns that a correction in survey.yaml may change or use, in the sets that are needed to check
    the correction.

    Attributes:
        persons: the columns of persons that survey.yaml uses.
        episodes: the columns of the episodes file that survey.yaml uses. The set is empty if there is no such
            file.
        questions: the columns of questions that decide whether a person is in forced labour.
        joins: the key columns by which other files are joined to the persons.
        person_key, episode_key: the columns that identify a row of persons, and a row of episodes.
    """

    persons: frozenset[str]
    episodes: frozenset[str]
    questions: frozenset[str]
    joins: frozenset[str]
    person_key: tuple[str, ...]
    episode_key: tuple[str, ...]

    def key(self, column: str) -> tuple[str, ...]:
        """Returns the columns that identify a row of the file to which `column` belongs: those of the
        persons, or those of the episodes."""
        return self.person_key if column in self.persons else self.episode_key


def correctable_columns(
    files: Files,
    episodes: Episodes,
    of_persons: Iterable[str],
    of_episodes: Iterable[str],
    questions: Iterable[tuple[str, Source]],
) -> CorrectableColumns:
    """Returns the columns that a correction in survey.yaml may change or use. A column with `{episode}` in
    its name is replaced by one column for each episode.

    Args:
        files: the data files.
        episodes: the part of survey.yaml about episodes (spells of work).
        of_persons: the columns of persons that survey.yaml uses.
        of_episodes: the columns of episodes that survey.yaml uses.
        questions: pairs of a key in survey.yaml, such as `items.coercion.debt_bondage`, and one of its
            questions.
    """
    asked = [source.column for where, source in questions if where.startswith(DECIDE)]
    persons, spells, decide = (
        frozenset(c.replace("{episode}", label) for c in columns for label in episodes.wide or ("",))
        for columns in (of_persons, of_episodes, asked)
    )
    if not episodes.long:
        persons, spells = persons | spells, frozenset()
    person = tuple(files.person.key)
    spell = tuple(dict.fromkeys((*person, *(files.episodes.key if files.episodes else ()))))
    joins = frozenset(column for kind, file in files.given.items() if kind != "person" for column in file.key)
    if files.episodes:
        joins = joins.union(person)
    return CorrectableColumns(persons.union(person), spells, decide, joins, person, spell)


def refuse_corrections(corrections: Sequence[Correction], columns: CorrectableColumns) -> None:
    """Raise `ValueError` if a correction cannot be made, or if two corrections change the same cell. The
    message gives their positions in the list."""
    seen: dict[tuple[object, ...], int] = {}
    for number, correction in enumerate(corrections, 1):
        if problem := _problem(correction, columns):
            raise ValueError(f"corrections, entry {number}: {problem}")
        key = columns.key(correction.column)
        for row in correction.rows:
            cell = (correction.column, *(row[name] for name in key))
            if cell in seen:
                raise ValueError(
                    f"corrections, entries {seen[cell]} and {number}: both change "
                    f"{correction.column} of "
                    f"{key_in_words(row, key)}; keep one of the two"
                )
            seen[cell] = number


def refuse_accepted_twice(accepted: Sequence[Accepted]) -> None:
    """Raise `ValueError` if two entries of `accept` name the same finding. The message gives their positions
    in the list."""
    seen: dict[tuple[str, str], int] = {}
    for number, entry in enumerate(accepted, 1):
        first = seen.setdefault((entry.finding, entry.column), number)
        if first != number:
            raise ValueError(
                f"accept, entries {first} and {number}: both accept the finding {entry.finding} of "
                f"{entry.column}; keep one of the two"
            )


def key_in_words(row: Mapping[str, str], key: Iterable[str]) -> str:
    """Returns the key of a row for a message, such as `HH 12, LINE 2`."""
    return ", ".join(f"{name} {row[name]}" for name in key)


def _problem(correction: Correction, columns: CorrectableColumns) -> str:
    """Returns the reason why a correction cannot be made, in words. Returns an empty text if the correction
    can be made."""
    column, used = correction.column, columns.persons | columns.episodes
    if "{episode}" in column:
        return f"{column} stands for several columns; name the one that is wrong"
    if column in columns.joins:
        return (
            f"{column} is of a key by which another file was joined before; correct it in the data themselves"
        )
    if column in columns.person_key and correction.value == MISSING:
        return f"{column} is of the key, which is never blank; give the right value"
    if column not in used:
        near = did_you_mean(column, used) or "; only columns in use count"
        return f"survey.yaml uses no column {column}{near}"
    if column in columns.persons and column in columns.episodes:
        return (
            f"{column} is a column of persons and of episodes; give files.episodes a prefix, and name "
            "one of the two"
        )
    key = columns.key(column)
    if wrong := next((row for row in correction.rows if set(row) != set(key)), None):
        return f"a row of {column} is named by {', '.join(key)}, and here by {', '.join(wrong)}"
    if column in columns.questions and not correction.evidence.strip():
        return (
            f"{column} is a question that makes a case; say under evidence: where the right answer "
            "stands, such as call-back form 17"
        )
    return ""
