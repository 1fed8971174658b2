"""Cubes of two and three dimensions attacked with everything shown, weighted numbers too; and what the audit itself says."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pandas as pd
import pytest
from attack import Reader, told

import fltoolkit as fl
from fltoolkit.estimate.totals.result_cells import cube
from fltoolkit.publish.disclosure.cell_counts import Cell, Key, Limits
from fltoolkit.publish.disclosure.complementary_suppression import protect
from fltoolkit.publish.disclosure.disclosure_audit import audit

AUDIT = importlib.import_module("fltoolkit.publish.disclosure.disclosure_audit")
PUBLISH = importlib.import_module("fltoolkit.publish.published_set")
PROTECT = importlib.import_module("fltoolkit.publish.disclosure.complementary_suppression")
SETTLE = importlib.import_module("fltoolkit.publish.disclosure.linked_tables")
CUBES = [(0, 2, "prevalence"), (1, 2, "total"), (2, 2, "share"), (0, 3, "prevalence"), (1, 3, "total")]


def random_cube(seed: int, groups: int) -> fl.SurveyDesign:
    """Rare cases in most cells, in a few nearly everybody; cases weigh less than others, so that their weight tells more."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(900, 1500))
    frame = pd.DataFrame({"psu": rng.integers(0, 60, n)})
    for g in "abc"[:groups]:
        frame[g] = rng.choice(list("pqr"), n, p=[0.5, 0.35, 0.15])
    frame["y"] = (rng.random(n) < np.where(frame["a"] == "r", 0.96, 0.04)).astype(int)
    frame["w"] = rng.uniform(2, 40, n) * np.where(frame["y"], 0.4, 1)
    return fl.SurveyDesign(frame, weight="w", psu="psu")


def estimated(seed: int, groups: int, measure: str) -> fl.Estimates:
    design, by = random_cube(seed, groups), fl.cube(*"abc"[:groups])
    return fl.share(design, "y", by) if measure == "share" else getattr(fl, measure)(design, "y", by=by)


@pytest.mark.parametrize(("seed", "groups", "measure"), CUBES)
def test_nothing_shown_of_a_cube_tells_of_a_confidential_cell(seed: int, groups: int, measure: str) -> None:
    est = estimated(seed, groups, measure)
    out = fl.publish(est)
    assert told(out.exact, PUBLISH._tidy(est)) == []
    assert out.notes == ()
    assert (out.exact["marker"] != "c").sum() > 3


def without(quantities: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    real = AUDIT.quantities_of
    for module in (AUDIT, PROTECT):
        monkeypatch.setattr(module, "quantities_of", lambda *args: [q for q in real(*args) if q.name not in quantities])


def test_the_attack_wins_where_weighted_numbers_are_not_protected(monkeypatch: pytest.MonkeyPatch) -> None:
    """So the test above can fail: counts that nobody can work out, and weighted numbers that tell them."""
    without({"weighted"}, monkeypatch)
    leaks = {seed: told(fl.publish(est := estimated(seed, 2, "prevalence")).exact, PUBLISH._tidy(est)) for seed in (0, 3, 5)}
    assert all(leaks.values())
    assert all(": weighted " in text for texts in leaks.values() for text in texts)


@pytest.mark.parametrize("protected", [True, False])
def test_few_who_are_not_cases_need_a_complement_with_others(protected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 90, 63 and 27 persons all but 1, 5 and 0 are cases. Two confidential cells hide each other's cases, not the one non-case."""
    cells = {key(a="p"): cell(89, 90), key(a="q"): cell(58, 63), key(a="r"): cell(27, 27), key(): cell(174, 180)}
    primary = dict.fromkeys((key(a="p"), key(a="r")), "few who are not cases")
    if not protected:
        without({"non_cases", "weighted_others"}, monkeypatch)
    hidden = protect(cells, primary, Limits())
    sees = Reader([k for k in cells if k], {k: c.persons - c.cases for k, c in cells.items() if k not in hidden})
    assert (sees.range(key(a="p"))[1] >= 4) is protected
    assert (set(hidden) == set(primary)) is not protected


def key(**groups: str) -> Key:
    return frozenset(groups.items())


def cell(cases: int, persons: int = 100, weight: float = 10.0) -> Cell:
    return Cell(
        cases, persons, persons - cases, weighted=cases * weight, weighted_others=(persons - cases) * 10.0, mean_weight=10.0
    )


CELLS = {key(): cell(16, 300), key(a="1"): cell(3), key(a="2"): cell(4), key(a="3"): cell(9)}


def audited(cells: dict[Key, Cell], primary: list[Key], hidden: list[Key]) -> dict[tuple[Key, str], tuple[float, float, bool]]:
    found = audit(cells, primary, hidden, Limits())
    rows = zip(found["cell"], found["quantity"], found["least"], found["most"], found["safe"], strict=True)
    return {(k, quantity): (round(least, 6), round(most, 6), safe) for k, quantity, least, most, safe in rows}


def test_the_audit_tells_what_stays_possible() -> None:
    few = [key(a="1"), key(a="2")]
    found = audited(CELLS, few, few)
    assert {found[k, "cases"] for k in few} == {(0, 7, True)}  # 16 less 9
    assert {found[k, "weighted"] for k in few} == {(0, 70, True)}  # 7 mean weights of 10
    assert len(found) == 4
    assert audited(CELLS, few[:1], few[:1])[few[0], "cases"] == (3, 3, False)


def test_a_weighted_range_of_less_than_five_mean_weights_is_not_safe() -> None:
    """Two cells of 3 and 4 cases with weights a tenth of the mean: the 7 cases are secret, their 7 persons in the population not."""
    light = {key(a="1"): cell(3, weight=1.0), key(a="2"): cell(4, weight=1.0), key(a="3"): cell(9)}
    whole = Cell(16, 300, 284, weighted=97.0, weighted_others=2840.0, mean_weight=10.0)
    few = [key(a="1"), key(a="2")]
    found = audited({key(): whole, **light}, few, few)
    assert found[few[0], "cases"] == (0, 7, True)
    assert found[few[0], "weighted"] == (0, 7, False)


def test_few_who_are_not_cases_stay_secret_among_their_own() -> None:
    cells = {key(): cell(150, 300), key(a="1"): cell(97), key(a="2"): cell(30), key(a="3"): cell(23)}
    found = audited(cells, [key(a="1")], [key(a="1"), key(a="2")])
    assert found[key(a="1"), "non_cases"] == (0, 73, True)
    assert {quantity for _, quantity in found} == {"cases", "weighted", "non_cases", "weighted_others"}


def test_numbers_that_do_not_add_up_are_no_excuse_to_show() -> None:
    cells = {key(): cell(5, 300), key(a="1"): cell(3), key(a="2"): cell(4), key(a="3"): cell(9)}
    found = audit(cells, [key(a="1")], [key(a="1"), key(a="2")], Limits())
    assert not found["safe"].any()


def test_a_cell_that_protection_left_exposed_takes_its_breakdown_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The audit is the last word: without any complement it hides the breakdown as a whole, and says so."""
    monkeypatch.setattr(SETTLE, "protect", lambda cells, primary, limits, gone=None, **_: {**(gone or {}), **primary})
    for seed in range(3):
        est = estimated(seed, 2, "prevalence")
        out = fl.publish(est)
        assert told(out.exact, PUBLISH._tidy(est)) == []
        assert "All of a × b of" in out.notes[0]
        assert (out.exact.query("breakdown == 'a × b'")["marker"] == "c").all()


def test_a_flowchart_that_would_tell_is_hidden_as_a_whole_and_it_is_said(small: Any) -> None:
    """Ten without work in two sampling points, every other step shown by the headline: nothing is left to hide them behind."""
    people = [("case", {"P": i % 30}) for i in range(60)] + [("open", {"P": i % 30}) for i in range(60)]
    people += [("idle", {"P": i % 2}) for i in range(10)]
    out = fl.publish_run(small(people))
    chart = out.select("flowchart", [[], ["step"]])
    assert (chart["marker"] == "c").all()
    assert chart["cases"].isna().all()
    assert out.notes == (PUBLISH.COARSE.format("the flowchart of adults"),)


def test_few_known_not_to_be_cases_hide_how_many_are_unresolved(small: Any) -> None:
    """20 cases and 60 unresolved of 83: with the 60 the 3 would be known who are neither."""
    people = [("case", {"P": i % 30}) for i in range(20)] + [("open", {"P": i % 30}) for i in range(60)]
    persons = small(people + [("not", {"P": i}) for i in range(3)])
    row = fl.publish_run(persons).select("prevalence").iloc[0]
    assert row["cases"] == 20
    assert pd.isna(row["unresolved"])
    chart = fl.publish(fl.flowchart(persons)).table.set_index("step")
    assert chart.loc["unresolved", "marker"] == "c"


def test_the_attack_reads_weighted_numbers() -> None:
    """The attacker is no straw man: shown everything, he works out every confidential cell, in all four numbers."""
    est = estimated(0, 2, "prevalence")
    full = PUBLISH._tidy(est)
    found = told(full, full)
    assert {text.split(": ")[1].split(" ")[0] for text in found} == {"cases", "weighted", "non_cases", "weighted_others"}
    assert len(cube("a", "b")) == 4
