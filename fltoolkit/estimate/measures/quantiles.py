"""Estimates quantiles of a variable with few values, such as months, with Woodruff's interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import Field

from fltoolkit.arguments import Level, checked
from fltoolkit.classify.adults import MONTHS
from fltoolkit.classify.category_names import named_in
from fltoolkit.classify.classified_survey import ClassifiedSurvey, refuse_unclassified
from fltoolkit.classify.outcomes_and_domains import Where, refuse_own_outcomes, within
from fltoolkit.errors import RequestError
from fltoolkit.estimate.measures.counts_and_design_effects import households_of_cases
from fltoolkit.estimate.measures.estimates import Estimates, NotStated, stated_only
from fltoolkit.estimate.measures.intervals import DEFAULT, Confidence, t_quantile
from fltoolkit.estimate.measures.prevalence_and_totals import about_amount, about_of, is_amount, with_amount
from fltoolkit.estimate.measures.questions_asked import asked_months
from fltoolkit.estimate.measures.stock_and_duration import months_counted
from fltoolkit.estimate.totals.breakdowns import By, breakdowns, groups_of
from fltoolkit.estimate.totals.cluster_totals import KEY, Outcome
from fltoolkit.estimate.totals.one_pass import Estimand, EstimandSums, sum_persons
from fltoolkit.estimate.totals.reference_population import population_of
from fltoolkit.estimate.totals.result_cells import BREAKDOWN, Cells
from fltoolkit.estimate.variance import Array, Matrix, multiply_columns, side_by_side
from fltoolkit.survey.design.survey_design import Design

Share = Annotated[float, Field(gt=0, lt=1), "0.5 is the median"]
MOST_VALUES = 200
TIE = 1e-12  # sums of weights have rounding errors: a share this close to p counts as p


@checked
def quantile(
    design: Design,
    y: str = MONTHS,
    q: Share | Sequence[Share] = (0.25, 0.5, 0.75),
    by: By = None,
    *,
    population: str | None = None,
    where: Where = None,
    not_stated: NotStated = "show",
    level: Level = 0.95,
) -> Estimates:
    """Estimate quantiles of a numeric column with at most 200 values. For a classified survey, the column is
    the months in forced labour of its cases, or one of the `amounts` of survey.yaml (with any number of
    values).

    The quantile of p is the smallest value v with F(v) ≥ p. F is the weighted share of persons with a value
    up to v (R's `qrule="math"`).

    The interval is Woodruff's (1952). It takes the limits F(v) ± t·SE(F) at this quantile, and runs from the
    quantile of the lower limit to the quantile of the upper limit. The SE of the quantile is the width of
    this interval divided by 2t, as in R's `svyquantile(interval.type="mean")`. If a limit of F is below 0 or
    above 1, the same limit of the interval is blank, and the SE is blank. The influence values are those of
    −F(v), scaled so that they give this SE. So quantiles have the same correlations as F at these quantiles
    (R gives no covariance of quantiles).

    Args:
        design: a classified survey, or any design. With replicate weights, the SE of F comes from the
            replicates.
        y: the column; for a classified survey it must be `months` or one of `amounts`.
        q: the share p, or several shares, each between 0 and 1.
        by: the breakdowns (see `fl.cube`).
        population, where, not_stated: as in `fl.duration`.
        level: the confidence level.

    Returns:
        Estimates in the units of y, one row per category and p. The column `quantile` is p. `n` counts the
        persons with a value, and `cases` all cases. `about.missing` counts those without a value.

    Raises:
        RequestError: y has more than 200 different values, or values that are not numbers; y is also a group
            in `by`; the design is a classified survey, and y is neither `months` nor one of `amounts`; `q` is
            empty; or a p is not between 0 and 1.
        NotAvailable: as in `fl.duration`.
    """
    q = (q,) if isinstance(q, float) else tuple(q)
    if not q:
        raise RequestError("no quantile is asked for", where="q", do="name its share: 0.5 is the median")
    wanted = breakdowns(by)
    groups = groups_of(wanted)
    if y in groups and not is_amount(design, y):
        raise RequestError(
            "quantiles of a column cannot be broken down by the same column",
            where="by",
            found=y,
            do="leave it out of by",
        )
    outcome, design = _outcome(design, y, by, population)
    design, column = within(design, where), outcome.x or outcome.y
    chosen = population_of(design, population, groups, "")
    sums = sum_persons(design, Estimand(outcome, "duration", wanted, split=column), chosen)
    values = _values(sums, column, inf if is_amount(design, y) else MOST_VALUES)
    made = [_quantile_by_cell(sums, values, p, level) for p in q]
    order = (
        np.arange(len(sums.cells) * len(q)).reshape(len(q), -1).T.ravel()
    )  # all quantiles of a cell follow each other
    table = pd.concat([rows for rows, _ in made], ignore_index=True).iloc[order].reset_index(drop=True)
    about = about_of(design, sums, chosen.name, Confidence(DEFAULT, level))
    about = replace(about, measure="quantile", interval="woodruff", outcome=y)
    if is_amount(design, y):
        about = about_amount(about, design, y, "quantile")
    elif isinstance(design, ClassifiedSurvey) and design.spec.months:
        about = replace(about, duration_basis=months_counted(design.spec.months))
    keys = sums.cells.keys.drop(columns=BREAKDOWN)
    if isinstance(design, ClassifiedSurvey):
        keys = named_in(design.spec, keys, chosen.name)
    keys = pd.concat([keys] * len(q), ignore_index=True).iloc[order].reset_index(drop=True)
    effects = pd.DataFrame(index=table.index, columns=["deff", "deff_replace", "kish"], dtype=float)
    by_quantile = tuple((*b, "quantile") for b in wanted)
    est = Estimates(
        pd.concat([keys, table], axis=1),
        side_by_side([z for _, z in made])[:, order],
        sums.units,
        about,
        effects,
        by_quantile,
        design=design,
    )
    return stated_only(est, not_stated)


def _outcome(design: Design, y: str, by: By, population: str | None) -> tuple[Outcome, Design]:
    """Returns the variable of the quantiles: the months in forced labour or an amount of the cases for a
    classified survey, and the column `y` for another design; and the design with the column of the variable.

    Raises:
        RequestError: the column of a classified survey is neither `months` nor one of `amounts`.
        NotAvailable: months were not asked, or the population has children.
    """
    refuse_unclassified(design)
    if not isinstance(design, ClassifiedSurvey):
        return Outcome("number", y), design
    if is_amount(design, y):
        persons, outcome = with_amount(design, y, "quantile")
        return outcome, persons
    if y != MONTHS:
        raise RequestError(
            "a classified survey has quantiles of numbers of its cases only: months in forced labour, amounts",
            where="y",
            found=y,
            allowed=[MONTHS, *design.spec.amounts],
            do="name the column under amounts: of survey.yaml; or bind the data with fl.SurveyDesign",
        )
    refuse_own_outcomes(design, "quantile")
    _, window = asked_months(design, by, population, "quantile")
    return Outcome("amount", "forced_labour", MONTHS, most=window), design


def _values(sums: EstimandSums, y: str, most: float) -> Array:
    """Returns the value of the variable `y` in each row of the table of sums (`sums.table`). It is nan for
    rows of persons without a value.

    Raises:
        RequestError: the variable has more than `most` different values.
    """
    texts = sums.table[KEY + y].iloc[sums.counted].astype(str)
    found = texts.unique()
    if len(found) > most:
        raise RequestError(
            f"{y} has more than {most} values",
            where="y",
            found=len(found),
            allowed=f"at most {most}",
            do="round it, or group it into classes",
        )
    values = np.full(len(sums.table), np.nan)
    values[sums.counted] = pd.to_numeric(texts)
    return values


def _quantile_by_cell(
    sums: EstimandSums, values: Array, p: float, level: float
) -> tuple[pd.DataFrame, Matrix]:
    """Returns one quantile in every cell of the result, with its Woodruff interval: a table with one row per
    cell, and the influence values.

    Args:
        sums: the sums from one pass over the persons.
        values: the value of the variable in each row of the table of sums (`sums.table`).
        p: the share of persons at or below the quantile; 0.5 gives the median.
        level: the confidence level.
    """
    distribution = _distribution(sums, values)
    at = np.array([_quantile(*d, p) for d in distribution])
    up_to = _cells_up_to(sums, values, at)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = up_to.sums(sums.table["w"].to_numpy(float)) / sums.denominators.sums(
            sums.table["w"].to_numpy(), sums.counted
        )
    weights = sums.by_unit("w", sums.denominators, sums.counted)
    df = sums.degrees_of_freedom(weights, sums.counted)
    z = sums.units.influence(sums.by_unit("w", up_to), weights, share)
    se_share = np.sqrt(sums.units.variances(z))
    t = t_quantile(level, df)
    low, high = (
        np.array(
            [_quantile(*d, limit) for d, limit in zip(distribution, share + side * t * se_share, strict=True)]
        )
        for side in (-1, 1)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        se = (high - low) / (2 * t)
        scaled = multiply_columns(z, np.where(se_share > 0, -se / se_share, 0.0))
        cv = np.where(at == 0, np.nan, se / np.abs(at))
    numbers = {
        "quantile": p,
        "estimate": at,
        "se": se,
        "ci_low": low,
        "ci_high": high,
        "cv": cv,
        "deff": np.nan,
        "df": df,
    }
    return pd.DataFrame({**numbers, **_persons_behind(sums)}), scaled


def _persons_behind(sums: EstimandSums) -> dict[str, Any]:
    """Returns the columns of the result that count the persons, cases, weighted persons, PSUs and households
    behind each quantile."""
    t, counted = sums.table, sums.counted
    return {
        "n": sums.cells.sums(t["n"].to_numpy(), counted).astype(np.int64),
        "cases": sums.cells.sums(t["n"].to_numpy(), sums.of_cases).astype(np.int64),
        "population": sums.cells.sums(t["w"].to_numpy(), counted),
        "n_eff": np.nan,
        "psus_with_cases": sums.psus_with_cases(),
        "households_with_cases": households_of_cases(sums),
    }


def _distribution(sums: EstimandSums, values: Array) -> list[tuple[Array, Array]]:
    """Returns the distribution of the variable in each cell, as two arrays. The first has the values that
    occur, the lowest first. The second has, for each of these values, the weighted share of persons with at
    most this value."""
    weights, values = sums.table["w"].to_numpy(float)[sums.counted], values[sums.counted]
    points = np.unique(values[~np.isnan(values)])
    column = np.searchsorted(points, values)
    by_value = np.zeros((len(sums.cells), len(points)))
    for code in (code[sums.counted] for code in sums.cells.codes):
        used = (code >= 0) & (weights > 0)
        np.add.at(by_value, (code[used], column[used]), weights[used])
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.cumsum(by_value, axis=1) / by_value.sum(axis=1, keepdims=True)
    return [(points[row > 0], share[row > 0]) for row, share in zip(by_value, shares, strict=True)]


def _quantile(values: Array, shares: Array, p: float) -> float:
    """Returns the smallest of `values` for which at least the share `p` of persons is at or below it; 0.5
    gives the median. `shares` has, for each value, the share of persons who have at most this value. The
    result is nan if p is not between 0 and 1, or if there are no values."""
    if not 0 <= p <= 1 or len(values) == 0:
        return float("nan")
    return float(values[min(int(np.searchsorted(shares, p - TIE)), len(values) - 1)])


def _cells_up_to(sums: EstimandSums, values: Array, at: Array) -> Cells:
    """Returns the cells of the result, limited to persons whose value is at most the quantile of their cell.

    Args:
        sums: the sums from one pass over the persons.
        values: the value of the variable in each row of the table of sums (`sums.table`).
        at: the quantile of each cell.
    """
    codes = [
        np.where((code >= 0) & (values <= at[code]), code, -1).astype(np.intp) for code in sums.cells.codes
    ]
    return Cells(sums.cells.keys, tuple(codes))
