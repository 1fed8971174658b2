"""Compares domains (where=) with R's subset(design, ...), and a user's own outcome with R's result from the
shipped file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import small_country as country
from shared_surveys import classified

import fltoolkit as fl
from fltoolkit.errors import DesignError, RequestError

GOLDEN = Path(__file__).parents[1] / "golden"
RECORDS = {
    record["id"]: record for record in json.loads((GOLDEN / "domains.json").read_text("utf-8"))["records"]
}
OF_DESIGNS = {key: r for key, r in RECORDS.items() if r["kind"] != "outcome"}
OF_NORVIA = {key: r for key, r in RECORDS.items() if r["kind"] == "outcome"}
MEASURE = {"mean": fl.prevalence, "total": fl.total}
RULES = {"yes": "debt_bondage", "both": "debt_bondage and withheld_wages"}


def design_of(record: dict[str, Any]) -> fl.SurveyDesign | fl.ReplicateDesign:
    """The design of a record; raked to its benchmarks where it has some."""
    facts = dict(record["design"])
    data = GOLDEN / "data" / facts.pop("data")
    made = (fl.ReplicateDesign if "replicates" in facts else fl.SurveyDesign)(data, **facts)
    return fl.rake(made, pd.DataFrame(record["benchmarks"])) if "benchmarks" in record else made


def agrees(table: pd.DataFrame, record: dict[str, Any], labels: dict[str, str]) -> None:
    """Estimate and standard error of every row are R's, to ten digits."""
    assert len(table) == len(record["numbers"]) > 1
    for row in record["numbers"]:
        mine = table[table["sex"] == labels[row["sex"]]].iloc[0]
        assert mine["estimate"] == pytest.approx(row["estimate"], rel=1e-10)
        assert mine["se"] == pytest.approx(row["se"], rel=1e-10)


@pytest.mark.thorough("eighteen designs of R; the goldens have domains too")
@pytest.mark.parametrize("key", OF_DESIGNS)
def test_a_domain_is_rs_subset_of_the_design(key: str) -> None:
    record = OF_DESIGNS[key]
    found = getattr(fl, record["verb"])(design_of(record), *record["y"], by="sex", where=record["where"])
    agrees(found.table, record, {"1": "1", "2": "2"})


@pytest.mark.parametrize("key", OF_NORVIA)
def test_an_outcome_of_ones_own_is_what_r_reads_in_the_file(key: str, norvia: fl.ClassifiedSurvey) -> None:
    record = OF_NORVIA[key]
    persons = fl.outcome(norvia, RULES[record["outcome"]], name="bound")
    where = {"area": "rural"} if record["rural"] else None
    agrees(
        MEASURE[record["verb"]](persons, "bound", by="sex", where=where).table,
        record,
        {"1": "men", "2": "women"},
    )


def test_a_domain_leaves_the_sampling_units_without_its_persons_in_the_design(
    norvia: fl.ClassifiedSurvey,
) -> None:
    """The data cut down to the domain lose sampling units, and with them variance; a stratum even has one
    unit left."""
    table = pd.DataFrame(
        {
            "w": 1.0,
            "h": [1] * 8 + [2] * 8,
            "psu": [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8],
            "y": [1, 0] * 8,
        }
    )
    table["g"] = [str(int(p in (1, 2, 5))) for p in table["psu"]]
    facts = {"weight": "w", "strata": "h", "psu": "psu"}
    found = fl.total(fl.SurveyDesign(table, **facts), "y", where={"g": "1"}).table.iloc[0]
    sums = {1: [1, 1, 0, 0], 2: [1, 0, 0, 0]}  # yes by sampling unit of each stratum
    variance = sum(4 / 3 * sum((s - sum(each) / 4) ** 2 for s in each) for each in sums.values())
    assert found["estimate"] == 3
    assert found["se"] == pytest.approx(variance**0.5)
    with pytest.raises(DesignError):
        fl.total(fl.SurveyDesign(table[table["g"] == "1"], **facts), "y")


VERBS = {
    "prevalence": lambda p, **more: fl.prevalence(p, **more),
    "total": lambda p, **more: fl.total(p, **more),
    "share": lambda p, **more: fl.share(p, "form", **more),
    "duration": lambda p, **more: fl.duration(p, **more),
    "quantile": lambda p, **more: fl.quantile(p, **more),
    "flowchart": lambda p, **more: fl.flowchart(p, **more),
}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_takes_a_domain_and_says_whom_its_result_is_about(
    verb: str, norvia: fl.ClassifiedSurvey
) -> None:
    found, whole = VERBS[verb](norvia, where={"area": "rural", "sex": ["women"]}), VERBS[verb](norvia)
    assert found.about.where == (("area", ("rural",)), ("sex", ("women",)))
    assert found.about.population_label == whole.about.population_label + " (area: rural; sex: women)"
    assert found.about.population == whole.about.population
    assert 0 < found.table["cases"].max() < whole.table["cases"].max()


def test_a_domain_is_the_row_of_the_same_crossing(norvia: fl.ClassifiedSurvey) -> None:
    crossed = fl.prevalence(norvia, by=["area", "sex"]).table
    own = fl.prevalence(norvia, by="sex", where={"area": "rural"}).table
    same = crossed[crossed["area"] == "rural"].drop(columns="area").reset_index(drop=True)
    pd.testing.assert_frame_equal(own, same, rtol=1e-12)


def test_models_and_tests_of_association_take_a_domain(norvia: fl.ClassifiedSurvey) -> None:
    where = {"area": "rural"}
    n = fl.prevalence(norvia, where=where).table["n"].iloc[0]
    assert (
        fl.logit(norvia, "forced_labour ~ C(sex)", where=where).n
        == n
        < fl.logit(norvia, "forced_labour ~ C(sex)").n
    )
    assert fl.rao_scott(norvia, "sex", where=where).F.statistic != fl.rao_scott(norvia, "sex").F.statistic


def test_a_change_of_a_domain_is_not_compared_with_everybody(norvia: fl.ClassifiedSurvey) -> None:
    found = fl.change(fl.prevalence(norvia), fl.prevalence(norvia, where={"area": "rural"}), shared_psus=True)
    assert "persons aged 18 and over (area: rural)" in found.table["reason"].iloc[0]
    table = pd.DataFrame({"w": 1.0, "psu": range(8), "y": [1, 0] * 4, "g": list("aabbaabb")})
    bare = fl.SurveyDesign(table, weight="w", psu="psu")
    bare_change = fl.change(
        fl.prevalence(bare, "y"), fl.prevalence(bare, "y", where={"g": "a"}), shared_psus=True
    )
    assert str(bare_change.table["reason"].iloc[0]).startswith("domain changed: everybody before, g: a after")


WRONG = [
    (
        {"area": "countryside"},
        ["where: area: no such label", "found:   countryside", "allowed: urban, rural, not stated"],
    ),
    ({"area": "2"}, ["found:   2", "write rural"]),
    ({"aera": "rural"}, ["where: no such group", "found:   aera", "allowed: sex, age_group, region, area"]),
    ({"sector": "Construction"}, ["only cases have sector", 'by=["sector"]']),
    ({"area": []}, ["no label is named"]),
    ({"area": "not stated", "sex": "women"}, ["nobody is in this domain", "area: not stated; sex: women"]),
    ("rural", ['{"area": "rural"}']),
]


@pytest.mark.parametrize(("where", "words"), WRONG)
def test_a_domain_that_cannot_be_is_refused_with_what_is_allowed(
    where: Any, words: list[str], norvia: fl.ClassifiedSurvey
) -> None:
    with pytest.raises(RequestError) as error:
        fl.prevalence(norvia, where=where)
    assert all(word in str(error.value) for word in words), str(error.value)


def test_of_a_bare_design_a_label_that_no_row_has_is_refused_and_rare_values_are_not_told() -> None:
    table = pd.DataFrame(
        {"w": 1.0, "psu": range(12), "y": [1, 0] * 6, "g": ["a"] * 6 + ["b"] * 5 + ["Nadia"]}
    )
    design = fl.SurveyDesign(table, weight="w", psu="psu")
    with pytest.raises(RequestError) as error:
        fl.prevalence(design, "y", where={"g": "c"})
    assert "allowed: a, b and 1 other value" in str(error.value)
    assert "Nadia" not in str(error.value)


def test_a_sector_of_one_job_brings_its_own_population(norvia: fl.ClassifiedSurvey) -> None:
    found = fl.prevalence(norvia, where={"main_job_sector": "Construction"})
    assert (found.about.population, found.about.sector_basis) == ("workers", "all_workers")


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"sex": "hombres"}, "write men"),
        ({"sex": "hommes"}, "write men"),
        ({"sex": 1}, "write men"),
        ({"sex": "wmen"}, "found:   wmen; did you mean women"),
        ({"sx": "men"}, "found:   sx; did you mean sex"),
    ],
)
def test_the_label_that_was_meant_is_named(where: Any, said: str, tmp_path: Path) -> None:
    codes = {1: {"en": "men", "fr": "hommes", "es": "hombres"}, 2: "women"}
    groups = {**country.SURVEY["groups"], "sex": {"column": "SEX", "codes": codes}}
    persons = classified(country.write(tmp_path, country.changed(country.ONE_NUMBER, groups=groups)))
    with pytest.raises(RequestError, match=said):
        fl.prevalence(persons, where=where)
    if "sex" in where:
        with pytest.raises(RequestError, match=said):
            fl.prevalence(persons, by="sex").contrast({"x": {where["sex"]: 1}})
