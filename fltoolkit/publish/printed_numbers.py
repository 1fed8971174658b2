"""Rounds the numbers of a run once, so that no digit reveals which persons were counted (docs/methods.md §4).

A weighted number is a sum of weights. With all its digits, a reader of a public-use file could find the weights that were added. All decisions
are made before rounding, on exact numbers.
"""

from __future__ import annotations

from math import floor, log10
from typing import Any

import numpy as np
import pandas as pd

from fltoolkit.languages.reasons import Reason
from fltoolkit.publish.disclosure.cell_counts import Limits
from fltoolkit.publish.measure_units import COUNTED, OF_CASES, PROFILES, is_rate
from fltoolkit.survey.spec.groups import uncrossed

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
RATE_STEP, SHARE_STEP, MONTH_STEP, TENS = 0.0001, 0.001, 0.1, 10.0
ENOUGH_CASES = 30  # below, a standard error narrows down who the cases are
DIGITS, HEADLINE_DIGITS = 2, 3  # of a standard error
CLASSES = (
    (50, Reason.of("whom.more", N=50)),
    (30, "30–49"),
    (15, "15–29"),
    (5, "5–14"),
    (1, "1–4"),
)  # 1–4: only under lowered limits
IN_UNIT = ("estimate", "ci_low", "ci_high", "resolved_only", "bound_high", "bound_ci_high")
DOMAIN = "domain"  # a column of sets with rows of a domain: which it is, empty of other rows
SPREAD = ("psus_with_cases", "households_with_cases")
EXACT = 1e-9  # of a mean weight or a step: less is rounding of a sum, or of 0.01875 in binary


def rounding_base(table: pd.DataFrame) -> float:
    """The one base B of a run: the smallest of 1, 2, 5 × 10^k that is no smaller than the mean weight of any of its populations.

    Args:
        table: a run's rows, none hidden. Of each population the row that counts most persons tells the mean weight.

    Returns:
        B in persons. It is below 1 only where the mean weight is, as for weights that add up to 1.
    """
    there = table[(table["n"] > 0) & (table["population"] > 0)]
    if there.empty:
        return 1.0
    largest = there.loc[there.groupby("reference_population")["n"].idxmax()]
    mean = float((largest["population"].astype(float) / largest["n"]).max()) * (1 - EXACT)
    power = floor(log10(mean))
    return next(base for k in (power, power + 1) for times in (1, 2, 5) if (base := float(f"{times}e{k}")) >= mean)


def nearest(values: Any, step: Any) -> Numbers:
    """The nearest multiple of a step; what lies midway goes up."""
    found = np.floor(np.asarray(values, float) / step + 0.5 + EXACT) * step
    return np.asarray(np.round(found, 12) + 0.0)  # 0.0172, not 0.017200000000000003; and no minus zero


def significant(values: Any, digits: Any) -> Numbers:
    """Values with so many significant digits."""
    pairs = np.broadcast_arrays(np.asarray(values, float), np.asarray(digits))
    made = [float(f"{value:.{int(count)}g}") for value, count in zip(*(part.ravel() for part in pairs), strict=True)]
    return np.asarray(made).reshape(pairs[0].shape)


def rounded_up(value: float, digits: int = DIGITS) -> float:
    """A number of persons to be asked, with so many significant digits: never fewer than needed."""
    if not np.isfinite(value) or value <= 0:
        return value
    step = 10.0 ** max(0, floor(log10(value)) - digits + 1)
    return float(np.ceil(value / step * (1 - EXACT)) * step)


def is_headline(table: pd.DataFrame) -> Flags:
    """Whether a row is of everybody, or a step of a flowchart: it keeps more digits than a cell of a breakdown. A domain is such a cell."""
    whole = np.asarray((table["breakdown"] == "") | (table["measure"] == "flowchart"))
    return whole & np.asarray(table[DOMAIN] == "") if DOMAIN in table else whole


def cases_class(cases: float, *, headline: bool) -> Reason | str:
    """How many cases, as it may be printed: of a cell of a breakdown the class of their number, of a headline the number."""
    if pd.isna(cases):
        return ""
    if headline or not cases:
        return f"{cases:.0f}"
    return next(words for least, words in CLASSES if cases >= least)


def class_limits(cases: float) -> tuple[int, int | None]:
    """The least and the most cases of a number's class; None: no upper limit."""
    ends = [least for least, _ in CLASSES]
    k = next(i for i, least in enumerate(ends) if cases >= least)
    return ends[k], (ends[k - 1] - 1 if k else None)


def printed(exact: pd.DataFrame, base: float) -> pd.DataFrame:
    """The rows of a published set with rounded numbers, and the columns `cases_class` and `rounding` (B, the base of rounding).

    Of cells of a breakdown: numbers of persons are multiples of B; rates are ratios of such numbers; `n` and `unresolved` are to the nearest
    ten, and never 0 for somebody; `cases` is 0 or blank; what tells of the spread is blank under 30 cases, and beside a hidden cell. Of
    headlines numbers are multiples of B, rates have four decimals, counts are exact. `cv`, `deff` and `n_eff` are reckoned from the
    standard error that is printed.

    Args:
        exact: rows at full precision, what is hidden is blank; flags and markers are decided. base: B.
    """
    table, whole = exact.copy(), is_headline(exact)
    population = nearest(exact["population"], base)
    for name in (c for c in IN_UNIT if c in table):
        table[name] = _in_unit(exact, name, base, population)
    table["population"] = population
    cases = exact["cases"].to_numpy(float)
    table = table.assign(**_errors(exact, table["estimate"].to_numpy(), np.where(whole, HEADLINE_DIGITS, DIGITS)))
    table["n"] = np.where(whole, exact["n"], np.where(_counts_cases(exact), np.nan, _tens(exact["n"])))
    if "unresolved" in table:
        table["unresolved"] = np.where(whole, exact["unresolved"], _tens(exact["unresolved"]))
    table["cases"] = np.where(whole | (cases == 0), cases, np.nan)
    for name in SPREAD:
        table[name] = np.where(whole, exact[name], np.nan)
    classes = [cases_class(c, headline=bool(h)) for c, h in zip(cases, whole, strict=True)]
    table.insert(list(table).index("cases") + 1, "cases_class", classes)
    table.insert(list(table).index("reason") + 1, "rounding", base)
    low = (table["marker"] == "") & (table["estimate"] == 0) & (exact["estimate"] != 0)
    return table.assign(marker=table["marker"].mask(low, "low"))


def without_population(exact: pd.DataFrame, base: float) -> Flags:
    """Rows of a breakdown that have a rate, of a population that rounds to nobody: no ratio of printed numbers can say it."""
    rate = exact["measure"].map(lambda m: is_rate(m) or m in OF_CASES).astype(bool)
    gone = nearest(exact["population"], base) == 0
    return np.asarray(rate & ~is_headline(exact) & gone & (exact["population"] > 0))


def without_few_months(table: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    """Mean durations without what would tell how many cases lack theirs, where those are few in a cell of any of them."""
    gap = (table["cases"] - table["n"]).where(table["measure"] == "duration", 0)
    rows = (table["measure"] == "duration") & bool(gap.between(1, limits.cases - 1).any())
    told = {c: table[c].mask(rows) for c in ("n", "population", "n_eff", "deff")}
    return table.assign(**told, missing=table["missing"].astype("Int64").mask(rows)) if rows.any() else table


def steps(rows: pd.DataFrame) -> Numbers:
    """By what each printed row's number is rounded: the finest difference that it can show. Missing for means other than of months."""
    whole, base = is_headline(rows), rows["rounding"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        of_rate = np.where(whole, RATE_STEP, base / rows["population"].to_numpy(float))
        of_share = np.where(whole, SHARE_STEP, base / rows["population"].to_numpy(float))
    return _by_measure(rows, base, of_rate, of_share, MONTH_STEP, np.nan)


def _in_unit(exact: pd.DataFrame, name: str, base: float, population: Numbers) -> Numbers:
    """A column in the unit of the estimate."""
    values, whole = exact[name].to_numpy(float), is_headline(exact)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = nearest(values * exact["population"].to_numpy(float), base) / population
    of_rate, of_share = (np.where(whole, nearest(values, step), ratio) for step in (RATE_STEP, SHARE_STEP))
    return _by_measure(
        exact, nearest(values, base), of_rate, of_share, nearest(values, MONTH_STEP), significant(values, HEADLINE_DIGITS)
    )


def _by_measure(rows: pd.DataFrame, *of: Any) -> Numbers:
    """What belongs to each row's measure. `of`: numbers of persons, rates, shares, months, other means."""
    measure = rows["measure"].astype(str)
    kinds = [measure.isin(COUNTED), measure.map(is_rate).astype(bool), measure.isin(OF_CASES), measure == "duration"]
    parts = [np.broadcast_to(np.asarray(part, float), len(rows)) for part in of]
    return np.asarray(np.select([np.asarray(k) for k in kinds], parts[:-1], parts[-1]))


def _errors(exact: pd.DataFrame, estimate: Numbers, digits: Numbers) -> dict[str, Numbers]:
    """Standard error, and cv, deff and n_eff as they follow from it. Blank under 30 cases, where also one of them would tell it; and in a
    breakdown with a hidden cell: where strata are its groups, the variance that the total has beyond the others is the hidden cell's."""
    enough = (_fewest_alike(exact) >= ENOUGH_CASES) & ~_beside_hidden(exact)
    full = exact["se"].to_numpy(float)
    se = significant(full, digits)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(full > 0, se / full, 1.0)
        found = {
            "se": se, "cv": significant(se / np.abs(estimate), digits), "deff": significant(exact["deff"] * change**2, digits),
            "n_eff": significant(exact["n_eff"] / change**2, digits),
        }  # fmt: skip
    return {name: np.where(enough & np.isfinite(values), values, np.nan) for name, values in found.items()}


def _fewest_alike(exact: pd.DataFrame) -> Numbers:
    """The cases that a standard error could narrow down: of a profile those with the characteristic, or those without it if fewer."""
    cases = exact["cases"].to_numpy(float)
    without = exact["n"].to_numpy(float) - cases
    return np.where(exact["measure"].isin(PROFILES), np.minimum(cases, without), cases)


def _beside_hidden(exact: pd.DataFrame) -> Flags:
    """Rows of a breakdown of which a confidential cell is hidden."""
    by = [exact[c] for c in ("measure", "outcome", "reference_population", "rule_set", "breakdown") if c in exact]
    return np.asarray((exact["marker"] == "c").groupby(by, sort=False).transform("any") & ~is_headline(exact))


def _tens(counts: pd.Series) -> Numbers:
    """To the nearest ten; 0 for nobody only."""
    tens = nearest(counts, TENS)
    return np.where(counts.to_numpy(float) > 0, np.maximum(tens, TENS), tens)


def _counts_cases(exact: pd.DataFrame) -> Flags:
    """Rows whose `n` is the number of cases in a cell: it would tell more than their class. A share of all cases tells no cell."""
    groups = exact["breakdown"].map(lambda b: len(uncrossed(b)))
    within_cases = exact["measure"].isin(("share", *PROFILES))
    of_cell = (groups > 1) | (exact[DOMAIN] != "" if DOMAIN in exact else False)
    return np.asarray((exact["measure"] == "duration") | (within_cases & of_cell))
