"""Tests the headline of a notebook: the number, its uncertainty, unresolved persons, the change, and its
basis."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import Any

import pandas as pd
import small_country as country
from two_rounds import fell

import fltoolkit as fl


def headline(**rate: Any) -> str:
    """The headline of the small country, its rate changed."""
    out = country.published()
    table = out.table.copy()
    first = table.index[(table["measure"] == "prevalence") & (table["breakdown"] == "")]
    for column, value in rate.items():
        table.loc[first, column] = value
    return str(fl.show.headline(replace(out, table=table)))


def test_the_headline_of_a_recalled_rule_says_so_and_what_it_counts() -> None:
    assert "verified" not in headline()
    told = headline(to_verify="from memory", rule_note="it counts more")
    assert "To be verified: from memory" in told
    assert "Under this definition: it counts more." in told


def test_the_headline_tells_rate_number_unresolved_basis_and_coverage() -> None:
    told = headline()
    assert told.startswith(
        "**At some time in the past 12 months, 99.5 of every 1,000 adults were in forced labour (95"
    )
    assert "410 adults were in forced labour" in told
    assert "5 of the 412 persons who answered are unresolved: " in told
    assert "if all of them were, the rate would be 111.7 per 1,000" in told  # 46 of 412
    assert "Without them in the calculation, the rate is 100.7 per 1,000." in told  # 41 of 407
    assert "in the same work is assumed, not asked; adult or child by age at interview." in told
    assert "The survey could not reach: the homeless." in told


def test_the_headline_of_a_suppressed_rate_has_no_hole_where_numbers_would_stand() -> None:
    nothing = dict.fromkeys(
        ("estimate", "ci_low", "ci_high", "resolved_only", "bound_high", "bound_ci_high"), float("nan")
    )
    told = headline(**nothing, flag="suppress", marker="u", reason="fewer than 30 persons in the denominator")
    assert "not shown. Reason: fewer than 30 persons in the denominator." in told
    assert (
        "At some time in the past 12 months, 410 adults were" in told
    )  # the first number that is shown says the period
    assert "Without them" not in told
    assert "nan" not in told


def test_notes_about_lowered_limits_go_with_the_headline() -> None:
    out = replace(
        country.published(),
        notes=("Confidentiality limits were lowered on purpose: cases 3 (instead of 5).",),
    )
    assert "lowered on purpose: cases 3 (instead of 5).\n" in str(fl.show.headline(out))


def test_the_number_is_followed_by_a_short_list() -> None:
    number, persons, listed = headline().split("\n\n")
    assert "Use with caution:" not in number + persons
    assert [line.partition(":**")[0] for line in listed.split("\n")] == [
        "- **How sure",
        "- **Unresolved persons",
        "- **What it is based on",
        "- The survey could not reach: the homeless. Nothing is known of them from these numbers.",
    ]
    assert listed.count("Use with caution: coefficient of variation above 16.5%.") == 1
    out = country.published()
    sure = str(fl.show.headline(replace(out, table=out.table.assign(flag=""))))
    assert "- **How sure:** Usable as printed." in sure


def test_a_change_is_in_the_list_and_says_no_more_than_its_verdict() -> None:
    made = fell()
    told = str(fl.show.headline(made.now, made.changed))
    assert "- **Change:** Prevalence of forced labour: 50.0 in 2025, then 18.8 in 2027" in told
    assert "Change" not in str(fl.show.headline(made.now))


def test_each_of_several_populations_has_its_name() -> None:
    out = country.published()
    children = out.table.assign(reference_population="children", reference_population_label="children")
    table = out.table.assign(reference_population="adults")
    both = dataclasses.replace(
        out, table=pd.concat([table, children], ignore_index=True), headlines=("adults", "children")
    )
    told = str(fl.show.headline(both))
    assert "- **How sure:** Adults and children: Use with caution" in told  # a sentence of both is said once
    unequal = both.table.assign(
        unresolved=both.table["unresolved"].where(both.table["reference_population"] == "adults", 0)
    )
    told = str(fl.show.how_sure(dataclasses.replace(both, table=unequal)))
    assert "    - Adults: 5 of the 412 persons who answered are unresolved" in told
    assert "    - Children: Nobody is unresolved" in told
    assert "were in forced labour" not in told  # the sections of the notebook say the numbers
