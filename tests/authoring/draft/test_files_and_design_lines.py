"""Tests the first part of a draft: the columns of the sample design, the key tested on the rows, and the
lines that the user must answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from draft_columns import column, unused

from fltoolkit.authoring.draft.files_and_design_lines import (
    Sample,
    age,
    compare_with_module,
    design,
    files,
    find_sample,
    module,
    year,
)

# Two strata of two villages of two households of two persons; household numbers start again in each village.
ROWS = {
    "strat": [i // 8 for i in range(16)],
    "psu": [i // 4 for i in range(16)],
    "hhid": [i // 2 % 2 for i in range(16)],
    "line": [i % 2 + 1 for i in range(16)],
    "w": [1.5 + i for i in range(16)],
}


def text(lines: object) -> list[str]:
    return [str(line) for line in lines]  # type: ignore[attr-defined]


def test_a_weight_that_not_all_have_is_the_modules(tmp_path: Path) -> None:
    found = find_sample(
        unused(tmp_path, {**ROWS, "wt": [None] * 8 + [2.5 + i for i in range(8)], "pond": ROWS["w"]})
    )
    assert found.weight is not None
    assert found.module_weight is not None
    assert (found.weight.name, found.module_weight.name) == ("w", "wt")
    assert found.why["weight"] == "the name w; or is it pond?"
    alone = find_sample(unused(tmp_path, {**ROWS, "w": [None, *ROWS["w"][1:]]}))
    assert alone.weight is alone.module_weight is not None
    none = find_sample(unused(tmp_path, {"strat": ROWS["strat"]}))
    assert (none.weight, none.module_weight, none.key) == (None, None, ())
    assert none.why["weight"] == "the column of the sampling weight"


def test_the_key_is_the_fewest_columns_that_make_a_row_unique(tmp_path: Path) -> None:
    assert find_sample(unused(tmp_path, ROWS)).key == ("psu", "hhid", "line")
    assert find_sample(unused(tmp_path, {**ROWS, "hhid": [i // 2 for i in range(16)]})).key == (
        "hhid",
        "line",
    )
    assert find_sample(unused(tmp_path, {**ROWS, "line": range(16)})).key == ("line",)


@pytest.mark.parametrize(
    ("name", "filled", "distinct", "part"),
    [
        ("psu", 16, 2, "psu"),
        ("psu", 15, 2, None),
        ("psu", 16, 1, None),
        ("psu", 16, 16, None),
        ("strat", 16, 3, "strata"),
        ("strat", 15, 3, None),
        ("strat", 16, 4, None),
        ("hhid", 16, 2, "household"),
        ("hhid", 15, 2, None),
        ("hhid", 16, 1, None),
        ("line", 16, 2, "line"),
        ("line", 15, 2, None),
        ("line", 16, 1, None),
        ("line", 16, 101, "line"),
    ],
)
def test_a_column_is_part_of_the_design_only_if_its_content_fits(
    tmp_path: Path, name: str, filled: int, distinct: int, part: str | None
) -> None:
    held = unused(tmp_path, ROWS)
    held.columns = [column(name, rows=16, filled=filled, distinct=distinct)]
    found = find_sample(held)
    assert [key for key in ("household", "line", "strata", "psu") if getattr(found, key)] == (
        [part] if part else []
    )


def test_line_numbers_are_few_or_one_for_each_person(tmp_path: Path) -> None:
    held = unused(tmp_path, ROWS)
    for distinct, found in ((100, True), (101, False), (300, True)):
        held.used, held.columns = set(), [column("line", rows=300, distinct=distinct)]
        assert bool(find_sample(held).line) is found


def test_the_design_names_what_was_found_asks_the_selection_and_says_what_lacks(tmp_path: Path) -> None:
    held = unused(tmp_path, ROWS)
    sample = find_sample(held)
    assert text(design(held, sample)) == [
        "design:",
        "  weight: w  # the name w",
        "  strata: strat  # the name strat",
        "  psu: psu  # the name psu",
        "  household: [psu, hhid]  # the name hhid",
        "  selection: <answer>  # how PSUs were drawn: pps (by size), srs or systematic",
    ]
    said = text(design(held, replace(sample, weight=None, strata=None, psu=None, household=None)))
    assert said[1] == "  weight: <answer>  # the name w"
    assert said[-1] == (
        "  # not found: strata and psu. If the sample had them, name them: without them, intervals "
        "are too short."
    )
    assert len(said) == 4


def test_labels_of_psus_that_start_again_in_each_stratum_are_nested(tmp_path: Path) -> None:
    held = unused(tmp_path, {**ROWS, "psu": [i // 4 % 2 for i in range(16)]})
    assert "  nest: true  # tested: the same PSU labels occur in several strata" in text(
        design(held, find_sample(held))
    )


def test_a_file_says_its_key_its_encoding_and_its_decimals_or_asks(tmp_path: Path) -> None:
    held = unused(tmp_path, ROWS)
    sample = find_sample(held)
    held.table.encoding, held.table.decimal = "cp1252", ","
    assert text(files(held, sample, "a b.csv")) == [
        "files:",
        '  person: {path: a b.csv, key: [psu, hhid, line], encoding: cp1252, decimal: ","}'
        "  # tested: no two rows have the same values here, and no cell is blank; numbers have a decimal "
        "comma",
    ]
    held.table.encoding = held.table.decimal = None
    asked = text(files(held, replace(sample, key=(), psu=None), "a.csv"))[1]
    assert asked == (
        "  person: {path: a.csv, key: <answer>}  # the columns that make a row unique; tried, but not "
        "unique: strat, hhid, line"
    )
    nothing = Sample(None, None, None, None, None, None, (), (), {})
    assert text(files(held, nothing, "a.csv"))[1].endswith("not found: no column looks like a key")


def test_codes_of_who_answered_the_module_are_placed_or_asked() -> None:
    codes = {"1": "Completed", "2": "Refused", "3": "Not selected", "4": "Moved away"}
    lines, answered = module(column("res", codes=codes), "why", "res")
    assert text(lines) == [
        "module:",
        "  column: res  # why",
        "  answered: 1  # 1 Completed",
        "  refused: 2  # 2 Refused",
        "  not_asked: 3  # 3 Not selected",
        "  <answer>: 4  # under answered, refused or not_asked: 4 Moved away",
    ]
    assert list(answered) == ["1"]
    lines, answered = module(column("res", codes={"1": "Ja", "2": "Nein"}), "", "res")
    assert (len(lines), list(answered)) == (3, [])
    assert str(lines[2]).startswith("  answered: <answer>  # the codes of persons who answered; ")


@pytest.mark.parametrize(
    ("codes", "filled", "found"),
    [(2, 20, True), (12, 20, True), (13, 20, False), (1, 20, False), (2, 19, False)],
)
def test_who_answered_the_module_is_said_of_everybody_in_a_few_codes(
    tmp_path: Path, codes: int, filled: int, found: bool
) -> None:
    held = unused(tmp_path, {"id": [1]})
    held.columns = [column("result", codes={str(i): "" for i in range(codes)}, rows=20, filled=filled)]
    assert (held.take("module_status")[0] is not None) is found


def test_ages_above_all_ages_are_asked(tmp_path: Path) -> None:
    held = unused(tmp_path, {"age": [*range(20, 40), 999, 120]}, codes={"age": {"98": "Don't know"}})
    assert str(age(held, *held.take("age"))) == (
        "age: {column: age, missing: 98, <answer>: 999}  # the name age; no age: 98 Don't know; "
        "999: under missing if it is a code; a wrong age goes under corrections"
    )
    held = unused(tmp_path, {"age": [*range(20, 40), 120, 121]})
    assert "<answer>: 121}" in str(age(held, *held.take("age")))
    held = unused(tmp_path, {"age": range(20, 40)})
    assert str(age(held, *held.take("age"))) == "age: {column: age}  # the name age"
    assert str(age(held, None, "")) == "age: {column: <answer>}  # the column of age in completed years"


def test_of_two_columns_that_fit_as_well_none_is_chosen(tmp_path: Path) -> None:
    held = unused(tmp_path, {**ROWS, "wt": [2.5 + i for i in range(16)], "ea": ROWS["psu"]})
    sample = find_sample(held)
    said = text(design(held, sample))
    assert said[1] == "  weight: <answer>  # the name w; or is it wt?"
    assert said[3] == "  psu: <answer>  # the name psu; or is it ea?"
    labels = {"w": "Body weight (kg)", "wt": "Sampling weight"}
    found = find_sample(unused(tmp_path, {**ROWS, "wt": [2.5 + i for i in range(16)]}, labels)).weight
    assert found is not None
    assert found.name == "wt"


def test_a_key_that_few_rows_spoil_is_told_by_their_numbers(tmp_path: Path) -> None:
    rows = {**ROWS, "line": [1, 2, 1, 2, 1, 1, *ROWS["line"][6:]]}
    held = unused(tmp_path, rows)
    sample = find_sample(held)
    assert sample.key == ()
    assert text(files(held, sample, "a.csv"))[1].endswith(
        "the columns that make a row unique; [psu, hhid, line] is unique except for one pair, rows 5, 6 "
        "(the first below the header is 1): "
        "name these columns, and correct the wrong row's under corrections"
    )


def test_a_key_of_columns_that_only_number_something_is_found(tmp_path: Path) -> None:
    rows = {
        "interview__key": [i // 2 for i in range(16)],
        "roster__id": [i % 2 for i in range(16)],
        "income": range(16),
        "w": ROWS["w"],
    }
    held = unused(tmp_path, rows)
    sample = find_sample(held)
    assert sample.key == ("interview__key", "roster__id")
    rows = {
        "struct": [i // 8 for i in range(16)],
        "dwelling": [i // 2 % 4 for i in range(16)],
        "member": [i % 2 for i in range(16)],
    }
    assert find_sample(unused(tmp_path, rows)).key == ("struct", "dwelling", "member")


def test_a_few_labels_in_two_strata_are_asked(tmp_path: Path) -> None:
    psu = [i // 2 for i in range(16)]
    held = unused(tmp_path, {**ROWS, "psu": [*psu[:8], 3, *psu[9:]]})
    assert (
        "  nest: <answer>  # 1 of 8 PSU labels occur in more than one stratum: true if they are "
        "different PSUs, false if rows have a wrong stratum"
    ) in text(design(held, find_sample(held)))


@pytest.mark.parametrize(
    "label", ["Not completed", "Completed, in part refused", "Incomplete", "Non réalisé"]
)
def test_a_status_that_is_denied_or_mixed_is_asked(label: str) -> None:
    lines, answered = module(column("res", codes={"1": "Completed", "2": label}), "", "res")
    assert list(answered) == ["1"]
    assert str(lines[-1]).startswith("  <answer>: 2  # under answered, refused or not_asked")


@pytest.mark.parametrize(
    ("name", "values", "line"),
    [
        ("a.csv", None, "year: <answer>  # of the survey"),
        ("lfs_2024.sav", None, "year: 2024  # the file's name"),
        ("lfs2023_24.sav", [2024], "year: <answer>  # the year of the survey: 2023 or 2024?"),
        ("a.csv", [2022], "year: 2022  # the name year"),
        ("2022 a.csv", [2022], "year: 2022  # the name year"),
        ("a.csv", [2022, 2023], "year: <answer>  # the year of the survey: 2022 or 2023?"),
        ("a20240.csv", None, "year: <answer>  # of the survey"),
    ],
)
def test_the_year_is_in_a_column_or_in_the_files_name(
    tmp_path: Path, name: str, values: list[int] | None, line: str
) -> None:
    held = unused(tmp_path, {"id": range(20), **({"year": (values * 20)[:20]} if values else {})})
    assert str(year(held, Path(name))) == line


def test_a_weight_of_others_than_those_who_answered_the_module_is_asked(tmp_path: Path) -> None:
    rows = {"w": [2.5] * 12 + [None] * 8, "res": [1] * 12 + [2] * 8}
    held = unused(tmp_path, rows)
    weight, status = held.columns
    compare_with_module(held, weight, status, ["1"])
    assert held.named(weight) == "w"
    compare_with_module(held, weight, status, ["2"])
    assert held.named(weight) == "<answer>"
