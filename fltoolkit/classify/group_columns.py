"""Adds columns to the persons: the reference populations to which each person belongs, and the person's
category in each group of survey.yaml, such as sex, age band or fifth of wealth."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import isnan

import narwhals as nw

from fltoolkit.classify.children import ALL_ROUTES
from fltoolkit.errors import DataError
from fltoolkit.survey.answers import all_of, any_of, code_labels, truth_of
from fltoolkit.survey.checks.findings import count_rows
from fltoolkit.survey.classifications.job_codes import job_label, job_rows
from fltoolkit.survey.design.survey_design import Survey, weight_of
from fltoolkit.survey.engine.columns import AGE, ASKED, CHILD, WEIGHT, Frame, column, numeric
from fltoolkit.survey.engine.engines import to_rows
from fltoolkit.survey.printed_values import count_in_words
from fltoolkit.survey.spec.groups_and_tables import (
    NOT_STATED,
    AgeGroup,
    Amount,
    Bands,
    DisabilityGroup,
    Group,
    Job,
    NumberGroup,
    QuantileGroup,
)
from fltoolkit.survey.spec.questions import FORMS
from fltoolkit.survey.spec.survey_spec import SurveySpec

POPULATION = "fl__population__"
SEVERE = ("a_lot_of_difficulty", "cannot_do_at_all")
ROUNDING = 1e-9  # sums of weights are rounded: a share this close to the quantile's share counts as equal


def memberships(spec: SurveySpec) -> list[nw.Expr]:
    """Returns one true/false column for each population: whether the person belongs to it. A population can
    be the sum of two populations: adults and children. For such a sum, the result also has a column of
    weights, with the weight that each person has as an adult or as a child.
    """
    columns = []
    for name, population in spec.populations.items():
        if population.sum_of:
            first, second = population.sum_of
            weight = (
                nw.when(membership(spec, first))
                .then(nw.col(weight_of(first)))
                .otherwise(nw.col(weight_of(second)))
            )
            columns += [
                any_of([membership(spec, first), membership(spec, second)]).alias(POPULATION + name),
                weight.alias(weight_of(name)),
            ]
        else:
            columns.append(membership(spec, name).alias(POPULATION + name))
    return columns


def membership(spec: SurveySpec, name: str) -> nw.Expr:
    """Returns a true/false column: whether a person belongs to a population. A member is an adult or a child
    (as survey.yaml says for this population), answered the module on forced labour, has an age within the
    limits, and has the codes under `where`.

    A person of unknown age who answered the module also belongs to the population, because the module was
    asked only at certain ages.
    """
    population = spec.populations[name]
    conditions = [nw.col(ASKED), nw.col(CHILD) if spec.of_children(name) else ~nw.col(CHILD)]
    if population.age.min is not None:
        conditions.append((nw.col(AGE) >= population.age.min).fill_null(True))
    if population.age.max is not None:
        conditions.append((nw.col(AGE) <= population.age.max).fill_null(True))
    conditions += [
        column(name).is_in(list(codes)).fill_null(False) for name, codes in population.where.items()
    ]
    return all_of(conditions)


def group_columns(spec: SurveySpec, limits: Mapping[str, Sequence[float]]) -> list[nw.Expr]:
    """Returns one text column for each group of survey.yaml (such as region), with each person's category. A
    person without an answer has the category `not stated`. Sectors and occupations of all workers are
    included.

    Args:
        spec: the content of survey.yaml.
        limits: for each group of quantiles, such as fifths of wealth, the upper limits of all quantiles
            except the last (from `quantile_groups.quantile_limits`).
    """
    columns = [
        (in_quantiles(g, limits[name]) if isinstance(g, QuantileGroup) else group(g)).alias(name)
        for name, g in spec.groups.items()
    ]
    columns += [
        job_column(job).fill_null(NOT_STATED).alias(n)
        for n, job in spec.jobs.items()
        if job.job == "all_workers"
    ]
    return columns


def group(spec: Group | AgeGroup | NumberGroup | DisabilityGroup) -> nw.Expr:
    """Returns the column of one group, with the category of each person as a label. The category comes from
    codes, from bands of age or of numbers, or from the questions on disability. It is `not stated` for a
    person without an answer."""
    if isinstance(spec, DisabilityGroup):
        return _disability(spec)
    if isinstance(spec, Group):
        labels: dict[str, list[str]] = {}
        for code, label in spec.labels.items():
            labels.setdefault(label, []).append(code)
        return code_labels(spec.column, labels).fill_null(NOT_STATED)
    return banded(nw.col(AGE) if isinstance(spec, AgeGroup) else stated_number(spec), spec)


def stated_number(spec: NumberGroup | QuantileGroup | Amount) -> nw.Expr:
    """Returns the numbers of the data column of a group or an amount, such as an index of wealth. A code that survey.yaml
    declares missing becomes null."""
    return nw.when(~column(spec.column).is_in(list(spec.missing))).then(numeric(spec.column))


def in_quantiles(spec: QuantileGroup, limits: Sequence[float]) -> nw.Expr:
    """Returns a column with the quantile of each person, such as `lowest fifth`. This is the first quantile
    whose upper limit is not below the person's number. A person without a number is `not stated`.

    Args:
        spec: the group.
        limits: the upper limits of all quantiles except the last.
    """
    value, found = stated_number(spec), nw.lit(spec.labels[-1])
    for limit, label in zip(reversed(limits), reversed(spec.labels[:-1]), strict=True):
        found = nw.when(value <= limit).then(nw.lit(label)).otherwise(found)
    return nw.when(value.is_null() | value.is_nan()).then(nw.lit(NOT_STATED)).otherwise(found)


def banded(value: nw.Expr, spec: Bands) -> nw.Expr:
    """Returns a column of numbers as labels of bands: with bands 18 and 25, the number 20 becomes `18–24`. A
    missing number becomes `not stated`.
    """
    band = nw.lit(f"under {spec.bands[0]}")
    for lower, label in zip(spec.bands, spec.labels, strict=True):
        band = nw.when(value >= lower).then(nw.lit(label)).otherwise(band)
    return nw.when(value.is_null() | value.is_nan()).then(nw.lit(NOT_STATED)).otherwise(band)


def group_order(spec: SurveySpec, name: str) -> list[str]:
    """Returns the categories of a group (a breakdown such as region) in the order in which tables show
    them."""
    if name in spec.jobs:
        return [*dict.fromkeys(row.label for row in job_rows(spec.jobs[name]).values()), NOT_STATED]
    if name in ("form", "route"):
        return [*FORMS, NOT_STATED] if name == "form" else list(ALL_ROUTES)
    found = spec.groups[name]
    if isinstance(found, Group | DisabilityGroup):
        return [*dict.fromkeys(found.labels.values()), NOT_STATED]
    if isinstance(found, QuantileGroup):
        return [*found.labels, NOT_STATED]
    return [f"under {found.bands[0]}", *found.labels, NOT_STATED]


def job_column(spec: Job, episode: str = "") -> nw.Expr:
    """Returns a column with the label of each person's industry or occupation. It is null if the code is
    unknown or missing. `episode` is the label of a spell of work, which replaces `{episode}` in the column's
    name."""
    code = column(spec.column, episode)
    label = job_label(code, spec)
    return nw.when(~code.is_in(list(spec.missing))).then(label) if spec.missing else label


def quantile_limits(spec: SurveySpec, persons: Frame) -> dict[str, tuple[float, ...]]:
    """Returns, for each group of quantiles in survey.yaml (such as fifths of wealth), the upper limits of all
    quantiles except the last.

    The limits are computed over all persons of the sample who have a number in the group's column, with the
    weight `design.weight`. Persons who were not asked about forced labour are included.

    Raises:
        DataError: so many persons have the same number that a quantile would be empty.
    """
    return {
        name: _limits(name, group, persons)
        for name, group in spec.groups.items()
        if isinstance(group, QuantileGroup)
    }


def weighted_quantiles(
    values: Sequence[float], weights: Sequence[float], shares: Sequence[float]
) -> tuple[float, ...]:
    """Returns the weighted quantile of each share: the smallest value v such that values up to v have at
    least this share of the total weight. The result is empty if all weights are 0.

    This is the inverse of the weighted distribution function: R's `svyquantile(..., qrule = "math")`.

    Args:
        values: the different values, from the lowest to the highest.
        weights: the sum of the weights at each value; a missing weight counts as 0.
        shares: shares of the total weight, between 0 and 1.
    """
    reached = list(accumulate(0.0 if isnan(weight) else weight for weight in weights))
    if not reached or reached[-1] <= 0:
        return ()
    part = [weight / reached[-1] for weight in reached]
    return tuple(values[bisect_left(part, share - ROUNDING)] for share in shares)


def refuse_empty_populations(survey: Survey) -> None:
    """Raises an error if no person in the data belongs to a population of survey.yaml. A population that is
    the sum of two others is not checked itself: the two others are.

    Raises:
        DataError: a population has no persons. The message names the population and says how many persons
            meet each of its conditions. For each column of `where`, the message says how many different
            values the column has, and which of the codes in survey.yaml are among them.
    """
    spec = survey.spec
    own = [name for name, population in spec.populations.items() if not population.sum_of]
    counted = count_rows(
        survey.frame, {name: membership(spec, name) & (nw.col(weight_of(name)) > 0) for name in own}
    )
    for name in own:
        if not counted[name]:
            raise _empty_population_error(survey, name)


def _disability(spec: DisabilityGroup) -> nw.Expr:
    """Returns a column with the disability status of each person, by the answers to the Washington Group's
    six questions.

    A person has a disability if at least one answer is `a lot of difficulty` or worse. A person has no
    disability if all six answers are better than that. All others are `not stated`.
    """
    severe = [code for code, answer in spec.codes.items() if answer in SEVERE]
    others = [code for code in spec.codes if code not in severe]
    found = any_of([truth_of(column(question), severe, others) for question in spec.washington_group])
    labels = spec.labels
    without = nw.when(~found).then(nw.lit(labels[False])).otherwise(nw.lit(NOT_STATED))
    return nw.when(found).then(nw.lit(labels[True])).otherwise(without)


def _limits(name: str, group: QuantileGroup, persons: Frame) -> tuple[float, ...]:
    value = stated_number(group).alias("value")
    there = persons.select(value, nw.col(WEIGHT).alias("weight")).filter(
        ~nw.col("value").is_null() & ~nw.col("value").is_nan()
    )
    summed = to_rows(there.group_by("value").agg(nw.col("weight").sum()).sort("value"))
    values, weights = (
        [float(value) for value, _ in summed],
        [0.0 if weight is None else float(weight) for _, weight in summed],
    )
    found = weighted_quantiles(values, weights, [i / group.quantiles for i in range(1, group.quantiles)])
    if len(set(found)) < group.quantiles - 1 or (found and found[-1] >= values[-1]):
        raise DataError(
            (
                f"the numbers cannot be divided into {group.quantiles} groups: too many persons have the "
                "same number, or too few have a number"
            ),
            where=f"{group.column} (groups.{name})",
            do="ask for fewer quantiles, or name a column with more different numbers",
        )
    return found


def _empty_population_error(survey: Survey, name: str) -> DataError:
    """Returns the error for a population without persons. Its message says how many persons meet each
    condition of the population."""
    spec, where = survey.spec, survey.spec.populations[name].where
    conditions = _conditions(spec, name)
    counts = count_rows(
        survey.frame,
        {
            "persons of the data": nw.lit(True),
            **conditions,
            "meet all of them": all_of(list(conditions.values())),
        },
    )
    limit = spec.confidentiality.smallest_printed_count
    held = [_column_values(survey, asked) for asked in where]
    return DataError(
        "nobody is in this population",
        where=f"{survey.path}: populations.{name}",
        found=[f"{words}: {count_in_words(count, limit)}" for words, count in counts.items()] + held,
        do=f"correct the ages, the codes or the weight under populations.{name}, or leave the population out",
    )


def _conditions(spec: SurveySpec, name: str) -> dict[str, nw.Expr]:
    """Returns the conditions that the persons of a population meet, as {condition in words: expression}:
    `{"aged 15 or more, or of unknown age": ...}`."""
    population, age = spec.populations[name], nw.col(AGE)
    found: dict[str, nw.Expr] = {"answered the module": nw.col(ASKED)}
    if spec.children:
        of_children = spec.of_children(name)
        found["children" if of_children else "adults"] = nw.col(CHILD) if of_children else ~nw.col(CHILD)
    if population.age.min is not None:
        found[f"aged {population.age.min} or more, or of unknown age"] = (
            age >= population.age.min
        ).fill_null(True)
    if population.age.max is not None:
        found[f"aged {population.age.max} or less, or of unknown age"] = (
            age <= population.age.max
        ).fill_null(True)
    for asked, codes in population.where.items():
        found[f"{asked} is {' or '.join(codes)}"] = column(asked).is_in(list(codes)).fill_null(False)
    return found | {f"{population.weight or spec.design.weight} is above 0": nw.col(weight_of(name)) > 0}


def _column_values(survey: Survey, asked: str) -> str:
    """Returns a sentence about a column under `where` of survey.yaml: how many different values it has, and
    which of the codes in survey.yaml are among them. `asked` is the name of the column."""
    values = [
        value for (value,) in to_rows(survey.frame.select(column(asked).alias("v")).unique(), survey.path)
    ]
    groups = [g for g in survey.spec.groups.values() if isinstance(g, Group) and asked in g.column]
    named = [code for g in groups for code in (*g.codes, *g.missing) if code in set(values)]
    among_them = f", of which survey.yaml names {', '.join(dict.fromkeys(named))}" if named else ""
    return f"{asked} holds {len(set(values) - {None})} different value(s){among_them}"
