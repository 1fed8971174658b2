"""Tests which questions a survey asked, which persons it asked, and which of the wanted measures are
therefore impossible."""

from __future__ import annotations

import dataclasses

import shipped

import fltoolkit as fl
from fltoolkit.estimate.measures.questions_asked import NEEDS, ages_of, not_asked, questionnaire_of
from fltoolkit.survey.spec.groups_and_tables import TableSpec


def with_tables(persons: fl.ClassifiedSurvey, **left_out: None) -> fl.ClassifiedSurvey:
    """The persons of a survey.yaml that wants every measure in time, with some of its keys left out."""
    tables = tuple(TableSpec(measure=measure) for measure in NEEDS)
    return dataclasses.replace(persons, spec=persons.spec.model_copy(update={"tables": tables, **left_out}))


def test_a_measure_in_time_needs_its_question(norvia: fl.ClassifiedSurvey) -> None:
    asked = not_asked(with_tables(norvia))
    assert "duration" not in asked
    assert "stock" not in asked
    missing = not_asked(with_tables(norvia, months=None, current=None))
    assert set(missing) == set(NEEDS)
    assert {error.where for error in missing.values()} == {str(norvia.path)}


def test_questions_are_counted_by_item_and_way_of_asking(norvia: fl.ClassifiedSurvey) -> None:
    told = questionnaire_of(norvia.spec, "adults")
    assert "any_work: 4 experienced" in told
    assert "coercion.threats_or_violence: 2 experienced, 1 witnessed" in told
    assert not any(line.startswith(("interview.", "trafficking", "children.")) for line in told)


def test_the_ages_of_a_sum_are_those_of_its_parts() -> None:
    spec = shipped.persons(shipped.VALDORIE).spec
    whole = next(name for name, population in spec.populations.items() if population.sum_of)
    parts = spec.populations[whole].sum_of
    assert ages_of(spec, whole) == "; ".join(ages_of(spec, part) for part in parts)
    assert ages_of(spec, "children") == "5 to 17"
    assert ages_of(spec, "adults") == "18 and over"
