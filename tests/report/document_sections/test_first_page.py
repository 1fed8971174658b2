"""Tests the title and the large numbers of the first page: they say no more than the verdict, and use no
unreliable number."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from handed import EN, FR
from promises import evidence_from
from published_rows import CHILDREN, HIDDEN, contrasts, of, published, row
from two_rounds import fell

import fltoolkit as fl
from fltoolkit.estimate.change_over_time.difference import (
    DECREASED,
    INCREASED,
    NO_CHANGE,
    NOT_COMPARABLE,
    NOT_TOLD,
)
from fltoolkit.estimate.change_over_time.unresolved_excess import MORE_UNRESOLVED, WIDE_BOUNDS
from fltoolkit.estimate.measures.family_of_contrasts import ALL_OTHERS
from fltoolkit.publish.contrasts.published_contrasts import LOWER, NO_DIFFERENCE, TOO_FEW
from fltoolkit.report.document_sections import first_page

FIRST = "This is the plan's first measurement: there is no earlier one to compare it with."
CHANGED: dict[str, Any] = {
    "measure": "change_in_prevalence", "estimate": -0.008, "ci_low": -0.013, "ci_high": -0.0027,
    "beyond_zero": "", "verdict_reason": "", "verdict": DECREASED, "estimate_before": 0.0172,
    "estimate_after": 0.0093, "year_before": 2025, "year": 2027,
}  # fmt: skip
GENERAL = "Forced labour in Nowhere: what the survey of 2025 found"


def later(**facts: Any) -> fl.Evidence:
    """A run with a tested change: 17.2 then 9.3 per 1,000."""
    return dataclasses.replace(evidence_from(published(row())), changed=published(row(**CHANGED | facts)))


def plain(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "The rate of forced labour fell: 9 per 1,000 in 2027, 17 in 2025"),
        (
            {"verdict": INCREASED, "estimate_after": 0.0283},
            "The rate of forced labour rose: 28 per 1,000 in 2027, 17 in 2025",
        ),
        (
            {"verdict": NO_CHANGE},
            "No detectable change in the rate of forced labour from 2025 to 2027: 17, then 9 per 1,000",
        ),
        (
            {"verdict": NO_CHANGE, "verdict_reason": MORE_UNRESOLVED},
            (
                "Whether the rate of forced labour changed from 2025 to 2027 is not judged (more unresolved "
                "answers in one round): 17, then 9 per 1,000"
            ),
        ),
        (
            {"verdict": NO_CHANGE, "verdict_reason": NOT_TOLD},
            "Whether the rate of forced labour changed from 2025 to 2027 is not judged (the publication "
            "does not say how many cases): "
            "17, then 9 per 1,000",
        ),
        (
            {"estimate_after": 0.0169},
            "The rate of forced labour fell: 16.9 per 1,000 in 2027, 17.2 in 2025",
        ),  # both 17
        ({"estimate_after": 0.0021}, "The rate of forced labour fell: 2.1 per 1,000 in 2027, 17.2 in 2025"),
        ({"verdict": NOT_COMPARABLE}, "20 of every 1,000 adults in forced labour (2025)"),
        ({"flag": "unreliable"}, "20 of every 1,000 adults in forced labour (2025)"),
        ({"verdict": ""}, "20 of every 1,000 adults in forced labour (2025)"),
    ],
)
def test_the_title_is_the_verdict(facts: dict[str, Any], said: str) -> None:
    assert plain(first_page.title(later(**facts), EN)) == said


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"flag": "unreliable"}, GENERAL),
        (
            {"bounds_note": WIDE_BOUNDS, "bound_high": 0.04},
            "Forced labour (2025): 20 to 40 of every 1,000 adults",
        ),
        ({"bounds_note": WIDE_BOUNDS, "flag": "unreliable"}, GENERAL),
        ({"estimate": float("nan"), "marker": "c", "flag": "suppress"}, GENERAL),
        ({"estimate": 0.0, "marker": "low"}, GENERAL),
        (
            {"estimate": 0.0, "ci_high": 0.0012, "marker": "w"},
            (
                "No person in forced labour was identified in the sample of 2025: at most 1.2 of every 1,000 "
                "adults (95% interval)"
            ),
        ),
    ],
)
def test_no_title_rests_on_a_doubtful_number(facts: dict[str, Any], said: str) -> None:
    out = published(row(**facts))
    assert first_page.title(evidence_from(out), EN) == said
    if said == GENERAL:  # nor on a change between such numbers
        assert first_page.title(dataclasses.replace(later(), now=out), EN) == said


def test_a_change_has_its_size_with_the_interval() -> None:
    def tile(**facts: Any) -> tuple[str, str, str]:
        fact = first_page.tiles(later(**facts), EN).facts[-1]
        return fact.number, fact.unit, fact.doubt

    assert tile() == (
        "17.2 → 9.3",
        "per 1,000, 2025 and 2027",
        "a fall of 8.0 (95% interval: 2.7\xa0to\xa013.0)",
    )
    assert tile(flag="caution")[2] == "a fall of 8.0 (95% interval: 2.7\xa0to\xa013.0); use with caution"
    assert tile(verdict=INCREASED, ci_low=0.0031, ci_high=0.02)[2].startswith(
        "a rise of 8.0 (95% interval: 3.1"
    )
    assert tile(ci_high=0.0, beyond_zero="<0")[2] == "Decreased"
    assert tile(verdict=NO_CHANGE, ci_high=0.002)[2] == "No detectable change"
    assert (
        tile(verdict=NO_CHANGE, verdict_reason=MORE_UNRESOLVED)[2]
        == "Not judged (more unresolved answers in one round)"
    )


def test_persons_are_told_with_two_digits() -> None:
    total = row(measure="total", estimate=6294.0, ci_low=4951.0, ci_high=8002.0, interval="log")
    _, people, _ = first_page.tiles(evidence_from(published(row(), total)), EN).facts
    assert (people.number, plain(people.doubt)) == ("about 6,300", "95% interval: 4,950 to 8,000")


def test_who_is_affected_more_is_told_by_the_test_alone() -> None:
    """Before, page 1 said how many and whether it fell, and not who."""

    def tile(*pairs: dict[str, Any], **about: Any) -> tuple[str, str, str]:
        rows = [of("sex", "men", estimate=0.0245), of("sex", "women", estimate=0.0157), of("region", "Delta")]
        shares = [of("sex", "men", measure="share", estimate=0.61, ci_low=0.5, ci_high=0.7)]
        out = published(row(), *rows, *shares, groups=("sex", "region"), lead="sex", **about,
                        contrasts=contrasts(*pairs))  # fmt: skip
        fact = first_page.affected(out, EN)
        return fact.number, plain(fact.unit), plain(fact.doubt)

    sexes = {"group": "sex", "category": "men", "reference": "women"}
    region = {"group": "region", "category": "Delta", "reference": ALL_OTHERS}
    higher = "rate higher than among women: 24.5 against 15.7 per 1,000"
    assert tile(sexes) == ("Men", higher, "61% of all persons in forced labour")
    assert tile(region, sexes)[0] == "Men"  # the lead group comes first
    also = "Delta: rate higher than among all others: 20.0 per 1,000 (everyone: 20.0)"
    assert tile(region, sexes)[2] == f"61% of all persons in forced labour; {also}"
    assert tile(region | {"verdict": LOWER})[1].startswith("rate lower than among all others: 20.0")
    assert tile(sexes | {"verdict": LOWER})[0] == "Women"
    none = ("No group", "is told apart from the others by its rate")
    few = tile(sexes | {"verdict": TOO_FEW, "only_in_tables": TOO_FEW})
    assert few == (*none, "No comparison by sex (too few cases to compare)")
    assert tile(sexes | {"only_in_tables": TOO_FEW})[:2] == none
    assert tile() == (*none, "no comparison was named beforehand")
    many = tile(
        *(
            {"group": "sex", "category": name, "reference": ALL_OTHERS, "verdict": NO_DIFFERENCE}
            for name in ("men", "women")
        )
    )
    assert many[2].startswith("comparisons named beforehand: 2; none shows")


def test_who_is_affected_more_names_its_population_if_there_are_several() -> None:
    pair = {"group": "sex", "category": "boys", "reference": "girls", "reference_population": "children"}
    rows = [row(), row(**CHILDREN), *(of("sex", who, **CHILDREN) for who in ("boys", "girls"))]
    out = published(
        *rows, groups=("sex",), lead="sex", headlines=("adults", "children"), contrasts=contrasts(pair)
    )
    assert first_page.affected(out, EN).unit.endswith("per 1,000 children")


def test_adults_and_children_are_told_apart() -> None:
    children = row(
        reference_population="children",
        reference_population_label="children",
        estimate=0.03,
        ci_low=0.02,
        ci_high=0.04,
    )
    out = published(row(), children, headlines=("adults", "children"))
    *_, last = first_page.tiles(evidence_from(out, {"year": 2030, "cut": 0.5}), EN).facts
    assert (last.number, last.unit, plain(last.doubt)) == (
        "30.0",
        "per 1,000 children",
        "95% interval: 20.0 to 40.0",
    )
    assert not any(
        "target" in fact.unit
        for fact in first_page.tiles(evidence_from(out, {"year": 2030, "cut": 0.5}), EN).facts
    )
    assert first_page.below_the_tiles(evidence_from(published(row(), of("sex", "men"))), EN) == ()
    assert first_page.below_the_tiles(later(), EN) == ()


def test_beside_the_persons_of_another_population_the_interval_is_said_to_be_that_of_the_rate() -> None:
    rates = [row(), row(**CHILDREN, estimate=0.03, ci_low=0.02, ci_high=0.04)]
    total = row(**CHILDREN, measure="total", estimate=2550.0, ci_low=1700.0, ci_high=3400.0, interval="log")
    *_, last = first_page.tiles(
        evidence_from(published(*rates, total, headlines=("adults", "children"))), EN
    ).facts
    assert (last.unit, plain(last.doubt)) == (
        "per 1,000 children: 2,550 persons",
        "95% interval of the rate: 20.0 to 40.0",
    )


def test_a_headline_that_is_not_shown_says_why() -> None:
    (said,) = first_page.below_the_tiles(evidence_from(published(row(**HIDDEN))), EN)
    assert "not shown. Reason: confidential: too few persons or cases" in said


def test_two_rounds_that_were_run_have_the_verdict_in_each_language() -> None:
    """50 and 18.75 per 1,000."""
    assert (
        plain(first_page.title(fell(), EN))
        == "The rate of forced labour fell: 19 per 1,000 in 2027, 50 in 2025"
    )
    assert first_page.title(fell(), FR).startswith("Le taux de travail forcé a baissé")


def test_for_whom_the_change_was_detected_follows_from_the_tests_by_the_lead_group() -> None:
    made = later()
    assert made.changed is not None
    whole = made.changed.table.iloc[0].to_dict()
    by_sex = [
        whole
        | {
            "breakdown": "sex",
            "category": "men",
            "verdict": NO_CHANGE,
            "estimate_before": 0.0169,
            "estimate_after": 0.0147,
            "flag_before": "",
            "flag_after": "caution",
        },
        whole | {"breakdown": "sex", "category": "women", "flag": "unreliable"},
        whole | {"breakdown": "sex", "category": "other", "verdict": ""},
    ]
    changed = published(whole, *by_sex)
    (told, *_) = first_page.who(
        dataclasses.replace(made, changed=changed, now=dataclasses.replace(made.now, lead="sex")), EN
    )
    assert told == (
        "The rate fell overall and for women (by how much is unsure). No change was detected for men."
    )
    many = [by_sex[1] | {"category": f"region {n}"} for n in range(first_page.MOST_CHANGES + 1)]
    regions = dataclasses.replace(
        made, changed=published(whole, *many), now=dataclasses.replace(made.now, lead="sex")
    )
    assert not any("fell overall" in text for text in first_page.who(regions, EN))
    assert not any("fell overall" in text for text in first_page.who(made, EN))
