"""Checks whether a rule set can be applied to a survey: which questions were asked, which are missing, and which cases can be
counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from fltoolkit.classify.rules.rule_set import SIDES, Dimension, RuleSet, Side, load_rules
from fltoolkit.classify.trace import Sources
from fltoolkit.errors import SpecError
from fltoolkit.languages.reasons import Reason, Reasons, item_names, joined
from fltoolkit.survey.spec.consistency.two_sides import check_sides
from fltoolkit.survey.spec.questions import STAGES, Source
from fltoolkit.survey.spec.survey_spec import SurveySpec

BASE = "icls_2018"


def item_sources(spec: SurveySpec, rule: RuleSet) -> Sources:
    """Returns the questions that a rule set uses, by side of the definition (involuntary or coercion). Each entry is a tuple:
    the internal column of the answer, the item (such as `debt_bondage`) and the question.

    A rule set may use an item on another side than survey.yaml does.
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
    """Returns the names of the columns with the answers, by side of the definition (involuntary, coercion), then by item:
    `{"coercion": {"debt_bondage": (...)}}`.
    """
    return {
        side: {item: tuple(column for column, of, _ in questions if of == item) for _, item, _ in questions}
        for side, questions in sources.items()
    }


def lacking(rule: RuleSet, sources: Sources) -> dict[str, tuple[str, ...]]:
    """Returns the items of a rule set (such as `debt_bondage`) that the survey does not ask, by side of the definition
    (involuntary, coercion). A question that the rule set cannot use does not count as asked.
    """
    return {side: tuple(item for item in rule.items(side) if item not in {i for _, i, _ in sources[side]}) for side in SIDES}


def obstacle(spec: SurveySpec, rule: RuleSet, where: str) -> SpecError | None:
    """Returns the reason why a rule set cannot be applied to a survey, as an error; None if it can be applied.

    Nothing is guessed. For example, a rule set may need the stage of each question (recruitment, work, leaving). If a question
    does not state its stage, the rule set cannot be applied.

    Args:
        spec: the survey.
        rule: the rule set.
        where: the path of survey.yaml, for the message.
    """
    asked = _item_sources(spec)
    staged = {item for part in rule.parts.values() if part.stages for side in SIDES for item in getattr(part, side).all}
    if unknown := sorted(item for item in staged & asked.keys() if any(source.stage is None for source in asked[item])):
        return SpecError(
            Reason.of("reasons.no_stage", rules=rule.name), where=f"{where}: items",
            found=item_names(unknown), allowed=STAGES, do="say stage: in each question on these items, or leave this rule set out",
        )  # fmt: skip
    for part in rule.parts.values():
        try:
            check_sides(spec, _questions(asked, part, "involuntary"), _questions(asked, part, "coercion"), where)
        except SpecError as error:
            return error
    if rule.dimensions and len(_idle(spec, rule)) == len(rule.dimensions):
        return SpecError(
            Reason.of("reasons.too_little", rules=rule.name), where=f"{where}: items", found=item_names(asked),
            do="map the questions on its items, with their stage, or leave this rule set out",
        )  # fmt: skip
    return None


def within_icls(spec: SurveySpec, rule: RuleSet) -> bool:
    """Returns whether, in this survey, every case under the rule set is also a case under `icls_2018`.

    This is so if every item that was asked is on the same side of the definition (involuntary or coercion) as in `icls_2018`.
    Dimensions of the rule set that cannot be met in this survey are not considered.
    """
    return not _misplaced(spec, rule)


def note(spec: SurveySpec, rule: RuleSet) -> Reason | Reasons | str:
    """Returns what a reader must know about the result of a rule set in this survey; empty for `icls_2018`.

    The note says whether all cases are also cases under `icls_2018`. It also names the dimensions (ways to meet the rule set)
    that nobody can meet, because too few of their items were asked.
    """
    if rule.name == BASE:
        return ""
    moved, idle = _misplaced(spec, rule), _idle(spec, rule)
    within = (
        Reason.of("reasons.beyond", rules=BASE, items=item_names(moved)) if moved else Reason.of("reasons.within", rules=BASE)
    )
    return joined([within, *([Reason.of("reasons.idle", items=item_names(idle))] if idle else [])])  # type: ignore[no-any-return]


def _item_sources(spec: SurveySpec) -> dict[str, tuple[Source, ...]]:
    return {str(item): sources for side in SIDES for item, sources in getattr(spec.items, side).items()}


def _questions(asked: Mapping[str, Sequence[Source]], part: Dimension, side: Side) -> list[tuple[str, Source]]:
    """Returns the questions that a dimension (one way to meet the rule set) uses on one side of the definition (involuntary or
    coercion). Each comes with its item, such as `debt_bondage`. `asked` holds the survey's questions for each item."""
    wanted = getattr(part, side).all
    return [(item, source) for item in wanted for source in asked.get(item, ()) if part.uses(side, item, source.stage)]


def _idle(spec: SurveySpec, rule: RuleSet) -> list[str]:
    """Returns the names of the dimensions of a rule set (the ways to meet it) that nobody can meet in this survey, because the
    survey asks too few of their items.
    """
    asked, idle = _item_sources(spec), []
    for name, part in rule.parts.items():
        there = {side: {item for item, _ in _questions(asked, part, side)} for side in SIDES}
        strong = len(set(part.strong) & set().union(*there.values()))
        counts = {**{str(side): len(items) for side, items in there.items()}, "strong": strong}
        if any(count < getattr(part.at_least, key) for key, count in counts.items()):
            idle.append(name)
    return idle


def _misplaced(spec: SurveySpec, rule: RuleSet) -> list[str]:
    """Returns the items asked in this survey that count on one side of the definition (involuntary or coercion) in the rule
    set, and on the other side in `icls_2018`.

    Dimensions (ways to meet the rule set) that nobody can meet in this survey are not considered.
    """
    base, asked, idle = load_rules(BASE, Path()), _item_sources(spec), _idle(spec, rule)
    return list(
        dict.fromkeys(
            item
            for name, part in rule.parts.items()
            for side in SIDES
            for item, _ in _questions(asked, part, side)
            if name not in idle and item not in base.items(side)
        )
    )
