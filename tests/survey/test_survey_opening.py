"""Tests that a survey opened through survey.yaml has its design, ages, weights and spells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from shared_surveys import classified
from small_surveys import variance_of_the_mean

import fltoolkit as fl
from fltoolkit.errors import DataError

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]
DESIGN: dict[str, Any] = {"weight": "w", "strata": "stratum", "psu": "village"}


def mean_age(design: fl.Survey | fl.SurveyDesign | fl.ReplicateDesign) -> tuple[float, float, int]:
    row = fl.mean(design, "fl__age" if isinstance(design, fl.Survey) else "age").table.loc[0]
    return row["estimate"], round(row["se"] ** 2, 10), row["df"]


def test_a_folder_stands_for_its_survey_yaml(
    spec: dict[str, Any], people: pd.DataFrame, write: Write
) -> None:
    path = write(spec, people=people)
    assert fl.read_survey(path.parent).input_hash == fl.read_survey(str(path)).input_hash


def test_the_design_of_survey_yaml_is_that_of_survey_design(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    adults = people.assign(big_n=4)
    for keys, design in (
        ({}, {}),
        ({"design.fpc": "big_n"}, {"fpc": "big_n"}),
        ({"design.psu": None}, {"psu": None}),
        ({"design.strata": None}, {"strata": None}),
        ({"design.nest": "true", "design.psu": "restarts"}, {}),
    ):
        adults = adults.assign(restarts=people["village"].isin(["v1", "v3"]))
        survey = fl.read_survey(write(changed(spec, keys), people=adults))
        persons = fl.classify(survey)
        assert mean_age(persons)[1:] == variance_of_the_mean(adults, **(DESIGN | design)), keys


def test_the_hash_follows_the_data_and_the_yaml(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    first = fl.read_survey(write(spec, people=people)).input_hash
    assert fl.read_survey(write(spec, people=people)).input_hash == first
    assert fl.read_survey(write(spec, people=people.assign(w=3))).input_hash != first
    assert fl.read_survey(write(changed(spec, {"title": "Other"}), people=people)).input_hash != first


def test_a_population_may_have_a_weight_and_an_age_of_its_own(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    keys = {
        "populations.women": {
            "label": "women under 30",
            "age": {"max": 29},
            "where": {"sex": 2},
            "weight": "w_women",
        },
        "groups.village": {"column": "village", "codes": {f"v{i}": f"village {i}" for i in range(4)}},
    }
    persons = classified(write(changed(spec, keys), people=people.assign(w_women=people["line"] * 3)))
    assert fl.total(persons).table[["n", "population"]].to_numpy().tolist() == [[16, 40.0]]
    assert fl.total(persons, population="women").table[["n", "population"]].to_numpy().tolist() == [[5, 30.0]]
    by_village = fl.total(persons, population="women", by="village").table
    assert by_village[["village", "n"]].to_numpy().tolist() == [
        ["village 0", 2],
        ["village 1", 2],
        ["village 2", 1],
    ]


def test_a_column_with_a_code_for_missing_is_not_an_age(
    spec: dict[str, Any], people: pd.DataFrame, write: Write
) -> None:
    survey = fl.read_survey(write(spec, people=people.assign(age=[999, "", *people["age"][2:]])))
    ages = survey.frame.select("fl__age").collect("pandas").to_native()["fl__age"]
    assert sorted(ages.dropna()) == list(range(22, 36))


def test_spells_are_read_beside_persons(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    keys = {
        "files.episodes": {"path": "spells.csv", "key": ["hh", "line", "spell"]},
        "episodes": {"long": "true"},
    }
    keys["accept"] = [
        {"finding": "files", "column": "files.episodes", "why": "a spell of somebody who moved out"}
    ]
    answers = {"items.involuntary.hazardous_work": "q1"} | {"items.coercion.debt_bondage": "q2"}
    spells = people[["hh", "line", "q1", "q2"]].assign(spell=1)
    persons, long = people.drop(columns=["q1", "q2"]), changed(spec, keys | answers)
    survey = fl.read_survey(
        write(long, people=persons, spells=pd.concat([spells, spells.iloc[:1].assign(hh="nobody")]))
    )
    assert [(j.file, j.unmatched_persons, j.unmatched_rows) for j in survey.joins] == [("episodes", 0, 1)]
    assert fl.total(fl.classify(survey)).table["cases"].to_list() == [1]
    for wrong, said in (
        (pd.concat([spells, spells.iloc[:2]]), "2 key(s) of the episodes file occur in more than one row"),
        (spells.drop(columns="q2"), "files.episodes: columns that survey.yaml names are not in the data"),
        (
            spells.drop(columns="line").assign(lines=1),
            "files.episodes.key: columns that survey.yaml names are not in the data",
        ),
    ):
        with pytest.raises(DataError) as error:
            fl.read_survey(write(long, people=persons, spells=wrong))
        assert said in str(error.value)


def test_spells_without_the_key_of_a_person_are_refused(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    keys = {"files.episodes": {"path": "spells.csv", "key": "spell"}, "episodes": {"long": "true"}}
    with pytest.raises(DataError) as error:
        fl.read_survey(
            write(
                changed(spec, keys), people=people, spells=people[["hh", "q1", "q2"]].assign(spell=range(16))
            )
        )
    assert "files.episodes: columns that survey.yaml names are not in the data" in str(error.value)
    assert "found:   line" in str(error.value)


# ------------------------------------------------------------------------------------ stages and replicate we


HOMES = {
    "design.psu": "village",
    "design.ssu": "hh",
    "design.fpc": ["big_n", "big_m"],
    "design.selection": "srs",
    "design.single_psu": "certainty",
}


def test_two_stages_of_survey_yaml_are_those_of_survey_design(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    adults = people.assign(big_n=4, big_m=9)
    survey = classified(write(changed(spec, HOMES), people=adults))
    design = {**DESIGN, "psu": ["village", "hh"], "fpc": ["big_n", "big_m"], "single_psu": "certainty"}
    assert mean_age(survey) == mean_age(fl.SurveyDesign(adults, **design))
    one = classified(write(changed(spec, HOMES | {"design.ssu": None, "design.fpc": "big_n"}), people=adults))
    assert mean_age(survey)[1] > mean_age(one)[1]


def test_psus_certain_by_a_column_are_strata_of_their_own(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    adults = people.assign(
        self_rep=(people["village"] == people["village"].iloc[0]).map({True: "Y", False: "N"})
    )
    keys = {
        "design.ssu": "hh",
        "design.certainty": {"column": "self_rep", "codes": "Y"},
        "design.single_psu": "certainty",
    }
    survey = classified(write(changed(spec, keys), people=adults))
    design = {**DESIGN, "psu": ["village", "hh"], "certainty": "sure", "single_psu": "certainty"}
    bare = adults.assign(sure=(adults["self_rep"] == "Y").astype(int))
    assert mean_age(survey) == mean_age(fl.SurveyDesign(bare, **design))


def test_households_are_the_units_within_certain_psus_unless_others_are_named(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    adults = people.assign(sure=(people["stratum"] == 0).map({True: "Y", False: "N"}), who=range(len(people)))
    certain = {"design.certainty": {"column": "sure", "codes": "Y"}}

    def surveyed(**keys: Any) -> fl.Survey:
        own = {f"design.{name}": value for name, value in keys.items()}
        return classified(write(changed(spec, certain | own), people=adults))

    of_homes, of_persons = surveyed(), surveyed(ssu="who")
    assert mean_age(of_homes) == mean_age(surveyed(ssu="hh")) != mean_age(of_persons)
    assert mean_age(surveyed(household=None)) == mean_age(of_persons)
    assert "units drawn within them: the column hh" in str(fl.describe(of_homes)["value"].tolist())
    notes = {}
    for name, survey in (("homes", of_homes), ("persons", surveyed(household=None)), ("named", of_persons)):
        found = fl.check(survey)
        notes[name] = found.loc[found["check"] == "design", "what"].tolist()
    assert notes == {
        "homes": ["within PSUs taken with certainty, households count as drawn"],
        "persons": [
            (
                "within PSUs taken with certainty, persons count as drawn one by one, also those of one "
                "household"
            )
        ],
        "named": [],
    }


def test_persons_of_one_household_are_not_drawn_directly_unnoticed(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    keys = {"design.psu": None}
    for hh, warned in ((people["hh"], 1), ([f"h{i}" for i in range(16)], 0)):
        found = fl.check(fl.read_survey(write(changed(spec, keys), people=people.assign(hh=hh))))
        assert found["what"].str.startswith("no PSU is named").sum() == warned


def test_replicate_weights_of_survey_yaml_are_those_of_replicate_design(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    villages = list(people["village"].unique())
    factors = {
        f"r{i + 1:02d}": (people["village"] != v) * len(villages) / (len(villages) - 1)
        for i, v in enumerate(villages)
    }
    adults = people.assign(**{name: f * people["w"] for name, f in factors.items()})
    replicates = {"columns": f"r{{01..{len(villages):02d}}}", "method": "jk1"}
    keys = {"design.psu": None, "design.replicates": replicates}
    survey = classified(write(changed(spec, keys), people=adults))
    design = fl.ReplicateDesign(adults, weight="w", replicates="r0*", method="jk1")
    assert mean_age(survey) == mean_age(design)
    facts = (
        fl.describe(survey).set_index("fact")["value"]
        if "fact" in fl.describe(survey)
        else fl.describe(survey).iloc[:, 1]
    )
    assert any(f"variance from {len(villages)} replicate weights (jk1)" in str(v) for v in facts)
    as_factors = people.assign(**factors)
    same = changed(spec, {"design.psu": None, "design.replicates": replicates | {"combined": "false"}})
    assert mean_age(classified(write(same, people=as_factors))) == mean_age(design)
    with pytest.raises(DataError, match=r"r02 \(design\.replicates\.columns; did you mean"):
        fl.read_survey(write(changed(spec, keys), people=adults.drop(columns="r02")))
    asked_too = changed(spec, {**keys, "groups.first": {"column": "r01", "codes": {"0": "left out"}}})
    names = fl.read_survey(write(asked_too, people=adults)).frame.collect_schema().names()
    assert [n for n in names if n.startswith(("src__r0", "num__r0"))] == [
        "src__r01",
        "num__r01",
    ]  # no other is carried along
