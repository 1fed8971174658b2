"""Several Estimates of one sample joined, so that their covariance is known: rule sets side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from fltoolkit.classify.adults import classify
from fltoolkit.errors import DesignError, RequestError
from fltoolkit.estimate.cells import By
from fltoolkit.estimate.estimates import About, Estimates, prevalence, total
from fltoolkit.survey.breakdowns import TOTAL
from fltoolkit.survey.design import Survey


def stack(parts: Mapping[str, Estimates], name: str) -> Estimates:
    """Join Estimates of one measure and one sample; `covariance` then holds that between any two rows of any two parts.

    Two Estimates are of one sample if their files, strata and PSUs are the same; of designs without a survey.yaml only the labels
    of strata and PSUs are compared.

    Args:
        parts: each Estimates with the label of its rows.
        name: the first column of the table, which holds the labels.

    Returns:
        One Estimates, its `parts` saying what each label is about. A fact on which the parts disagree is blank in its `about`.

    Raises:
        RequestError: no parts, two measures or levels, or a part that has a column of this name.
        DesignError: the parts are not of the same sample.
    """
    if not parts:
        raise RequestError("there is nothing to stack", do='give a label to each Estimates: {"before": est, "after": est}')
    first = next(iter(parts.values()))
    if len(kinds := {f"{est.about.measure} at {est.about.level:g}" for est in parts.values()}) > 1:
        raise RequestError("one measure at one level can be stacked", found=sorted(kinds), do="stack each by itself")
    for label, est in parts.items():
        if name in est.table:
            raise RequestError("the estimates have a column of this name already", where="name", found=name, do="choose another")
        if not _same_sample(est, first):
            raise DesignError(
                "the estimates are not of the same sample, so that their covariance is not known", found=label,
                do="stack estimates of one survey or design",
            )  # fmt: skip
    groups = list(dict.fromkeys(g for est in parts.values() for b in est.by for g in b))
    tables = [
        est.table.assign(**{g: TOTAL for g in groups if g not in est.table}).assign(**{name: label})
        for label, est in parts.items()
    ]
    table = pd.concat(tables, ignore_index=True)
    return Estimates(
        table[[name, *groups, *(c for c in table if c not in (name, *groups))]],
        np.hstack([est.influence for est in parts.values()]),
        first.units,
        _shared([est.about for est in parts.values()]),
        pd.concat([est.design_effects for est in parts.values()], ignore_index=True),
        tuple(dict.fromkeys((name, *b) for est in parts.values() for b in est.by)),
        {label: est.about for label, est in parts.items()},
    )


def rule_sets(
    survey: Survey,
    rules: Sequence[str],
    by: By = None,
    *,
    measure: Literal["prevalence", "total"] = "prevalence",
    population: str | None = None,
    level: float = 0.95,
) -> Estimates:
    """A survey's result under several rule sets, one pass each: the same persons, so that `covariance` ties them together.

    Args:
        survey: as `fl.read_survey` returned it.
        rules: names of rule sets, or paths of their YAML files (see `fl.classify`).
        by: breakdowns, see `fl.cube`.
        measure: `prevalence` or `total`.
        population: one that survey.yaml names; its first by default.
        level: confidence level.

    Returns:
        Estimates whose table has a first column `rule_set` (`icls_2018 v1`); what a result rests on stands in its `parts`.

    Raises:
        SpecError: a rule set does not exist, or cannot be applied to this survey.
        RequestError: no such measure; two rule sets of one name.
    """
    if measure not in (verbs := {"prevalence": prevalence, "total": total}):
        raise RequestError("rule sets are compared by one of these", where="measure", found=measure, allowed=list(verbs))
    made = [verbs[measure](classify(survey, r), by=by, population=population, level=level) for r in rules]
    labels = [est.about.rule_set for est in made]
    if twice := sorted({label for label in labels if labels.count(label) > 1}):
        raise RequestError("two rule sets have the same name and version", where="rules", found=twice, do="name each once")
    return stack(dict(zip(labels, made, strict=True)), name="rule_set")


def _same_sample(a: Estimates, b: Estimates) -> bool:
    """Whether two Estimates rest on the same PSUs of the same strata of the same files."""
    return a.units.same_as(b.units) and a.about.input_hash == b.about.input_hash


def _shared(abouts: Sequence[About]) -> About:
    """What the parts agree on; the rest is blank, but for what all must carry: doubts, and persons left out."""
    names = [f.name for f in fields(About) if len({getattr(about, f.name) for about in abouts}) > 1]
    blank: dict[str, Any] = {f.name: "" if f.default is MISSING else f.default for f in fields(About) if f.name in names}
    doubts = "; ".join(dict.fromkeys(about.to_verify for about in abouts if about.to_verify))
    return replace(abouts[0], **{**blank, "to_verify": doubts, "missing": max(about.missing for about in abouts)})
