"""Tests a user's own groups: their counts against a plain loop over the file, and the checks that groups of
survey.yaml also get."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from small_surveys import NORVIA, SPEC, persons_table

import fltoolkit as fl
from fltoolkit.errors import DataError, FltoolkitError


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    table = pd.read_csv(NORVIA / "persons.csv", dtype=str, keep_default_na=False)
    return table[(table["FL_RESULT"] == "1") & (table["AGE"].astype(int) >= 18)]


def test_codes_of_a_column_become_a_group(norvia: fl.ClassifiedSurvey, rows: pd.DataFrame) -> None:
    codes: dict[int | str, str] = {1: "on their own account", 2: "not on their own account", 8: "?", 9: "?"}
    persons = fl.derive(norvia, "own_account", of="WK_OWN", codes=codes, label="own business or farm")
    found = fl.prevalence(persons, by="own_account").table.set_index("own_account")["n"].to_dict()
    counted: dict[str, int] = {}
    for value in rows["WK_OWN"]:
        label = {"1": "on their own account", "2": "not on their own account", "": "not stated"}.get(
            value, "?"
        )
        counted[label] = counted.get(label, 0) + 1
    assert found == counted
    assert "own_account" not in norvia.spec.groups
    where = fl.prevalence(persons, where={"own_account": "on their own account"})
    assert where.about.population_label.endswith("(own business or farm: on their own account)")


def test_a_column_that_survey_yaml_does_not_name_is_read(
    norvia: fl.ClassifiedSurvey, rows: pd.DataFrame
) -> None:
    assert "LINE" not in norvia.spec.person_columns()
    persons = fl.derive(norvia, "place_in_household", of="LINE", bands=[2, 3, 5])
    table = fl.prevalence(persons, by=[[], ["place_in_household"]]).table
    line = rows["LINE"].astype(int)
    counted = {
        "total": len(rows),
        "under 2": (line < 2).sum(),
        "2–2": (line == 2).sum(),
        "3–4": line.isin([3, 4]).sum(),
        "5+": (line >= 5).sum(),
    }
    assert table.set_index("place_in_household")["n"].to_dict() == {k: n for k, n in counted.items() if n}
    whole = fl.prevalence(norvia).table.iloc[0]
    assert table.iloc[0][["estimate", "se", "cases"]].tolist() == pytest.approx(
        whole[["estimate", "se", "cases"]].tolist()
    )


def test_codes_of_missing_are_not_stated(norvia: fl.ClassifiedSurvey) -> None:
    persons = fl.derive(norvia, "own", of="WK_OWN", codes={1: "yes"}, missing=[2, 8, 9])
    assert fl.prevalence(persons, by="own").table["own"].tolist() == ["yes", "not stated"]


def test_weights_and_outcomes_of_ones_own_are_kept(norvia: fl.ClassifiedSurvey) -> None:
    margins = fl.total(fl.derive(norvia, "all_of_them", of="SEX", codes={1: "all", 2: "all"}), by="sex").table
    benchmarks = {("sex",): dict(zip(margins["sex"], margins["population"] * 1.1, strict=True))}
    calibrated = fl.outcome(fl.poststratify(norvia, benchmarks), "debt_bondage")
    derived = fl.derive(calibrated, "own", of="WK_OWN", codes={1: "yes", 2: "no"}, missing=[8, 9])
    for verb in (fl.prevalence, fl.total):
        pd.testing.assert_frame_equal(
            verb(derived, "debt_bondage").table, verb(calibrated, "debt_bondage").table
        )


def test_of_a_bare_design() -> None:
    table = pd.DataFrame(
        {
            "w": 1.0,
            "psu": range(8),
            "y": [1, 0] * 4,
            "debt": [0, 5, 99, 100, 700, None, 12, 9999],
            "c": [*"aabbcc", None, "x"],
        }
    )
    design = fl.SurveyDesign(table, weight="w", psu="psu")
    bands = fl.derive(design, "band", of="debt", bands=[10, 100], missing=[9999])
    found = fl.prevalence(bands, "y", by="band").table.set_index("band")["n"].to_dict()
    assert found == {"under 10": 2, "10–99": 2, "100+": 2, "not stated": 2}
    codes = fl.derive(design, "side", of="c", codes={"a": "left", "b": "left", "c": "right"}, missing=["x"])
    assert fl.mean(codes, "y", by="side", where={"side": ["left", "right"]}).table[
        ["side", "n"]
    ].to_numpy().tolist() == [
        ["left", 4],
        ["right", 2],
    ]
    with pytest.raises(DataError, match="values that are not named"):
        fl.derive(design, "side", of="c", codes={"a": "left", "b": "left"})
    with pytest.raises(DataError, match="values that are not numbers"):
        fl.derive(design, "side", of="c", bands=[1])


WRONG = [
    ({"of": "WK_OWN", "codes": {1: "yes"}}, ["not named", "WK_OWN", "found:   2", "list them in missing"]),
    ({"of": "NOPE", "codes": {1: "yes"}}, ["not in the data", "NOPE"]),
    ({"of": "WK_OWN", "codes": {1: "total", 2: "b"}}, ["the label 'total' of code 1 is reserved"]),
    ({"of": "WK_OWN"}, ["needs either codes or bands", "found:   neither"]),
    ({"of": "WK_OWN", "codes": {1: "a"}, "bands": [1]}, ["found:   both"]),
    ({"of": "LINE", "bands": [3, 2]}, ["the limits of bands must be in rising order"]),
    ({"name": "sex", "of": "WK_OWN", "codes": {1: "a"}}, ["name of its own", "found:   sex"]),
    ({"name": "estimate", "of": "WK_OWN", "codes": {1: "a"}}, ["name of its own"]),
    ({"name": "Own work", "of": "WK_OWN", "codes": {1: "a"}}, ["name of its own"]),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG)
def test_what_is_no_group_is_refused(
    arguments: dict[str, Any], words: list[str], norvia: fl.ClassifiedSurvey
) -> None:
    with pytest.raises(FltoolkitError) as error:
        fl.derive(norvia, **{"name": "own", **arguments})
    assert all(word in str(error.value) for word in words), str(error.value)


def test_survey_yaml_takes_bands_of_a_column_too(small: Any, write: Any) -> None:
    groups = {"debt": {"column": "DEBT", "bands": [1, 100], "missing": [999]}}
    people = [
        ("case" if i % 3 else "not", {"DEBT": value})
        for i, value in enumerate([0, 5, 30, 30, 200, "", 999] * 4)
    ]
    persons = small(people, groups=groups)
    assert fl.prevalence(persons, by="debt").table[["debt", "n"]].to_numpy().tolist() == [
        ["under 1", 4],
        ["1–99", 12],
        ["100+", 4],
        ["not stated", 8],
    ]
    path = write(
        SPEC | {"groups": SPEC["groups"] | groups},
        persons=persons_table([*people, ("not", {"DEBT": "much"})]),
    )
    with pytest.raises(DataError, match="values that are not numbers"):
        fl.classify(fl.read_survey(path))


def test_one_code_of_missing_needs_no_brackets(norvia: fl.ClassifiedSurvey) -> None:
    listed, single = (
        fl.derive(norvia, "own_bands", of="FEE", bands=[0, 200], missing=m) for m in ([99998], 99998)
    )
    assert listed.spec.groups == single.spec.groups


def test_a_band_may_be_written_with_a_hyphen(norvia: fl.ClassifiedSurvey) -> None:
    """The label has a dash, which is on no keyboard. Both spellings select the same persons and name the same
    row."""
    hyphen, dash = (fl.prevalence(norvia, where={"age_group": label}).table for label in ("18-24", "18–24"))
    assert hyphen["n"].tolist() == dash["n"].tolist()
    assert hyphen["n"].iloc[0] < fl.prevalence(norvia).table["n"].iloc[0]
    est = fl.prevalence(norvia, by=[["age_group", "sex"]])
    pair = fl.prevalence_ratio(est, ("18-24", "men"), "25-54 × men").table
    assert (
        pair["estimate"].iloc[0]
        == fl.prevalence_ratio(est, ("18–24", "men"), "25–54 × men").table["estimate"].iloc[0]
    )
    with pytest.raises(FltoolkitError, match="no such row"):
        fl.prevalence_ratio(est, "18-25 × men", "25-54 × men")
    with pytest.raises(FltoolkitError, match="no such label"):
        fl.prevalence(norvia, where={"age_group": "18-25"})
