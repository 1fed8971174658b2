"""Tests the summary of a file's columns: counts against a plain loop, answers by the position of their code,
and the labels of codes."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from draft_columns import column

from fltoolkit.authoring.draft.column_contents import MANY_COMMAS, DataTable


def test_what_a_column_holds_is_what_a_loop_over_its_cells_finds(tmp_path: Path) -> None:
    cells = {
        "code": ["1", "1.0", " 2", "", "8", "1"] * 20,
        "text": ["a", "b ", "", "", "a", "a"] * 20,
        "number": [str(i / 4) for i in range(119)] + [" "],
    }
    pd.DataFrame(cells).to_csv(tmp_path / "a.csv", index=False)
    found = {c.name: c for c in DataTable(tmp_path / "a.csv").columns()}
    for name, written in cells.items():
        values = [re.sub(r"^(-?\d+)\.0+$", r"\1", cell.strip()) for cell in written]
        filled = [v for v in values if v]
        numbers = [float(v) for v in filled if re.fullmatch(r"-?\d+(\.\d+)?", v)]
        of = found[name]
        assert (of.rows, of.filled, of.distinct) == (120, len(filled), len(set(values)))
        assert (of.low, of.high) == (
            (min(numbers), max(numbers)) if len(numbers) == len(filled) else (None, None)
        )
        assert of.widths == (min(map(len, filled)), max(map(len, filled)))
    assert (list(found["code"].codes), list(found["text"].codes), list(found["number"].codes)) == (
        ["1", "2", "8"],
        ["a", "b"],
        [],
    )


def test_answers_are_told_by_their_place_among_the_codes_however_they_are_written(tmp_path: Path) -> None:
    cells = {
        "q": ["1", "1.0", " 2", "", "  ", "8", "it's"] * 30,
        "asked": ["1", "2", "1.0", "1", "2", "1", "1"] * 30,
    }
    pd.DataFrame(cells).to_csv(tmp_path / "a.csv", index=False)
    data = DataTable(tmp_path / "a.csv")
    columns = data.columns()
    assert list(columns[0].codes) == ["1", "2", "8", "it's"]
    places = data.answers(columns)
    assert places["q"].tolist() == [1, 1, 2, 0, 0, 3, 4] * 30
    assert places["asked"].tolist() == [1, 2, 1, 1, 2, 1, 1] * 30
    assert data.answers(columns, ("asked", ["1"]))["q"].tolist() == [1, 2, 0, 3, 4] * 30
    assert data.answers(columns, ("asked", ["9"]))["q"].tolist() == []
    assert data.answers([]) == {}


def test_who_answered_is_told_by_age(tmp_path: Path) -> None:
    cells = {
        "age": ["17", "18", "999", "5"],
        "all": ["1", "1", "", ""],
        "young": ["1", " ", "2", "1"],
        "w": ["1.0", "2.5", "3", "4"],
    }
    pd.DataFrame(cells).to_csv(tmp_path / "a.csv", index=False)
    data = DataTable(tmp_path / "a.csv")
    assert data.answered_from_age(["all", "young"], "age", 18) == {"all"}  # 999 is no age
    data.columns_at_once = 1
    assert data.answered_from_age(["all", "young"], "age", 18) == {"all"}
    assert data.answered_from_age([], "age", 18) == set()
    assert [data.has_fractions([name]) for name in ("age", "w")] == [False, True]


def test_codes_are_sorted_by_what_their_labels_say() -> None:
    said = column(
        "q", codes={"1": "Yes", "2": "No", "3": "Sometimes", "8": "Don't know", "9": ""}, missing=["9"]
    )
    assert said.meanings == {
        "yes": ["1"],
        "no": ["2"],
        "other": ["3"],
        "dont_know": ["8"],
        "declared_missing": ["9"],
    }
    assert said.no_answer == ["8", "9"]


def test_codes_without_labels_are_words_only_where_there_are_a_yes_and_a_no() -> None:
    assert column("q", codes={"oui": "", "non": "", "NSP": ""}).meanings == {
        "yes": ["oui"],
        "no": ["non"],
        "dont_know": ["NSP"],
    }
    assert column("region", codes={"NS": "", "non": ""}).meanings == {"other": ["NS", "non"]}
    assert column("q", codes={"oui": "Oui", "non": ""}).meanings == {"yes": ["oui"], "other": ["non"]}


def test_a_column_is_full_where_there_are_rows_and_none_is_blank() -> None:
    assert [column("q", rows=rows, filled=filled).full for rows, filled in ((9, 9), (9, 8), (0, 0))] == [
        True,
        False,
        False,
    ]


def test_repeated_and_different_combinations_and_numbers_too_high_are_counted(tmp_path: Path) -> None:
    rows = {"hh": [1, 1, 2, 2, None, 3], "line": [1, 1, 1, 2, 1, 1], "age": [30, 999, 130, 120, 998, 999]}
    pd.DataFrame(rows).astype("Int64").to_csv(tmp_path / "a.csv", index=False)
    data = DataTable(tmp_path / "a.csv")
    assert data.count_unusable_keys(["hh", "line"]) == 2  # (1, 1) twice, and the blank household
    assert data.count_unusable_keys(["age"]) == 1
    assert data.shared("hh", "line") == (1, 2)  # line 1 stands with several households, line 2 with one
    assert data.alike(["hh", "line"]) == [[1, 2]]
    assert data.alike(["line"]) == [[1, 2, 3, 5, 6]]
    assert data.alike(["line"], most=0) == []
    assert [data.has_fractions([name]) for name in ("hh", "age")] == [False, False]
    assert data.counted(["line", "hh"]) == {"line": {"1": 5, "2": 1}, "hh": {"1": 2, "2": 2, "3": 1}}
    data.columns_at_once = 1
    assert data.counted(["line", "hh"])["line"] == {"1": 5, "2": 1}
    assert data.above("age", 120) == ["130", "998", "999"]


@pytest.mark.parametrize(("commas", "decimal"), [(MANY_COMMAS, None), (MANY_COMMAS + 1, ",")])
def test_many_different_numbers_with_a_comma_make_decimals(
    tmp_path: Path, commas: int, decimal: str | None
) -> None:
    numbers = [f"{i},5" for i in range(commas)] + ["7"]
    (tmp_path / "a.csv").write_text(
        "id;w;t\n" + "".join(f"{i};{w};text {w}\n" for i, w in enumerate(numbers)), "utf-8"
    )
    data = DataTable(tmp_path / "a.csv")
    assert data.decimal == decimal
    assert {c.name: c.high for c in data.columns()} == {
        "id": commas,
        "w": None if decimal is None else max(7, commas - 0.5),
        "t": None,
    }


def test_a_value_is_a_code_where_values_are_few_and_a_text_where_few_rows_hold_it_is_none(
    tmp_path: Path,
) -> None:
    cells = {
        "few": ["a", "b"] * 30,
        "own": ["a"] * 55 + ["beaten by Q."] * 4 + ["b"],
        "name": ["a"] * 55 + ["Ana"] * 4 + ["999"],
        "shared": ["often, yes"] * 30 + ["a"] * 30,
        "many": [*range(13), *[0] * 47],
    }
    pd.DataFrame(cells).to_csv(tmp_path / "a.csv", index=False)
    codes = {c.name: list(c.codes) for c in DataTable(tmp_path / "a.csv").columns()}
    # Each of the codes stands in at least five rows on average, which thirteen values among sixty do not.
    assert codes == {
        "few": ["a", "b"],
        "own": ["a", "b"],
        "name": ["999", "a"],
        "shared": ["a", "often, yes"],
        "many": [],
    }


def test_a_code_that_the_file_declares_missing_is_no_label_of_a_unit(tmp_path: Path) -> None:
    import pyreadstat

    frame = pd.DataFrame({"stratum": [1.0, 1, 2, 2, 1, 2, None], "psu": [11.0, 12, 21, 22, 999, 999, 11]})
    pyreadstat.write_sav(frame, str(tmp_path / "a.sav"), missing_ranges={"psu": [999]})
    assert DataTable(tmp_path / "a.sav").shared("stratum", "psu") == (0, 4)
