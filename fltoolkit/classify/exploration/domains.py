"""Limits estimates to a part of the sample (a domain), such as rural women.

A domain is not a smaller survey. Sampling units in which nobody is in the domain still count in the variance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Annotated, TypeVar

import narwhals as nw

from fltoolkit.classify.category_codes import label_of, meant_label, names_in
from fltoolkit.classify.classified_survey import ClassifiedSurvey, refuse_unclassified
from fltoolkit.classify.group_columns import group_order
from fltoolkit.errors import RequestError
from fltoolkit.survey.answers.three_valued import all_of
from fltoolkit.survey.data.fetch_rows import to_pandas
from fltoolkit.survey.design.survey_design import Design, Domain, set_fields
from fltoolkit.survey.spec.groups import NOT_STATED
from fltoolkit.survey.spec.survey_spec import SurveySpec

D = TypeVar("D", bound=Design)
Where = Annotated[
    Mapping[str, str | int | Sequence[str] | Sequence[int]] | None,
    'name groups and labels: {"area": "rural"}, or {"area": ["rural", "peri-urban"]}',
]


def within(design: D, where: Where) -> D:
    """Limit the estimates of a design to some persons (a domain), such as rural women. The design that is
    passed in does not change.

    Sampling units without a person of the domain stay in the design and count in the variance.

    Args:
        design: a classified survey, or any design.
        where: the labels of the persons to include, by group: {"area": "rural", "sex": "women"}. A list
            includes several labels. Without survey.yaml, the keys are columns. None means everybody. For
            children, the name girls may be used for women.

    Raises:
        RequestError: there is no such group or label; only cases have the group; the design has a domain
            already.
    """
    if not where:
        return design
    refuse_unclassified(design)
    spec = design.spec if isinstance(design, ClassifiedSurvey) else None
    domain = tuple((group, _requested_labels(spec, group, wanted)) for group, wanted in where.items())
    for group, labels in domain:
        _refuse_unknown(design, group, labels)
    return set_fields(copy(design), domain=domain)


def in_domain(design: Design) -> nw.Expr:
    """Returns a true/false column: whether a person is in the domain of the design (the persons that its
    estimates are about). The column is true for everybody if the design has no domain."""
    if not design.domain:
        return nw.lit(True)
    return all_of(
        [design.text(group).fill_null(NOT_STATED).is_in(list(labels)) for group, labels in design.domain]
    )


def domain_in_words(design: Design, population: str = "") -> str:
    """Returns the domain of a design (the persons that its estimates are about) in words, such as `area:
    rural, peri-urban; sex: women`. The text is empty if the design has no domain.

    Args:
        population: a reference population. Categories get the names that they have in this population, such
            as girls for a population of children. If the text is empty, categories get the labels of the
            data.
    """
    spec = design.spec if isinstance(design, ClassifiedSurvey) else None
    names = {**spec.groups, **spec.jobs} if spec else {}
    titles = {group: (names[group].label if group in names else "") or group for group, _ in design.domain}
    labels = named_domain(spec, design.domain, population) if spec and population else design.domain
    return "; ".join(f"{titles[group]}: {', '.join(labels_of_group)}" for group, labels_of_group in labels)


def named_domain(spec: SurveySpec, where: Domain, population: str) -> Domain:
    """Returns the domain (the labels of the included persons, by group) with the names that categories have
    in a population: `women` becomes `girls` in a population of children."""
    names = names_in(spec, population)
    return tuple(
        (group, tuple(names.get(group, {}).get(label, label) for label in labels)) for group, labels in where
    )


def _requested_labels(
    spec: SurveySpec | None, group: str, wanted: str | int | Sequence[str] | Sequence[int]
) -> tuple[str, ...]:
    """Returns the labels that a user asked for in one group, as texts, each once. If a category has another
    name in a population of children (girls), this name is replaced by the label in the data (women).

    Args:
        spec: the content of survey.yaml; None for a design without it.
        group: the name of the group.
        wanted: one label, or several, as the user gave them.

    Raises:
        RequestError: the list of labels is empty.
    """
    if not isinstance(wanted, (str, int)) and not wanted:
        raise RequestError(
            "no label is named", where=f"where: {group}", do="name one label or more, or leave the group out"
        )
    named = (str(wanted),) if isinstance(wanted, (str, int)) else map(str, wanted)
    return tuple(dict.fromkeys(label_of(spec, group, label) if spec else label for label in named))


def _refuse_unknown(design: Design, group: str, labels: Sequence[str]) -> None:
    """Raises an error if a design does not have a group or a label, or if only cases have the group."""
    if not isinstance(design, ClassifiedSurvey):
        _refuse_absent(design, group, labels)
        return
    spec = design.spec
    if group in spec.case_only:
        raise RequestError(
            f"only cases have {group}, so it cannot define a domain of persons",
            where="where",
            found=group,
            allowed=[g for g in spec.group_names if g not in spec.case_only],
            do=f'name it in by: by=["{group}"]',
        )
    if group not in spec.group_names:
        raise RequestError(
            "no such group",
            where="where",
            found=group,
            allowed=[g for g in spec.group_names if g not in spec.case_only],
            do="name a group of survey.yaml, or make one with fl.derive",
        )
    allowed = group_order(spec, group)
    if unknown := [label for label in labels if label not in allowed]:
        meant = meant_label(spec, group, unknown[0])
        raise RequestError(
            "no such label",
            where=f"where: {group}",
            found=unknown,
            allowed=allowed,
            do=f"write {meant}" if meant else "write a label as survey.yaml does, not its code",
        )


def _refuse_absent(design: Design, column: str, labels: Sequence[str]) -> None:
    """Raises an error if no row of a design without survey.yaml has one of the requested labels.

    Such labels are values of the data, so the message shows only values that may be printed.
    """
    value = design.text(column).fill_null(NOT_STATED).alias("label")
    counted = design.frame.select(value).group_by("label").agg(nw.len().alias("n")).sort("label")
    found = to_pandas(counted, design.source)
    there = dict(zip(found["label"].astype(str), found["n"].astype(int), strict=True))
    if unknown := [label for label in labels if label not in there]:
        raise RequestError(
            "no row has this label",
            where=f"where: {column}",
            found=unknown,
            allowed=design.mask.printed(there, len(there)),
            do="write a value as the column has it",
        )
