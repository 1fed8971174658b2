"""Who belongs where: coded groups, age bands, and ISIC codes at every length as sectors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.classify.groups import group_order, sector_labels
from fltoolkit.survey.breakdowns import Sector

One = Callable[..., dict[str, Any]]
SurveyOf = Callable[..., fl.Survey]

AGRICULTURE, MINING, MARKET = "Agriculture excl. fishing", "Mining and utilities", "Market services"
OTHER = "Non-market services excl. domestic work"
FORCED = {"hazardous_work": "J", "debt_bondage": "J"}


def test_age_bands_have_all_ages_and_not_stated(one: One) -> None:
    ages = {"0": "under 18", "17": "under 18", "18": "18–24", "24.0": "18–24", "25": "25–54", "54": "25–54", "64": "55–64", "65": "65+",
            "120": "65+", "99": "not stated", "": "not stated"}  # fmt: skip
    got = one("band", {f"age {age}.": {"years": age} for age in ages}, {"groups.band": {"bands": [18, 25, 55, 65]}})
    assert got == {f"age {age}.": band for age, band in ages.items()}


def test_one_band_is_below_and_above(one: One) -> None:
    got = one("band", {"a": {"years": 17}, "b": {"years": 18}}, {"groups.band": {"bands": [18]}})
    assert got == {"a": "under 18", "b": "18+"}


def test_a_group_gathers_codes_and_keeps_those_who_did_not_say(one: One) -> None:
    group = {"column": "area", "codes": {"01": "urban", "02": "urban", "3": "rural", "NO": "north"}, "missing": [8, 9]}
    codes = {"01": "urban", "02": "urban", "3.0": "rural", "NO": "north", "8": "not stated", "9": "not stated", "": "not stated"}
    got = one("region", {f"code {code}.": {"area": code} for code in codes}, {"groups.region": group})
    assert got == {f"code {code}.": label for code, label in codes.items()}


# --------------------------------------------------------------------------------------------------------------- ISIC


def sector(**keys: Any) -> dict[str, Any]:
    return {"sectors.sector": {"column": "isic", "revision": "isic_rev4", "job": "all_workers", "population": "adults"} | keys}


CODES: list[tuple[str, str, str]] = [
    ("letter", "A", "Agriculture incl. fishing"), ("letter", "a", "Agriculture incl. fishing"), ("letter", "B", MINING), ("letter", "C", "Manufacturing"),
    ("letter", "D", MINING), ("letter", "E", MINING), ("letter", "F", "Construction"), ("letter", "G", MARKET), ("letter", "N", MARKET),
    ("letter", "O", "Non-market services incl. domestic work"), ("letter", "T", "Non-market services incl. domestic work"),
    ("letter", "U", "Non-market services incl. domestic work"), ("letter", "V", "not stated"), ("letter", "01", "not stated"),
    ("2", "01", AGRICULTURE), ("2", "1", AGRICULTURE), ("2", "3", "Fishing"), ("2", "03", "Fishing"), ("2", "09", MINING), ("2", "97", "Domestic work"),
    ("2", "98", OTHER), ("2", "99", OTHER), ("2", "41", "Construction"), ("2", "04", "not stated"), ("2", "0111", "not stated"), ("2", "A", "not stated"),
    ("3", "011", AGRICULTURE), ("3", "11", AGRICULTURE), ("3", "031", "Fishing"), ("3", "31", "Fishing"), ("3", "970", "Domestic work"),
    ("3", "101", "Manufacturing"), ("3", "1", "not stated"), ("3", "0111", "not stated"),
    ("4", "0111", AGRICULTURE), ("4", "111", AGRICULTURE), ("4", "311", "Fishing"), ("4", "0322", "Fishing"), ("4", "9700", "Domestic work"),
    ("4", "8411", OTHER), ("4", "4711", MARKET), ("4", "3600", MINING), ("4", "9999", "not stated"), ("4", "9998", "not stated"), ("4", "9900", OTHER),
    ("4", "4400", "not stated"), ("4", "11", "not stated"), ("4", "01110", "not stated"), ("4", "01.11", "not stated"), ("4", "", "not stated"),
]  # fmt: skip


@pytest.mark.parametrize("digits", ["letter", "2", "3", "4"])
def test_an_isic_code_is_a_sector_at_every_length(one: One, digits: str) -> None:
    """9998 and 9999 are missing codes of the survey, though division 99 is an industry; a lost leading zero comes back."""
    codes = {code: label for length, code, label in CODES if length == digits}
    persons = {f"code {code}.": {"isic": code} for code in codes}
    got = one("sector", persons, sector(digits=digits, missing=[9998, 9999]))
    assert got == {f"code {code}.": label for code, label in codes.items()}


def test_numeric_isic_loses_its_zero_and_regains_it(
    spec: dict[str, Any], changed: Callable[..., Any], write: Callable[..., Path], tmp_path: Path
) -> None:
    codes = {"0111": AGRICULTURE, "0311": "Fishing", "0810": MINING, "4100": "Construction", "9700": "Domestic work"}
    people = pd.DataFrame(
        {"who": range(5), "weight": 1, "years": 30, "paid": "J", "own": "N", **dict.fromkeys(FORCED, "N"), "isic": list(codes)}
    )
    items = {"items": {"involuntary": {"hazardous_work": "hazardous_work"}, "coercion": {"debt_bondage": "debt_bondage"}}}
    people.astype({"isic": float}).to_parquet(tmp_path / "people.parquet")
    for path in ("people.csv", "people.parquet"):
        keys = items | sector(digits="4") | {"files.person.path": path}
        persons = fl.classify(fl.read_survey(write(changed(spec, keys), people=people)))
        assert fl.prevalence(persons, by="sector").table["sector"].to_list() == list(codes.values()), path


@pytest.mark.parametrize(
    ("digits", "labels"),
    [
        ("letter", ["Section A incl. fishing", "Section T incl. domestic work", "Section U"]),
        ("2", ["Section A excl. fishing", "Section T excl. domestic work", "Section U"]),
    ],
)
def test_sections_may_be_asked_for(one: One, digits: str, labels: list[str]) -> None:
    codes = {"letter": ["A", "T", "U"], "2": ["01", "98", "99"]}[digits]
    got = one("sector", {code: {"isic": code} for code in codes}, sector(digits=digits, level="section"))
    assert list(got.values()) == labels


def test_every_division_has_a_sector_and_two_have_their_own() -> None:
    labels = sector_labels(Sector.model_validate({"column": "x", "revision": "isic_rev4", "digits": "4", "job": "forced_labour"}))
    assert len(labels) == 88
    assert {division for division, label in labels.items() if label in ("Fishing", "Domestic work")} == {"03", "97"}
    assert len(set(labels.values())) == 8


def test_groups_are_shown_in_their_own_order(survey_of: SurveyOf) -> None:
    keys = {"groups.area": {"column": "area", "codes": {2: "rural", 1: "urban", 3: "rural"}}, "groups.age_group": {"bands": [18, 25]},
            "form": {"column": "boss"}} | sector(digits="2")  # fmt: skip
    spec = survey_of({"a": {"area": 1, "isic": "01", "boss": ""}}, keys).spec
    assert group_order(spec, "area") == ["rural", "urban", "not stated"]
    assert group_order(spec, "age_group") == ["under 18", "18–24", "25+", "not stated"]
    assert group_order(spec, "form") == [
        "state_imposed",
        "forced_labour_exploitation",
        "forced_commercial_sexual_exploitation",
        "not stated",
    ]
    assert group_order(spec, "sector") == [
        AGRICULTURE,
        "Fishing",
        MINING,
        "Manufacturing",
        "Construction",
        MARKET,
        OTHER,
        "Domestic work",
        "not stated",
    ]


def test_the_sector_of_forced_labour_is_that_of_cases_and_one_job_that_of_all_workers(survey_of: SurveyOf) -> None:
    keys = sector(digits="4") | {
        "sectors.own_sector": {"column": "own_isic", "revision": "isic_rev4", "digits": 4, "job": "forced_labour"},
        "populations.workers": {"label": "workers", "where": {"paid": "J"}},
    }
    keys["sectors.sector"]["population"] = "workers"
    persons: dict[str, dict[str, Any]] = {
        "forced": {**FORCED, "isic": 4100, "own_isic": "0311"},
        "forced, not stated": {**FORCED, "isic": 4100, "own_isic": ""},
        "free": {"isic": 4100, "own_isic": "0311"},
        "idle": {"paid": "N", "isic": "", "own_isic": ""},
    }
    classified = fl.classify(survey_of(persons, keys))
    assert fl.share(classified, "own_sector").table[["own_sector", "cases", "estimate"]].to_numpy().tolist() == [
        ["Fishing", 1, 0.5],
        ["not stated", 1, 0.5],
    ]
    rate = fl.prevalence(classified, by="sector")
    assert rate.table[["sector", "cases", "n"]].to_numpy().tolist() == [["Construction", 2, 3]]
    assert rate.about.population == "workers"
