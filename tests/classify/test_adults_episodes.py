"""Tests episodes of work: both conditions must hold in the same episode, whether episodes are columns (wide)
or rows (long)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shared_surveys

import fltoolkit as fl
from fltoolkit.errors import SpecError

Spell = Mapping[str, Any]
People = Mapping[str, list[Spell]]
Read = Callable[[str, People], dict[str, dict[str, Any]]]

T, F, U = True, False, None
ASKED = ("hazardous", "saw_threats", "debt", "duty", "limits", "boss", "place", "months", "moved", "isic")
SPELL = {
    "hazardous": "N", "saw_threats": "N", "debt": "N", "duty": "N", "limits": "", "boss": "P",
    "place": "here", "months": 4, "moved": "N", "isic": "0111",
}  # fmt: skip
FORCED = {"hazardous": "J", "debt": "J"}


def keys(column: Callable[[str], str]) -> dict[str, Any]:
    """What survey.yaml says of an episode, each question in the column that `column` names."""
    return {
        "items": {
            "involuntary": {"hazardous_work": column("hazardous")},
            "coercion": {
                "threats_or_violence": {"column": column("saw_threats"), "mode": "witnessed"},
                "debt_bondage": column("debt"),
            },
        },
        "exceptions": {"kinds": {"emergencies": column("duty")}, "within_limits": column("limits")},
        "form": {"column": column("boss"), "state_imposed": "S", "forced_labour_exploitation": "P"},
        "place": {"column": column("place"), "in_country": "here", "abroad": "away", "missing": "?"},
        "months": {"column": column("months"), "covers": "all_spells", "missing": 98},
        "trafficking": column("moved"),
        "sectors": {
            "sector": {
                "column": column("isic"),
                "revision": "isic_rev4",
                "digits": 4,
                "job": "forced_labour",
                "missing": 9999,
            }
        },
    }


# The people of five tests, with their spells; they are classified together.
CONDITIONS: People = {
    "in one": [{}, FORCED],
    "in two": [{"hazardous": "J"}, {"debt": "J"}],
    "in two of three": [{"hazardous": "J"}, {}, {"saw_threats": "J"}],
    "one and a half": [{"hazardous": "J"}, {"hazardous": "J", "debt": "J"}],
    "in none": [{}, {}],
    "perhaps in one": [{"hazardous": "J", "debt": "W"}, {}],
    "perhaps in the other": [{"hazardous": "J"}, {"hazardous": "W", "debt": "J"}],
    "perhaps, but in another": [{"hazardous": "W"}, {"debt": "W"}],
    "in one, perhaps in the other": [FORCED, {"hazardous": "W", "debt": "J"}],
}
WITHIN, BEYOND = {"duty": "J", "limits": "J"}, {"duty": "J", "limits": "N"}
PLACES: People = {
    "within": [FORCED | WITHIN],
    "within in another": [WITHIN, FORCED],
    "beyond": [FORCED | BEYOND],
    "beyond, then within": [FORCED | BEYOND, FORCED | WITHIN],
    "perhaps within": [FORCED | {"duty": "J", "limits": "W"}],
    "abroad": [FORCED | {"place": "away"}, {}],
    "here and abroad": [
        FORCED | {"place": "away", "boss": "S", "months": 7, "isic": "9700"},
        FORCED | {"isic": "0311"},
    ],
    "place unknown": [FORCED | {"place": "?"}],
    "place unknown, or here": [FORCED | {"place": "?"}, FORCED],
}
MONTHS: People = {
    "two": [FORCED | {"months": 3}, FORCED | {"months": "5.5"}],
    "one of two": [FORCED | {"months": 3}, {"months": 8}],
    "one not stated": [FORCED | {"months": 3}, FORCED | {"months": 98}],
    "a free one not stated": [FORCED | {"months": 3}, {"months": 98}],
    "all not stated": [FORCED | {"months": ""}],
    "free": [{}],
}
FIRST, SECOND = {"boss": "S", "isic": "9700"}, {"boss": "P", "isic": "0311"}
LABELS: People = {
    "both": [FORCED | FIRST, FORCED | SECOND],
    "second": [FIRST, FORCED | SECOND],
    "not stated": [FORCED | {"boss": "", "isic": 9999}, FORCED | SECOND],
}
FLAGS: People = {
    "a": [{"hazardous": "J"}, {"saw_threats": "J", "moved": "W"}],
    "b": [{"moved": "J"}, {}],
    "c": [{}],
}
EVERYBODY: People = {**CONDITIONS, **PLACES, **MONTHS, **LABELS, **FLAGS}


@pytest.fixture(params=["wide", "long"])
def read(request: pytest.FixtureRequest, table: Callable[..., Any]) -> Read:
    """Columns of classified persons, whose up to three spells are written as columns or as rows."""

    def wide(names: str) -> dict[str, dict[str, Any]]:
        persons = {}
        for who, spells in EVERYBODY.items():
            row: dict[str, Any] = {}
            for i, label in enumerate("abc"):
                here = i < len(spells)
                spell = {**SPELL, **spells[i]} if here else dict.fromkeys(ASKED, "")
                row |= {f"{name}_{label}": spell[name] for name in ASKED} | {
                    f"had_{label}": "J" if here else "N"
                }
            persons[who] = row
        return dict(
            table(
                names,
                persons,
                {"episodes": {"wide": list("abc"), "exists": "had_{episode}"}}
                | keys(lambda c: c + "_{episode}"),
            )
        )

    def long(names: str) -> dict[str, dict[str, Any]]:
        rows = [
            {"who": who, "spell": i + 9, **SPELL, **spell}
            for who, spells in EVERYBODY.items()
            for i, spell in enumerate(spells)
        ]
        files = {
            "files.episodes": {"path": "spells.csv", "key": ["who", "spell"]},
            "episodes": {"long": "true"},
        }
        return dict(
            table(names, {who: {} for who in EVERYBODY}, files | keys(str), spells=pd.DataFrame(rows))
        )

    made = {"wide": wide, "long": long}[request.param]
    return lambda names, people: {who: row for who, row in made(names).items() if who in people}


def test_both_conditions_must_hold_in_the_same_episode(read: Read) -> None:
    got = read("involuntary coercion same_work forced_labour step", CONDITIONS)
    assert {who: tuple(row.values()) for who, row in got.items()} == {
        "in one": (T, T, T, T, "forced labour"),
        "in two": (T, T, F, F, "not in the same work"),
        "in two of three": (T, T, F, F, "not in the same work"),
        "one and a half": (T, T, T, T, "forced labour"),
        "in none": (F, F, F, F, "not involuntary"),
        "perhaps in one": (T, U, U, U, "unresolved"),
        "perhaps in the other": (T, T, U, U, "unresolved"),
        "perhaps, but in another": (U, U, F, F, "not in the same work"),
        "in one, perhaps in the other": (T, T, T, T, "forced labour"),
    }


def test_exceptions_and_places_are_those_of_their_episode(read: Read) -> None:
    limit, outcome = "exception exception_within_limits", "forced_labour forced_labour_abroad step form"
    got = read(f"{limit} {outcome} months sector", PLACES)
    limits = {who: tuple(row.values())[:2] for who, row in got.items() if row["exception"]}
    assert limits == {
        "within": ("emergencies", T),
        "within in another": ("emergencies", T),
        "beyond": ("emergencies", F),
        "beyond, then within": ("emergencies", F),
        "perhaps within": ("emergencies", U),
    }
    private = "forced_labour_exploitation"
    assert {who: tuple(row.values())[2:] for who, row in got.items()} == {
        "within": (F, F, "exception within its limits", None, None, None),
        "within in another": (T, F, "forced labour", private, 4, "Agriculture excl. fishing"),
        "beyond": (T, F, "forced labour", "state_imposed", 4, "Agriculture excl. fishing"),
        "beyond, then within": (T, F, "forced labour", "state_imposed", 4, "Agriculture excl. fishing"),
        "perhaps within": (U, F, "unresolved", None, None, None),
        "abroad": (F, T, "forced labour abroad", None, None, None),
        "here and abroad": (T, T, "forced labour", private, 4, "Fishing"),
        "place unknown": (U, U, "unresolved", None, None, None),
        "place unknown, or here": (T, U, "forced labour", private, 4, "Agriculture excl. fishing"),
    }


def test_months_add_up_over_the_spells_of_forced_labour(read: Read) -> None:
    got = read("months", MONTHS)
    assert {who: row["months"] for who, row in got.items()} == {
        "two": 8.5,
        "one of two": 3,
        "one not stated": None,
        "a free one not stated": 3,
        "all not stated": None,
        "free": None,
    }


def test_labels_are_those_of_the_first_episode_of_forced_labour(read: Read) -> None:
    """The second spell is number 10 in the file of spells: after 9, though before it in the alphabet."""
    got = read("form sector items", LABELS)
    assert {who: tuple(row.values()) for who, row in got.items()} == {
        "both": ("state_imposed", "Domestic work", "hazardous_work, debt_bondage"),
        "second": ("forced_labour_exploitation", "Fishing", "hazardous_work, debt_bondage"),
        "not stated": ("not stated", "not stated", "hazardous_work, debt_bondage"),
    }


def test_items_and_flags_are_those_of_any_episode(read: Read) -> None:
    got = read("items trafficking trace", FLAGS)
    assert {who: (row["items"], row["trafficking"]) for who, row in got.items()} == {
        "a": ("hazardous_work, threats_or_violence", U),
        "b": ("", T),
        "c": ("", F),
    }
    assert "same work: no → not in the same work" in got["a"]["trace"]
    assert "threats_or_violence [saw_threats" in got["a"]["trace"]
    assert ", witnessed]" in got["a"]["trace"]


def test_an_episode_that_perhaps_was_not_leaves_its_conditions_open(table: Callable[..., Any]) -> None:
    wide = {
        "episodes": {"wide": [1, 2], "exists": "had_{episode}"},
        "items.involuntary.hazardous_work": "hazardous_{episode}",
        "items.coercion.debt_bondage": "debt_{episode}",
    }
    second = {"hazardous_2": "J", "debt_2": "J"}
    free = {"had_1": "J", "hazardous_1": "N", "debt_1": "N"}
    persons = {f"had: {had}.": {**free, **second, "had_2": had} for had in ("J", "N", "W", "")}
    assert {who: row["forced_labour"] for who, row in table("forced_labour", persons, wide).items()} == {
        "had: J.": T,
        "had: N.": F,
        "had: W.": U,
        "had: .": U,
    }


def test_a_blank_of_exists_means_no_such_episode_only_where_that_is_said(table: Callable[..., Any]) -> None:
    exists = {"column": "had_{episode}"}
    wide = {
        "items.involuntary.hazardous_work": "hazardous_{episode}",
        "items.coercion.debt_bondage": "debt_{episode}",
    }
    free = {"had_1": "J", "hazardous_1": "N", "debt_1": "N", "hazardous_2": "", "debt_2": ""}
    persons = {f"had: {had}.": {**free, "had_2": had} for had in ("J", "W", "")}
    for keys, blank in ((exists, U), ({**exists, "blank": "no", "why": "filled for the jobs there were"}, F)):
        got = table("forced_labour", persons, wide | {"episodes": {"wide": [1, 2], "exists": keys}})
        assert [row["forced_labour"] for row in got.values()] == [U, U, blank]


EXISTS_BY_GATE = {  # by hand: (gate of exists, exists): whether a person with both sides in it is a case
    ("in", "J"): T, ("in", "N"): F, ("in", "W"): U, ("in", ""): U,
    ("out", "J"): T, ("out", "N"): F, ("out", "W"): U, ("out", ""): F,  # skipped: no such episode
    ("W", "J"): T, ("W", "N"): F, ("W", "W"): U, ("W", ""): U,  # who does not answer the gate stays open
    ("", "J"): T, ("", "N"): F, ("", "W"): U, ("", ""): U,
}  # fmt: skip


@pytest.mark.parametrize("of_items", [False, True])
def test_only_a_closed_gate_of_exists_makes_a_blank_no_episode(
    table: Callable[..., Any], of_items: bool
) -> None:
    """The items may be behind exists themselves: a person who is not asked has blanks, and the same answer,
    but where exists says yes and the items are blank."""
    routing = {"routing": {"column": "had_{episode}", "asked": "J", "skipped": "N"}} if of_items else {}
    answer = "" if of_items else "J"
    gated = {"column": "had_{episode}", "routing": {"column": "gate", "asked": "in", "skipped": "out"}}
    wide = {
        "episodes": {"wide": [1], "exists": gated},
        "items.involuntary.hazardous_work": {"column": "hazardous_{episode}", **routing},
        "items.coercion.debt_bondage": {"column": "debt_{episode}", **routing},
    }
    persons = {
        f"{gate}-{had}": {"gate": gate, "had_1": had, "hazardous_1": answer, "debt_1": answer}
        for gate, had in EXISTS_BY_GATE
    }
    got = table("forced_labour", persons, wide)
    for (gate, had), truth in EXISTS_BY_GATE.items():
        assert got[f"{gate}-{had}"]["forced_labour"] is (U if truth and of_items else truth), (gate, had)


NUMBERS: dict[
    str, tuple[object, list[Spell], bool | None]
] = {  # by hand: number, rows, and whether it is a case
    "none, none": (0, [], F),
    "one, none": (1, [], U),
    "blank, none": ("", [], U),
    "two, two free": (2, [{}, {}], F),
    "four, three free": (4, [{}, {}, {}], U),
    "four, one of three forced": (4, [{}, FORCED, {}], T),
    "one, two free": (1, [{}, {}], F),
    "no answer, free": (98, [{}], U),
    "no answer, forced": (98, [FORCED], T),
    "two, in two": (2, [{"hazardous": "J"}, {"debt": "J"}], F),
    "three, in two": (3, [{"hazardous": "J"}, {"debt": "J"}], U),
}


def test_rows_that_are_fewer_than_the_number_leave_a_person_open(table: Callable[..., Any]) -> None:
    spells = [
        {"who": who, "spell": i, **SPELL, **spell}
        for who, (_, rows, _) in NUMBERS.items()
        for i, spell in enumerate(rows)
    ]
    files = {
        "files.episodes": {"path": "spells.csv", "key": ["who", "spell"]},
        "episodes": {"long": "true", "exists": {"number": "jobs", "missing": 98}},
    }
    persons = {who: {"jobs": number} for who, (number, _, _) in NUMBERS.items()}
    got = table("forced_labour", persons, files | keys(str), spells=pd.DataFrame(spells))
    assert {who: row["forced_labour"] for who, row in got.items()} == {
        who: truth for who, (_, _, truth) in NUMBERS.items()
    }


def test_a_question_without_an_episode_in_its_name_is_about_all(table: Callable[..., Any]) -> None:
    wide = {"episodes": {"wide": [1, 2]}, "items.involuntary.hazardous_work": "hazardous_{episode}"}
    persons = {
        "a": {"hazardous_1": "N", "hazardous_2": "J", "debt_bondage": "J"},
        "b": {"hazardous_1": "N", "hazardous_2": "N", "debt_bondage": "J"},
    }
    assert [row["forced_labour"] for row in table("forced_labour", persons, wide).values()] == [T, F]


def test_routing_of_an_episode_is_its_own(table: Callable[..., Any]) -> None:
    gate = {"column": "gate_{episode}", "asked": "in", "skipped": "out"}
    wide = {
        "episodes": {"wide": [1, 2]},
        "items.involuntary.hazardous_work": {"column": "hazardous_{episode}", "routing": gate},
        "items.coercion.debt_bondage": {"column": "debt_{episode}", "routing": gate},
    }
    blank = {"hazardous_1": "", "debt_1": "", "hazardous_2": "", "debt_2": ""}
    persons = {
        f"{one}, {two}": {**blank, "gate_1": one, "gate_2": two}
        for one in ("in", "out")
        for two in ("in", "out")
    }
    got = table("involuntary", persons, wide)
    assert {who: row["involuntary"] for who, row in got.items()} == {
        "in, in": U,
        "in, out": U,
        "out, in": U,
        "out, out": F,
    }


def test_somebody_without_a_spell_is_unresolved_if_they_worked(survey_of: Callable[..., fl.Survey]) -> None:
    """No row of spells is no answer: the file cannot say whether nothing happened or nobody asked."""
    files = {"files.episodes": {"path": "spells.csv", "key": ["who", "spell"]}, "episodes": {"long": "true"}}
    spells = pd.DataFrame([{"who": "spelled", "spell": 1, **SPELL, **FORCED}])
    survey = survey_of({"spelled": {}, "silent": {}, "idle": {"paid": "N"}}, files | keys(str), spells=spells)
    row = fl.prevalence(fl.classify(survey)).table.loc[0]
    assert [row[c] for c in ("n", "cases", "unresolved")] == [3, 1, 1]


def test_spells_of_pooled_quarters_meet_the_persons_of_their_quarter(
    spec: dict[str, Any], changed: Callable[..., Any], write: Callable[..., Any]
) -> None:
    files = {
        "files.person": {"path": ["q1.csv", "q2.csv"], "key": "who", "weight_factor": [0.5, 0.5]},
        "files.episodes": {"path": ["s1.csv", "s2.csv"], "key": ["who", "spell"]},
        "episodes": {"long": "true"},
    }
    person = pd.DataFrame([{"who": "a", "weight": 4, "years": 30, "paid": "J", "own": "N"}])
    spell = pd.DataFrame([{"who": "a", "spell": 1, **SPELL}])
    path = write(
        changed(spec, files | keys(str)),
        q1=person,
        q2=person.assign(weight=6),
        s1=spell,
        s2=spell.assign(**FORCED),
    )
    row = fl.total(shared_surveys.classified(path)).table.loc[0]
    assert [row[c] for c in ("estimate", "population", "n", "cases", "unresolved")] == [3.0, 5.0, 2, 1, 0]


def test_a_gate_of_the_person_before_a_question_on_episodes_is_refused_in_words(
    spec: dict[str, Any], write: Callable[..., Path], changed: Callable[..., dict[str, Any]]
) -> None:
    keys = {
        "episodes": {"long": True},
        "files.episodes": {"path": "spells.csv", "key": ["who", "spell"]},
        "items": {
            "involuntary": {"hazardous_work": {"column": "q1", "routing": {"column": "paid", "asked": "J"}}},
            "coercion": {"debt_bondage": "q2"},
        },
    }
    people = pd.DataFrame([{"who": "a", "weight": 1, "years": 30, "paid": "J", "own": "N"}])
    spells = pd.DataFrame([{"who": "a", "spell": 1, "q1": "J", "q2": "J"}])
    with pytest.raises(SpecError, match=r"(?s)columns that only the persons have.*paid.*remove the gate"):
        fl.read_survey(write(changed(spec, keys), people=people, spells=spells))
