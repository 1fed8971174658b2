"""Tests that numbers which are probably something else are found: thousands, codes, years of birth, another
column; and that numbers which only look odd are not."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from small_surveys import SPEC, persons_table, write_survey

import fltoolkit as fl
from fltoolkit.errors import DataError

PEOPLE = persons_table([("case", {})] * 5 + [("not", {})] * 35)
N = len(PEOPLE)


def survey_with(folder: Path, weights: list[Any] | None = None, **columns: Any) -> fl.Survey:
    spec = {key: value for key, value in copy.deepcopy(SPEC).items() if key != "sectors"}
    for dotted in [name for name in columns if "__" in name]:
        *path, last = dotted.split("__")
        here = spec
        for step in path:
            here = here[step]
        here[last] = columns.pop(dotted)
    spec |= {name: columns.pop(name) for name in [*columns] if name in ("accept", "age")}
    people = PEOPLE.assign(**columns) if weights is None else PEOPLE.assign(W=weights, **columns)
    return fl.read_survey(write_survey(folder, spec, persons=people.astype(str)))


def found(survey: fl.Survey, *checks: str) -> list[tuple[str, str]]:
    table = fl.check(survey).query("check in @checks")
    return [(row.severity, row.what) for row in table.itertuples()]


def test_points_of_thousands_beside_whole_numbers_stop_the_estimate(tmp_path: Path) -> None:
    """1.250 for 1,250 persons: without the rule, 40 persons stand for 17,031 in place of 42,000."""
    survey = survey_with(tmp_path, ["1.250", "850"] * (N // 2))
    ((severity, what),) = found(survey, "numbers")
    assert severity == "error"
    assert what.startswith("every number with a point has exactly three digits after it")
    with pytest.raises(DataError, match="separators of thousands"):
        fl.classify(survey)


@pytest.mark.parametrize(
    "weights",
    [
        ["812.345", "1012.5"] * (N // 2),  # three decimals, those that are zero left out
        ["812.345", "999.001"] * (N // 2),  # three decimals everywhere, of a usual size
        ["850", "1250"] * (N // 2),
        ["12.5", "9"] * (N // 2),
        ["0012.250"] * N,
    ],
)
def test_decimals_are_silent(tmp_path: Path, weights: list[str]) -> None:
    assert found(survey_with(tmp_path, weights), "numbers") == []


def test_small_weights_of_three_decimals_are_asked_about_once(tmp_path: Path) -> None:
    """A whole column of 1.250: 112 persons in place of 112,000; or a small country, so it may be accepted."""
    weights = ["3.250", "2.350"] * (N // 2)
    assert [severity for severity, _ in found(survey_with(tmp_path, weights), "numbers")] == ["warning"]
    why = [{"finding": "numbers", "column": "W", "why": "an island of 112 adults"}]
    survey = survey_with(tmp_path, weights, accept=why)
    assert [severity for severity, _ in found(survey, "numbers")] == ["note"]
    assert fl.total(fl.classify(survey)).table.loc[0, "population"] == pytest.approx(112)


def test_codes_that_look_like_ages(tmp_path: Path) -> None:
    ages = [98, 99, 99, 98, 99, 99, *range(20, 20 + N - 6)]
    ((severity, what),) = found(survey_with(tmp_path, AGE=ages), "numbers")
    assert severity == "warning"
    assert "codes for an unknown age" in what
    declared = survey_with(tmp_path, AGE=ages, age={"column": "AGE", "missing": [98, 99]})
    assert found(declared, "numbers") == []
    old = [90, 91, 92, 93, 94, 95, 96, 98, 99, 98, 99, 98, *range(20, 20 + N - 12)]
    assert found(survey_with(tmp_path, AGE=old), "numbers") == []


def test_ages_that_are_all_the_same_and_a_year_of_birth(tmp_path: Path) -> None:
    many = persons_table([("not", {})] * 100)
    same = fl.read_survey(
        write_survey(tmp_path, {k: v for k, v in SPEC.items() if k != "sectors"}, persons=many)
    )
    assert [what for _, what in found(same, "numbers")] == ["everybody has the same age"]
    years = {"YEAR_OF_BIRTH": [60 + i % 30 for i in range(N)], "age": {"column": "YEAR_OF_BIRTH"}}
    ((severity, what),) = found(survey_with(tmp_path, **years), "numbers")
    assert severity == "warning"
    assert "year or date of birth" in what


@pytest.mark.parametrize(
    ("column", "weights"),
    [
        ("AGE", [20 + i for i in range(N)]),
        ("HH", [i + 1 for i in range(N)]),
        ("SEX", [1 + i % 2 for i in range(N)]),
    ],
)
def test_a_weight_that_is_another_column(tmp_path: Path, column: str, weights: list[int]) -> None:
    columns: dict[str, Any] = {column: weights} if column != "AGE" else {"AGE": weights}
    survey = survey_with(tmp_path, weights, **columns)
    told = [what for severity, what in found(survey, "weights") if severity == "error"]
    assert f"the weight is equal to the column {column} for everybody" in told


@pytest.mark.parametrize("column", ["AGE", "HH"])
def test_a_column_of_another_meaning_that_is_named_as_the_weight(tmp_path: Path, column: str) -> None:
    ages = [20 + i for i in range(N)]
    survey = survey_with(tmp_path, AGE=ages, HH=[i + 1 for i in range(N)], design__weight=column)
    told = [what for severity, what in found(survey, "weights") if severity == "error"]
    assert f"the weight is equal to the column {column} for everybody" in told


def test_a_weight_that_equals_another_column_by_chance_is_silent(tmp_path: Path) -> None:
    ages = [20 + i for i in range(N)]
    weights = [*ages[:-1], 60]
    assert found(survey_with(tmp_path, weights, AGE=ages), "weights") == []
    constant = survey_with(tmp_path, [30] * N, AGE=[30] * N)  # as everything that is constant
    assert found(constant, "weights") == []


@pytest.mark.parametrize(
    ("official", "severities"), [(400, []), (340, []), (490, []), (510, ["warning"]), (300, ["warning"])]
)
def test_an_official_total_is_compared_with_the_weights(
    tmp_path: Path, official: float, severities: list[str]
) -> None:
    """The forty weights of 10 add up to 400; up to 20% of the official number, nothing is said."""
    ages = [20 + i for i in range(N)]
    survey = survey_with(tmp_path, AGE=ages, populations__adults__population=official)
    assert [severity for severity, _ in found(survey, "weights")] == severities
