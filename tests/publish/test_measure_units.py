"""Every measure that survey.yaml may ask for has a unit, and is one kind of number."""

from __future__ import annotations

from typing import get_args

from fltoolkit.publish.measure_units import COUNTED, OF_CASES, PROFILES, SCALES, is_rate, scaled, unit
from fltoolkit.survey.spec.groups import Measure


def test_every_measure_has_a_scale() -> None:
    assert set(SCALES) == {*get_args(Measure), "flowchart"}


def test_a_measure_is_a_number_a_rate_a_share_or_months() -> None:
    kinds = [set(COUNTED), {m for m in SCALES if is_rate(m)}, set(OF_CASES), {"duration"}]
    assert sum(map(len, kinds)) == len(SCALES)
    assert set.union(*kinds) == set(SCALES)
    assert set(PROFILES) <= set(SCALES)


def test_a_share_is_read_in_percent_and_a_rate_names_whom_it_is_of() -> None:
    assert (scaled(0.0187, "prevalence"), unit("prevalence", "adults")) == (18.7, "per 1,000 adults")
    assert (scaled(0.588, "profile"), unit("profile", "adults")) == (58.8, "%")
    assert (scaled(1550.0, "profile_total"), unit("profile_total")) == (1550.0, "persons")
