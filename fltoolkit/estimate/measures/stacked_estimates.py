"""Joins several `Estimates` into one table with a common covariance matrix: several rule sets on one sample,
or several surveys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd

from fltoolkit.arguments import Level, checked
from fltoolkit.classify.adults import classify
from fltoolkit.classify.outcomes_and_domains import Where
from fltoolkit.errors import DesignError, RequestError
from fltoolkit.estimate.measures.estimates import About, Estimates
from fltoolkit.estimate.measures.prevalence_and_totals import prevalence, total
from fltoolkit.estimate.totals.breakdowns import By
from fltoolkit.estimate.variance import (
    Array,
    Joint,
    Matrix,
    Replicates,
    Units,
    join,
    psu_labels,
    side_by_side,
)
from fltoolkit.languages.reasons import joined_reasons
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.spec.groups_and_tables import TOTAL
from fltoolkit.survey.spec.survey_spec import RESULTS

Parts = Annotated[
    Mapping[str, Estimates],
    'give each Estimates a label: fl.stack({"2025": est, "2027": later}, name="round")',
]


@checked
def stack(parts: Parts, name: str, *, shared_psus: bool | None = None) -> Estimates:
    """Join several Estimates of one measure in one table, so that any two rows can be compared: rule sets on
    one sample, or rounds of a survey. The joined `covariance` contains the covariance of any two rows, also
    of rows from different Estimates.

    Two Estimates are from one sample if their files, strata and PSUs are the same. For designs without
    survey.yaml, only the labels of strata and PSUs are compared. Other Estimates are from different samples,
    such as the rounds of a survey; `variance.join` explains their covariance. The variance
    of each of the joined Estimates does not change.

    Args:
        parts: the Estimates to join, by the label that their rows get.
        name: the name of the table's first column, which contains the labels.
        shared_psus: whether PSUs of different samples with the same stratum and label are the same area.
            True: they are (rotation, panels of areas). False: they are not, because each round drew its own
            PSUs. None: no label may be in both samples; the samples are then independent.

    Returns:
        One Estimates. Its `parts` has, by label, the facts about each of the joined Estimates (such as the
        reference period). A fact that is not the same in all of them is blank in `about`.

    Raises:
        RequestError: there are no parts; measures or levels differ; a part already has a column with this
            name.
        DesignError: PSU labels of different samples coincide and `shared_psus` is not given; or it is true
            and no label coincides.
    """
    if not parts:
        raise RequestError(
            "there is nothing to stack",
            where="stack: parts",
            do='give a label to each Estimates: {"before": est, "after": est}',
        )
    if len(kinds := {f"{est.about.measure} at {est.about.level:g}" for est in parts.values()}) > 1:
        raise RequestError(
            "only estimates of one measure at one level can be stacked",
            found=sorted(kinds),
            do="stack each by itself",
        )
    if name in RESULTS or any(name in est.table for est in parts.values()):
        raise RequestError(
            "the estimates have a column of this name already", where="name", found=name, do="choose another"
        )
    influence, units = _influence(parts, shared_psus)
    groups = list(dict.fromkeys(g for est in parts.values() for b in est.by for g in b))
    tables = [
        est.table.assign(**{g: TOTAL for g in groups if g not in est.table}).assign(**{name: label})
        for label, est in parts.items()
    ]
    table = pd.concat(tables, ignore_index=True)
    return Estimates(
        table[[name, *groups, *(c for c in table if c not in (name, *groups))]],
        influence,
        units,
        _common_facts([est.about for est in parts.values()]),
        pd.concat([est.design_effects for est in parts.values()], ignore_index=True),
        tuple(dict.fromkeys((name, *b) for est in parts.values() for b in est.by)),
        {label: est.about for label, est in parts.items()},
    )


@checked
def rule_sets(
    survey: Survey,
    rules: Sequence[str | Path],
    by: By = None,
    *,
    measure: Literal["prevalence", "total"] = "prevalence",
    population: str | None = None,
    where: Where = None,
    level: Level = 0.95,
) -> Estimates:
    """Estimate a survey's result under several rule sets (definitions of forced labour). The persons are read
    once for each rule set. The result's `covariance` also contains the covariance between rows of different
    rule sets.

    Args:
        survey: a survey, as `fl.read_survey` returns it.
        rules: names of rule sets, or paths of their YAML files (see `fl.classify`).
        by: the breakdowns (see `fl.cube`).
        measure: `prevalence` or `total`.
        population: a population of survey.yaml; by default its first.
        where: the persons included, as in `prevalence`.
        level: the confidence level.

    Returns:
        Estimates whose table has a first column `rule_set` (`icls_2018 v1`). `parts` contains the facts about
        each result, such as the reference period.

    Raises:
        SpecError: a rule set does not exist, or cannot be applied to this survey.
        RequestError: two rule sets have the same name and version.
    """
    verb = prevalence if measure == "prevalence" else total
    made = [verb(classify(survey, r), by=by, population=population, where=where, level=level) for r in rules]
    labels = [est.about.rule_set for est in made]
    if twice := sorted({label for label in labels if labels.count(label) > 1}):
        raise RequestError(
            "two rule sets have the same name and version", where="rules", found=twice, do="name each once"
        )
    return stack(dict(zip(labels, made, strict=True)), name="rule_set")


def _influence(
    parts: Mapping[str, Estimates], shared: bool | None
) -> tuple[Matrix, Units | Replicates | Joint]:
    """Returns the influence values of several Estimates as one matrix (units × rows of all Estimates), and
    the sampled units, one per row of this matrix.

    Args:
        parts: the Estimates, by label.
        shared: whether PSUs with the same stratum and label are the same area, as in `stack`.
    """
    first, *others = parts.values()
    if shared is not False and all(_same_sample(first, est) for est in others):
        return side_by_side([est.influence for est in parts.values()]), first.units
    return join_samples(parts, shared)


def join_samples(parts: Mapping[str, Estimates], shared: bool | None) -> tuple[Array, Joint]:
    """Returns the influence values of Estimates from different samples as one matrix (units × rows of all
    Estimates), and the sampled units of all samples, one per row. The values are scaled, so that the sum of
    the products of two columns is their covariance.

    Args:
        parts: the Estimates, by label.
        shared: whether PSUs with the same stratum and label are the same area, as in `stack`.

    Raises:
        DesignError: see `stack`.
    """
    labels = [set(psu_labels(est.units)) for est in parts.values()]
    both = sum(map(len, labels)) - len(set().union(*labels))
    if both and shared is None:
        raise DesignError(
            (
                "the estimates are of different samples, and PSUs with the same stratum and label occur in "
                "more than one"
            ),
            where="shared_psus",
            found=f"{both} of {min(map(len, labels))} PSUs",
            do="say shared_psus=True if they are the same areas (their covariance then counts), False if "
            "each sample drew its own; "
            "in survey.yaml of the later round: design.psus_of_earlier_rounds: kept, or new",
        )
    if shared and not all(labels):
        raise DesignError(
            "replicate weights do not say which PSUs are shared",
            where="shared_psus",
            do=(
                "say shared_psus=False (the variance of a change is then on the safe side), or describe "
                "the designs by strata and PSUs"
            ),
        )
    if shared and not both:
        raise DesignError(
            "PSUs are said to be shared, but no PSU has the same stratum and label in two samples",
            where="shared_psus",
            found=f"{' and '.join(f'{len(sample):,}' for sample in labels)} PSUs, none of them in common",
            do="give an area the same stratum and label in each round, or say shared_psus=False (new)",
        )
    return join([(label, est.influence, est.units) for label, est in parts.items()], bool(shared))


def _same_sample(a: Estimates, b: Estimates) -> bool:
    """Returns whether two Estimates have the same PSUs in the same strata of the same files."""
    return a.units.same_as(b.units) and a.about.input_hash == b.about.input_hash


def _common_facts(abouts: Sequence[About]) -> About:
    """Returns the facts (such as the reference period) about several Estimates that become one table. A fact
    that is not the same for all is blank. Facts that are not yet checked against their source are all kept.
    `missing` is the largest number of persons left out."""
    names = [f.name for f in fields(About) if len({getattr(about, f.name) for about in abouts}) > 1]
    blank: dict[str, Any] = {
        f.name: "" if f.default is MISSING else f.default for f in fields(About) if f.name in names
    }
    doubts = joined_reasons(about.to_verify for about in abouts)
    return replace(
        abouts[0], **{**blank, "to_verify": doubts, "missing": max(about.missing for about in abouts)}
    )
