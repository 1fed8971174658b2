"""Compares the kinds of persons of a survey with a table of the same persons."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fltoolkit.classify.group_columns import POPULATION
from fltoolkit.estimate.totals.person_patterns import PersonPatterns, read_patterns

# Men and women in two regions; every third a case, every seventh open, some without work; weights of 1 to 5.
PEOPLE = [
    (
        "case" if i % 3 == 0 else "open" if i % 7 == 0 else "idle" if i % 5 == 0 else "not",
        {"SEX": 1 + i % 2, "R": 1 + i % 4 // 2, "P": i % 20, "W": 1.0 + i % 5},
    )
    for i in range(120)
]


@pytest.fixture
def patterns(small: Any) -> PersonPatterns:
    return read_patterns(small(PEOPLE), ["sex", "region"], ["adults", "workers"])


def kinds_of(patterns: PersonPatterns, population: str, **groups: str) -> Any:
    """The kinds that are in a cell."""
    return patterns.holds([(population, frozenset(groups.items()))]).toarray()[0] > 0


def those(**facts: Any) -> list[tuple[str, dict[str, Any]]]:
    return [(what, own) for what, own in PEOPLE if all(own[k] == v for k, v in facts.items())]


def test_persons_cases_and_unresolved_are_counted_by_kind(patterns: PersonPatterns) -> None:
    for sex, code in (("men", 1), ("women", 2)):
        kinds = kinds_of(patterns, "adults", sex=sex)
        mine = those(SEX=code)
        assert patterns.persons[kinds].sum() == len(mine)
        for outcome, what in (("cases", "case"), ("unresolved", "open")):
            found = [own for w, own in mine if w == what]
            assert patterns.counts[outcome][kinds].sum() == len(found)
            assert patterns.weighted["adults", outcome][kinds].sum() == pytest.approx(
                sum(own["W"] for own in found)
            )


def test_each_kind_is_alike_in_all_groups_and_populations(patterns: PersonPatterns) -> None:
    assert not patterns.kinds.duplicated().any()
    idle = ~kinds_of(patterns, "workers")
    assert patterns.persons[idle].sum() == sum(what == "idle" for what, _ in PEOPLE)
    assert patterns.lightest["workers"][idle].max() == 0


def test_the_lightest_and_the_heaviest_person_of_a_kind(patterns: PersonPatterns) -> None:
    men = kinds_of(patterns, "adults", sex="men")
    weights = [own["W"] for _, own in those(SEX=1)]
    assert patterns.lightest["adults"][men].min() == min(weights)
    assert patterns.heaviest["adults"][men].max() == max(weights)
    assert (patterns.lightest["adults"] <= patterns.heaviest["adults"]).all()


def test_every_persons_weight_is_known_by_kind(patterns: PersonPatterns) -> None:
    for sex, code in (("men", 1), ("women", 2)):
        found = patterns.weights_of("adults", np.flatnonzero(kinds_of(patterns, "adults", sex=sex)))
        assert np.sort(found) == pytest.approx(np.sort([own["W"] for _, own in those(SEX=code)]), rel=1e-3)


def test_the_cases_of_households_are_weighed_together(patterns: PersonPatterns) -> None:
    cases = [own for what, own in PEOPLE if what == "case"]
    by_psu = patterns.case_homes.groupby("psu")["adults"].sum().to_numpy()
    assert np.sort(by_psu).tolist() == sorted(
        sum(own["W"] for own in cases if own["P"] == p) for p in {own["P"] for own in cases}
    )


def test_a_cell_holds_the_kinds_of_its_population_with_its_values(patterns: PersonPatterns) -> None:
    kinds, groups = patterns.kinds, [str(c) for c in patterns.kinds if not str(c).startswith(POPULATION)]
    populations = [str(c).removeprefix(POPULATION) for c in kinds if str(c).startswith(POPULATION)]
    keys = [frozenset[tuple[str, str]]()]
    keys += [
        frozenset(zip(some, values, strict=True))
        for some in ([groups[0]], groups)
        for values in kinds[some].itertuples(index=False)
    ]
    keys += [
        frozenset({(groups[0], "nobody has this")}),
        frozenset({(groups[0], str(kinds[groups[0]].iloc[0])), (groups[-1], "nor this")}),
    ]
    cells = [(population, key) for population in populations for key in dict.fromkeys(keys)]
    expected = [
        [
            float(bool(row[POPULATION + population]) and all(row[g] == v for g, v in key))
            for row in kinds.to_dict("records")
        ]
        for population, key in cells
    ]
    assert patterns.holds(cells).toarray().tolist() == expected


def test_the_weights_of_some_kinds_are_those_of_their_persons(patterns: PersonPatterns) -> None:
    for population, table in patterns.weights.items():
        asked = np.array([2, 0], dtype=np.intp)
        mine = [
            w
            for kind in asked
            for w in np.repeat(*(table.loc[table["kind"] == kind, c] for c in ("weight", "persons")))
        ]
        assert sorted(patterns.weights_of(population, asked).tolist()) == sorted(mine)
        assert patterns.weights_of(population, asked[:0]).tolist() == []
