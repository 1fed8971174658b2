"""Tests partners.yaml: entries are read back unchanged, mistakes are named with their line, and entries
without a place are kept."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
import small_country as country
import yaml
from hypothesis import given, settings, strategies as st
from thoroughness import tries

import fltoolkit as fl
from fltoolkit.errors import SpecError
from fltoolkit.nap.partner_entries import (
    Partners,
    Worked,
    cell_value,
    entries_without_row,
    partners_text,
    read_partners,
    with_partners,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    [
        "no",
        "00123",
        "=1+1",
        "2026-03-01",
        "1e5",
        "1_000",
        "~",
        "null",
        "- a",
        "a: b",
        "é\n  x\n",
        "\n",
        " ",
        "#",
        "'",
        '"',
        "0x1f",
        "12:30",
    ]
)
values = (
    texts
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.dates()
    | st.datetimes()
)


def read(folder: Path, text: str) -> Partners:
    (folder / "partners.yaml").write_bytes(text.encode("utf-8"))
    return read_partners(folder / "nap.yaml")


@settings(max_examples=tries(100, few=25), deadline=None)
@given(st.lists(values, max_size=5))
def test_what_is_written_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, given: list[object]
) -> None:
    partners = Partners.model_validate(
        {
            "costs": {str(n): {"activity": v} for n, v in enumerate(given)},
            "sheets": {"Own": (tuple(given), (None,))},
        }
    )
    found = read(tmp_path_factory.getbasetemp(), partners_text(partners))
    assert found == partners
    assert [type(v) for v in found.sheets.get("Own", ((),))[0]] == [type(v) for v in given]


def test_it_may_be_written_by_hand(tmp_path: Path) -> None:
    text = (
        "checklists:\n  prev_groups: {answer: no, note: oui}\ncosts:\n"
        "  1: {quantity: 4, unit_cost: 2.5, year: '2026', activity: 007}\n"
    )
    found = read(tmp_path, text + "matrix:\n  a: {baseline_value: 2026-01-02, target_year_1: ''}\n")
    assert found.checklists == {"prev_groups": {"answer": "no", "note": "oui"}}
    assert found.costs == {"1": {"quantity": 4, "unit_cost": 2.5, "year": "2026", "activity": "007"}}
    assert found.matrix == {"a": {"baseline_value": date(2026, 1, 2), "target_year_1": ""}}
    assert read_partners(tmp_path / "elsewhere" / "nap.yaml") == Partners()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("costs:\n  1:\n    activity: a\n    quantty: 4\n", r"costs.1.quantty.*found: 'quantty' \(line 4\)"),
        ("costs:\n  1:\n    quantity: [4]\n", r"costs.1.quantity: .*a number.*\(line 3\)"),
        ("cost: {}\n", r"cost: unknown key; allowed: matrix, .*did you mean costs\? \(line 1\)"),
        ("costs: {}\n\ncosts: {}\n", "the same key is given twice"),
        ("costs: [\n", "this is not YAML"),
        ("sheets:\n  'a/b': []\n", r"sheets.a/b: a sheet's name has 1 to 31 characters.*\(line 2\)"),
        (
            f"sheets:\n  a:\n  - - 1\n    - {'x' * 32768}\n",
            r"sheets.a.0.1: a text of at most 32,767 characters.*\(line 4\)",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SpecError, match=told) as error:
        read(tmp_path, text)
    assert "partners.yaml" in str(error.value)


def test_a_formula_shows_its_value() -> None:
    assert cell_value(Worked(formula="=2*3", value=6)) == 6
    assert cell_value(None) is None


def test_partners_values_take_the_place_of_nap_yamls_in_their_own_rows_only() -> None:
    mine = {
        "baseline_value": 12,
        "target_year_1": Worked(formula="=2*50", value=100),
        "target_year_2": datetime(2027, 1, 1),
    }
    filled = country.filled()
    merged = with_partners(
        filled, Partners.model_validate({"matrix": {"trained": mine, "persons": {"baseline_value": 0}}})
    )
    row = merged.table[merged.table["id"] == "trained"].iloc[0]
    assert [row["baseline_value"], row["target_year_1"], row["target_year_2"]] == [
        12,
        100,
        "2027-01-01 00:00:00",
    ]
    others = merged.table["id"] != "trained"
    assert merged.table[others].astype(object).equals(filled.table[others].astype(object))
    emptied = with_partners(filled, Partners(matrix={"trained": {"target_year_1": ""}})).table
    assert emptied.loc[emptied["id"] == "trained", "target_year_1"].tolist() == [""]


def test_what_has_no_row_any_more_is_listed(tmp_path: Path) -> None:
    (tmp_path / "nap.yaml").write_text(yaml.safe_dump(country.PLAN), encoding="utf-8")
    partners = Partners.model_validate(
        {
            "matrix": {
                "trained": {"baseline_value": 1},
                "persons": {"baseline_value": 2},
                "gone": {"target_year_1": 3},
            },
            "checklists": {
                "prev_groups": {"answer": "yes"},
                "gone": {"note": "n"},
                "smart.trained.relevant": {"answer": "no"},
                "smart.gone.specific": {"note": "s"},
            },
            "costs": {"1": {"activity": "a"}, "first": {"activity": "b"}},
            "implementation": {"trained": {"note": "x"}, "9": {"note": "y"}, "gone": {"note": "z"}},
        }
    )
    assert entries_without_row(partners, fl.read_plan(tmp_path / "nap.yaml")) == [
        ("matrix", "persons", "baseline_value", 2),
        ("matrix", "gone", "target_year_1", 3),
        ("checklists", "gone", "note", "n"),
        ("checklists", "smart.gone.specific", "note", "s"),
        ("costs", "first", "activity", "b"),
        ("implementation", "gone", "note", "z"),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "implementation:\n  1:\n    start: 2026-02-30\n",
            "line 3: this is no date or time of the calendar\n  found:   2026-02-30",
        ),
        ("implementation:\n  1: {start: 0000-01-01}\n", "line 2: this is no date or time of the calendar"),
        (f"costs:\n  1:\n    quantity: {'9' * 5000}\n", "line 3: this is no whole number that can be read"),
        (
            "costs:\n  1:\n    quantity: 1234567890123456\n",
            "costs.1.quantity: a text of at most 32,767 characters, a number (a whole one of",
        ),
        ("costs:\n  1:\n    quantity: !!int four\n", "line 3: this is no whole number that can be read"),
        ("costs:\n  1:\n    quantity: !!set {a}\n", "line 3: a tag of YAML is not allowed here"),
        (
            f"costs:\n  ? {'9' * 5000}\n  : {{quantity: 1}}\n",
            "line 2: this is no whole number that can be read",
        ),
    ],
)
def test_a_date_or_number_that_cannot_be_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SpecError) as error:
        read(tmp_path, text)
    assert told in error.value.message
    assert len(error.value.message) < 800
