"""Compares the corrections of survey.yaml with a loop in plain Python over the rows of the file, and tests
corrections that cannot be made."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from thoroughness import tries

import fltoolkit as fl
from fltoolkit.errors import DataError, SpecError
from fltoolkit.survey.correction_counts import corrected_rows
from fltoolkit.survey.engine.columns import AGE, NUMBER_OF, SOURCE

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]
Row = dict[str, str]

LIST: list[dict[str, Any]] = [
    {
        "rows": [{"hh": "h0", "line": 1}, {"hh": "h3", "line": 2}],
        "column": "age",
        "value": 41,
        "why": "typed twice",
    },
    {
        "rows": {"hh": "h1", "line": 1},
        "column": "q1",
        "value": "Y",
        "why": "the interviewer rang",
        "evidence": "form 17",
    },
    {
        "where": {"age": {"min": 33, "max": 34}, "sex": 2},
        "column": "w",
        "value": 1.5,
        "why": "weights of March",
    },
    {"where": {"age": 35}, "column": "age", "value": "missing", "why": "35 is no age"},
    {
        "where": {"q2": ["Y", "D"]},
        "column": "q2",
        "value": "R",
        "why": "read the wrong way round",
        "evidence": "the fieldwork report",
    },
]


def made(table: pd.DataFrame, corrections: list[dict[str, Any]]) -> list[Row]:
    """The rows of a file after its corrections, made one by one."""
    rows: list[Row] = [{k: str(v) for k, v in row.items()} for row in table.to_dict("records")]
    for c in corrections:
        keys = [c["rows"]] if isinstance(c.get("rows"), dict) else c.get("rows", [])
        for row in rows:
            named = any(all(row[k] == str(v) for k, v in key.items()) for key in keys)
            if named or ("where" in c and all(meets(row[k], v) for k, v in c["where"].items())):
                row[c["column"]] = "" if c["value"] == "missing" else str(c["value"])
    return rows


def meets(cell: str, allowed: Any) -> bool:
    if isinstance(allowed, dict):
        return cell != "" and allowed.get("min", float("-inf")) <= float(cell) <= allowed.get(
            "max", float("inf")
        )
    return cell in [str(v) for v in (allowed if isinstance(allowed, list) else [allowed])]


def held(survey: fl.Survey, columns: list[str]) -> list[Row]:
    got = survey.frame.select([SOURCE + c for c in columns]).collect("pandas").to_native()
    rows = [
        {c: "" if pd.isna(v) else v for c, v in zip(columns, row, strict=True)}
        for row in got.itertuples(index=False)
    ]
    return sorted(rows, key=lambda row: (row["hh"], row["line"]))


def refused(path: Path, kind: type[Exception] = DataError) -> str:
    with pytest.raises(kind) as error:
        fl.read_survey(path)
    return str(error.value)


def test_corrections_are_made_in_their_order_and_the_file_stays(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    path = write(changed(spec, {"corrections": LIST}), people=people)
    before = hashlib.sha256((path.parent / "people.csv").read_bytes()).hexdigest()
    survey = fl.read_survey(path)
    columns = list(people)
    expected = sorted(made(people, LIST), key=lambda row: (row["hh"], row["line"]))
    assert held(survey, columns) == expected
    assert hashlib.sha256((path.parent / "people.csv").read_bytes()).hexdigest() == before
    numbers = survey.frame.select(NUMBER_OF + "w", AGE).collect("pandas").to_native()
    assert sorted(numbers[NUMBER_OF + "w"]) == sorted(float(row["w"]) for row in expected)
    assert sorted(numbers[AGE].dropna()) == sorted(float(row["age"]) for row in expected if row["age"])


def test_any_list_of_corrections_gives_what_a_loop_gives(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    rng = random.Random(7)
    for _ in range(tries(12, few=4)):
        order = rng.sample(range(16), 16)
        rows = [{"hh": f"h{i // 2}", "line": i % 2 + 1} for i in order]
        corrections = [
            {"rows": rows[:k], "column": "age", "value": rng.choice([19, 77, "missing", "x"]), "why": "a"}
            for k in [rng.randint(1, 4)]
        ]
        corrections += [{"rows": rows[5:7], "column": "sex", "value": rng.choice([1, 2, 9]), "why": "b"}]
        corrections += [{"rows": rows[8:9], "column": "age", "value": 50, "why": "c"}]
        corrections += [
            {"where": {"line": rng.choice([1, 2])}, "column": "w", "value": rng.choice([0.25, 4]), "why": "d"}
        ]
        rng.shuffle(corrections)
        survey = fl.read_survey(write(changed(spec, {"corrections": corrections}), people=people))
        expected = sorted(made(people, corrections), key=lambda row: (row["hh"], row["line"]))
        assert held(survey, list(people)) == expected, corrections


def test_a_parquet_files_codes_are_corrected_as_numbers_and_as_text(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    sexes = {"groups.sex.codes": {"1": "men", "2": "women", "X": "others"}, "groups.sex.missing": 9}
    for value, shown in ((2, "women"), ("missing", "not stated"), (9, "not stated"), ("X", "others")):
        one = {"rows": {"hh": "h0", "line": 1}, "column": "sex", "value": value, "why": "a slip"}
        path = write(changed(spec, {**sexes, "files.person.path": "people.parquet", "corrections": [one]}))
        people.to_parquet(path.parent / "people.parquet")
        table = fl.prevalence(fl.classify(fl.read_survey(path)), by="sex").table
        counts = dict(zip(table["sex"], table["n"], strict=True))
        assert counts == ({"men": 7, "women": 9} if shown == "women" else {"men": 7, "women": 8, shown: 1})


@pytest.mark.parametrize("most", [50_000_000, 0], ids=["held in memory", "read anew"])
def test_estimates_after_a_correction_are_those_of_a_file_that_has_it(
    spec: dict[str, Any],
    people: pd.DataFrame,
    write: Write,
    changed: Change,
    most: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fltoolkit.survey.person_rows.HELD", most)
    one = {
        "rows": {"hh": "h5", "line": 1},
        "column": "q1",
        "value": "Y",
        "why": "a slip",
        "evidence": "form 3",
    }
    two = {
        "rows": {"hh": "h5", "line": 1},
        "column": "q2",
        "value": "Y",
        "why": "a slip",
        "evidence": "form 3",
    }
    corrected = fl.prevalence(
        fl.classify(fl.read_survey(write(changed(spec, {"corrections": [one, two]}), people=people)))
    ).table
    people.loc[10, ["q1", "q2"]] = "Y"
    edited = fl.prevalence(fl.classify(fl.read_survey(write(spec, people=people)))).table
    pd.testing.assert_frame_equal(corrected, edited)
    assert corrected.loc[0, "cases"] == 2


def test_a_row_of_spells_is_named_by_the_key_of_a_spell(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    keys = {
        "files.episodes": {"path": "spells.csv", "key": ["hh", "line", "spell"]},
        "episodes": {"long": "true"},
        "items.involuntary.hazardous_work": "q1",
        "items.coercion.debt_bondage": "q2",
        "corrections": [
            {
                "rows": {"hh": "h1", "line": 1, "spell": 2},
                "column": column,
                "value": "Y",
                "why": "a slip",
                "evidence": "form",
            }
            for column in ("q1", "q2")
        ]
        + [{"rows": {"hh": "h1", "line": 1}, "column": "age", "value": 60, "why": "a slip"}],
    }
    spells = pd.concat(
        [people[["hh", "line", "q1", "q2"]].assign(spell=s) for s in (1, 2)], ignore_index=True
    )
    path = write(changed(spec, keys), people=people.drop(columns=["q1", "q2"]), spells=spells)
    survey = fl.read_survey(path)
    assert fl.prevalence(fl.classify(survey)).table.loc[0, "cases"] == 2
    found = corrected_rows(survey)
    assert found[
        ["entry", "column", "before", "after", "file", "hh", "line", "spell"]
    ].to_numpy().tolist() == [
        [1, "q1", "N", "Y", "spells.csv", "h1", "1", "2"],
        [2, "q2", "N", "Y", "spells.csv", "h1", "1", "2"],
        [3, "age", "22", "60", "people.csv", "h1", "1", ""],
    ]


def test_a_condition_may_name_a_column_that_nothing_else_needs(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    one = {
        "where": {"interviewer": 7},
        "column": "age",
        "value": "missing",
        "why": "interviewer 7 wrote the year of birth",
    }
    path = write(changed(spec, {"corrections": [one]}), people=people.assign(interviewer=[7] * 3 + [8] * 13))
    assert [row["age"] for row in held(fl.read_survey(path), list(people))][:4] == ["", "", "", "23"]
    assert "interviewer (corrections.where)" in refused(
        write(changed(spec, {"corrections": [one]}), people=people)
    )


def test_replicate_weights_are_corrected_too(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    keys = {
        "design": {"weight": "w", "selection": "srs", "replicates": {"columns": "RW{1..3}", "method": "jk1"}},
        "corrections": [{"rows": {"hh": "h0", "line": 1}, "column": "RW2", "value": 9.25, "why": "a slip"}],
    }
    weights = people.assign(**{f"RW{i}": [float(i + j % 3) for j in range(16)] for i in (1, 2, 3)})
    corrected = fl.prevalence(fl.classify(fl.read_survey(write(changed(spec, keys), people=weights)))).table
    weights.loc[0, "RW2"] = 9.25
    edited = fl.prevalence(
        fl.classify(fl.read_survey(write(changed(spec, {**keys, "corrections": None}), people=weights)))
    ).table
    pd.testing.assert_frame_equal(corrected, edited)


# --------------------------------------------------------------------------------------------------------- wh


@pytest.mark.parametrize(
    ("correction", "said"),
    [
        (
            {"rows": [{"hh": "h0", "line": 1}, {"hh": "h9", "line": 7}]},
            "entry 2 matches no row\n  found:   hh h9, line 7\n",
        ),
        ({"where": {"age": 999}}, "entry 2 matches no row\n  found:   column age, where age 999\n"),
        (
            {"where": {"age": {"min": 100}, "sex": [1, 2]}},
            "found:   column age, where age from 100, sex 1 or 2\n",
        ),
        (
            {"where": {"line": 2}},
            "two corrections change the same column of the same row\n  found:   entries 1 and 2, column age",
        ),
    ],
)
def test_a_correction_that_cannot_be_made_is_told_by_its_place(
    spec: dict[str, Any],
    people: pd.DataFrame,
    write: Write,
    changed: Change,
    correction: dict[str, Any],
    said: str,
) -> None:
    first = {"rows": {"hh": "h2", "line": 2}, "column": "age", "value": 50, "why": "a slip"}
    second = {"column": "age", "value": 51, "why": "a slip", **correction}
    path = write(changed(spec, {"corrections": [first, second]}), people=people)
    message = refused(path)
    assert message.startswith(f"{path}: corrections: ")
    assert said in message


def test_a_key_that_stands_in_two_quarters_is_told(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    one = {"rows": {"hh": "h0", "line": 1}, "column": "age", "value": 50, "why": "a slip"}
    keys = {"files.person.path": ["q1.csv", "q2.csv"], "files.person.weight_factor": [0.5, 0.5]}
    tables = {"q1": people.assign(quarter=1), "q2": people.assign(quarter=2)}
    message = refused(write(changed(spec, {**keys, "corrections": [one]}), **tables))
    assert "entry 1 matches several rows by one key\n  found:   hh h0, line 1\n" in message
    two = {
        **one,
        "rows": [one["rows"], {"hh": "h9", "line": 1}],
    }  # one row twice, the other nowhere: as many as are named
    message = refused(write(changed(spec, {**keys, "corrections": [two]}), **tables))
    assert "entry 1 matches no row\n  found:   hh h9, line 1\n" in message
    one |= {"rows": None, "where": {"hh": "h0", "line": 1, "quarter": 2}}
    survey = fl.read_survey(
        write(changed(spec, {**keys, "corrections": [{k: v for k, v in one.items() if v}]}), **tables)
    )
    assert corrected_rows(survey)[["before", "after", "file"]].to_numpy().tolist() == [["20", "50", "q2.csv"]]


def test_two_persons_with_one_line_number_are_told_apart_by_a_correction(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    twice = people.assign(
        line=[1 if hh == "h0" else line for hh, line in zip(people["hh"], people["line"], strict=True)]
    )
    line = {"where": {"hh": "h0", "line": 1, "age": 21}, "column": "line", "value": 2, "why": "a slip"}
    # The age is named by the key that is right, and stands before the correction of the key: keys are
    # corrected first.
    age = {"rows": {"hh": "h0", "line": 2}, "column": "age", "value": 44, "why": "a slip"}
    survey = fl.read_survey(write(changed(spec, {"corrections": [age, line]}), people=twice))
    right = people.assign(
        age=[44 if (hh, n) == ("h0", 2) else a for hh, n, a in people[["hh", "line", "age"]].to_numpy()]
    )
    columns = ["hh", "line", "age", "q1"]
    assert held(survey, columns) == sorted(made(right[columns], []), key=lambda row: (row["hh"], row["line"]))
    assert corrected_rows(survey)[["entry", "column", "before", "after"]].to_numpy().tolist() == [
        [1, "age", "21", "44"],
        [2, "line", "1", "2"],
    ]
    assert survey.corrected is not None
    assert survey.corrected.changed == (1, 1)


def test_keys_that_are_not_unique_after_their_corrections_stop(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    line = {"where": {"hh": "h0", "line": 2}, "column": "line", "value": 1, "why": "a slip"}
    message = refused(write(changed(spec, {"corrections": [line]}), people=people))
    assert "1 key(s) of the person file occur in more than one row" in message
    assert "give a wrong row its key under `corrections`" in message


def test_a_value_that_is_no_code_is_an_unknown_code(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    one = {
        "rows": {"hh": "h0", "line": 1},
        "column": "q2",
        "value": "T",
        "why": "a slip",
        "evidence": "form 1",
    }
    found = fl.check(fl.read_survey(write(changed(spec, {"corrections": [one]}), people=people)))
    assert found.loc[0, ["severity", "check"]].to_list() == ["error", "unknown codes"]
    assert found.loc[0, "where"] == "q2 (items.coercion.debt_bondage)"


def test_a_correction_without_evidence_is_no_survey_yaml(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    one = {"rows": {"hh": "h0", "line": 1}, "column": "q2", "value": "N", "why": "a slip"}
    message = refused(write(changed(spec, {"corrections": [one]}), people=people), SpecError)
    assert (
        "corrections, entry 1: q2 is a question that makes a case; say under evidence: where the right "
        "answer stands"
    ) in message


def test_the_hash_of_the_input_follows_the_corrections(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    plain = fl.read_survey(write(spec, people=people)).input_hash
    assert fl.read_survey(write(changed(spec, {"corrections": LIST}), people=people)).input_hash != plain
