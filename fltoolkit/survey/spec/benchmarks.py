"""Reads population benchmarks, to which weights are calibrated: the known number of persons in each category
of one or more margins. A margin is a column, such as sex, or several crossed columns. The benchmarks come
from a CSV file, a table or a mapping.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from narwhals.dependencies import is_pandas_dataframe
from pydantic import Field, PrivateAttr, model_validator

from fltoolkit.errors import DataError, expect_type
from fltoolkit.files import path_inside
from fltoolkit.survey.engine.columns import NUMBER
from fltoolkit.survey.readers.small_csv import read_small_csv
from fltoolkit.survey.spec.groups_and_tables import CROSS, crossed
from fltoolkit.yaml_files.loading import Code, Model, canonical_code

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("margin", "category", "population")
SAME = 1e-9  # largest allowed difference between the totals of two margins, as a share: rounding only

Method = Literal["poststratify", "rake", "greg"]


class CalibrationSpec(Model):
    """The key `calibration` of survey.yaml. It says how the weights of a population are calibrated to
    benchmarks (known numbers of persons).

    The calibration changes the weight column of `population`, and so every population that uses the same
    column. Persons outside `population` keep their weight.

    Attributes:
        method: `poststratify`, `rake` or `greg` (linear).
        population: the name of the population. Without it: the default population, which is the first in
            survey.yaml.
        benchmarks: the CSV file with the benchmarks, in the folder of survey.yaml.
        margins: the benchmarks themselves, in place of a file: {margin: {category: number of persons}}.
    """

    method: Method
    population: str | None = None
    benchmarks: str | None = None
    margins: dict[str, Annotated[dict[Code, float], Field(min_length=1)]] = Field(default_factory=dict)
    _read: list[Margin] = PrivateAttr(default_factory=list)

    @model_validator(mode="after")
    def _from_one_place(self) -> CalibrationSpec:
        if (self.benchmarks is None) == (not self.margins):
            raise ValueError(
                "give either benchmarks (a CSV file beside survey.yaml) or margins with their numbers"
            )
        return self

    @property
    def targets(self) -> tuple[Margin, ...]:
        """Returns the margins to which weights are calibrated: columns, with the number of persons in each
        category. The tuple is empty until `read` was called."""
        return tuple(self._read)

    def read(self, survey: Path) -> tuple[Margin, ...]:
        """Reads and checks the benchmarks of the survey.yaml at the path `survey`. Returns them, and keeps
        them for `targets`. Raises `DataError` if the benchmarks cannot be used."""
        if self.benchmarks is None:
            found = read_benchmarks(self.margins, f"{survey}: calibration.margins")
        else:
            found = read_benchmarks(
                path_inside(survey.parent, self.benchmarks, f"{survey}: calibration.benchmarks")
            )
        self._read[:] = found
        return found


@dataclass(frozen=True)
class Margin:
    """A known distribution of the population, such as the number of men and of women.

    Attributes:
        columns: the columns whose values define a category: one column, or several that are crossed.
        totals: the number of persons in each category: {("north", "men"): 1200.0} for the columns region and
            sex.
    """

    columns: tuple[str, ...]
    totals: Mapping[tuple[str, ...], float]

    @property
    def name(self) -> str:
        """Returns the name of the margin: its columns, joined as in a published table, such as `region ×
        sex`."""
        return crossed(self.columns)

    @property
    def total(self) -> float:
        return math.fsum(self.totals.values())


def read_benchmarks(benchmarks: Any, where: str = "benchmarks") -> tuple[Margin, ...]:
    """Returns the margins (columns, with the known number of persons in each category) from a file, a table
    or a mapping.

    Args:
        benchmarks: the path of a CSV file, a pandas DataFrame, or a mapping. A file or DataFrame has the
            columns `margin` (a column or group, or several joined by ` × `), `category` (a value, or several
            joined by ` × `) and `population` (a number of persons). A mapping has the form {margin:
            {category: persons}}. A margin and a category with several parts may also be tuples.
        where: the name of the benchmarks in messages. For a file, its path is used instead.

    Raises:
        DataError: the benchmarks cannot be read; a number is missing, zero or negative; a category is there
            twice; a category does not have one value per column of its margin; or the margins have different
            totals.
    """
    if isinstance(benchmarks, (str, Path)):
        where = str(benchmarks)
        rows = list(_benchmark_rows(_read_csv(Path(benchmarks)), where))
    elif is_pandas_dataframe(benchmarks):
        rows = list(_benchmark_rows(benchmarks, where))
    elif isinstance(benchmarks, Mapping):
        for margin, categories in benchmarks.items():
            expect_type(
                categories,
                Mapping,
                f"{where}: margin {margin}",
                "give each category its persons: {'men': 1000, 'women': 1100}",
            )
            if not categories:
                raise DataError(
                    "a margin has no category",
                    where=f"{where}: margin {margin}",
                    do="give each category its persons, or leave it out",
                )
        rows = [
            (_columns_of_margin(m), c, n)
            for m, categories in benchmarks.items()
            for c, n in categories.items()
        ]
    else:
        raise DataError(
            "the kit cannot read benchmarks of this type",
            where=where,
            found=type(benchmarks).__name__,
            allowed="path of a CSV file, pandas DataFrame, mapping",
        )
    found: dict[tuple[str, ...], dict[tuple[str, ...], float]] = {}
    for columns, category, population in rows:
        values = _values_of_category(columns, category, where)
        place = f"{where}: margin {crossed(columns)}, category {crossed(values)}"
        if values in found.setdefault(columns, {}):
            raise DataError("the category is given twice", where=place, do="keep one of the two")
        found[columns][values] = _population(population, place)
    margins = tuple(Margin(columns, totals) for columns, totals in found.items())
    _refuse_margins(margins, where)
    return margins


def _read_csv(path: Path) -> pd.DataFrame:
    import pandas as pd

    rows = read_small_csv(path, COLUMNS, "the file of benchmarks", DataError)
    return pd.DataFrame([row.cells for row in rows], columns=list(COLUMNS), dtype=str)


def _benchmark_rows(table: pd.DataFrame, where: str) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    if gone := [c for c in COLUMNS if c not in table]:
        raise DataError(
            f"benchmarks lack the column(s) {', '.join(gone)}",
            where=where,
            found=f"{table.shape[1]} column(s)",
            allowed=COLUMNS,
            do="give one row per category, columns separated by commas",
        )
    return (
        (_columns_of_margin(str(m).strip()), c, n)
        for m, c, n in table[list(COLUMNS)].itertuples(index=False, name=None)
    )


def _columns_of_margin(name: object) -> tuple[str, ...]:
    """Splits the name of a margin into its columns: `region × sex` gives `("region", "sex")`. A tuple is
    returned as it is. Blanks are removed only if there are several columns, because a single column may be
    called ` SEX `."""
    if isinstance(name, tuple):
        return tuple(map(str, name))
    columns = str(name).split(CROSS.strip())
    return tuple(c.strip() for c in columns) if len(columns) > 1 else (str(name),)


def _values_of_category(columns: tuple[str, ...], category: Any, where: str) -> tuple[str, ...]:
    """Splits a category of a margin into one value per column. For the columns region and sex, `north × men`
    gives `("north", "men")`. A tuple is not split. If the margin has a single column, its value may itself
    contain a `×`.

    `where` is the place that error messages name. Raises `DataError` if the number of values is not the
    number of columns.
    """
    if isinstance(category, tuple):
        given = category
    else:
        given = (category,) if len(columns) == 1 else tuple(str(category).split(CROSS.strip()))
    if len(given) != len(columns) or len(set(columns)) != len(columns) or "" in columns:
        raise DataError(
            "a category does not fit its margin",
            where=f"{where}: margin {crossed(columns)}",
            found=category,
            allowed=f"one value for each of {', '.join(columns) or 'its columns'}, joined by {CROSS.strip()}",
        )
    return tuple(canonical_code(part) for part in given)


def _population(value: Any, place: str) -> float:
    is_truth = type(value).__name__ in ("bool", "bool_")  # also NumPy's numbers, without importing NumPy
    plain = not is_truth and (not isinstance(value, str) or re.fullmatch(NUMBER, value, re.ASCII))
    try:
        number = float(value) if plain else math.nan
    except (TypeError, ValueError):
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise DataError(
            "the population is not a number above zero",
            where=place,
            found=value,
            allowed="persons, above zero",
            do=(
                "use a point for decimals and no thousands separator; merge a category of nobody with a "
                "neighbour, here and in the data"
            ),
        )
    return number


def _refuse_margins(margins: tuple[Margin, ...], where: str) -> None:
    if not margins:
        raise DataError(
            "there are no benchmarks", where=where, do="give one row for each category of each margin"
        )
    sizes = {m.name: m.total for m in margins}
    if max(sizes.values()) - min(sizes.values()) > SAME * max(sizes.values()):
        raise DataError(
            "the margins do not add up to the same total",
            where=where,
            found=[f"{name}: {size:,.10g}" for name, size in sizes.items()],
            do=(
                "they must describe one population; if they differ only by rounding, scale each to the "
                "most reliable total"
            ),
        )
