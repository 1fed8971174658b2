"""Tests the three surveys of tests/brought_in: the files are as their printed forms say, and the truth agrees
with R, with hand-written persons, and with every completion of missing answers."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import astuple
from itertools import product
from math import isclose, sqrt
from pathlib import Path
from typing import Any

import pyreadstat
import pytest
from brought_in import (
    quirama_spss as quirama,
    tamaria_kobo as tamaria,
    truth_lerova,
    truth_quirama,
    truth_tamaria,
)
from brought_in.lerova_files import A, C
from brought_in.make_surveys import WRITERS, make
from brought_in.three_valued import Person, Truth, age_group, behind, both, count, either
from brought_in.truth import people, write_for_r

HERE = Path(__file__).parent / "brought_in"
R = json.loads((HERE / "truth.json").read_text("utf-8"))
CELLS = [(name, row) for name, survey in R["surveys"].items() for row in survey["rows"]]
Folders = dict[str, Path]
Truths = dict[str, list[Person]]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    folder = tmp_path_factory.mktemp("brought_in")
    return {name: make(name, folder) for name in WRITERS}


@pytest.fixture(scope="module")
def truths(folders: Folders) -> Truths:
    return {name: people(name, folder) for name, folder in folders.items()}


# -----------------------------------------------------------------------------------------------------------


def test_r_read_the_persons_that_are_made_here(truths: Truths, tmp_path: Path) -> None:
    assert hashlib.sha256((HERE / "truth.R").read_bytes()).hexdigest() == R["script_sha256"]
    for name, persons in truths.items():
        write_for_r(persons, tmp_path / "persons.csv")
        made = hashlib.sha256((tmp_path / "persons.csv").read_bytes()).hexdigest()
        assert made == R["surveys"][name]["csv_sha256"], f"{name}: run brought_in.truth and truth.R again"


@pytest.mark.parametrize(
    ("name", "row"), CELLS, ids=[f"{n}-{r['population_of']}-{r['by']}-{r['value']}" for n, r in CELLS]
)
def test_r_agrees_with_sums_in_plain_python(name: str, row: dict[str, Any], truths: Truths) -> None:
    persons = truths[name]
    inside = [in_cell(person, row) for person in persons]
    asked = [person for person, there in zip(persons, inside, strict=True) if there]
    assert astuple(count(asked)) == (row["n"], row["cases"], row["unresolved"])
    weight = sum(p.weight for p in asked)
    cases = sum(p.weight for p in asked if p.outcome is True)
    resolved = sum(p.weight for p in asked if p.outcome is not None)
    high = sum(p.weight for p in asked if p.outcome is not False)
    sums = [
        (weight, "population"),
        (cases, "total"),
        (cases / weight, "estimate"),
        (high / weight, "bound_high"),
    ]
    for ours, theirs in [*sums, (cases / resolved, "resolved_only")]:
        assert isclose(ours, row[theirs], rel_tol=1e-12, abs_tol=1e-15), theirs
    y = [float(there and p.outcome is True) for p, there in zip(persons, inside, strict=True)]
    open_ = [float(there and p.outcome is not False) for p, there in zip(persons, inside, strict=True)]
    for value, ratio, theirs in ((y, cases / weight, "se"), (open_, high / weight, "bound_high_se")):
        influence = [
            p.weight * (v - ratio * t) / weight for p, v, t in zip(persons, value, inside, strict=True)
        ]
        assert isclose(standard_error(persons, influence), row[theirs], rel_tol=1e-10, abs_tol=1e-15), theirs
    totals = [p.weight * v for p, v in zip(persons, y, strict=True)]
    assert isclose(standard_error(persons, totals), row["total_se"], rel_tol=1e-10, abs_tol=1e-12)


def in_cell(person: Person, row: dict[str, Any]) -> bool:
    """Whether a person was asked and is in a cell of R's."""
    here = row["population_of"] in ("everybody", person.population)
    return person.asked and here and (row["by"] == "total" or getattr(person, row["by"]) == row["value"])


def standard_error(persons: Iterable[Person], influence: Iterable[float]) -> float:
    """Between PSUs within strata, with replacement; a stratum of one PSU is compared with the mean of all
    PSUs."""
    strata: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for person, value in zip(persons, influence, strict=True):
        strata[person.stratum][person.psu] += value
    every = [value for psus in strata.values() for value in psus.values()]
    variance = 0.0
    for psus in strata.values():
        n, mean = len(psus), sum(psus.values()) / len(psus)
        if n == 1:
            variance += (mean - sum(every) / len(every)) ** 2
        else:
            variance += n / (n - 1) * sum((value - mean) ** 2 for value in psus.values())
    return sqrt(variance)


def test_each_survey_is_large_enough_and_rare_enough(truths: Truths) -> None:
    for persons in truths.values():
        assert 1500 <= len(persons) <= 4000
        for population in {person.population for person in persons if person.asked}:
            found = count(persons, population)
            assert 0.01 <= found.cases / found.persons <= 0.03
            assert found.unresolved > found.cases
        assert len({person.key for person in persons}) == len(persons)


# ------------------------------------------------------------------------------------------------------- logi


def test_kleenes_tables() -> None:
    values: list[Truth] = [False, None, True]
    order = {value: rank for rank, value in enumerate(values)}
    for one, two in product(values, values):
        assert both(one, two) is min(one, two, key=order.__getitem__)
        assert either(one, two) is max(one, two, key=order.__getitem__)
    assert behind(False, "", None) is False
    assert behind(None, "", None) is None
    assert behind(True, "", None) is None
    assert behind(False, "1", True) is True


def test_a_blank_age_is_a_group_of_its_own() -> None:
    assert [age_group(age) for age in ("4", "5", "17", "18", "24", "65", "")] == [
        "0-4",
        "5-11",
        "15-17",
        "18-24",
        "18-24",
        "65+",
        "not stated",
    ]


# ----------------------------------------------------------------------------------------------------- Quiram

NO_ITEMS = dict.fromkeys(["P21", "P22", "P23", "P24", "P31", "P32", "P33", "P26", "P35", "P36"], "2") | {
    "P25": "1",
    "P34": "1",
}
INSIDE = {"P10": "1", "P12": "1", "P15": "1", **NO_ITEMS}
VICTIM = INSIDE | {"P22": "1", "P31": "1", "P40": "1", "P45": "0"}


@pytest.mark.parametrize(
    ("answers", "truth"),
    [
        ({"P10": "2"}, False),
        ({"P10": "8"}, None),  # whoever does not say whether they worked may have
        ({"P10": "1", "P12": "3", "P15": "2"}, False),
        ({"P10": "1", "P12": "3", "P15": "9"}, None),  # nobody knows whether P26 and P36 were to be asked
        ({"P10": "1", "P12": "8", "P15": "2"}, None),
        ({"P10": "1", "P12": "8", "P15": "1", "P26": "2", "P36": "2"}, None),  # the gate of P21 is unknown
        ({"P10": "1", "P12": "2", "P15": "9", "P26": "2", "P36": "1"}, None),
        (
            {"P10": "1", "P12": "5", "P15": "9", "P26": "2", "P36": "1"},
            False,
        ),  # one of its two gates is shut, whatever the other
        ({"P10": "1", "P12": "5", "P15": "2", "P26": "9", "P36": "2"}, False),
        ({"P10": "1", "P12": "5", "P15": "2", "P26": "1", "P36": "1", "P40": "1", "P45": "0"}, True),
        (INSIDE, False),
        (VICTIM, True),
        (VICTIM | {"P40": "2", "P45": ""}, False),
        (VICTIM | {"P40": "9", "P45": ""}, None),
        (VICTIM | {"P40": "", "P45": ""}, None),
        (VICTIM | {"P45": "8"}, None),
        (VICTIM | {"P45": "2", "P46": "1"}, False),  # within its limits
        (VICTIM | {"P45": "2", "P46": "2"}, True),
        (VICTIM | {"P45": "2", "P46": "9"}, None),
        (
            INSIDE | {"P25": "2", "P34": "2", "P40": "1", "P45": "0"},
            True,
        ),  # no is the answer that counts in both
        (INSIDE | {"P25": "2", "P34": "3"}, False),  # has no papers
        (INSIDE | {"P21": "9", "P31": "1"}, None),
        (INSIDE | {"P21": "9"}, False),
        (INSIDE | {"P21": "1", "P33": ""}, None),  # a blank that no gate explains
        (INSIDE | {"P36": "1", "P24": "1", "P40": "1", "P45": "0"}, True),
    ],
)
def test_quirama_by_hand(answers: dict[str, str], truth: Truth) -> None:
    assert truth_quirama.forced_labour(dict.fromkeys(quirama.MODULE, "") | answers) is truth


def test_open_answers_in_quirama_decide_exactly_where_the_truth_is_open(folders: Folders) -> None:
    """The form is gone through again with every open answer filled in, once for and once against forced
    labour."""
    for row in truth_quirama.corrected(folders["quirama"]):
        if row["RESMOD"] == "1":
            against, for_ = (truth_quirama.forced_labour(completed(row, side)) for side in (0, 1))
            truth = truth_quirama.forced_labour(row)
            assert (against, for_) == ((False, True) if truth is None else (truth, truth))


AGAINST_AND_FOR = dict.fromkeys(quirama.MODULE, ("2", "1")) | {
    "P12": ("4", "1"),
    "P25": ("1", "2"),
    "P34": ("1", "2"),
    "P45": ("1", "0"),
    "P46": ("1", "2"),
}


def completed(row: dict[str, str], side: int) -> dict[str, str]:
    """A person's row with each open answer to a question that is asked filled in, and no answer to the
    others."""
    new: dict[str, str] = dict.fromkeys(quirama.MODULE, "")
    for name in quirama.MODULE:
        if is_asked(name, new):
            new[name] = AGAINST_AND_FOR[name][side] if row[name] in ("", "8", "9") else row[name]
    return new


def is_asked(name: str, row: dict[str, str]) -> bool:
    """The skip instructions of the printed form, on a row in which the questions before are answered."""
    if name == "P10":
        return True
    if row["P10"] != "1":
        return False
    if name in quirama.WIDER:
        return row["P12"] in ("1", "2", "5") or row["P15"] == "1"
    if name == "P40":
        return all(
            any(row[q] == yes for q, yes in side.items()) for side in (quirama.INVOLUNTARY, quirama.COERCION)
        )
    if name in ("P45", "P46"):
        return row["P40"] == "1" if name == "P45" else row["P45"] in ("1", "2", "3")
    return name in ("P12", "P15") or (row["P12"] in ("1", "2") and row["P15"] == "1")


def test_quiramas_form_skips_what_it_says(folders: Folders) -> None:
    def behind_a_shut_gate(rows: list[dict[str, str]]) -> set[tuple[str, str]]:
        asked = [row for row in rows if row["RESMOD"] == "1"]
        return {
            (row["FOLIO"], row["LIN"])
            for row in asked
            for name in quirama.MODULE
            if row[name] and not is_asked(name, row)
        }

    # Three answers stand behind a gate that was typed wrongly, or are wrong themselves; one wrong answer also
    # opens a gate.
    shut = {"P12": "3", "P33": "1", "P40": "2"}
    assert behind_a_shut_gate(truth_quirama.corrected(folders["quirama"])) == set()
    corrections = truth_quirama.memo(folders["quirama"])
    memo = {(key["FOLIO"], key["LIN"]) for key, column, wrong, _ in corrections if shut.get(column) == wrong}
    assert behind_a_shut_gate(truth_quirama.read(folders["quirama"])) == memo


def test_quiramas_design_is_as_its_notes_say(folders: Folders, truths: Truths) -> None:
    strata: dict[str, set[str]] = defaultdict(set)
    for person in truths["quirama"]:
        strata[person.stratum].add(person.psu)
    assert strata == {**{str(h): {str(i) for i in range(1, 12)} for h in range(1, 9)}, "9": {"1"}}
    assert all(person.weight != int(person.weight) for person in truths["quirama"])
    _, about = pyreadstat.read_sav(folders["quirama"] / "enh2026.sav", user_missing=True, metadataonly=True)
    assert about.missing_ranges == {name: [{"lo": 8.0, "hi": 9.0}] for name in quirama.MODULE}
    assert about.variable_value_labels["P31"][9.0] == "No responde"


def test_quiramas_memo_names_all_that_is_wrong_in_the_file(folders: Folders) -> None:
    typed, right = truth_quirama.read(folders["quirama"]), truth_quirama.corrected(folders["quirama"])
    changes = {(column, wrong, new) for _, column, wrong, new in truth_quirama.memo(folders["quirama"])}
    found = {
        (name, old[name], row[name])
        for old, row in zip(typed, right, strict=True)
        for name in old
        if old[name] != row[name]
    }
    assert found == changes
    assert {column for column, *_ in found} == {"P03", "P04", "P12", "P23", "P33", "P40", "P45", "LIN"}
    codes = {"P03": {"1", "2"}, "P23": {"", "1", "2", "8", "9"}, "P04": {"", *map(str, range(98))}}
    for rows, wrong in (
        (typed, {"P03": {"7"}, "P23": {"22"}, "P04": {"411", "999"}}),
        (right, {name: set() for name in codes}),
    ):
        assert {name: {row[name] for row in rows} - known for name, known in codes.items()} == wrong
    twice = [key for key, times in Counter((row["FOLIO"], row["LIN"]) for row in typed).items() if times > 1]
    assert len(twice) == 1


def test_quiramas_corrections_gain_a_case_and_lose_one(folders: Folders) -> None:
    rows = zip(
        truth_quirama.read(folders["quirama"]), truth_quirama.corrected(folders["quirama"]), strict=True
    )
    moved = Counter(
        (truth_quirama.forced_labour(old), truth_quirama.forced_labour(new))
        for old, new in rows
        if new["RESMOD"] == "1"
    )
    assert {pair: moved[pair] for pair in moved if pair[0] is not pair[1]} == {
        (False, True): 1,
        (True, False): 1,
    }


# ----------------------------------------------------------------------------------------------------- Tamari


def job(number: int, **answers: str) -> dict[str, str]:
    block = {"invol": "0", "leave": "1", "penalty": "0"} | answers
    return {f"grp_jobs/job{number}_{name}": value for name, value in block.items()}


def work(paid: str = "1", own: str = "0", other: str = "0", jobs: str = "1") -> dict[str, str]:
    return {
        "grp_work/q_paid": paid,
        "grp_work/q_own": own,
        "grp_work/q_other": other,
        "grp_work/n_jobs": jobs,
    }


@pytest.mark.parametrize(
    ("answers", "truth"),
    [
        (work("0", jobs=""), False),
        (work("99", jobs=""), None),  # a refused gate: there may have been a job
        (work("99", own="1") | job(1), False),
        (work(jobs="99"), None),
        (work(jobs="1"), None),  # broken off
        (work() | job(1), False),
        (work() | job(1, invol="1 3", penalty="2"), True),
        (work() | job(1, invol="1 3", penalty="98"), None),
        (work() | job(1, invol="99", penalty="1"), None),
        (work() | job(1, invol="99", penalty="0"), False),  # no debt and no papers kept: blank is no
        (work() | job(1, invol="", penalty="0"), False),
        (work() | job(1, invol="4", debt_hold="1"), True),
        (work() | job(1, invol="4", debt_hold="98"), None),
        (work() | job(1, invol="4", docs_kept="1"), True),
        (work() | job(1, invol="4", docs_kept="99"), None),
        (work() | job(1, leave="0", penalty="4"), True),
        (work(jobs="2") | job(1, invol="1") | job(2, penalty="1"), False),  # not in the same job
        (work(jobs="3") | job(1) | job(2, invol="5", penalty="3"), True),
        (work(jobs="2") | job(1), None),
        (work(jobs="2") | job(1, invol="1", penalty="1"), True),
    ],
)
def test_tamaria_by_hand(answers: dict[str, str], truth: Truth) -> None:
    assert truth_tamaria.forced_labour(dict.fromkeys(tamaria.PERSON, "") | answers) is truth


def test_tamarias_select_multiples_are_what_kobo_writes(folders: Folders) -> None:
    options = [*tamaria.PENALTY, *tamaria.ALONE]
    for row in truth_tamaria.read(folders["tamaria"], "persons"):
        for number in (1, 2):
            for question, most in (("invol", tamaria.INVOL), ("penalty", tamaria.PENALTY)):
                codes = row[f"grp_jobs/job{number}_{question}"].split()
                assert len(codes) == 1 or {*codes} <= {*most}
            cells = [row[f"grp_jobs/job{number}_penalty/{option}"] for option in options]
            assert cells == (
                [str(int(option in codes)) for option in options] if codes else [""] * len(options)
            )


def test_tamarias_blocks_are_filled_where_the_number_of_jobs_opens_them(folders: Folders) -> None:
    for row in truth_tamaria.read(folders["tamaria"], "persons"):
        jobs = row["grp_work/n_jobs"]
        for number in (1, 2):
            filled = any(value for name, value in row.items() if name.startswith(f"grp_jobs/job{number}_"))
            assert not filled or (jobs not in ("", "99") and int(jobs) >= number)
        assert jobs == "" or "1" in (row["grp_work/q_paid"], row["grp_work/q_own"], row["grp_work/q_other"])
        assert row["grp_mod/consent"] == "1" or row["grp_work/q_paid"] == ""


def test_tamarias_files_are_an_export_with_two_ways_from_person_to_household(folders: Folders) -> None:
    raw = (folders["tamaria"] / "tlcws_persons.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.split(b"\r\n")[0].count(b";") == len(tamaria.PERSON) - 1
    households, persons = (truth_tamaria.read(folders["tamaria"], name) for name in ("households", "persons"))
    uuid = {row["_index"]: row["_uuid"] for row in households}
    assert len(set(uuid.values())) == len(households)
    assert all(uuid[row["_parent_index"]] == row["_submission__uuid"] for row in persons)
    assert any(row["_index"] != row["_parent_index"] for row in persons)
    assert {row["grp_intro/mode"] for row in households} == {"capi", "cati"}


# ------------------------------------------------------------------------------------------------------ Lerov

QUIET = {"A1": "1", "A2": "5", "A3": "5", **dict.fromkeys(["B1", "B2", "B3", "B4"], "5"), "B5": "1"}
TOLD = QUIET | dict.fromkeys(["C1", "C2", "C3", "C4", "C5"], "5") | {"B2": "1"}


@pytest.mark.parametrize(
    ("answers", "truth"),
    [
        (dict.fromkeys(["A1", "A2", "A3"], "5"), False),
        ({"A1": "5", "A2": "9", "A3": "5"}, None),
        (QUIET, False),  # the gate to C is shut
        (QUIET | {"B1": "8"}, None),  # the gate to C is unknown, and so is B1
        (TOLD, False),
        (TOLD | {"C2": "1"}, True),
        (TOLD | {"C2": "9"}, None),
        (TOLD | {"C5": "6"}, False),
        (TOLD | {"C5": "7"}, None),  # don't know, in this question only
        (TOLD | {"B2": "5", "B4": "7", "B5": "2", "C1": "1"}, True),
        (TOLD | {"B2": "5", "B4": "7", "C1": "1"}, False),  # no pay was agreed
        (TOLD | {"B2": "5", "B5": "3", "C1": "1"}, False),  # a punishment alone is not involuntary
        (TOLD | {"B5": "3"}, True),
    ],
)
def test_lerovas_adults_by_hand(answers: dict[str, str], truth: Truth) -> None:
    assert truth_lerova.adult(dict.fromkeys(A, "") | answers) is truth


IDLE = {"D1": "5", "D4": "5", "W1": "5", "W2": "5", "W3": "5"}
ADULTS: dict[tuple[str, str], Truth] = {("h", "1"): True, ("h", "2"): False, ("h", "3"): None}


@pytest.mark.parametrize(
    ("answers", "mother", "father", "routes"),
    [
        (IDLE, "1", "2", (False, False, False, False)),
        (IDLE | {"W2": "1"}, "1", "2", (True, False, False, False)),
        (IDLE | {"D4": "1", "D5": "5"}, "1", "90", (False, True, False, False)),
        (IDLE | {"D4": "1", "D5": "5"}, "2", "95", (False, False, False, False)),
        (
            IDLE | {"D4": "1", "D5": "5"},
            "2",
            "90",
            (False, None, False, False),
        ),  # the other parent was not asked
        (IDLE | {"D4": "1", "D5": "5"}, "2", "4", (False, None, False, False)),
        (IDLE | {"D4": "1", "D5": "5"}, "3", "95", (False, None, False, False)),
        (IDLE | {"D4": "1", "D5": "1"}, "95", "95", (False, False, True, False)),
        (IDLE | {"D4": "9"}, "1", "95", (False, None, None, False)),
        (IDLE | {"D1": "1", "D2": "1", "D3": "2"}, "1", "2", (False, False, False, True)),
        (
            IDLE | {"D1": "1", "D2": "1", "D3": "1"},
            "1",
            "2",
            (False, False, False, False),
        ),  # a penalty by the parents
        (IDLE | {"D1": "1", "D2": "8"}, "1", "2", (False, False, False, None)),
        (IDLE | {"D1": "1", "D2": "5"}, "1", "2", (False, False, False, False)),
        (IDLE | {"D1": "9", "W1": "9"}, "1", "2", (None, False, False, None)),
    ],
)
def test_lerovas_children_by_hand(
    answers: dict[str, str], mother: str, father: str, routes: tuple[Truth, ...]
) -> None:
    """Routes in the order of the flowchart: iv, iii, ii, i."""
    member = {"interview__key": "h", "s1_mother": mother, "s1_father": father}
    assert truth_lerova.routes(dict.fromkeys(C, "") | answers, member, ADULTS) == dict(
        zip(truth_lerova.ROUTES, routes, strict=True)
    )


def test_lerovas_children_are_cases_by_every_route(truths: Truths) -> None:
    children = [person for person in truths["lerova"] if person.population == "children" and person.asked]
    assert {person.label for person in children if person.outcome} == {"i", "ii", "iii", "iv"}
    assert all(bool(person.label) is (person.outcome is True) for person in children)


def test_lerovas_files_name_households_in_three_ways(folders: Folders) -> None:
    roster = truth_lerova.read_roster(folders["lerova"])
    households, module = (
        truth_lerova.read_households(folders["lerova"]),
        truth_lerova.read_module(folders["lerova"]),
    )
    ways: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in roster:
        ways[row["interview__key"]].add((row["cluster_no"], row["household_no"]))
    assert all(len(found) == 1 for found in ways.values())
    assert {key for found in ways.values() for key in found} == set(households)
    assert len(ways) == len(households) == len(households) // 13 * 13
    assert len({number for _, number in households}) == 13  # the number alone is no key
    members = {(row["interview__key"], row["roster__id"]): row for row in roster}
    assert set(module) < set(members)
    selected = Counter((row["HH_REF"], row["MODULE"]) for row in module.values())
    assert set(selected.values()) == {1}
    for (household, line), row in members.items():
        young = int(row["s1_age"]) < 18
        for parent in (row["s1_mother"], row["s1_father"]):
            assert bool(parent) is young
            assert not young or parent in ("90", "95") or (parent != line and (household, parent) in members)


def test_who_refused_lerovas_module_is_not_asked(folders: Folders, truths: Truths) -> None:
    module = truth_lerova.read_module(folders["lerova"])
    results = Counter(row["RESULT"] for row in module.values())
    assert results["2"] > 20
    assert sum(person.asked for person in truths["lerova"]) == results["1"]
