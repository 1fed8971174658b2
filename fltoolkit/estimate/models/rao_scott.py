"""Computes Rao and Scott's tests of association between forced labour and a group, equal to `svychisq` of R's
survey package (docs/methods.md §7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.classify.classified_survey import ClassifiedSurvey, refuse_unclassified
from fltoolkit.classify.outcomes_and_domains import Where, named_outcome, within
from fltoolkit.errors import RequestError
from fltoolkit.estimate.measures.prevalence_and_totals import CLASSIFIED, is_truth, truth_of
from fltoolkit.estimate.totals.cluster_totals import Outcome
from fltoolkit.estimate.totals.one_pass import Estimand, EstimandSums, case_only, sum_persons
from fltoolkit.estimate.totals.reference_population import population_of
from fltoolkit.estimate.totals.result_cells import BREAKDOWN
from fltoolkit.estimate.variance import Array, Matrix, as_dense
from fltoolkit.survey.design.survey_design import Design
from fltoolkit.table_records import HoldsTable


@dataclass(frozen=True)
class DesignTest:
    """The result of a statistical test.

    Attributes:
        what: what is tested and by which method, in words.
        statistic: the test statistic.
        ndf, ddf: the degrees of freedom of the numerator and of the denominator; `ddf` is infinite for
            chi-squared.
        p_value: the p-value.
    """

    what: str
    statistic: float
    ndf: float
    ddf: float
    p_value: float


@dataclass(frozen=True, repr=False)
class RaoScott(HoldsTable):
    """The result of Rao and Scott's test of association: Pearson's X² under the design, with two corrections.

    Attributes:
        F: the second-order correction (Satterthwaite): X²/tr(Δ) is compared with the F distribution. Use this
            test.
        chisq: the first-order correction: X² divided by the mean design effect is compared with the
            chi-squared distribution.
        table: weighted shares of all persons, rows × columns. It is not for publication, because unweighted
            counts may be small.
    """

    F: DesignTest
    chisq: DesignTest
    table: pd.DataFrame


@checked
def rao_scott(
    design: Design,
    rows: str,
    columns: str | None = None,
    *,
    population: str | None = None,
    where: Where = None,
) -> RaoScott:
    """Test whether two groups, or a group and a true/false outcome, are associated under the sample design.

    X² = n Σ (p − p₀)²/p₀ for the weighted shares p; p₀ is the product of their margins. Δ = (C'D⁻¹C/n)⁻¹
    C'D⁻¹VD⁻¹C, with D the diagonal matrix of the shares, V their covariance under the design and C the
    contrasts of interaction (Rao and Scott 1984). F = X²/tr Δ has ndf = (tr Δ)²/tr Δ² and ddf = ndf × the
    design's degrees of freedom.

    Persons whose answers do not decide whether they are cases (*unresolved*) do not count as cases. `not
    stated` is a category like others.

    Args:
        design: a classified survey, or any design.
        rows: a group.
        columns: a true/false outcome, or another group; None: `forced_labour`, as in `prevalence`.
        population: a population of survey.yaml.
        where: the persons included, as in `prevalence`.

    Raises:
        RequestError: there is no such column or population; only cases have the group; there are fewer than
            two categories; all persons have the outcome, or nobody has it.
    """
    refuse_unclassified(design)
    columns = named_outcome(design, columns, "rao_scott")
    design = within(design, where)
    if rows == columns:
        raise RequestError(
            "a group cannot be tested against itself", where="rao_scott", found=rows, do="name two columns"
        )
    if only := case_only(design) & {rows, columns}:
        raise RequestError(
            f"no test with {min(only)}: only cases have one",
            where="rao_scott",
            do="name a group that everybody has",
        )
    truth = (
        columns in {*CLASSIFIED, *design.outcomes}
        if isinstance(design, ClassifiedSurvey)
        else is_truth(design, columns)
    )
    keys = (rows,) if truth else (rows, columns)
    outcome = truth_of(design, columns) if truth else Outcome("everyone")
    estimand = Estimand(outcome, "prevalence", (keys, *((k,) for k in keys), ()))
    sums = sum_persons(design, estimand, population_of(design, population, keys, columns))
    weights = sums.by_unit("w", sums.denominators)
    names, by_unit, totals = _two_way(sums, weights, keys)
    had = [
        name
        for name, total in zip(names[1], totals.reshape(len(names[0]), -1).sum(axis=0), strict=True)
        if total
    ]
    if min(len(names[0]), len(had)) < 2:
        raise RequestError(
            "there is nothing to compare",
            where="rao_scott",
            found=(names[0], had),
            do="name groups with two categories or more, and an outcome that some persons have and others do not",
        )
    whole = sums.cells.keys.index[sums.cells.keys[BREAKDOWN] == len(keys) + 1]
    size, n = float(totals.sum()), float(sums.denominators.sums(sums.table["n"].to_numpy(float))[whole[0]])
    df = float(sums.degrees_of_freedom(weights)[whole[0]])
    p = totals / size
    z = sums.units.influence(by_unit, as_dense(weights[:, whole]), p)
    grid = p.reshape(len(names[0]), -1)
    first, second = _both_tests(grid, sums.units.covariance(z), n, df, f"{rows} and {columns}")
    table = pd.DataFrame(grid, index=pd.Index(names[0], name=rows), columns=pd.Index(names[1], name=columns))
    return RaoScott(first, second, table)


def _two_way(
    sums: EstimandSums, weights: Matrix, keys: tuple[str, ...]
) -> tuple[tuple[list[str], list[str]], Array, Array]:
    """Returns three things about a two-way table. The first is the categories of its rows and of its columns.
    The second is the weighted persons by sampled unit and cell (units × cells). The third is the weighted
    persons by cell.

    Args:
        sums: the sums from one pass over the persons.
        weights: the weighted persons in the denominators, by sampled unit (units × denominators).
        keys: one group, for a table of this group by the outcome; or two groups.
    """
    at = sums.cells.keys[BREAKDOWN].to_numpy()
    names = [sums.cells.keys.loc[at == i, k].tolist() for i, k in enumerate(keys, 1)]
    cells = np.flatnonzero(at == 0)
    wy, w = as_dense(sums.cases[:, cells]), as_dense(weights[:, sums.parent[cells]])
    y, x = sums.y[cells], sums.cells.sums(sums.table["w"].to_numpy())[cells]
    if len(keys) == 1:
        pairs = np.stack([w - wy, wy], axis=2).reshape(len(w), -1)
        return (names[0], ["no", "yes"]), pairs, np.stack([x - y, y], axis=1).ravel()
    found = sums.cells.keys.iloc[cells]
    place = [
        names[0].index(a) * len(names[1]) + names[1].index(b)
        for a, b in zip(found[keys[0]], found[keys[1]], strict=True)
    ]
    by_unit, totals = (
        np.zeros((len(w), len(names[0]) * len(names[1]))),
        np.zeros(len(names[0]) * len(names[1])),
    )
    by_unit[:, place], totals[place] = w, x
    return (names[0], names[1]), by_unit, totals


def _both_tests(
    grid: Array, covariance: Array, n: float, df: float, what: str
) -> tuple[DesignTest, DesignTest]:
    """Returns the two tests of Rao and Scott for a two-way table. The first test has the second-order
    correction (F), the second test the first-order correction (chi-squared).

    Args:
        grid: the weighted shares of the cells (rows × columns).
        covariance: the covariance matrix of the shares. Its order is that of the cells, one row of the table
            after the other.
        n: the persons, unweighted.
        df: the degrees of freedom of the sample design.
        what: the two variables, in words, for the name of the tests.
    """
    from scipy.special import chdtrc, fdtrc

    p = grid.ravel()
    expected = np.outer(grid.sum(axis=1), grid.sum(axis=0))
    pearson = n * float(((grid - expected) ** 2 / expected).sum())
    inverse = np.divide(1.0, p, out=np.zeros_like(p), where=p > 0)
    rows, columns = (np.eye(k)[:, 1:] - 1 / k for k in grid.shape)
    contrasts = np.kron(rows, columns)
    scaled = inverse[:, None] * contrasts
    delta = np.linalg.solve(contrasts.T @ scaled / n, scaled.T @ covariance @ scaled)
    trace = float(np.trace(delta))
    ndf = trace**2 / float(np.trace(delta @ delta))
    statistic, free = pearson / trace, len(delta)
    return (
        DesignTest(
            f"{what}: Rao-Scott F, second order",
            statistic,
            ndf,
            ndf * df,
            float(fdtrc(ndf, ndf * df, statistic)),
        ),
        DesignTest(
            f"{what}: Rao-Scott chi-squared, first order",
            pearson,
            free,
            np.inf,
            float(chdtrc(free, pearson * free / trace)),
        ),
    )
