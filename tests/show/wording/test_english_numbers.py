"""Numbers as words: rounded to what a survey can bear, with their doubt, and never a hidden one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import small_country as country

import fltoolkit as fl
from fltoolkit.show.wording.english_numbers import (
    NBSP,
    interval,
    number,
    percent,
    sentence,
    shown,
)
from fltoolkit.show.wording.section_words import Words


def row(measure: str, category: str = "total") -> dict[str, Any]:
    table = country.published().own
    (found,) = table[(table["measure"] == measure) & (table["category"] == category)].to_dict("records")
    return found


@pytest.mark.parametrize(
    ("value", "measure", "told"),
    [
        (0.0171925, "prevalence", "17.2"),
        (0.0171500001, "prevalence", "17.2"),
        (0.0, "prevalence", "0.0"),
        (0.4982, "share", "49.8"),
        (6290.4, "total", "6,290"),
        (6295.1, "total", "6,300"),
        (1_234_567, "total", "1,230,000"),
        (999.6, "total", "1,000"),
        (643.2, "total", "643"),
        (7.6, "total", "8"),
        (0.0, "total", "0"),
        (366_116.2, "flowchart", "366,000"),
        (float("nan"), "total", ""),
    ],
)
def test_numbers_are_rounded_to_what_the_survey_can_bear(value: float, measure: str, told: str) -> None:
    assert number(value, measure) == told


def test_a_shown_number_is_a_sentence_with_its_interval_and_whom_it_is_about() -> None:
    told = sentence({**row("prevalence"), "flag": "", "reason": ""})
    assert told.startswith("The prevalence of forced labour at any time in the past 12 months was 99.5 per 1,000 adults (95")
    assert f"interval {number(row('prevalence')['ci_low'], 'prevalence')}{NBSP}to{NBSP}" in told
    assert "care" not in told


def test_a_number_of_persons_is_told_in_persons() -> None:
    assert "The number of persons in forced labour at any time in the past 12 months was 410 adults" in sentence(row("total"))


def test_an_unreliable_number_says_so_and_why() -> None:
    assert sentence(row("total", "south")).endswith("Read it with care: fewer than 15 cases.")


@pytest.mark.parametrize("region", ["east", "west", "island"])
def test_a_suppressed_number_is_never_written(region: str) -> None:
    told = sentence({**row("prevalence", region), "ci_low": float("nan")})
    assert "is not shown (" in told
    assert not any(letter.isdigit() for letter in told.replace("past 12 months", "").split("(")[0])
    assert "was" not in told.split("(")[0].split()
    assert shown(row("prevalence", region)) in ("[c]", "[u]")
    assert interval(row("prevalence", region)) == ""


def test_zero_cases_are_a_zero_with_an_upper_limit_and_a_warning() -> None:
    told = sentence(row("prevalence", "plain"))
    high = number(row("prevalence", "plain")["ci_high"], "prevalence")
    assert f"was 0.0 per 1,000 adults (95{NBSP}% interval 0.0{NBSP}to{NBSP}{high})" in told
    assert float(high) > 0
    assert told.endswith("Read it with care: no case recorded in the survey.")


def test_the_confidence_level_is_told_as_asked() -> None:
    assert percent({"level": 0.95}) == f"95{NBSP}%"
    assert percent({"level": 0.995}) == f"99.5{NBSP}%"


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
    assert "**To be verified: from memory.**" in told
    assert "Under this rule set, it counts more." in told


def test_the_headline_tells_rate_number_unresolved_basis_and_coverage() -> None:
    told = headline()
    assert told.startswith("**The prevalence of forced labour at any time in the past 12 months was 99.5 per 1,000 adults")
    assert "was 410 adults" in told
    assert "5 of 412 persons asked are unresolved" in told
    assert "without them the rate is 100.7, and with all of them as cases 111.7" in told  # 41 of 407, 46 of 412
    assert (
        "Rule set icls_2018 v1; involuntary work and coercion in the same work: assumed; definition by age at interview." in told
    )
    assert "The survey could not reach: the homeless." in told


def test_the_headline_keeps_a_small_number_of_unresolved_persons_to_itself() -> None:
    told = headline(unresolved=float("nan"), bound_high=float("nan"), bound_ci_high=float("nan"), resolved_only=float("nan"))
    assert "The number of unresolved persons is too small to be shown" in told
    assert "lower bound" not in told


def test_the_headline_says_when_nobody_is_unresolved() -> None:
    assert "No person asked is unresolved." in headline(unresolved=0.0)


def test_the_headline_of_a_suppressed_rate_has_no_hole_where_numbers_would_stand() -> None:
    nothing = dict.fromkeys(("estimate", "ci_low", "ci_high", "resolved_only", "bound_high", "bound_ci_high"), float("nan"))
    told = headline(**nothing, flag="suppress", marker="u", reason="fewer than 30 persons in the denominator")
    assert "is not shown (fewer than 30 persons in the denominator)" in told
    assert "the rate is" not in told
    assert "nan" not in told


def test_notes_about_lowered_limits_go_with_the_headline() -> None:
    out = replace(country.published(), notes=("Confidentiality limits were lowered on purpose: cases 3 (instead of 5).",))
    assert str(fl.show.headline(out)).endswith("lowered on purpose: cases 3 (instead of 5).")


def test_html_links_and_pictures_in_a_label_stay_letters_in_markdown() -> None:
    markdown = Words("**Sure**: <script>alert(1)</script> & ![x](y) [a](b)")._repr_markdown_()
    assert markdown.startswith("**Sure**")
    assert "<" not in markdown
    assert "](" not in markdown.replace("&#91;x](", "").replace("&#91;a](", "")
    assert "&amp;" in markdown
