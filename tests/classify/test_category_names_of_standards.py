"""Tests the names of categories: adults are men and women, children are boys and girls, and only a sum of
both has both names."""

from __future__ import annotations

import pandas as pd
import pytest
import shipped

import fltoolkit as fl
from fltoolkit.classify.category_names import label_of, names_in
from fltoolkit.languages.language import read_language
from fltoolkit.publish.published_set import decided_run
from fltoolkit.survey.classifications.standards import standard
from fltoolkit.survey.spec.survey_spec import SurveySpec

OF_ADULTS, OF_CHILDREN, OF_SUMS = {"men", "women"}, {"boys", "girls"}, {"men and boys", "women and girls"}
NAMES = OF_ADULTS | OF_CHILDREN | OF_SUMS


def expected(spec: SurveySpec, population: str) -> set[str]:
    """What the sexes of a population are called, reckoned from its ages alone."""
    if spec.populations[population].sum_of:
        return OF_SUMS
    oldest = spec.populations[population].age.max
    return OF_CHILDREN if oldest is not None and oldest < spec.age.adult else OF_ADULTS


@pytest.mark.thorough("publishes every sample with its plan")
@pytest.mark.parametrize("sample", sorted(p.parent.name for p in shipped.SAMPLES.glob("*/survey.yaml")))
def test_every_row_of_every_sample_says_the_sexes_of_its_own_population(sample: str) -> None:
    persons, out, seen = shipped.persons(sample), shipped.published(sample), set[str]()
    for rows in (out.table, out.exact):
        for row in rows.to_dict("records"):
            said = NAMES & {*str(row["category"]).split(" × "), str(row.get("sex"))}
            seen |= said
            assert said <= expected(persons.spec, row["reference_population"]), row
    assert seen == set().union(*(expected(persons.spec, p) for p in set(out.table["reference_population"])))


@pytest.mark.thorough("a sample classified under other names")
def test_the_codes_of_a_category_stay_those_of_ilostat_whatever_it_is_called() -> None:
    out = shipped.published(shipped.VALDORIE, planned=True).table
    by_sex = out[out["breakdown"] == "sex"]
    codes = by_sex.groupby(by_sex["category"].map(str))["ilostat"].unique().map(list).to_dict()
    assert codes == {
        name: ["SEX_M" if name in ("men", "boys", "men and boys") else "SEX_F"] for name in NAMES
    }


@pytest.mark.thorough("publishes a sample of its own")
def test_disclosure_control_knows_a_category_by_its_label_in_every_population() -> None:
    """Else nothing would tell it that the girls of one table are among the women and girls of another."""
    decided, _ = decided_run(shipped.persons(shipped.VALDORIE))
    by_sex = [i for i, breakdown in enumerate(decided.table["breakdown"]) if breakdown == "sex"]
    assert {value for i in by_sex for _, value in decided.keys[i]} == {"men", "women"}
    assert set(decided.table["sex"].iloc[by_sex]) == NAMES


def test_a_label_is_found_by_each_of_its_names() -> None:
    spec = shipped.persons(shipped.VALDORIE).spec
    assert [label_of(spec, "sex", name) for name in ("women", "girls", "women and girls", "other")] == [
        "women"
    ] * 3 + ["other"]
    assert label_of(spec, "region", "girls") == "girls"
    assert names_in(spec, "adults") == {}
    assert names_in(spec, "children") == {"sex": {"men": "boys", "women": "girls"}}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("fr", ["hommes", "femmes", "garçons", "filles", "hommes et garçons", "femmes et filles"]),
        ("es", ["hombres", "mujeres", "niños", "niñas", "hombres y niños", "mujeres y niñas"]),
    ],
)
def test_each_language_has_a_word_for_each(code: str, words: list[str]) -> None:
    told = read_language(code)
    names = {
        str(name): told.kit(name) for c in standard().classifications["sex"].values() for name in c.every_name
    }
    assert [
        names[name] for name in ("men", "women", "boys", "girls", "men and boys", "women and girls")
    ] == words


def test_a_model_of_children_calls_them_as_their_tables_do() -> None:
    persons = shipped.persons(shipped.VALDORIE)
    made = fl.risk_factors(
        persons, shipped.published(shipped.VALDORIE, planned=True), ["sex"], population="children"
    ).table
    assert set(made["category"]) == OF_CHILDREN
    assert set(made["reference"]) < OF_CHILDREN
    numbers = made.set_index("category")["odds_ratio"]
    assert pd.notna(numbers).all()
    assert (numbers == 1).sum() == 1


def test_a_domain_takes_either_name_and_says_that_of_its_population() -> None:
    persons = shipped.persons(shipped.VALDORIE)
    made = [fl.prevalence(persons, population="children", where={"sex": name}) for name in ("girls", "women")]
    pd.testing.assert_frame_equal(*(est.table for est in made))
    assert [est.about.where for est in made] == [(("sex", ("women",)),)] * 2
    assert [est.about.population_label for est in made] == ["children aged 5 to 17 (sex: girls)"] * 2
    assert set(fl.publish(made[0]).table["reference_population"]) == {"children (sex: girls)"}
