"""Tests the facts that describe a survey, such as its design and its weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from small_surveys import SPEC, persons_table, write_survey

import fltoolkit as fl
from fltoolkit.survey.checks.survey_facts import describe

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (
            {},
            {
                "Survey": "Small survey; Testland, 2024",
                "Reference period": "the last 12 months",
                "Persons in the file": "about 20 in about 10 households",
                "Answered the module": "about 10 of about 20 asked; refused it as a whole: fewer than 5",
                "Strata": "2, from the column stratum",
                "Primary sampling units": "4, from the column village",
                "Selection of PSUs": "simple random; variance as if with replacement",
            },
        ),
        (
            {
                "reference_period.start": "2023-01-01",
                "reference_period.end": "2024-02-01",
                "module.not_asked": [3, 4],
                "design.fpc": "hh",
                "populations.adults.weight": "age",
            },
            {
                "Reference period": (
                    "the last 12 months (earliest start 1 January 2023, latest interview 1 February 2024)"
                ),
                "Not asked the module": "codes 3, 4 of result",
                "Selection of PSUs": "simple random; with FPC hh",
                "Populations": "persons aged 18 and over (weighted by age)",
            },
        ),
        (
            {
                "reference_period.start": "2023-01-01",
                "reference_period.end": "2023-12-31",
                "module.not_asked": [3, 4, 5],
                "module.labels": {4: "absent"},
                "design.strata": None,
                "coverage_excludes": [],
            },
            {
                "Reference period": "the last 12 months (1 January 2023 to 31 December 2023)",
                "Not asked the module": "absent (code 4 of result); codes 3, 5 of result",
                "Strata": "none",
                "Not reached": "not said",
            },
        ),
        (
            {"module": None, "design.psu": None},
            {
                "Answered the module": "about 20; the data do not say who refused it",
                "Primary sampling units": "none: persons drawn directly",
            },
        ),
    ],
)
def test_a_survey_is_described_in_facts(
    spec: dict[str, Any],
    people: pd.DataFrame,
    write: Write,
    changed: Change,
    keys: dict[str, Any],
    told: dict[str, str],
) -> None:
    people.loc[[0, 1, 2], "result"] = ["no", "no", "out"]
    facts = describe(fl.read_survey(write(changed(spec, keys), people=people))).set_index("fact")["value"]
    assert {fact: facts[fact] for fact in told} == told


def test_where_children_have_a_module_of_their_own_each_module_is_named() -> None:
    """Before, *persons under 18* stood as not asked "the module" beside a number that counts the children who
    answered theirs."""
    facts = describe(fl.read_survey("valdorie_enquete_2025")).set_index("fact")["value"]
    assert "Answered their module" in facts
    assert facts["Not asked"].startswith(
        "adult module: adults absent during the whole visit (code 3 of A_RESULT); persons under 18"
    )
    assert "; child module: persons other than the child drawn: " in facts["Not asked"]


def test_how_far_weights_differ_is_told_to_two_digits(tmp_path: Path) -> None:
    """Two hundred weights of 1,234 and of 3,702, three times as much, in equal numbers: by hand, the
    coefficient of variation is 1/2, Kish's design effect 1 + CV² = (1 + 9)/2 / 2² = 1.25."""
    people = persons_table([("not", {"W": 1234 * (1 + 2 * (i % 2))}) for i in range(200)])
    spec = {key: value for key, value in SPEC.items() if key != "sectors"}
    facts = describe(fl.read_survey(write_survey(tmp_path, spec, persons=people))).set_index("fact")["value"]
    assert facts["Weights W"] == (
        "5% below 1,200, half below 2,500, 5% above 3,700; coefficient of variation 0.50, "
        "Kish's design effect 1.25; the largest 1% carry 0% of the sum"
    )
    few = people.head(99)
    assert "Weights W" not in set(describe(fl.read_survey(write_survey(tmp_path, spec, persons=few)))["fact"])
