"""Gives strata, sampling units and households their labels: text, or whole numbers if the file has whole
numbers."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw

from fltoolkit.errors import DesignError
from fltoolkit.survey.data.column_values import as_label, is_whole
from fltoolkit.survey.data.engines import with_row_labels
from fltoolkit.survey.data.fetch_rows import to_count
from fltoolkit.survey.data.internal_columns import PSU, SSU, STRATA
from fltoolkit.survey.data.person_frame import Frame

SEPARATOR = " / "
CERTAIN = "fl__certain"


def label(column: str, dtype: nw.dtypes.DType) -> nw.Expr:
    """Returns the column of a stratum or sampling unit as labels, which can be combined with other labels. A
    label is a whole number if the column contains whole numbers. Otherwise it is a text without the blanks
    around it."""
    return nw.col(column) if is_whole(dtype) else as_label(column, dtype)


def joined_labels(parts: Sequence[nw.Expr]) -> nw.Expr:
    """Combines the labels in several columns to one label in each row, such as `north / 12`. The result is
    null if one of the labels is null. A single column is returned unchanged. If there is no column, all rows
    have the same label.

    A slash inside a label is doubled. So `a / b` with `c` does not get the same label as `a` with `b / c`.
    """
    if not parts:
        return nw.lit("all")
    if len(parts) == 1:
        return parts[0]
    return nw.concat_str(
        [p.cast(nw.String).str.replace_all("/", "//", literal=True) for p in parts], separator=SEPARATOR
    )


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
