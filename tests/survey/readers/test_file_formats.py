"""Tests SPSS and Stata files: their codes, dates, missing values and labels, and which files are refused."""

from __future__ import annotations

import builtins
import datetime
import decimal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from thoroughness import tries

import fltoolkit as fl
from fltoolkit.errors import DataError, SpecError
from fltoolkit.survey.engine.columns import SOURCE, text
from fltoolkit.survey.engine.engines import connect
from fltoolkit.survey.readers.file_formats import read_labels
from fltoolkit.survey.readers.opened_file import open_named, open_table

R_WROTE = Path(__file__).parents[2] / "golden" / "data"
Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]

# One label in each of the scripts that surveys come in.
FRENCH, ARABIC, RUSSIAN, CHINESE, THAI = (
    "Avez-vous été forcé(e) ?",
    "هل أُجبرت على العمل؟",
    "Принуждали ли вас?",
    "您是否被迫工作",
    "คุณถูกบังคับหรือไม่",
)


def texts(path: Path, **options: Any) -> dict[str, list[Any]]:
    """Every column as the kit's canonical text, in the order of the rows."""
    frame = open_table(path, connect(), as_text=True, **options)
    schema = frame.collect_schema()
    got = frame.select([text(c, schema[c]).alias(c) for c in schema.names()]).collect("pandas").to_native()
    return {c: [None if pd.isna(v) else v for v in got[c]] for c in got}


def refused(path: Path, **options: Any) -> str:
    with pytest.raises(DataError) as error:
        open_table(path, connect(), as_text=True, **options)
    assert str(path) in str(error.value)
    return str(error.value)


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": [123456789012345.0, 2.0**53 - 1, 3.0],
            "q": [1.0, 98.0, None],
            "r": [1.0, 2.5, 997.0],
            "s": ["  abé ", "99", ""],
            "day": [datetime.date(2025, 3, 1), None, datetime.date(1999, 12, 31)],
            "moment": [datetime.datetime(2025, 3, 1, 12, 30, 5), None, datetime.datetime(2000, 1, 1)],
            "clock": [datetime.time(7, 5), None, datetime.time(0, 0, 1)],
        }
    )


AS_TEXT = {
    "id": ["123456789012345", "9007199254740991", "3"], "q": ["1", "98", None], "r": ["1", "2.5", "997"],
    "s": ["abé", "99", None], "day": ["2025-03-01", None, "1999-12-31"],
    "moment": ["2025-03-01 12:30:05", None, "2000-01-01 00:00:00"], "clock": ["07:05:00", None, "00:00:01"],
}  # fmt: skip


# ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["sav", "zsav", "SAV"])
def test_spss_codes_dates_and_user_missing_values_are_text_as_they_are(
    tmp_path: Path, table: pd.DataFrame, suffix: str
) -> None:
    path = tmp_path / f"a.{suffix}"
    missing = {"q": [98, 99], "r": [{"lo": 990, "hi": 999}], "s": ["99"]}
    values = {"q": {1: "Oui", 98: "Ne sait pas"}}
    pyreadstat.write_sav(
        table, str(path), missing_ranges=missing, variable_value_labels=values, compress=suffix == "zsav"
    )
    assert texts(path) == AS_TEXT


def test_without_a_survey_yaml_user_missing_values_are_blank(tmp_path: Path, table: pd.DataFrame) -> None:
    """Nothing could say there that 98 is no number; R's readers do the same."""
    pyreadstat.write_sav(
        table.assign(w=1.0),
        str(tmp_path / "a.sav"),
        missing_ranges={"q": [98], "r": [{"lo": 990, "hi": 999}]},
    )
    pyreadstat.write_dta(
        pd.DataFrame({"r": [1.0, 2.5, "a"], "w": 1.0}),
        str(tmp_path / "a.dta"),
        missing_user_values={"r": ["a"]},
    )
    for name in ("a.sav", "a.dta"):
        assert fl.mean(fl.SurveyDesign(tmp_path / name, weight="w"), "r").table["estimate"].to_list() == [
            1.75
        ]


@pytest.mark.parametrize("label", [FRENCH, ARABIC, RUSSIAN, CHINESE, THAI])
def test_labels_in_any_script_are_kept_with_the_codes_of_the_data(tmp_path: Path, label: str) -> None:
    table = pd.DataFrame({"q": [1.0, 2.5, 98.0], "s": ["a", "b", "99"]})
    keys: dict[str, Any] = {
        "column_labels": {"q": label},
        "variable_value_labels": {"q": {1: label, 2.5: "x", 98: "?"}, "s": {"99": label}},
    }
    pyreadstat.write_sav(
        table, str(tmp_path / "a.sav"), missing_ranges={"q": [{"lo": 90, "hi": 99}, -1], "s": ["99"]}, **keys
    )
    about = read_labels(tmp_path / "a.sav")
    assert (about.names, about.rows, about.labels) == (("q", "s"), 3, {"q": label})
    assert about.codes == {"q": {"1": label, "2.5": "x", "98": "?"}, "s": {"99": label}}
    assert about.kinds == {"q": "number", "s": "text"}
    declared = [code for code in ("1", "2.5", "89", "90", "98", "-1", "abc") if about.is_missing("q", code)]
    assert declared == ["90", "98", "-1"]
    assert [code for code in ("a", "99") if about.is_missing("s", code)] == ["99"]


# ------------------------------------------------------------------------------------------------------------


def test_a_blank_among_whole_numbers_and_tagged_missing_values_is_blank(tmp_path: Path) -> None:
    """pyreadstat's table in pandas has an arbitrary number there, another one at each reading."""
    table = pd.DataFrame({"age": pd.Series([31, "a", None, 48, None] * 40, dtype=object)})
    pyreadstat.write_dta(table, str(tmp_path / "a.dta"), missing_user_values={"age": ["a"]})
    assert texts(tmp_path / "a.dta") == {"age": ["31", ".a", None, "48", None] * 40}


@pytest.mark.parametrize("version", [10, 12, 13, 14, 15])
def test_stata_tagged_missing_values_stay_apart_and_the_plain_one_is_blank(
    tmp_path: Path, version: int
) -> None:
    table = pd.DataFrame(
        {
            "q": [1.0, "a", "b", None, "z", 2.0],
            "whole": [1, 2, 3, 4, 5, "c"],
            "s": ["a", "b", "", "d", "e", "f"],
        }
    )
    pyreadstat.write_dta(
        table,
        str(tmp_path / "a.dta"),
        version=version,
        missing_user_values={"q": ["a", "b", "z"], "whole": ["c"]},
        variable_value_labels={"q": {1.0: "Oui", "a": "NSP"}},
        column_labels={"q": "Forced"},
    )
    assert texts(tmp_path / "a.dta") == {
        "q": ["1", ".a", ".b", None, ".z", "2"],
        "whole": ["1", "2", "3", "4", "5", ".c"],
        "s": ["a", "b", None, "d", "e", "f"],
    }
    about = read_labels(tmp_path / "a.dta")
    assert about.codes == {"q": {"1": "Oui", ".a": "NSP"}}
    assert about.labels == {"q": "Forced"}
    assert [code for code in ("1", "a", ".a", ".z", ".") if about.is_missing("q", code)] == [".a", ".z"]


def test_stata_dates_are_text(tmp_path: Path, table: pd.DataFrame) -> None:
    pyreadstat.write_dta(table.drop(columns="clock"), str(tmp_path / "a.dta"))
    expected = {c: v for c, v in AS_TEXT.items() if c != "clock"}
    assert texts(tmp_path / "a.dta") == expected
    assert read_labels(tmp_path / "a.dta").kinds == {
        "id": "number",
        "q": "number",
        "r": "number",
        "s": "text",
        "day": "date",
        "moment": "date",
    }


@pytest.mark.parametrize("version", [114, 117, 118, 119])
def test_stata_files_that_pandas_wrote(tmp_path: Path, version: Any) -> None:
    label = FRENCH if version < 118 else THAI
    table = pd.DataFrame(
        {
            "small": pd.array([1, 2], "int8"),
            "whole": [123456789, 2],
            "x": [1.5, None],
            "day": pd.to_datetime(["2025-03-01", "2020-01-01"]),
            "words": ["é" * 300 if version > 114 else "é", "y"],
        }
    )
    table.to_stata(
        tmp_path / "a.dta",
        version=version,
        write_index=False,
        convert_dates={"day": "td"},
        variable_labels={"small": label},
        value_labels={"small": {1: label, 2: "non"}},
        convert_strl=["words"] if version > 114 else None,
    )
    words = ["é" * 300 if version > 114 else "é", "y"]
    assert texts(tmp_path / "a.dta") == {
        "small": ["1", "2"],
        "whole": ["123456789", "2"],
        "x": ["1.5", None],
        "day": ["2025-03-01", "2020-01-01"],
        "words": words,
    }
    about = read_labels(tmp_path / "a.dta")
    assert (about.labels, about.codes) == ({"small": label}, {"small": {"1": label, "2": "non"}})


# --------------------------------------------------------------------------------------------- files that R's


@pytest.mark.parametrize("name", ["labels.sav", "labels.zsav"])
def test_spss_files_that_r_wrote(name: str) -> None:
    assert texts(R_WROTE / name) == {
        "id": ["1", "2", "3"],
        "forced": ["1", "98", "99"],
        "years": ["1", "997", None],
        "words": ["é", "да", None],
        "day": ["2025-03-01", None, "2024-02-29"],
    }
    about = read_labels(R_WROTE / name)
    assert about.labels == {"forced": "Forcé ?", "years": "هل أجبرت"}
    assert about.codes == {
        "forced": {"1": "Oui", "2": "Non", "98": "Ne sait pas", "99": "Refus"},
        "years": {"1": "年"},
    }
    missing = [
        about.is_missing(column, code)
        for column, code in (("forced", "98"), ("forced", "2"), ("years", "990"), ("years", "1"))
    ]
    assert missing == [True, False, True, False]


@pytest.mark.parametrize(("name", "encoding"), [("labels_12.dta", "utf-8"), ("labels_15.dta", None)])
def test_stata_files_that_r_wrote(name: str, encoding: str | None) -> None:
    assert texts(R_WROTE / name, encoding=encoding) == {
        "id": ["1", "2", "3"],
        "forced": ["1", ".a", ".b"],
        "years": ["1.5", None, "3"],
        "words": ["é", "да", None],
        "day": ["2025-03-01", None, "2024-02-29"],
    }
    about = read_labels(R_WROTE / name, encoding)
    assert about.labels == {"forced": "Forcé ?"}
    assert about.codes == {"forced": {"1": "Oui", ".a": "NSP", ".b": "Refus"}}


# ------------------------------------------------------------------------------------------------- only what


def test_of_many_columns_only_those_asked_for_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pyreadstat.write_sav(pd.DataFrame({f"v{i}": [float(i)] for i in range(200)}), str(tmp_path / "a.sav"))
    given_to: list[Any] = []
    read = pyreadstat.read_sav

    def watched(path: str, **options: Any) -> Any:
        given_to.append(options.get("usecols", "metadata alone" if options.get("metadataonly") else "all"))
        return read(path, **options)

    monkeypatch.setattr(pyreadstat, "read_sav", watched)
    opened = open_named(tmp_path / "a.sav", connect(), only={"v7", "v150", "elsewhere"})
    assert opened.frame.collect_schema().names() == ["v7", "v150"]
    assert len(opened.names) == 200
    assert given_to == ["metadata alone", ["v7", "v150"]]
    assert (
        len(open_named(tmp_path / "a.sav", connect(), only={"elsewhere"}).frame.collect_schema().names()) == 1
    )


@pytest.fixture
def spss(people: pd.DataFrame, tmp_path: Path) -> Path:
    """The people of the small survey as SPSS has them: every number a float."""
    numbers = people.select_dtypes("number").columns
    pyreadstat.write_sav(people.astype(dict.fromkeys(numbers, float)), str(tmp_path / "people.sav"))
    return tmp_path / "people.sav"


def test_a_survey_is_the_same_from_csv_spss_and_stata(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change, spss: Path
) -> None:
    pyreadstat.write_dta(people, str(spss.with_suffix(".dta")))
    tables = []
    for name in ("people.csv", "people.sav", "people.dta"):
        survey = fl.read_survey(write(changed(spec, {"files.person.path": name}), people=people))
        assert fl.check(survey).query("severity == 'error'").empty
        tables.append(fl.prevalence(fl.classify(survey), by=[[], ["sex"], ["age_group"]]).table)
    assert tables[0]["cases"].sum() == 3
    for table in tables[1:]:
        pd.testing.assert_frame_equal(tables[0], table, check_exact=True)


def test_a_column_that_a_wide_file_lacks_is_told_with_a_guess_from_all_its_columns(
    spec: dict[str, Any], write: Write, changed: Change, spss: Path
) -> None:
    wide = pyreadstat.read_sav(str(spss))[0].assign(work_status=1.0)
    pyreadstat.write_sav(wide, str(spss))
    keys = {"files.person.path": "people.sav", "module.column": "work_statu", "module.answered": "1"}
    with pytest.raises(DataError, match=r"work_statu \(module; did you mean work_status\?\)"):
        fl.read_survey(write(changed(spec, keys)))


def test_modules_and_quarters_in_other_formats_meet(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change, tmp_path: Path
) -> None:
    answers = people[["hh", "line", "result", "q1", "q2"]].assign(line=people["line"].astype(float), sex=9.0)
    pyreadstat.write_sav(answers.rename(columns={"result": "result"}), str(tmp_path / "module.sav"))
    pyreadstat.write_dta(people.drop(columns=["result", "q1", "q2"]), str(tmp_path / "people.dta"))
    files = {
        "person": {"path": "people.dta", "key": ["hh", "line"]},
        "module": {"path": "module.sav", "key": ["hh", "line"], "prefix": "m_"},
    }
    keys = {
        "module.column": "m_result",
        "items.involuntary.hazardous_work": "m_q1",
        "items.coercion.debt_bondage": "m_q2",
    }
    survey = fl.read_survey(write(changed(spec, {"files": files, **keys})))
    got = survey.frame.select(SOURCE + "m_q1", SOURCE + "sex").collect("pandas").to_native()
    assert sorted(got[SOURCE + "m_q1"]) == ["N"] * 15 + ["Y"]
    assert sorted(got[SOURCE + "sex"]) == ["1"] * 8 + ["2"] * 8


# ------------------------------------------------------------------------------------------------------------


def old_stata(path: Path, encoding: str, word: str) -> Path:
    """A Stata 10 file, which does not say its encoding: written in latin-1 and its bytes exchanged."""
    placeholder = "#" * len(word.encode(encoding))
    pd.DataFrame({"s": [placeholder, "a"], "n": [1, 2]}).to_stata(
        path, version=114, write_index=False, variable_labels={"n": placeholder}
    )
    path.write_bytes(path.read_bytes().replace(placeholder.encode(), word.encode(encoding)))
    return path


@pytest.mark.parametrize(
    ("encoding", "word"),
    [
        ("cp1252", "forcé"),
        ("latin-1", "forcé"),
        ("cp1251", "да"),
        ("koi8_r", "да"),
        ("cp1256", "نعم"),
        ("gb18030", "是"),
        ("big5", "是"),
        ("shift_jis", "はい"),
        ("euc_jp", "はい"),
        ("cp874", "ใช่"),
        ("utf-8", "да"),
        ("UTF8", "да"),
    ],
)
def test_an_old_file_is_read_in_the_encoding_that_survey_yaml_gives(
    tmp_path: Path, encoding: str, word: str
) -> None:
    path = old_stata(tmp_path / "a.dta", encoding, word)
    assert texts(path, encoding=encoding) == {"s": [word, "a"], "n": ["1", "2"]}
    assert read_labels(path, encoding).labels == {"n": word}


def test_a_csv_in_any_encoding_python_knows(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change, tmp_path: Path
) -> None:
    for encoding, word in (
        ("cp1251", "да"),
        ("gb18030", "是"),
        ("shift_jis", "はい"),
        ("cp1256", "نعم"),
        ("utf-8-sig", "oui"),
    ):
        people.assign(result=word).to_csv(tmp_path / "people.csv", index=False, encoding=encoding)
        survey = fl.read_survey(
            write(changed(spec, {"files.person.encoding": encoding, "module.answered": word}))
        )
        assert fl.check(survey).query("severity == 'error'").empty, encoding


@pytest.mark.parametrize("name", ["utf-9", "base64", "rot13", "klingon"])
def test_an_encoding_that_python_does_not_know_is_told(
    spec: dict[str, Any], write: Write, changed: Change, name: str
) -> None:
    with pytest.raises(
        SpecError,
        match=r"files\.person\.encoding: not an encoding that Python knows; usual ones: utf-8, cp1252",
    ) as error:
        fl.read_survey(write(changed(spec, {"files.person.encoding": name})))
    assert f"found: {name!r}" in str(error.value)


# ------------------------------------------------------------------------------------------------------- what


def test_files_that_are_damaged_or_something_else_are_told_in_one_message(
    tmp_path: Path, table: pd.DataFrame
) -> None:
    pyreadstat.write_sav(table, str(tmp_path / "whole.sav"))
    pyreadstat.write_dta(table.drop(columns="clock"), str(tmp_path / "whole.dta"))
    for name in ("whole.sav", "whole.dta"):
        whole, broken = (tmp_path / name).read_bytes(), tmp_path / f"broken{name[-4:]}"
        for content in (whole[:100], whole[: len(whole) // 2], b"hh,line\n1,2\n" * 40, b"\x00" * 400):
            broken.write_bytes(content)
            message = refused(broken)
            assert "the file cannot be read" in message
            assert "check that the file is complete and that its ending is right" in message
    (tmp_path / "renamed.dta").write_bytes((tmp_path / "whole.sav").read_bytes())
    assert "the file cannot be read" in refused(tmp_path / "renamed.dta")
    (tmp_path / "empty.sav").write_bytes(b"")
    assert "the file is empty" in refused(tmp_path / "empty.sav")
    assert "there is no such file" in refused(tmp_path / "none.sav")
    (tmp_path / "a.por").write_bytes(b"x")
    assert "does not read this kind of file" in refused(tmp_path / "a.por")


def test_a_text_in_another_encoding_than_the_file_says_is_told_and_not_shown(tmp_path: Path) -> None:
    pd.DataFrame({"s": ["Rosa Dezember", "Ana"]}).to_stata(tmp_path / "a.dta", version=118, write_index=False)
    pyreadstat.write_sav(pd.DataFrame({"s": ["Rosa Dezember", "Ana"]}), str(tmp_path / "a.sav"))
    for name in ("a.dta", "a.sav"):
        path = tmp_path / name
        path.write_bytes(path.read_bytes().replace(b"Dez", b"D\xe9z"))
        message = refused(path)
        assert "encoding" in message
        assert "Rosa" not in message
        assert texts(path, encoding="cp1252")["s"] == ["Rosa Dézember", "Ana"]


def test_a_date_that_no_calendar_has_is_told(tmp_path: Path) -> None:
    pyreadstat.write_sav(
        pd.DataFrame({"day": [1e15], "x": [1.0]}), str(tmp_path / "a.sav"), variable_format={"day": "DATE11"}
    )
    assert "the file cannot be read" in refused(tmp_path / "a.sav")
    assert texts(tmp_path / "a.sav", only={"x"}) == {"x": ["1"]}


def test_without_pyreadstat_the_extra_is_named(
    tmp_path: Path, table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    pyreadstat.write_sav(table, str(tmp_path / "a.sav"))
    found = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "pyreadstat":
            raise ImportError(name)
        return found(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    assert 'pip install "fltoolkit[all]"' in refused(tmp_path / "a.sav")


def test_reading_writes_nothing(tmp_path: Path, table: pd.DataFrame) -> None:
    pyreadstat.write_sav(table, str(tmp_path / "a.sav"))
    texts(tmp_path / "a.sav")
    assert [file.name for file in tmp_path.iterdir()] == ["a.sav"]


# ------------------------------------------------------------------------------------------------------------

WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=20)


@settings(
    max_examples=tries(20, few=6), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(label=WORDS, value=WORDS, codes=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=5))
def test_any_label_and_any_code_come_through(
    tmp_path: Path, label: str, value: str, codes: list[int]
) -> None:
    table = pd.DataFrame({"q": pd.array(codes, "float64")})
    for path, write_file in (
        (tmp_path / "a.sav", pyreadstat.write_sav),
        (tmp_path / "a.dta", pyreadstat.write_dta),
    ):
        write_file(
            table, str(path), column_labels={"q": label}, variable_value_labels={"q": {codes[0]: value}}
        )
        about = read_labels(path)
        assert about.labels.get("q", "") == " ".join(label.split())
        assert about.codes == {"q": {str(codes[0]): value.strip()}}
        assert texts(path) == {"q": [str(code) for code in codes]}


@settings(
    max_examples=tries(15, few=5), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(suffix=st.sampled_from([".sav", ".zsav", ".dta"]), data=st.data())
def test_a_byte_gone_wrong_anywhere_is_a_file_or_one_error(
    tmp_path: Path, suffix: str, data: st.DataObject
) -> None:
    path = tmp_path / f"a{suffix}"
    table = pd.DataFrame({"q": [1.0, 2.0, None], "s": ["a", "é", ""]})
    if suffix == ".dta":
        pyreadstat.write_dta(table, str(path))
    else:
        pyreadstat.write_sav(table, str(path), compress=suffix == ".zsav")
    whole = bytearray(path.read_bytes())
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(whole)
    try:
        texts(path)
        said = "the file cannot be read"
    except DataError as error:
        said = str(error)
    assert "the file cannot be read" in said or "columns" in said


def test_a_number_that_spss_declares_missing_is_none(
    tmp_path: Path, spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    """An age of 99 and a weight of 9999 are no age and no weight, though survey.yaml does not name them: an
    error, never a number."""
    people.loc[3, "age"], people.loc[5, "w"] = 99, 9999.0
    ranges = {"age": [{"lo": 99, "hi": 99}], "w": [{"lo": 9990, "hi": 9999}]}
    path = write(changed(spec, {"files.person.path": "people.sav"}))
    pyreadstat.write_sav(people, str(path.parent / "people.sav"), missing_ranges=ranges)
    found = fl.check(fl.read_survey(path)).query("severity == 'error'")
    assert sorted(zip(found["where"], found["what"], found["count"], strict=True)) == [
        (
            "age",
            "ages that are not numbers, or that the file declares missing: 1 value, not printed",
            "fewer than 5",
        ),
        ("w", "weights that are not numbers, or that the file declares missing: 1 value, not printed", 1),
    ]
    named = fl.read_survey(
        write(changed(spec, {"files.person.path": "people.sav", "age.missing": [99, 999]}))
    )
    assert fl.check(named).query("severity == 'error'")["where"].tolist() == ["w"]


def test_each_pooled_file_declares_its_own_missing_numbers(
    tmp_path: Path, spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    """The weight 9999 of the second quarter was used as a weight, since only the second file declares it
    missing. An age of 30 is declared missing by the first file only, so the second file keeps it."""
    pooled = {"files.person.path": ["q1.sav", "q2.sav"], "files.person.weight_factor": [0.5, 0.5]}
    path = write(changed(spec, pooled))
    first, second = (
        people.assign(age=30, w=10.0),
        people.assign(age=30, w=[9999.0, *[10.0] * (len(people) - 1)]),
    )
    pyreadstat.write_sav(first, str(path.parent / "q1.sav"), missing_ranges={"age": [30]})
    pyreadstat.write_sav(second, str(path.parent / "q2.sav"), missing_ranges={"w": [9999]})
    rows = fl.read_survey(path).frame.collect("pandas").to_native()
    n = len(people)
    assert rows["num__age"].isna().tolist() == [True] * n + [False] * n
    assert rows["fl__weight"].isna().tolist() == [False] * n + [True] + [False] * (n - 1)


@pytest.mark.parametrize(("suffix", "missing"), [("sav", 99), ("sav", "none"), ("dta", "a")])
@pytest.mark.parametrize(
    ("column", "told"), [("stratum", "rows without strata"), ("village", "rows without psu")]
)
def test_persons_whose_unit_is_declared_missing_are_no_unit_of_their_own(
    spec: dict[str, Any],
    people: pd.DataFrame,
    write: Write,
    changed: Change,
    suffix: str,
    missing: Any,
    column: str,
    told: str,
) -> None:
    """All persons with `.a`, or with a number or text that SPSS declares missing, were one PSU."""
    path = write(changed(spec, {"files.person.path": f"people.{suffix}"}))
    units = pd.factorize(people[column])[0].tolist()[2:]
    people[column] = [missing, missing, *(map(str, units) if missing == "none" else units)]
    if suffix == "sav":
        pyreadstat.write_sav(people, str(path.parent / "people.sav"), missing_ranges={column: [missing]})
    else:
        pyreadstat.write_dta(people, str(path.parent / "people.dta"), missing_user_values={column: ["a"]})
    found = fl.check(fl.read_survey(path)).query("severity == 'error'")
    assert told in found["what"].tolist()


def test_a_duration_of_more_than_a_day_keeps_its_hours(tmp_path: Path) -> None:
    """48 hours a week in SPSS's format of times were read as `00:00:00`, the time of day."""
    hours = pd.DataFrame({"week": [172800.0, 27900.5, None, -60.0], "day": [3600.0, 0.0, 86399.0, None]})
    pyreadstat.write_sav(hours, str(tmp_path / "a.sav"), variable_format={"week": "TIME8", "day": "DTIME11"})
    week = ["48:00:00", "07:45:00.500000", None, "-00:01:00"]
    assert texts(tmp_path / "a.sav") == {"week": week, "day": ["01:00:00", "00:00:00", "23:59:59", None]}


def test_a_tagged_missing_value_of_a_date_keeps_its_point(tmp_path: Path) -> None:
    days = pd.DataFrame({"day": pd.Series([datetime.date(2025, 3, 1), "a", None], dtype=object)})
    pyreadstat.write_dta(days, str(tmp_path / "a.dta"), missing_user_values={"day": ["a"]})
    assert texts(tmp_path / "a.dta") == {"day": ["2025-03-01", ".a", None]}


@pytest.mark.parametrize("suffix", ["sav", "dta"])
def test_a_column_is_found_whatever_the_unicode_form_of_its_name(tmp_path: Path, suffix: str) -> None:
    """The column was named among those of the file, and was not read."""
    write = pyreadstat.write_sav if suffix == "sav" else pyreadstat.write_dta
    write(pd.DataFrame({"x": [1], "a\N{COMBINING GRAVE ACCENT}ge": [31]}), str(tmp_path / f"a.{suffix}"))
    assert texts(tmp_path / f"a.{suffix}", only={"\N{LATIN SMALL LETTER A WITH GRAVE}ge"}) == {
        "\N{LATIN SMALL LETTER A WITH GRAVE}ge": ["31"]
    }


def test_a_parquet_file_with_a_repeated_name_is_refused_beside_a_column_of_structures(tmp_path: Path) -> None:
    """DuckDB names the second one `w_1`, so the first was taken for the column."""
    weights = [pyarrow.array([1.0]), pyarrow.array([{"a": {"b": 1}, "c": 2}]), pyarrow.array([2.0])]
    pyarrow.parquet.write_table(
        pyarrow.Table.from_arrays(weights, names=["w", "a", "w"]), tmp_path / "a.parquet"
    )
    assert "found:   w, w" in refused(tmp_path / "a.parquet")
    pyarrow.parquet.write_table(
        pyarrow.Table.from_arrays(weights, names=["w", "b", "c"]), tmp_path / "b.parquet"
    )
    assert open_named(tmp_path / "b.parquet", connect()).names == ("w", "c")


@pytest.mark.parametrize(
    ("digits", "value", "is_read"),
    [(38, 10**20, True), (39, 10**20, False), (39, 2**53 - 1, True), (76, -(2**53), False)],
)
def test_a_decimal_number_of_a_parquet_file_is_exact_or_the_file_is_refused(
    tmp_path: Path, digits: int, value: int, is_read: bool
) -> None:
    """DuckDB reads decimals of more than 38 digits as floats, in which two codes can become one."""
    kind = (pyarrow.decimal128 if digits <= 38 else pyarrow.decimal256)(digits, 0)
    columns = {"psu": pyarrow.array([decimal.Decimal(value), None], kind), "age": pyarrow.array([30, 31])}
    path = tmp_path / "persons.parquet"
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    if is_read:
        assert texts(path)["psu"] == [str(value), None]
    else:
        assert "found:   psu" in refused(path)
        assert open_named(path, connect(), only=["age"]).names == ("psu", "age")  # nobody asks for the column


@pytest.mark.parametrize("version", [13, 14, 15])
def test_a_long_text_of_a_stata_file_keeps_every_letter(tmp_path: Path, version: int) -> None:
    """Above 2,045 letters, Stata keeps a text apart from its row (strL)."""
    long = ["é" * 2100 + str(i) for i in range(3)]
    pyreadstat.write_dta(pd.DataFrame({"household": long}), tmp_path / "a.dta", version=version)
    assert texts(tmp_path / "a.dta")["household"] == long


@pytest.mark.parametrize("kind", ["sav", "dta"])
def test_codes_that_a_file_may_have_rounded_are_a_warning(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change, tmp_path: Path, kind: str
) -> None:
    """SPSS and Stata store a number as a float, which holds every whole number up to 2 to the power of 53."""

    def warned(first: int, step: int = 256) -> list[str]:
        ids = [float(first + step * i) for i in range(len(people))]
        table = people.assign(**{spec["files"]["person"]["key"][0]: ids})
        path = write(changed(spec, {"files.person.path": f"persons.{kind}"}), person=people)
        (pyreadstat.write_sav if kind == "sav" else pyreadstat.write_dta)(
            table, path.parent / f"persons.{kind}"
        )
        found = fl.check(fl.read_survey(path))
        return [
            where
            for where, what in zip(found["where"], found["what"], strict=True)
            if what.startswith("codes of more than 15")
        ]

    with pytest.raises(DataError, match="store keys of more than 15 digits as text"):
        warned(10**18, step=2)  # some are now the same
    assert warned(2**53) == [spec["files"]["person"]["key"][0]]
    assert warned(10**18) == [spec["files"]["person"]["key"][0]]
    assert warned(2**53 - 1 - 256 * len(people)) == []
