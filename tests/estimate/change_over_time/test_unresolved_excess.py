"""Tests verdicts that must hold whatever the unresolved persons are: R's standard error of the second test,
the rule, and wide bounds."""

from __future__ import annotations

import functools
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from shared_surveys import classified
from small_surveys import ANSWERS, SPEC

import fltoolkit as fl
from fltoolkit.estimate.change_over_time import unresolved_excess
from fltoolkit.estimate.change_over_time.difference import (
    COVERS_ZERO,
    DECREASED,
    INCREASED,
    NO_CHANGE,
    NO_DF,
    NOT_TOLD,
    TOO_FEW,
    TOO_UNLIKE,
    RoundEstimates,
    WithLimits,
    mover,
)
from fltoolkit.estimate.change_over_time.unresolved_excess import (
    Matched,
    excess_counted,
    is_unjudged,
    unresolved_as_cases,
    wide_bounds,
    without_doubtful_verdicts,
)
from fltoolkit.languages.reasons import Reason

GOLDEN = Path(__file__).parents[2] / "golden"
RECORDS = {r["id"]: r for r in json.loads((GOLDEN / "unresolved.json").read_text("utf-8"))["records"]}
FILES = (("clustered.csv", 9), ("round2.csv", 4))
DESIGN = {"weight": "weight", "strata": "stratum", "psu": "psu", "selection": "pps"}
SAYS = {"kept": True, "new": False}


@functools.cache
def golden_round(position: int) -> fl.ClassifiedSurvey:
    """A round of tests/golden/unresolved.R: the same cases and unresolved persons, as answers to a
    questionnaire."""
    file, every = FILES[position]
    table = pd.read_csv(GOLDEN / "data" / file)
    is_open = (table["award"] == 0) & (np.floor(4 * table["income"]) % every == 0)
    answer = np.select([table["award"] == 1, is_open], ["case", "open"], "not")
    answers = pd.DataFrame([ANSWERS[a] for a in answer])
    people = pd.concat([table[["stratum", "psu", "weight", "sex"]], answers], axis=1)
    people = people.assign(HH=np.arange(len(people)), LINE=1, AGE=30)
    spec = {
        **{k: v for k, v in SPEC.items() if k not in ("sectors", "populations")},
        "design": DESIGN,
        "year": 2025 + 2 * position,
        "groups": {"sex": {"column": "sex", "codes": {1: "men", 2: "women"}}},
        "populations": {"adults": {"label": "adults", "age": {"min": 18}}},
        "accept": [{"finding": "weights", "column": "weight", "why": "the script of R has them, too"}],
    }
    with tempfile.TemporaryDirectory() as folder:
        people.to_csv(Path(folder, "persons.csv"), index=False)
        Path(folder, "survey.yaml").write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
        return classified(Path(folder))


@pytest.mark.parametrize("key", RECORDS)
def test_the_excess_has_the_change_and_the_standard_error_of_r(key: str) -> None:
    record = RECORDS[key]
    r = record["numbers"]
    before, after = (fl.prevalence(golden_round(i), by=[[], ["sex"]]) for i in (0, 1))
    assert before.unresolved_shares is not None
    assert after.unresolved_shares is not None
    shares = [before.unresolved_shares.share[0], after.unresolved_shares.share[0]]
    np.testing.assert_allclose(shares, r["share"], rtol=1e-12)
    rows = np.arange(3)
    found = excess_counted(
        Matched(before, after, rows, rows, record["shared"]), np.full(3, DECREASED, object), by_size=False
    )
    np.testing.assert_allclose(found["change"], r["change"], rtol=1e-10)
    np.testing.assert_allclose(found["se"], r["se"], rtol=1e-10)
    first = np.arange(1)
    numbers = (fl.total(golden_round(0)), fl.total(golden_round(1)))
    total = excess_counted(
        Matched(*numbers, first, first, record["shared"]), np.full(1, DECREASED, object), by_size=False
    )
    assert total["change"][0] == pytest.approx(r["total"], rel=1e-10)
    assert total["se"][0] == pytest.approx(r["total_se"], rel=1e-10)


def test_of_an_increase_of_a_number_the_earlier_population_is_meant() -> None:
    """By a plain loop: T2 + X1·u2 − T1 − X1·u1."""
    sums = []
    for file, every in FILES:
        t = x = u = 0.0
        for row in pd.read_csv(GOLDEN / "data" / file).to_dict("records"):
            x += row["weight"]
            t += row["weight"] * row["award"]
            u += row["weight"] * (row["award"] == 0 and int(4 * row["income"]) % every == 0)
        sums.append((t, x, u))
    (t1, x1, u1), (t2, x2, u2) = sums
    rows = np.arange(1)
    matched = Matched(fl.total(golden_round(0)), fl.total(golden_round(1)), rows, rows, False)
    found = excess_counted(matched, np.array([INCREASED], object), by_size=False)["change"][0]
    assert found == pytest.approx(t2 - t1 + x1 * (u2 / x2 - u1 / x1), rel=1e-12)


def test_only_a_verdict_that_the_unresolved_speak_against_is_tested_again() -> None:
    said = [DECREASED, DECREASED, INCREASED, INCREASED, NO_CHANGE, DECREASED]
    before, after = [0.01, 0.02, 0.01, 0.02, 0.01, np.nan], [0.02, 0.01, 0.02, 0.01, 0.02, 0.02]
    assert unresolved_excess.needs_second_test(said, before, after).tolist() == [
        True,
        False,
        False,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("reason", [TOO_FEW, NO_DF, TOO_UNLIKE, NOT_TOLD])
def test_a_change_that_may_have_no_verdict_is_not_judged(reason: Reason) -> None:
    """Before, *no detectable change* stood beside −9,540 (−13,800 to −6,000), for the publication does not
    say how many cases."""
    assert is_unjudged(NO_CHANGE, reason)
    assert not is_unjudged(NO_CHANGE, COVERS_ZERO)


def test_a_verdict_falls_unless_the_second_test_says_the_same() -> None:
    rows = pd.DataFrame({"verdict": [DECREASED, DECREASED, INCREASED, NO_CHANGE], "reason": [""] * 4})
    none = np.full(4, False)
    got = without_doubtful_verdicts(rows, np.array([False, True, True, True]), (none, none))
    assert got["verdict"].tolist() == [DECREASED, NO_CHANGE, NO_CHANGE, NO_CHANGE]
    said = "more unresolved answers in one round"
    assert got["reason"].tolist() == ["", said, said, ""]


SIDE = RoundEstimates(0.02, 0.003, 0.015, 0.027, 50.0, 5000, 100, 40)


def test_limits_keep_their_distance_and_what_the_unresolved_add() -> None:
    """By hand: √(0.007² + t²·(0.005² − 0.003²)), t = 2.0086 with 50 degrees of freedom; what would take
    variance away takes none."""
    got = unresolved_as_cases(SIDE, 0.01, 0.005, 0.95)
    assert (got.estimate, got.se, got.cases) == (0.03, 0.005, 100)
    assert got.ci_high == pytest.approx(0.03 + np.sqrt(0.007**2 + 2.0086**2 * 0.004**2), rel=1e-5)
    assert got.ci_low == pytest.approx(0.03 - np.sqrt(0.005**2 + 2.0086**2 * 0.004**2), rel=1e-5)
    less = unresolved_as_cases(SIDE, 0.01, 0.002, 0.95)
    assert (less.ci_low, less.ci_high) == (pytest.approx(0.025), pytest.approx(0.037))


# ------------------------------------------------------------------------------------------------------ two r

Made = Callable[..., Any]


def persons(cases: int, unresolved: int, n: int = 2400) -> list[tuple[str, dict[str, Any]]]:
    """Persons in 40 PSUs of 60; who is a case or unresolved is drawn over them."""
    psu = np.random.default_rng(7).permutation(n) % 40
    order = [("case" if i < cases else "open" if i < cases + unresolved else "not") for i in range(n)]
    return [(answer, {"P": int(psu[i]), "SEX": 1 + i % 2, "W": 10 + i % 3}) for i, answer in enumerate(order)]


def estimated(
    small: Made, cases: int, unresolved: int, year: int, verb: Callable[..., Any] = fl.prevalence, **keys: Any
) -> Any:
    return verb(
        small(persons(cases, unresolved), year=year, design={"psus_of_earlier_rounds": "new"}, **keys)
    )


def judged(
    small: Made, first: tuple[int, int], second: tuple[int, int], verb: Callable[..., Any] = fl.prevalence
) -> tuple[str, str]:
    row = fl.change(estimated(small, *first, 2025, verb), estimated(small, *second, 2027, verb)).table.iloc[0]
    return row["verdict"], row["reason"]


@pytest.mark.thorough("twenty pairs of drawn surveys")
@pytest.mark.parametrize("verb", [fl.prevalence, fl.total])
@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((120, 4), (60, 4), (DECREASED, "")),
        ((120, 6), (60, 3), (DECREASED, "")),  # fewer unresolved speak for it
        ((120, 0), (85, 10), (NO_CHANGE, "more unresolved answers in one round")),
        ((120, 0), (60, 5), (DECREASED, "")),  # it holds with all of them as cases
        ((85, 10), (120, 0), (NO_CHANGE, "more unresolved answers in one round")),
        ((60, 5), (120, 0), (INCREASED, "")),
        ((120, 0), (80, 0), (DECREASED, "")),
        ((120, 60), (60, 3), (NO_CHANGE, "too many unresolved answers in the earlier round")),
        ((120, 4), (20, 30), (NO_CHANGE, "too many unresolved answers in the later round")),
        ((120, 60), (40, 60), (NO_CHANGE, "too many unresolved answers in both rounds")),
    ],
)
def test_a_decrease_or_an_increase_stands_only_without_the_excess(
    small: Made, verb: Any, first: tuple[int, int], second: tuple[int, int], expected: tuple[str, str]
) -> None:
    assert judged(small, first, second, verb) == expected


def test_what_leaves_nobody_unresolved_is_judged_as_before(small: Made) -> None:
    share = [
        fl.share(small(persons(cases, 10), year=year, design={"psus_of_earlier_rounds": "new"}), "sex")
        for cases, year in ((120, 2025), (60, 2027))
    ]
    assert all(est.unresolved_shares is None for est in share)
    assert set(fl.change(*share).table["verdict"]) == {NO_CHANGE}


def test_a_sector_that_only_cases_have_may_hold_every_unresolved_person(small: Made) -> None:
    before, after = (
        fl.total(small(persons(*counts), year=year, design={"psus_of_earlier_rounds": "new"}), by=["sector"])
        for counts, year in (((120, 0), 2025), ((85, 10), 2027))
    )
    table = fl.change(before, after).table
    assert table["reason"].tolist() == ["more unresolved answers in one round"] * len(table)


def test_wide_bounds_are_judged_at_full_precision() -> None:
    assert wide_bounds([0.02, 0.0200000001, 0.01, np.nan], [0.02, 0.02, np.nan, 0.02]).tolist() == [
        False,
        True,
        False,
        False,
    ]
    rows = pd.DataFrame(
        {"verdict": [NO_CHANGE, "not comparable", DECREASED], "reason": ["too few cases", "x", ""]}
    )
    every, none = np.full(3, True), np.full(3, False)
    got = without_doubtful_verdicts(rows, none, (every, none))
    assert got["verdict"].tolist() == [NO_CHANGE, "not comparable", NO_CHANGE]
    assert got["reason"].tolist() == [
        "too few cases",
        "x",
        "too many unresolved answers in the earlier round",
    ]


# ------------------------------------------------------------------------------------------------- since a pu

PRINTED = {"estimate": 0.05, "ci_low": 0.041, "ci_high": 0.06, "cases": 120, "psus_with_cases": 36}


@pytest.mark.parametrize(
    ("share", "later", "expected"),
    [
        (0.004, (60, 8), (DECREASED, "")),
        (0.0, (80, 12), (NO_CHANGE, "more unresolved answers in one round")),
        (None, (80, 12), (NO_CHANGE, "the publication does not say how many were unresolved")),
        (None, (40, 4), (DECREASED, "")),
        (None, (180, 12), (INCREASED, "")),
        (0.006, (180, 2), (INCREASED, "")),
        (0.02, (240, 2), (NO_CHANGE, "too many unresolved answers in the earlier round")),
    ],
)
def test_a_publication_is_tested_with_its_share_of_unresolved_persons(
    small: Made, share: float | None, later: tuple[int, int], expected: tuple[str, str]
) -> None:
    facts = PRINTED if share is None else {**PRINTED, "unresolved_share": share}
    got = fl.change_from_published(facts, estimated(small, *later, 2027))
    row = got.table.iloc[0]
    assert (row["verdict"], row["reason"]) == expected
    assert ("share of unresolved persons" in got.unstated) is (share is None)


def test_the_second_test_of_a_publication_is_mover_on_the_sum(small: Made) -> None:
    """The verdict turns where MOVER of the later round's sum, by hand, covers no change."""
    after = estimated(small, 80, 6, 2027)
    row = after.table.iloc[0]
    shares = after.unresolved_shares
    u = float(shares.share[0])
    z = after.influence[:, [0]] + shares.influence[:, [0]]
    se = float(np.sqrt(after.units.variances(z))[0])
    side = unresolved_as_cases(
        RoundEstimates(*(row[c] for c in RoundEstimates.__dataclass_fields__)), u, se, 0.95
    )
    verdict = {}
    for printed in np.linspace(0.04, 0.06, 41):
        facts = {
            **PRINTED,
            "estimate": printed,
            "ci_low": printed - 0.009,
            "ci_high": printed + 0.01,
            "unresolved_share": 0.0,
        }
        got = fl.change_from_published(facts, after).table.iloc[0]
        _, high = mover(
            WithLimits(printed, printed - 0.009, printed + 0.01),
            WithLimits(side.estimate, side.ci_low, side.ci_high),
        )
        verdict[float(high) < 0] = verdict.get(float(high) < 0, set()) | {got["verdict"]}
    assert verdict == {True: {DECREASED}, False: {NO_CHANGE}}


def test_a_sum_of_influences_is_the_influence_of_the_sum(small: Made) -> None:
    """Where all unresolved are cases the estimate itself is the bound, and so is its standard error."""
    est = estimated(small, 80, 12, 2025)
    asked = fl.prevalence(small([("case" if a == "open" else a, own) for a, own in persons(80, 12)]))
    shares = est.unresolved_shares
    summed = np.sqrt(est.units.variances(est.influence + shares.influence))
    assert est.table["estimate"][0] + shares.share[0] == pytest.approx(asked.table["estimate"][0], rel=1e-12)
    assert summed[0] == pytest.approx(asked.table["se"][0], rel=1e-12)
