"""`Estimates`: a table of results with their influence values, and contrasts between its rows.

Linear contrasts are exact. All others use the delta method with an exact gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.errors import RequestError
from fltoolkit.estimate.measures.intervals import wald
from fltoolkit.estimate.measures.result_columns import UnresolvedShares
from fltoolkit.estimate.totals.result_cells import Breakdowns
from fltoolkit.estimate.variance.covariance_across_samples import Joint
from fltoolkit.estimate.variance.replicate_variance import Replicates
from fltoolkit.estimate.variance.taylor_variance import Array, Matrix, Units
from fltoolkit.languages.reasons import Reason, Reasons
from fltoolkit.survey.data.printable_values import Mask
from fltoolkit.survey.design.survey_design import Design, Domain
from fltoolkit.survey.spec.groups import TOTAL, crossed

RowName = str | int | float | tuple[str | int | float, ...]  # a bare design may have numbers as codes
STEP = 1e-30
REAL = 1e-12  # an imaginary part this small beside the number is rounding


@dataclass(frozen=True)
class About:
    """What a set of estimates is about; two sets are comparable only where these agree. `missing` counts the persons of the
    domain left out for want of an answer (unresolved persons are not: they stay in). `to_verify` says what recalled fact the
    estimates rest on ("": none), `rule_note` what must be known of the rule set's result in this survey, `calibration` how the
    weights were calibrated, to which margins and by what factors ("": not), `duration_basis` which months a stock or duration counts.
    `questionnaire` counts the questions that feed each item, by mode; `window_start` and `window_end` are the outer dates of the
    reference period where survey.yaml gives them; `psus_of_earlier_rounds` is `kept`, `new` or not said. `interview_conditions` tells the
    shares of proxies, of interviews not alone and of modes, as they may be printed; `interview_modes` has those of the modes at full
    precision, for a comparison only. `not_stated` says whose answers on a group are left out of the table, as it may be printed (""): nobody's.
    `where` is the domain: by group the labels of the persons meant, of everybody empty; the words
    of `population_label` say it too."""

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
    input_hash: str = ""
    missing: int = 0
    to_verify: Reason | Reasons | str = ""
    rule_note: Reason | Reasons | str = ""
    calibration: str = ""
    duration_basis: Reason | str = ""
    interview_conditions: Reason | Reasons | str = ""
    interview_modes: tuple[tuple[str, float], ...] = ()
    where: Domain = ()
    not_stated: str = ""


@dataclass(frozen=True)
class Contrast:
    """Contrasts of estimates with their doubt.

    Attributes:
        table: one row a contrast: `contrast` (its name), `estimate`, `se`, `ci_low`, `ci_high` (Wald, t), `df`.
        influence: units × contrasts. Microdata: never written.
        units: as of the estimates. about: what those are about.
    """

    table: pd.DataFrame
    influence: Array
    units: Units | Replicates | Joint
    about: About

    @property
    def covariance(self) -> Array:
        """Covariance of all contrasts (contrasts × contrasts)."""
        return self.units.covariance(self.influence)


class EstimateRows:
    """The estimates as a callable sees them, each by its row; it remembers which were used."""

    def __init__(self, est: Estimates, values: Sequence[complex]) -> None:
        self._est, self._values, self.used = est, values, dict[int, None]()

    def __getitem__(self, row: RowName) -> Any:
        i = find_row(self._est, row)
        self.used[i] = None
        return self._values[i]


Wanted = Mapping[RowName, float] | Callable[[EstimateRows], Any]


@dataclass(frozen=True)
class Estimates:
    """Estimates with their doubt.

    Attributes:
        table: one row a cell: the `by` columns, `estimate`, `se`, `ci_low`, `ci_high`, `cv`, `deff` (R's deff=TRUE), `df`, `n`
            (persons in the denominator, unweighted), `cases` (unweighted), `population` (weighted denominator), `n_eff`,
            `psus_with_cases`, `households_with_cases`; for a three-valued outcome also `unresolved` (persons),
            `resolved_only` (the estimate among the resolved), `bound_high` and `bound_ci_high` (all unresolved taken as
            cases). Proportions are proportions: never rescaled.
        influence: units × rows, sparse (SciPy's csc_array) where few units have persons of every row; a unit is a PSU (with the FPC of a second stage
            a unit of that) or a replicate. Microdata: never written.
        units: the units and how they were drawn; of a stack of rounds those of all.
        about: what they are about.
        design_effects: rows as in table: `deff`, `deff_replace` (against sampling with replacement), `kish`, and for rows
            without a case `deff_at_zero` with its `source`.
        by: the breakdowns.
        parts: of a stack, what each of its labels is about (see `stack`); else empty.
        unresolved_shares: for a three-valued outcome the weighted share of unresolved persons of each row's denominator, with its influence. None of
            other outcomes, and of a stack.
        whole: where categories `not stated` are left out, the same estimates with them; else None.
        design: what they were made from, with its domain; None of a stack. Microdata: `fl.publish` reads from it which cells overlap.
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

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of all breakdowns, in the order of the table's columns."""
        used = {group for breakdown in self.by for group in breakdown}
        return tuple(str(column) for column in self.table if column in used)

    @property
    def covariance(self) -> Array:
        """Covariance of all rows, from the influence values (rows × rows)."""
        return self.units.covariance(self.influence)

    @checked
    def contrast(self, wanted: Mapping[str, Wanted]) -> Contrast:
        """Contrasts of the rows, linear or not, with their covariance (R `svycontrast`).

        Args:
            wanted: each contrast by its name: a mapping from rows to coefficients, `{"gap": {"men": 1, "women": -1}}`, or a callable
                that gets the estimates by row and returns one number, `{"ratio": lambda p: p["men"] / p["women"]}`: arithmetic, powers
                and NumPy's functions, nothing that is not smooth (abs, max, comparisons).
                A row is named by its label, never its code: `"men"`; everybody by `"total"`; a crossed row by a tuple in the order of
                the table's columns, `("men", "north")`; where two breakdowns have the same label by the values of all group columns,
                `("not stated", "total")`.

        Returns:
            A `Contrast`: its `table` has one row a contrast with `contrast` (the name), `estimate`, `se`, `ci_low`, `ci_high` (Wald, t) and
            `df`, the smallest of the rows involved. Linear ones are exact, others by the delta method.

        Raises:
            RequestError: no such row, or more than one; nothing wanted; the callable gives no single smooth number.
        """
        return contrast(self, wanted)


def contrast(est: Estimates, wanted: Mapping[str, Wanted]) -> Contrast:
    """Contrasts of the rows of an Estimates (R `svycontrast`).

    A mapping from rows to coefficients is linear: estimate Σ c·θ, influence Σ c·z. A callable gets the estimates and returns
    one number made of them by arithmetic, powers and NumPy's functions (`lambda p: p["men"] / p["women"]`); its influence is
    Σ ∂f/∂θ·z, the gradient exact by a complex step, Im f(θ + ih)/h. What is not smooth (abs, max, comparisons) has none.

    Args:
        est: the estimates. wanted: each contrast by its name. Rows are named as `find_row` says.

    Returns:
        A `Contrast` whose intervals are Wald's with t; `df` is the smallest of the rows involved (R gives none).

    Raises:
        RequestError: no such row, or more than one; nothing wanted; the callable gives no single smooth number, or none that is real.
            Where it divides by 0 the contrast is blank.
    """
    if not wanted or any(isinstance(what, Mapping) and not what for what in wanted.values()):
        raise RequestError("there is nothing to contrast", where="contrast", do='name one: {"gap": {"men": 1, "women": -1}}')
    values, weights, used = zip(*(_gradient(est, name, what) for name, what in wanted.items()), strict=True)
    z = est.influence @ np.array(weights).T
    se = np.sqrt(est.units.variances(z))
    df = [int(est.table["df"].iloc[rows].min()) for rows in used]
    limits = [wald(v, s, d, est.about.level) for v, s, d in zip(values, se, df, strict=True)]
    low, high = np.array(limits).reshape(-1, 2).T
    columns = {"contrast": list(wanted), "estimate": values, "se": se, "ci_low": low, "ci_high": high, "df": df}
    return Contrast(pd.DataFrame(columns), z, est.units, est.about)


@checked
def prevalence_ratio(est: Estimates, row: RowName, reference: RowName) -> Contrast:
    """How many times the estimate of `reference` that of `row` is, with an interval on the log scale, r·exp(±t·SE(log r)).

    R: the exponential of svycontrast(quote(log(a / b))). `se` is that of r itself, r·SE(log r). Without cases in `reference`
    there is no ratio, without cases in `row` no interval: both are then blank.

    Raises:
        RequestError: no such row, or more than one.
    """
    name = f"{_row_name(row)} / {_row_name(reference)}"
    log = contrast(est, {name: lambda p: np.log(p[row] / p[reference])})
    first = log.table.iloc[0]
    r = np.exp(first["estimate"])
    known = bool(np.isfinite(first["estimate"]))
    numbers = {
        "estimate": r if np.isfinite(r) else np.nan, "se": r * first["se"] if known else np.nan,
        "ci_low": np.exp(first["ci_low"]) if known else np.nan, "ci_high": np.exp(first["ci_high"]) if known else np.nan,
    }  # fmt: skip
    return Contrast(log.table.assign(**numbers), log.influence * r, log.units, log.about)


def find_row(est: Estimates, row: RowName) -> int:
    """The position of a row: by its category ("men"; of a crossed breakdown or a stack "men × north" or ("men", "north"), in the
    order of the table's columns), "total" for everybody; where two breakdowns have one category by the values of all group columns,
    ("not stated", "total").

    Raises `RequestError` naming what there is.
    """
    groups = list(est.groups)
    full = list(est.table[groups].astype(str).itertuples(index=False, name=None))
    short = [tuple(v for v in values if v != TOTAL) for values in full]
    if not isinstance(row, tuple):
        row = str(row)
        found = [i for i, values in enumerate(short) if (crossed(values) or TOTAL) == row]
    else:
        wanted = tuple(str(v) for v in row)
        found = [i for i, (whole, part) in enumerate(zip(full, short, strict=True)) if wanted in (whole, part)]
    if len(found) == 1:
        return found[0]
    if found:
        raise RequestError(
            "more than one row has this name", where="row", found=_row_name(row), allowed=[str(full[i]) for i in found],
            do=f"give the values of all groups, as a tuple in this order: {', '.join(groups)}",
        )  # fmt: skip
    persons = dict(zip([crossed(values) or TOTAL for values in short], est.table["n"].astype(int), strict=True))
    # The labels of a survey's groups are those of survey.yaml; those of a bare design are values of the data.
    there = list(persons) if est.about.population else Mask().told(persons, len(persons))
    raise RequestError("no such row", where="row", found=_row_name(row), allowed=there, do="name a row of the table")


def _gradient(est: Estimates, name: str, what: Wanted) -> tuple[float, Array, list[int]]:
    """A contrast's value, its derivative by every row, and the rows it uses."""
    theta = est.table["estimate"].to_numpy(dtype=float)
    weights = np.zeros(len(theta))
    if isinstance(what, Mapping):
        positions = [find_row(est, row) for row in what]
        if len(set(positions)) < len(positions):
            raise RequestError(
                "a row is named twice", where=name, found=[_row_name(r) for r in what], do="give it one coefficient"
            )
        weights[positions] = list(what.values())
        return float(weights[positions] @ theta[positions]), weights, positions
    at = [complex(value) for value in theta]
    first = EstimateRows(est, at)
    value = _smooth_number(name, what, first)
    if abs(value.imag) > REAL * abs(value.real):
        raise _not_smooth(name, "a complex number: a logarithm or root of a number below 0")
    if np.isnan(value.real) and not np.isnan(theta[list(first.used)]).any() and not _divides_by_zero(what, EstimateRows(est, at)):
        raise _not_smooth(name, "nan")
    for i in first.used:
        weights[i] = _smooth_number(name, what, EstimateRows(est, [*at[:i], at[i] + STEP * 1j, *at[i + 1 :]])).imag / STEP
    return value.real, weights, list(first.used)


def _smooth_number(name: str, function: Callable[[EstimateRows], Any], rows: EstimateRows) -> complex:
    """What a contrast's callable gives, if it is one smooth number; nan where it divides by 0."""
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
    """Whether a callable has no value because it divides by 0, and not because it names nan itself."""
    try:
        with np.errstate(divide="raise", invalid="raise"):
            function(rows)
    except (ZeroDivisionError, FloatingPointError):
        return True
    return False


def _not_smooth(name: str, found: str) -> RequestError:
    return RequestError(
        "a contrast gives one smooth number made of the estimates", where=name, found=found,
        do='use arithmetic and NumPy\'s functions: lambda p: np.log(p["men"] / p["women"]); not abs, max or the module math',
    )  # fmt: skip


def _row_name(row: RowName) -> str:
    return crossed(row) if isinstance(row, tuple) else str(row)
