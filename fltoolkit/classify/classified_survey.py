"""A survey whose persons have been classified. All estimates of forced labour start from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw

from fltoolkit.classify.rules.rule_set import RuleSet
from fltoolkit.errors import RequestError
from fltoolkit.languages.reasons import Reason, Reasons
from fltoolkit.survey.design.survey_design import Design, Key, Survey


@dataclass(frozen=True, eq=False, kw_only=True)
class ClassifiedSurvey(Survey):
    """A survey whose persons are classified, as `fl.classify` returns it. Every estimate of forced labour takes it. Its `frame`
    also has the groups (breakdowns such as sex), the populations and the classification of each person.

    Attributes:
        rules: the name and version of the rule set, such as `icls_2018 v1`.
        rule: the content of the rule set.
        item_columns: the columns of `frame` with the answers to the questions of each item (such as `debt_bondage`), by side of
            the definition (involuntary, coercion).
        lacking: the items of the rule set that were not asked, by side of the definition.
        to_verify: why results of the rule set must not be relied on yet; empty if they may.
        rule_note: what a reader must know of the rule set's result in this survey; empty if there is nothing.
        trace: the reason for the classification of each person in words, to be selected from `frame`. It is no column of it,
            because each query would carry these long texts.
        unclassified: the survey as it was read.
        outcomes: the outcomes that the user added with `fl.outcome`: the rule of each, by its name.
    """

    rules: str
    rule: RuleSet
    item_columns: Mapping[str, Mapping[str, tuple[str, ...]]]
    lacking: Mapping[str, tuple[str, ...]]
    to_verify: Reason | str
    rule_note: Reason | Reasons | str
    trace: nw.Expr
    unclassified: Survey
    outcomes: Mapping[str, str] = field(default_factory=dict)

    def key(self, name: str) -> Key:
        """Returns a group or column by which rows are to be grouped, as a `Key`. The name `trace` is also allowed: the reason
        for the classification of each person, in words."""
        return Key(self.trace) if name == "trace" else super().key(name)


def refuse_unclassified(design: Design) -> None:
    """Raise `RequestError` if a survey was read but not classified. Such a survey has neither populations nor cases."""
    if isinstance(design, Survey) and not isinstance(design, ClassifiedSurvey):
        raise RequestError("this survey is not classified yet", do="persons = fl.classify(survey), then go on with persons")


def classified(survey: Survey, **facts: Any) -> ClassifiedSurvey:
    """Returns the survey as a `ClassifiedSurvey`, with the results of its classification.

    Args:
        survey: the survey as it was read.
        facts: the values of the attributes of `ClassifiedSurvey`, and `rows`, the persons with their new columns.
    """
    return ClassifiedSurvey(**vars(survey) | facts, unclassified=survey)
