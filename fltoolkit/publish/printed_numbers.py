"""Rounds the numbers of a run once, so that no digit reveals which persons were counted (docs/methods.md §4).

A weighted number is a sum of weights. If all its digits were printed, a reader of a public-use file could
find the weights that were added. All decisions are made on exact numbers, before rounding.
"""

from __future__ import annotations

from math import floor, log10
from typing import Any

import numpy as np
import pandas as pd

from fltoolkit.languages.reasons import Reason
from fltoolkit.publish.disclosure.confidential_cells import Limits
from fltoolkit.publish.measure_units import CASE_SHARES, COUNT_MEASURES, PROFILES, decimals, is_rate
from fltoolkit.survey.spec.groups_and_tables import groups_of_breakdown

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
RATE_STEP, SHARE_STEP, MONTH_STEP, TENS = 0.0001, 0.01, 0.1, 10.0
WHOLE_RATE = 0.001  # a rate without decimals, in print per 1,000
ENOUGH_CASES = 30  # with fewer cases, a standard error reveals too much about who the cases are
DIGITS, HEADLINE_DIGITS = 2, 3  # of a standard error
CLASSES = (
    (50, Reason.of("whom.more", N=50)),
    (30, "30–49"),
    (15, "15–29"),
    (5, "5–14"),
    (1, "1–4"),
)  # 1–4 is printed only under lowered limits
IN_UNIT = ("estimate", "ci_low", "ci_high", "resolved_only", "bound_high", "bound_ci_high")
ROUNDING = "amount_rounding"  # of rows of amounts: the base of rounding
DOMAIN = "domain"  # a column that only sets with domains have: the domain of a row, or empty
SPREAD = ("psus_with_cases", "households_with_cases")
EXACT = 1e-9  # as a part of a mean weight or a step: a smaller difference is a rounding error of floating-point numbers


def rounding_base(table: pd.DataFrame) -> float:
    """Returns the base B of a run: every weighted number of persons is rounded to a multiple of B.

    B is 1, 2 or 5 times a power of ten. It is the smallest such number that is at least as large as the mean
    weight of every population. For example, mean weights of 310 (adults) and 260 (children) give 500.

    Args:
        table: a run's rows, before any is hidden. The mean weight of a population comes from its row with
            most persons.

    Returns:
        B, in persons. It is below 1 only if the mean weight is below 1, as for weights that add up to 1.
    """
    there = table[(table["n"] > 0) & (table["population"] > 0)]
    if there.empty:
        return 1.0
    largest = there.loc[there.groupby("reference_population")["n"].idxmax()]
    return step_above(float((largest["population"].astype(float) / largest["n"]).max()))


def step_above(value: float) -> float:
    """Returns the smallest number that is at least a value above 0, and 1, 2 or 5 times a power of ten: 310
    gives 500."""
    power = floor(log10(value * (1 - EXACT)))
    steps = (float(f"{times}e{k}") for k in (power, power + 1) for times in (1, 2, 5))
    return next(step for step in steps if step >= value * (1 - EXACT))


def nearest(values: Any, step: Any) -> Numbers:
    """Returns values rounded to the nearest multiple of `step`: with a step of 500, 1,240 becomes 1,000. A
    value in the middle between two multiples is rounded up."""
    found = np.floor(np.asarray(values, float) / step + 0.5 + EXACT) * step
    return np.asarray(np.round(found, 12) + 0.0)  # 0.0172 instead of 0.017200000000000003; and no minus zero


def to_digits(values: Any, step: Any) -> Numbers:
    """Returns values rounded to the digits that they bear, if they can only be known to a `step`: the last
    digit is the one that half a step moves. With a step of 2.4, 16.884 becomes 17; with a step of 0.54, it
    becomes 16.9."""
    with np.errstate(divide="ignore", invalid="ignore"):
        unit = 10.0 ** np.floor(np.log10(np.asarray(step, float) / 2) + EXACT)
    return nearest(values, unit)


def significant(values: Any, digits: Any) -> Numbers:
    """Returns values rounded to a number of significant digits: with 2 digits, 6,290 becomes 6,300."""
    pairs = np.broadcast_arrays(np.asarray(values, float), np.asarray(digits))
    made = [
        float(f"{value:.{int(count)}g}")
        for value, count in zip(*(part.ravel() for part in pairs), strict=True)
    ]
    return np.asarray(made).reshape(pairs[0].shape)


def rounded_up(value: float, digits: int = DIGITS) -> float:
    """Returns a sample size, rounded up to a number of significant digits: with 2 digits, 4,310 gives 4,400.
    So it is never too small."""
    if not np.isfinite(value) or value <= 0:
        return value
    step = 10.0 ** max(0, floor(log10(value)) - digits + 1)
    return float(np.ceil(value / step * (1 - EXACT)) * step)


def is_headline(table: pd.DataFrame) -> Flags:
    """Returns for each row whether it is a headline: a number for all persons of a population, or a step of a
    flowchart.

    A headline is printed with more digits than a cell of a breakdown. A number for a domain (a part of the
    population) counts as a cell.
    """
    whole = np.asarray((table["breakdown"] == "") | (table["measure"] == "flowchart"))
    return whole & np.asarray(table[DOMAIN] == "") if DOMAIN in table else whole


def cases_class(cases: float, *, headline: bool) -> Reason | str:
    """Returns a number of cases in the form that may be printed. For a cell of a breakdown, this is a class,
    such as `5–14`. For a headline (the number of a whole population), it is the number itself."""
    if pd.isna(cases):
        return ""
    if headline or not cases:
        return f"{cases:.0f}"
    return next(words for least, words in CLASSES if cases >= least)


def class_limits(cases: float) -> tuple[int, int | None]:
    """Returns the smallest and the largest number of cases in the class of a number. For 7 they are 5 and 14.
    The largest is None if the class has no upper limit."""
    ends = [least for least, _ in CLASSES]
    k = next(i for i, least in enumerate(ends) if cases >= least)
    return ends[k], (ends[k - 1] - 1 if k else None)


def printed(exact: pd.DataFrame, base: float) -> pd.DataFrame:
    """Returns the rows of a published set with rounded numbers, and the columns `cases_class`, `rounding` (B,
    the base of rounding) and `decimals` (of the estimate and its limits in print).

    In cells of a breakdown:

    - Numbers of persons are multiples of B, and rates are ratios of such numbers, with the digits that they
      bear (`to_digits`).
    - Shares of cases are also such ratios, rounded to whole per cents.
    - `n` and `unresolved` are rounded to the nearest ten. They are 0 only if there is nobody.
    - `cases` is 0 or blank.
    - Measures of spread are blank under 30 cases, and in a breakdown with a hidden cell.

    In headlines (rows of a whole population), numbers are multiples of B, rates have four decimals, shares
    two, and counts are exact.

    Means and medians of amounts are multiples of a base of their own, and have no measures of spread but their
    interval. `cv`, `deff`, `deff_replace` and `n_eff` are calculated from the printed
    standard error.

    Args:
        exact: rows at full precision, with their flags and markers. Hidden numbers are blank.
        base: B.
    """
    table, whole = exact.copy(), is_headline(exact)
    population = nearest(exact["population"], base)
    for name in (c for c in IN_UNIT if c in table):
        table[name] = _in_unit(exact, name, base, population)
    table["population"] = population
    cases = exact["cases"].to_numpy(float)
    table = table.assign(
        **_errors(exact, table["estimate"].to_numpy(), np.where(whole, HEADLINE_DIGITS, DIGITS))
    )
    table["n"] = np.where(
        whole, exact["n"], np.where(_counts_cases(exact), np.nan, _rounded_to_tens(exact["n"]))
    )
    if "unresolved" in table:
        table["unresolved"] = np.where(whole, exact["unresolved"], _rounded_to_tens(exact["unresolved"]))
    table["cases"] = np.where(whole | (cases == 0), cases, np.nan)
    for name in SPREAD:
        table[name] = np.where(whole, exact[name], np.nan)
    classes = [cases_class(c, headline=bool(h)) for c, h in zip(cases, whole, strict=True)]
    table.insert(list(table).index("cases") + 1, "cases_class", classes)
    table.insert(list(table).index("reason") + 1, "rounding", base)
    if ROUNDING in table:
        table["rounding"] = table.pop(ROUNDING).fillna(base)
    table.insert(list(table).index("rounding") + 1, "decimals", _decimals(table))
    low = (table["marker"] == "") & (table["estimate"] == 0) & (exact["estimate"] != 0)
    return table.assign(marker=table["marker"].mask(low, "low"))


def without_population(exact: pd.DataFrame, base: float) -> Flags:
    """Returns, for each row, whether it is in a breakdown and has a rate, although its population is printed
    as 0 because it rounds to 0. Nobody can compute such a rate from the printed number of cases and the
    printed population.

    `exact` are the rows at full precision. Weighted numbers are rounded to multiples of `base`.
    """
    rate = exact["measure"].map(lambda m: is_rate(m) or m in CASE_SHARES).astype(bool)
    gone = nearest(exact["population"], base) == 0
    return np.asarray(rate & ~is_headline(exact) & gone & (exact["population"] > 0))


def without_few_months(table: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    """Returns the table. If there is a cell in which only a few cases have no duration or no amount, some
    numbers are blank in all rows of durations, or of this amount.

    Those numbers would reveal how many cases have none.
    """
    of = table["outcome"].where(_of_numbers(table))
    few = (table["cases"] - table["n"]).between(1, limits.cases - 1)
    rows = of.isin(of[few].dropna())
    blanked = {c: table[c].mask(rows) for c in ("n", "population", "n_eff", "deff", "deff_replace")}
    return (
        table.assign(**blanked, missing=table["missing"].astype("Int64").mask(rows)) if rows.any() else table
    )


def rounding_steps(rows: pd.DataFrame) -> Numbers:
    """Returns the rounding step of each printed row: the smallest difference that its digits can show, in the
    unit of `estimate`.

    Means have no step (nan), except means of months and those of amounts.
    """
    whole, base = is_headline(rows), rows["rounding"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        of_rate = np.where(whole, RATE_STEP, base / rows["population"].to_numpy(float))
        of_share = np.maximum(
            SHARE_STEP, np.where(whole, SHARE_STEP, base / rows["population"].to_numpy(float))
        )
    return _by_measure(rows, base, of_rate, of_share, MONTH_STEP, np.where(_of_amounts(rows), base, np.nan))


def _in_unit(exact: pd.DataFrame, name: str, base: float, population: Numbers) -> Numbers:
    """Returns one column of a table (such as a limit of the interval), rounded like the estimates of its
    rows.

    Args:
        exact: the rows at full precision.
        name: the column.
        base: the rounding base of numbers of persons.
        population: the rounded population of each row.
    """
    values, whole = exact[name].to_numpy(float), is_headline(exact)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = nearest(values * exact["population"].to_numpy(float), base) / population
    of_rate = np.where(whole, nearest(values, RATE_STEP), to_digits(ratio, base / population))
    of_share = nearest(np.where(whole, values, ratio), SHARE_STEP)
    return _by_measure(
        exact,
        nearest(values, base),
        of_rate,
        of_share,
        nearest(values, MONTH_STEP),
        np.where(_of_amounts(exact), _amount(exact, values), significant(values, HEADLINE_DIGITS)),
    )


def _amount(exact: pd.DataFrame, values: Numbers) -> Numbers:
    """Returns the amounts, or the limits of their intervals, as multiples of their base. A limit is as far from
    the rounded amount as it is from the amount, rounded up: else the middle of two limits would tell more of
    the amount than is printed."""
    step, middle = (
        exact.get(c, pd.Series(np.nan, exact.index)).to_numpy(float) for c in (ROUNDING, "estimate")
    )
    away = values - middle
    return np.asarray(nearest(middle, step) + np.sign(away) * np.ceil(np.abs(away) / step - EXACT) * step)


def _of_amounts(rows: pd.DataFrame) -> Flags:
    """Returns, for each row, whether it is a mean or median of one of `amounts`, such as a debt."""
    return np.asarray(rows["amount_unit"] != "" if "amount_unit" in rows else np.zeros(len(rows)), dtype=bool)


def _of_numbers(rows: pd.DataFrame) -> Flags:
    return np.asarray(_of_amounts(rows) | (rows["measure"] == "duration"), dtype=bool)


def _decimals(table: pd.DataFrame) -> Numbers:
    """Returns the number of decimals of each row in print. A rate has none if half of its rounding step is 1
    per 1,000 or more. A row without a number has no number of decimals."""
    rate, half = table["measure"].map(is_rate).astype(bool), rounding_steps(table) / 2
    places = table["measure"].map(decimals).mask(rate & (half >= WHOLE_RATE * (1 - EXACT)), 0)
    places = places.mask(_of_amounts(table) & (half >= 0.5), 0)
    return np.asarray(places.where(table["estimate"].notna()), float)


def _by_measure(rows: pd.DataFrame, *values: Any) -> Numbers:
    """Returns for each row one of five values, according to its measure. `values` are arrays by row: the
    values for numbers of persons, for rates, for shares, for months and for other means."""
    measure = rows["measure"].astype(str)
    kinds = [
        measure.isin(COUNT_MEASURES),
        measure.map(is_rate).astype(bool),
        measure.isin(CASE_SHARES),
        measure == "duration",
    ]
    parts = [np.broadcast_to(np.asarray(part, float), len(rows)) for part in values]
    return np.asarray(np.select([np.asarray(k) for k in kinds], parts[:-1], parts[-1]))


def _errors(exact: pd.DataFrame, estimate: Numbers, digits: Numbers) -> dict[str, Numbers]:
    """Returns the printed standard errors, and the columns `cv`, `deff`, `deff_replace` and `n_eff` that are
    calculated from them.

    All are blank for amounts, and if a row has fewer than 30 cases, because each of them would reveal the standard error. They
    are also blank in a breakdown with a hidden cell. If the groups are strata, the hidden cell's variance is
    the total's variance minus that of the other cells.

    Args:
        exact: the rows at full precision.
        estimate: the printed estimates.
        digits: the number of significant digits of each row.
    """
    enough = (_fewest_alike(exact) >= ENOUGH_CASES) & ~_in_suppressed_breakdowns(exact) & ~_of_amounts(exact)
    full = exact["se"].to_numpy(float)
    se = significant(full, digits)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(full > 0, se / full, 1.0)
        found = {
            "se": se,
            "cv": significant(se / np.abs(estimate), digits),
            "deff": significant(exact["deff"] * change**2, digits),
            "deff_replace": significant(exact["deff_replace"] * change**2, digits),
            "n_eff": significant(exact["n_eff"] / change**2, digits),
        }
    return {name: np.where(enough & np.isfinite(values), values, np.nan) for name, values in found.items()}


def _fewest_alike(exact: pd.DataFrame) -> Numbers:
    """Returns, for each row, a number of cases. A standard error could reveal something about these cases if
    they are few. In a profile, it is the smaller of two numbers: the cases with the characteristic, and the
    cases without it.
    """
    cases = exact["cases"].to_numpy(float)
    without = exact["n"].to_numpy(float) - cases
    return np.where(exact["measure"].isin(PROFILES), np.minimum(cases, without), cases)


def _in_suppressed_breakdowns(exact: pd.DataFrame) -> Flags:
    """Returns, for each row, whether it is in a breakdown with a hidden confidential cell."""
    by = [
        exact[c]
        for c in ("measure", "outcome", "reference_population", "rule_set", "breakdown")
        if c in exact
    ]
    return np.asarray((exact["marker"] == "c").groupby(by, sort=False).transform("any") & ~is_headline(exact))


def _rounded_to_tens(counts: pd.Series) -> Numbers:
    """Rounds counts to the nearest ten. A count is 0 only if there is nobody."""
    tens = nearest(counts, TENS)
    return np.where(counts.to_numpy(float) > 0, np.maximum(tens, TENS), tens)


def _counts_cases(exact: pd.DataFrame) -> Flags:
    """Returns, for each row, whether its column `n` is the number of cases in a cell.

    In such a row, `n` would reveal more than the printed class of the number of cases (`5–14`). In a share of
    all cases, `n` reveals no cell.
    """
    groups = exact["breakdown"].map(lambda b: len(groups_of_breakdown(b)))
    within_cases = exact["measure"].isin(("share", *PROFILES))
    of_cell = (groups > 1) | (exact[DOMAIN] != "" if DOMAIN in exact else False)
    return np.asarray(_of_numbers(exact) | (within_cases & of_cell))
