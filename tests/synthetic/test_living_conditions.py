"""Tests the living conditions of the people of Norvia: the columns come from a separate random stream, so
that no other column changes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from fltoolkit.synthetic.countries import make_population
from fltoolkit.synthetic.living_conditions import DIFFICULTIES, LIVING_CONDITIONS, with_living_conditions
from fltoolkit.synthetic.population import Population, people, with_work

SHIPPED = Path(__file__).parents[2] / "data_samples" / "norvia_lfs_2025" / "persons.csv"
# Of persons.csv as it was shipped before these columns were added.
BEFORE = "9ec183836c58ce05c8a33dee22dcdeeddf342fc822e5cc098a02453a8a75ffb5"


@pytest.fixture(scope="module")
def small() -> Population:
    return make_population(seed=4, areas=60, households=40)


def test_the_columns_shipped_before_are_the_same_byte_for_byte() -> None:
    lines = SHIPPED.read_text("utf-8").splitlines()
    kept = len(lines[0].split(",")) - len(LIVING_CONDITIONS)
    before = "".join(",".join(line.split(",")[:kept]) + "\n" for line in lines)
    assert hashlib.sha256(before.encode()).hexdigest() == BEFORE
    assert lines[0].split(",")[kept:] == LIVING_CONDITIONS


def test_nobody_is_drawn_anew(small: Population) -> None:
    rng = np.random.default_rng(4)
    without = with_work(rng, people(rng, 60, 40), 1.0)
    assert small.persons[without.persons.columns].equals(without.persons)
    assert with_living_conditions(without.persons, 4).equals(small.persons)
    assert not with_living_conditions(without.persons, 5)["WEALTH"].equals(small.persons["WEALTH"])


def test_answers_are_of_those_who_were_asked(small: Population) -> None:
    persons, adult = small.persons, small.adults
    worked = (persons["WORKED"] == 1).fillna(False)
    assert persons.loc[~adult, ["EDU", *DIFFICULTIES, "SOCPROT"]].isna().all(axis=None)
    assert persons.loc[~worked, ["ISCO", "INFORMAL", "EMPLOYER"]].isna().all(axis=None)
    assert persons.loc[worked, ["ISCO", "INFORMAL", "EMPLOYER"]].notna().all(axis=None)
    assert set(persons["ISCO"].dropna().str.len()) == {4}
    assert persons["ISCO"].dropna().str.startswith("0").any()  # a leading zero that CSV readers lose
    assert persons.groupby("household")["WEALTH"].nunique(dropna=False).max() == 1
