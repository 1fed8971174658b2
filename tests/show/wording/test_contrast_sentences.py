"""Tests the sentences of the comparison that survey.yaml names beforehand: the higher rate comes first, and
the size is given only as the nearer limit."""

from __future__ import annotations

from typing import Any

from handed import EN, FR
from published_rows import contrasts, of, published, row

import fltoolkit as fl
from fltoolkit.publish.contrasts.lead_contrasts import (
    LOWER,
    NOT_TESTED,
    TOO_FEW,
    UNRELIABLE,
)
from fltoolkit.show.wording import contrast_sentences


def compared(*pairs: dict[str, Any]) -> fl.Published:
    rows = [of("region", name) for name in "abcd"]
    table = contrasts(*({"group": "region"} | pair for pair in pairs))
    return published(row(), *rows, lead="region", groups=("region",), contrasts=table)


def pair(category: str, reference: str, **facts: Any) -> dict[str, Any]:
    return {"category": category, "reference": reference} | facts


def test_a_size_is_an_interval_and_the_higher_rate_comes_first() -> None:
    assert contrast_sentences.sentences(compared(pair("a", "b")), EN) == (
        "The rate is higher for a than for b, by 2.1\xa0to\xa012.4 per 1,000 (95% interval).",
    )
    lower = compared(pair("a", "b", verdict=LOWER, ci_low=-0.0124, ci_high=-0.0033))
    assert contrast_sentences.sentences(lower, EN) == (
        "The rate is higher for b than for a, by 3.3\xa0to\xa012.4 per 1,000 (95% interval).",
    )
    unknown = compared(pair("a", "b", ci_low=-0.0001))  # Holm's test finds it, the interval holds 0
    assert contrast_sentences.sentences(unknown, EN) == ("The rate is higher for a than for b.",)


def test_the_rates_stand_behind_the_categories_if_they_are_asked_for() -> None:
    """Before, a notebook gave a difference between men and women beside a picture of another population."""
    (told,) = contrast_sentences.sentences(compared(pair("a", "b")), EN, with_rates=True)
    rate = "20.0 per 1,000"
    assert told.startswith(f"The rate is higher for a ({rate}) than for b ({rate}), by 2.1")


def test_of_two_populations_each_sentence_opens_with_its_own() -> None:
    """Else *it is not known whether* stands beside *the rate is higher*, and the two seem to contradict each
    other."""
    children = {"reference_population": "children", "reference_population_label": "children"}
    pairs = compared(pair("a", "b", verdict=NOT_TESTED, reason=TOO_FEW), pair("a", "b", **children)).contrasts
    rows = [
        row(),
        row(**children),
        *(of("region", name) for name in "ab"),
        *(of("region", name, **children) for name in "ab"),
    ]
    out = published(*rows, lead="region", groups=("region",), contrasts=pairs)
    first, second = contrast_sentences.sentences(out, EN)
    assert first.startswith("Among children, the rate is higher for a than for b")
    assert second == "Among adults, whether the rate is higher for a or b cannot be said: too few cases."
    assert [contrast_sentences.is_tested(out, name) for name in ("adults", "children")] == [False, True]


def test_populations_without_a_test_for_the_same_reason_share_a_sentence() -> None:
    children = {"reference_population": "children", "reference_population_label": "children"}
    untested = {"verdict": NOT_TESTED, "reason": TOO_FEW}
    pairs = compared(pair("a", "b", **untested), pair("a", "b", **children, **untested)).contrasts
    rows = [
        row(),
        row(**children),
        *(of("region", name) for name in "ab"),
        *(of("region", name, **children) for name in "ab"),
    ]
    out = published(*rows, lead="region", groups=("region",), contrasts=pairs)
    assert contrast_sentences.sentences(out, EN) == (
        "Among adults and children, whether the rate is higher for a or b cannot be said: too few cases.",
    )


def test_the_family_is_counted() -> None:
    two = compared(pair("a", "b"), pair("a", "c"))
    assert "tests 2 differences between groups" in contrast_sentences.family(two, EN)
    assert "Holm" in contrast_sentences.family(two, FR)
    assert "not tested" not in contrast_sentences.family(two, EN)
    assert "Other comparisons named beforehand, but not tested: 1." in contrast_sentences.family(
        compared(pair("a", "b", tested=1), pair("a", "c", tested=1, verdict=NOT_TESTED, reason=TOO_FEW)), EN
    )
    assert contrast_sentences.family(published(row()), EN) == EN.say("contrasts.nothing")


def test_a_comparison_that_was_not_tested_in_a_population_is_named_by_it() -> None:
    """Before, the brief said *2 more*, and nobody knew which."""
    children = {"reference_population": "children", "reference_population_label": "children"}
    rows = [
        row(),
        row(**children),
        *(of("region", name) for name in "ab"),
        *(of("region", name, **children) for name in "ab"),
    ]
    tests = compared(
        pair("a", "b", tested=1),
        pair("a", "b", tested=1, reference_population="children", verdict=NOT_TESTED, reason=TOO_FEW),
    )
    out = published(*rows, lead="region", groups=("region",), contrasts=tests.contrasts)
    assert (
        "The comparison by region was also named beforehand for children, but could not be tested. "
        in contrast_sentences.family(out, EN)
    )


def test_where_nothing_could_be_tested_the_family_says_what_was_named_beforehand_and_why() -> None:
    """Before, *no difference between groups could be tested* stood above rates by area that have no test."""
    untested = {"tested": 0, "verdict": NOT_TESTED}
    one = contrast_sentences.family(compared(pair("a", "b", reason=TOO_FEW, **untested)), EN)
    assert one.startswith("The one comparison named beforehand (region) could not be tested: too few cases.")
    two = compared(pair("a", "b", reason=TOO_FEW, **untested), pair("a", "c", reason=UNRELIABLE, **untested))
    assert contrast_sentences.family(two, EN).startswith(
        "None of the 2 comparisons named beforehand (region) could be tested."
    )
    assert not contrast_sentences.is_compared(published(row(), lead="sex"))
