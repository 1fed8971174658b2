"""Tests the reading of data: files and tables, pooled and joined files, and those that are refused."""

from __future__ import annotations

import datetime
import decimal
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet
import pytest

import fltoolkit as fl
from fltoolkit.errors import DataError, RepeatedKeys, RequestError, SpecError
from fltoolkit.files import path_inside
from fltoolkit.survey.engine.columns import SOURCE, number, text
from fltoolkit.survey.engine.engines import connect
from fltoolkit.survey.person_rows import Join
from fltoolkit.survey.readers.opened_file import open_table

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]


def texts(data: Any) -> dict[str, list[Any]]:
    """Every column as the kit's canonical text, in the order of the rows."""
    frame = open_table(data, connect(), as_text=True)
    schema = frame.collect_schema()
    got = frame.select([text(c, schema[c]).alias(c) for c in schema.names()]).collect("pandas").to_native()
    return {c: [None if pd.isna(v) else v for v in got[c]] for c in got}


def sources(survey: fl.Survey, *columns: str) -> list[tuple[Any, ...]]:
    """Source columns of a survey's persons, sorted."""
    got = survey.frame.select([SOURCE + c for c in columns]).collect("pandas").to_native()
    return sorted(got.astype(object).where(got.notna(), "").itertuples(index=False, name=None))


def refused(path: Path) -> str:
    with pytest.raises(DataError) as error:
        fl.read_survey(path)
    return str(error.value)


# ------------------------------------------------------------------------------------------------------- cano

TYPED = pl.DataFrame(
    {
        "whole": [1, 22, None],
        "float": [1.0, 2.5, None],
        "text": ["01", " x ", "  "],
        "truth": [True, False, None],
        "day": [datetime.date(2024, 2, 29), datetime.date(1999, 1, 1), None],
        "decimal": [decimal.Decimal("3.00"), decimal.Decimal("3.25"), None],
        "negative": [-1.0, -0.5, math.nan],
        "category": pl.Series(["a", "b", None], dtype=pl.Categorical),
    }
)
AS_TEXT = {
    "whole": ["1", "22", None], "float": ["1", "2.5", None], "text": ["01", "x", None],
    "truth": ["true", "false", None], "day": ["2024-02-29", "1999-01-01", None],
    "decimal": ["3", "3.25", None], "negative": ["-1", "-0.5", None], "category": ["a", "b", None],
}  # fmt: skip


def test_csv_parquet_and_tables_in_memory_are_the_same_text(tmp_path: Path) -> None:
    TYPED.with_columns(pl.col("negative").fill_nan(None)).write_csv(tmp_path / "a.csv")
    TYPED.write_parquet(tmp_path / "a.parquet")
    for data in (
        tmp_path / "a.csv",
        tmp_path / "a.parquet",
        TYPED,
        TYPED.to_arrow(),
        TYPED.to_arrow().to_pandas(date_as_object=True),
    ):
        assert texts(data) == AS_TEXT, type(data)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("1.0", "1"),
        ("1.00", "1"),
        ("01", "01"),
        ("1.50", "1.50"),
        ("-3.0", "-3"),
        ("1.", "1."),
        ("NA", "NA"),
        ("1e5", "1e5"),
        ("\t7 ", "7"),
    ],
)
def test_text_of_a_csv_loses_only_blanks_and_a_decimal_of_zeros(
    tmp_path: Path, value: str, code: str
) -> None:
    (tmp_path / "a.csv").write_text(f'c,d\n"{value}",x\n"",x\n')
    assert texts(tmp_path / "a.csv")["c"] == [code, None]


@pytest.mark.parametrize(
    ("value", "code"),
    [(1e14, "100000000000000"), (math.inf, None), (-math.inf, None), (0.1 + 0.2, "0.30000000000000004")],
)
def test_a_float_is_a_whole_code_or_all_its_digits(value: float, code: str | None) -> None:
    assert texts(pd.DataFrame({"c": [value]}))["c"] == [code]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1.5", 1.5),
        (" 2 ", 2),
        ("+3", 3),
        ("-4", -4),
        (".5", 0.5),
        ("6.", 6),
        ("1e3", 1000),
        ("7,5", None),
        ("eight", None),
        ("", None),
        ("1 000", None),
        ("nan", None),
        ("0x10", None),
    ],
)
def test_a_number_is_a_number_or_blank(tmp_path: Path, written: str, value: float | None) -> None:
    (tmp_path / "a.csv").write_text(f'c,d\n"{written}",x\n')
    frame = open_table(tmp_path / "a.csv", connect(), as_text=True)
    got = frame.select(number("c", frame.collect_schema()["c"])).collect("pandas").to_native()["c"][0]
    assert (None if pd.isna(got) else got) == value


def test_numbers_and_truths_are_numbers_as_they_are() -> None:
    frame = open_table(pd.DataFrame({"i": [2], "f": [0.25], "b": [True]}), connect())
    schema = frame.collect_schema()
    got = frame.select([number(c, schema[c]) for c in ("i", "f", "b")]).collect("pandas").to_native()
    assert got.iloc[0].to_list() == [2.0, 0.25, 1.0]


# ---------------------------------------------------------------------------------------------------- files o


def test_csv_and_parquet_give_the_same_survey(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change, tmp_path: Path
) -> None:
    floats = people.assign(
        sex=people["sex"].astype(float).where(people["line"] == 1), age=people["age"].astype(float)
    )
    floats.to_parquet(tmp_path / "people.parquet")
    from_csv = fl.classify(fl.read_survey(write(spec, people=floats)))
    from_parquet = fl.classify(fl.read_survey(write(changed(spec, {"files.person.path": "people.parquet"}))))
    columns = ("hh", "line", "sex", "age", "w", "q1")
    assert sources(from_csv, *columns) == sources(from_parquet, *columns)
    tables = [
        fl.prevalence(persons, by=[[], ["sex"], ["age_group"]]).table for persons in (from_csv, from_parquet)
    ]
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    assert tables[0]["n"].to_list() == [16, 8, 8, 5, 11]


@pytest.mark.parametrize(("suffix", "delimiter"), [("csv", ";"), ("tsv", "\t"), ("txt", "|")])
@pytest.mark.parametrize("encoding", ["utf-8", "UTF8", "latin-1", "utf-16", "cp1250"])
def test_other_delimiters_and_encodings_are_read(
    spec: dict[str, Any],
    people: pd.DataFrame,
    write: Write,
    changed: Change,
    tmp_path: Path,
    suffix: str,
    delimiter: str,
    encoding: str,
) -> None:
    people.assign(sex="né", result="").to_csv(
        tmp_path / f"people.{suffix}", index=False, sep=delimiter, encoding=encoding
    )
    keys = {"path": f"people.{suffix}", "encoding": encoding, "delimiter": delimiter}
    survey = fl.read_survey(write(changed(spec, {f"files.person.{k}": v for k, v in keys.items()})))
    assert set(sources(survey, "sex", "result", "age")) == {("né", "", str(age)) for age in people["age"]}


def test_the_delimiter_of_another_encoding_is_found(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change, tmp_path: Path
) -> None:
    people.assign(sex="né").to_csv(tmp_path / "people.csv", index=False, sep=";", encoding="latin-1")
    survey = fl.read_survey(write(changed(spec, {"files.person.encoding": "latin-1"})))
    assert set(sources(survey, "sex")) == {("né",)}


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])  # read by DuckDB, and through memory
def test_decimal_commas_are_points_once_survey_yaml_says_so(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change, tmp_path: Path, encoding: str
) -> None:
    french = people.assign(w=[f"{i},50" for i in range(len(people))], sex="1,2,3", area="a,1")
    french.to_csv(tmp_path / "people.csv", index=False, sep=";", encoding=encoding)
    keys = {"files.person.encoding": encoding, "files.person.decimal": ","}
    survey = fl.read_survey(write(changed(spec, keys)))
    assert set(sources(survey, "w")) == {(f"{i}.50",) for i in range(len(people))}
    assert set(sources(survey, "sex")) == {("1,2,3",)}  # no number: as it is
    found = fl.check(fl.read_survey(write(changed(spec, {"files.person.encoding": encoding}))))
    (told,) = found[found["what"].str.startswith("weights that are not numbers")]["do"]
    assert 'decimal: ","' in told


@pytest.mark.parametrize(
    ("weights", "refused"),
    [
        (["1.250", "950"], True),
        (["1.250", "12,5"], True),
        (["1.250.000", "950"], True),
        (["1.5", "12,5", "1.250"], True),
        (["1.5", "1.250"], False),
        (["0.125", "1.250"], False),
        (["12,5", "1250"], False),
        (["1.25", "12.5"], False),
    ],
)
def test_points_between_thousands_are_no_decimal_points_beside_decimal_commas(
    spec: dict[str, Any],
    people: pd.DataFrame,
    write: Write,
    changed: Change,
    weights: list[str],
    refused: bool,
) -> None:
    """A weight of `1.250`, which is 1250 where decimals have a comma, was read as 1.25."""
    path = write(changed(spec, {"files.person.decimal": ","}))
    french = people.assign(w=[*weights, *["7"] * (len(people) - len(weights))])
    french.to_csv(path.parent / "people.csv", index=False, sep=";")
    if not refused:
        fl.read_survey(path)
        return
    with pytest.raises(DataError, match=r"w \(\d row\(s\)\)"):
        fl.read_survey(path)


def test_quotes_and_delimiters_inside_a_text_stay(
    spec: dict[str, Any], people: pd.DataFrame, write: Write
) -> None:
    survey = fl.read_survey(write(spec, people=people.assign(sex='a "b", c')))
    assert set(sources(survey, "sex")) == {('a "b", c',)}


def test_a_row_too_long_stops_without_showing_it(
    spec: dict[str, Any], people: pd.DataFrame, write: Write
) -> None:
    path = write(spec)
    many = pd.concat(
        [people.assign(hh=f"{people['hh']}", line=range(i * 16, i * 16 + 16)) for i in range(1500)]
    )
    lines = many.drop(columns="hh").assign(hh="h").to_csv(index=False).splitlines()
    lines[23000] += ",secret answer"
    (path.parent / "people.csv").write_text("\n".join(lines))
    message = refused(path)
    assert "the file cannot be read" in message
    assert f"found:   line 23001: {len(lines[0].split(',')) + 1} cell(s)\n" in message
    assert f"{path.parent / 'people.csv'}: " in message
    assert "secret" not in message


# --------------------------------------------------------------------------------------------------- househol


def split(people: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The same survey as three files."""
    return {
        "people": people[["hh", "line", "age", "sex", "worked"]],
        "homes": people.drop_duplicates("hh")[["hh", "stratum", "village", "w"]],
        "module": people[["hh", "line", "result", "q1", "q2"]],
    }


@pytest.fixture
def three(spec: dict[str, Any], changed: Change) -> dict[str, Any]:
    files = {
        "household": {"path": "homes.csv", "key": "hh"},
        "module": {"path": "module.csv", "key": ["hh", "line"]},
    }
    return changed(spec, {f"files.{kind}": file for kind, file in files.items()})


def test_household_and_module_rows_stand_beside_their_persons(
    spec: dict[str, Any], three: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    columns = tuple(people.columns)
    one = fl.read_survey(write(changed(spec, {"files.person.path": "one.csv"}), one=people))
    joined = fl.read_survey(write(three, **split(people)))
    assert sources(joined, *columns) == sources(one, *columns)
    assert joined.joins == (Join("household", 0, 0), Join("module", 0, 0))


def test_rows_that_do_not_meet_are_counted(three: dict[str, Any], people: pd.DataFrame, write: Write) -> None:
    files = split(people)
    files["homes"] = pd.concat([files["homes"].iloc[1:], files["homes"].iloc[:1].assign(hh="elsewhere")])
    files["module"] = files["module"].iloc[3:]
    survey = fl.read_survey(write(three, **files))
    assert survey.joins == (Join("household", 2, 1), Join("module", 3, 0))
    assert len(sources(survey, "hh")) == 16


def test_a_key_that_is_a_number_in_one_file_and_text_in_another_meets(
    three: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change, tmp_path: Path
) -> None:
    files = split(people.assign(hh=people["hh"].str[1:].astype(int)))
    files["homes"].astype({"hh": float}).to_parquet(tmp_path / "homes.parquet")
    keys = {"files.household.path": "homes.parquet", "files.person.key": "id", "files.module.key": "id"}
    files["people"], files["module"] = (
        files["people"].assign(id=range(16)),
        files["module"].assign(id=range(16)).drop(columns=["hh", "line"]),
    )
    survey = fl.read_survey(write(changed(three, keys), people=files["people"], module=files["module"]))
    assert survey.joins == (Join("household", 0, 0), Join("module", 0, 0))


def by_file(three: Mapping[str, Any], changed: Change) -> dict[str, Any]:
    """The three files, each with names of its own for the household and the line."""
    keys = {
        "files.person.key": {"home": "hh", "person": "line"},
        "files.household.key": {"home": "interview__key"},
        "files.module.key": {"home": "parent", "person": "roster__id"},
        "design.household": "home",
    }
    return changed(three, keys)


def own_names(files: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {
        "people": files["people"],
        "homes": files["homes"].rename(columns={"hh": "interview__key"}),
        "module": files["module"].rename(columns={"hh": "parent", "line": "roster__id"}),
    }


def test_keys_that_each_file_calls_otherwise_join_as_those_of_one_name(
    three: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    files = split(people)
    files["module"] = files["module"].drop(index=3)
    alike = fl.read_survey(write(three, **files))
    told = fl.read_survey(write(by_file(three, changed), **own_names(files)))
    assert told.joins == alike.joins == (Join("household", 0, 0), Join("module", 1, 0))
    columns = ["worked", "q1", "village", "age"]
    assert sources(told, "home", "person", *columns) == sources(alike, "hh", "line", *columns)


def test_keys_by_file_are_told_by_the_name_that_is_wrong_in_that_file(
    three: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    spec, files = by_file(three, changed), own_names(split(people))
    message = refused(write(changed(spec, {"files.module.key.person": "roster_id"}), **files))
    assert "files.module.key" in message
    assert "roster_id (did you mean roster__id?)" in message
    files["module"] = files["module"].assign(HOME=1)  # DuckDB takes it for home
    message = refused(write(spec, **files))
    assert "the common name of a key column is that of another column of this file" in message
    assert "found:   home" in message


def test_rows_of_a_file_that_share_a_key_are_told_by_the_common_names(
    three: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    files = own_names(split(people))
    files["module"] = pd.concat([files["module"], files["module"].head(1)])
    with pytest.raises(RepeatedKeys) as error:
        fl.read_survey(write(by_file(three, changed), **files))
    assert error.value.found == "home, person"
    assert error.value.rows[["home", "person", "rows"]].to_numpy().tolist() == [["h0", "1", 2]]


def test_a_column_of_the_key_has_one_name_in_survey_yaml(
    three: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    spec = changed(by_file(three, changed), {"design.household": "hh"})
    with pytest.raises(SpecError) as error:
        fl.read_survey(write(spec, **own_names(split(people))))
    assert "found:   hh (design.household)\n  allowed: home, person" in str(error.value)


def test_a_tab_file_is_parted_by_tabs_whatever_else_its_rows_hold(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    path = write(changed(spec, {"files.person.path": "people.tab"}))
    named = people.assign(note="a, b, c, d, e, f, g, h, i, j, k, l, m, n")
    named.rename(columns={"note": "note,a,b,c,d,e,f,g,h,i,j,k,l,m"}).to_csv(
        path.parent / "people.tab", sep="\t", index=False
    )
    assert sources(fl.read_survey(path), "hh", "q1")[0] == ("h0", "N")


@pytest.mark.parametrize(
    ("kind", "key"), [("people", "person"), ("homes", "household"), ("module", "module")]
)
def test_a_key_in_two_rows_is_an_error(
    three: dict[str, Any], people: pd.DataFrame, write: Write, kind: str, key: str
) -> None:
    files = split(people)
    files[kind] = pd.concat([files[kind], files[kind].iloc[:2]])
    path = write(three, **files)
    message = refused(path)
    assert f"{path}: files.{key}.key: 2 key(s) of the {key} file occur in more than one row" in message
    assert "remove the repeated rows" in message


@pytest.mark.parametrize("name", ["sex", "SEX"])
def test_clashing_names_need_a_prefix(
    three: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change, name: str
) -> None:
    files = split(people)
    files["module"] = files["module"].assign(**{name: 9})
    message = refused(write(three, **files))
    assert f"files.module: columns of the module file are in another file too\n  found:   {name}\n" in message
    assert "add `prefix:`" in message
    keys = {
        "files.module.prefix": "m_",
        "items.involuntary.hazardous_work": "m_q1",
        "items.coercion.debt_bondage": "m_q2",
        "module.column": "m_result",
    }
    survey = fl.read_survey(write(changed(three, keys), **files))
    assert set(sources(survey, "sex")) == {("1",), ("2",)}
    assert set(sources(survey, "m_result")) == {("done",)}


def test_a_key_that_the_person_file_lacks_is_told(
    three: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    files = split(people)
    files["homes"] = files["homes"].rename(columns={"hh": "home"})
    message = refused(write(changed(three, {"files.household.key": "home"}), **files))
    assert "files.household.key, in the person file" in message
    assert "found:   home" in message


# ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def quarters(spec: dict[str, Any], changed: Change) -> dict[str, Any]:
    return changed(
        spec, {"files.person.path": ["q1.csv", "q2.csv"], "files.person.weight_factor": [0.5, 0.5]}
    )


def test_the_total_of_pooled_quarters_is_their_average(
    spec: dict[str, Any], quarters: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    second = people[people["line"] == 1].assign(w=4.0)[list(reversed(people.columns))]
    pooled = fl.classify(fl.read_survey(write(quarters, q1=people, q2=second)))
    single = [
        fl.classify(fl.read_survey(write(changed(spec, {"files.person.path": f"q{i}.csv"})))) for i in (1, 2)
    ]
    averages = [fl.total(persons).table.loc[0, ["estimate", "population"]] for persons in single]
    assert fl.total(pooled).table.loc[0, ["estimate", "population", "n"]].to_list() == [
        *((averages[0] + averages[1]) / 2).to_list(),
        24,
    ]


def test_quarters_may_differ_in_the_types_of_their_columns(
    quarters: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change, tmp_path: Path
) -> None:
    people.to_parquet(tmp_path / "q1.parquet")
    people.astype({"sex": float, "line": float, "stratum": str}).to_parquet(tmp_path / "q2.parquet")
    paths = ["q1.parquet", "q2.parquet", "q3.csv"]
    survey = fl.read_survey(
        write(
            changed(
                quarters, {"files.person": {"path": paths, "key": ["hh", "line"], "weight_factor": [1, 1, 1]}}
            ),
            q3=people,
        )
    )
    one = fl.read_survey(
        write(changed(quarters, {"files.person": {"path": "q3.csv", "key": ["hh", "line"]}}), q3=people)
    )
    assert sources(survey, "sex", "line", "stratum") == sorted(3 * sources(one, "sex", "line", "stratum"))


def test_modules_of_quarters_are_joined_quarter_by_quarter(
    quarters: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    lines = people.drop(columns=["q1", "q2", "worked"])
    answers = people[["hh", "line", "q1", "q2", "worked"]]
    module = {"path": ["m1.csv", "m2.csv"], "key": ["hh", "line"]}
    home = {"path": "homes.csv", "key": "hh"}
    homes = people[["hh"]].drop_duplicates().assign(area="rural")
    files = {"q1": lines, "q2": lines, "m1": answers, "m2": answers.assign(q1="N"), "homes": homes}
    keys = {
        "files.module": module,
        "files.household": home,
        "groups.area": {"column": "area", "codes": {"rural": "rural"}},
    }
    survey = fl.read_survey(write(changed(quarters, keys), **files))
    assert survey.joins == (Join("household", 0, 0), Join("module", 0, 0))
    assert set(sources(survey, "area")) == {("rural",)}
    assert fl.total(fl.classify(survey)).table["cases"].to_list() == [1]


def test_the_same_person_may_stand_in_two_quarters_but_not_twice_in_one(
    quarters: dict[str, Any], people: pd.DataFrame, write: Write
) -> None:
    assert len(sources(fl.read_survey(write(quarters, q1=people, q2=people)), "hh")) == 32
    assert "1 key(s) of the person file" in refused(
        write(quarters, q1=people, q2=pd.concat([people, people.iloc[:1]]))
    )


def test_quarters_of_another_layout_are_refused(
    quarters: dict[str, Any], people: pd.DataFrame, write: Write
) -> None:
    message = refused(write(quarters, q1=people, q2=people.drop(columns=["q1", "age"])))
    assert "files.person: pooled files do not have the same columns" in message
    assert "found:   no age, q1 in q2.csv" in message


# --------------------------------------------------------------------------------------------------------- wh


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.csv", None, ["there is no such file", "read from the folder of survey.yaml"]),
        ("folder", None, ["this is a folder, not a file", "give the path of a regular file"]),
        ("people.csv", b"", ["the file is empty", "export the data again"]),
        (
            "people.xlsx",
            b"PK",
            [
                "does not read this kind of file",
                "found:   .xlsx",
                "allowed: .csv, .tsv, .txt, .tab, .parquet, .sav, .zsav, .dta",
            ],
        ),
        ("people", b"hh,line", ["does not read this kind of file"]),
        (
            "people.parquet",
            b"PAR1 this is not one PAR1",
            ["the file cannot be read", "check that the file is complete"],
        ),
        ("people.csv", "hh,line\ncaf\xe9,1\n".encode("latin-1"), ["the file cannot be read", "`encoding:`"]),
        (
            "../people.csv",
            None,
            [
                "files.person.path: the path leaves the folder",
                "found:   ../people.csv",
                "put the file beside it",
            ],
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_told(
    spec: dict[str, Any],
    write: Write,
    changed: Change,
    tmp_path: Path,
    name: str,
    content: bytes | None,
    said: list[str],
) -> None:
    (tmp_path / "folder").mkdir()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    message = refused(write(changed(spec, {"files.person.path": name})))
    assert str(tmp_path) in message
    assert [words for words in said if words not in message] == [], message


def test_a_link_out_of_the_folder_is_refused(
    spec: dict[str, Any], write: Write, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path, other = write(spec), tmp_path_factory.mktemp("elsewhere") / "people.csv"
    other.write_text("hh,line\n")
    (path.parent / "people.csv").symlink_to(other)
    assert "the path leaves the folder" in refused(path)


def test_links_in_a_circle_are_refused(spec: dict[str, Any], write: Write) -> None:
    path = write(spec)
    (path.parent / "people.csv").symlink_to(path.parent / "b.csv")
    (path.parent / "b.csv").symlink_to(path.parent / "people.csv")
    message = refused(path)  # Python 3.13 no longer follows the circle and finds no file
    assert "the path goes in a circle" in message or "there is no such file" in message


def test_a_path_inside_stays(tmp_path: Path) -> None:
    assert path_inside(tmp_path, "a/../b.csv", "here") == (tmp_path / "b.csv").resolve()


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (
            ["Age", "x", "age"],
            ["column names are repeated, or differ only in capitals", "found:   Age, age", "rename one"],
        ),
        (["age", "age"], ["column names are repeated, or differ only in capitals", "found:   age, age"]),
        (
            ["fl__weight", "x"],
            ["columns may not start with fl__, src__ or num__", "found:   fl__weight", "rename"],
        ),
        (["SRC__age", "x"], ["columns may not start with fl__, src__ or num__", "found:   SRC__age"]),
        (["*", "x"], ["columns may not start with fl__, src__ or num__, nor be called *", "found:   *"]),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "latin-1 csv", "parquet", "pandas", "Arrow"])
def test_names_that_would_collide_are_refused(
    tmp_path: Path, kind: str, columns: list[str], said: list[str]
) -> None:
    arrow = pa.table([["é"]] * len(columns), names=columns)
    options = {"encoding": "latin-1"} if kind == "latin-1 csv" else {}
    data: Any = {"Arrow": arrow, "pandas": pd.DataFrame([["é"] * len(columns)], columns=columns)}.get(kind)
    if kind == "parquet":
        data = tmp_path / "a.parquet"
        pyarrow.parquet.write_table(arrow, data)
    elif data is None:
        data = tmp_path / "a.csv"
        data.write_text(
            f"{','.join(columns)}\n{','.join('é' for _ in columns)}\n",
            encoding=options.get("encoding", "utf-8"),
        )
    with pytest.raises(DataError) as error:
        open_table(data, connect(), as_text=True, named=columns, **options)
    assert [words for words in said if words not in str(error.value)] == [], error.value


@pytest.mark.parametrize("first", ["beaten,x,beaten", "fl__told,x", "a story,another"])
def test_a_first_line_that_may_be_a_persons_answers_is_not_printed(
    tmp_path: Path, spec: dict[str, Any], people: pd.DataFrame, write: Write, first: str
) -> None:
    path = write(spec, people=people)
    (path.parent / "people.csv").write_text(f"{first}\n{first}\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        fl.read_survey(path)
    with pytest.raises((DataError, RequestError)) as of_table:
        fl.SurveyDesign(path.parent / "people.csv", weight="w")
    for told in (error.value, of_table.value):
        assert not [cell for cell in first.split(",") if len(cell) > 1 and cell in str(told)]
        assert "not printed: the first line may be a person's answers" in str(told)
        assert told.withheld


def test_a_header_that_holds_half_of_the_columns_is_printed(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    message = refused(write(changed(spec, {"design.weight": "weight"}), people=people))
    assert "allowed: hh, line, stratum, village, w" in message


def test_a_name_that_is_another_with_a_number_is_a_name(tmp_path: Path) -> None:
    """DuckDB gives such names to columns that collide; where the file has them they are the survey's own."""
    (tmp_path / "a.csv").write_text("x,x_1\n1,2\n")
    assert texts(tmp_path / "a.csv") == {"x": ["1"], "x_1": ["2"]}


def test_nested_columns_of_a_parquet_file_do_no_harm(tmp_path: Path) -> None:
    pyarrow.parquet.write_table(pa.table({"a": [1], "tags": [["x", "y"]]}), tmp_path / "a.parquet")
    assert open_table(tmp_path / "a.parquet", connect()).collect_schema().names() == ["a"]
    with pytest.raises(DataError, match=r"SurveyDesign: tags[\s\S]*found: +lists"):
        fl.SurveyDesign(tmp_path / "a.parquet", weight="a", psu="tags")


def test_names_that_would_collide_are_refused_in_files_too(
    spec: dict[str, Any], people: pd.DataFrame, write: Write
) -> None:
    assert "people.csv: columns may not start with fl__" in refused(
        write(spec, people=people.assign(fl__x=1))
    )


@pytest.mark.parametrize("data", [{"a": [1]}, 7, None, [1, 2], pl.LazyFrame({"a": [1]})])
def test_what_is_no_table_is_refused(data: object) -> None:
    with pytest.raises(DataError, match="not a table the kit reads") as error:
        open_table(data, connect())
    assert "allowed: a path to CSV, Parquet, SPSS or Stata" in str(error.value)


def test_a_missing_column_is_told_with_a_guess(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    path = write(
        changed(spec, {"design.weight": "wt", "module.column": "RESULT", "age.column": "agee"}), people=people
    )
    message = refused(path)
    assert f"{path}: columns that survey.yaml names are not in the data" in message
    assert "agee (age; did you mean age?), RESULT (module), wt (design.weight; did you mean w?)" in message
    assert "allowed: hh, line, stratum" in message
    assert "fl__" not in message


def test_a_missing_key_column_is_told_with_its_file(
    spec: dict[str, Any], people: pd.DataFrame, write: Write
) -> None:
    message = refused(write(spec, people=people.rename(columns={"line": "line_no"})))
    assert "files.person.key: columns that survey.yaml names are not in the data" in message
    assert "line (did you mean line_no?)" in message


def test_codes_of_a_csv_without_survey_yaml_survive_and_a_late_one_is_no_error(tmp_path: Path) -> None:
    """DuckDB would take yes and no for a truth value, 01 for 1, and stop in mid-estimate at a code beyond its
    sample."""
    rows = 30_000
    table = pd.DataFrame(
        {
            "W": 1.5,
            "P": range(rows),
            "answer": ["yes", "no"] * (rows // 2),
            "sector": ["01", "41"] * (rows // 2),
        }
    )
    table["late"], table["key"], table["day"], table["money"] = (
        "1",
        "1234567890123456789",
        "01/02/2025",
        ["1e3", ""] * (rows // 2),
    )
    table["fpc"] = ["Inf", "12"] * (rows // 2)  # as R writes a population without end
    table.loc[rows - 1, "late"] = "9b"
    table.to_csv(tmp_path / "a.csv", index=False)
    design = fl.SurveyDesign(tmp_path / "a.csv", weight="W", psu="P")
    for name, found in {
        "answer": {"yes", "no"},
        "sector": {"01", "41"},
        "late": {"1", "9b"},
        "key": {"1234567890123456789"},
        "day": {"01/02/2025"},
    }.items():
        assert (
            set(design.frame.select(design.text(name)).unique().collect("pandas").to_native()[name]) == found
        )
    assert design.frame.collect_schema()["W"].is_numeric()
    fpc = design.frame.select(design.number("fpc")).unique().collect("pandas").to_native()["fpc"]
    assert sorted(fpc) == [12, math.inf]
    assert (
        design.frame.select(design.number("money").sum()).collect("pandas").to_native().iloc[0, 0]
        == 1000 * rows / 2
    )


def test_a_row_is_a_row_whatever_it_begins_with(tmp_path: Path) -> None:
    """DuckDB would take `#` for the mark of a comment where the lines it looks at allow that, and leave the
    row out."""
    (tmp_path / "a.csv").write_text("code,n\n#1,2\n3,4\n")
    assert texts(tmp_path / "a.csv") == {"code": ["#1", "3"], "n": ["2", "4"]}
    (tmp_path / "b.csv").write_text("# the survey of 2025\ncode,n\n1,2\n3,4\n")
    assert texts(tmp_path / "b.csv") == {"code": ["1", "3"], "n": ["2", "4"]}


def test_a_title_above_the_names_is_told(tmp_path: Path) -> None:
    """A title of one cell is left out; one of several would be taken for the names: the rows below it have
    another number of cells."""
    (tmp_path / "a.csv").write_text("# by us, in 2025, twice\ncode,n\n1,2\n3,4\n")
    with pytest.raises(
        DataError, match=r"line 2: 2 cell\(s\)\n  allowed: 3 cell\(s\), as in the header in line 1"
    ):
        fl.SurveyDesign(tmp_path / "a.csv", weight="n")


def test_quotes_that_come_late_are_quotes(tmp_path: Path) -> None:
    """DuckDB decides on some 20,000 lines that a file has no quotes; a code in them would then be another
    code."""
    (tmp_path / "a.csv").write_text("name,n\n" + "x,1\n" * 30_000 + '"late, one",2\n"1",2\n"say ""no""",2\n')
    assert texts(tmp_path / "a.csv")["name"][-3:] == ["late, one", "1", 'say "no"']


def test_a_damaged_row_far_down_a_csv_is_told_at_the_door(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"W,P\n" + b"1,2\n" * 30_000 + b"1,\xff\xfe\n")
    with pytest.raises(DataError, match=r"a\.csv: the file cannot be read"):
        fl.SurveyDesign(path, weight="W", psu="P")


def test_only_a_table_of_a_cluster_stands_in_for_a_file(
    write: Write, spec: dict[str, Any], people: pd.DataFrame
) -> None:
    """A file is read from where survey.yaml says; the tests marked spark try what does stand in."""
    with pytest.raises(RequestError) as error:
        fl.read_survey(write(spec, people=people), people)
    for words in ("tables: only PySpark DataFrames can replace the files", "DataFrame", "leave tables out"):
        assert words in str(error.value)
