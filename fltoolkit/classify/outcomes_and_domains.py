"""Makes analyses possible that need no change of survey.yaml: estimates for a part of the sample (a domain),
an outcome other than forced labour, or a group made from a data column."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Annotated, Any, TypeVar, cast

import narwhals as nw

from fltoolkit.arguments import checked
from fltoolkit.classify.adults import classified_by
from fltoolkit.classify.category_names import label_of, meant_label, names_in
from fltoolkit.classify.classified_survey import ClassifiedSurvey, refuse_unclassified
from fltoolkit.classify.group_columns import POPULATION, banded, group as group_column, group_order
from fltoolkit.classify.rule_set import SIDES
from fltoolkit.errors import DataError, NotAvailable, RequestError
from fltoolkit.survey.answers import all_of, any_of, at_least, relabelled
from fltoolkit.survey.design.calibration_margins import with_calibration
from fltoolkit.survey.design.survey_design import Design, Domain, Survey, set_fields
from fltoolkit.survey.engine.columns import NUMBER_OF, SOURCE
from fltoolkit.survey.engine.engines import to_pandas
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED, Group, NumberGroup
from fltoolkit.survey.spec.survey_spec import RESERVED, SurveySpec
from fltoolkit.survey.survey_opening import with_columns_of
from fltoolkit.yaml_files.loading import build_model

FORCED_LABOUR = "forced_labour"
NAMED = "answered yes to {}; not forced labour"
AT_LEAST = "at_least"
HOW_TO_WRITE = (
    'write items or sides with and, or, not and at_least: "debt_bondage and withheld_wages", '
    '"at_least(2, debt_bondage, withheld_wages, coercion)"'
)
D = TypeVar("D", bound=Design)
Where = Annotated[
    Mapping[str, str | int | Sequence[str] | Sequence[int]] | None,
    'name groups and labels: {"area": "rural"}, or {"area": ["rural", "peri-urban"]}',
]
Code = str | int
LONGEST = 5_000  # characters
DEEPEST = 150  # levels of brackets and operators; a sum of n names has n levels


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


@checked
def derive(
    design: D,
    name: str,
    *,
    of: str,
    codes: Mapping[Code, str] | None = None,
    bands: Sequence[int] | None = None,
    missing: Code | Sequence[Code] = (),
    label: str = "",
) -> D:
    """Add a group (such as kind of housing) to a survey or design. After that, `by=`, `where=` and `fl.share`
    accept its name.

    Args:
        design: a survey, a classified survey, or any design. It is not changed.
        name: the name of the group, in small letters, digits and underscores.
        of: the column of the data from which the group is made. survey.yaml need not name it.
        codes: the label of each code; several codes may have one label: {1: "owns", 2: "owns", 3: "rents"}.
        bands: lower limits of bands of a column of numbers: [0, 100, 500] gives `under 0`, `0–99`, `100–499`
            and `500+`.
        missing: the code, or the codes, for no answer.
        label: the words for the group. If the text is empty, the name is used.

    Raises:
        RequestError: codes and bands are both given, or neither; the name is taken.
        SpecError: a label or a band is not valid.
        DataError: there is no such column; it has values that are neither in `codes` nor in `missing`; or,
            with `bands`, values that are not numbers.
    """
    if (codes is None) == (bands is None):
        raise RequestError(
            "a group needs either codes or bands",
            where=f"derive: {name}",
            found="both" if codes else "neither",
            do='give codes={1: "urban", 2: "rural"}, or bands=[0, 100, 500]',
        )
    _refuse_taken(design, name)
    facts: dict[str, Any] = {
        "column": of,
        "missing": [missing] if isinstance(missing, (str, int)) else list(missing),
        "label": label,
    }
    where = f"derive: {name}"
    group: Group | NumberGroup
    if codes is not None:
        group = build_model({**facts, "codes": dict(codes)}, Group, where)
    else:
        group = build_model({**facts, "bands": list(bands or ())}, NumberGroup, where)
    made = _of_survey(design, name, group) if isinstance(design, Survey) else _of_design(design, name, group)
    return cast(D, made)


def parse_expression(text: str) -> ast.expr:
    """Returns an expression as Python's parser reads it.

    Raises:
        ValueError: the text is no expression, or it is too long or too deeply nested to be one that a person
            wrote.
    """
    if len(text) > LONGEST:
        raise ValueError("too long")
    try:
        parsed = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError("no expression") from None
    level: list[ast.AST] = [parsed]
    for _ in range(DEEPEST):
        level = [below for node in level for below in ast.iter_child_nodes(node)]
        if not level:
            return parsed
    raise ValueError("too deeply nested")


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


def _refuse_taken(design: Design, name: str) -> None:
    """Raises an error if the name of a new group is not valid, or if a group or column already has it."""
    taken = {
        *RESERVED,
        *design.frame.collect_schema().names(),
        *(design.spec.group_names if isinstance(design, Survey) else ()),
    }
    if name in taken or not name.isidentifier() or name != name.lower():
        raise RequestError(
            "a group needs a name of its own",
            where="derive: name",
            found=name,
            allowed="small letters, digits and underscores",
            do="give a name that no group and no column of a result has",
        )


def _of_survey(survey: Survey, name: str, group: Group | NumberGroup) -> Survey:
    """Returns a survey with one more group.

    A classified survey keeps its weights and the outcomes that the user defined. It is classified again only
    if the data files must be read again for the new column.
    """
    opened = survey.unclassified if isinstance(survey, ClassifiedSurvey) else survey
    spec = opened.spec.model_copy(update={"groups": {**opened.spec.groups, name: group}})
    made = with_columns_of(opened, spec)
    of = _column(group)
    number = nw.col(NUMBER_OF + of) if isinstance(group, NumberGroup) else None
    _refuse_others(made, nw.col(SOURCE + of), number, name, group)
    if not isinstance(survey, ClassifiedSurvey):
        return made
    if made.rows is opened.rows:
        return replace(
            survey,
            spec=spec,
            unclassified=made,
            rows=survey.frame.with_columns(group_column(group).alias(name)),
        )
    found = classified_by(made, survey.rule)
    if survey.calibration:
        found = with_calibration(found, survey.calibration)
    for own, rule in survey.outcomes.items():
        found = outcome(found, rule, name=own)
    return replace(found, rules=survey.rules, rule_note=survey.rule_note)


def _of_design(design: Design, name: str, group: Group | NumberGroup) -> Design:
    """Returns a design without survey.yaml, with one more column: the category of the new group."""
    of = _column(group)
    text = design.text(of)
    number = design.number(of) if isinstance(group, NumberGroup) else None
    _refuse_others(design, text, number, name, group)
    if isinstance(group, NumberGroup):
        made = banded(nw.when(~text.is_in(list(group.missing))).then(number), group)
    else:
        made = relabelled(text, group.labels).fill_null(NOT_STATED)
    return set_fields(copy(design), rows=design.frame.with_columns(made.alias(name)), known={})


def _column(group: Group | NumberGroup) -> str:
    """Returns the name of the data column from which a group is made."""
    return group.column if isinstance(group, NumberGroup) else group.column[0]


def _refuse_others(
    design: Design, text: nw.Expr, number: nw.Expr | None, name: str, group: Group | NumberGroup
) -> None:
    """Raises an error if the column of a new group has values that are in no category and not declared
    missing. With bands, such values are texts that are not numbers.

    `fl.check` does not find all such values, because it accepts a code if another question on the same column
    uses the code.

    Args:
        design: the design.
        text: the column as text.
        number: the column as numbers, for a group of bands; None for a group of codes.
        name: the name of the group.
        group: the group.
    """
    known = text.is_in(list(group.labels)) if number is None else ~(number.is_null() | number.is_nan())
    odd = ~text.is_null() & ~text.is_in(list(group.missing)) & ~known.fill_null(False)
    rows = design.frame.filter(odd).select(text.alias("v")).group_by("v").agg(nw.len().alias("n")).sort("v")
    found = to_pandas(rows, design.source)
    if len(found):
        persons = dict(zip(found["v"].astype(str), found["n"].astype(int), strict=True))
        what, do = (
            ("numbers", "list them in missing")
            if number is not None
            else ("named", "name them in codes, or list them in missing")
        )
        raise DataError(
            f"the column holds values that are not {what}",
            where=f"derive: {name}: {_column(group)}",
            found=design.mask.printed(persons, len(persons)),
            do=do,
        )
