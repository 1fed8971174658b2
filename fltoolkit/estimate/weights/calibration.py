"""Calibrates weights, so that they add up to known numbers of persons in the population: post-stratification,
raking, or linear GREG on categorical margins (docs/methods.md §2).

Persons with the same categories in all margins are one pattern. They get the same factor g. So g is computed
on a small table with one row per pattern.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.arguments import checked
from fltoolkit.classify.classified_survey import ClassifiedSurvey, refuse_unclassified
from fltoolkit.classify.group_columns import POPULATION
from fltoolkit.errors import DataError, DesignError, RequestError
from fltoolkit.estimate.weights.calibration_residuals import dummies, solve
from fltoolkit.survey.checks.findings import Finding, findings
from fltoolkit.survey.checks.survey_checks import CALIBRATION, with_acceptance
from fltoolkit.survey.design.calibrated_weights import BEFORE, PERSONS, Calibration, G
from fltoolkit.survey.design.calibration_margins import BAD, pattern_totals, with_calibration
from fltoolkit.survey.design.survey_design import Design, Survey, weight_of
from fltoolkit.survey.engine.columns import WEIGHT
from fltoolkit.survey.printed_values import Mask, rounded_sum
from fltoolkit.survey.spec.benchmarks import Margin, Method, read_benchmarks
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED, crossed

D = TypeVar("D", bound=Design)
Array = NDArray[np.float64]
MOST_ROUNDS, ENOUGH, CLOSE = 1000, 1e-13, 1e-10
_KNOWN: WeakKeyDictionary[Survey, Calibration] = WeakKeyDictionary()


@checked
def poststratify(design: D, benchmarks: Any, *, population: str | None = None) -> D:
    """Calibrate the weights so that they add up to the known population in each category of one margin, such
    as region (R `postStratify`).

    Args:
        design: any design, or a classified survey. It is not changed.
        benchmarks: the known numbers: the path of a CSV or a pandas DataFrame with the columns `margin`,
            `category`, `population`, or a mapping such as {("sex",): {"men": 1000, "women": 1100}}; see
            `benchmarks.read_benchmarks`. Several crossed columns are one margin.
        population: for a survey, the population whose weights are calibrated; by default the first
            population. Persons outside this population keep their weights.

    Returns:
        A design of the same kind. Its estimates use the calibrated weights, with the variance of the
        residuals. With replicate weights, each replicate is calibrated. `g_weights` shows how the weights
        changed.

    Raises:
        DataError: the benchmarks cannot be used (see `read_benchmarks`), or they do not fit the sample: a
            category is missing in one of the two, or some persons have no category.
        DesignError: the design is calibrated already; there is more than one margin.
    """
    return _calibrated(design, "poststratify", benchmarks, population)


@checked
def rake(design: D, benchmarks: Any, *, population: str | None = None) -> D:
    """Calibrate the weights so that they add up to the known population in every category of several margins,
    such as region and sex. The method is iterative proportional fitting (R `rake`).

    Arguments and result are as in `poststratify`.

    Raises:
        DataError: as in `poststratify`.
        DesignError: the design is calibrated already; the fitting does not converge.
    """
    return _calibrated(design, "rake", benchmarks, population)


@checked
def calibrate(design: D, benchmarks: Any, *, population: str | None = None) -> D:
    """Calibrate the weights so that they add up to the known population in every category of several margins,
    such as region and sex. The method is linear GREG (R `calibrate(calfun="linear")`).

    Arguments and result are as in `poststratify`.

    Raises:
        DataError: as in `poststratify`.
        DesignError: the design is calibrated already; a weight would become zero or negative; the margins
            contradict each other.
    """
    return _calibrated(design, "greg", benchmarks, population)


@checked
def g_weights(design: Design) -> pd.DataFrame:
    """Returns a table of the changes that calibration made to the weights. It has one row per benchmark (a
    known number of persons in a category), and no rows if the weights are not calibrated.

    The columns are `margin`, `category`, `persons`, `population` (the known number), `sample_estimate`
    (before calibration), `ratio`, and the factors by which the weights were multiplied: `g_min`, `g_median`,
    `g_max` (see `Calibration.report`).
    """
    found = calibrated(design).calibration
    return found.report() if found else pd.DataFrame()


@checked
def check_weights(persons: ClassifiedSurvey) -> pd.DataFrame:
    """Returns a finding for calibrated weights that were multiplied by a factor below 0.3 or above 3, as a
    table with the columns of `fl.check`. The table is empty if all factors are between these limits. Factors
    of normalised weights are divided by the mean factor. `accept` of survey.yaml may name the finding
    (`weights`, `calibration`)."""
    found = calibrated(persons).calibration
    if found is None or not found.warning:
        return findings([], None)
    do = "see fl.g_weights(persons); merge categories that few persons answered for, or check the benchmarks"
    outside = Finding("warning", "weights", CALIBRATION, found.warning, found.outside, do, acceptable=True)
    return findings(
        with_acceptance([outside], persons.spec.accept), persons.spec.confidentiality.smallest_printed_count
    )


def calibrated(design: D) -> D:
    """Returns the design with calibrated weights if survey.yaml asks for them under `calibration`. Otherwise
    the design is returned unchanged.

    The calibration needs one more pass over the persons, only once for each survey.
    """
    if not isinstance(design, ClassifiedSurvey) or design.spec.calibration is None or design.calibration:
        return design
    source = design.unclassified  # all rule sets of one survey share its groups, and so its calibration
    if source not in _KNOWN:
        spec, where = design.spec.calibration, f"{design.path}: calibration"
        _KNOWN[source] = _calibration(design, spec.method, spec.targets, spec.population, where)
    return with_calibration(design, _KNOWN[source])


def _calibrated(design: D, method: Method, benchmarks: Any, population: str | None) -> D:
    of_spec = isinstance(design, Survey) and design.spec.calibration is not None
    if design.calibration or of_spec:
        raise DesignError(
            "the weights are calibrated already",
            found=design.calibration.text if design.calibration else "calibration of survey.yaml",
            do="name all margins in one call of fl.rake or fl.calibrate",
        )
    where = (
        str(benchmarks) if isinstance(benchmarks, str) or hasattr(benchmarks, "__fspath__") else "benchmarks"
    )
    return with_calibration(
        design, _calibration(design, method, read_benchmarks(benchmarks, where), population, where)
    )


def _calibration(
    design: Design, method: Method, margins: tuple[Margin, ...], population: str | None, where: str
) -> Calibration:
    """Computes the factors g by which a calibration multiplies the weights. The persons are read once, and
    their weights are summed by pattern (persons with the same categories in all margins).

    Args:
        design: the design.
        method: `poststratify`, `rake` or `greg`.
        margins: the margins, with their known numbers.
        population: the population whose weights are calibrated; None: the default.
        where: where the known numbers come from, such as a file, for messages.
    """
    if method == "poststratify" and len(margins) > 1:
        raise DesignError(
            "post-stratification takes exactly one margin",
            where=where,
            found=[m.name for m in margins],
            do=(
                f"cross the columns in one margin ({crossed(margins[0].columns + margins[1].columns)}), "
                "or rake"
            ),
        )
    weights, chosen = _weights_to_calibrate(design, population)
    domain = POPULATION + chosen if chosen else None
    keys = tuple(dict.fromkeys(c for m in margins for c in m.columns))
    table = pattern_totals(design, keys, weights[0], domain)
    if bad := int(table[BAD].sum()):
        raise DesignError(
            f"{bad} weight(s) are negative, missing or infinite",
            where="weight",
            allowed="numbers ≥ 0",
            do="correct them in the data",
        )
    # The groups of a survey have the labels of survey.yaml. These are not values of the data, so a message
    # may print them.
    category = _categories(table, margins, where, None if isinstance(design, Survey) else design.mask)
    for r in range(design.replicates):
        table[f"{G}{r}"] = _pattern_factors(
            method, table[f"{BEFORE}{r}"].to_numpy(float), category, margins, f"{where}, replicate {r + 1}"
        )
    table[G] = _pattern_factors(method, table[BEFORE].to_numpy(float), category, margins, where)
    made = Calibration(method, margins, keys, table, category, weights, domain, chosen)
    if design.grosses_up and not made.are_numbers_of_persons():
        known, persons = sum(margins[0].totals.values()), int(table[PERSONS].sum())
        raise DesignError(
            "the known numbers add up to fewer persons than the sample has",
            where=where,
            found=f"about {rounded_sum(known):,} in margin {margins[0].name}, and about {persons:,} persons",
            do=(
                "multiply numbers in thousands by 1,000; for shares of a population say weights: normalised, "
                "and ask for no numbers of persons"
            ),
        )
    return made


def _weights_to_calibrate(design: Design, population: str | None) -> tuple[tuple[str, ...], str]:
    """Returns the names of the weight columns that a calibration changes, and the name of the calibrated
    population (empty: everybody). The first column is that of this population. If another population has the
    same weights for the same persons, its column is also in the list."""
    refuse_unclassified(design)
    if not isinstance(design, ClassifiedSurvey):
        if population is not None:
            raise RequestError(
                "only a survey read through survey.yaml has populations",
                where="population",
                found=population,
                do="leave population out: everybody is calibrated",
            )
        return (WEIGHT,), ""
    spec, chosen = design.spec, design.spec.default_population if population is None else population
    if chosen not in spec.populations:
        raise RequestError(
            "no such population",
            found=chosen,
            allowed=list(spec.populations),
            do=f"name one of these, or add it under populations: of {design.path}",
        )

    def columns(name: str) -> dict[str, str]:
        """Returns the weight columns of a population. The keys are `adults` and `children`; or "" if the
        survey has no module on children."""
        parts = spec.populations[name].sum_of or (name,)
        return {
            spec.definition_of(p) if spec.children else "": spec.populations[p].weight or spec.design.weight
            for p in parts
        }

    own = columns(chosen)
    alike = [
        p
        for p in spec.populations
        if p != chosen and columns(p).items() & own.items() and _same_columns(columns(p), own)
    ]
    return (weight_of(chosen), *map(weight_of, alike)), chosen


def _same_columns(columns: dict[str, str], own: dict[str, str]) -> bool:
    """Returns whether two populations have the same weight column for adults, and the same one for children.
    If only one of them has children (or adults), this part is not compared.

    Args:
        columns, own: the weight columns of the two populations, by `adults` and `children`.
    """
    return all(columns[side] == own[side] for side in columns.keys() & own.keys())


def _categories(
    table: pd.DataFrame, margins: Sequence[Margin], where: str, mask: Mask | None
) -> NDArray[np.intp]:
    """Returns, for each pattern (a combination of categories in the sample), the position of its category in
    each margin (patterns × margins).

    Args:
        table: one row per pattern.
        margins: the margins.
        where: where the known numbers come from, such as a file, for messages.
        mask: leaves out values of the data that a message may not print; None: the labels may be printed.

    Raises:
        DataError: a category is only in the sample or only in the benchmarks (the known numbers), or some
            persons have no category.
    """
    codes = []
    for margin in margins:
        at, columns = f"{where}: margin {margin.name}", list(margin.columns)
        blank = (table[columns] == NOT_STATED).any(axis=1)
        if blank.any() and not all(
            v in margin.totals for v in table.loc[blank, columns].itertuples(index=False, name=None)
        ):
            raise DataError(
                "some persons have no category",
                where=at,
                found=NOT_STATED,
                do="impute it before, or give every person a category; calibration cannot place them",
            )
        number = {values: i for i, values in enumerate(margin.totals)}
        found = list(table[columns].itertuples(index=False, name=None))
        persons = {
            str(name): int(n)
            for name, n in table.groupby([crossed(values) for values in found])[PERSONS].sum().items()
        }
        if unknown := sorted({v for v in found if v not in number}):
            strange = {name: persons[name] for name in map(crossed, unknown)}
            raise DataError(
                "categories of the sample have no benchmark",
                where=at,
                found=mask.printed(strange, len(persons)) if mask else list(strange),
                allowed=", ".join(map(crossed, number)),
                do="add them with their population, or correct their names",
            )
        if absent := [v for v in number if v not in set(found)]:
            raise DataError(
                "some benchmarks are for categories with nobody in the sample",
                where=at,
                found=[crossed(v) for v in absent],
                allowed=mask.printed(persons, len(persons)) if mask else list(persons),
                do="merge them with a neighbour, in the data and in the benchmarks",
            )
        codes.append([number[v] for v in found])
    return np.array(codes, dtype=np.intp).T


def _pattern_factors(
    method: Method, w: Array, category: NDArray[np.intp], margins: Sequence[Margin], where: str
) -> Array:
    """Returns the factor g by which the weights of each pattern are multiplied. A pattern is all persons with
    the same categories in all margins.

    Args:
        method: `poststratify`, `rake` or `greg`.
        w: the sum of the weights of each pattern.
        category: the position of each pattern's category in each margin (patterns × margins).
        margins: the margins, with their known numbers.
        where: where the known numbers come from, such as a file, for messages.

    Raises:
        DesignError: the weights of a category add up to 0; the fitting does not converge; the margins
            contradict each other; a factor is 0 or negative.
    """
    targets = [np.array(list(m.totals.values())) for m in margins]
    sums = [np.bincount(c, weights=w, minlength=len(t)) for c, t in zip(category.T, targets, strict=True)]
    for margin, found in zip(margins, sums, strict=True):
        if empty := [crossed(v) for v, s in zip(margin.totals, found, strict=True) if not s > 0]:
            raise DesignError(
                "the weights of a category add up to zero",
                where=f"{where}: margin {margin.name}",
                found=empty,
                do="merge them with a neighbour, in the data and in the benchmarks",
            )
    g = _linear(w, category, targets) if method == "greg" else _raked(w, category, targets)
    reached = [
        np.bincount(c, weights=w * g, minlength=len(t)) for c, t in zip(category.T, targets, strict=True)
    ]
    gaps = [float(np.abs(r / t - 1).max()) for r, t in zip(reached, targets, strict=True)]
    if not all(found <= CLOSE for found in gaps):
        worst = margins[int(np.argmax(gaps))].name
        problem = (
            f"raking did not converge in {MOST_ROUNDS} rounds"
            if method == "rake"
            else "the margins contradict each other"
        )
        raise DesignError(
            problem,
            where=where,
            found=f"margin {worst} is off by {max(gaps):.1e} of its benchmark",
            do=(
                "merge small categories, or correct the benchmarks: margins that share a column must "
                "agree on it"
            ),
        )
    if (g <= 0).any():
        raise DesignError(
            (
                f"linear calibration makes the weights of {int((g <= 0).sum())} pattern(s) of the margins "
                "zero or negative"
            ),
            where=where,
            found=f"g from {g.min():.2f}",
            do="rake instead (method: rake), or merge small categories",
        )
    return g


def _raked(w: Array, category: NDArray[np.intp], targets: Sequence[Array]) -> Array:
    """Returns the factors of raked weights by pattern, from iterative proportional fitting. A pattern is all
    persons with the same categories in all margins. With one margin, the factor is the known number of a
    category divided by the sum of its weights.

    Args:
        w: the sum of the weights of each pattern.
        category: the position of each pattern's category in each margin (patterns × margins).
        targets: for each margin, the known numbers.
    """
    g = np.ones(len(w))
    for _ in range(MOST_ROUNDS):
        before = g
        with np.errstate(divide="ignore", invalid="ignore"):  # if the fitting never converges, g tends to 0
            for c, target in zip(category.T, targets, strict=True):
                g = g * (target / np.bincount(c, weights=w * g))[c]
            rest = np.abs(g / before - 1).max() < ENOUGH
        if rest:
            break
    return g


def _linear(w: Array, category: NDArray[np.intp], targets: Sequence[Array]) -> Array:
    """Returns the factors of linearly calibrated weights by pattern, 1 + x'λ (x are the 0/1 columns of the
    categories). λ is such that the calibrated weights add up to the known numbers. If several λ fit, because
    categories are redundant, the shortest is taken.

    The arguments are as in `_raked`.
    """
    x, wanted = dummies(category), np.concatenate(targets)
    return np.asarray(1.0 + x @ solve(x, w, wanted - x.T @ w))
