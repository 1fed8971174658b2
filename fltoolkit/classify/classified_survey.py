"""A survey whose persons have been classified. All estimates of forced labour start from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fltoolkit.classify.rules.rule_set import RuleSet
from fltoolkit.errors import RequestError
from fltoolkit.languages.reasons import Reason, Reasons
from fltoolkit.survey.design.survey_design import Design, Survey


@dataclass(frozen=True, eq=False, kw_only=True)
class ClassifiedSurvey(Survey):
    """A Survey after `fl.classify`: its `frame` also has the groups, the populations and the classification of each person.

    Attributes:
        rules: the rule set by name and version, such as `icls_2018 v1`.
        rule: the content of the rule set.
        item_columns: the columns of `frame` with the answers to the items' questions, by side of the definition and item.
        lacking: the items of the rule set that were not asked, by side of the definition.
        to_verify: why nobody may rely on the rule set yet; empty if everybody may.
        rule_note: what a reader must know of the rule set's result in this survey; empty if there is nothing.
        unclassified: the survey as it was read.
        outcomes: the user's own outcomes: the rule that each follows, by its name (see `fl.outcome`).
    """

    rules: str
    rule: RuleSet
    item_columns: Mapping[str, Mapping[str, tuple[str, ...]]]
    lacking: Mapping[str, tuple[str, ...]]
    to_verify: Reason | str
    rule_note: Reason | Reasons | str
    unclassified: Survey
    outcomes: Mapping[str, str] = field(default_factory=dict)


def refuse_unclassified(design: Design) -> None:
    """Raise `RequestError` if a survey was read but not classified: its frame has neither populations nor cases."""
    if isinstance(design, Survey) and not isinstance(design, ClassifiedSurvey):
        raise RequestError("this survey is not classified yet", do="persons = fl.classify(survey), then go on with persons")


def classified(survey: Survey, **facts: Any) -> ClassifiedSurvey:
    """Returns a `ClassifiedSurvey`, made from a survey and the facts of its classification.

    Args:
        survey: the survey as it was read.
        facts: the attributes of `ClassifiedSurvey` and the new `rows`.
    """
    return ClassifiedSurvey(**vars(survey) | facts, unclassified=survey)
