"""Computes the average marginal effects of a logistic regression, and finds the names of its coefficients."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.estimate.measures.intervals import t_quantile
from fltoolkit.estimate.models.covariate_patterns import Patterns
from fltoolkit.estimate.models.likelihood_fit import Fit, predict
from fltoolkit.estimate.variance import Array
from fltoolkit.survey.spec.groups_and_tables import crossed

LEVEL = re.compile(r"\[(?:[TS]\.)?(.*?)\](?=:|$)")  # patsy's name of a category in that of a coefficient
STEP = 1e-4  # for the derivative by a number; exact for a term that is linear in the number


@dataclass(frozen=True)
class FittedModel:
    """A fitted model in the form that marginal effects need. Its coefficients are per unit of the covariates,
    not scaled.

    Attributes:
        patterns: the data: the weighted cases and persons of each pattern (all persons with the same
            covariate values).
        fit: the coefficients.
        covariance: the covariance matrix of the coefficients under the design.
        ways: the directions in which the likelihood rises without end
            (`likelihood_fit.directions_of_separation`).
    """

    patterns: Patterns
    fit: Fit
    covariance: Array
    ways: Array


def coefficient_names(p: Patterns) -> pd.DataFrame:
    """Returns a table that describes each coefficient of a model: `term`, `category`, and the unweighted
    persons (`n`) and `cases` of the category. `n` and `cases` are missing for an interaction. The index is
    patsy's name of the coefficient, such as `C(sex)[T.women]`."""
    rows = []
    for term, place in p.info.term_slices.items():
        for name in p.info.column_names[place]:
            one = len(term.factors) == 1
            levels = LEVEL.findall(name.removeprefix(term.name()) if one else name)
            n, cases = (
                _persons_and_cases(p, term.factors[0].columns[0], levels[0])
                if one and levels
                else (pd.NA, pd.NA)
            )
            rows.append(
                {"name": name, "term": term.name(), "category": crossed(levels), "n": n, "cases": cases}
            )
    return pd.DataFrame(rows).set_index("name").astype({"n": "Int64", "cases": "Int64"})


def _persons_and_cases(p: Patterns, name: str, level: str) -> tuple[int, int]:
    here = np.isin(p.code, np.flatnonzero((p.frame[name].astype(str) == level).to_numpy()))
    return p.count(here), p.count(here & (p.sums.table["status"] == 1).to_numpy())


def marginal_effects(model: FittedModel, endless: NDArray[np.bool_], df: int, level: float) -> pd.DataFrame:
    """Returns average marginal effects: the change in the whole population's predicted probability if one
    covariate changes and all others stay the same.

    For a category it is Σw(μ[category] − μ[reference])/Σw: the mean prediction if everybody were in the
    category, minus the mean prediction if everybody were in the reference. For a number it is the mean
    derivative. Standard errors come from the delta method; the persons' covariates and weights are taken as
    fixed.

    Args:
        model: the fitted model.
        endless: for each coefficient, whether it has no finite estimate (separation).
        df: the degrees of freedom.
        level: the confidence level.

    Returns:
        One row per category or number: `covariate`, `category`, `reference`, `effect` (a difference of
        proportions), `se`, `ci_low`, `ci_high`. If a category has no finite coefficient (separation), the
        effect has no standard error (Firth) or is blank (maximum likelihood).
    """
    p, ways, quantile = model.patterns, model.ways, float(t_quantile(level, df))
    w = p.w / p.w.sum()
    rows = []
    for name in map(str, p.frame):
        for category, reference, x1, x0, step in _contrasts(p, name):
            mu1, mu0 = (predict(x, model.fit.beta, ways) for x in (x1, x0))
            effect = float(w @ (mu1 - mu0)) / step
            gradient = ((w * mu1 * (1 - mu1)) @ x1 - (w * mu0 * (1 - mu0)) @ x0) / step
            se = float(np.sqrt(gradient @ model.covariance @ gradient))
            if (x1 - x0)[:, endless].any():
                effect, se = np.nan if len(ways) else effect, np.nan
            rows.append(
                {
                    "covariate": name,
                    "category": category,
                    "reference": reference,
                    "effect": effect,
                    "se": se,
                    "ci_low": effect - quantile * se,
                    "ci_high": effect + quantile * se,
                }
            )
    return pd.DataFrame(rows)


def _contrasts(p: Patterns, name: str) -> list[tuple[str, str, Array, Array, float]]:
    """Returns the comparisons from which the effects of one covariate (`name`) are computed. Each comparison
    has the category, the reference, the model matrix if everybody were in the category, the model matrix if
    everybody were in the reference, and a divisor. For a numeric covariate, the two matrices have slightly
    larger and slightly smaller values, and the divisor is the distance between these values."""
    column = p.frame[name]
    if not isinstance(column.dtype, pd.CategoricalDtype):
        up, down = (p.matrix(p.frame.assign(**{name: column + side * STEP})) for side in (1, -1))
        return [("", "", up, down, 2 * STEP)]
    reference = reference_of(p, name)
    base = p.matrix(_with_everybody_in(p.frame, name, reference))
    return [
        (str(level), str(reference), p.matrix(_with_everybody_in(p.frame, name, level)), base, 1.0)
        for level in column.cat.categories
        if level != reference
    ]


def _with_everybody_in(frame: pd.DataFrame, name: str, level: object) -> pd.DataFrame:
    categories = frame[name].cat.categories
    return frame.assign(**{name: pd.Categorical([level] * len(frame), categories=categories)})


def reference_of(p: Patterns, name: str) -> object:
    """Returns the reference category of a covariate: the category with which the others are compared. If the
    formula names no reference, it is the first category."""
    for factor, facts in p.info.factor_infos.items():
        if facts.type == "categorical" and name in factor.columns:
            for codings in p.info.term_codings.values():
                for coding in codings:
                    if factor in coding.contrast_matrices:
                        zero = ~coding.contrast_matrices[factor].matrix.any(axis=1)
                        if zero.any():
                            return facts.categories[int(np.argmax(zero))]
    return p.frame[name].cat.categories[0]
