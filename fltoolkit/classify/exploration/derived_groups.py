"""Adds a group to a survey. The user makes the group from a data column, by labels for the codes of the
column or by bands of its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any, TypeVar, cast

import narwhals as nw

from fltoolkit.arguments import checked
from fltoolkit.classify.adults import classified_by
from fltoolkit.classify.answers_as_truths import relabelled
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.exploration.outcomes import outcome
from fltoolkit.classify.group_columns import banded, group as group_column
from fltoolkit.errors import DataError, RequestError
from fltoolkit.survey.data.fetch_rows import to_pandas
from fltoolkit.survey.data.internal_columns import NUMBER_OF, SOURCE
from fltoolkit.survey.design.calibration_margins import with_calibration
from fltoolkit.survey.design.survey_design import Design, Survey, set_fields
from fltoolkit.survey.design.survey_opening import with_columns_of
from fltoolkit.survey.spec.groups import NOT_STATED, Group, NumberGroup
from fltoolkit.survey.spec.reserved_names import RESERVED
from fltoolkit.yaml_files.loading import build_model

D = TypeVar("D", bound=Design)
Code = str | int


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
