"""Reads the persons once and sums them by PSU and cell (such as women in the north). Every estimate reads the
persons with this module.

Many of these sums are of one person. So all tables of sums stay in memory: they are never written, logged or
shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Any, Literal

import narwhals as nw
import numpy as np
import pandas as pd

from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.outcomes_and_domains import in_domain
from fltoolkit.errors import DesignError, NotAvailable, RequestError
from fltoolkit.estimate.totals.coded_columns import with_categories
from fltoolkit.languages.reasons import Name, Reason
from fltoolkit.survey.answers import truth_of
from fltoolkit.survey.design.calibrated_weights import Calibration
from fltoolkit.survey.design.survey_design import FALSE, TRUE, Design, Key
from fltoolkit.survey.engine.columns import (
    CALIBRATED,
    FPC,
    FPC2,
    HOUSEHOLD,
    PATTERN,
    PSU,
    REPLICATE,
    SSU,
    STRATA,
    WEIGHT,
    Frame,
    is_whole,
)
from fltoolkit.survey.engine.engines import is_spark, labels_as_numbers, to_arrow, to_count, to_rows
from fltoolkit.survey.printed_values import class_of_cases

KEY = "by__"
FPCS = ((FPC, "fpc"), (FPC2, "fpc2"))
OWN, ALL = "fl__s_", "fl__all_"  # sums over the rows that count, and sums over all rows
WEIGHTS, SQUARES = OWN + "w", OWN + "ww"
SUMS = ("n", "w", "ww", "wy", "wyy", "wx", "wxx", "wxy")
# The sums that are computed while reading; the others follow from these and the status
# (`_with_derived_columns`).
SUMMED = {
    "truth": ("w", "ww"),
    "everyone": ("w", "ww"),
    "number": ("w", "ww", "wy", "wyy"),
    "amount": ("w", "ww", "wy", "wyy"),
    "ratio": SUMS[1:],
}
# Why a row is in no sum: a status below 0. UNRESOLVED is the exception: these rows are in the sums.
UNRESOLVED, OUTSIDE, MISSING, BAD_WEIGHT, BAD_OUTCOME = -1, -2, -3, -4, -5
STATUSES = 8  # from BAD_OUTCOME to 2


@dataclass(frozen=True)
class Outcome:
    """The variable that an estimate sums over persons, such as forced labour or months. `kind` is one of
    these:

    - `truth`: a true/false column y. A null is a missing answer (R's na.rm), or `unresolved` if
      `three_valued`.
    - `number`: a numeric column y. A null is missing; every other row has the status of a case.
    - `ratio`: two numeric columns, y over x. A row without y or x is missing; every other row has the status
      of a case.
    - `everyone`: every row has the status of a case (for counts, and for distributions of a group).
    - `amount`: for the cases (rows where y is true), the column x, such as months, divided by `per`, such as
      12 months. x must be from 0 to `most`. A person who is not a case has the amount 0.
    """

    kind: Literal["truth", "number", "ratio", "everyone", "amount"]
    y: str = ""
    x: str = ""
    three_valued: bool = False
    most: float = 0.0
    per: float = 1.0


def cluster_totals(
    design: Design,
    outcome: Outcome,
    keys: Sequence[str],
    *,
    domain: str | None = None,
    weight: str = WEIGHT,
    lowest: bool = False,
) -> pd.DataFrame:
    """Sums the persons by stratum, PSU and cell, in one pass (docs/methods.md §2).

    Args:
        design: any design. Rows outside its domain stay in the table but add nothing to a sum.
        outcome: what is summed.
        keys: the group columns.
        domain: a true/false column that marks the reference population. None: all rows are in it.
        weight: the internal weight column.
        lowest: whether the smallest weight is also returned.

    Returns:
        The table of sums: one row per stratum × PSU × keys × status (× household of a case). If several codes
        share a label, each code has a row. Rows are in the order of the codes in the data (whole numbers by
        size). Columns:

        - `strata`, `psu` and the keys (each as `by__` + name), all of them categories
        - `status`: 1 case, 0 not a case, -1 unresolved, 2 case without an amount, below -1: in no sum
        - `household`: a number for each household of a case, else -1
        - the sums n (rows with w ≠ 0), w, ww (Σw²), wy, wyy (Σwy²), wx, wxx, wxy. For amounts, y is the
          amount, and x is 1 if there is an amount; the column `y` is the unweighted sum of the amounts
        - `missing`: the number of rows of the domain without an outcome; `lowest`: the smallest weight, if
          wanted
        - with an FPC: `fpc_low`, `fpc_high` (its smallest and largest value) and `no_fpc` (rows without one).
          With the FPC of a second stage: one row per unit of that stage (`ssu`), and `fpc2_...`
        - with replicate weights: `w_0`, `wy_0`, `wx_0` are the sums under the first replicate; PSUs have no
          meaning
        - with a calibrated `weight`: rows are also divided by `pattern` of the margins (-1: outside the
          calibrated population). They include all rows of the design. `wc` sums their weights; `uy` and `ux`
          are the domain's unweighted sums of y and x

    Raises:
        DesignError: weights are negative, missing, infinite or all zero; strata, PSUs or an FPC are missing.
        RequestError: a truth column contains something other than true and false.
        NotAvailable: amounts are below 0 or above `outcome.most`.
    """
    by_key = [design.key(k) for k in keys]
    asked = _needed_columns(design, outcome, by_key, domain, weight)
    numbered, texts = _with_numbers(asked, design, by_key)
    frame = _summands(numbered, design, outcome, len(keys))
    there = frame.collect_schema().names()
    labels = [
        c for c in (STRATA, PSU, SSU, *(f"fl__k{i}" for i in range(len(keys))), "fl__casehh") if c in there
    ]
    by = [*labels, *([PATTERN] if PATTERN in there else []), "fl__status"]
    sums = [c for c in there if c.startswith((OWN, ALL))]
    ends = [
        end.alias(f"{name}_{which}")
        for column, name in FPCS[: design.stages]
        for which, end in (("low", nw.col(column).min()), ("high", nw.col(column).max()))
    ]
    found = None
    if not (lowest or ends or design.replicates or _opened(design).has_few_rows):
        found = _sorted_sums((frame, asked), by, sums, texts, design.source)
    if found is None:
        grouped = frame.group_by(by).agg(
            nw.len().cast(nw.Float64()).alias("n"),
            *[nw.col(s).sum() for s in sums],
            *([nw.col("fl__lowest").min().alias("lowest")] if lowest else []),
            *ends,
        )
        # Sorted, so that sums have the same last digit every time.
        found = to_arrow(grouped.sort(by), design.source)
    table = with_categories(found, labels, by_key, texts)
    names = {
        STRATA: "strata",
        PSU: "psu",
        SSU: "ssu",
        PATTERN: "pattern",
        "fl__status": "status",
        "fl__casehh": "household",
    }
    names |= {f"fl__k{i}": KEY + k for i, k in enumerate(keys)} | {
        c: c.removeprefix(OWN).removeprefix(ALL) for c in sums
    }
    table = table.rename(columns=names)
    _refuse(table, outcome, design, weight)
    return _with_derived_columns(
        table, [c.removeprefix(OWN) for c in sums if c.startswith(OWN)], outcome, design
    )


def _needed_columns(
    design: Design, outcome: Outcome, keys: Sequence[Key], domain: str | None, weight: str
) -> Frame:
    """Returns the persons with only the columns that are needed: columns that are summed, and columns by
    which rows are grouped. So the kit reads a survey with many columns fast. The arguments are as in
    `cluster_totals`."""
    y, x, known, bad = _outcome_columns(design, outcome)
    inside = (nw.col(domain).fill_null(False) if domain else nw.lit(True)) & in_domain(design)
    there = set(design.frame.collect_schema().names())
    replicates = [f"{REPLICATE}{r}" for r in range(design.replicates)]
    kept = [STRATA, PSU, *(c for c in (SSU, HOUSEHOLD, FPC, FPC2) if c in there), *replicates]
    kept += [PATTERN, CALIBRATED] if margins_of(design, weight) else []
    truth = (
        _truth(design, outcome.y) if outcome.kind in ("truth", "amount") else nw.lit(True)
    )  # other kinds: each row is a case
    return design.frame.select(
        *kept,
        truth.alias("fl__truth"),
        *[k.column.alias(f"fl__k{i}") for i, k in enumerate(keys)],
        y.alias("fl__y"),
        x.alias("fl__x"),
        known.alias("fl__known"),
        bad.fill_null(False).alias("fl__bad"),
        inside.alias("fl__inside"),
        nw.col(weight).alias("fl__w"),
    )


def _with_numbers(frame: Frame, design: Design, keys: Sequence[Key]) -> tuple[Frame, Mapping[str, Any]]:
    """Returns the rows with numbers in place of texts, because rows are grouped faster by numbers. Also
    returns, by column, the texts for which the numbers stand.

    The texts are collected before the persons are classified, because the classification takes long. Columns
    of the classification keep their few texts.
    """
    units = {c: c for c in (STRATA, PSU, SSU) if c in frame.collect_schema().names()}
    named = units | {f"fl__k{i}": key.name for i, key in enumerate(keys) if key.name}
    return labels_as_numbers(frame, named, _opened(design).labels_of, few=_opened(design).has_few_rows)


def _summands(frame: Frame, design: Design, outcome: Outcome, keys: int) -> Frame:
    """Returns, for each row, its status (see `_status`) and the amounts that it would add to each sum. A row
    that counts in no sum also has amounts. `_with_derived_columns` sets the sums of such rows to zero, after
    grouping, when there are few rows."""
    col = nw.col
    there = frame.collect_schema().names()
    frame = frame.with_columns(_status(outcome).alias("fl__status"))
    within = col("fl__status") > OUTSIDE
    w, yy, xx = col("fl__w"), col("fl__y").fill_null(0.0), col("fl__x").fill_null(0.0)
    products = {
        "w": w,
        "ww": w * w,
        "wy": w * yy,
        "wyy": w * yy * yy,
        "wx": w * xx,
        "wxx": w * xx * xx,
        "wxy": w * xx * yy,
    }
    times = {"w": nw.lit(1.0), "wy": yy, "wx": xx}
    summed = SUMMED[outcome.kind]
    sums = [
        *[products[name].alias(OWN + name) for name in summed],
        *[
            (col(f"{REPLICATE}{r}") * times[n]).alias(f"{OWN}{n}_{r}")
            for n in times
            if n in summed
            for r in range(design.replicates)
        ],
        *[
            col(c).is_nan().fill_null(True).cast(nw.Int64).alias(f"{ALL}no_{name}")
            for c, name in FPCS[: design.stages]
        ],
    ]
    if outcome.kind == "amount":
        outside = ((yy < 0) | (yy * outcome.per > outcome.most)) & within
        sums += [yy.alias(f"{OWN}y"), outside.cast(nw.Int64).alias(f"{ALL}outside")]
    by: list[nw.Expr] = [nw.when(within).then(col(f"fl__k{i}")).alias(f"fl__k{i}") for i in range(keys)]
    if PATTERN in there:
        sums += [yy.alias(f"{OWN}uy"), xx.alias(f"{OWN}ux"), col(CALIBRATED).alias(f"{ALL}wc")]
        by.append(col(PATTERN).fill_null(-1))
    if HOUSEHOLD in there and outcome.kind not in ("number", "ratio"):
        by.append(nw.when(col("fl__status") >= 1).then(col(HOUSEHOLD)).alias("fl__casehh"))
    kept = [c for c in (STRATA, PSU, SSU, *(c for c, _ in FPCS[: design.stages])) if c in there]
    return frame.select(*kept, *by, "fl__status", *sums, nw.when(within).then(w).alias("fl__lowest"))


def _opened(design: Design) -> Design:
    return design.unclassified if isinstance(design, ClassifiedSurvey) else design


def _sorted_sums(
    frames: tuple[Frame, Frame], by: Sequence[str], sums: Sequence[str], texts: Mapping[str, Any], source: Any
) -> Any | None:
    """Returns the groups of a frame and their sums, as GROUP BY and ORDER BY give them. Each row becomes one
    whole number, for its values of `by`, and NumPy sorts the rows by this number. This is faster where there
    may be as many groups as rows.

    Returns None where it is not, so that GROUP BY is used. Also for Spark, whose rows stay in the cluster, and
    for columns that have no whole numbers.

    Args:
        frames: the rows with their summands; and the same rows with the columns from which they come.
        by, sums: the columns by which rows are grouped, and those that are summed.
        texts: the texts for which numbers stand, by column.
        source: the source of the rows, for error messages.
    """
    from pyarrow import array, table

    frame, asked = frames
    types, own = asked.collect_schema(), [c for c in by if c != "fl__status"]
    read = [c for c in own if c not in texts]
    if is_spark(nw.to_native(frame)) or not all(c in types and is_whole(types[c]) for c in read):
        return None
    ends = [end.alias(f"{c}_{i}") for c in read for i, end in enumerate((nw.col(c).min(), nw.col(c).max()))]
    units = nw.col(PSU).n_unique().alias("units")
    ((rows, psus, *limits),) = to_rows(asked.select(nw.len().alias("rows"), units, *ends), source)
    if None in limits:
        return None
    low = dict.fromkeys(own, 0) | dict(zip(read, limits[::2], strict=True))
    high = {c: len(texts[c]) - 1 for c in texts} | dict(zip(read, limits[1::2], strict=True))
    size = {c: high[c] - low[c] + 2 for c in own}  # 0 stands for null
    codes = prod(size.values()) * STATUSES
    if psus * prod(size[c] - 1 for c in own if c not in (STRATA, PSU)) * 3 < rows or codes >= 2**63:
        return None
    code: nw.Expr = nw.lit(0, nw.Int64())
    for c in own:
        code = code * size[c] + (nw.col(c).cast(nw.Int64()) - low[c] + 1).fill_null(0)
    code = (code * STATUSES + nw.col("fl__status") - BAD_OUTCOME).alias("fl__code")
    if codes < 2**31:
        code = code.cast(nw.Int32())  # less memory
    added = [nw.col(c).fill_null(0) for c in sums if c != SQUARES]
    left, columns = _sums_by_number(to_arrow(frame.select(code, *added), source), sums)
    left, status = np.divmod(left, STATUSES)
    columns["fl__status"] = (status + BAD_OUTCOME).astype(np.int8)
    for c in reversed(own):
        left, digit = np.divmod(left, size[c])
        columns[c] = array(digit.astype(np.int64) + (low[c] - 1), mask=digit == 0)
    return table({c: columns[c] for c in (*by, "n", *sums)})


def _sums_by_number(persons: Any, sums: Sequence[str]) -> tuple[Any, dict[str, Any]]:
    """Returns the different numbers in the column `fl__code` of an Arrow table, in order, and the sums of the
    rows of each."""
    number = persons.column("fl__code").to_numpy()
    order = np.argsort(number, kind="stable")  # so that sums have the same last digit every time
    number = number[order]
    starts = np.flatnonzero(np.r_[True, number[1:] != number[:-1]])
    columns = {"n": np.diff(starts, append=len(number)).astype(float)}
    number = number[starts]
    for c in sums:
        if c != SQUARES:
            value = persons.column(c).to_numpy()[order]
            columns[c] = np.add.reduceat(value, starts)
            if c == WEIGHTS:
                value *= value  # in place: ten million weights are 80 MB
                columns[SQUARES] = np.add.reduceat(value, starts)
    return number, columns


def margins_of(design: Design, weight: str) -> Calibration | None:
    """Returns the calibration of a weight column. Returns None if the weights are not calibrated. Also
    returns None if there are replicate weights: each of them is calibrated separately, so the variance needs
    no residuals."""
    found = design.calibration
    return found if found and weight in found.weights and not design.replication else None


def _outcome_columns(design: Design, outcome: Outcome) -> tuple[nw.Expr, nw.Expr, nw.Expr, nw.Expr]:
    """Returns four columns about the outcome: its values y and x (see `Outcome`), whether it is known, and
    whether its value is not allowed."""
    one, never = nw.lit(1.0), nw.lit(False)
    if outcome.kind == "everyone":
        return one, one, nw.lit(True), never
    if outcome.kind == "truth":
        truth = _truth(design, outcome.y)
        known = nw.lit(True) if outcome.three_valued else ~truth.is_null()
        bad = never if design.is_truth(outcome.y) else truth.is_null() & design.is_filled(outcome.y)
        return truth.cast(nw.Float64), one, known, bad
    y, y_bad = _number(design, outcome.y)
    if outcome.kind == "number":
        return y, one, ~y.is_null(), y_bad
    if outcome.kind == "amount":
        return _amounts(design, outcome, _number(design, outcome.x))
    x, x_bad = _number(design, outcome.x)
    return y, x, ~(y.is_null() | x.is_null()), y_bad | x_bad


def _truth(design: Design, name: str) -> nw.Expr:
    """Returns a true/false column of the design. Codes such as 1 and 0 become true and false, and any other
    value null."""
    own, _ = design.column(name)
    if design.is_truth(name):
        return nw.col(own)
    # The text of a number is a long expression, and each code would repeat it.
    return (
        truth_of(nw.col(own), [1], [0])
        if design.is_number(name)
        else truth_of(design.text(name), TRUE, FALSE)
    )


def _amounts(
    design: Design, outcome: Outcome, number: tuple[nw.Expr, nw.Expr]
) -> tuple[nw.Expr, nw.Expr, nw.Expr, nw.Expr]:
    """Returns the four columns of `_outcome_columns` for amounts: y is the amount of a case divided by `per`,
    x is 1 if the case has an amount. Both are 0 for all others. `number` is the column of amounts, and
    whether a row has no number."""
    amount, bad = number
    case = _truth(design, outcome.y).fill_null(False)
    stated = case & ~amount.is_null()
    y, x = (nw.when(stated).then(e).otherwise(nw.lit(0.0)) for e in (amount / outcome.per, nw.lit(1.0)))
    return y, x, nw.lit(True), case & bad


def _status(outcome: Outcome) -> nw.Expr:
    """Returns the status of each row: 1 case, 0 not a case, UNRESOLVED (the answers do not decide it), 2 case
    without an amount. Rows that count in no sum have the reason as their status: MISSING, OUTSIDE (the
    domain), BAD_WEIGHT or BAD_OUTCOME."""
    col, lit = nw.col, partial(nw.lit, dtype=nw.Int8())  # rows are grouped by it
    case = col("fl__truth")
    found = case.cast(nw.Int8).fill_null(UNRESOLVED)
    if outcome.kind == "amount":
        found = nw.when(case & (col("fl__x") == 0)).then(lit(2)).otherwise(found)
    summed = (
        col("fl__inside")
        & (col("fl__w") > 0)
        & (col("fl__w") < float("inf"))
        & ~col("fl__bad")
        & col("fl__known")
    )
    good = (col("fl__w").is_finite() & (col("fl__w") >= 0)).fill_null(False)
    why = lit(OUTSIDE)
    for reason, status in (
        (~col("fl__known"), MISSING),
        (col("fl__bad"), BAD_OUTCOME),
        (~good, BAD_WEIGHT),
        (~col("fl__inside"), OUTSIDE),
    ):
        why = nw.when(reason).then(lit(status)).otherwise(why)
    return (
        nw.when(summed).then(found).otherwise(why)
    )  # nearly all rows are summed: tested first, the other reasons cost little


def _number(design: Design, name: str) -> tuple[nw.Expr, nw.Expr]:
    """Returns two columns: the numbers in a column (NaN becomes null, as R's na.rm), and whether a row has a
    text or infinity in place of a number."""
    value = design.number(name)
    text_only = value.is_null() & design.is_filled(name)
    infinite = ~(value.is_null() | value.is_nan() | value.is_finite())
    return nw.when(value.is_finite()).then(value), text_only | infinite.fill_null(False)


def _with_derived_columns(
    table: pd.DataFrame, own: Sequence[str], outcome: Outcome, design: Design
) -> pd.DataFrame:
    """Returns the table of sums with further columns that follow from others. In rows that count in no sum,
    `n` and the columns named in `own` become 0."""
    status = table["status"].to_numpy()
    columns = dict(table.items()) | {"missing": np.zeros(len(table), dtype=np.int64)}
    if (outside := status <= OUTSIDE).any():
        columns["missing"] = np.where(status == MISSING, table["n"], 0).astype(np.int64)
        columns |= {name: np.where(outside, 0.0, table[name]) for name in ("n", *own)}
    if "household" not in table:
        columns["household"] = np.full(len(table), -1, dtype=np.int8)
    y = status >= 1 if outcome.kind == "truth" else None
    x = status == 1 if outcome.kind == "amount" else None
    for r in ["", *(f"_{r}" for r in range(design.replicates))]:
        if f"wy{r}" not in columns:
            columns[f"wy{r}"] = columns[f"w{r}"] if y is None else np.where(y, columns[f"w{r}"], 0.0)
        if f"wx{r}" not in columns:
            columns[f"wx{r}"] = columns[f"w{r}"] if x is None else np.where(x, columns[f"w{r}"], 0.0)
    if outcome.kind != "ratio":
        columns |= {"wxx": columns["wx"], "wxy": columns["wy"]}
    columns.setdefault("wyy", columns["wy"])
    return pd.DataFrame(columns, copy=False)


def _refuse(table: pd.DataFrame, outcome: Outcome, design: Design, weight: str) -> None:
    """Raises an error if the data do not allow an estimate or its variance: a weight, a stratum, a PSU, an
    FPC or the outcome is wrong or missing."""
    status = table["status"].to_numpy()
    within = status > OUTSIDE
    if bad := int(table["n"][status == BAD_WEIGHT].sum()):
        raise DesignError(
            f"{bad} weight(s) are negative, missing, infinite or not a number",
            where="weight",
            allowed="numbers ≥ 0",
            do="correct them in the data, or drop those rows before",
        )
    with np.errstate(over="ignore"):
        if not np.isfinite(table["w"].to_numpy(dtype=float).sum()):
            raise DesignError(
                "the weights add up to more than a number can hold",
                where="weight",
                do="correct them, or divide all by one number",
            )
    if not within.any() and not _any_weight(design, weight):
        raise DesignError(
            "no row has a weight above zero", where="weight", do="check that weight names the right column"
        )
    replicates = design.replication.names if design.replication else ()
    if gaps := [
        name for r, name in enumerate(replicates) if not np.isfinite(table.loc[within, f"w_{r}"]).all()
    ]:
        raise DesignError(
            f"{len(gaps)} replicate weight(s) are missing, infinite or no numbers in some rows",
            where="replicates",
            found=gaps[:10],
            do="correct them in the data, or leave those rows out before",
        )
    for name in ("strata", "psu", "ssu"):
        if name in table and (without := table[name].isna()).any():
            counted = int(table["n"][without & within].sum())
            raise DesignError(
                f"{counted} row(s) have no {name}",
                where=name,
                do="fill it in; every person belongs to a sampled unit",
            )
    if bad := int(table["n"][status == BAD_OUTCOME].sum()):
        truth = outcome.kind == "truth"
        names = f"{outcome.y}/{outcome.x}" if outcome.kind == "ratio" else outcome.y
        raise RequestError(
            (
                f"{names} is not a {'true/false' if truth else 'numeric'} column: {bad} row(s) hold "
                "something else"
            ),
            found=outcome.y,
            allowed="0, 1, true, false, blank" if truth else "numbers, blank",
            do="recode the column, or name another",
        )
    if (
        outcome.kind == "amount"
        and isinstance(design, ClassifiedSurvey)
        and (bad := int(table["outside"].sum()))
    ):
        raise NotAvailable(
            Reason.of("reasons.outside", what=Name("kit.amounts", outcome.x), N=outcome.most),
            where=str(design.path),
            found=class_of_cases(bad, design.spec.confidentiality.smallest_printed_count),
            allowed=f"0 to {outcome.most:g}",
            do=(
                f"list codes that are no {outcome.x} under missing, or correct the column or the "
                "reference period"
            ),
        )


def _any_weight(design: Design, weight: str) -> bool:
    """Returns whether any person, inside or outside the domain, has a weight above zero."""
    return to_count(design.frame.filter(nw.col(weight) > 0).select(nw.len().alias("n")), design.source) > 0
