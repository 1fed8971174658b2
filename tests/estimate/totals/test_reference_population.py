"""Tests the population of an estimate: a named one, that of a job, or the default."""

from __future__ import annotations

import pandas as pd
import pytest
import shipped

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.estimate.totals.reference_population import population_of


def test_a_design_without_survey_yaml_has_no_populations() -> None:
    design = fl.SurveyDesign(pd.DataFrame({"w": [1.0, 2.0], "y": [0, 1]}), weight="w")
    chosen = population_of(design, None, (), "y")
    assert (chosen.name, chosen.weight, chosen.domain) == ("", "fl__weight", None)
    with pytest.raises(RequestError, match="has populations"):
        population_of(design, "adults", (), "y")


def test_a_job_chooses_its_workers_and_no_other_population(norvia: fl.ClassifiedSurvey) -> None:
    assert population_of(norvia, None, ("sex",), "forced_labour").name == "adults"
    assert population_of(norvia, None, ("main_job_sector",), "forced_labour").name == "workers"
    with pytest.raises(RequestError, match="main_job_sector was asked of workers only"):
        population_of(norvia, "adults", ("main_job_sector",), "forced_labour")
    with pytest.raises(RequestError, match="no such population"):
        population_of(norvia, "everyone", (), "forced_labour")


def test_outcomes_of_the_adults_definition_are_refused_for_children() -> None:
    persons = shipped.persons(shipped.VALDORIE)
    assert population_of(persons, "adults", (), "involuntary").domain == "fl__population__adults"
    for outcome, why in (
        ("involuntary", "no test of consent"),
        ("forced_labour_now", "not asked whether it goes on"),
    ):
        with pytest.raises(RequestError, match=why):
            population_of(persons, "children", (), outcome)
