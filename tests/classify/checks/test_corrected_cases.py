"""Tests the cases gained and lost through corrections against a plain count. They are printed in classes
only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shared_surveys
from small_surveys import SPEC, persons_table, write_survey

import fltoolkit as fl
from fltoolkit.errors import RequestError


def persons(tmp_path: Path, people: list[Any], corrections: list[dict[str, Any]], **keys: Any) -> Any:
    spec = {**SPEC, **keys, "corrections": corrections}
    return shared_surveys.classified(write_survey(tmp_path, spec, persons=persons_table(people)))


def answered(rows: range, column: str, value: object) -> dict[str, Any]:
    return {
        "rows": [{"HH": i, "LINE": 1} for i in rows],
        "column": column,
        "value": value,
        "why": f"{column} was misread",
        "evidence": "form 17",
    }


PEOPLE = [("case", {})] * 12 + [("not", {})] * 40 + [("open", {})] * 14
COLUMNS = ["population", "cases_before", "cases", "gained", "lost", "unresolved_before", "unresolved"]


@pytest.mark.parametrize(
    ("corrections", "adults"),
    [
        (
            [answered(range(3), "INV", 2)],
            ["5 or more", "5 or more", 0, "fewer than 5", "about 10", "about 10"],
        ),
        ([answered(range(12), "INV", 2)], ["5 or more", 0, 0, "5 or more", "about 10", "about 10"]),
        ([answered(range(52, 66), "INV", 1)], ["5 or more", "5 or more", "5 or more", 0, "about 10", 0]),
        (
            [answered(range(52, 64), "INV", 1), answered(range(2), "COE", 8)],
            ["5 or more", "5 or more", "5 or more", "fewer than 5", "about 10", "fewer than 5"],
        ),
        (
            [answered(range(3), "AGE", 12)],
            ["5 or more", "5 or more", 0, "fewer than 5", "about 10", "about 10"],
        ),
        ([answered(range(3), "SEX", 1)], ["5 or more", "5 or more", 0, 0, "about 10", "about 10"]),
    ],
)
def test_cases_are_counted_with_and_without_the_corrections(
    tmp_path: Path, corrections: list[dict[str, Any]], adults: list[object]
) -> None:
    found = fl.corrected_cases(persons(tmp_path, PEOPLE, corrections))
    assert list(found) == COLUMNS
    assert found.to_numpy().tolist() == [["adults", *adults]]


@pytest.mark.thorough("a sample of its own")
def test_a_case_whose_line_number_was_corrected_is_neither_gained_nor_lost(tmp_path: Path) -> None:
    line = [{"where": {"HH": i, "LINE": 1}, "column": "LINE", "value": 2, "why": "a slip"} for i in range(10)]
    found = fl.corrected_cases(persons(tmp_path, PEOPLE, line))
    assert found.loc[0, ["cases_before", "cases", "gained", "lost"]].to_list() == [
        "5 or more",
        "5 or more",
        0,
        0,
    ]


def test_a_code_that_only_the_file_has_leaves_the_person_unresolved_without_the_correction(
    tmp_path: Path,
) -> None:
    people = [("case", {})] * 6 + [("not", {"INV": 7, "COE": 1})] * 6 + [("not", {})] * 30
    found = fl.corrected_cases(persons(tmp_path, people, [answered(range(6, 12), "INV", 1)]))
    assert found.loc[0, ["gained", "unresolved_before", "unresolved"]].to_list() == [
        "5 or more",
        "about 10",
        0,
    ]


def test_without_corrections_there_is_no_row_and_another_rule_set_is_refused(tmp_path: Path) -> None:
    plain = persons(tmp_path, PEOPLE, [])
    assert list(fl.corrected_cases(plain)) == COLUMNS
    assert fl.corrected_cases(plain).empty
    with pytest.raises(RequestError, match="classified by another rule set"):
        fl.corrected_cases(plain, rules="hts_2012")


def test_spells_are_classified_without_their_corrections_too(tmp_path: Path) -> None:
    spells = persons_table([("case", {})] * 2 + [("not", {})] * 30)[["HH", "LINE", "INV", "COE"]]
    spells.assign(SPELL=1).to_csv(tmp_path / "spells.csv", index=False)
    one = answered(range(1), "INV", 2)
    one["rows"][0]["SPELL"] = 1
    files = {**SPEC["files"], "episodes": {"path": "spells.csv", "key": ["HH", "LINE", "SPELL"]}}
    classified = persons(
        tmp_path, PEOPLE[:2] + PEOPLE[12:42], [one], files=files, episodes={"long": "true"}, sectors={}
    )
    assert (
        fl.corrected_cases(classified).loc[0, ["cases_before", "cases", "lost"]].to_list()
        == ["fewer than 5"] * 3
    )
