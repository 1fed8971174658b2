"""Tests the published model: it reveals nothing that the published set hides, and always states its
reliability."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import small_country as country
from shared_surveys import classified

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.languages.reasons import Reason
from fltoolkit.publish.models.published_model import LIMITS, NO_FIT, NO_INTERVAL, TOO_MANY, _marks
from fltoolkit.publish.published_set import CONFIDENTIAL
from fltoolkit.publish.reliability import WIDE_BOUNDS

NUMBERS = ["odds_ratio", "ci_low", "ci_high", "odds_ratio_ml", "effect", "effect_low", "effect_high"]


@pytest.fixture(scope="module")
def persons(tmp_path_factory: pytest.TempPathFactory) -> fl.Survey:
    return classified(country.write(tmp_path_factory.mktemp("country")))


@pytest.fixture(scope="module")
def model(persons: fl.Survey) -> fl.PublishedModel:
    return fl.risk_factors(persons, country.published())


def of_region(model: fl.PublishedModel) -> pd.DataFrame:
    return model.table[model.table["group"] == "region"].set_index("category")


def test_hidden_categories_are_withheld_with_the_published_reason(model: fl.PublishedModel) -> None:
    region = of_region(model)
    shown = fl.Published.select(country.published(), "prevalence", "region").set_index("category")
    assert region.loc[["east", "west"], NUMBERS].isna().all(axis=None)
    assert region.loc[["east", "west"], "marker"].tolist() == ["c", "c"]
    assert set(region.loc[["east", "west"], "reason"]) == {CONFIDENTIAL}
    assert region.loc["island", NUMBERS].isna().all()
    assert region.loc["island", "marker"] == "c"  # too few persons look like too few cases
    assert region.index.tolist() == shown.index.tolist()


def test_the_reference_is_the_largest_reliable_category_that_is_shown(model: fl.PublishedModel) -> None:
    """Plain is as large as north but has no case, south has fewer than 15."""
    assert set(of_region(model)["reference"]) == {"north"}
    assert of_region(model).loc["north", ["odds_ratio", "effect"]].tolist() == [1, 0]


def test_numbers_are_those_of_a_model_in_which_hidden_regions_are_one(model: fl.PublishedModel) -> None:
    """All weights are 10, and so is the base of rounding: printed rates are exact here, but for that of
    everybody."""
    people = country.persons()
    ages = {20: "18–29", 27: "18–29", 999: "not stated"}
    people = people[["W", "S", "P"]].assign(
        case=people["INV"] == 1,
        sex=people["SEX"].map({1: "men", 2: "women"}),
        age_group=[ages.get(age, "30+") for age in people["AGE"]],
        region=[
            {1: "north", 2: "south", 5: "plain"}.get(region, "hidden") for region in people["R"].fillna(0)
        ],
    )
    design = fl.SurveyDesign(people, weight="W", strata="S", psu="P")
    references = model.table.drop_duplicates("group").set_index("group")["reference"]
    formula = "case ~ " + " + ".join(f"C({g}, Treatment({ref!r}))" for g, ref in references.items())
    firth, ml = (fl.logit(design, formula, penalty=penalty) for penalty in ("firth", "none"))
    south = of_region(model).loc["south"]
    ratios = [
        np.exp(fitted.table.set_index("category").loc["south", "coefficient"]) for fitted in (firth, ml)
    ]
    assert south[["odds_ratio", "odds_ratio_ml"]].tolist() == [float(f"{ratio:.2g}") for ratio in ratios]
    rate = country.published().select("prevalence", "region").set_index("category").loc["south"]
    step = rate["rounding"] / rate["population"]
    effect = firth.margins().set_index("category").loc["south", "effect"]
    assert south["effect"] == pytest.approx(round(effect / step) * step)


def test_limits_follow_the_rule_of_the_standard_error(model: fl.PublishedModel, tmp_path: Path) -> None:
    """They need 30 cases on both sides and no hidden cell in the group."""
    ratios = model.table[
        model.table["odds_ratio"].notna() & (model.table["category"] != model.table["reference"])
    ]
    assert ratios[LIMITS].isna().all(axis=None)
    assert NO_INTERVAL in model.notes
    table = pd.concat([country.persons().assign(HH=lambda t, i=i: t["HH"] + 1000 * i) for i in range(4)])
    table = table[(table["R"] != 6) & table["R"].notna()].assign(AGE=30)
    groups = {name: group for name, group in country.SURVEY["groups"].items() if name != "age_group"}
    tables = [{"measure": "prevalence", "by": [[], "sex", "region"]}]
    path = country.write(
        tmp_path, country.changed(country.SURVEY, groups=groups, sectors={}, tables=tables), table=table
    )
    persons = classified(path)
    out = fl.publish_run(persons)
    region = of_region(fl.risk_factors(persons, out))
    assert region.index[region[LIMITS].notna().all(axis=1)].tolist() == [
        "south"
    ]  # 48 cases; east has 24, west 12
    widths = [
        np.log(of_region(fl.risk_factors(persons, out, level=level)).loc["south", LIMITS[:2]].astype(float))
        .diff()
        .iloc[1]
        for level in (0.9, 0.99)
    ]
    assert widths[0] < widths[1]
    beside = replace(
        out, exact=out.exact.assign(marker=out.exact["marker"].mask(out.exact["category"] == "west", "c"))
    )
    assert of_region(fl.risk_factors(persons, beside)).loc["south", LIMITS].isna().all()


def test_few_cases_are_told(model: fl.PublishedModel) -> None:
    region = of_region(model)
    assert region.loc["south", ["flag", "marker"]].tolist() == ["unreliable", "u"]
    assert region.loc["south", "reason"] == "fewer than 15 cases"
    assert region.loc["plain", ["flag", "marker"]].tolist() == ["caution", "w"]
    assert region.loc["plain", "reason"] == "fewer than 10 cases for each coefficient of the model"
    assert np.isnan(region.loc["plain", "odds_ratio_ml"])
    assert region.loc["plain", "odds_ratio"] < 1
    assert (model.table.loc[model.table["category"] == model.table["reference"], "flag"] == "").all()


def test_few_cases_for_each_coefficient_are_told_beside_few_of_the_category() -> None:
    few: Any = SimpleNamespace(cases=19, table=range(5), df=40)
    row, base = (
        {"category": name, "estimate": 0.1, "cases": cases, "bounds_note": ""}
        for name, cases in (("row", 6), ("base", 13))
    )
    flag, _, reason = _marks(row, base, few)
    assert flag == "unreliable"
    assert str(reason).startswith("fewer than 15 cases; ")
    assert str(reason).endswith("; fewer than 5 cases for each coefficient of the model")


@pytest.mark.parametrize("wide", ["row", "base", "neither"])
def test_a_rate_that_unresolved_persons_could_change_asks_for_caution(wide: str) -> None:
    """The model counts unresolved persons as persons who are not in forced labour."""
    rates = {
        name: {
            "category": name,
            "estimate": 0.1,
            "cases": 90,
            "bounds_note": WIDE_BOUNDS if name == wide else "",
        }
        for name in ("row", "base")
    }
    many: Any = SimpleNamespace(cases=200, table=range(5), df=40)
    flag, marker, reason = _marks(rates["row"], rates["base"], many)
    assert (flag, marker) == ("" if wide == "neither" else "caution", "")
    assert ("unresolved persons" in str(reason)) == (wide != "neither")


def test_a_group_that_is_not_published_by_itself_is_refused(persons: fl.Survey) -> None:
    out = country.published()
    with pytest.raises(RequestError, match="published by itself"):
        fl.risk_factors(persons, replace(out, table=out.table[out.table["breakdown"] != "sex"]), ["sex"])


def test_a_hidden_headline_hides_every_model(persons: fl.Survey) -> None:
    out = country.published()
    model = fl.risk_factors(persons, replace(out, table=out.table.assign(cases=np.nan)))
    assert model.table.empty
    assert model.notes == ("No model is shown: too little of what it would compare may be published.",)


def test_groups_of_origin_are_left_out_and_on_request_named(tmp_path: Path) -> None:
    tongue = {
        "column": "SEX",
        "codes": {1: "one", 2: "other"},
        "label": "ethnic group",
        "publish_origins_because": "a law asks for it",
    }
    groups = {**country.SURVEY["groups"], "language": tongue}
    tables = [{"measure": "prevalence", "by": [[], "language", "region"]}]
    path = country.write(tmp_path, country.changed(country.SURVEY, groups=groups, tables=tables))
    persons = classified(path)
    out = fl.publish_run(persons)
    model = fl.risk_factors(persons, out)
    assert set(model.table["group"]) == {"region"}
    assert "Left out, because it would read as a profile: language." in model.notes
    with pytest.raises(RequestError, match="language"):
        fl.risk_factors(persons, out, ["region", "language"])
    named = fl.risk_factors(persons, out, ["region", "language"], sensitive=True)
    assert "By language: association, not a profile." in named.notes


def test_a_wholly_hidden_group_is_left_out_and_named(persons: fl.Survey) -> None:
    out = country.published()
    gone = [t.assign(estimate=t["estimate"].mask(t["breakdown"] == "sex")) for t in (out.table, out.exact)]
    model = fl.risk_factors(persons, replace(out, table=gone[0], exact=gone[1]))
    assert "sex" not in set(model.table["group"])
    assert "Left out, because too little of it may be shown: sex." in model.notes


def test_what_is_written_holds_no_pattern(tmp_path: Path, model: fl.PublishedModel) -> None:
    """A published model is its table and words: nothing of the persons goes with it."""
    assert {type(getattr(model, name)) for name in model.__dataclass_fields__} <= {
        pd.DataFrame,
        float,
        str,
        tuple,
    }
    assert {type(note) for note in model.notes} == {Reason}


def test_no_group_is_no_model_and_an_empty_name_is_no_population(persons: fl.Survey) -> None:
    with pytest.raises(RequestError, match="no group is named"):
        fl.risk_factors(persons, country.published(), [])
    with pytest.raises(RequestError, match="no such population"):
        fl.prevalence(persons, population="")


def test_a_category_that_half_of_the_replicate_weights_leave_without_cases_or_persons_stops_no_run(
    tmp_path: Path,
) -> None:
    """`R1` takes the first half of the sampling points, `R2` the second. Region north has cases in both,
    south in one only. Maximum likelihood has an estimate too, because printed rates know nothing of
    replicates."""
    table = country.persons()
    first = table["P"] < 20
    table = table[(table["R"] == 1) | ((table["R"] == 2) & (first | (table["INV"] != 1)))]
    design = {
        "weight": "W",
        "household": "HH",
        "selection": "pps",
        "replicates": {"columns": "R{1..2}", "method": "brr"},
    }
    model = _of_replicates(tmp_path / "cases", design, table.assign(R1=20 * first, R2=20 * ~first))
    south = of_region(model).loc["south"]
    assert np.isfinite(south[["odds_ratio", "odds_ratio_ml"]].astype(float)).all()
    table = table[(table["R"] == 1) | first.loc[table.index]]
    model = _of_replicates(tmp_path / "persons", design, table.assign(R1=20 * first, R2=20 * ~first))
    assert model.table.empty
    assert model.notes == (NO_FIT,)


def test_groups_with_too_many_combinations_stop_no_run(
    persons: fl.Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before, the error stopped notebook 3."""
    monkeypatch.setattr("fltoolkit.estimate.models.covariate_patterns.MOST_PATTERNS", 3)
    model = fl.risk_factors(persons, fl.publish_run(persons))
    assert (len(model.table), model.notes) == (0, (TOO_MANY,))


def _of_replicates(folder: Path, design: dict[str, object], table: pd.DataFrame) -> fl.PublishedModel:
    survey = country.changed(
        country.SURVEY, design=design, sectors={}, tables=[{"measure": "prevalence", "by": [[], "region"]}]
    )
    read = classified(country.write(folder, survey, table=table))
    return fl.risk_factors(read, fl.publish_run(read))
