"""Compares the summary of a design with counts by hand, and tests that it has no person's weight."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import fltoolkit as fl

GOLDEN = Path(__file__).parents[2] / "golden" / "data"


def facts(design: object) -> dict[str, str]:
    assert isinstance(design, (fl.SurveyDesign, fl.ReplicateDesign))
    found = fl.describe(design).set_index("fact")["value"].to_dict()
    assert str(design) == "\n".join(f"{fact}: {value}" for fact, value in found.items())
    return found


def test_strata_units_and_degrees_of_freedom() -> None:
    table = pd.read_csv(GOLDEN / "clustered.csv")
    found = facts(fl.SurveyDesign(table, weight="weight", strata="stratum", psu="psu", fpc="fpc"))
    strata, psus = table["stratum"].nunique(), len(table[["stratum", "psu"]].drop_duplicates())
    assert found["Strata"] == str(strata)
    assert found["Primary sampling units"] == str(psus)
    assert found["Degrees of freedom"] == str(psus - strata)
    assert found["Strata with a single PSU"] == "none"
    assert found["Finite population correction"] == "of the first stage"


def test_lonely_sampling_units_are_counted() -> None:
    table = pd.DataFrame({"w": [13.0, 27, 31, 88], "h": [1, 1, 2, 2], "psu": [1, 2, 3, 3]})
    found = facts(fl.SurveyDesign(table, weight="w", strata="h", psu="psu", single_psu="adjust"))
    assert found["Strata with a single PSU"] == "1: they count by their distance from the grand mean"
    assert found["Persons in the file"] == "fewer than 5"


def test_no_weight_of_a_person_is_told() -> None:
    for weights in ([13.0, 27, 31, 88], [10.0, 20, 50, 100], [0.0, 3, 3, 3]):
        table = pd.DataFrame({"w": weights, "psu": range(4)})
        told = facts(fl.SurveyDesign(table, weight="w", psu="psu"))["Weights"].partition(";")[0]
        low, high = (float(word.replace(",", "")) for word in told.removeprefix("between ").split(" and "))
        used = [w for w in weights if w]
        assert low < min(used)
        assert high > max(used)
        assert low >= min(used) / 5
        assert high <= max(used) * 5
        assert not {low, high} & {min(used), max(used)}


def test_replicate_weights_say_their_kind() -> None:
    design = fl.ReplicateDesign(GOLDEN / "replicates.csv", weight="weight", replicates="jk1_*", method="jk1")
    found = facts(design)
    assert found["Variance"] == "from 16 replicate weights (jk1), around the mean over the replicates"
    assert found["Degrees of freedom"] == "the rank of the replicate weights less one"
    assert "Strata" not in found


def test_a_survey_prints_its_design(norvia: fl.ClassifiedSurvey) -> None:
    lines = str(norvia).splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "Persons in the file",
        "Strata",
        "Primary sampling units",
        "Degrees of freedom",
        "Strata with a single PSU",
        "Finite population correction",
        "Weights",
    ]
    assert len(str(norvia)) < 500
