"""Domains: the persons of some groups, as part of the whole sample.

A domain is no smaller survey. Sampling units without a person of the domain stay in the design and count in its variance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Annotated, TypeVar

import narwhals as nw

from fltoolkit.classify.answers_as_truths import all_of
from fltoolkit.classify.category_codes import label_of, names_in
from fltoolkit.classify.classified_survey import ClassifiedSurvey, refuse_unclassified
from fltoolkit.classify.group_columns import group_order
from fltoolkit.errors import RequestError
from fltoolkit.survey.data.fetch_rows import to_pandas
from fltoolkit.survey.design.survey_design import Design, Domain, bind
from fltoolkit.survey.spec.groups import NOT_STATED
from fltoolkit.survey.spec.survey_spec import SurveySpec

D = TypeVar("D", bound=Design)
Where = Annotated[
    Mapping[str, str | int | Sequence[str] | Sequence[int]] | None,
    'name groups and labels: {"area": "rural"}, or {"area": ["rural", "peri-urban"]}',
]


def within(design: D, where: Where) -> D:
    """The design with the domain that its estimates are about; the design that came in stays as it was.

    Args:
        design: a classified survey, or any design.
        where: by group (of a bare design: by column) the label of the persons meant, or several; None: everybody. What a category is
            called in some population (girls) stands for its label (women).

    Raises:
        RequestError: no such group or label; a group that only cases have; the design has a domain already.
    """
    if not where:
        return design
    refuse_unclassified(design)
    spec = design.spec if isinstance(design, ClassifiedSurvey) else None
    domain = tuple((group, _labels(spec, group, wanted)) for group, wanted in where.items())
    for group, labels in domain:
        _refuse_unknown(design, group, labels)
    return bind(copy(design), domain=domain)


def in_domain(design: Design) -> nw.Expr:
    """Whether a person is in the domain of a design; true for everybody where there is none."""
    if not design.domain:
        return nw.lit(True)
    return all_of([design.text(group).fill_null(NOT_STATED).is_in(list(labels)) for group, labels in design.domain])


def domain_in_words(design: Design, population: str = "") -> str:
    """The domain as readers see it, such as `area: rural, peri-urban; sex: women`; empty where there is none.

    Args:
        population: the reference population by whose names categories go; empty: by their labels.
    """
    spec = design.spec if isinstance(design, ClassifiedSurvey) else None
    names = {**spec.groups, **spec.sectors} if spec else {}
    titles = {group: (names[group].label if group in names else "") or group for group, _ in design.domain}
    labels = named_domain(spec, design.domain, population) if spec and population else design.domain
    return "; ".join(f"{titles[group]}: {', '.join(told)}" for group, told in labels)


def named_domain(spec: SurveySpec, where: Domain, population: str) -> Domain:
    """A domain with its categories as they are called in a population."""
    names = names_in(spec, population)
    return tuple((group, tuple(names.get(group, {}).get(label, label) for label in labels)) for group, labels in where)


def _labels(spec: SurveySpec | None, group: str, wanted: str | int | Sequence[str] | Sequence[int]) -> tuple[str, ...]:
    """The labels of one group as texts, each once."""
    if not isinstance(wanted, (str, int)) and not wanted:
        raise RequestError("no label is named", where=f"where: {group}", do="name one label or more, or leave the group out")
    named = (str(wanted),) if isinstance(wanted, (str, int)) else map(str, wanted)
    return tuple(dict.fromkeys(label_of(spec, group, label) if spec else label for label in named))


def _refuse_unknown(design: Design, group: str, labels: Sequence[str]) -> None:
    """Stop on a group or a label that the design does not have."""
    if not isinstance(design, ClassifiedSurvey):
        _refuse_absent(design, group, labels)
        return
    spec = design.spec
    if group in spec.case_only:
        raise RequestError(
            f"only cases have {group}, so it is no domain of persons", where="where", found=group,
            allowed=[g for g in spec.group_names if g not in spec.case_only], do=f'name it in by: by=["{group}"]',
        )  # fmt: skip
    if group not in spec.group_names:
        raise RequestError(
            "no such group", where="where", found=group, allowed=[g for g in spec.group_names if g not in spec.case_only],
            do="name a group of survey.yaml, or make one with fl.derive",
        )  # fmt: skip
    allowed = group_order(spec, group)
    if unknown := [label for label in labels if label not in allowed]:
        raise RequestError(
            "no such label", where=f"where: {group}", found=unknown, allowed=allowed, do="write a label as survey.yaml does, not its code"
        )  # fmt: skip


def _refuse_absent(design: Design, column: str, labels: Sequence[str]) -> None:
    """Stop on a label that no row of a bare design has. Labels there are values of the data: those that may be printed are told."""
    value = design.text(column).fill_null(NOT_STATED).alias("label")
    counted = design.frame.select(value).group_by("label").agg(nw.len().alias("n")).sort("label")
    found = to_pandas(counted, design.source)
    there = dict(zip(found["label"].astype(str), found["n"].astype(int), strict=True))
    if unknown := [label for label in labels if label not in there]:
        raise RequestError(
            "no row has this label", where=f"where: {column}", found=unknown, allowed=design.mask.told(there, len(there)),
            do="write a value as the column has it",
        )  # fmt: skip
