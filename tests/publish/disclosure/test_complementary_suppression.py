"""Tests that no confidential count can be calculated from the counts shown: random tables, attacked by linear
algebra."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from attack import Reader
from hypothesis import Phase, given, settings, strategies as st
from thoroughness import tries

from fltoolkit.estimate.totals.breakdowns import cube
from fltoolkit.publish.disclosure.cell_system import system_of
from fltoolkit.publish.disclosure.complementary_suppression import COMPLEMENT, Protected, protect
from fltoolkit.publish.disclosure.confidential_cells import Cell, Key, Limits, confidential
from fltoolkit.publish.disclosure.feasible_counts import feasible_range

many_tables = settings(
    max_examples=tries(80, few=30), deadline=None, derandomize=True, database=None, phases=[Phase.generate]
)
Table = tuple[dict[Key, Cell], list[Key]]


def key(**groups: str) -> Key:
    return frozenset(groups.items())


def tabulate(counts: Mapping[Key, tuple[int, int]], breakdowns: Sequence[Sequence[str]]) -> dict[Key, Cell]:
    """The cells of some breakdowns of a full cross-tabulation of (cases, persons); cells without persons are
    absent."""
    cells: dict[Key, Cell] = {}
    for breakdown in breakdowns:
        for cell, (cases, persons) in counts.items():
            if persons:
                k = frozenset((g, v) for g, v in cell if g in breakdown)
                old = cells.get(k, Cell(0, 0))
                cells[k] = Cell(old.cases + cases, old.persons + persons)
    return cells


@st.composite
def tables(draw: st.DrawFn, ways: tuple[int, ...] = (1, 2, 3), whole: bool = False) -> Table:
    """A random table: rare cases, some cells without cases, some without persons; all breakdowns, or some of
    them."""
    groups = list("abc")[: draw(st.sampled_from(ways))]
    sizes = [draw(st.integers(2, 4 if len(groups) < 3 else 3)) for _ in groups]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    counts: dict[Key, tuple[int, int]] = {}
    for values in product(*(range(s) for s in sizes)):
        persons = 0 if rng.random() < 0.06 else int(rng.integers(20, 200))
        cases = 0 if not persons or rng.random() < 0.25 else int(rng.poisson(rng.choice([2, 5, 9, 30])))
        counts[frozenset(zip(groups, map(str, values), strict=True))] = (cases, persons)
    every = cube(*groups)
    shown = (
        every
        if whole
        else draw(st.lists(st.sampled_from(every), min_size=1, max_size=len(every), unique_by=tuple))
    )
    return tabulate(counts, shown), [k for k, (_, persons) in counts.items() if persons]


def decided(cells: Mapping[Key, Cell]) -> tuple[dict[Key, str], dict[Key, str]]:
    primary = {k: why for k, c in cells.items() if (why := confidential(c, Limits()))}
    return primary, hidden_of(cells, primary)


def hidden_of(
    cells: Mapping[Key, Cell],
    primary: Mapping[Key, str],
    limits: Limits | None = None,
    key: bytes = b"",
    **more: Any,
) -> dict[Key, str]:
    """All that `protect` hides of cells of which nothing else is known; it must leave none exposed."""
    found: Protected[Key] = protect(system_of(cells), primary, limits or Limits(), key=key, **more)
    assert found.exposed == []
    return found.hidden


def reader(cells: Mapping[Key, Cell], finest: list[Key], hidden: Mapping[Key, str]) -> Reader:
    return Reader(finest, {k: c.cases for k, c in cells.items() if k not in hidden})


@given(table=tables())
@many_tables
def test_no_hidden_count_follows_from_the_counts_shown(table: Table) -> None:
    """Neither a confidential one, nor one that would be hidden in vain."""
    cells, finest = table
    primary, hidden = decided(cells)
    sees = reader(cells, finest, hidden)
    assert primary.items() <= hidden.items()
    assert [sorted(k) for k in hidden if sees.knows(k)] == []


@pytest.mark.thorough("draws many tables")
@given(table=tables(whole=True))
@many_tables
def test_a_confidential_count_could_still_be_any_from_one_to_four(table: Table) -> None:
    cells, finest = table
    primary, hidden = decided(cells)
    sees = reader(cells, finest, hidden)
    for k in primary:
        low, high = sees.range(k)
        assert low <= 1 + 1e-6, sorted(k)
        assert high >= 4 - 1e-6, sorted(k)


@pytest.mark.thorough("draws many tables")
@given(table=tables(whole=True))
@many_tables
def test_never_exactly_one_cell_is_hidden_beside_its_total(table: Table) -> None:
    cells, _ = table
    _, hidden = decided(cells)
    for whole in cells:
        for more in {frozenset(g for g, _ in k) for k in cells if whole < k}:
            parts = [k for k in cells if whole < k and frozenset(g for g, _ in k) == more]
            unknown = [k for k in (whole, *parts) if k in hidden]
            assert len(unknown) != 1, (sorted(whole), sorted(more))


def test_the_attack_succeeds_where_only_the_confidential_cells_are_hidden() -> None:
    """So the tests above can fail: without complements, most random tables give a count away."""
    found: list[bool] = []

    @given(table=tables(ways=(2,), whole=True))
    @many_tables
    def attack(table: Table) -> None:
        cells, finest = table
        primary, _ = decided(cells)
        found.append(any(reader(cells, finest, primary).knows(k) for k in primary))

    attack()
    assert sum(found) > 0.4 * len(found)


def test_nothing_is_hidden_where_nothing_is_confidential() -> None:
    cells = tabulate({key(a="1"): (9, 90), key(a="2"): (0, 50), key(a="3"): (5, 60)}, [[], ["a"]])
    assert decided(cells) == ({}, {})


KEYS = [bytes([number]) for number in range(60)]


def complements(counts: tuple[int, ...], persons: tuple[int, ...], secret: bytes) -> set[str]:
    """The complements beside the first of some cells with a total."""
    cells = tabulate(
        {key(a=str(i)): cell for i, cell in enumerate(zip(counts, persons, strict=True))}, [[], ["a"]]
    )
    cells = {k: replace(c, non_cases=c.persons - c.cases) for k, c in cells.items()}
    hidden = hidden_of(cells, {key(a="0"): "few"}, key=secret, always_shown=[key()])
    return {dict(c)["a"] for c in hidden} - {"0"}


def test_the_choice_follows_the_key_and_not_the_counts() -> None:
    """Were it the smallest, one that is hidden beside a shown 5 could be nothing but a 5."""
    persons = (90, 90, 90, 90)
    chosen = [complements((4, 5, 8, 30), persons, secret) for secret in KEYS]
    assert {name for found in chosen for name in found} == {"1", "2", "3"}
    for other in ((3, 8, 5, 30), (1, 60, 7, 6)):
        assert [complements(other, persons, secret) for secret in KEYS] == chosen


def test_a_cell_of_few_persons_is_rather_the_complement() -> None:
    persons = (90, 300, 200, 300)
    chosen = Counter(name for secret in KEYS for name in complements((4, 40, 40, 40), persons, secret))
    assert chosen["2"] > chosen["1"] + chosen["3"]
    assert chosen["1"]
    assert chosen["3"]


def test_without_another_part_with_cases_one_without_is_hidden() -> None:
    cells = {
        key(): Cell(20, 900),
        key(a="1"): Cell(20, 100, psus=2),
        key(a="2"): Cell(0, 500),
        key(a="3"): Cell(0, 300),
    }
    hidden = set(hidden_of(cells, {key(a="1"): "psus"}))
    assert len(hidden) == 2
    assert hidden < {key(a="1"), key(a="2"), key(a="3"), key()}


def test_two_confidential_cells_that_add_to_too_little_need_a_third() -> None:
    counts = {key(a="1"): (1, 90), key(a="2"): (1, 90), key(a="3"): (9, 90), key(a="4"): (8, 90)}
    hidden = set(decided(tabulate(counts, [[], ["a"]]))[1])
    assert hidden in ({key(a="1"), key(a="2"), key(a="3")}, {key(a="1"), key(a="2"), key(a="4")})
    enough = counts | {key(a="1"): (3, 90), key(a="2"): (3, 90)}
    assert set(decided(tabulate(enough, [[], ["a"]]))[1]) == {key(a="1"), key(a="2")}


def test_a_cell_that_bridges_two_blocks_of_hidden_cells_is_found() -> None:
    """Each line holds two unknowns, yet the bridge is their difference: no single sum shows it."""
    hidden = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 2), (2, 3), (3, 2), (3, 3)]
    counts = {key(a=str(i), b=str(j)): (20, 99) for i in range(4) for j in range(4)} | {
        key(a="1", b="2"): (2, 99)
    }
    cells = tabulate(counts, cube("a", "b"))
    gone = {key(a=str(i), b=str(j)): "gone" for i, j in hidden if (i, j) != (1, 2)}
    bridge = key(a="1", b="2")
    assert reader(cells, list(counts), {**gone, bridge: ""}).knows(bridge)
    safe = hidden_of(cells, {bridge: "few"}, hidden_anyway=gone)
    assert not reader(cells, list(counts), safe).knows(bridge)
    assert safe.keys() > {*gone, bridge}


def test_a_margin_that_is_not_shown_ties_two_breakdowns() -> None:
    counts = {key(a=x, b=y, c=z): (6, 90) for x, y, z in product("12", "12", "123")} | {
        key(a="1", b="1", c="1"): (0, 90)
    }
    counts |= {key(a="1", b="1", c="2"): (1, 90), key(a="1", b="1", c="3"): (1, 90)}
    cells = tabulate(counts, [["a", "b"], ["a", "c"]])  # a is the sum of either; b = 1 in a = 1 has two cases
    primary, hidden = decided(cells)
    assert set(primary) == {key(a="1", b="1")}
    assert reader(cells, list(counts), primary).knows(key(a="1", b="1"))
    assert not reader(cells, list(counts), hidden).knows(key(a="1", b="1"))


def test_without_a_total_a_single_breakdown_needs_no_complement() -> None:
    cells = tabulate({key(a="1"): (3, 90), key(a="2"): (9, 90)}, [["a"]])
    assert set(decided(cells)[1]) == {key(a="1")}


def test_cells_shown_elsewhere_are_no_complements() -> None:
    cells = tabulate({key(a="1"): (3, 90), key(a="2"): (6, 90), key(a="3"): (9, 90)}, [[], ["a"]])
    assert set(hidden_of(cells, {key(a="1"): "few"}, always_shown=[key(), key(a="2")])) == {
        key(a="1"),
        key(a="3"),
    }
    found = protect(
        system_of(cells), {key(a="1"): "few"}, Limits(), always_shown=cells, key=b""
    )  # all are shown elsewhere: no help
    assert set(found.hidden) == {key(a="1")}
    assert found.exposed == [key(a="1")]


def test_cells_that_are_dear_are_hidden_last() -> None:
    cells = tabulate({key(a="1"): (3, 90), key(a="2"): (6, 90), key(a="3"): (90, 99)}, [[], ["a"]])
    for secret in KEYS[:20]:
        hidden = set(hidden_of(cells, {key(a="1"): "few"}, hide_last=[key(), key(a="2")], key=secret))
        assert hidden == {key(a="1"), key(a="3")}


def test_cells_hidden_for_another_reason_count_as_unknown_but_need_no_protection() -> None:
    cells = tabulate({key(a="1"): (3, 90), key(a="2"): (60, 90), key(a="3"): (9, 90)}, [[], ["a"]])
    assert set(hidden_of(cells, {key(a="1"): "few"}, hidden_anyway={key(a="2"): "gone"})) == {
        key(a="1"),
        key(a="2"),
    }
    assert set(hidden_of(cells, {}, hidden_anyway={key(a="2"): "gone"})) == {key(a="2")}


def test_a_higher_limit_leaves_a_wider_range() -> None:
    cells = tabulate({key(a="1"): (3, 90), key(a="2"): (5, 90), key(a="3"): (60, 90)}, [[], ["a"]])
    for limit in (5, 10):
        primary = {k: "few" for k, c in cells.items() if 0 < c.cases < limit}
        low, high = reader(cells, list(cells)[1:], hidden_of(cells, primary, Limits(cases=limit))).range(
            key(a="1")
        )
        assert low <= 1
        assert high >= limit - 1


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (Cell(0, 100, 100, 0, 0), ""),
        (Cell(0, 29, 29, 0, 0), "fewer than 30 persons"),
        (Cell(7, 29, 22, 7, 7), "fewer than 30 persons"),
        (Cell(7, 29, None, 7, 7), ""),
        (Cell(1, 100, 99, 5, 5), "fewer than 5 cases"),
        (Cell(4, 100, 96, 4, 4), "fewer than 5 cases"),
        (Cell(5, 100, 95, 3, 3), ""),
        (Cell(96, 100, 4, 50, 50), "fewer than 5 persons who are not cases"),
        (Cell(95, 100, 5, 50, 50), ""),
        (Cell(100, 100, None, 50, 50), ""),
        (Cell(20, 100, 80, 2, 20), "fewer than 3 sampling points with cases"),
        (Cell(20, 100, 80, 3, 2), "fewer than 3 households with cases"),
        (Cell(20, 100, 80, 3, None), ""),
    ],
)
def test_a_cell_is_confidential_for_its_first_reason(cell: Cell, why: str) -> None:
    assert confidential(cell, Limits()) == why


def test_no_complement_follows_from_the_cells_shown() -> None:
    """The weighted cases of two sexes in the north must stay unknown, so the north or everybody is hidden. Its
    cases would follow from the other and from the south."""
    counts = {("north", "men"): 3, ("north", "women"): 1, ("south", "men"): 12, ("south", "women"): 13}
    every = {key(region=r, sex=s): (n, 200) for (r, s), n in counts.items()}
    tabulated = tabulate(every, [(), ("region",), ("region", "sex")])
    cells = {
        k: replace(c, non_cases=c.persons - c.cases, weighted=float(c.cases)) for k, c in tabulated.items()
    }
    primary = {k: why for k, c in cells.items() if (why := confidential(c, Limits()))}
    system = system_of(cells, rounding_base=2.0)
    seen = 0
    for secret in KEYS[:20]:
        hidden = protect(system, primary, Limits(), key=secret).hidden
        is_hidden = np.array([k in hidden for k in system.cells])
        for k in [k for k, why in hidden.items() if why == COMPLEMENT]:
            low, high = feasible_range(system, system.place[k], is_hidden)[0]
            assert not high - low < 1, sorted(k)  # nan: there is no limit
            seen += 1
    assert seen
