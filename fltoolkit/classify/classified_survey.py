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
        rules: the rule set, as `icls_2018 v1`. rule: what it says.
        item_columns: by side of the definition and item, the columns of `frame` that hold the answers to its questions.
        lacking: by side of the definition, the items of the rule set that were not asked.
        to_verify: why the rule set may not be relied on yet; empty where it may.
        rule_note: what must be known of the rule set's result in this survey; empty where nothing must.
        unclassified: the survey as it was read.
        outcomes: outcomes of one's own, by name the rule that each follows (see `fl.outcome`).
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
    """Raise `RequestError` for a survey that was read and not classified: its frame has neither populations nor cases."""
    if isinstance(design, Survey) and not isinstance(design, ClassifiedSurvey):
        raise RequestError("this survey is not classified yet", do="persons = fl.classify(survey), then go on with persons")


def classified(survey: Survey, **facts: Any) -> ClassifiedSurvey:
    """A survey as a classified one. `facts`: the attributes of `ClassifiedSurvey` and the new `rows`."""
    return ClassifiedSurvey(**vars(survey) | facts, unclassified=survey)
