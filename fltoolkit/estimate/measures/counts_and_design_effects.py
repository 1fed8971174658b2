"""Computes the columns of a table of results: counts, design effects, intervals, and persons whose answers do
not decide whether they are cases (*unresolved*)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from fltoolkit.estimate.measures import intervals
from fltoolkit.estimate.measures.intervals import Confidence, EstimatedCases, EstimatedProportion
from fltoolkit.estimate.totals.one_pass import Estimand, EstimandSums
from fltoolkit.estimate.totals.result_cells import make_cells
from fltoolkit.estimate.variance import Array, Codes, Matrix
from fltoolkit.survey.design.survey_design import Design


def counts(sums: EstimandSums, weights: Matrix, counted: Codes | None) -> pd.DataFrame:
    """Returns the columns of a result that are counts: persons and cases (unweighted), the population
    (weighted), PSUs and households with cases, the degrees of freedom, and `least` (the cases in the sample;
    for amounts, the sum of the amounts).

    Args:
        sums: the sums from one pass over the persons.
        weights: the weighted persons in the denominators, by sampled unit (units × denominators).
        counted: the positions of those rows of the table of sums (`sums.table`) that are in the denominators;
            None: all.
    """
    t, cells, denominators = sums.table, sums.cells, sums.denominators
    n = t["n"].to_numpy()
    cases = cells.sums(n, sums.of_cases)
    return pd.DataFrame(
        {
            "df": sums.denominator_values(sums.degrees_of_freedom(weights, counted)),
            "n": sums.denominator_values(denominators.sums(n, counted)).astype(np.int64),
            "cases": cases.astype(np.int64),
            "population": sums.denominator_values(denominators.sums(t["w"].to_numpy(), counted)),
            "psus_with_cases": sums.psus_with_cases(),
            "households_with_cases": households_of_cases(sums),
            "least": cells.sums(t["y"].to_numpy()) if "y" in t else cases,
        }
    )


def households_of_cases(sums: EstimandSums) -> pd.Series:
    """Returns the number of households with cases in each cell of the result. It is missing if the design has
    no column of households, or if nobody is a case."""
    household = sums.table["household"].to_numpy()
    known = (household >= 0).any()
    return pd.Series(
        sums.cells.distinct(household, sums.of_cases)
        if known
        else pd.array([pd.NA] * len(sums.cells), dtype="Int64")
    )


def design_effects(sums: EstimandSums, rows: pd.DataFrame, rate: Array, design: Design) -> pd.DataFrame:
    """Returns three design effects of each row. `deff` compares the variance with that of simple random
    sampling without replacement (in R: deff=TRUE); it is missing if the weights do not say how large the
    population is. `deff_replace` compares it with sampling with replacement. `kish` is Kish's design effect,
    1 + CV²(w). A proportion also has `deff_at_zero` and `source` (see `_effects_at_zero`).

    Args:
        sums: the sums from one pass over the persons.
        rows: the rows of the result, with `estimate`, `se`, `n`, `cases` and `population`.
        rate: the estimate of each row as a rate (for a total: divided by the population).
        design: the sample design: whether its weights add up to the population, and its design effect for
            rows without a case.
    """
    t, denominators, measure = sums.table, sums.denominators, sums.estimand.measure
    n, size = rows["n"].to_numpy(float), rows["population"].to_numpy(float)
    counted = sums.counted if sums.estimand.is_of_cases else None
    with np.errstate(divide="ignore", invalid="ignore"):
        if sums.estimand.is_proportion and "y" not in t:
            spread = rate * (1 - rate)
        elif measure == "ratio":
            yy, xx, xy, w = (sums.cells.sums(t[c].to_numpy()) for c in ("wyy", "wxx", "wxy", "w"))
            spread = (yy - 2 * rate * xy + rate**2 * xx) / w
        else:
            spread = sums.cells.sums(t["wyy"].to_numpy()) / size - (sums.y / size) ** 2
        with_replacement = spread * n / (n - 1) / n
        if measure == "total":
            with_replacement = with_replacement * size**2
        if measure == "ratio":
            with_replacement = with_replacement * (size / sums.cells.sums(t["wx"].to_numpy())) ** 2
        variance, drawn = (
            rows["se"].to_numpy() ** 2,
            np.where(design.grosses_up & (size > n), n / size, np.nan),
        )
        effects = pd.DataFrame(
            {
                "deff": variance / (with_replacement * (1 - drawn)),
                "deff_replace": variance / with_replacement,
                "kish": n * sums.denominator_values(denominators.sums(t["ww"].to_numpy(), counted)) / size**2,
            }
        )
    effects = effects.mask(
        np.isinf(effects)
    )  # the effect of a number is infinite if the rate is 1 and the number varies
    return (
        _effects_at_zero(sums, rows, effects, design.deff_at_zero) if sums.estimand.is_proportion else effects
    )


def _effects_at_zero(
    sums: EstimandSums, rows: pd.DataFrame, effects: pd.DataFrame, from_spec: float | None
) -> pd.DataFrame:
    """Returns the design effects with two more columns, for rows in which nobody or everybody is a case.
    `deff_at_zero` is the design effect that is assumed for the interval of such a row, and `source` says
    where it comes from.

    The design effect in survey.yaml (`from_spec`) is used first. Without it, the design effect of the
    prevalence in the whole population is used. If this is unknown, Kish's design effect is used.
    """
    zero = (rows["estimate"] <= 0) | (rows["cases"] == rows["n"])
    if from_spec is not None:
        value, source = np.full(len(rows), from_spec), "survey.yaml"
    elif zero.any() and np.isfinite(whole := _of_everyone(sums)):
        value, source = np.full(len(rows), max(1.0, whole)), "the whole population's"
    else:
        value, source = np.maximum(1.0, effects["kish"].to_numpy()), "Kish's, from the weights"
    return effects.assign(deff_at_zero=np.where(zero, value, np.nan), source=np.where(zero, source, ""))


def _of_everyone(sums: EstimandSums) -> float:
    """Returns the design effect of the prevalence in the whole population; nan if nobody or everybody is a
    case."""
    t = sums.table
    everyone, w = make_cells(t, [], ((),), [t["n"].to_numpy() > 0], {}), t["w"].to_numpy()
    n, p = t["n"].sum(), w[sums.of_cases].sum() / w.sum() if t["n"].sum() else float("nan")
    z = sums.units.influence(
        sums.by_unit("w", everyone, sums.of_cases), sums.by_unit("w", everyone), np.array([p])
    )
    return float(sums.units.variances(z)[0] * n / (p * (1 - p))) if 0 < p < 1 else float("nan")


def with_intervals(
    estimand: Estimand,
    rows: pd.DataFrame,
    effects: pd.DataFrame,
    rate: Array,
    confidence: Confidence,
    *,
    whole: bool,
) -> pd.DataFrame:
    """Returns the table of a result with all its columns, in order. The measure decides the kind of
    confidence interval.

    Args:
        estimand: what was estimated.
        rows: the rows, with `estimate`, `se`, the counts and `least` (the cases in the sample; for amounts,
            the sum of the amounts).
        effects: the design effects of the rows.
        rate: the estimate of each row as a rate (for a total: divided by the population).
        confidence: the method and the level.
        whole: whether every weight stands for at least one person. Then the lower limit of a total is never
            below `least`.
    """
    estimate, se, n, df = (rows[c].to_numpy(float) for c in ("estimate", "se", "n", "df"))
    binary, measure, level = estimand.is_proportion, estimand.measure, confidence.level
    at_zero = effects["deff_at_zero"].fillna(1.0).to_numpy() if binary else 1.0
    psus = fewest_psus(rows["psus_with_cases"], rows.get("psus_without_it"))
    if not binary:
        low, high = intervals.wald(estimate, se, df, level)
    elif measure != "total":
        low, high = intervals.proportion(EstimatedProportion(rate, se, n, df, at_zero, psus), confidence)
    else:
        upper = _upper_at_zero(n, df, at_zero, confidence)
        floor, size = rows["least"].to_numpy(float) if whole else 0.0, rows["population"].to_numpy()
        few = intervals.rare_df(df, psus)  # as for the rate, so that number and rate agree
        low, high = intervals.total_of_cases(EstimatedCases(estimate, se, few, floor, size, upper), level)
    with np.errstate(divide="ignore", invalid="ignore"):
        cv = np.where(estimate == 0, np.nan, se / np.abs(estimate))
        n_eff = (rows["n"] / effects["deff_replace"]).to_numpy()
        if binary:
            own = n_eff if estimand.outcome.kind == "amount" else _n_eff(rows, rate, measure)
            n_eff = np.where(effects["deff_at_zero"].notna(), rows["n"] / effects["deff_at_zero"], own)
    columns = {
        "estimate": estimate,
        "se": se,
        "ci_low": low,
        "ci_high": high,
        "cv": cv,
        "deff": effects["deff"],
        "df": rows["df"],
        "n": rows["n"],
        "cases": rows["cases"],
        "population": rows["population"],
        "n_eff": n_eff,
        "psus_with_cases": rows["psus_with_cases"],
        "households_with_cases": rows["households_with_cases"],
    }
    return pd.DataFrame(columns)


def _upper_at_zero(n: Array, df: Array, at_zero: ArrayLike, confidence: Confidence) -> Array:
    """Returns the upper limits of proportions of which the sample has no case."""
    return intervals.proportion(EstimatedProportion(0.0, 0.0, n, df, at_zero), confidence)[1]


def _n_eff(rows: pd.DataFrame, rate: Array, measure: str) -> Array:
    """Returns the effective sample size of each row, p(1 − p)/SE² (Korn and Graubard). For a total, the SE is
    first divided by the population."""
    se = rows["se"].to_numpy() / (rows["population"].to_numpy() if measure == "total" else 1.0)
    return np.asarray(rate * (1 - rate) / se**2)


@dataclass(frozen=True)
class UnresolvedShares:
    """The weighted share of unresolved persons among the persons of each row of a result (Σw·unresolved /
    Σw). A person is unresolved if the answers do not decide whether she or he is a case.

    Attributes:
        share: the share of each row.
        influence: the influence values of the shares (units × rows), from which their variance is computed.
    """

    share: Array
    influence: Matrix

    def of_rows(self, rows: Codes) -> UnresolvedShares:
        """Returns the shares and their influence values for the rows at these positions only."""
        return UnresolvedShares(self.share[rows], self.influence[:, rows])


@dataclass(frozen=True)
class UnresolvedPersons:
    """The unresolved persons in the denominator of each row of a result: their answers do not decide whether
    they are cases.

    Attributes:
        persons: the number of unresolved persons in each row, unweighted.
        weights: the sum of their weights in each row.
        by_unit: the sum of their weights in each sampled unit (units × rows).
        psus: the number of PSUs with cases or unresolved persons, by row.
        psus_without: the number of PSUs with persons who are neither cases nor unresolved, by row. None if
            there are many such PSUs, so that they are not counted.
    """

    persons: Array
    weights: Array
    by_unit: Matrix
    psus: pd.Series
    psus_without: pd.Series | None = None


def unresolved_persons(sums: EstimandSums) -> UnresolvedPersons:
    """Returns the unresolved persons in the denominator of each row of a result: their answers do not decide
    whether they are cases."""
    n, w = (
        sums.denominator_values(sums.denominators.sums(sums.table[c].to_numpy(), sums.unresolved))
        for c in ("n", "w")
    )
    return UnresolvedPersons(
        n,
        w,
        sums.denominator_values(sums.by_unit("w", sums.denominators, sums.unresolved)),
        sums.psus_with_cases(unresolved=True),
    )


def unresolved(
    sums: EstimandSums, rows: pd.DataFrame, effects: pd.DataFrame, level: float, found: UnresolvedPersons
) -> tuple[pd.DataFrame, UnresolvedShares]:
    """Returns the columns of a result about unresolved persons (whose answers do not decide whether they are
    cases), and the weighted share of these persons.

    The columns are: `unresolved`, their number; `resolved_only`, the estimate without them; `bound_high`, the
    estimate with all of them as cases; and `bound_ci_high`, the upper confidence limit of `bound_high`, by
    the same method as that of the estimate. If nobody is unresolved, it is the upper limit of the estimate.

    Args:
        sums: the sums from one pass over the persons.
        rows: the rows of the result, with `n`, `df` and `population`.
        effects: the design effects of the rows.
        level: the confidence level.
        found: the unresolved persons.
    """
    by_x = sums.denominator_values(
        sums.by_unit("w", sums.denominators, sums.counted if sums.estimand.is_of_cases else None)
    )
    y, x, as_total = sums.y, rows["population"].to_numpy(), sums.estimand.measure == "total"
    scale = x if as_total else np.ones(len(rows))
    with np.errstate(divide="ignore", invalid="ignore"):
        rate, share = (y + found.weights) / x, found.weights / x
        bound = y + found.weights if as_total else rate
        z = sums.units.influence(sums.cases + found.by_unit, None if as_total else by_x, bound)
        se = np.sqrt(sums.units.variances(z))
        resolved = y / (x - found.weights)
    n, df, at_zero = (
        rows["n"].to_numpy(float),
        rows["df"].to_numpy(float),
        effects["deff_at_zero"].fillna(1.0).to_numpy(),
    )
    psus, confidence = fewest_psus(found.psus, found.psus_without), Confidence(level=level)
    if as_total:
        upper = _upper_at_zero(n, df, at_zero, confidence)
        as_cases = EstimatedCases(bound, se, intervals.rare_df(df, psus), 0.0, x, upper)
        _, high = intervals.total_of_cases(as_cases, level)
        high = np.where(
            found.persons > 0, np.minimum(high, x), high
        )  # with many unresolved, the bound is near the population
    else:
        _, high = intervals.proportion(EstimatedProportion(rate, se, n, df, at_zero, psus), confidence)
    columns = {
        "unresolved": found.persons.astype(np.int64),
        "resolved_only": resolved * scale,
        "bound_high": bound,
        "bound_ci_high": high,
    }
    return pd.DataFrame(columns), UnresolvedShares(
        share, sums.units.influence(found.by_unit, by_x, share, overwrite_x=True)
    )


def fewest_psus(with_cases: pd.Series, without: pd.Series | None) -> Array:
    """Returns, for each row, the number of PSUs that limits the degrees of freedom of a proportion.

    It is the smaller of two numbers: the PSUs with cases, and the PSUs with other persons (if they are
    given). If nobody or everybody is a case, it is 0, which means that nothing limits the degrees of freedom.
    """
    found = with_cases.to_numpy(float, na_value=np.nan)
    return found if without is None else np.minimum(found, without.to_numpy(float, na_value=np.nan))
