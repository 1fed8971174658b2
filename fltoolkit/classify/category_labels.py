"""Gives each category the label that people read. Some labels are words of the kit, which has them in every
language. The others are the words of survey.yaml."""

from __future__ import annotations

from collections.abc import Sequence

from fltoolkit.classify.children import ROUTE_LABELS
from fltoolkit.classify.profile.characteristics import TOPICS, characteristic_labels
from fltoolkit.languages.reasons import Name, Reason, Remark, crossed_categories
from fltoolkit.survey.classifications.job_codes import job_rows
from fltoolkit.survey.classifications.standards import standard
from fltoolkit.survey.spec.groups import (
    NOT_STATED,
    AgeGroup,
    DisabilityGroup,
    Group,
    NumberGroup,
    QuantileGroup,
)
from fltoolkit.survey.spec.questions import FORMS
from fltoolkit.survey.spec.survey_spec import SurveySpec


def category_labels(spec: SurveySpec, name: str) -> dict[str, Remark]:
    """Returns the labels of a group's categories for which the kit has words in every language, such as *men*
    and *women*. The keys are the categories as the data have them.

    A category for which the kit has no words is left out. Its label is the one in survey.yaml.
    """
    found: dict[str, Remark] = {NOT_STATED: Reason.of("categories.not_stated")}
    if name in spec.jobs:
        return found | {row.label: row.name_key for row in job_rows(spec.jobs[name]).values()}
    if name == "form":
        return found | {form: Name("kit.forms", form) for form in FORMS}
    if name == "route":
        return found | {str(route): route for route in ROUTE_LABELS}
    if name in TOPICS:
        return found | characteristic_labels(spec, name)
    group = spec.groups.get(name)
    if isinstance(group, AgeGroup | NumberGroup):
        first, last = group.bands[0], group.bands[-1]
        ends = {
            f"under {first}": Reason.of("categories.under", N=first),
            f"{last}+": Reason.of("categories.from", N=last),
        }
        return found | ends
    if isinstance(group, QuantileGroup):
        return found | {str(name): name for name in group.name_keys}
    standing = (
        "disability"
        if isinstance(group, DisabilityGroup)
        else group.classification
        if isinstance(group, Group)
        else None
    )
    if standing:
        return found | {
            str(name): name for c in standard().classifications[standing].values() for name in c.every_name
        }
    return found


def crossed_labels(spec: SurveySpec, values: Sequence[tuple[str, object]]) -> Remark | str:
    """Returns one label for a row of a table that is broken down by several groups, such as `men × rural`.
    `values` are pairs of a group and its category. The label is empty if there are no pairs."""
    words: Remark | str = crossed_categories(
        [category_labels(spec, name).get(str(value), str(value)) for name, value in values]
    )
    return words
