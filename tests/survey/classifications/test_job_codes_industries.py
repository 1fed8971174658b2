"""Tests the classifications: the structure of ISIC against the counts of the United Nations, and national
correspondence tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import DataError, SpecError
from fltoolkit.survey.classifications.job_codes import sector_rows, to_verify
from fltoolkit.survey.classifications.standards import isic
from fltoolkit.survey.spec.groups_and_tables import Sector
from fltoolkit.survey.spec.survey_spec import read_spec, side_files
from fltoolkit.survey.survey_opening import read_survey

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]


def sector(**keys: Any) -> Sector:
    return Sector.model_validate(
        {"column": "isic", "revision": "isic_rev4", "digits": "4", "job": "forced_labour"} | keys
    )


# Sections and divisions as the United Nations count them, fishing, domestic work, and the ILO aggregate of
# each section (A Agriculture, M Manufacturing, C Construction, U mining and Utilities, K marKet services, N
# Non-market services).
REVISIONS = [
    ("isic_rev3.1", 17, 62, "05", "95", "AAUMUCKKKKKNNNNNN"),
    ("isic_rev4", 21, 88, "03", "97", "AUMUUCKKKKKKKKNNNNNNN"),
    ("isic_rev5", 22, 87, "03", "97", "AUMUUCKKKKKKKKKNNNNNNN"),
]


@pytest.mark.parametrize(
    ("revision", "sections", "divisions", "fishing", "domestic", "aggregates"), REVISIONS
)
def test_every_division_is_in_one_section_and_one_aggregate(
    revision: str, sections: int, divisions: int, fishing: str, domestic: str, aggregates: str
) -> None:
    table = isic(revision)
    listed = [division for section in table.sections.values() for division in section.codes]
    assert "".join(table.sections) == "ABCDEFGHIJKLMNOPQRSTUV"[:sections]
    assert len(listed) == len(set(listed)) == divisions
    assert listed == sorted(listed)
    assert table.own_rows == {fishing: "fishing", domestic: "domestic"}
    short = dict(zip("AMCUKN", ("AGR", "MAN", "CON", "MEL", "MKT", "PUB"), strict=True))
    assert [s.aggregate for s in table.sections.values()] == [short[a] for a in aggregates]
    rows = sector_rows(sector(revision=revision))
    assert set(rows) == set(listed)
    assert [d for d, row in rows.items() if row.label in ("Fishing", "Domestic work")] == [fishing, domestic]
    assert len({row.label for row in rows.values()}) == 8
    assert {row.label for row in rows.values()} == {
        "Agriculture excl. fishing",
        "Fishing",
        "Mining and utilities",
        "Manufacturing",
        "Construction",
        "Market services",
        "Non-market services excl. domestic work",
        "Domestic work",
    }


def test_sections_of_rev_3_1_have_fishing_to_themselves() -> None:
    rows = sector_rows(sector(revision="isic_rev3.1", level="section", digits="letter"))
    assert [rows[letter].label for letter in "ABCP"] == [
        "Section A",
        "Fishing",
        "Section C",
        "Section P incl. domestic work",
    ]
    assert sector_rows(sector(revision="isic_rev3.1", level="section"))["01"].label == "Section A"


def test_only_the_aggregates_of_rev_5_are_to_be_verified() -> None:
    assert to_verify(sector(revision="isic_rev5")) == "ISIC Rev.5 aggregates: rule to be verified"
    assert to_verify(sector(revision="isic_rev5", level="section")) == ""
    assert to_verify(sector()) == to_verify(sector(revision="isic_rev3.1")) == ""


# ------------------------------------------------------------------------------------------------- correspond

KEYS = {
    "sectors.s": {
        "column": "own",
        "revision": "isic_rev4",
        "digits": 4,
        "job": "forced_labour",
        "correspondence": "own.csv",
    }
}
GOOD = "code,isic\n10,0311\n11,0111\n12,0111\n"


@pytest.fixture
def with_table(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change, tmp_path: Path
) -> Callable[..., Path]:
    def make(table: str | bytes, codes: list[str], **keys: Any) -> Path:
        (tmp_path / "own.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
        return write(changed(spec, KEYS | keys), people=people.assign(own=(codes * 16)[:16]))

    return make


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (
            "national,isic\n10,0311\n",
            [
                "line 1",
                "needs the columns code and isic, each once",
                "found:   2 column(s); missing or repeated: code",
                "name the column(s) code in the first line",
            ],
        ),
        (
            "code;isic\n10;0311\n",
            [
                "needs the columns",
                "found:   1 column(s); missing or repeated: code, isic",
                "separate columns by commas",
            ],
        ),
        ("code,isic\n10,0311\n11,\n,0111\n", ["lack a code", "line 3, line 4"]),
        (
            "code,isic\n10,0311\n11,0111\n10.0,0111\n",
            ["has a code more than once", "found:   line 2, line 4\n"],
        ),
        ("code,isic\n10,0311\n11,0400\n", ["not 4-digit codes of isic_rev4", "found:   line 3\n"]),
        (
            "code,isic\n10,311\n",
            ["not 4-digit codes of isic_rev4", "found:   line 2\n", "leading zeros count"],
        ),
        (
            "code,isic\n10\n",
            [
                "own.csv, line 2: a row of the correspondence table has another number of cells",
                "found:   1 cell(s)",
                "allowed: 2 cells",
            ],
        ),
        (
            "code,isic\n10,0311\n11,0111,x\n",
            ["own.csv, line 3: a row of the correspondence table has another number", "found:   3 cell(s)"],
        ),
        (
            'code,isic\n10,"0311\n11,0111\n',
            [
                "own.csv, line 2: the correspondence table cannot be read as a CSV file",
                "a quote that is not closed",
            ],
        ),
        ('name,code,isic\n"a\nb",10,0311\n\nc,11,\n', ["lack a code", "found:   line 5\n"]),
        (
            "code,isic,isic\n10,0311,0312\n",
            ["needs the columns code and isic, each once", "missing or repeated: isic"],
        ),
        ("code,isic\n", ["has no rows"]),
        ("", ["the correspondence table is empty", "allowed: code, isic"]),
        ("Marta,0311\n10,0311\n", ["needs the columns"]),
        (b"code,isic\n\xff\xfe,0311\n", ["own.csv, line 2: the file cannot be read as UTF-8 text"]),
    ],
)
def test_a_table_that_cannot_be_used_says_why(
    with_table: Callable[..., Path], table: str | bytes, told: list[str]
) -> None:
    with pytest.raises(SpecError) as error:
        read_spec(with_table(table, ["10"]))
    for words in ["own.csv", *told]:
        assert words in str(error.value), (words, str(error.value))
    assert "Marta" not in str(error.value)


def test_a_table_that_is_missing_or_elsewhere_is_refused(
    with_table: Callable[..., Path], tmp_path: Path
) -> None:
    path = with_table(GOOD, ["10"])
    (tmp_path / "own.csv").unlink()
    with pytest.raises(SpecError, match="there is no such file"):
        read_spec(path)
    with pytest.raises(DataError, match="leaves the folder"):
        read_spec(
            with_table(GOOD, ["10"], **{"sectors.s": KEYS["sectors.s"] | {"correspondence": "../own.csv"}})
        )


def test_a_table_is_an_input_of_the_survey(with_table: Callable[..., Path], tmp_path: Path) -> None:
    path = with_table(GOOD, ["10"])
    assert side_files(read_spec(path)) == ["own.csv"]
    before = read_survey(path).input_hash
    (tmp_path / "own.csv").write_text(GOOD.replace("12,0111", "12,0112"))
    assert read_survey(path).input_hash != before


def test_national_codes_without_a_row_are_counted_and_named(with_table: Callable[..., Path]) -> None:
    found = fl.check(fl.read_survey(with_table(GOOD, ["10", "11", "12", "13"])), show_values=True)
    rows = found[found["check"] == "industry"]
    assert rows[["severity", "where", "what", "count"]].to_numpy().tolist() == [
        ["warning", "own (sectors.s)", "codes that are not in own.csv: 13; shown as not stated", 4]
    ]
    with pytest.raises(DataError) as error:
        fl.classify(fl.read_survey(with_table(GOOD, ["10", "010", "99"])))
    assert (
        "more than half of all are codes that are not in own.csv: 010, 99 (about 10). check the table"
        in str(error.value)
    )
