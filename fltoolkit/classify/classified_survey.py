"""Defines a survey whose persons have been classified (who is in forced labour). All estimates of forced
labour start from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import narwhals as nw

from fltoolkit.classify.rule_set import RuleSet
from fltoolkit.errors import RequestError
from fltoolkit.languages.reasons import Reason, Reasons
from fltoolkit.survey.design.survey_design import Design, Key, Survey


@dataclass(frozen=True, eq=False, kw_only=True)
class ClassifiedSurvey(Survey):
    """A survey whose persons are classified, as `fl.classify` returns it. Every estimate of forced labour
    needs it. Its `frame` has one row per person, with the groups of survey.yaml (such as sex), the
    populations, and the classification.

    Attributes:
        rules: the name and version of the rule set, such as `icls_2018 v1`.
        rule: the content of the rule set.
        item_columns: the names of the columns of `frame` that have the answers, for each side of the
            definition (involuntary, coercion) and each item (such as `debt_bondage`).
        lacking: the items of the rule set that were not asked, for each side of the definition.
        to_verify: the reason why results of the rule set must not be relied on yet. It is empty if they may
            be relied on.
        rule_note: what a reader must know about the results of the rule set in this survey, or an empty text.
        trace: how each person was classified, in words. The trace is an expression that can be selected from
            `frame`. It is not a column of `frame`, because each query would then carry these long texts.
        short_trace: the same text in a shorter form for tables, without the result.
        unclassified: the survey as it was read.
        outcomes: the outcomes that the user added with `fl.outcome`, as {name of the outcome: its rule}.
    """

    rules: str
    rule: RuleSet
    item_columns: Mapping[str, Mapping[str, tuple[str, ...]]]
    lacking: Mapping[str, tuple[str, ...]]
    to_verify: Reason | str
    rule_note: Reason | Reasons | str
    trace: nw.Expr
    short_trace: nw.Expr
    unclassified: Survey
    outcomes: Mapping[str, str] = field(default_factory=dict)

    def key(self, name: str) -> Key:
        """Returns the `Key` by which rows are grouped, for a group or a column. The name may also be `trace`
        or `short_trace`: how each person was classified, in words."""
        traces = {"trace": self.trace, "short_trace": self.short_trace}
        return Key(traces[name]) if name in traces else super().key(name)


def refuse_unclassified(design: Design) -> None:
    """Raises `RequestError` if a survey was read but not classified. Such a survey has no populations and no
    cases. Designs without survey.yaml pass."""
    if isinstance(design, Survey) and not isinstance(design, ClassifiedSurvey):
        raise RequestError(
            "this survey is not classified yet", do="persons = fl.classify(survey), then go on with persons"
        )
