"""Tests what `corrections` and `accept` of survey.yaml may contain. Errors give the position in the list."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from fltoolkit.errors import SpecError
from fltoolkit.survey.spec.corrections import Accepted, Correction, NumberRange
from fltoolkit.survey.spec.survey_spec import SurveySpec
from fltoolkit.yaml_files.loading import build_model

ROW = {"HH": "1", "LINE": "2"}


def correction(**keys: Any) -> dict[str, Any]:
    return {"rows": [ROW], "column": "AGE", "value": "41", "why": "typed 411", **keys}


def test_one_row_needs_no_list_and_codes_are_text() -> None:
    one = Correction.model_validate(correction(rows={"HH": "01", "LINE": "2.0"}, value="1.0"))
    assert one.rows == ({"HH": "01", "LINE": "2"},)
    assert (one.text, Correction.model_validate(correction(value="missing")).text) == ("1", "")


def test_a_condition_is_codes_or_a_range() -> None:
    one = Correction.model_validate(
        {
            "where": {"AGE": {"min": "99"}, "SEX": "1", "R": ["1", "2"]},
            "column": "AGE",
            "value": "missing",
            "why": "w",
        }
    )
    assert one.where == {"AGE": NumberRange(min=99), "SEX": ("1",), "R": ("1", "2")}


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"where": {"AGE": "1"}}, "give either rows .* or where"),
        ({"rows": []}, "give either rows .* or where"),
        ({"rows": [], "where": {"AGE": {}}}, "give min, max or both"),
        ({"rows": [], "where": {"AGE": {"min": "2", "max": "1"}}}, r"max \(1\) is below min \(2\)"),
        ({"rows": [], "where": {"AGE": {"min": "nan"}}}, "finite number"),
        ({"rows": [], "where": {"AGE": []}}, "where: AGE has no code, and a blank meets no condition"),
        ({"rows": [], "where": {"AGE": ["1", ""]}}, "where: AGE has no code, .* name the rows by their keys"),
        ({"why": "  "}, "give the reason in words"),
        ({"value": ["1", "2"]}, "must be one code"),
        ({"values": "1"}, "Extra inputs"),
    ],
)
def test_what_is_no_correction_is_refused(keys: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Correction.model_validate(correction(**keys))


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ([correction(column="AGES")], "entry 1: survey.yaml uses no column AGES; did you mean AGE?"),
        (
            [correction(), correction(column="NOTES")],
            "entry 2: survey.yaml uses no column NOTES; only columns in use count",
        ),
        ([correction(column="LINE", value="missing")], "entry 1: LINE is of the key, which is never blank"),
        ([correction(column="P_{episode}")], "entry 1: P_{episode} stands for several columns"),
        ([correction(rows=[{"HH": "1"}])], "entry 1: a row of AGE is named by HH, LINE, and here by HH"),
        (
            [correction(rows=[{**ROW, "SEX": "1"}])],
            "entry 1: a row of AGE is named by HH, LINE, and here by HH, LINE, SEX",
        ),
        (
            [correction(), correction(value="42")],
            "entries 1 and 2: both change AGE of HH 1, LINE 2; keep one",
        ),
        ([correction(rows=[ROW, ROW])], "entries 1 and 1: both change AGE of HH 1, LINE 2; keep one"),
        *[
            ([correction(column=c)], f"entry 1: {c} is a question that makes a case")
            for c in ("WORK", "INV", "COE", "SAME")
        ],
        ([correction(column="INV", evidence=" ")], "entry 1: INV is a question that makes a case"),
    ],
)
def test_a_correction_that_cannot_be_made_is_refused_by_its_place(
    entries: list[dict[str, Any]], says: str
) -> None:
    with pytest.raises(SpecError) as error:
        build_model({**small(), "corrections": entries}, SurveySpec, "survey.yaml")
    assert says in str(error.value)


@pytest.mark.parametrize("kind", ["household", "module", "episodes"])
def test_a_key_by_which_another_file_is_joined_is_not_corrected(kind: str) -> None:
    spec = {**small(), "corrections": [correction(column="LINE", value="3")]}
    build_model(spec, SurveySpec, "survey.yaml")
    other = {"path": "o.csv", "key": "LINE" if kind != "episodes" else "N"}
    long = {"episodes": {"long": "true"}} if kind == "episodes" else {}
    with pytest.raises(SpecError, match="entry 1: LINE is of a key by which another file was joined"):
        build_model({**spec, **long, "files": {**spec["files"], kind: other}}, SurveySpec, "survey.yaml")


def test_a_column_of_another_kind_needs_no_evidence() -> None:
    allowed = [
        correction(),
        correction(column="W"),
        correction(column="SEX"),
        correction(column="INV", evidence="form 17"),
    ]
    spec = build_model({**small(), "corrections": allowed}, SurveySpec, "survey.yaml")
    assert [c.column for c in spec.corrections] == ["AGE", "W", "SEX", "INV"]


def small() -> dict[str, Any]:
    from small_surveys import SPEC

    plain = {**SPEC, "episodes": {"same_work": {"column": "SAME"}}, "year": "2025", "sectors": {}}
    return as_text(plain)


def as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): as_text(v) for k, v in value.items()}
    return [as_text(v) for v in value] if isinstance(value, list) else str(value)


def test_wide_columns_are_named_with_their_episode() -> None:
    wide = as_text({"wide": ["A", "B"]})
    items = {
        "involuntary": {"very_low_or_no_wages": {"column": "INV_{episode}"}},
        "coercion": {"withheld_wages": {"column": "COE_{episode}"}},
    }
    spec = {**small(), "episodes": wide, "items": items}
    build_model(
        {**spec, "corrections": [correction(column="INV_B", evidence="form")]}, SurveySpec, "survey.yaml"
    )
    with pytest.raises(SpecError, match="INV_B is a question that makes a case"):
        build_model({**spec, "corrections": [correction(column="INV_B")]}, SurveySpec, "survey.yaml")


def test_a_column_of_persons_and_of_spells_needs_a_prefix() -> None:
    files = {
        "person": {"path": "p.csv", "key": ["HH", "LINE"]},
        "episodes": {"path": "e.csv", "key": ["HH", "LINE", "N"]},
    }
    spec = {
        **small(),
        "files": files,
        "episodes": {"long": "true"},
        "age": {"column": "AGE", "at_start": "AGE"},
    }
    with pytest.raises(SpecError, match="AGE is a column of persons and of episodes"):
        build_model({**spec, "corrections": [correction()]}, SurveySpec, "survey.yaml")
    spell = correction(column="INV", evidence="form")
    with pytest.raises(SpecError, match="a row of INV is named by HH, LINE, N, and here by HH, LINE"):
        build_model({**spec, "corrections": [spell]}, SurveySpec, "survey.yaml")


# ------------------------------------------------------------------------------------------------------------


def test_a_finding_is_accepted_with_a_reason() -> None:
    one = Accepted.model_validate({"finding": "weights", "column": "W", "why": " by design "})
    assert (one.finding, one.column, one.why) == ("weights", "W", "by design")


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        (
            {"finding": "unknown codes"},
            "findings of unknown codes cannot be accepted: a code without a meaning cannot be counted",
        ),
        ({"finding": "ages"}, "Input should be 'weights', 'age'"),
        ({"why": ""}, "give the reason in words"),
    ],
)
def test_what_no_reason_can_mend_is_not_accepted(keys: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Accepted.model_validate({"finding": "weights", "column": "W", "why": "by design", **keys})


def test_a_finding_is_accepted_once() -> None:
    entry = {"finding": "weights", "column": "W", "why": "by design"}
    build_model({**small(), "accept": [entry, {**entry, "finding": "age"}]}, SurveySpec, "survey.yaml")
    with pytest.raises(
        SpecError, match="accept, entries 1 and 3: both accept the finding weights of W; keep one"
    ):
        build_model(
            {**small(), "accept": [entry, {**entry, "column": "W2"}, {**entry, "why": "other"}]},
            SurveySpec,
            "survey.yaml",
        )
