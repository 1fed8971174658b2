"""Tests the group of each person: coded groups, age bands, and ISIC codes of any length as sectors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shared_surveys

import fltoolkit as fl
from fltoolkit.classify.group_columns import group_order
from fltoolkit.survey.spec.survey_spec import SurveySpec

One = Callable[..., dict[str, Any]]

AGRICULTURE, MINING, MARKET = "Agriculture excl. fishing", "Mining and utilities", "Market services"
OTHER = "Non-market services excl. domestic work"
FORCED = {"hazardous_work": "J", "debt_bondage": "J"}


def test_age_bands_have_all_ages_and_not_stated(one: One) -> None:
    ages = {
        "0": "under 18", "17": "under 18", "18": "18–24", "24.0": "18–24", "25": "25–54", "54": "25–54",
        "64": "55–64", "65": "65+", "120": "65+", "99": "not stated", "": "not stated",
    }  # fmt: skip
    got = one(
        "band", {f"age {age}.": {"years": age} for age in ages}, {"groups.band": {"bands": [18, 25, 55, 65]}}
    )
    assert got == {f"age {age}.": band for age, band in ages.items()}


def test_one_band_is_below_and_above(one: One) -> None:
    got = one("band", {"a": {"years": 17}, "b": {"years": 18}}, {"groups.band": {"bands": [18]}})
    assert got == {"a": "under 18", "b": "18+"}


def test_a_group_gathers_codes_and_keeps_those_who_did_not_say(one: One) -> None:
    group = {
        "column": "area",
        "codes": {"01": "urban", "02": "urban", "3": "rural", "NO": "north"},
        "missing": [8, 9],
    }
    codes = {
        "01": "urban",
        "02": "urban",
        "3.0": "rural",
        "NO": "north",
        "8": "not stated",
        "9": "not stated",
        "": "not stated",
    }
    got = one("region", {f"code {code}.": {"area": code} for code in codes}, {"groups.region": group})
    assert got == {f"code {code}.": label for code, label in codes.items()}


SIX = ["see", "hear", "walk", "remember", "care", "speak"]
SHORT_SET = {
    "washington_group": SIX,
    "missing": 9,
    "codes": {1: "no_difficulty", 2: "some_difficulty", 3: "a_lot_of_difficulty", 4: "cannot_do_at_all"},
}


def test_disability_is_a_lot_of_difficulty_in_one_of_six_questions(one: One) -> None:
    """With an open answer and no such difficulty nobody knows; with one it does not matter."""
    answers = {
        "111111": "persons without disability", "222222": "persons without disability",
        "111113": "persons with disability", "411111": "persons with disability",
        "333444": "persons with disability", "111119": "not stated", "22222": "not stated",
        "99999": "not stated", "939999": "persons with disability", "4": "persons with disability",
        "": "not stated",
    }  # fmt: skip
    persons = {code or "blank": dict(zip(SIX, [*code, *[""] * 6], strict=False)) for code in answers}
    got = one("disability", persons, {"groups.disability": SHORT_SET})
    assert got == {code or "blank": label for code, label in answers.items()}


# ------------------------------------------------------------------------------------------------------------


def sector(**keys: Any) -> dict[str, Any]:
    return {
        "sectors.sector": {
            "column": "isic",
            "revision": "isic_rev4",
            "job": "all_workers",
            "population": "adults",
        }
        | keys
    }


CODES: list[tuple[str, str, str]] = [
    ("letter", "A", "Agriculture incl. fishing"), ("letter", "a", "Agriculture incl. fishing"),
    ("letter", "B", MINING), ("letter", "C", "Manufacturing"), ("letter", "D", MINING),
    ("letter", "E", MINING), ("letter", "F", "Construction"), ("letter", "G", MARKET),
    ("letter", "N", MARKET), ("letter", "O", "Non-market services incl. domestic work"),
    ("letter", "T", "Non-market services incl. domestic work"),
    ("letter", "U", "Non-market services incl. domestic work"), ("letter", "V", "not stated"),
    ("letter", "01", "not stated"), ("2", "01", AGRICULTURE), ("2", "1", AGRICULTURE), ("2", "3", "Fishing"),
    ("2", "03", "Fishing"), ("2", "09", MINING), ("2", "97", "Domestic work"), ("2", "98", OTHER),
    ("2", "99", OTHER), ("2", "41", "Construction"), ("2", "04", "not stated"), ("2", "0111", "not stated"),
    ("2", "A", "not stated"), ("3", "011", AGRICULTURE), ("3", "11", AGRICULTURE), ("3", "031", "Fishing"),
    ("3", "31", "Fishing"), ("3", "970", "Domestic work"), ("3", "101", "Manufacturing"),
    ("3", "1", "not stated"), ("3", "0111", "not stated"), ("4", "0111", AGRICULTURE),
    ("4", "111", AGRICULTURE), ("4", "311", "Fishing"), ("4", "0322", "Fishing"),
    ("4", "9700", "Domestic work"), ("4", "8411", OTHER), ("4", "4711", MARKET), ("4", "3600", MINING),
    ("4", "9999", "not stated"), ("4", "9998", "not stated"), ("4", "9900", OTHER),
    ("4", "4400", "not stated"), ("4", "11", "not stated"), ("4", "01110", "not stated"),
    ("4", "01.11", "not stated"), ("4", "", "not stated"),
]  # fmt: skip


@pytest.mark.parametrize("digits", ["letter", "2", "3", "4"])
def test_an_isic_code_is_a_sector_at_every_length(one: One, digits: str) -> None:
    """9998 and 9999 are missing codes of the survey, though division 99 is an industry; a lost leading zero
    comes back."""
    codes = {code: label for length, code, label in CODES if length == digits}
    persons = {f"code {code}.": {"isic": code} for code in codes}
    got = one("sector", persons, sector(digits=digits, missing=[9998, 9999]))
    assert got == {f"code {code}.": label for code, label in codes.items()}


def test_numeric_isic_loses_its_zero_and_regains_it(
    spec: dict[str, Any], changed: Callable[..., Any], write: Callable[..., Path], tmp_path: Path
) -> None:
    codes = {
        "0111": AGRICULTURE,
        "0311": "Fishing",
        "0810": MINING,
        "4100": "Construction",
        "9700": "Domestic work",
    }
    people = pd.DataFrame(
        {
            "who": range(5),
            "weight": 1,
            "years": 30,
            "paid": "J",
            "own": "N",
            **dict.fromkeys(FORCED, "N"),
            "isic": list(codes),
        }
    )
    items = {
        "items": {
            "involuntary": {"hazardous_work": "hazardous_work"},
            "coercion": {"debt_bondage": "debt_bondage"},
        }
    }
    people.astype({"isic": float}).to_parquet(tmp_path / "people.parquet")
    for path in ("people.csv", "people.parquet"):
        keys = items | sector(digits="4") | {"files.person.path": path}
        persons = shared_surveys.classified(write(changed(spec, keys), people=people))
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


def test_a_section_letter_before_the_digits_must_agree(one: One) -> None:
    codes = {
        "A0111": AGRICULTURE, "a0311": "Fishing", "T9700": "Domestic work", "S9700": "not stated",
        "A": "not stated", "A111": "not stated", "4100": "Construction", "C1010": "Manufacturing",
        "G4711": MARKET,
    }  # fmt: skip
    assert one("sector", {code: {"isic": code} for code in codes}, sector(digits="4")) == codes


@pytest.mark.parametrize(
    ("revision", "codes"),
    [
        (
            "isic_rev3.1",
            {
                "0111": AGRICULTURE,
                "0500": "Fishing",
                "9500": "Domestic work",
                "9600": OTHER,
                "9700": OTHER,
                "0311": "not stated",
                "4530": "Construction",
                "5020": MARKET,
                "5520": MARKET,
                "4010": MINING,
            },
        ),
        (
            "isic_rev4",
            {
                "0500": MINING,
                "0311": "Fishing",
                "9700": "Domestic work",
                "9500": OTHER,
                "4520": MARKET,
                "5520": MARKET,
                "9521": OTHER,
            },
        ),
        (
            "isic_rev5",
            {
                "0500": MINING,
                "0311": "Fishing",
                "9700": "Domestic work",
                "9500": OTHER,
                "4520": "not stated",
                "9531": OTHER,
                "6110": MARKET,
            },
        ),
    ],
)
def test_one_code_means_other_things_in_other_revisions(
    one: One, revision: str, codes: dict[str, str]
) -> None:
    """Repair of motor vehicles is 4520, market services, in Rev.4 and 9531, non-market services, in Rev.5."""
    assert (
        one("sector", {code: {"isic": code} for code in codes}, sector(digits="4", revision=revision))
        == codes
    )


def test_letters_tell_fishing_apart_in_one_revision_only(one: One) -> None:
    incl = "Non-market services incl. domestic work"
    for revision, expected in {
        "isic_rev3.1": {"A": AGRICULTURE, "B": "Fishing", "P": incl, "J": MARKET, "D": "Manufacturing"},
        "isic_rev4": {
            "A": "Agriculture incl. fishing",
            "B": MINING,
            "P": incl,
            "T": incl,
            "J": MARKET,
            "D": MINING,
        },
        "isic_rev5": {"A": "Agriculture incl. fishing", "O": MARKET, "U": incl, "V": incl},
    }.items():
        got = one(
            "sector", {code: {"isic": code} for code in expected}, sector(digits="letter", revision=revision)
        )
        assert got == expected, revision


def test_national_codes_go_through_their_table(one: One, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(
        "code,isic,title\n7,0311,nets\n08,0111,maize\n8,9700,house\nX1,0112,rice\n"
    )
    codes = {
        "7": "Fishing",
        "08": AGRICULTURE,
        "8": "Domestic work",
        "X1": AGRICULTURE,
        "9": "not stated",
        "99": "not stated",
    }
    keys = sector(digits="4", correspondence="own.csv", missing=99)
    assert one("sector", {f"code {c}.": {"isic": c} for c in codes}, keys) == {
        f"code {c}.": label for c, label in codes.items()
    }


def test_of_several_columns_the_first_that_is_not_blank_counts(one: One) -> None:
    people = {
        "a": {"isic": "0311", "second": "4100", "sex_c": ""},
        "b": {"isic": "", "second": "4100", "sex_c": 1},
        "c": {"isic": "", "second": ""},
    }
    assert one("sector", people, sector(digits="4", column=["isic", "second"])) == {
        "a": "Fishing",
        "b": "Construction",
        "c": "not stated",
    }
    people = {"a": {"sex": 1, "sex_c": 2}, "b": {"sex": "", "sex_c": 2}, "c": {"sex": "", "sex_c": ""}}
    group = {"column": ["sex", "sex_c"], "classification": "sex", "codes": {1: "m", 2: "f"}}
    assert one("gender", people, {"groups.gender": group}) == {"a": "men", "b": "women", "c": "not stated"}


def test_status_is_read_at_the_level_asked_for(one: One) -> None:
    """By authority and by risk as the resolution of the 20th ICLS groups the ten: employers of corporations
    are independent, and paid."""
    own = {
        1: "11",
        2: "12",
        3: "21",
        4: "22",
        5: "30",
        6: "41",
        7: "42",
        8: "43",
        9: "44",
        10: "51",
        11: "none",
    }
    persons = {str(code): {"status": code} for code in own} | {"blank": {"status": ""}}
    asked = {"column": "status", "codes": own}
    by = {
        c: one("status_group", persons, {"groups.status_group": asked | {"classification": c}})
        for c in ("icse_18", "icse_18_a", "icse_18_r")
    }
    assert len(set(by["icse_18"].values())) == 12
    independent = [code for code, label in by["icse_18_a"].items() if label == "independent workers"]
    assert independent == ["1", "2", "3", "4"]
    assert [c for c, label in by["icse_18_a"].items() if label == "dependent workers"] == [
        "5",
        "6",
        "7",
        "8",
        "9",
        "10",
    ]
    paid = [code for code, label in by["icse_18_r"].items() if label == "workers in employment for pay"]
    assert paid == ["1", "3", "6", "7", "8", "9"]
    assert [c for c, label in by["icse_18_r"].items() if label == "workers in employment for profit"] == [
        "2",
        "4",
        "5",
        "10",
    ]
    assert {by[c]["11"] for c in by} == {"work without a status in employment"}
    assert {by[c]["blank"] for c in by} == {"not stated"}


def test_groups_are_shown_in_their_own_order(spec_of: Callable[..., SurveySpec]) -> None:
    keys = {
        "groups.area": {"column": "area", "codes": {2: "rural", 1: "urban", 3: "rural"}},
        "groups.age_group": {"bands": [18, 25]},
        "form": {"column": "boss"},
    } | sector(digits="2")
    spec = spec_of(keys)
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


def test_the_sector_of_forced_labour_is_that_of_cases_and_one_job_that_of_all_workers(
    classified_of: Callable[..., fl.ClassifiedSurvey],
) -> None:
    keys = sector(digits="4") | {
        "sectors.own_sector": {
            "column": "own_isic",
            "revision": "isic_rev4",
            "digits": 4,
            "job": "forced_labour",
        },
        "populations.workers": {"label": "workers", "where": {"paid": "J"}},
    }
    keys["sectors.sector"]["population"] = "workers"
    persons: dict[str, dict[str, Any]] = {
        "forced": {**FORCED, "isic": 4100, "own_isic": "0311"},
        "forced, not stated": {**FORCED, "isic": 4100, "own_isic": ""},
        "free": {"isic": 4100, "own_isic": "0311"},
        "idle": {"paid": "N", "isic": "", "own_isic": ""},
    }
    classified = classified_of(persons, keys)
    assert fl.share(classified, "own_sector").table[
        ["own_sector", "cases", "estimate"]
    ].to_numpy().tolist() == [
        ["Fishing", 1, 0.5],
        ["not stated", 1, 0.5],
    ]
    rate = fl.prevalence(classified, by="sector")
    assert rate.table[["sector", "cases", "n"]].to_numpy().tolist() == [["Construction", 2, 3]]
    assert rate.about.population == "workers"
