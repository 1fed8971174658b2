"""Raises an error if a population of survey.yaml has no persons. The message says how many persons meet each
condition of the population."""

from __future__ import annotations

import narwhals as nw

from fltoolkit.classify.group_columns import membership
from fltoolkit.errors import DataError
from fltoolkit.survey.answers.three_valued import all_of
from fltoolkit.survey.checks.findings import count_rows
from fltoolkit.survey.checks.printed_counts import count_in_words
from fltoolkit.survey.data.fetch_rows import to_rows
from fltoolkit.survey.data.internal_columns import AGE, ASKED, CHILD
from fltoolkit.survey.data.person_frame import column
from fltoolkit.survey.design.survey_design import Survey, weight_of
from fltoolkit.survey.spec.groups import Group
from fltoolkit.survey.spec.survey_spec import SurveySpec


def refuse_empty_populations(survey: Survey) -> None:
    """Raises an error if no person in the data belongs to a population of survey.yaml. A population that is
    the sum of two others is not checked itself: the two others are.

    Raises:
        DataError: a population has no persons. The message names the population and says how many persons
            meet each of its conditions. For each column of `where`, the message says how many different
            values the column has, and which of the codes in survey.yaml are among them.
    """
    spec = survey.spec
    own = [name for name, population in spec.populations.items() if not population.sum_of]
    counted = count_rows(
        survey.frame, {name: membership(spec, name) & (nw.col(weight_of(name)) > 0) for name in own}
    )
    for name in own:
        if not counted[name]:
            raise _empty_population_error(survey, name)


def _empty_population_error(survey: Survey, name: str) -> DataError:
    """Returns the error for a population without persons. Its message says how many persons meet each
    condition of the population."""
    spec, where = survey.spec, survey.spec.populations[name].where
    conditions = _conditions(spec, name)
    counts = count_rows(
        survey.frame,
        {
            "persons of the data": nw.lit(True),
            **conditions,
            "meet all of them": all_of(list(conditions.values())),
        },
    )
    limit = spec.confidentiality.smallest_printed_count
    held = [_column_values(survey, asked) for asked in where]
    return DataError(
        "nobody is in this population",
        where=f"{survey.path}: populations.{name}",
        found=[f"{words}: {count_in_words(count, limit)}" for words, count in counts.items()] + held,
        do=f"correct the ages, the codes or the weight under populations.{name}, or leave the population out",
    )


def _conditions(spec: SurveySpec, name: str) -> dict[str, nw.Expr]:
    """Returns the conditions that the persons of a population meet, as {condition in words: expression}:
    `{"aged 15 or more, or of unknown age": ...}`."""
    population, age = spec.populations[name], nw.col(AGE)
    found: dict[str, nw.Expr] = {"answered the module": nw.col(ASKED)}
    if spec.children:
        of_children = spec.of_children(name)
        found["children" if of_children else "adults"] = nw.col(CHILD) if of_children else ~nw.col(CHILD)
    if population.age.min is not None:
        found[f"aged {population.age.min} or more, or of unknown age"] = (
            age >= population.age.min
        ).fill_null(True)
    if population.age.max is not None:
        found[f"aged {population.age.max} or less, or of unknown age"] = (
            age <= population.age.max
        ).fill_null(True)
    for asked, codes in population.where.items():
        found[f"{asked} is {' or '.join(codes)}"] = column(asked).is_in(list(codes)).fill_null(False)
    return found | {f"{population.weight or spec.design.weight} is above 0": nw.col(weight_of(name)) > 0}


def _column_values(survey: Survey, asked: str) -> str:
    """Returns a sentence about a column under `where` of survey.yaml: how many different values it has, and
    which of the codes in survey.yaml are among them. `asked` is the name of the column."""
    values = [
        value for (value,) in to_rows(survey.frame.select(column(asked).alias("v")).unique(), survey.path)
    ]
    groups = [g for g in survey.spec.groups.values() if isinstance(g, Group) and asked in g.column]
    named = [code for g in groups for code in (*g.codes, *g.missing) if code in set(values)]
    among_them = f", of which survey.yaml names {', '.join(dict.fromkeys(named))}" if named else ""
    return f"{asked} holds {len(set(values) - {None})} different value(s){among_them}"
