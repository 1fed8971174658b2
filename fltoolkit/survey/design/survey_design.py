"""Tells whether weights can add up to a population. The weight of a drawn person is at least 1, because the
person stands for at least themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from weakref import WeakKeyDictionary

import narwhals as nw

from fltoolkit.arguments import Names, checked
from fltoolkit.errors import DataError, DesignError, FltoolkitError, RequestError
from fltoolkit.survey.applied_corrections import AppliedCorrections
from fltoolkit.survey.design.calibrated_weights import Calibration
from fltoolkit.survey.design.design_summary import design_facts
from fltoolkit.survey.design.replicate_weights import Replication
from fltoolkit.survey.engine.columns import (
    CODE_OF,
    FPC,
    FPC2,
    PREFIXES,
    PSU,
    SOURCE,
    SSU,
    STRATA,
    WEIGHT,
    Frame,
    as_label,
    is_whole,
    joined_labels,
    names_of,
    number,
    text,
    trimmed,
)
from fltoolkit.survey.engine.engines import (
    Labels,
    connect,
    has_few,
    labels_of,
    rows_of,
    to_count,
    to_sums,
    with_new_columns,
    with_row_labels,
)
from fltoolkit.survey.person_rows import Join
from fltoolkit.survey.printed_values import Mask, rounded_sum
from fltoolkit.survey.readers.file_formats import LABELLED_FILES
from fltoolkit.survey.readers.file_stamps import Stamp, refuse_changed, stamp_of
from fltoolkit.survey.readers.memory_tables import Unreadable
from fltoolkit.survey.readers.opened_file import header_is_known, open_named, printed_names, refuse_unreadable
from fltoolkit.survey.spec.groups_and_tables import Group
from fltoolkit.survey.spec.survey_spec import SurveySpec

if TYPE_CHECKING:
    import duckdb

# No person of a sample stands for less than one person, but a calibrated weight of a census may be a little
# below 1.
BELOW_ONE = 0.99
FEW_BELOW_ONE = 0.05  # the share of such weights that a census with calibrated weights may have
CERTAIN = "fl__certain"
SinglePsu = Literal["fail", "certainty", "remove", "adjust", "average"]
Domain = tuple[
    tuple[str, tuple[str, ...]], ...
]  # groups, each with the labels of the persons whom an estimate is about
TRUE, FALSE = ("1", "1.0", "true", "True", "TRUE"), ("0", "0.0", "false", "False", "FALSE")


def scale_sums(weight: nw.Expr) -> list[nw.Expr]:
    """Returns four columns to be added up: the persons with a weight, their weights, those with a weight
    below 1, and those with a weight that is not 1."""
    there = (weight.is_finite() & (weight > 0)).fill_null(False)
    small, not_one = there & (weight < BELOW_ONE), there & (weight != 1)
    return [
        there,
        nw.when(there).then(weight).otherwise(0.0),
        small.fill_null(False),
        not_one.fill_null(False),
    ]


def are_fewer_than_the_sample(persons: float, added: float, below: float) -> bool:
    """Returns whether weights add up to no more persons than the sample has, although they are not those of a
    census. The arguments are the first three sums of `scale_sums`."""
    return added <= persons and below > FEW_BELOW_ONE * persons


def label(column: str, dtype: nw.dtypes.DType) -> nw.Expr:
    """Returns the column of a stratum or sampling unit as labels, which can be combined with other labels. A
    label is a whole number if the column contains whole numbers. Otherwise it is a text without the blanks
    around it."""
    return nw.col(column) if is_whole(dtype) else as_label(column, dtype)


def with_units(frame: Frame, named: int, stages: int, nest: bool, certain: nw.Expr | None) -> Frame:
    """Returns the rows with a unique label for each PSU. The units drawn within PSUs also get labels, if they
    are needed: for an FPC (finite population correction) of the second stage, or for PSUs taken with
    certainty.

    If persons were drawn directly, each row is a unit. A PSU taken with certainty becomes a stratum, and the
    units within it become its PSUs.

    Args:
        frame: the rows.
        named: how many stages of sampling units have a column in the data: 0, 1 or 2.
        stages: how many stages have an FPC.
        nest: whether PSU labels start again in each stratum.
        certain: a true/false expression: whether a row is in a PSU taken with certainty. None: there are no
            such PSUs.

    Raises:
        DesignError: only some rows of a PSU are marked as taken with certainty.
    """
    if named == 0 or (named == 1 and (stages == 2 or certain is not None)):
        frame = with_row_labels(frame, SSU if named else PSU)
        named += 1
    if nest:
        frame = frame.with_columns(joined_labels([nw.col(STRATA), nw.col(PSU)]).alias(PSU))
    if certain is None:
        return frame
    _refuse_mixed(frame, certain)
    frame = frame.with_columns(nw.col(STRATA, PSU).cast(nw.String))
    own = {
        STRATA: joined_labels([nw.col(STRATA), nw.col(PSU)]),
        PSU: joined_labels([nw.col(PSU), nw.col(SSU)]),
    }
    return frame.with_columns(
        [nw.when(certain).then(e).otherwise(nw.col(name)).alias(name) for name, e in own.items()]
    )


def refuse_stages(units: int, counts: int, certainty: bool) -> None:
    """Raise `DesignError` if the sampling stages and the columns of the FPC (finite population correction) do
    not fit together, such as two stages and one FPC.

    Args:
        units: the number of stages whose sampling units have a column.
        counts: the number of FPC columns.
        certainty: whether some PSUs were taken with certainty.
    """
    if units > 2 or counts > 2:
        raise DesignError(
            "more than two stages are named",
            where="psu, fpc",
            do="name only the first two; their variance includes that of later stages",
        )
    if counts == 1 and units == 2:
        raise DesignError(
            "two stages are named, but only one FPC",
            where="fpc",
            do="give the FPC of both stages, or leave the second column of psu out",
        )
    if counts == 2 and units == 0:
        raise DesignError("two FPCs are named, but no PSU", where="psu", do="name the column of the PSUs")
    if certainty and (counts or units == 0):
        raise DesignError(
            "PSUs taken with certainty need psu, and no fpc",
            where="certainty",
            do="with an FPC, a stratum whose PSUs were all taken is certain by itself: leave certainty out",
        )


def refuse_untrue(flags: Frame, name: str) -> None:
    """Raise `DataError` if a column of flags has other values than true and false, or 1 and 0."""
    flag = nw.col("flag")
    others = rows_of(flags.filter(~flag.is_null() & ~flag.is_in([*TRUE, *FALSE])))
    if others:
        raise DataError(
            "this column must be true or false",
            where=f"certainty: {name}",
            found=f"{others:,} rows with another value",
            allowed=["True and False", "1 and 0"],
            do="make it so: data.assign(certain=data.column == 'yes')",
        )


_FEW: WeakKeyDictionary[Design, bool] = WeakKeyDictionary()  # whether a design has few rows


@dataclass(frozen=True)
class Key:
    """A column by which rows are to be grouped, such as the region.

    Attributes:
        column: an expression for the values of the column.
        name: the name of the column in the frame. It is empty if the values are computed from several
            columns.
        labels: for columns of codes, the meaning of each code. A code without a meaning counts as not stated.
            None: the values are themselves the labels.
    """

    column: nw.Expr
    name: str = ""
    labels: Mapping[int, str] | Mapping[str, str] | None = None


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Design:
    """Data, and the way in which their sample was drawn. `Design` is the base class of `SurveyDesign`,
    `ReplicateDesign` and `Survey`. Every function that estimates takes one of these. The internal columns of
    weights, strata and PSUs have the same names in all. Two designs are equal only if they are the same
    object.

    Attributes:
        files: the files that are read again for every estimate. They must not change.
        unreadable: the columns that cannot be used and were left out, each with the reason.
        rows: the rows of the data, with the columns of the design.
        single_psu: what a stratum with a single PSU contributes to the variance.
        clustered: whether the design has a column of PSUs. If not, persons were drawn directly.
        stages: the number of sampling stages with an FPC (finite population correction). 0: PSUs count as
            drawn with replacement.
        grosses_up: whether the weights add up to the population.
        deff_at_zero: the design effect to assume if there is no case. None: not given.
        replication: the replicate weights that came with the data. None: there are none.
        calibration: the calibration of the weights in `rows`. None: the weights are not calibrated.
        known: the labels of each column that were already looked up.
        domain: the persons whom estimates are about, as pairs of a group and its labels. The other persons
            stay in the design. If it is empty, estimates are about everybody.

    Raises:
        DataError: raised by `frame`, if a file changed since it was opened.
    """

    files: tuple[Stamp, ...]
    unreadable: Mapping[str, Unreadable]
    rows: Frame
    single_psu: SinglePsu
    clustered: bool
    stages: int
    grosses_up: bool
    deff_at_zero: float | None
    replication: Replication | None
    calibration: Calibration | None
    known: dict[str, Labels]
    domain: Domain

    @property
    def frame(self) -> Frame:
        """Returns the rows of the data, with the columns of the design. Raises `DataError` if a file changed
        since it was opened."""
        refuse_changed(self.files)
        return self.rows

    def __str__(self) -> str:
        """Returns the facts about the sample design, such as the numbers of strata and PSUs, one a line. No
        number is about a single person."""
        return "\n".join(f"{fact}: {value}" for fact, value in design_facts(self).items())

    def __repr__(self) -> str:
        """Returns the same, below the name of the class. A changed file is told, and is no error here."""
        try:
            return f"{type(self).__name__}\n{self}"
        except FltoolkitError as error:
            return f"{type(self).__name__}\n{error}"

    @property
    def source(self) -> str:
        """Returns, for messages, the paths of the files that are read again for every estimate. The text is
        empty if there are none."""
        return ", ".join(str(file.path) for file in self.files)

    @property
    def replicates(self) -> int:
        """Returns the number of replicate weights. It is 0 if the design has none."""
        return len(self.replication.factor) if self.replication else 0

    @property
    def mask(self) -> Mask:
        """Returns the rule that decides which values of the data a message may print."""
        return Mask()

    def column(self, name: str) -> tuple[str, nw.dtypes.DType]:
        """Returns the name of a column as it is in the frame (`name` may have blanks around it), and the type
        of the column. An error has no place: `checked` names the argument that gave the name.

        Raises:
            RequestError: there is no such column.
            DataError: the column was left out, because its values cannot be used.
        """
        schema, name = self.frame.collect_schema(), trimmed(name)
        refuse_unreadable([name], self.unreadable, "column")
        if name not in schema.names():
            offered = [c for c in schema.names() if not c.startswith(PREFIXES)]
            raise RequestError(
                "no such column",
                found=name,
                allowed=offered,
                do=(
                    "name a column of the data; of a survey a group of survey.yaml, or one that fl.derive "
                    "makes of a column"
                ),
            )
        return name, schema[name]

    def text(self, name: str) -> nw.Expr:
        """Returns a column as text, for grouping. Whole numbers become `1`, never `1.0`. Blanks around a text
        are removed."""
        return as_label(*self.column(name))

    def key(self, name: str) -> Key:
        """Returns the `Key` by which rows are grouped, for a column. The values of the column are themselves
        the labels."""
        own, _ = self.column(name)
        return Key(nw.col(own), own)

    def labels_of(self, column: str) -> Labels:
        """Returns the different labels in a column of `frame`. The labels are read from the data at the first
        call, and kept. `column` is the name of the column in `frame`."""
        if column not in self.known:
            self.known[column] = labels_of(self.frame.select(column), self.source)
        return self.known[column]

    @property
    def has_few_rows(self) -> bool:
        """Returns whether the design has few rows. The texts of few rows can be grouped directly, without
        being replaced by numbers first. The rows are counted at the first call only."""
        if self not in _FEW:
            _FEW[self] = has_few(self.frame)
        return _FEW[self]

    def is_truth(self, name: str) -> bool:
        """Returns whether the type of a column is boolean."""
        return bool(self.column(name)[1] == nw.Boolean)

    def is_number(self, name: str) -> bool:
        """Returns whether a column contains whole numbers or floats, which can be compared as they are."""
        dtype = self.column(name)[1]
        return is_whole(dtype) or dtype.is_float()

    def is_filled(self, name: str) -> nw.Expr:
        """Returns a true/false column: whether a row has a value in a column. NaN is no value."""
        own, dtype = self.column(name)
        if dtype.is_float():
            return ~(nw.col(own).is_null() | nw.col(own).is_nan())
        return ~(nw.col(own) if self.is_number(name) else self.text(name)).is_null()

    def number(self, name: str) -> nw.Expr:
        """Returns a column as numbers, for means, totals and ratios. A text that is not a number becomes
        null."""
        return number(*self.column(name))


@dataclass(frozen=True, init=False, eq=False, repr=False)
class SurveyDesign(Design):
    """A survey with its sample design (weights, strata, PSUs), as in R's `svydesign`. No survey.yaml is
    needed.

    Args:
        data: a path to CSV, Parquet, SPSS or Stata (values that the file declares missing become blank), or a
            pandas, Polars or Arrow table, or a PySpark DataFrame. Labels in a CSV are not changed. The design
            keeps a pandas table as it is now: a later change of it has no effect.
        weight: column of sampling weights.
        strata: column(s) of the first-stage strata. Several columns are crossed. None: one stratum.
        psu: column of the primary sampling units (PSUs), or this column and that of the units drawn within
            them. None: persons were drawn directly.
        fpc: the finite population correction: column with the number of PSUs in the stratum's population, or
            with the sampling fraction. For two stages, give two columns. The second column gives the number
            or the fraction of the units within the PSU. These units are persons if `psu` names only one
            column. None: with replacement.
        certainty: a true/false column that marks PSUs taken with certainty. Such a PSU becomes a stratum, and
            the units drawn within it become its PSUs. So only the variance within it counts.
        nest: True if PSU labels restart in each stratum.
        single_psu: what a stratum with one PSU contributes: `fail` (an error), `certainty` or `remove`
            (nothing), `adjust` (its distance from the grand mean), `average` (the average of the other
            strata).
        weights: `gross_up` if the weights add up to the population, or `normalised`. Totals are refused for
            normalised weights.

    Raises:
        RequestError: a column is not in the data.
        DataError: the data cannot be read, or a named column contains values of several types.
        DesignError: the number of sampling stages and the FPC columns do not fit together.
    """

    @checked
    def __init__(
        self,
        data: Any,
        *,
        weight: str,
        strata: Names = None,
        psu: Names = None,
        fpc: Names = None,
        certainty: str | None = None,
        nest: bool = False,
        single_psu: SinglePsu = "fail",
        weights: Literal["gross_up", "normalised"] = "gross_up",
    ) -> None:
        layers, units, counts, (weight,), certain_by = (
            names_of(given) for given in (strata, psu, fpc, weight, certainty)
        )
        wanted = [weight, *layers, *units, *counts, *certain_by]
        frame, files, unreadable = open_design(data, wanted, "SurveyDesign")
        schema = frame.collect_schema()
        refuse_stages(len(units), len(counts), certainty is not None)
        parts = {c: label(c, schema[c]) if nest or certain_by else nw.col(c) for c in units}
        parts |= {
            c: label(c, schema[c]) if nest or certain_by or len(layers) > 1 else nw.col(c) for c in layers
        }
        bound = [
            number(weight, schema[weight]).alias(WEIGHT),
            joined_labels([parts[c] for c in layers]).alias(STRATA),
        ]
        bound += [parts[c].alias(name) for c, name in zip(units, (PSU, SSU), strict=False)]
        bound += [number(c, schema[c]).alias(name) for c, name in zip(counts, (FPC, FPC2), strict=False)]
        certain = None
        if certain_by:
            flag = text(certain_by[0], schema[certain_by[0]])
            refuse_untrue(frame.select(flag.alias("flag")), certain_by[0])
            certain = flag.is_in(TRUE)

        def with_design(rows: Frame) -> Frame:
            return with_units(rows.with_columns(bound), len(units), len(counts), nest, certain)

        set_fields(
            self,
            files=files,
            unreadable=unreadable,
            rows=with_new_columns(frame, wanted, with_design),
            single_psu=single_psu,
            clustered=psu is not None,
            stages=len(counts),
            grosses_up=weights == "gross_up",
            deff_at_zero=None,
            replication=None,
            calibration=None,
            known={},
            domain=(),
        )


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Survey(SurveyDesign):
    """A survey with its sample design and its survey.yaml, which says what was asked, of whom, and how the
    answers are coded. `fl.read_survey` returns it, and `fl.classify` classifies its persons.

    `frame` has one row per person. Its columns `src__*` are the columns of the data as text, and its columns
    `fl__*` are those of the design. Estimates are sums over persons; rows of single persons are never
    returned. `held_in` is the connection that keeps the rows in memory. If it is None, the rows are read
    again for every estimate.
    """

    spec: SurveySpec
    path: Path
    held_in: duckdb.DuckDBPyConnection | None
    input_hash: str = field(repr=False)
    joins: tuple[Join, ...]
    columns_of_files: Mapping[str, tuple[str, ...]]
    episodes: Frame | None
    corrected: AppliedCorrections | None

    @property
    def mask(self) -> Mask:
        """Returns the rule that decides which values of the data a message may print, with the
        confidentiality limit of survey.yaml."""
        return Mask(self.spec.confidentiality.smallest_printed_count)

    def text(self, name: str) -> nw.Expr:
        """Returns a column as text. Columns of a survey that are text already are returned as they are,
        because blanks around them were removed when they were read."""
        own, dtype = self.column(name)
        return nw.col(own) if dtype == nw.String else super().text(name)

    def key(self, name: str) -> Key:
        """Returns the `Key` by which rows are grouped: a group of survey.yaml, or another column. If a group
        is made from one column of codes, the values of the key are the codes, and its labels are the meanings
        of the codes. (The codes are whole numbers if the file has whole numbers.) For any other group or
        column, the values are also the labels."""
        group, there = self.spec.groups.get(name), self.frame.collect_schema().names()
        if not (isinstance(group, Group) and len(group.column) == 1):
            return Key(self.text(name))
        if (code := CODE_OF + group.column[0]) in there:
            return Key(
                nw.col(code),
                code,
                {int(c): label for c, label in group.labels.items() if re.fullmatch(r"0|-?[1-9]\d*", c)},
            )
        own = SOURCE + group.column[0]
        return Key(nw.col(own), own, group.labels)


D = TypeVar("D", bound=Design)


def open_design(
    data: Any, wanted: Sequence[str], where: str
) -> tuple[Frame, tuple[Stamp, ...], Mapping[str, Unreadable]]:
    """Opens the data of a design.

    Args:
        data: a path or a table.
        wanted: the columns that the design names.
        where: the name of the function that was called, for messages.

    Returns:
        The frame; the files that are read again for every estimate (none for tables, SPSS and Stata files);
            and the columns that cannot be used, each with the reason.

    Raises:
        DataError: the data cannot be read, or a file changed while it was opened.
        RequestError: a column is not in the data.
    """
    path = Path(data) if isinstance(data, (str, Path)) else None
    files = () if path is None else (stamp_of(path),)
    opened = open_named(data, connect(), named=wanted)
    refuse_changed(files)
    refuse_unreadable(wanted, opened.unreadable, where)
    frame = opened.frame
    refuse_missing_columns(wanted, frame.collect_schema().names(), data)
    lazy = path is not None and path.suffix.lower() not in LABELLED_FILES
    return frame, files if lazy else (), opened.unreadable


def set_fields(design: D, **facts: Any) -> D:
    """Sets fields of a design while it is being made, and returns the design. This function is needed because
    a design is frozen: its fields cannot be set in the usual way."""
    for name, value in facts.items():
        object.__setattr__(design, name, value)
    return design


def weight_of(population: str) -> str:
    """Returns the name of the internal column with the weight of a population."""
    return f"{WEIGHT}__{population}"


def refuse_missing_columns(names: Sequence[str], columns: Sequence[str], data: object) -> None:
    """Raise `RequestError` if a name is not among the columns of the data. The message gives the first such
    name. `data` is the path or the table."""
    if gone := [n for n in names if n not in columns]:
        allowed = printed_names(columns, header_is_known(columns, names, [data]))
        raise RequestError("no such column", found=gone[0], allowed=allowed, withheld=", ".join(columns))


def require_totals(design: Design, verb: str) -> None:
    """Raise `DesignError` if the weights do not add up to the population, because totals are then impossible.
    The weights of a `Survey` were compared with its persons by `fl.check`, and calibrated weights are right.
    `verb` is the name of the function that was called, for the message."""
    if not design.grosses_up:
        raise DesignError(
            f"{verb} is refused: the weights are normalised",
            found="weights: normalised",
            do="use weights that add up to the population, or ask for prevalence, mean, ratio or share",
        )
    if isinstance(design, Survey) or design.calibration:
        return
    persons, added, below, _ = map(float, to_sums(design.frame, scale_sums(nw.col(WEIGHT))))
    if are_fewer_than_the_sample(persons, added, below):
        raise DesignError(
            f"{verb} is refused: the weights add up to no more persons than the sample has",
            found=f"{persons:,.0f} persons, whose weights add up to about {rounded_sum(added):,}",
            do='multiply weights in thousands by 1,000; for normalised weights say weights="normalised", '
            "and ask for prevalence, mean, ratio "
            "or share",
        )


def _refuse_mixed(frame: Frame, certain: nw.Expr) -> None:
    """Raise `DesignError` if some rows of a PSU say that it was taken with certainty, and other rows say the
    opposite."""
    units = frame.select(nw.col(STRATA, PSU), certain.fill_null(False).cast(nw.Int64).alias(CERTAIN))
    sides = units.group_by([STRATA, PSU]).agg(
        nw.col(CERTAIN).min().alias("low"), nw.col(CERTAIN).max().alias("high")
    )
    if count := to_count(sides.filter(nw.col("low") != nw.col("high")).select(nw.len())):
        raise DesignError(
            "PSUs are taken with certainty for some of their rows only",
            where="certainty",
            found=f"{count} PSU(s)",
            do="give every row of a PSU the same value; if PSU labels restart in each stratum, say nest",
        )
