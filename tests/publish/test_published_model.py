"""Tests the published model: it reveals nothing that the published set hides, and always states its reliability."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import small_country as country
from numpy.testing import assert_allclose

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.publish.published_model import NO_FIT, TOO_MANY, _marks
from fltoolkit.publish.published_set import CONFIDENTIAL
from fltoolkit.publish.reliability import WIDE_BOUNDS

NUMBERS = ["odds_ratio", "ci_low", "ci_high", "odds_ratio_ml", "effect", "effect_low", "effect_high"]


@pytest.fixture(scope="module")
def persons(tmp_path_factory: pytest.TempPathFactory) -> fl.Survey:
    return fl.classify(fl.read_survey(country.write(tmp_path_factory.mktemp("country"))))


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


def test_numbers_are_those_of_the_models(persons: fl.Survey, model: fl.PublishedModel) -> None:
    references = model.table.drop_duplicates("group").set_index("group")["reference"]
    terms = " + ".join(f"C({g}, Treatment({ref!r}))" for g, ref in references.items())
    firth, ml = (fl.logit(persons, f"forced_labour ~ {terms}", penalty=penalty) for penalty in ("firth", "none"))
    south = of_region(model).loc["south"]
    row = firth.odds_ratios().set_index("category").loc["south"]
    ml_ratio = np.exp(ml.table.set_index("category").loc["south", "coefficient"])
    whole = [*row[["odds_ratio", "ci_low", "ci_high"]], ml_ratio]
    assert [f"{v:.2g}" for v in south[["odds_ratio", "ci_low", "ci_high", "odds_ratio_ml"]]] == [f"{v:.2g}" for v in whole]
    assert_allclose(
        south[["odds_ratio", "odds_ratio_ml"]].astype(float) * 100 % 1, 0, atol=1e-9
    )  # fewer than 15 cases: two digits
    rate = country.published().select("prevalence", "region").set_index("category").loc["south"]
    step = rate["rounding"] / rate["population"]
    effect = firth.margins().set_index("category").loc["south", "effect"]
    assert south["effect"] == pytest.approx(round(effect / step) * step)


def test_few_cases_are_told(model: fl.PublishedModel) -> None:
    """41 cases, ten coefficients: fewer than five for each."""
    region = of_region(model)
    assert region.loc["south", ["flag", "marker"]].tolist() == ["unreliable", "u"]
    assert region.loc["south", "reason"] == "fewer than 15 cases; fewer than 5 cases for each coefficient of the model"
    assert region.loc["plain", "flag"] == "unreliable"
    assert np.isnan(region.loc["plain", "odds_ratio_ml"])
    assert region.loc["plain", "odds_ratio"] < region.loc["plain", "ci_high"] < 1
    assert (model.table.loc[model.table["category"] == model.table["reference"], "flag"] == "").all()


@pytest.mark.parametrize("wide", ["row", "base", "neither"])
def test_a_rate_that_unresolved_persons_could_change_asks_for_caution(wide: str) -> None:
    """The model counts unresolved persons as persons who are not in forced labour."""
    rates = {
        name: {"category": name, "estimate": 0.1, "cases": 90, "bounds_note": WIDE_BOUNDS if name == wide else ""}
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
    persons = fl.classify(fl.read_survey(path))
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
    assert {type(getattr(model, name)) for name in model.__dataclass_fields__} <= {pd.DataFrame, float, str, tuple}


def test_no_group_is_no_model_and_an_empty_name_is_no_population(persons: fl.Survey) -> None:
    with pytest.raises(RequestError, match="no group is named"):
        fl.risk_factors(persons, country.published(), [])
    with pytest.raises(RequestError, match="no such population"):
        fl.prevalence(persons, population="")


def test_a_category_that_half_of_the_replicate_weights_leave_without_cases_or_persons_stops_no_run(tmp_path: Path) -> None:
    """`R1` takes the first half of the sampling points, `R2` the second. Region north has cases in both, south in one only."""
    table = country.persons()
    first = table["P"] < 20
    table = table[(table["R"] == 1) | ((table["R"] == 2) & (first | (table["INV"] != 1)))]
    design = {"weight": "W", "household": "HH", "selection": "pps", "replicates": {"columns": "R{1..2}", "method": "brr"}}
    model = _of_replicates(tmp_path / "cases", design, table.assign(R1=20 * first, R2=20 * ~first))
    south = of_region(model).loc["south"]
    assert np.isfinite(south["odds_ratio"])
    assert np.isnan(south["odds_ratio_ml"])
    table = table[(table["R"] == 1) | first.loc[table.index]]
    model = _of_replicates(tmp_path / "persons", design, table.assign(R1=20 * first, R2=20 * ~first))
    assert model.table.empty
    assert model.notes == (NO_FIT.format("under 1 of 2 replicate weights the model has no estimate"),)


def test_groups_with_too_many_combinations_stop_no_run(persons: fl.Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before, the error stopped notebook 3."""
    monkeypatch.setattr("fltoolkit.estimate.models.covariate_patterns.MOST_PATTERNS", 3)
    model = fl.risk_factors(persons, fl.publish_run(persons))
    assert (len(model.table), model.notes) == (0, (TOO_MANY,))


def _of_replicates(folder: Path, design: dict[str, object], table: pd.DataFrame) -> fl.PublishedModel:
    survey = country.changed(country.SURVEY, design=design, sectors={}, tables=[{"measure": "prevalence", "by": [[], "region"]}])
    read = fl.classify(fl.read_survey(country.write(folder, survey, table=table)))
    return fl.risk_factors(read, fl.publish_run(read))
