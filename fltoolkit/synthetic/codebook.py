"""Writes a sample as an SPSS or Stata file, with the names, labels and missing values of a codebook in
YAML."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field

from fltoolkit.yaml_files.loading import Code, Model, load_model


class Answers(Model):
    """A kind of answers that several columns of a codebook share, such as yes/no.

    Attributes:
        labels: the label of each code in the file. Codes `.a` to `.z` are Stata's tagged missing values.
        recode: for each code of the invented population, the code in the file.
        missing: the lowest and the highest user-missing code of an SPSS file.
    """

    labels: dict[Code, str]
    recode: dict[Code, Code] = Field(default_factory=dict)
    missing: tuple[int, int] | None = None


class CodebookColumn(Model):
    """A column of a sample file, as the codebook describes it.

    Attributes:
        label: the label of the column in the file.
        source: the column of the invented population from which the values come.
        answers: the name of the column's kind of answers in the codebook. If it is empty, the values are
            written unchanged.
    """

    label: str
    source: str
    answers: str = ""


class Codebook(Model):
    """The description of a sample file.

    Attributes:
        title: the title of the file.
        answers: the kinds of answers, by name.
        columns: the columns of the file, in order, by name.
    """

    title: str
    answers: dict[str, Answers]
    columns: dict[str, CodebookColumn]

    def only(self, columns: Iterable[str]) -> Codebook:
        """Returns the codebook limited to some columns. This is used if a survey has several files."""
        return self.model_copy(update={"columns": {name: self.columns[name] for name in columns}})

    def apply(self, people: pd.DataFrame) -> pd.DataFrame:
        """Returns the table that is written to the file. The columns of `people` are renamed and recoded as
        the codebook says. Tagged missing values are written as `.a`."""
        return pd.DataFrame(
            {name: self._values(people[column.source], column) for name, column in self.columns.items()}
        )

    def _values(self, values: pd.Series, column: CodebookColumn) -> pd.Series:
        recode = self.answers[column.answers].recode if column.answers else {}
        if any(code.startswith(".") for code in recode.values()):
            return values.astype(object).replace({int(kit): code for kit, code in recode.items()})
        return values.replace({int(kit): int(code) for kit, code in recode.items()}) if recode else values

    @property
    def numbers(self) -> list[str]:
        """Returns the columns of numbers. Industry codes are not included. They are written as text, so that
        each code keeps its leading zero."""
        return [name for name, column in self.columns.items() if column.source not in ("ISIC12", "FISIC")]

    @property
    def column_labels(self) -> dict[str, str | None]:
        return {name: column.label for name, column in self.columns.items()}

    @property
    def value_labels(self) -> dict[str, dict[Any, str]]:
        """Returns the label of each code in each column. A code is a number, or the letter of a tagged
        missing value."""
        return {
            name: {
                code[1:] if code.startswith(".") else int(code): label
                for code, label in answers.labels.items()
            }
            for name, answers in self._answers()
        }

    @property
    def missing(self) -> dict[str, list[Any]]:
        """Returns, for each column, the user-missing values of an SPSS file: codes that mean no answer."""
        return {name: [{"lo": a.missing[0], "hi": a.missing[1]}] for name, a in self._answers() if a.missing}

    def _answers(self) -> list[tuple[str, Answers]]:
        return [
            (name, self.answers[column.answers]) for name, column in self.columns.items() if column.answers
        ]


def read_codebook(name: str) -> Codebook:
    """Returns the codebook of the shipped survey with this name."""
    return load_model(Path(__file__).parent / f"{name}.yaml", Codebook)


def write_sav(table: pd.DataFrame, book: Codebook, path: Path) -> None:
    """Write an SPSS file. The same table always gives the same bytes."""
    import pyreadstat

    numbers = {name: table[name].astype("Float64").to_numpy(float, na_value=np.nan) for name in book.numbers}
    pyreadstat.write_sav(
        table.assign(**numbers),
        str(path),
        file_label=book.title,
        column_labels=book.column_labels,
        row_compress=True,
        variable_value_labels=book.value_labels,
        missing_ranges=book.missing,
        variable_format={
            name: "F8.3" if (values % 1 > 0).any() else "F6.0" for name, values in numbers.items()
        },
    )
    _set_date(path, 92, b"01 Jan 2600:00:00")


def write_dta(table: pd.DataFrame, book: Codebook, path: Path) -> None:
    """Write a Stata file. The same table always gives the same bytes."""
    import pyreadstat

    labels, numbers = book.value_labels, {}
    for name in book.numbers:
        letters = table[name].map(lambda v: v[1:] if isinstance(v, str) else None)
        numbers[name] = _for_stata(table[name].where(letters.isna())).where(letters.isna(), letters)
    tags = {name: [code for code in codes if isinstance(code, str)] for name, codes in labels.items()}
    pyreadstat.write_dta(
        table.assign(**numbers),
        str(path),
        file_label=book.title,
        column_labels=book.column_labels,
        version=14,
        variable_value_labels=labels,
        missing_user_values={name: letters for name, letters in tags.items() if letters},
    )
    _set_date(path, path.read_bytes().index(b"<timestamp>") + len("<timestamp>") + 1, b"01 Jan 2028 00:00")


def _for_stata(values: pd.Series) -> pd.Series:
    """Returns a column in a type that pyreadstat can write to a Stata file. Whole numbers with blanks must be
    Python objects."""
    numbers = values.astype("Float64")
    whole = numbers.notna().any() and (numbers % 1 == 0).fillna(True).all()
    return numbers.astype("Int32").astype(object) if whole else numbers.astype(float)


def _set_date(path: Path, at: int, date: bytes) -> None:
    """Replaces the date of writing in a file by a fixed date, so that the same table always gives the same
    bytes. `at` is the position of the date in the file, in bytes."""
    data = path.read_bytes()
    path.write_bytes(data[:at] + date + data[at + len(date) :])
