"""Tests the last lines of `fltoolkit check`: the weight of each population, and its sum."""

from __future__ import annotations

from typing import Any

from fltoolkit.classify.checks.corrected_cases import weights_in_use

ADULTS = {"label": "adults", "age": {"min": 18}}


def test_each_population_is_told_with_its_weight_and_what_this_adds_up_to(small: Any) -> None:
    people = [("not", {"W": 103.7, "V": 3.0})] * 40 + [("idle", {"W": 103.7, "V": 3.0})] * 12
    persons = small(
        people, populations={"adults": ADULTS, "workers": {**ADULTS, "weight": "V", "where": {"WORK": 1}}}
    )
    # 52 persons are told as 50: 50 × 103.7 = 5,185, told to three digits; 40 × 3 = 120.
    assert weights_in_use(persons) == [
        "adults: about 50 persons, weight W, which adds up to about 5,180",
        "workers: about 40 persons, weight V, which adds up to about 120",
    ]


def test_two_populations_that_read_alike_and_differ_by_a_few_persons_add_up_alike(small: Any) -> None:
    people = [("not", {"W": 103.7, "AGE": 30})] * 48 + [("not", {"W": 103.7, "AGE": 80})] * 4
    young = {"label": "the young", "age": {"min": 18, "max": 69}}
    told = weights_in_use(small(people, populations={"adults": ADULTS, "young": young}))
    both = dict(line.split(": ") for line in told)
    assert both["adults"] == both["young"] == "about 50 persons, weight W, which adds up to about 5,180"


def test_of_a_few_persons_no_sum_is_told(small: Any) -> None:
    people = [("not", {"W": 10.0, "AGE": 30})] * 40 + [("not", {"W": 7.7, "AGE": 80})] * 3
    persons = small(people, populations={"adults": ADULTS, "old": {"label": "the old", "age": {"min": 70}}})
    assert "old: fewer than 5 persons, weight W" in weights_in_use(persons)
