"""Tests the definition of the 20th ICLS for adults with one person for every branch, also unresolved ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

import fltoolkit as fl
from fltoolkit.errors import RequestError, SpecError
from fltoolkit.survey.spec.questions import CoercionItem, InvoluntaryItem

One = Callable[..., dict[str, Any]]
Table = Callable[..., dict[str, dict[str, Any]]]
SurveyOf = Callable[..., fl.Survey]

T, F, U = True, False, None
INVOLUNTARY, COERCION = get_args(InvoluntaryItem), get_args(CoercionItem)
FORCED = {"hazardous_work": "J", "debt_bondage": "J"}
SILENT = dict.fromkeys((*INVOLUNTARY, *COERCION), "")

WHOLE = {
    "episodes.same_work": "same",
    "exceptions": {
        "kinds": {
            "military_conscription": {"column": "duty", "yes": "army", "no": ["none", "prison"]},
            "convict_labour": {"column": "duty", "yes": "prison", "no": ["none", "army"]},
        },
        "within_limits": "limits",
    },
    "form": {
        "column": "boss",
        "state_imposed": "S",
        "forced_labour_exploitation": ["P", "F"],
        "forced_commercial_sexual_exploitation": "C",
        "missing": "?",
    },
    "place": {"column": "place", "in_country": "here", "abroad": "away", "missing": "?"},
    "months": {"column": "months", "covers": "all_spells", "missing": 98},
    "trafficking": "moved",
}
PLAIN = {"same": "J", "duty": "none", "limits": "", "boss": "P", "place": "here", "months": 6, "moved": "N"}

# Answers; then any_work, involuntary, coercion, same_work, forced_labour, forced_labour_abroad; then the
# step.
BRANCHES: dict[str, tuple[dict[str, Any], tuple[Any, ...], str]] = {
    "forced": (FORCED, (T, T, T, T, T, F), "forced labour"),
    "free": ({}, (T, F, F, F, F, F), "not involuntary"),
    "no work": ({"paid": "N", **FORCED}, (F, T, T, T, F, F), "no work"),
    "no work, nothing asked": (
        {"paid": "N", **SILENT, "same": "", "duty": "", "place": ""},
        (F, U, U, U, F, F),
        "no work",
    ),
    "perhaps work": ({"paid": "W", **FORCED}, (U, T, T, T, U, F), "unresolved"),
    "perhaps work, free": ({"paid": "W"}, (U, F, F, F, F, F), "not involuntary"),
    "another work": ({"paid": "W", "own": "J", **FORCED}, (T, T, T, T, T, F), "forced labour"),
    "involuntary only": ({"hazardous_work": "J"}, (T, T, F, F, F, F), "no coercion"),
    "coercion only": ({"debt_bondage": "J"}, (T, F, T, F, F, F), "not involuntary"),
    "perhaps involuntary": ({"debt_bondage": "J", "hazardous_work": "W"}, (T, U, T, U, U, F), "unresolved"),
    "perhaps involuntary, not coerced": ({"hazardous_work": "V"}, (T, U, F, F, F, F), "no coercion"),
    "perhaps coerced": ({"hazardous_work": "J", "debt_bondage": ""}, (T, T, U, U, U, F), "unresolved"),
    "perhaps coerced, not involuntary": ({"debt_bondage": "X"}, (T, F, U, F, F, F), "not involuntary"),
    "perhaps both": ({"hazardous_work": "W", "debt_bondage": "W"}, (T, U, U, U, U, F), "unresolved"),
    "one yes is enough": (
        {**dict.fromkeys((*INVOLUNTARY, *COERCION), "W"), **FORCED},
        (T, T, T, T, T, F),
        "forced labour",
    ),
    "nothing answered": (SILENT, (T, U, U, U, U, F), "unresolved"),
    "other work": ({**FORCED, "same": "N"}, (T, T, T, F, F, F), "not in the same work"),
    "perhaps the same work": ({**FORCED, "same": "W"}, (T, T, T, U, U, F), "unresolved"),
    "same work not asked": ({**FORCED, "same": ""}, (T, T, T, U, U, F), "unresolved"),
    "perhaps coerced in other work": (
        {"hazardous_work": "J", "debt_bondage": "W", "same": "N"},
        (T, T, U, F, F, F),
        "not in the same work",
    ),
    "conscript": (
        {**FORCED, "duty": "army", "limits": "J"},
        (T, T, T, T, F, F),
        "exception within its limits",
    ),
    "conscript beyond": ({**FORCED, "duty": "army", "limits": "N"}, (T, T, T, T, T, F), "forced labour"),
    "conscript perhaps within": ({**FORCED, "duty": "army", "limits": "W"}, (T, T, T, T, U, F), "unresolved"),
    "perhaps a conscript": ({**FORCED, "duty": "", "limits": "J"}, (T, T, T, T, U, F), "unresolved"),
    "perhaps a conscript, beyond": (
        {**FORCED, "duty": "", "limits": "N"},
        (T, T, T, T, T, F),
        "forced labour",
    ),
    "perhaps coerced, conscript": (
        {"hazardous_work": "J", "debt_bondage": "W", "duty": "army", "limits": "J"},
        (T, T, U, U, F, F),
        "exception within its limits",
    ),
    "abroad": ({**FORCED, "place": "away"}, (T, T, T, T, F, T), "forced labour abroad"),
    "place not stated": ({**FORCED, "place": "?"}, (T, T, T, T, U, U), "unresolved"),
    "place not asked": ({**FORCED, "place": ""}, (T, T, T, T, U, U), "unresolved"),
    "free, place not asked": ({"place": ""}, (T, F, F, F, F, F), "not involuntary"),
    "perhaps coerced abroad": (
        {"hazardous_work": "J", "debt_bondage": "W", "place": "away"},
        (T, T, U, U, F, U),
        "abroad, unresolved",
    ),
    "perhaps work abroad": (
        {**FORCED, "paid": "W", "place": "away"},
        (U, T, T, T, F, U),
        "abroad, unresolved",
    ),
    "no work abroad": ({**FORCED, "paid": "N", "place": "away"}, (F, T, T, T, F, F), "no work"),
    "conscript abroad": (
        {**FORCED, "place": "away", "duty": "army", "limits": "J"},
        (T, T, T, T, F, F),
        "exception within its limits",
    ),
}


def test_every_branch_of_the_definition(table: Table) -> None:
    names = "any_work involuntary coercion same_work forced_labour forced_labour_abroad step"
    got = table(names, {who: {**PLAIN, **answers} for who, (answers, *_) in BRANCHES.items()}, WHOLE)
    assert {who: tuple(row.values()) for who, row in got.items()} == {
        who: (*truth, step) for who, (_, truth, step) in BRANCHES.items()
    }


def test_each_circumstance_with_each_element_is_forced_labour(table: Table) -> None:
    pairs = {f"{i}+{c}": {i: "J", c: "J"} for i in INVOLUNTARY for c in COERCION}
    alone = {item: {item: "J"} for item in (*INVOLUNTARY, *COERCION)}
    got = table("forced_labour items", pairs | alone)
    assert len(pairs) == 70
    assert {who: row["forced_labour"] for who, row in got.items()} == dict.fromkeys(
        pairs, True
    ) | dict.fromkeys(alone, False)
    assert {who: row["items"] for who, row in got.items()} == {
        who: who.replace("+", ", ") for who in pairs | alone
    }


def test_items_are_listed_in_the_order_of_the_rule_set_each_once(one: One) -> None:
    keys = {
        "items.coercion.threats_or_violence": [
            {"column": "threats_or_violence"},
            {"column": "saw", "mode": "witnessed"},
        ]
    }
    everything = dict.fromkeys((*INVOLUNTARY, *COERCION, "saw"), "J")
    got = one(
        "items", {"all": everything, "none": {"saw": "N"}, "open": {"saw": "W", "debt_bondage": "J"}}, keys
    )
    assert got == {"all": ", ".join((*INVOLUNTARY, *COERCION)), "none": "", "open": "debt_bondage"}


# ------------------------------------------------------------------------------------------------------- what


@pytest.mark.parametrize(("meaning", "applies"), [("no", "not involuntary"), ("unresolved", "unresolved")])
def test_an_answer_that_is_neither_yes_nor_no(one: One, meaning: str, applies: str) -> None:
    answers = {"yes": "J", "no": "N", "don't know": "W", "refused": "V", "blank": "", "not applicable": "X"}
    keys = {"answers.not_applicable_means": meaning}
    got = one(
        "step", {name: {"debt_bondage": "J", "hazardous_work": code} for name, code in answers.items()}, keys
    )
    assert got == {
        "yes": "forced labour",
        "no": "not involuntary",
        "don't know": "unresolved",
        "refused": "unresolved",
        "blank": "unresolved",
        "not applicable": applies,
    }


def test_a_question_may_have_codes_and_a_meaning_of_its_own(one: One) -> None:
    question = {
        "column": "hours",
        "yes": [3, 4],
        "no": [1, 2],
        "not_applicable": 7,
        "not_applicable_means": "no",
        "dont_know": 8,
    }
    means = {"1": F, "2.0": F, "3": T, "4.0": T, "7": F, "8": U, "V": U, "": U}
    persons = {f"says {code}.": {"debt_bondage": "J", "hours": code} for code in means}
    got = one("forced_labour", persons, {"items.involuntary.unagreed_overtime": question})
    assert got == {f"says {code}.": meaning for code, meaning in means.items()}


def test_of_several_gates_all_must_be_shut(one: One) -> None:
    """Asked if any of two answers is `in`: one that is, or a blank, leaves the question open."""
    routing = {"column": ["gate", "gate2"], "asked": "in", "skipped": "out"}
    keys = {"items.involuntary.hazardous_work": {"column": "hazardous_work", "routing": routing}}
    shut = {("out", "out"): F, ("out", "in"): U, ("in", "out"): U, ("out", ""): U, ("", ""): U}
    persons = {f"gates {a} {b}.": {"hazardous_work": "", "gate": a, "gate2": b} for a, b in shut}
    assert one("involuntary", persons, keys) == {
        f"gates {a} {b}.": meaning for (a, b), meaning in shut.items()
    }


def test_a_skip_that_routing_explains_is_no_and_another_is_unresolved(one: One) -> None:
    keys = {
        "items.involuntary.hazardous_work": {
            "column": "hazardous_work",
            "routing": {"column": "gate", "asked": "in", "skipped": "out"},
        },
        "accept": [
            {"finding": "routing", "column": "hazardous_work", "why": "the gate was asked again later"}
        ],
    }
    persons = {
        "skipped": {"hazardous_work": "", "gate": "out"},
        "asked and silent": {"hazardous_work": "", "gate": "in"},
        "gate blank": {"hazardous_work": "", "gate": ""},
        "answered though skipped": {"hazardous_work": "J", "gate": "out"},
        "don't know though skipped": {"hazardous_work": "W", "gate": "out"},
        "asked": {"hazardous_work": "J", "gate": "in"},
        "code of a blank, skipped": {"hazardous_work": "99", "gate": "out"},
        "code of a blank, asked": {"hazardous_work": "99", "gate": "in"},
    }
    keys["items.involuntary.hazardous_work"]["missing"] = "99"
    got = one("involuntary", persons, keys)
    assert got == {
        "skipped": F,
        "asked and silent": U,
        "gate blank": U,
        "answered though skipped": T,
        "don't know though skipped": U,
        "asked": T,
        "code of a blank, skipped": F,
        "code of a blank, asked": U,
    }


def test_one_column_may_feed_both_sides_with_different_codes(table: Table) -> None:
    keys = {
        "items.involuntary.no_freedom_to_leave": {"column": "leave", "yes": 2, "no": [1, 3]},
        "items.coercion.threats_or_violence": {"column": "leave", "yes": 3, "no": [1, 2]},
    }
    persons = {
        "could": {"leave": 1},
        "could not": {"leave": 2},
        "was threatened": {"leave": 3},
        "could not, in debt": {"leave": 2, "debt_bondage": "J"},
        "was threatened at a hazardous work": {"leave": 3, "hazardous_work": "J"},
    }
    got = table("involuntary coercion forced_labour", persons, keys)
    assert [tuple(row.values()) for row in got.values()] == [
        (F, F, F),
        (T, F, F),
        (F, T, F),
        (T, T, T),
        (T, T, T),
    ]


def test_one_answer_may_not_feed_both_sides(survey_of: SurveyOf) -> None:
    keys = {
        f"items.{side}": {"column": "leave", "yes": 2, "no": 1}
        for side in ("involuntary.no_freedom_to_leave", "coercion.debt_bondage")
    }
    survey = survey_of({"a": {"leave": 1}}, keys)
    with pytest.raises(SpecError) as error:
        fl.classify(survey)
    assert "survey.yaml: items: one answer counts on both sides of the definition" in str(error.value)
    assert "code 2 of leave is no_freedom_to_leave and debt_bondage" in str(error.value)


# -------------------------------------------------------------------------------------- who imposed it, where


def test_the_form_of_forced_labour_is_that_of_cases_only(table: Table) -> None:
    persons = {
        "state": {"boss": "S"}, "private": {"boss": "P"}, "family": {"boss": "F"}, "sexual": {"boss": "C"},
        "missing": {"boss": "?"}, "blank": {"boss": ""},
        "beyond": {"boss": "P", "duty": "prison", "limits": "N"}, "abroad": {"place": "away"},
        "within": {"duty": "prison", "limits": "J"}, "free": {"hazardous_work": "N"},
        "open": {"hazardous_work": "W"},
    }  # fmt: skip
    got = table(
        "form route exception exception_within_limits",
        {who: {**PLAIN, **FORCED, **a} for who, a in persons.items()},
        WHOLE,
    )
    private = "forced_labour_exploitation"
    assert {who: row["form"] for who, row in got.items()} == {
        "state": "state_imposed",
        "private": private,
        "family": private,
        "sexual": "forced_commercial_sexual_exploitation",
        "missing": "not stated",
        "blank": "not stated",
        "beyond": "state_imposed",
        "abroad": None,
        "within": None,
        "free": None,
        "open": None,
    }
    assert {who for who, row in got.items() if row["route"] == "adult"} == {
        who for who, row in got.items() if row["form"] is not None
    }
    assert [got[w]["exception"] for w in ("beyond", "within", "free")] == [
        "convict_labour",
        "convict_labour",
        None,
    ]
    assert [got[w]["exception_within_limits"] for w in ("beyond", "within", "free")] == [F, T, U]


def test_without_a_question_on_the_form_it_is_not_stated(one: One) -> None:
    assert one("form", {"forced": FORCED, "free": {}}) == {"forced": "not stated", "free": None}


def test_debt_bondage_is_an_item_and_trafficking_a_flag(table: Table) -> None:
    persons = {code: {**PLAIN, **FORCED, "moved": code} for code in ("J", "N", "W")} | {
        "moved, free": {**PLAIN, "moved": "J"}
    }
    got = table("forced_labour trafficking items", persons, WHOLE)
    assert {who: row["trafficking"] for who, row in got.items()} == {"J": T, "N": F, "W": U, "moved, free": T}
    assert {who: row["forced_labour"] for who, row in got.items()} == {
        "J": T,
        "N": T,
        "W": T,
        "moved, free": F,
    }
    assert {row["items"] for row in got.values()} == {"hazardous_work, debt_bondage", ""}
    assert table("trafficking", {"a": FORCED}) == {"a": {"trafficking": None}}


def test_months_are_those_of_forced_labour_in_the_country(one: One) -> None:
    persons = {
        "seven": {"months": 7}, "part": {"months": "2.5"}, "missing": {"months": 98}, "blank": {"months": ""},
        "words": {"months": "long"}, "free": {"hazardous_work": "N"}, "abroad": {"place": "away"},
        "open": {"hazardous_work": "W"},
    }  # fmt: skip
    got = one("months", {who: {**PLAIN, **FORCED, **answers} for who, answers in persons.items()}, WHOLE)
    assert got == {"seven": 7, "part": 2.5} | dict.fromkeys(
        ("missing", "blank", "words", "free", "abroad", "open")
    )
    assert one("months", {"a": FORCED}) == {"a": None}


@pytest.mark.parametrize(
    ("keys", "basis"),
    [
        ({}, "assumed"),
        ({"episodes.same_work": "same"}, "asked"),
        ({"episodes": {"wide": ["1", "2"], "exists": "spell{episode}"}}, "by episode"),
    ],
)
def test_an_estimate_says_how_the_same_work_is_known(
    classified_of: Callable[..., fl.ClassifiedSurvey], keys: dict[str, Any], basis: str
) -> None:
    spells = {"spell1": "J", "spell2": "N"}
    persons = classified_of({"a": {"same": "J", **spells}, "b": {"same": "N", **spells}}, keys)
    assert fl.prevalence(persons).about.same_work == basis


# ------------------------------------------------------------------------------------------------------- who


def test_who_was_not_asked_or_refused_is_outside_and_who_is_unresolved_inside(
    classified_of: Callable[..., fl.ClassifiedSurvey],
) -> None:
    keys = {
        "module": {
            "column": "result",
            "answered": ["full", "part"],
            "refused": "refused",
            "not_asked": "out",
        },
        "groups.age_group": {"bands": [18, 30]},
    }
    persons: dict[str, dict[str, Any]] = {
        "forced": {**FORCED, "result": "full", "weight": 8},
        "free": {"result": "part", "weight": 16},
        "open": {**FORCED, "debt_bondage": "W", "result": "full", "weight": 32},
        "refused": {**FORCED, "result": "refused", "weight": 64},
        "not asked": {**SILENT, "result": "out", "weight": 128},
        "no status": {**FORCED, "result": "", "weight": 256},
        "child": {**FORCED, "result": "full", "years": 17, "weight": 512},
        "eighteen": {"result": "full", "years": 18, "weight": 1024},
        "age unknown": {"result": "full", "years": 99, "weight": 2048},
        "age blank": {"result": "full", "years": "", "weight": 4096},
    }
    classified = classified_of(persons, keys)
    row = fl.prevalence(classified).table.loc[0]
    asked = 8 + 16 + 32 + 1024 + 2048 + 4096
    assert [row[c] for c in ("population", "n", "cases", "unresolved")] == [asked, 6, 1, 1]
    assert row["estimate"] == 8 / asked
    assert row["resolved_only"] == 8 / (asked - 32)
    assert row["bound_high"] == 40 / asked
    by_age = fl.total(classified, by="age_group").table
    assert by_age[["age_group", "n", "population"]].to_numpy().tolist() == [
        ["18–29", 1, 1024],
        ["30+", 3, 56],
        ["not stated", 2, 6144],
    ]


def test_without_a_module_status_everybody_is_asked(
    classified_of: Callable[..., fl.ClassifiedSurvey],
) -> None:
    persons = classified_of({"a": FORCED, "b": {}, "c": {"years": 12}})
    assert fl.prevalence(persons).table.loc[0, ["n", "cases"]].to_list() == [2, 1]


def test_of_two_exceptions_the_first_in_survey_yaml_is_named(one: One) -> None:
    kinds = {"emergencies": "flood", "civic_obligations": "jury"}
    keys = {"exceptions": {"kinds": kinds, "within_limits": "limits"}}
    persons = {
        "two": {**FORCED, "flood": "J", "jury": "J", "limits": "J"},
        "one": {**FORCED, "flood": "N", "jury": "J", "limits": "J"},
    }
    assert one("exception", persons, keys) == {"two": "emergencies", "one": "civic_obligations"}


# ------------------------------------------------------------------------------------------------- rule sets,


def rule_set(folder: Path, **changes: str) -> Path:
    rules = {
        "name": "mine",
        "version": "3",
        "title": "Mine",
        "source": "here",
        "involuntary": "[hazardous_work]",
        "coercion": "[withheld_wages, debt_bondage]",
    } | changes
    path = folder / "mine.yaml"
    path.write_text("\n".join(f"{key}: {value}" for key, value in rules.items()))
    return path


def test_a_rule_set_of_ones_own_is_read_by_its_path(survey_of: SurveyOf, one: One, tmp_path: Path) -> None:
    persons = {
        "both": FORCED,
        "other circumstance": {"different_job": "J", "debt_bondage": "J"},
        "other element": {"hazardous_work": "J", "other_penalty": "J"},
        "both sides": {**FORCED, "different_job": "J", "withheld_wages": "J"},
    }
    path = rule_set(tmp_path)
    assert one("forced_labour", persons, rules=str(path)) == {
        "both": T,
        "other circumstance": F,
        "other element": F,
        "both sides": T,
    }
    assert one("items", persons, rules=str(path))["both sides"] == (
        "hazardous_work, withheld_wages, debt_bondage"
    )
    assert fl.prevalence(fl.classify(survey_of(persons), path)).about.rule_set == "mine v3"
    assert fl.prevalence(fl.classify(survey_of(persons))).about.rule_set == "icls_2018 v1"


def test_the_sides_are_compared_for_the_rule_set_at_hand_only(survey_of: SurveyOf, tmp_path: Path) -> None:
    keys = {
        f"items.{side}": {"column": "leave", "yes": 2, "no": 1}
        for side in ("involuntary.no_freedom_to_leave", "coercion.debt_bondage")
    }
    survey = survey_of({"a": {"leave": 2, "hazardous_work": "J"}, "b": {"leave": 1}}, keys)
    assert fl.prevalence(fl.classify(survey, rule_set(tmp_path))).table["cases"].to_list() == [1]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (
            "icls_2019",
            [
                "no such rule set",
                "found:   icls_2019",
                "allowed: hts_2012, icls_2018, the path of a rule set's YAML file",
            ],
        ),
        ("none.yaml", ["none.yaml: there is no such file"]),
        (
            "mine.yaml",
            [
                "mine.yaml: 2 key(s)",
                "coercion.1: must be",
                "'threats_or_violence'",
                "found: 'hunger'",
                "titel: unknown key",
                "did you mean title?",
            ],
        ),
    ],
)
def test_a_rule_set_that_is_not_one_is_told(
    survey_of: SurveyOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: str, said: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rule_set(tmp_path, coercion="[debt_bondage, hunger]", titel="x")
    with pytest.raises(SpecError) as error:
        fl.classify(survey_of({"a": {}}), rules)
    assert [words for words in said if words not in str(error.value)] == [], error.value


def test_an_item_without_a_question_is_never_met(one: One) -> None:
    keys = {
        "items.involuntary": {"different_job": "different_job"},
        "items.coercion": {"debt_bondage": "debt_bondage"},
    }
    persons = {"asked": {"different_job": "J", "debt_bondage": "J"}, "not asked": FORCED}
    assert one("forced_labour", persons, keys) == {"asked": T, "not asked": F}


def test_a_survey_without_a_question_on_one_side_is_refused(one: One) -> None:
    with pytest.raises(SpecError, match=r"items.coercion: needs at least 1 item"):
        one("step", {"a": {**FORCED}}, {"items.coercion": {}})


def test_classifying_twice_is_refused(survey_of: SurveyOf) -> None:
    persons = fl.classify(survey_of({"a": FORCED}))
    with pytest.raises(RequestError) as error:
        fl.classify(persons)
    assert "this survey is classified already\n  found:   icls_2018 v1" in str(error.value)
    assert "classify what fl.read_survey returned" in str(error.value)


def test_the_survey_that_is_classified_stays_as_it_was(survey_of: SurveyOf) -> None:
    survey = survey_of({"a": FORCED, "b": {}})
    before = survey.frame.collect_schema().names()
    persons = fl.classify(survey)
    assert survey.frame.collect_schema().names() == before
    assert not isinstance(survey, fl.ClassifiedSurvey)
    assert persons.rules == "icls_2018 v1"
    assert set(before) < set(persons.frame.collect_schema().names())
    with pytest.raises(RequestError, match="not classified yet"):
        fl.prevalence(survey)
    assert fl.prevalence(fl.classify(survey)).table["cases"].to_list() == [1]
