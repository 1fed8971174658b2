"""Tests the small tables for the class: they name their numbers, and the careless table shows what it should
have hidden."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fltoolkit import teaching
from fltoolkit.teaching.class_tables import hidden, spread, villages
from fltoolkit.teaching.island_population import Island
from fltoolkit.teaching.redraw import Redraws

ISLAND = teaching.island()
SIMPLE = teaching.redraw(ISLAND, 300, persons=150)


def test_tables_say_what_is_known() -> None:
    assert "21.2" in teaching.villages(ISLAND).text
    assert f"{1000 * SIMPLE.estimate.std():.2f}" in teaching.spread({"a": SIMPLE}).text
    persons = teaching.redraw(ISLAND, 50, persons=2400, clusters=True, oversample=True, among="kiln workers")
    assert f"{persons.truth:.0f} " in teaching.spread({"a": persons}).text


def test_the_careless_table_hides_one_count_and_prints_what_gives_it_away() -> None:
    sample = ISLAND.sample()
    text = teaching.hidden(sample).text
    assert text.splitlines()[3].split() == ["kiln", "workers", "9", "[c]", "13"]
    assert text.count("[c]") == 2  # the count and the note
    assert int((sample["case"] == 1).sum()) == 67


def rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()[2:]]


def test_an_islands_strata_are_added_up() -> None:
    areas = pd.DataFrame(
        {"stratum": ["coast", "coast", "inland"], "adults": [1000, 250, 2000], "cases": [9, 1, 3]}
    )
    found = villages(Island(pd.DataFrame(), areas)).text
    assert rows(found) == [
        ["coast", "2", "1,250", "8.0"],
        ["inland", "1", "2,000", "1.5"],
        ["island", "3", "3,250", "4.0"],
    ]


def test_samples_are_told_by_their_mean_and_how_far_they_scatter() -> None:
    drawn = Redraws(np.array([0.01, 0.03]), np.array([0.004, 0.006]), np.ones(2), 9, np.ones(2), truth=0.025)
    assert rows(spread({"few": drawn}).text) == [["few", "25.00", "20.00", "10.00", "5.00"]]
    persons = Redraws(
        np.array([900.0, 1500.0]), np.array([10.0, 30.0]), np.ones(2), 9, np.ones(2), truth=1000.0, rate=False
    )
    assert rows(spread({"few": persons}).text) == [["few", "1,000", "1,200", "300", "20"]]


def test_the_careless_table_hides_each_count_below_five_and_prints_every_total() -> None:
    found = {("fishers", "men"): 5, ("fishers", "women"): 4, ("others", "men"): 7, ("others", "women"): 0}
    cases = [{"trade": t, "sex": s, "case": 1} for (t, s), n in found.items() for _ in range(n)]
    sample = pd.DataFrame([*cases, {"trade": "others", "sex": "women", "case": 0}])
    lines = rows(hidden(sample).text)
    assert lines[:3] == [
        ["fishers", "5", "[c]", "9"],
        ["others", "7", "[c]", "7"],
        ["total", "12", "4", "16"],
    ]
