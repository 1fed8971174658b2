"""Tests the sentences of the comparisons by the lead group: the higher rate comes first, a size is an interval,
and an answer that stands in tables only is not told."""

from __future__ import annotations

from typing import Any

from handed import EN, FR
from published_rows import contrasts, of, published, row

import fltoolkit as fl
from fltoolkit.estimate.measures.family_of_contrasts import ALL_OTHERS
from fltoolkit.publish.contrasts.published_contrasts import (
    FEW_FOR_TITLES,
    LOWER,
    TOO_FEW,
)
from fltoolkit.show.wording import contrast_sentences


def compared(*pairs: dict[str, Any]) -> fl.Published:
    rows = [of("region", name) for name in "abcd"]
    table = contrasts(*({"group": "region"} | pair for pair in pairs))
    return published(row(), *rows, lead="region", groups=("region",), contrasts=table)


def pair(category: str, reference: object, **facts: Any) -> dict[str, Any]:
    return {"category": category, "reference": reference} | facts


def test_a_size_is_an_interval_and_the_higher_rate_comes_first() -> None:
    assert contrast_sentences.sentences(compared(pair("a", "b")), EN) == (
        "Rate higher among a than among b, by 2.1\xa0to\xa012.4 per 1,000 (95% interval).",
    )
    lower = compared(pair("a", "b", verdict=LOWER, ci_low=-0.0124, ci_high=-0.0033))
    assert contrast_sentences.sentences(lower, EN) == (
        "Rate higher among b than among a, by 3.3\xa0to\xa012.4 per 1,000 (95% interval).",
    )
    unknown = compared(pair("a", "b", ci_low=-0.0001))  # Holm's test finds it, the interval holds 0
    assert contrast_sentences.sentences(unknown, EN) == ("Rate higher among a than among b.",)


def test_the_rates_stand_behind_the_categories_if_they_are_asked_for() -> None:
    """Before, a notebook gave a difference between men and women beside a picture of another population."""
    (told,) = contrast_sentences.sentences(compared(pair("a", "b")), EN, with_rates=True)
    rate = "20.0 per 1,000"
    assert told.startswith(f"Rate higher among a ({rate}) than among b ({rate}), by 2.1")


def test_of_two_populations_each_sentence_opens_with_its_own() -> None:
    """Else *it is not known whether* stands beside *the rate is higher*, and the two seem to contradict each
    other."""
    children = {"reference_population": "children", "reference_population_label": "children"}
    pairs = compared(pair("a", "b", verdict=TOO_FEW), pair("a", "b", **children)).contrasts
    rows = [
        row(),
        row(**children),
        *(of("region", name) for name in "ab"),
        *(of("region", name, **children) for name in "ab"),
    ]
    out = published(*rows, lead="region", groups=("region",), contrasts=pairs)
    first, second = contrast_sentences.sentences(out, EN)
    assert first.startswith("Children: rate higher among a than among b")
    assert second == "Adults: no comparison by region (too few cases to compare)."
    assert [contrast_sentences.is_told(out, name) for name in ("adults", "children")] == [False, True]


def test_populations_without_a_test_for_the_same_reason_share_a_sentence() -> None:
    children = {"reference_population": "children", "reference_population_label": "children"}
    untested = {"verdict": TOO_FEW}
    pairs = compared(pair("a", "b", **untested), pair("a", "b", **children, **untested)).contrasts
    rows = [
        row(),
        row(**children),
        *(of("region", name) for name in "ab"),
        *(of("region", name, **children) for name in "ab"),
    ]
    out = published(*rows, lead="region", groups=("region",), contrasts=pairs)
    assert contrast_sentences.sentences(out, EN) == (
        "Adults and children: no comparison by region (too few cases to compare).",
    )


def test_an_answer_that_stands_in_tables_only_is_not_told() -> None:
    few = compared(pair("a", "b", only_in_tables=FEW_FOR_TITLES))
    assert contrast_sentences.sentences(few, EN) == (
        "The comparison by region stands in the tables only: fewer than 30 cases on a side.",
    )
    assert "higher" not in (contrast_sentences.only_pair(few, EN) or "")
    many = [pair(name, ALL_OTHERS, only_in_tables=FEW_FOR_TITLES) for name in "abc"]
    told = contrast_sentences.sentences(compared(*many, pair("d", ALL_OTHERS)), EN)
    assert told[0].startswith("Rate higher among d than among all others")
    assert "3." in told[1]


def test_the_family_is_counted_and_names_its_groups() -> None:
    two = compared(pair("a", ALL_OTHERS), pair("b", ALL_OTHERS, verdict=TOO_FEW))
    told = contrast_sentences.family(two, EN)
    assert told.startswith("2 comparisons of groups were named beforehand (region)")
    assert "5%" in told
    assert "not shown: 1." in told
    assert "Holm" in contrast_sentences.family(two, FR)
    one = contrast_sentences.family(compared(pair("a", "b")), EN)
    assert one.startswith("One comparison was named beforehand (region).")
    assert contrast_sentences.family(published(row()), EN) == EN.say("contrasts.nothing")
    assert not contrast_sentences.is_compared(published(row(), lead="sex"))
