"""Checks whether a rule set (a definition of forced labour) can be applied to a survey. This module finds the
questions of the rule set that the survey asked, and those that are missing. It also says which cases the rule
set can find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from fltoolkit.classify.rules.rule_set import SIDES, Dimension, RuleSet, Side, load_rules
from fltoolkit.classify.trace import Sources
from fltoolkit.errors import SpecError
from fltoolkit.languages.reasons import Reason, Reasons, item_names, joined_reasons
from fltoolkit.survey.spec.consistency.two_sides import check_sides
from fltoolkit.survey.spec.questions import STAGES, Source
from fltoolkit.survey.spec.survey_spec import SurveySpec

REFERENCE_RULE_SET = "icls_2018"


def item_sources(spec: SurveySpec, rule: RuleSet) -> Sources:
    """Returns the questions that a rule set uses, for each side of the definition (`involuntary`,
    `coercion`). Each question is a tuple: the name of the internal column for its answer, its item (such as
    `debt_bondage`), and the question itself.

    A rule set may count an item on another side than survey.yaml does. Questions that the rule set does not
    use are left out.
    """
    asked = _item_sources(spec)
    return {
        side: [
            (f"fl__{side}__{item}__{i}", item, source)
            for item in rule.items(side)
            for i, source in enumerate(asked.get(item, ()))
            if any(part.uses(side, item, source.stage) for part in rule.parts.values())
        ]
        for side in SIDES
    }


def item_columns(sources: Sources) -> dict[str, dict[str, tuple[str, ...]]]:
    """Returns the names of the columns that have the answers, as {side of the definition: {item: columns}}:
    `{"coercion": {"debt_bondage": ("fl__coercion__debt_bondage__0",)}}`. `sources` are the questions, from
    `item_sources`."""
    return {
        side: {item: tuple(column for column, of, _ in questions if of == item) for _, item, _ in questions}
        for side, questions in sources.items()
    }


def lacking(rule: RuleSet, sources: Sources) -> dict[str, tuple[str, ...]]:
    """Returns the items of a rule set (such as `debt_bondage`) that the survey did not ask in a usable way,
    for each side of the definition (involuntary, coercion). `sources` are the usable questions, from
    `item_sources`."""
    return {
        side: tuple(item for item in rule.items(side) if item not in {i for _, i, _ in sources[side]})
        for side in SIDES
    }


def obstacle(spec: SurveySpec, rule: RuleSet, where: str) -> SpecError | None:
    """Returns an error that says why a rule set cannot be applied to a survey. Returns None if it can be
    applied. The error is returned, not raised.

    For example, a rule set may need to know at which stage something happened (recruitment, work, leaving).
    If a question of the survey does not state its stage, the rule set cannot be applied.

    Args:
        spec: the survey.
        rule: the rule set.
        where: the path of survey.yaml, for the message.
    """
    asked = _item_sources(spec)
    staged = {
        item
        for part in rule.parts.values()
        if part.stages
        for side in SIDES
        for item in getattr(part, side).all
    }
    if unknown := sorted(
        item for item in staged & asked.keys() if any(source.stage is None for source in asked[item])
    ):
        return SpecError(
            Reason.of("reasons.no_stage", rules=rule.name),
            where=f"{where}: items",
            found=item_names(unknown),
            allowed=STAGES,
            do="say stage: in each question on these items, or leave this rule set out",
        )
    for part in rule.parts.values():
        try:
            check_sides(
                spec, _questions(asked, part, "involuntary"), _questions(asked, part, "coercion"), where
            )
        except SpecError as error:
            return error
    if rule.dimensions and len(_unreachable_dimensions(spec, rule)) == len(rule.dimensions):
        return SpecError(
            Reason.of("reasons.too_little", rules=rule.name),
            where=f"{where}: items",
            found=item_names(asked),
            do="map the questions on its items, with their stage, or leave this rule set out",
        )
    return None


def within_icls(spec: SurveySpec, rule: RuleSet) -> bool:
    """Returns whether, in this survey, every case under the rule set is also a case under `icls_2018`.

    The condition is that every asked item (such as debt bondage) counts on the same side of the definition
    (involuntary or coercion) as in `icls_2018`. A dimension is one way to be in forced labour by the rule
    set. Dimensions that nobody can meet in this survey are ignored.
    """
    return not _items_on_other_side(spec, rule)


def note_on_rule_set(spec: SurveySpec, rule: RuleSet) -> Reason | Reasons | str:
    """Returns a note, in words, about the cases that a rule set can find in this survey. The note is empty
    for `icls_2018`.

    The note says whether all cases are also cases under `icls_2018`. It also names the dimensions (ways to be
    in forced labour by the rule set) that nobody can meet, because the survey asked about too few of their
    items (such as debt bondage).
    """
    if rule.name == REFERENCE_RULE_SET:
        return ""
    moved, idle = _items_on_other_side(spec, rule), _unreachable_dimensions(spec, rule)
    within = Reason.of("reasons.beyond", items=item_names(moved)) if moved else Reason.of("reasons.within")
    return joined_reasons([within, *([Reason.of("reasons.idle", items=item_names(idle))] if idle else [])])  # type: ignore[no-any-return]


def _item_sources(spec: SurveySpec) -> dict[str, tuple[Source, ...]]:
    return {str(item): sources for side in SIDES for item, sources in getattr(spec.items, side).items()}


def _questions(
    asked: Mapping[str, Sequence[Source]], part: Dimension, side: Side
) -> list[tuple[str, Source]]:
    """Returns the questions that a dimension of a rule set uses on one side of the definition (involuntary or
    coercion). Each is a pair: its item (such as `debt_bondage`) and the question.

    Args:
        asked: the questions of the survey, as {item: questions}.
        part: the dimension: one of the ways to be in forced labour by the rule set.
        side: the side of the definition.
    """
    wanted = getattr(part, side).all
    return [
        (item, source)
        for item in wanted
        for source in asked.get(item, ())
        if part.uses(side, item, source.stage)
    ]


def _unreachable_dimensions(spec: SurveySpec, rule: RuleSet) -> list[str]:
    """Returns the names of the dimensions of a rule set that nobody can meet in this survey, because the
    survey asked about too few of their items (such as debt bondage). A dimension is one of the ways to be in
    forced labour by the rule set."""
    asked, idle = _item_sources(spec), []
    for name, part in rule.parts.items():
        there = {side: {item for item, _ in _questions(asked, part, side)} for side in SIDES}
        strong = len(set(part.strong) & set().union(*there.values()))
        counts = {**{str(side): len(items) for side, items in there.items()}, "strong": strong}
        if any(count < getattr(part.at_least, key) for key, count in counts.items()):
            idle.append(name)
    return idle


def _items_on_other_side(spec: SurveySpec, rule: RuleSet) -> list[str]:
    """Returns the asked items (such as debt bondage) that the rule set counts on one side of the definition
    (involuntary or coercion), although `icls_2018` does not count them on this side.

    A dimension is one way to be in forced labour by the rule set. Items of dimensions that nobody can meet in
    this survey are left out.
    """
    base, asked, idle = (
        load_rules(REFERENCE_RULE_SET, Path()),
        _item_sources(spec),
        _unreachable_dimensions(spec, rule),
    )
    return list(
        dict.fromkeys(
            item
            for name, part in rule.parts.items()
            for side in SIDES
            for item, _ in _questions(asked, part, side)
            if name not in idle and item not in base.items(side)
        )
    )
