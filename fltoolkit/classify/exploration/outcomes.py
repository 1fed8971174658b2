"""Adds outcomes that the user defines. An outcome can be one item (such as debt bondage), one side of the
definition of forced labour (involuntary work or coercion), or a rule made of items and sides.

Such an outcome describes answers. It is not forced labour and is never called forced labour.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace

import narwhals as nw

from fltoolkit.arguments import checked
from fltoolkit.classify.answers_as_truths import at_least
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.exploration.user_expressions import parse_expression
from fltoolkit.classify.group_columns import POPULATION
from fltoolkit.classify.rules.rule_set import SIDES
from fltoolkit.errors import NotAvailable, RequestError
from fltoolkit.survey.answers.three_valued import all_of, any_of
from fltoolkit.survey.design.survey_design import Design
from fltoolkit.survey.spec.reserved_names import RESERVED

FORCED_LABOUR = "forced_labour"
NAMED = "answered yes to {}; not forced labour"
AT_LEAST = "at_least"
HOW_TO_WRITE = (
    'write items or sides with and, or, not and at_least: "debt_bondage and withheld_wages", '
    '"at_least(2, debt_bondage, withheld_wages, coercion)"'
)


@checked
def outcome(persons: ClassifiedSurvey, rule: str, name: str | None = None) -> ClassifiedSurvey:
    """Add an outcome other than forced labour to a classified survey, such as debt bondage. Functions such as
    `fl.prevalence` then accept the name of this outcome: `fl.prevalence(persons, "debt_bondage")`. With these
    persons they need a name, also for forced labour: `fl.prevalence(persons, "forced_labour")`. Functions
    that are about cases of forced labour alone, such as `fl.profile`, take the persons as they were before.

    For each adult the outcome is true, false or unresolved (the answers do not decide it). A rule with `and`
    is false if a part is false; otherwise it is unresolved if a part is unresolved. A rule with `or` is true
    if a part is true (Kleene's logic, as in the definition of forced labour). An item is true if any of its
    questions is answered *yes*, in any work of the person. So a rule of two items does not say that both
    happened in the same work. If a person did no work and was not asked an item, the item is false.

    Args:
        persons: a classified survey. It is not changed.
        rule: an item of the rule set (`debt_bondage`), a side of the definition (`involuntary` or
            `coercion`), or a rule made of these with `and`, `or`, `not`, brackets and `at_least(2, ...)`,
            such as `debt_bondage and not withheld_wages`.
        name: the name of the outcome; None: the name of the item or side.

    Returns:
        A ClassifiedSurvey with the outcome in its `outcomes`. Estimates of this outcome say `answered yes to
        ...; not forced labour` in `about.rule_note`.

    Raises:
        RequestError: the rule cannot be read, or has an item that this survey did not ask; the name is taken
            or not valid.
        NotAvailable: the survey has no population of adults (children have another definition).
    """
    truths = _truths(persons)
    made = _expression(rule, truths)
    name = rule.strip() if name is None else name
    taken = (RESERVED | {*persons.spec.group_names, *persons.frame.collect_schema().names()}) - {
        rule.strip() if rule.strip() in SIDES else ""
    }
    if not name.isidentifier() or name in taken:
        raise RequestError(
            "an outcome needs a name of its own",
            where="outcome: name",
            found=name,
            do=(
                'give a short name that no group or column has: fl.outcome(persons, "debt_bondage and '
                'withheld_wages", name="debt_and_wages")'
            ),
        )
    rows = persons.frame.with_columns(nw.when(_adults(persons)).then(made).alias(name))
    return replace(persons, rows=rows, outcomes={**persons.outcomes, name: rule.strip()})


def named(rule: str) -> str:
    """Returns the text that tables and documents print for a user-defined outcome: `answered yes to
    debt_bondage; not forced labour`. `rule` is the rule of the outcome."""
    return NAMED.format(rule)


def named_outcome(design: Design, outcome: str | None, call: str) -> str:
    """Returns the outcome that a call estimates: forced labour, unless the call names another. If persons
    carry user-defined outcomes, the call must name one: otherwise a question about debt bondage would be
    answered with forced labour.

    Raises:
        RequestError: the persons carry user-defined outcomes, and the call names none (`outcome` is None).
    """
    own = list(design.outcomes) if isinstance(design, ClassifiedSurvey) else []
    if outcome is None and own:
        raise RequestError(
            "these persons carry an outcome of their own, so the call must name what it estimates",
            where=call,
            found="no outcome",
            allowed=[*own, FORCED_LABOUR],
            do=f'name it, such as outcome="{own[-1]}"',
        )
    return FORCED_LABOUR if outcome is None else outcome


def refuse_own_outcomes(persons: ClassifiedSurvey, call: str) -> None:
    """Raises `RequestError` if persons carry user-defined outcomes. It is for calls that can only answer for
    forced labour."""
    if persons.outcomes:
        raise RequestError(
            f"{call} is about cases of forced labour, and these persons carry an outcome of their own",
            where=call,
            found=list(persons.outcomes),
            do=(
                "give the persons as before fl.outcome; fl.prevalence, fl.total and fl.share take the "
                "name of an outcome"
            ),
        )


def of_forced_labour(persons: ClassifiedSurvey) -> ClassifiedSurvey:
    """Returns the same persons without user-defined outcomes, for the tables of a run: these are always about
    forced labour."""
    return replace(persons, outcomes={})


def in_place_of_forced_labour(persons: ClassifiedSurvey, name: str) -> ClassifiedSurvey:
    """Returns a survey whose cases are the persons with a user-defined outcome. Its column `forced_labour`
    has the values of this outcome (`name`). So everything that protects the counts of cases protects the
    counts of the outcome."""
    return replace(persons, rows=persons.frame.with_columns(nw.col(name).alias(FORCED_LABOUR)))


def _adults(persons: ClassifiedSurvey) -> nw.Expr:
    """Returns a true/false column: whether a person is in a population of adults. Raises an error if the
    survey has no such population.

    User-defined outcomes use the items of the adults' definition, because children have another definition.
    """
    spec = persons.spec
    adults = [p for p in spec.populations if not spec.of_children(p) and p not in spec.totals]
    if not adults:
        raise NotAvailable(
            "an outcome of your own uses the items of adults, but the survey has no population of adults",
            where=f"{persons.path}: populations",
            found=list(spec.populations),
            do="name a population of adults",
        )
    return any_of([nw.col(POPULATION + p).fill_null(False) for p in adults])


def _truths(persons: ClassifiedSurvey) -> dict[str, nw.Expr]:
    """Returns one column for each asked item (such as `debt_bondage`) and for each side of the definition, as
    {name: column}. A value is true if the person answered *yes*, false if the person answered *no*, and null
    if the answers do not decide it. For a person without work, a blank counts as false."""
    found: dict[str, nw.Expr] = {}
    for side in SIDES:
        items = {
            item: any_of([nw.col(column) for column in columns])
            for item, columns in persons.item_columns[side].items()
        }
        found |= items
        if items:
            found[side] = nw.col(side)
    # The items are about work. For a person who did no work, a blank counts as *no*, even if the person did
    # not reach the gate of the question.
    return {
        name: nw.when(~nw.col("any_work")).then(truth.fill_null(False)).otherwise(truth)
        for name, truth in found.items()
    }


def _expression(rule: str, truths: Mapping[str, nw.Expr]) -> nw.Expr:
    """Returns a column: whether the user-defined outcome is true for each person. The column is null if the
    answers do not decide it. Raises an error if the rule cannot be read.

    Args:
        rule: the rule of the outcome, such as `debt_bondage and not withheld_wages`.
        truths: the columns of the items and sides that the rule may use, as {name: column}.
    """
    try:
        parsed = parse_expression(rule)
    except ValueError:
        raise RequestError(
            "the rule cannot be read", where="outcome: rule", found=rule, do=HOW_TO_WRITE
        ) from None
    return _of_node(parsed, rule, truths)


def _of_node(node: ast.expr, rule: str, truths: Mapping[str, nw.Expr]) -> nw.Expr:
    """Returns a column: whether one part of an outcome's rule is true for each person.

    Args:
        node: the part, as Python's parser returns it. In `debt_bondage and not withheld_wages`,
            `debt_bondage` is a part.
        rule: the whole rule, for messages.
        truths: the columns of the items and sides that the rule may use, as {name: column}.
    """
    part: Callable[[ast.expr], nw.Expr] = lambda of: _of_node(of, rule, truths)  # noqa: E731
    if isinstance(node, ast.Name):
        if node.id not in truths:
            raise RequestError(
                "the survey has no such item or side",
                where="outcome: rule",
                found=node.id,
                allowed=list(truths),
                do=(
                    "name one of these; fl.profile gives the share of the cases of forced labour that "
                    "have an item"
                ),
            )
        return truths[node.id]
    if isinstance(node, ast.BoolOp):
        parts = list(map(part, node.values))
        return all_of(parts) if isinstance(node.op, ast.And) else any_of(parts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return ~part(node.operand)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == AT_LEAST
        and not node.keywords
    ):
        first, *others = node.args or [node]
        texts = list(map(ast.unparse, others))
        if len(set(texts)) < len(texts):
            raise RequestError(
                "at_least counts a part twice",
                where="outcome: rule",
                found=ast.unparse(node),
                do="name each part once",
            )
        if isinstance(first, ast.Constant) and type(first.value) is int and 1 <= first.value <= len(others):
            return at_least(first.value, list(map(part, others)))
    raise RequestError(
        "the rule cannot be read", where="outcome: rule", found=ast.unparse(node), do=HOW_TO_WRITE
    )
