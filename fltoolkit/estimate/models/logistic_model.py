"""Estimates risk factors of forced labour: logistic regression with survey weights, or Firth's method for
rare events (docs/methods.md §7).

A pattern is all persons with the same covariate values. The model is fitted to the weighted cases and persons
of each pattern. The covariance of its coefficients comes from the scores of the sampling units.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.arguments import Level, checked
from fltoolkit.classify.outcomes_and_domains import Where, within
from fltoolkit.errors import RequestError
from fltoolkit.estimate.measures.intervals import t_quantile
from fltoolkit.estimate.models.covariate_patterns import (
    Patterns,
    is_sensitive,
    read_patterns,
    refuse_sensitive,
)
from fltoolkit.estimate.models.likelihood_fit import (
    ZERO,
    Fit,
    PatternSums,
    aliased,
    directions_of_separation,
    fit,
    fit_firth,
    profile_likelihood_limits,
)
from fltoolkit.estimate.models.marginal_effects import FittedModel, coefficient_names, marginal_effects
from fltoolkit.estimate.models.model_formula import read_formula
from fltoolkit.estimate.models.rao_scott import DesignTest
from fltoolkit.estimate.variance import Array, Replicates, Units
from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.design.survey_design import Design
from fltoolkit.survey.printed_values import Mask
from fltoolkit.table_records import HoldsTable

NOT_PUBLISHED = "Not for publication: it can tell hidden numbers. fl.risk_factors publishes a model."
ROUNDED = 1e-12
FEW = 10  # cases per coefficient (Peduzzi et al. 1996)
ALIASED = Reason.of("model.aliased")


@dataclass(frozen=True, repr=False)
class Logit(HoldsTable):
    """A fitted logistic regression. Its categories may have few persons, so it is confidential:
    `fl.risk_factors` decides what may be published.

    Attributes:
        table: one row per coefficient (log odds ratio): `term`, `category`, `coefficient`, `se`, `ci_low`,
            `ci_high`, `t`, `p_value`, `n` and `cases` (unweighted persons of the category; missing for an
            interaction) and `reason` (why a number is missing, or how an interval was made).
        penalty: `none` (maximum likelihood) or `firth`.
        df: the design's degrees of freedom + 1 − coefficients (R `svyglm`).
        level: the confidence level of the intervals.
        n, cases, unresolved: how many persons, cases and unresolved persons are in the model, unweighted.
        missing: how many persons are left out because the outcome or a numeric covariate is blank.
        notes: sentences that must be printed wherever the model is shown, such as a warning about separation.
        formula, outcome, population: the formula, the true/false outcome that it explains, and the reference
            population.
    """

    table: pd.DataFrame
    penalty: Literal["none", "firth"]
    df: int
    level: float
    n: int
    cases: int
    unresolved: int
    missing: int
    notes: tuple[str, ...]
    formula: str
    outcome: str
    population: str
    _fitted: FittedModel

    def about_it(self) -> list[str]:
        """Returns the formula, and how to publish a model, in lines for a notebook."""
        return [f"Logit: {self.formula} ({self.population}, penalty {self.penalty})", NOT_PUBLISHED]

    @property
    def params(self) -> pd.Series:
        """Returns the coefficients by name; nan if there is no estimate."""
        return self.table["coefficient"]

    @property
    def bse(self) -> pd.Series:
        """Returns the standard errors of the coefficients by name. They take the sample design into
        account."""
        return self.table["se"]

    @property
    def covariance(self) -> Array:
        """Returns the covariance matrix of the coefficients, in the order of `table`; nan for a coefficient
        without a standard error."""
        none = self.bse.isna().to_numpy()
        return np.where(none[:, None] | none[None, :], np.nan, self._fitted.covariance)

    def conf_int(self) -> pd.DataFrame:
        """Returns the confidence limits of the coefficients, one row per coefficient. They are t intervals (R
        `confint`). With Firth's method, coefficients without a finite maximum likelihood estimate
        (separation) have profile likelihood limits."""
        return self.table[["ci_low", "ci_high"]]

    def odds_ratios(self) -> pd.DataFrame:
        """Returns the odds ratios of a fitted model with their limits, without the intercept. The columns are
        `term`, `category`, `odds_ratio`, `ci_low`, `ci_high` and `reason` (why a number is missing).
        """
        rows = self.table[self.table["term"] != "Intercept"]
        ratios = pd.DataFrame(
            {
                to: np.exp(rows[c])
                for to, c in (("odds_ratio", "coefficient"), ("ci_low",) * 2, ("ci_high",) * 2)
            }
        )
        return pd.concat([rows[["term", "category"]], ratios, rows["reason"]], axis=1)

    def margins(self) -> pd.DataFrame:
        """Returns average marginal effects: the change of the predicted probability if one covariate changes
        (see `marginal_effects`).
        """
        endless = separated_rows(self.table)
        return marginal_effects(self._fitted, endless, self.df, self.level)

    @checked
    def wald(self, term: str) -> DesignTest:
        """Test whether all q coefficients of a term, such as `C(sex)`, are 0: F = b'V⁻¹b/q with q and `df`
        degrees of freedom (R `regTermTest(method = "Wald")`).

        Raises:
            RequestError: there is no such term, or it has no finite estimates.
        """
        from scipy.special import fdtrc

        rows = (self.table["term"] == term).to_numpy()
        usable = rows & self.table["se"].notna().to_numpy()
        if not usable.any() or (rows & separated_rows(self.table)).any():
            raise RequestError(
                "no Wald test of this term",
                where="wald",
                found=term,
                allowed=list(dict.fromkeys(self.table["term"])),
                do=(
                    "name a term of the model whose coefficients all have an estimate; under separation "
                    "use fl.rao_scott"
                ),
            )
        b, v = self.params.to_numpy()[usable], self.covariance[np.ix_(usable, usable)]
        q = len(b)
        statistic = float(b @ np.linalg.solve(v, b)) / q
        return DesignTest(
            f"{term}: Wald",
            statistic,
            q,
            self.df,
            float(fdtrc(q, self.df, statistic)) if self.df > 0 else float("nan"),
        )

    def summary(self) -> str:
        """Returns the model as text, for the statistician who fitted it."""
        head = (
            f"{self.formula} ({'Firth' if self.penalty == 'firth' else 'maximum likelihood'}); "
            f"{self.n:,} persons, {self.cases:,} cases, df {self.df}"
        )
        body = self.table.drop(columns=["term", "category"]).to_string(
            float_format=lambda v: f"{v:.4f}", na_rep=""
        )
        return "\n".join([head, body, *self.notes, *([NOT_PUBLISHED] if self.population else [])])


@checked
def logit(
    design: Design,
    formula: str,
    *,
    population: str | None = None,
    where: Where = None,
    penalty: Literal["none", "firth"] = "none",
    level: Level = 0.95,
    sensitive: bool = False,
) -> Logit:
    """Fit a survey-weighted logistic regression of a true/false outcome on groups, equal to R `svyglm(family
    = quasibinomial())`.

    The score equations are Σ w(y − μ)x = 0. The covariance is I⁻¹ΣI⁻¹ with I = X'WX. Σ is the design's
    covariance of the score totals (strata, PSUs, FPC of both stages, the rule for strata with a single PSU).
    With replicate weights, the model is refitted under each replicate.

    With `penalty="firth"` the weights are scaled to a mean of 1 and ½ log |I| is added (Firth 1993; Heinze
    and Schemper 2002). This estimate is less biased with few cases. It is finite even under separation.
    Separation means that the maximum likelihood estimate is infinite, for example because a category has no
    case. The covariance has the same form. Under separation that covariance is too small, because a category
    without a case has scores of one sign only. The limits then come from the profile likelihood, scaled by
    Kish's design effect.

    Persons whose answers do not decide whether they are cases (*unresolved*) do not count as cases and stay
    in the model. `not stated` is a category of its own. Persons who have no value of a numeric covariate are
    left out and counted.

    Args:
        design: a classified survey, or any design.
        formula: a true/false column, `~`, and groups: `forced_labour ~ C(sex) + C(region,
            Treatment("north"))`, `a:b`, `a*b`. The reference is the first category in the group's order. A
            numeric column without C() is used as a number; it must have few values, because persons are
            grouped by them. docs/methods.md §7 lists all that a formula may have.
        population: a population of survey.yaml.
        where: the persons included, as in `prevalence`.
        penalty: `none` or `firth`.
        level: the confidence level.
        sensitive: allow groups of nationality, origin, ethnicity or religion, and name the result an
            association.

    Raises:
        RequestError: the formula cannot be used; a group is sensitive; there are too many patterns; nobody or
            everybody is a case.
    """
    read = read_formula(formula)
    if not sensitive:
        refuse_sensitive(design, read.columns)
    patterns = read_patterns(within(design, where), read, population)
    return fit_patterns(patterns, _sensitive_note(design, read.columns), penalty, level)


def fit_patterns(
    p: Patterns, notes: tuple[str, ...], penalty: Literal["none", "firth"], level: float
) -> Logit:
    """Fits the model of `logit` to persons who are already grouped by their covariates (`p`). So several
    models need only one pass over the persons. `notes` are sentences that must be printed with the model."""
    if not 0 < p.y.sum() < p.w.sum():
        raise RequestError(
            "a model needs cases and others",
            where="logit",
            found=(f"{int(p.cases.sum())} patterns with cases"),
        )
    largest = np.abs(p.x).max(axis=0)
    scale = np.where(largest > 0, largest, 1.0)
    x, kept = p.x / scale, ~aliased(p.x / scale)
    found_ways = directions_of_separation(x[:, kept], p.cases, p.others)
    ways = np.zeros((len(found_ways), len(scale)))
    ways[:, kept] = found_ways
    endless, certain = np.asarray(ways.any(axis=0)), np.asarray((np.abs(x @ ways.T) > ZERO).any(axis=1))
    solver = _Solver(p, x, scale, kept, endless, certain, penalty == "firth")
    best = solver.fit(p.y, p.w)
    v = solver.covariance(best)
    df = p.degrees_of_freedom() + 1 - int(kept.sum())
    table = _coefficient_table(solver, best, v, df, level)
    if penalty == "firth":
        table = _with_profile_limits(table, solver, best, df, level)
    else:
        table.loc[endless, ["coefficient", "se", "ci_low", "ci_high", "t", "p_value"]] = np.nan
    status, missing = (p.sums.table[name].to_numpy() for name in ("status", "missing"))
    return Logit(
        table,
        penalty,
        df,
        level,
        p.count(status >= -1),
        p.count(status == 1),
        p.count(status == -1),
        int(missing.sum()) + int(p.sums.table["n"].sum()) - p.count(status >= -1),
        (*notes, *_notes(table, p, df)),
        p.formula.text,
        p.formula.outcome,
        p.population,
        FittedModel(p, replace(best, beta=best.beta / scale), v, ways[:0] if solver.firth else ways / scale),
    )


@dataclass(frozen=True)
class _Solver:
    """A model in the form in which it is fitted. The columns of the model matrix `x` (patterns ×
    coefficients) are divided by `scale`, and the weights have a mean of 1. A pattern is all persons with the
    same covariate values. `kept` marks the columns that do not depend on earlier ones. `endless` marks the
    coefficients without a finite estimate (separation). `certain` marks the patterns whose outcome is then
    predicted with certainty; maximum likelihood leaves them out."""

    p: Patterns
    x: Array
    scale: Array
    kept: NDArray[np.bool_]
    endless: NDArray[np.bool_]
    certain: NDArray[np.bool_]
    firth: bool

    @property
    def rows(self) -> NDArray[np.bool_]:
        return np.ones(len(self.x), dtype=bool) if self.firth else ~self.certain

    @cached_property
    def fitted(self) -> NDArray[np.bool_]:
        """Returns the columns of `kept` that do not depend on earlier columns in the rows that are fitted
        (`rows`)."""
        kept = np.flatnonzero(self.kept)
        return np.isin(np.arange(len(self.kept)), kept[~aliased(self.x[np.ix_(self.rows, kept)])])

    def fit(self, y: Array, w: Array, start: Array | None = None) -> Fit:
        """Fits the model. A coefficient is 0 if its column depends on earlier columns. A probability is 0 or
        1 if the data predict a pattern with certainty. `y` and `w` are the weighted cases and persons of each
        pattern. `start` has the coefficients with which the search begins."""
        rows, kept = self.rows, self.fitted
        ratio = self.p.count(self.p.sums.table["n"].to_numpy() > 0) / w.sum()
        if not rows.any():
            found = Fit(np.zeros(kept.sum()), np.zeros(0), np.zeros((kept.sum(), kept.sum())), 0.0)
        else:
            begin = None if start is None else start[kept]
            search = fit_firth if self.firth else fit
            found = search(self.x[np.ix_(rows, kept)], y[rows] * ratio, w[rows] * ratio, start=begin)
        beta, mu, inverse = np.zeros(len(kept)), self.p.cases.astype(float), np.zeros((len(kept), len(kept)))
        beta[kept], mu[rows], inverse[np.ix_(kept, kept)] = found.beta, found.mu, found.inverse * ratio
        return Fit(beta, mu, inverse, found.likelihood)

    def covariance(self, best: Fit) -> Array:
        """Returns the covariance matrix of the coefficients of a fit. It takes the sample design into
        account."""
        units = self.p.sums.units
        if isinstance(units, Units):
            z = self.p.scores(best.mu) / self.scale @ best.inverse
        else:
            z = _by_replicates(self, units, best)
        return units.covariance(z / self.scale)


def _by_replicates(solver: _Solver, units: Replicates, best: Fit) -> Array:
    """Returns the distance of each replicate's coefficients from the centre (replicates × coefficients). The
    variance is computed from it. The model is fitted again with the weights of each replicate, as R `svyglm`
    does."""
    p, used = solver.p, np.flatnonzero(units.factor > 0)
    fits, without = np.tile(best.beta, (len(units), 1)), dict[int, str]()
    for r in used.tolist():
        y, w = p.by_pattern(f"wy_{r}"), p.by_pattern(f"w_{r}")
        if lost := _not_estimable(solver, y, w):
            without[r] = lost
        else:
            fits[r] = solver.fit(y, w, best.beta).beta
    if without:
        raise RequestError(
            f"under {len(without)} of {len(used)} replicate weights the model has no estimate",
            where="logit",
            found=list(dict.fromkeys(without.values())),
            do=(
                "merge the category with a neighbour or leave it out; where it lacks cases only, "
                'penalty="firth" is finite'
            ),
        )
    return units.influence(np.array(fits), None, solver.fit(p.by_pattern("wy"), p.w, best.beta).beta)


def _not_estimable(solver: _Solver, y: Array, w: Array) -> str:
    """Returns the name of the first coefficient that can be estimated with the full weights, but not with the
    weights of one replicate. The result is empty if there is none. For example, a half-sample may leave out
    all cases of a category. `y` and `w` are the weighted cases and persons of each pattern (persons with the
    same covariate values) in the replicate."""
    there = solver.rows & (w > 0)
    x = solver.x[np.ix_(there, solver.kept)]
    names = _coefficient_names(coefficient_names(solver.p), bool(solver.p.population))[solver.kept]
    if len(gone := names[aliased(x) & ~aliased(solver.x[np.ix_(solver.rows, solver.kept)])]):
        return f"{gone[0]} (nobody is there, or nobody else)"
    if solver.firth:
        return ""
    ways = directions_of_separation(x, y[there] > 0, (w - y)[there] > ROUNDED * w[there])
    return f"{names[np.abs(ways).sum(axis=0) > 0][0]} (no case is there, or only cases)" if len(ways) else ""


def _coefficient_names(names: pd.DataFrame, of_survey: bool) -> NDArray[np.object_]:
    """Returns the name of each coefficient, such as `C(sex): women`. Without survey.yaml, a category is
    masked like other values."""
    labels = []
    for row in names.to_dict("records"):
        term, category = row["term"], row["category"]
        if category and not of_survey:
            category = Mask().printed({category: int(row["n"])}, int((names["term"] == term).sum()) + 1)
        labels.append(f"{term}: {category}" if category else term)
    return np.array(labels, dtype=object)


def _coefficient_table(solver: _Solver, best: Fit, v: Array, df: int, level: float) -> pd.DataFrame:
    """Returns `Logit.table`: every coefficient with its interval, or the reason why it has none. `v` is the
    covariance matrix of the coefficients."""
    from scipy.special import stdtr

    names, kept = coefficient_names(solver.p), solver.kept
    beta = np.where(kept, best.beta / solver.scale, np.nan)
    se = np.where(kept, np.sqrt(np.diag(v)), np.nan)
    quantile = float(t_quantile(level, df))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = beta / se
    numbers = {
        "coefficient": beta,
        "se": se,
        "ci_low": beta - quantile * se,
        "ci_high": beta + quantile * se,
        "t": ratio,
        "p_value": 2 * stdtr(df, -np.abs(ratio)) if df > 0 else np.nan,
    }
    table = names.assign(**numbers)[[*names.columns[:2], *numbers, "n", "cases"]]
    reasons = [
        "" if k and not e else ALIASED if not k else _separation_reason(row)
        for k, e, row in zip(kept, solver.endless, names.to_dict("records"), strict=True)
    ]
    return table.assign(reason=pd.Series(reasons, table.index, dtype=object))


def _separation_reason(row: Mapping[Hashable, Any]) -> Reason:
    """Returns the reason why a coefficient has no finite estimate: its category has no case, or only
    cases."""
    if row["cases"] == 0:
        why = Reason.of("model.no_case", category=row["category"])
    elif pd.notna(row["cases"]) and row["cases"] == row["n"]:
        why = Reason.of("model.only_cases", category=row["category"])
    else:
        why = Reason.of("model.certain")
    return Reason.of("model.separation", why=why)


def separated_rows(table: pd.DataFrame) -> NDArray[np.bool_]:
    """Returns, for each row of `Logit.table`, whether its coefficient has no finite maximum likelihood
    estimate (separation). The model then predicts some persons with certainty, for example because a category
    has no case."""
    return np.array(
        [isinstance(r, Reason) and r.code == "model.separation" for r in table["reason"]], dtype=bool
    )


def _with_profile_limits(
    table: pd.DataFrame, solver: _Solver, best: Fit, df: int, level: float
) -> pd.DataFrame:
    """Returns the table of coefficients, and changes the rows of coefficients without a finite maximum
    likelihood estimate (separation). Their limits come from the profile likelihood, and their standard errors
    are removed."""
    p, kept = solver.p, solver.kept
    which: NDArray[np.intp] = np.flatnonzero(solver.endless)
    n, size = p.count(p.sums.table["n"].to_numpy() > 0), p.w.sum()
    kish = n * p.by_pattern("ww").sum() / size**2
    drop = float(t_quantile(level, df)) ** 2 * kish
    inner = Fit(best.beta[kept], best.mu, best.inverse[np.ix_(kept, kept)], best.likelihood)
    table.loc[table.index[which], ["ci_low", "ci_high", "se", "t", "p_value"]] = np.nan
    for j in which if df > 0 else ():
        among = int(kept[:j].sum())
        limits = profile_likelihood_limits(
            PatternSums(solver.x[:, kept], p.y * n / size, p.w * n / size), inner, among, drop
        )
        table.loc[table.index[j], ["ci_low", "ci_high"]] = np.array(limits) / solver.scale[j]
    return table


def _sensitive_note(design: Design, names: Sequence[str]) -> tuple[str, ...]:
    found = [n for n in names if is_sensitive(design, n)]
    return (f"By {', '.join(found)}: association, not a profile.",) if found else ()


def _notes(table: pd.DataFrame, p: Patterns, df: int) -> tuple[str, ...]:
    notes = []
    status = p.sums.table["status"].to_numpy()
    if p.count(status == -1):
        notes.append("Persons whose status is unresolved are counted as no cases, as in the headline.")
    events, terms = p.count(status == 1), len(table) - 1
    if terms and events < FEW * terms:
        notes.append(
            f"{events / terms:.1f} cases a coefficient: fewer than {FEW}, so read Firth's estimates, "
            "and "
            "with care."
        )
    if (why := separated_rows(table)).any():
        named = "; ".join(
            f"{r['term']}: {dict(r['reason'].values)['why']}" for r in table[why].to_dict("records")
        )
        notes.append(f"Separation ({named}): maximum likelihood has no estimate there.")
    if df < 1:
        notes.append("The design has fewer degrees of freedom than the model coefficients: no intervals.")
    return tuple(notes)
