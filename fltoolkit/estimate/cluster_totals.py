"""The only pass an estimate makes over microdata: persons in, sums by PSU and cell out.

At survey size most of these sums are one person. The table and all that is made from it stay in memory: never written,
logged, cached or shown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import narwhals as nw
import pandas as pd

from fltoolkit.errors import DesignError, NotAvailable, RequestError
from fltoolkit.survey.breakdowns import NOT_STATED
from fltoolkit.survey.calibration import Calibration
from fltoolkit.survey.design import FALSE, TRUE, Design, Survey
from fltoolkit.survey.findings import guarded
from fltoolkit.survey.internal import CALIBRATED, FPC, FPC2, HOUSEHOLD, PATTERN, PSU, REPLICATE, SSU, STRATA, WEIGHT
from fltoolkit.survey.read import Frame

KEY = "by__"
FPCS = ((FPC, "fpc"), (FPC2, "fpc2"))
MORE = "fl__more_"  # sums that only some designs and outcomes have
SUMS = ("n", "w", "ww", "wy", "wyy", "wx", "wxx", "wxy")


@dataclass(frozen=True)
class Outcome:
    """What is summed. `kind` is one of

    - `truth`: a true/false column; null is a missing answer (R's na.rm), or `unresolved` where `three_valued`
    - `number`: a numeric column `y`; null is missing; every other row counts as a case
    - `ratio`: two numeric columns, y over x; a row lacking either is missing; every other row counts as a case
    - `everyone`: every row is a case (counts, and distributions of a group)
    - `amount`: of a survey's cases, those of the true/false column y, the numeric column x over `per`; x lies between 0 and
      `most`; whoever is not a case has none
    """

    kind: Literal["truth", "number", "ratio", "everyone", "amount"]
    y: str = ""
    x: str = ""
    three_valued: bool = False
    most: float = 0.0
    per: float = 1.0


def cluster_totals(
    design: Design, outcome: Outcome, keys: Sequence[str], *, domain: str | None = None, weight: str = WEIGHT
) -> pd.DataFrame:
    """Group the microdata once (docs/methods.md §2).

    Args:
        design: any design; rows outside the domain stay in it, with nothing to add.
        outcome: what is summed.
        keys: the group columns.
        domain: a true/false column; the rows an estimate is about. None: all.
        weight: the internal weight column.

    Returns:
        One row a stratum × PSU × keys × status (× household of a case): `strata`, `psu`, the keys (each as `by__` + name),
        `status` (1 case, 0 not, -1 unresolved, 2 case without an amount), `household`, and the sums n (rows with w ≠ 0), w, ww (Σw²),
        wy, wyy (Σwy²), wx, wxx, wxy (of amounts y is the amount, x is 1 where there is one, and `y` sums it unweighted); `missing`
        counts the domain's rows without an outcome, `lowest` is the smallest weight. With an FPC `fpc_low`, `fpc_high` and `no_fpc`
        (rows without) say what the rows hold; with that of a second stage rows are by its units (`ssu`), with `fpc2_...`. With
        replicate weights the PSUs are buckets of rows, and `w_0`, `wy_0`, `wx_0` the sums under the first.
        Where `weight` is calibrated, rows are by `pattern` of the margins too (-1: outside the population calibrated), of all rows, not
        only those of the domain: `wc` sums their weights; `uy` and `ux` are the domain's unweighted sums of y and x.

    Raises:
        DesignError: weights negative, missing, infinite or all zero; strata or PSUs missing; FPC missing.
        RequestError: a truth column holds something else than true and false; amounts lie outside their limits.
    """
    frame = _summands(_asked(design, outcome, keys, domain, weight), design, outcome, len(keys))
    by = [STRATA, PSU, *([SSU] if design.stages == 2 else []), *(f"fl__k{i}" for i in range(len(keys)))]
    by += [*([PATTERN] if margins_of(design, weight) else []), "fl__status", "fl__casehh"]
    sums = ["fl__n", *(f"fl__s{s}" for s in SUMS[1:]), "fl__badw", "fl__bad", "fl__missing", "fl__positive"]
    more = [c for c in frame.collect_schema().names() if c.startswith(MORE)]
    ends = [nw.col(c).min().alias(f"{n}_low") for c, n in FPCS[: design.stages]] + [
        nw.col(c).max().alias(f"{n}_high") for c, n in FPCS[: design.stages]
    ]
    grouped = frame.group_by(by).agg(
        *[nw.col(s).sum() for s in [*sums, *more]], nw.col("fl__lowest").min().alias("lowest"), *ends
    )
    table: pd.DataFrame = grouped.sort(by).collect("pandas").to_native()  # sums of one order have the same last digit
    table = table.rename(columns={name: name.removeprefix(MORE) for name in more})
    _refuse(table, outcome, design)
    table = table.rename(
        columns={
            STRATA: "strata",
            PSU: "psu",
            SSU: "ssu",
            PATTERN: "pattern",
            "fl__status": "status",
            "fl__casehh": "household",
            "fl__n": "n",
            "fl__missing": "missing",
        }
    )
    table = table.rename(columns={f"fl__s{s}": s for s in SUMS} | {f"fl__k{i}": KEY + k for i, k in enumerate(keys)})
    return table.astype(dict.fromkeys(SUMS, float))


def _asked(design: Design, outcome: Outcome, keys: Sequence[str], domain: str | None, weight: str) -> Frame:
    """Of each row only what is summed or grouped by: a wide survey is bound once, and read no more than it must."""
    y, x, known, bad = _outcome(design, outcome)
    inside = nw.col(domain).fill_null(False) if domain else nw.lit(True)
    there = set(design.frame.collect_schema().names())
    replicates = [f"{REPLICATE}{r}" for r in range(design.replicates)]
    kept = [STRATA, PSU, *(c for c in (SSU, HOUSEHOLD, FPC, FPC2) if c in there), *replicates]
    kept += [PATTERN, CALIBRATED] if margins_of(design, weight) else []
    truth = design.text(outcome.y) if outcome.kind in ("truth", "amount") else nw.lit(TRUE[0])  # of all others each row is a case
    return design.frame.select(
        *kept, truth.alias("fl__truth"), *[design.text(k).fill_null(NOT_STATED).alias(f"fl__k{i}") for i, k in enumerate(keys)],
        y.alias("fl__y"), x.alias("fl__x"), (known & inside).alias("fl__inside"), (bad & inside).alias("fl__bad"),
        (~known & inside).fill_null(False).cast(nw.Int64).alias("fl__missing"), inside.alias("fl__domain"), nw.col(weight).alias("fl__w"),
    )  # fmt: skip


def _summands(frame: Frame, design: Design, outcome: Outcome, keys: int) -> Frame:
    """Of each row what it adds to every sum; nothing where it has no weight or lies outside the domain."""
    col = nw.col
    there = frame.collect_schema().names()
    within = col("fl__inside") & (col("fl__w") != 0)
    yy, xx = col("fl__y").fill_null(0.0), col("fl__x").fill_null(0.0)

    def own(what: nw.Expr) -> nw.Expr:
        return nw.when(within).then(what).otherwise(nw.lit(0.0))

    w = own(col("fl__w"))
    w_ok = col("fl__w").is_finite() & (col("fl__w") >= 0)
    frame = frame.with_columns(
        *[nw.when(within).then(col(f"fl__k{i}")).otherwise(nw.lit("")).alias(f"fl__k{i}") for i in range(keys)],
        nw.when(within).then(_status(outcome)).otherwise(nw.lit(0)).alias("fl__status"),
        within.cast(nw.Int64).alias("fl__n"),
        w.alias("fl__sw"), (w * w).alias("fl__sww"), (w * yy).alias("fl__swy"), (w * yy * yy).alias("fl__swyy"),
        (w * xx).alias("fl__swx"), (w * xx * xx).alias("fl__swxx"), (w * xx * yy).alias("fl__swxy"),
        ((~w_ok).fill_null(True) & col("fl__domain")).cast(nw.Int64).alias("fl__badw"),
        col("fl__bad").fill_null(False).cast(nw.Int64).alias("fl__bad"),
        nw.when(col("fl__w") > 0).then(nw.lit(1)).otherwise(nw.lit(0)).alias("fl__positive"),
        nw.when(within).then(col("fl__w")).alias("fl__lowest"),
        *[col(c).is_nan().fill_null(True).cast(nw.Int64).alias(f"{MORE}no_{name}") for c, name in FPCS[: design.stages]],
        *[(own(col(f"{REPLICATE}{r}")) * times).alias(f"{MORE}{n}_{r}")
          for n, times in (("w", nw.lit(1.0)), ("wy", yy), ("wx", xx)) for r in range(design.replicates)],
    )  # fmt: skip
    if outcome.kind == "amount":
        outside = ((yy < 0) | (yy * outcome.per > outcome.most)) & within
        frame = frame.with_columns(own(yy).alias(f"{MORE}y"), outside.cast(nw.Int64).alias(f"{MORE}outside"))
    if PATTERN in there:
        unweighted = own(yy).alias(f"{MORE}uy"), own(xx).alias(f"{MORE}ux"), col(CALIBRATED).alias(f"{MORE}wc")
        frame = frame.with_columns(*unweighted, col(PATTERN).fill_null(-1).alias(PATTERN))
    household = col(HOUSEHOLD) if HOUSEHOLD in there else nw.lit(None, dtype=nw.String())
    case = within & (col("fl__status") >= 1) if outcome.kind not in ("number", "ratio") else nw.lit(False)
    return frame.with_columns(nw.when(case).then(household).alias("fl__casehh"))


def margins_of(design: Design, weight: str) -> Calibration | None:
    """The calibration of a weight whose variance needs residuals; that of replicate weights is in the replicates."""
    found = design.calibration
    return found if found and weight in found.weights and not design.replication else None


def _outcome(design: Design, outcome: Outcome) -> tuple[nw.Expr, nw.Expr, nw.Expr, nw.Expr]:
    """y, x, whether the row's outcome is known, and whether it is something a truth cannot be."""
    one, never = nw.lit(1.0), nw.lit(False)
    if outcome.kind == "everyone":
        return one, one, nw.lit(True), never
    if outcome.kind == "truth":
        value = design.text(outcome.y)
        truth: nw.Expr = nw.when(value.is_in(TRUE)).then(one)
        truth = nw.when(value.is_in(FALSE)).then(nw.lit(0.0)).otherwise(truth)
        known = nw.lit(True) if outcome.three_valued else ~truth.is_null()
        return truth, one, known, truth.is_null() & ~value.is_null()
    y, y_bad = _number(design, outcome.y)
    if outcome.kind == "number":
        return y, one, ~y.is_null(), y_bad
    if outcome.kind == "amount":
        return _amount(design, outcome, _number(design, outcome.x))
    x, x_bad = _number(design, outcome.x)
    return y, x, ~(y.is_null() | x.is_null()), y_bad | x_bad


def _amount(design: Design, outcome: Outcome, number: tuple[nw.Expr, nw.Expr]) -> tuple[nw.Expr, nw.Expr, nw.Expr, nw.Expr]:
    """A case's amount over `per`, 1 where there is one; 0 and 0 for everybody else, who all stay in."""
    amount, bad = number
    case = design.text(outcome.y).is_in(TRUE).fill_null(False)
    stated = case & ~amount.is_null()
    y, x = (nw.when(stated).then(e).otherwise(nw.lit(0.0)) for e in (amount / outcome.per, nw.lit(1.0)))
    return y, x, nw.lit(True), case & bad


def _status(outcome: Outcome) -> nw.Expr:
    """1 case, 0 not, -1 unresolved; 2 a case without an amount."""
    case, other = nw.col("fl__truth").is_in(TRUE), nw.col("fl__truth").is_in(FALSE)
    found = nw.when(case).then(nw.lit(1)).otherwise(nw.when(other).then(nw.lit(0)).otherwise(nw.lit(-1)))
    if outcome.kind == "amount":
        return nw.when(case & (nw.col("fl__x") == 0)).then(nw.lit(2)).otherwise(found)
    return found


def _number(design: Design, name: str) -> tuple[nw.Expr, nw.Expr]:
    """A numeric column with NaN as missing (R's na.rm), and whether a row holds what is not a number: text, or infinity."""
    value = design.number(name)
    text_only = value.is_null() & ~design.text(name).is_null()
    infinite = ~(value.is_null() | value.is_nan() | value.is_finite())
    return nw.when(value.is_finite()).then(value), text_only | infinite.fill_null(False)


def _refuse(table: pd.DataFrame, outcome: Outcome, design: Design) -> None:
    """Stop on what no variance survives."""
    if (bad := int(table["fl__badw"].sum())) > 0:
        raise DesignError(
            f"{bad} weight(s) are negative, missing, infinite or not a number", where="weight", allowed="numbers ≥ 0",
            do="correct them in the data, or drop those rows before",
        )  # fmt: skip
    if len(table) == 0 or table["fl__positive"].sum() == 0:
        raise DesignError("no row has a weight above zero", where="weight", do="check that weight names the right column")
    if gaps := [r + 1 for r in range(design.replicates) if not table[f"w_{r}"].map(math.isfinite).all()]:
        raise DesignError(
            f"{len(gaps)} replicate weight(s) are missing or infinite in some rows", where="replicates", found=gaps[:10],
            do="correct them in the data, or leave those rows out before",
        )  # fmt: skip
    for column, name in ((STRATA, "strata"), (PSU, "psu"), (SSU, "ssu")):
        if column not in table:
            continue
        if (rows := int(table["fl__n"][table[column].isna()].sum())) or table[column].isna().any():
            raise DesignError(
                f"{rows} row(s) have no {name}", where=name, do="fill it in; every sampled person was drawn somewhere"
            )
    if (bad := int(table["fl__bad"].sum())) > 0:
        truth = outcome.kind == "truth"
        names = f"{outcome.y}/{outcome.x}" if outcome.kind == "ratio" else outcome.y
        raise RequestError(
            f"{names} is not a {'true/false' if truth else 'numeric'} column: {bad} row(s) hold something else",
            where="outcome", allowed="0, 1, true, false, blank" if truth else "numbers, blank", do="recode the column, or name another",
        )  # fmt: skip
    if outcome.kind == "amount" and isinstance(design, Survey) and (bad := int(table["outside"].sum())):
        raise NotAvailable(
            f"{outcome.x} of some cases lie outside the {outcome.most:g} of the reference period", where=str(design.path),
            found=f"{guarded(bad, design.spec.confidentiality.cases)} case(s)", allowed=f"0 to {outcome.most:g}",
            do=f"list codes that are no {outcome.x} under missing, or correct the column or the reference period",
        )  # fmt: skip
