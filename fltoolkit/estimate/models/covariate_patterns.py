"""Prepares the data of a model. The persons are grouped by their covariates: a pattern is all persons with
the same covariate values, such as women in the north. Each pattern has one row of sums."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.errors import RequestError
from fltoolkit.estimate.measures.prevalence_and_totals import truth_of
from fltoolkit.estimate.models.model_formula import ModelFormula, unusable_formula
from fltoolkit.estimate.totals.one_pass import Estimand, EstimandSums, case_only, sum_persons
from fltoolkit.estimate.totals.reference_population import population_of
from fltoolkit.estimate.totals.result_cells import BREAKDOWN, make_cells
from fltoolkit.estimate.variance import Array, Codes, sums_by_code
from fltoolkit.survey.design.survey_design import Design
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED, is_of_origin

MOST_PATTERNS = 20_000
MOST_COEFFICIENTS = 500


class TooManyPatterns(RequestError):
    """The covariates of a model have more combinations of values, or its terms more coefficients, than a
    model may have."""


@dataclass(frozen=True)
class Patterns:
    """The data to which a model is fitted: for each pattern, sums over its persons (such as the weighted
    cases). A pattern is all persons with the same covariate values, such as women in the north. The data are
    confidential, because most patterns have only a few persons.

    Attributes:
        sums: the sums from one pass over the persons. The cells of its first breakdown are the patterns. Each
            other breakdown has the categories of one covariate.
        code: the pattern to which each row of the table of sums belongs, as a position; -1 for rows outside
            the model.
        frame: the covariates, one row per pattern and one column per covariate: categories in their order, or
            numbers.
        x: the model matrix (patterns × coefficients).
        info: patsy's description of the model matrix.
        y: the weighted cases of each pattern.
        w: the weighted persons of each pattern.
        cases: for each pattern, whether it has a case.
        others: for each pattern, whether it has a person who is not a case.
        formula: the formula of the model.
        population: the name of the reference population.
    """

    sums: EstimandSums
    code: Codes
    frame: pd.DataFrame
    x: Array
    info: Any
    y: Array
    w: Array
    cases: NDArray[np.bool_]
    others: NDArray[np.bool_]
    formula: ModelFormula
    population: str

    @property
    def used(self) -> NDArray[np.bool_]:
        """Returns, for each row of the table of sums (`sums.table`), whether its persons are in the model."""
        return self.code >= 0

    def count(self, rows: NDArray[np.bool_]) -> int:
        """Returns the number of persons in the model, unweighted. Only rows of the table of sums
        (`sums.table`) for which `rows` is True are counted."""
        return int(self.sums.table["n"].to_numpy()[self.used & rows].sum())

    def by_pattern(self, column: str) -> Array:
        """Returns the sum of one column of the table of sums (`sums.table`) for each pattern (combination of
        covariate values)."""
        values = self.sums.table[column].to_numpy(float)[self.used]
        return np.asarray(
            np.bincount(self.code[self.used], weights=values, minlength=len(self.frame)), dtype=float
        )

    def scores(self, mu: Array) -> Array:
        """Returns the scores of the fitted model by sampled unit, Σ(wy − μ·w)·x (units × coefficients). The
        variance of the coefficients is computed from them.

        `mu` is the fitted probability of each pattern. If the weights are calibrated, the matrix has further
        rows below those of the units (see `EstimandSums.with_calibration_sums`).
        """
        table, used = self.sums.table, self.used
        at = self.code[used]

        def score(y: Array, persons: Array) -> Array:
            out = np.zeros((len(table), self.x.shape[1]))
            out[used] = (y - mu[at] * persons)[:, None] * self.x[at]
            return out

        persons, cases = (
            table[c].to_numpy(float)[used] if c in table else np.zeros(used.sum()) for c in ("n", "uy")
        )
        weighted = score(table["wy"].to_numpy()[used], table["w"].to_numpy()[used])
        return np.vstack(self.sums.with_calibration_sums(sums_by_code, weighted, score(cases, persons)))

    def degrees_of_freedom(self) -> int:
        """Returns the degrees of freedom of the sample design, counted over the persons in the model (R
        `degf`)."""
        rows = self.used & (self.sums.table["n"].to_numpy() > 0)
        everyone = make_cells(self.sums.table, [], ((),), [rows], {})
        whole = replace(self.sums, cells=everyone, denominators=everyone, parent=np.zeros(1, dtype=np.intp))
        at = np.flatnonzero(rows)
        return int(whole.degrees_of_freedom(whole.by_unit("w", everyone, at), at)[0])

    def matrix(self, frame: pd.DataFrame) -> Array:
        """Returns the model matrix of another table of covariates (`frame`). The categories become columns in
        the same way as in this model.

        Raises:
            RequestError: the table has a category that the model does not have.
        """
        from patsy import PatsyError, build_design_matrices

        try:
            return np.asarray(build_design_matrices([self.info], frame)[0])
        except PatsyError:  # its words may quote the data
            problem = "a column is a number and, in C(), a category too: it cannot change in small steps"
            raise unusable_formula(problem, self.formula.text) from None

    def merged(self, categories: Mapping[str, Sequence[str]]) -> Patterns:
        """Returns the same data, but the given categories of each covariate are one category, with the name
        of the first."""
        frame = self.frame.assign(
            **{name: _merged(self.frame[name], parts) for name, parts in categories.items()}
        )
        x, info = _matrix(frame, self.formula)
        return replace(self, frame=frame, x=x, info=info)


def _merged(column: pd.Series, categories: Sequence[str]) -> pd.Categorical:
    first, *others = categories
    kept = [c for c in column.cat.categories if c not in others]
    return pd.Categorical([first if c in others else c for c in column], categories=kept)


def read_patterns(design: Design, formula: ModelFormula, population: str | None) -> Patterns:
    """Reads the persons once, groups them by the covariates of a formula, and builds the model matrix.

    Args:
        design: a classified survey, or any design.
        formula: the formula of the model (`model_formula.read_formula`).
        population: a population of survey.yaml; None: the default.

    Raises:
        RequestError: a column does not exist, or is a group that only cases have; a factor has no finite
            value; nobody has an outcome; the formula has no term.
        TooManyPatterns: there are too many patterns (combinations of covariate values) or coefficients.
    """
    outcome, names = formula.outcome, list(formula.columns)
    for name in names:
        design.text(name)
    if only := case_only(design) & set(names):
        raise RequestError(
            f"no model with {min(only)}: only cases have one, so there is nobody to compare with",
            where="formula",
            found=formula.text,
            do="leave it out, or take a group that everybody has",
        )
    chosen = population_of(design, population, names, outcome)
    wanted = (tuple(names), *((n,) for n in names))
    sums = sum_persons(
        design, Estimand(truth_of(design, outcome), "prevalence", wanted, for_model=True), chosen
    )
    first = (sums.cells.keys[BREAKDOWN] == 0).to_numpy()
    if not (many := int(first.sum())):
        raise RequestError(
            "a model needs cases and others: nobody has an answer to the outcome",
            where="formula",
            found=outcome,
            do="name an outcome that persons of the population have, or another population",
        )
    if many > MOST_PATTERNS:
        raise TooManyPatterns(
            f"the covariates make {many:,} patterns",
            where="formula",
            found=formula.text,
            allowed=f"up to {MOST_PATTERNS:,}",
            do="take bands of what has many values (ages, hours, incomes), or fewer covariates",
        )
    numeric = {n for n in names if design.column(n)[1].is_numeric()}
    as_numbers = {n for factor in formula.factors if not factor.categorical for n in factor.columns} & numeric
    columns = {
        n: _column(sums.cells.keys[n], first, sums.cells.keys[BREAKDOWN] == i, n in numeric, n in as_numbers)
        for i, n in enumerate(names, 1)
    }
    frame = pd.DataFrame(columns, index=range(many))
    stated = frame[sorted(as_numbers)].notna().all(axis=1).to_numpy()
    code = sums.cells.codes[0]
    code = np.where(
        (code >= 0) & np.isin(code, np.flatnonzero(stated)), (np.cumsum(stated) - 1)[code], -1
    ).astype(np.intp)
    frame = frame[stated].reset_index(drop=True)
    x, info = _matrix(frame, formula)
    made = Patterns(
        sums, code, frame, x, info, np.zeros(0), np.zeros(0), stated, stated, formula, chosen.name
    )
    case = (sums.table["status"] == 1).to_numpy()
    cases, others = (_patterns_with_persons(made, rows) for rows in (case, ~case))
    return replace(made, y=made.by_pattern("wy"), w=made.by_pattern("w"), cases=cases, others=others)


def refuse_sensitive(design: Design, names: Sequence[str]) -> None:
    """Raises an error if a covariate shows nationality, origin, ethnicity or religion (docs/methods.md §7).
    `names` are the covariates.

    Raises:
        RequestError: the message names these covariates.
    """
    if found := [n for n in names if is_sensitive(design, n)]:
        raise RequestError(
            f"odds ratios by {', '.join(found)} are easily misread as a profile of offenders or victims",
            where="formula",
            do=(
                "leave it out; if the question needs it say sensitive=True, and the result is named an "
                "association, not a profile"
            ),
        )


def is_sensitive(design: Design, name: str) -> bool:
    """Returns whether a group shows nationality, origin, ethnicity or religion. A standard classification in
    survey.yaml decides. If the group has none, the words in its name and label decide."""
    return is_of_origin(name, design.spec.groups.get(name) if isinstance(design, ClassifiedSurvey) else None)


def _matrix(frame: pd.DataFrame, formula: ModelFormula) -> tuple[Array, Any]:
    from patsy import ModelDesc, PatsyError, Term, dmatrix

    if not formula.terms:
        raise unusable_formula("no term is left, not even an intercept", formula.text)
    if (many := _most_coefficients(frame, formula)) > MOST_COEFFICIENTS:
        raise TooManyPatterns(
            f"the terms make up to {many:,} coefficients",
            where="formula",
            found=formula.text,
            allowed=f"up to {MOST_COEFFICIENTS}",
            do="merge categories, or join fewer groups by : and *",
        )
    described = ModelDesc([], [Term(term) for term in formula.terms])
    try:
        made = dmatrix(described, frame, return_type="matrix", NA_action="raise")
    except PatsyError as error:
        raise unusable_formula(str(error).splitlines()[0], formula.text) from None
    if not np.isfinite(x := np.asarray(made, dtype=float)).all():
        raise unusable_formula(
            "a factor has no finite value for some persons, such as the logarithm of 0", formula.text
        )
    return x, made.design_info


def _most_coefficients(frame: pd.DataFrame, formula: ModelFormula) -> int:
    """Returns the number of columns that the model matrix has at most: the sum, over the terms, of the product
    of the numbers of categories. It is computed before patsy builds them, because they may not fit in
    memory."""
    categories = {}
    for factor in formula.factors:
        column = frame[factor.columns[0]]
        if isinstance(column.dtype, pd.CategoricalDtype):
            categories[factor] = len(column.cat.categories)
        elif factor.categorical:
            categories[factor] = column.nunique()
    return sum(math.prod(categories.get(factor, 1) for factor in term) for term in formula.terms)


def _column(
    keys: pd.Series, patterns: NDArray[np.bool_], alone: pd.Series, numeric: bool, as_number: bool
) -> Any:
    """Returns the values of one covariate, one per pattern (combination of covariate values). They are
    numbers, or categories in the order in which a table shows them.

    Args:
        keys: the value of the covariate in each cell of the sums, as text.
        patterns: for each cell, whether it is a pattern.
        alone: for each cell, whether it belongs to the breakdown by only this covariate.
        numeric: whether the column of the data has numbers.
        as_number: whether the model uses the covariate as a number, and not as categories.
    """
    values, levels = keys[patterns].tolist(), keys[alone].tolist()
    if as_number:
        return pd.to_numeric(pd.Series(values).where(lambda v: v != NOT_STATED)).to_numpy(float)
    if numeric:
        values, levels = ([_category_value(v) for v in part] for part in (values, levels))
    return pd.Categorical(values, categories=levels)


def _category_value(text: str) -> int | float | str:
    """Returns a category in the form in which a formula names it: `"2"` becomes the number 2, so that
    `Treatment(2)` finds it. `not stated` stays a text."""
    return text if text == NOT_STATED else int(text) if re.fullmatch(r"-?[0-9]+", text) else float(text)


def _patterns_with_persons(patterns: Patterns, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    at = patterns.code[patterns.used & rows & (patterns.sums.table["n"].to_numpy() > 0)]
    return np.bincount(at, minlength=len(patterns.frame)) > 0
