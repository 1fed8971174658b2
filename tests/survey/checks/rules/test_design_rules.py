"""Tests what is said about labels of strata, PSUs and households, and what the kit does with households whose
numbers restart in each PSU."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from small_surveys import SPEC, persons_table, write_survey

import fltoolkit as fl
from fltoolkit.errors import DataError

PEOPLE = persons_table([("case", {})] * 12 + [("not", {})] * 28)
N = len(PEOPLE)


def survey_with(
    folder: Path, design: dict[str, Any] | None = None, accept: Any = (), **columns: Any
) -> fl.Survey:
    spec = {key: value for key, value in copy.deepcopy(SPEC).items() if key != "sectors"}
    spec["design"] |= design or {}
    spec |= {"accept": list(accept)} if accept else {}
    return fl.read_survey(write_survey(folder, spec, persons=PEOPLE.assign(**columns).astype(str)))


def found(survey: fl.Survey, check: str = "units") -> list[tuple[str, str, str]]:
    table = fl.check(survey).query("check == @check")
    return [(row.severity, row.where, row.what) for row in table.itertuples()]


@pytest.mark.parametrize(
    ("psus", "printed"),
    [
        (["100", "0100", "200", "300"], "0100, 100"),
        (["Nord", "NORD", "Sud", "Est"], "NORD, Nord"),
        (["A 1", "A1", "A2", "A3"], "2 values, not printed"),  # a label with a blank may be a name
    ],
)
def test_labels_of_one_unit_are_asked_about_and_never_merged(
    tmp_path: Path, psus: list[str], printed: str
) -> None:
    labels = [psus[i % 4] for i in range(N)]
    ((severity, where, what),) = found(survey_with(tmp_path, P=labels))
    assert (severity, where) == ("warning", "P")
    if "not printed" not in printed:
        assert all(label in what for label in printed.split(", "))
    assert fl.prevalence(fl.classify(survey_with(tmp_path, P=labels))).table.loc[0, "df"] == 3
    why = [{"finding": "units", "column": "P", "why": "two codes of the register"}]
    assert [severity for severity, *_ in found(survey_with(tmp_path, accept=why, P=labels))] == ["note"]


@pytest.mark.parametrize("word", ["NULL", "NA", "#N/A", "nan"])
@pytest.mark.parametrize("column", ["S", "P"])
def test_a_word_for_missing_is_no_stratum_and_no_psu(tmp_path: Path, column: str, word: str) -> None:
    labels = [word if i < 8 else f"u{i % 4}" for i in range(N)]
    design = {"nest": True} if column == "S" else {}
    survey = survey_with(tmp_path, design, **{column: labels})
    assert ("error", column) in [(severity, where) for severity, where, _ in found(survey)]
    with pytest.raises(DataError, match="labels that look like a missing value"):
        fl.classify(survey)
    why = [{"finding": "units", "column": column, "why": "a code of the office"}]
    told = found(survey_with(tmp_path, design, why, **{column: labels}))
    assert "error" not in {severity for severity, *_ in told}


def test_psus_of_one_person_each_are_asked_about_once(tmp_path: Path) -> None:
    own = [f"p{i}" for i in range(N)]
    ((severity, where, what),) = found(survey_with(tmp_path, P=own))
    assert (severity, where, what[:24]) == ("warning", "P", "each PSU has one person,")
    why = [{"finding": "units", "column": "P", "why": "persons were drawn from the register"}]
    assert [severity for severity, *_ in found(survey_with(tmp_path, accept=why, P=own))] == ["note"]


def test_households_are_numbered_within_their_psu(tmp_path: Path) -> None:
    """Household 1 of each of four PSUs: twelve households with cases, and not three."""
    numbers, lines = [i // 4 % 3 for i in range(N)], list(range(N))
    survey = survey_with(tmp_path, HH=numbers, LINE=lines)
    ((severity, where, _),) = found(survey)
    assert (severity, where) == ("note", "HH")
    assert fl.prevalence(fl.classify(survey)).table.loc[0, "households_with_cases"] == 12
    apart = survey_with(tmp_path, HH=[f"{i % 4}-{n}" for i, n in enumerate(numbers)], LINE=lines)
    assert found(apart) == []
    assert fl.prevalence(fl.classify(apart)).table.loc[0, "households_with_cases"] == 12


def test_one_household_for_everybody_is_the_wrong_column(tmp_path: Path) -> None:
    told = found(survey_with(tmp_path, HH=[1] * N, LINE=list(range(N))))
    assert ("warning", "HH", "all persons are in one household") in told


def test_usual_labels_are_silent(tmp_path: Path) -> None:
    for psus in (["1", "2", "10", "20"], ["NAM", "NAB", "Nadi", "N1"], ["0", "00A", "A0", "7"]):
        assert found(survey_with(tmp_path, P=[psus[i % 4] for i in range(N)])) == []
