"""Defines the result of an estimation: a table of estimates, their influence values, and contrasts (such as
differences) between its rows.

An influence value is the part of one sampled unit in one estimate. Variances and covariances are computed
from these values. The variance of a linear contrast is exact. The variance of another contrast comes from the
delta method, with an exact gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.classify.category_names import meant_label
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.errors import RequestError
from fltoolkit.estimate.measures.counts_and_design_effects import UnresolvedShares
from fltoolkit.estimate.measures.intervals import wald
from fltoolkit.estimate.totals.breakdowns import Breakdowns
from fltoolkit.estimate.variance import Array, Joint, Matrix, Replicates, Units
from fltoolkit.languages.reasons import Reason, Reasons
from fltoolkit.survey.design.survey_design import Design, Domain
from fltoolkit.survey.printed_values import LIMIT, Mask, cases_in_words, count_in_words
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED, TOTAL, crossed
from fltoolkit.table_records import HoldsTable

RowName = (
    str | int | float | tuple[str | int | float, ...]
)  # a design without survey.yaml may have numbers as codes
STEP = 1e-30
REAL = 1e-12  # a relative imaginary part below this is a rounding error
NotStated = Literal["show", "drop"]
OF_CASES = ("share", "duration", "quantile")


@dataclass(frozen=True)
class About:
    """The facts behind a set of estimates, such as the measure, the population and the reference period.
    `fl.change` compares two rounds only if certain facts are the same, such as the reference period (see
    `comparability.differences`).

    Attributes:
        where: the persons that the estimates are limited to (the domain), as labels by group; empty for
            everybody. `population_label` describes the same persons in words.
        window_start, window_end: the first and last date of the reference period, if survey.yaml gives them.
        questionnaire: the number of questions on each item (such as debt bondage), by mode (experienced,
            threatened, witnessed).
        psus_of_earlier_rounds: `kept` if this round uses the PSUs of earlier rounds again, `new` if it drew
            other PSUs; empty if survey.yaml does not say.
        accepted_rounds: what the survey.yaml accepts of a comparison with an earlier round (`accept` with
            `finding: rounds`), such as `design.weight`.
        missing: the number of persons of the domain who are left out because an answer is missing. Persons
            whose answers do not decide whether they are cases (*unresolved*) stay in.
        to_verify: facts behind the estimates that were written from memory and not yet checked against their
            source; empty if there are none.
        rule_note: what a reader must know about the results of the rule set in this survey.
        calibration: the calibration of the weights in words (method, margins, factors); empty if there was
            none.
        duration_basis: the months that a stock or a duration counts: those of all spells, or of the last
            spell.
        amount, amount_unit: of a mean or median of one of `amounts` in survey.yaml: its label, and its currency
            or unit; empty for others.
        interview_conditions: the shares of proxy interviews, of interviews with somebody present, and of
            modes (such as telephone), rounded for print.
        interview_modes: the shares of the modes at full precision, only to compare rounds of a survey.
        not_stated: a sentence with the number of persons in the category `not stated` who are left out of the
            table; empty if there are none.
    """

    measure: str
    outcome: str
    interval: str
    level: float
    survey: str = ""
    country: str = ""
    round: str = ""
    year: int | None = None
    rule_set: str = ""
    reference_period: str = ""
    reference_months: int | None = None
    window_start: str = ""
    window_end: str = ""
    population: str = ""
    population_label: str = ""
    population_ages: str = ""
    same_work: str = ""
    sector_basis: str = ""
    age_basis: Reason | str = ""
    case_only: tuple[str, ...] = ()
    questionnaire: tuple[str, ...] = ()
    psus_of_earlier_rounds: str = ""
    accepted_rounds: tuple[str, ...] = ()
    input_hash: str = field(default="", repr=False)
    missing: int = 0
    to_verify: Reason | Reasons | str = ""
    rule_note: Reason | Reasons | str = ""
    calibration: str = ""
    duration_basis: Reason | str = ""
    amount: str = ""
    amount_unit: str = ""
    interview_conditions: Reason | Reasons | str = ""
    interview_modes: tuple[tuple[str, float], ...] = ()
    where: Domain = ()
    not_stated: str = ""


@dataclass(frozen=True, repr=False)
class Contrast(HoldsTable):
    """Contrasts between the rows of an `Estimates`, such as women minus men, with their uncertainty.

    Attributes:
        table: one row per contrast: `contrast` (its name), `estimate`, `se`, `ci_low`, `ci_high` (Wald, t),
            `df`.
        influence: the influence matrix (units × contrasts). It is microdata and is never written.
        units: the sampled units, one per row of `influence`.
        about: facts about the estimates, such as the measure and the population.
    """

    table: pd.DataFrame
    influence: Array
    units: Units | Replicates | Joint
    about: About

    @property
    def covariance(self) -> Array:
        """Returns the covariance matrix of the contrasts (contrasts × contrasts)."""
        return self.units.covariance(self.influence)


class EstimateRows:
    """The argument of a function that computes a contrast: it gives the estimates by row. In `lambda p:
    p["men"] / p["women"]`, `p` is an `EstimateRows`, and `p["men"]` is the estimate of the row `men`.

    `used` has the positions of the rows that the function used.
    """

    def __init__(self, est: Estimates, values: Sequence[complex]) -> None:
        self._est, self._values, self.used = est, values, dict[int, None]()

    def __getitem__(self, row: RowName) -> Any:
        i = find_row(self._est, row)
        self.used[i] = None
        return self._values[i]


Wanted = Mapping[RowName, float] | Callable[[EstimateRows], Any]


@dataclass(frozen=True, repr=False)
class Estimates(HoldsTable):
    """The result of every estimation function: a table of estimates with their uncertainty, and everything
    that contrasts and changes need.

    Attributes:
        table: one row per cell (the total, or one category such as women): the `by` columns, `estimate`,
            `se`, `ci_low`, `ci_high`, `cv`, `deff` (R's deff=TRUE), `df`, `n` (persons in the denominator,
            unweighted), `cases` (unweighted), `population` (weighted denominator), `n_eff`,
            `psus_with_cases`, `households_with_cases`. An outcome that can be unresolved (the answers do not
            decide it) also has `unresolved` (the number of these persons), `resolved_only` (the estimate
            among resolved persons), `bound_high` and `bound_ci_high` (with all unresolved persons as cases).
            A proportion is between 0 and 1 and is never rescaled.
        influence: the influence matrix (units × rows). A unit is a PSU, a unit of the second stage if its FPC
            is used, or a replicate. The matrix is sparse (SciPy's csc_array) if most of its numbers are 0.
            The matrix is microdata and is never written.
        units: the units and how they were drawn; for estimates joined by `stack`, the units of all samples.
        about: facts about the estimates, such as the measure and the population.
        design_effects: one row per row of `table`: `deff`, `deff_replace` (against sampling with
            replacement), `kish`, and for rows without a case `deff_at_zero`, the assumed design effect, with
            its `source`.
        by: the breakdowns, each a tuple of groups; the empty tuple is the total.
        parts: for a table that `stack` joined from several estimates, the facts about each part (`About`) by
            its label; else empty.
        unresolved_shares: for an outcome that can be unresolved, the weighted share of unresolved persons in
            each row's denominator, with its influence. None for other outcomes, and after `stack`.
        whole: if categories `not stated` are left out, the same estimates with these categories; else None.
        design: the design that the estimates were made from, with its domain; None after `stack`. The design
            is microdata: `fl.publish` reads from it which rows of the table have persons in common.
    """

    table: pd.DataFrame
    influence: Matrix
    units: Units | Replicates | Joint
    about: About
    design_effects: pd.DataFrame
    by: Breakdowns
    parts: Mapping[str, About] = field(default_factory=dict)
    unresolved_shares: UnresolvedShares | None = None
    whole: Estimates | None = field(default=None, repr=False, compare=False)
    design: Design | None = field(default=None, repr=False, compare=False)

    def about_it(self) -> list[str]:
        """Returns what was estimated, by which groups, and how to publish it, in lines for a notebook."""
        about, by = self.about, ", ".join(map(crossed, self.by)) or TOTAL
        what = " ".join(
            filter(None, [about.measure, about.outcome, about.population and f"({about.population})"])
        )
        return [
            f"Estimates: {what}, {len(self.table):,} rows: {by}",
            "to publish them: fl.publish(est, beside=out)",
        ]

    @property
    def groups(self) -> tuple[str, ...]:
        """Returns the names of all groups by which the table is broken down, in the order of its columns."""
        used = {group for breakdown in self.by for group in breakdown}
        return tuple(str(column) for column in self.table if column in used)

    @property
    def covariance(self) -> Array:
        """Returns the covariance matrix of all rows of the table (rows × rows), computed from the influence
        values of the sampled units.
        """
        return self.units.covariance(self.influence)

    @checked
    def contrast(self, wanted: Mapping[str, Wanted]) -> Contrast:
        """Compute contrasts of the rows, linear or not, with their covariance (R `svycontrast`).

        Args:
            wanted: each contrast by its name. It is a mapping from rows to coefficients, `{"gap": {"men": 1,
                "women": -1}}`, or a function that gets the estimates by row and returns one number,
                `{"ratio": lambda p: p["men"] / p["women"]}`. A function may use arithmetic, powers and
                NumPy's functions, but nothing that is not smooth (abs, max, comparisons). A row is named by
                its label, never by its code: `"men"`. The total is `"total"`. A row of several groups is a
                tuple in the order of the table's columns: `("men", "north")`. If two breakdowns have the same
                label, give the values of all group columns: `("not stated", "total")`.

        Returns:
            A `Contrast`. Its `table` has one row per contrast: `contrast` (the name), `estimate`, `se`,
            `ci_low`, `ci_high` (Wald, t) and `df`, the smallest of the rows used. Linear contrasts are exact;
            others use the delta method.

        Raises:
            RequestError: there is no such row, or more than one; nothing is wanted; the function does not
                return a single smooth number; the contrast divides by 0.
        """
        return contrast(self, wanted)


def contrast(est: Estimates, wanted: Mapping[str, Wanted], *, blank: bool = False) -> Contrast:
    """Computes contrasts (such as differences and ratios) between the rows of an `Estimates` (R
    `svycontrast`).

    A mapping from rows to coefficients is a linear contrast: its estimate is Σ c·θ and its influence Σ c·z.
    The other form is a function that gets the estimates θ and returns one number, made by arithmetic, powers
    and NumPy's functions: `lambda p: p["men"] / p["women"]`. Its influence is Σ ∂f/∂θ·z. The gradient is
    exact, by a complex step: Im f(θ + ih)/h. A function that is not smooth (abs, max, comparisons) has no
    gradient.

    Args:
        est: the estimates.
        wanted: each contrast by its name. Rows are named as in `find_row`.
        blank: whether a contrast that divides by 0 is blank, and no error.

    Returns:
        A `Contrast` with Wald intervals by t; `df` is the smallest of the rows used (R gives none).

    Raises:
        RequestError: there is no such row, or more than one; nothing is wanted; the function does not return
            a single smooth real number; a contrast divides by 0.
    """
    if not wanted or any(isinstance(what, Mapping) and not what for what in wanted.values()):
        raise RequestError(
            "there is nothing to contrast", where="contrast", do='name one: {"gap": {"men": 1, "women": -1}}'
        )
    values, weights, used = zip(*(_gradient(est, name, what) for name, what in wanted.items()), strict=True)
    for name, value, rows in () if blank else zip(wanted, values, used, strict=True):
        theta = est.table["estimate"].iloc[rows]
        if not np.isfinite(value) and np.isfinite(theta).all():
            raise RequestError(
                "the contrast divides by 0, or is too large for a number",
                where=f"contrast: {name}",
                found=[f"{number:g}" for number in theta],
                do="contrast rows that have cases, or leave this contrast out",
            )
    z = est.influence @ np.array(weights).T
    se = np.sqrt(est.units.variances(z))
    df = [int(est.table["df"].iloc[rows].min()) for rows in used]
    limits = [wald(v, s, d, est.about.level) for v, s, d in zip(values, se, df, strict=True)]
    low, high = np.array(limits).reshape(-1, 2).T
    columns = {
        "contrast": list(wanted),
        "estimate": values,
        "se": se,
        "ci_low": low,
        "ci_high": high,
        "df": df,
    }
    return Contrast(pd.DataFrame(columns), z, est.units, est.about)


@checked
def prevalence_ratio(est: Estimates, row: RowName, reference: RowName) -> Contrast:
    """Estimate the ratio of two rows: the estimate of `row` divided by that of `reference`. For example, 0.02
    for men and 0.01 for women give 2. The interval is computed on the log scale, r·exp(±t·SE(log r)).

    In R: the exponential of svycontrast(quote(log(a / b))). `se` is the standard error of r itself, r·SE(log
    r). If the reference has no cases, all numbers are blank. If `row` has no cases, the interval is blank.

    Args:
        est: the estimates.
        row, reference: the names of two rows (see `find_row`).

    Raises:
        RequestError: there is no such row, or more than one.
    """
    name = f"{_row_name(row)} / {_row_name(reference)}"
    log = contrast(est, {name: lambda p: np.log(p[row] / p[reference])}, blank=True)
    first = log.table.iloc[0]
    r = np.exp(first["estimate"])
    known = bool(np.isfinite(first["estimate"]))
    numbers = {
        "estimate": r if np.isfinite(r) else np.nan,
        "se": r * first["se"] if known else np.nan,
        "ci_low": np.exp(first["ci_low"]) if known else np.nan,
        "ci_high": np.exp(first["ci_high"]) if known else np.nan,
    }
    return Contrast(log.table.assign(**numbers), log.influence * r, log.units, log.about)


def find_row(est: Estimates, row: RowName) -> int:
    """Returns the position of a row in the table of estimates, found by its name.

    The name is the category ("men"), or "total" for everybody. For a row of several groups, it is "men ×
    north" or ("men", "north"), in the order of the table's columns. If two breakdowns have the same category,
    give the values of all group columns: ("not stated", "total"). A hyphen may replace the dash of a band
    ("18-24").

    Raises:
        RequestError: there is no such row, or more than one; the message lists the rows.
    """
    groups = list(est.groups)
    full = list(est.table[groups].astype(str).itertuples(index=False, name=None))
    short = [tuple(v for v in values if v != TOTAL) for values in full]
    row = tuple(map(str, row)) if isinstance(row, tuple) else str(row)
    names: list[set[Any]] = (
        [{crossed(values) or TOTAL} for values in short]
        if isinstance(row, str)
        else list(map(set, zip(full, short, strict=True)))
    )
    found = [i for i, own in enumerate(names) if row in own]
    found = found or [i for i, own in enumerate(names) if _hyphened(row) in map(_hyphened, own)]
    if len(found) == 1:
        return found[0]
    if found:
        raise RequestError(
            "more than one row has this name",
            where="row",
            found=_row_name(row),
            allowed=[str(full[i]) for i in found],
            do=f"give the values of all groups, as a tuple in this order: {', '.join(groups)}",
        )
    persons = dict(
        zip([crossed(values) or TOTAL for values in short], est.table["n"].astype(int), strict=True)
    )
    # The labels of a survey's groups come from survey.yaml. For a design without survey.yaml they are values
    # of the data.
    there = list(persons) if est.about.population else Mask().printed(persons, len(persons))
    spec = est.design.spec if isinstance(est.design, ClassifiedSurvey) else None
    meant = [meant_label(spec, group, row) for group in groups if isinstance(row, str)] if spec else []
    do = f"write {meant[0]}" if (meant := [label for label in meant if label]) else "name a row of the table"
    raise RequestError("no such row", where="row", found=_row_name(row), allowed=there, do=do)


def _hyphened(name: str | tuple[str, ...]) -> str | tuple[str, ...]:
    """Returns the name of a row with hyphens in place of dashes: `18–24` becomes `18-24`."""
    return name.replace("–", "-") if isinstance(name, str) else tuple(part.replace("–", "-") for part in name)


def _gradient(est: Estimates, name: str, what: Wanted) -> tuple[float, Array, list[int]]:
    """Returns three things about a contrast: its value, its derivative with respect to the estimate of each
    row, and the positions of the rows that it uses.

    Args:
        est: the estimates.
        name: the name of the contrast.
        what: the contrast: a mapping from rows to coefficients, or a function of the estimates.

    Raises:
        RequestError: a row is named twice, or the function does not return one smooth number.
    """
    theta = est.table["estimate"].to_numpy(dtype=float)
    weights = np.zeros(len(theta))
    if isinstance(what, Mapping):
        positions = [find_row(est, row) for row in what]
        if len(set(positions)) < len(positions):
            raise RequestError(
                "a row is named twice",
                where=name,
                found=[_row_name(r) for r in what],
                do="give it one coefficient",
            )
        weights[positions] = list(what.values())
        return float(weights[positions] @ theta[positions]), weights, positions
    at = [complex(value) for value in theta]
    first = EstimateRows(est, at)
    value = _smooth_number(name, what, first)
    if abs(value.imag) > REAL * abs(value.real):
        raise _not_smooth(name, "a complex number: a logarithm or root of a number below 0")
    if (
        np.isnan(value.real)
        and not np.isnan(theta[list(first.used)]).any()
        and not _divides_by_zero(what, EstimateRows(est, at))
    ):
        raise _not_smooth(name, "nan")
    for i in first.used:
        weights[i] = (
            _smooth_number(name, what, EstimateRows(est, [*at[:i], at[i] + STEP * 1j, *at[i + 1 :]])).imag
            / STEP
        )
    return value.real, weights, list(first.used)


def _smooth_number(name: str, function: Callable[[EstimateRows], Any], rows: EstimateRows) -> complex:
    """Returns the number that the function of a contrast returns; nan if the function divides by 0. Raises an
    error if the function does not return a single number, or uses operations that have no derivative, such as
    abs or max."""
    try:
        with np.errstate(all="ignore"):
            value = function(rows)
    except ZeroDivisionError:
        return complex(np.nan, 0.0)
    except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise _not_smooth(name, f"{type(error).__name__}: {error}") from None
    if not isinstance(value, complex):
        raise _not_smooth(name, type(value).__name__)
    return complex(np.nan, 0.0) if np.isnan(value.imag) else value


def _divides_by_zero(function: Callable[[EstimateRows], Any], rows: EstimateRows) -> bool:
    """Returns whether the function of a contrast divides by 0. A contrast that divides by 0 is blank; any
    other nan is an error of the user."""
    try:
        with np.errstate(divide="raise", invalid="raise"):
            function(rows)
    except (ZeroDivisionError, FloatingPointError):
        return True
    return False


def _not_smooth(name: str, found: str) -> RequestError:
    return RequestError(
        "a contrast gives one smooth number made of the estimates",
        where=name,
        found=found,
        do=(
            'use arithmetic and NumPy\'s functions: lambda p: np.log(p["men"] / p["women"]); not abs, max '
            "or the module math"
        ),
    )


def _row_name(row: RowName) -> str:
    return crossed(row) if isinstance(row, tuple) else str(row)


def stated_only(est: Estimates, how: NotStated) -> Estimates:
    """Returns the estimates without the rows of the category `not stated`, if `how` is `drop`. With `show`,
    nothing is removed.

    The other rows and the total do not change: a share is still a share of all cases. In the result,
    `about.not_stated` gives the number of persons in the removed rows (as a count that may be printed), and
    `whole` has the estimates with all rows.
    """
    groups = list(dict.fromkeys(g for b in est.by for g in b if g in est.table))
    gone = (
        np.logical_or.reduce([(est.table[g] == NOT_STATED).to_numpy() for g in groups])
        if groups
        else np.zeros(0, dtype=bool)
    )
    if how == "show" or not gone.any():
        return est
    kept = np.flatnonzero(~gone)
    shares = est.unresolved_shares
    return replace(
        est,
        table=est.table.iloc[kept].reset_index(drop=True),
        influence=est.influence[:, kept],
        design_effects=est.design_effects.iloc[kept].reset_index(drop=True),
        about=replace(est.about, not_stated=_not_stated_note(est, groups)),
        unresolved_shares=None if shares is None else shares.of_rows(kept),
        whole=est,
    )


def _not_stated_note(est: Estimates, groups: list[str]) -> str:
    """Returns a sentence that says, for each group, how many persons (or cases) have the category `not
    stated`. The counts are rounded or given as ranges, so that they may be printed. The text is empty if
    there are no such persons."""
    limit = est.design.mask.limit if est.design else LIMIT
    of_cases = est.about.measure in OF_CASES
    words = []
    for group in groups:
        breakdown = next(b for b in est.by if group in b)
        rows = est.table[(est.table[group] == NOT_STATED)]
        rows = rows[np.logical_and.reduce([(rows[g] == TOTAL) == (g not in breakdown) for g in groups])]
        count = int(rows["cases" if of_cases else "n"].sum())
        if count:
            words.append(
                f"{group} not stated by "
                f"{cases_in_words(count, limit) if of_cases else count_in_words(count, limit)} "
                f"{'case(s)' if of_cases else 'person(s)'}"
            )
    return f"left out of the table: {'; '.join(words)}" if words else ""
