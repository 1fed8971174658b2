"""Tests whole numbers and texts as groups: they give the same tables, and rows of persons never reach
Python."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd
import pytest
import small_country as country

import fltoolkit as fl
from fltoolkit.errors import DataError
from fltoolkit.estimate.variance import Units, as_dense
from fltoolkit.survey.engine.columns import label_without_missing
from fltoolkit.survey.engine.engines import connect

TIMES = 25
SPEC = country.changed(country.SURVEY, sectors={}, tables=[{"measure": "prevalence", "by": [[], "region"]}])
BY = [[], ["sex"], ["region"], ["sex", "region"]]


def many() -> pd.DataFrame:
    """Everybody of the small country so many times, in the same sampling points: 10,300 persons."""
    one = country.persons().drop(columns="FISIC")
    return pd.concat([one.assign(HH=one["HH"] + 1000 * i) for i in range(TIMES)], ignore_index=True)


def survey(folder: Path, table: pd.DataFrame, name: str, **keys: Any) -> fl.Survey:
    """The same answers in a Parquet file, where codes are whole numbers, or in a CSV, where they are text."""
    spec = country.changed(SPEC, files={"person": {"path": name, "key": ["HH", "LINE"]}}, **keys)
    path = country.write(folder, spec, table=table)
    (path.parent / "persons.csv").unlink(missing_ok=True)
    if name.endswith("parquet"):
        table.to_parquet(path.parent / name)
    else:
        table.to_csv(path.parent / name, index=False)
    return fl.read_survey(path)


def both(folder: Path, table: pd.DataFrame, **keys: Any) -> tuple[fl.Estimates, fl.Estimates]:
    found = [
        fl.prevalence(fl.classify(survey(folder / n[:1], table, n, **keys)), by=BY)
        for n in ("a.parquet", "b.csv")
    ]
    return found[0], found[1]


def test_the_tables_are_the_same_and_units_have_the_same_names(tmp_path: Path) -> None:
    numbers, texts = both(tmp_path, many())
    pd.testing.assert_frame_equal(numbers.table, texts.table, rtol=1e-13, atol=1e-16)
    rows = []
    for est in (numbers, texts):
        assert isinstance(est.units, Units)
        z = pd.DataFrame(
            as_dense(est.influence), index=pd.MultiIndex.from_arrays([est.units.strata, est.units.psu])
        )
        rows.append(z.sort_index())
    pd.testing.assert_frame_equal(*rows, rtol=1e-12, atol=1e-15)
    assert list(rows[0].index) == sorted((str(p % 4), str(p)) for p in range(40))


def test_codes_of_one_label_and_codes_without_one(tmp_path: Path) -> None:
    """Two codes that stand for one region are one row; codes without an answer are not stated, like a
    blank."""
    region = {"column": "R", "codes": {1: "coast", 2: "coast", 3: "inland", 4: "inland"}, "missing": [5, 6]}
    numbers, texts = both(
        tmp_path, country.persons().drop(columns="FISIC"), groups={**SPEC["groups"], "region": region}
    )
    pd.testing.assert_frame_equal(numbers.table, texts.table, rtol=1e-13, atol=1e-16)
    alone = numbers.table[(numbers.table["sex"] == "total") & (numbers.table["region"] != "total")]
    assert dict(zip(alone["region"], alone["n"], strict=True)) == {
        "coast": 170,
        "inland": 130,
        "not stated": 112,
    }


def test_a_key_that_stands_twice_is_found_in_whole_numbers(tmp_path: Path) -> None:
    twice = pd.concat([many(), many().iloc[[7]]], ignore_index=True)
    with pytest.raises(DataError, match=r"1 key\(s\) of the person file occur in more than one row"):
        survey(tmp_path, twice, "persons.parquet")


def test_python_receives_grouped_rows_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[int] = []
    real: Callable[..., Any] = nw.LazyFrame.collect

    def counted(frame: Any, *arguments: Any, **named: Any) -> Any:
        found = real(frame, *arguments, **named)
        rows.append(len(found))
        return found

    monkeypatch.setattr(nw.LazyFrame, "collect", counted)
    table = many()
    fl.prevalence(fl.classify(survey(tmp_path, table, "persons.parquet")), by=["region"])
    points, regions, cases = table["P"].nunique(), len(country.REGIONS), 41 * TIMES
    assert 0 < max(rows) <= points * regions * 2 + cases < len(table) / 4


def test_only_a_missing_value_of_stata_is_no_label_of_a_unit() -> None:
    """A code of two signs that begins with a point, such as `.5`, was taken for a missing value, too."""
    labels = [".", ".a", ".z", ".5", ".A", ".ab", "a", "1.5"]
    units = connect().sql("SELECT unnest(?) AS unit", params=[labels])
    kept = (
        nw.from_native(units).select(label_without_missing(nw.col("unit"), ())).collect("pandas").to_native()
    )
    assert kept["unit"].dropna().tolist() == [".5", ".A", ".ab", "a", "1.5"]
