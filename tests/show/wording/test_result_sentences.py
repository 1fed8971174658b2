"""Tests the results of a survey in sentences: no number without its time, interval and flag, and no hidden
number."""

from __future__ import annotations

from typing import Any

import pytest
from handed import EN
from published_rows import CHILDREN, HIDDEN, OPEN, UNRELIABLE, plain, published, row, small

import fltoolkit as fl
from fltoolkit.classify.children import CHILD_UNRESOLVED
from fltoolkit.show.wording import result_sentences

NAN = float("nan")


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (
            {},
            (
                "At some time in the past 12 months, 20.0 of every 1,000 adults were in forced labour (95% "
                "interval: 15.0 to 26.0)."
            ),
        ),
        (
            {"measure": "total", "estimate": 400.0, "ci_low": 300.0, "ci_high": 520.0},
            (
                "At some time in the past 12 months, 400 adults were in forced labour (95% interval: 300 to "
                "520)."
            ),
        ),
        (
            {"measure": "stock_prevalence"},
            (
                "On an average day of the past 12 months, 20.0 of every 1,000 adults were in forced labour "
                "(95% interval: 15.0 to 26.0)."
            ),
        ),
        (
            {"measure": "current", "estimate": 90.0, "ci_low": 50.0, "ci_high": 140.0},
            "At the time of the interview, 90 adults were in forced labour (95% interval: 50 to 140).",
        ),
        (
            {
                "measure": "duration",
                "estimate": 4.0,
                "ci_low": 3.0,
                "ci_high": 5.0,
                "duration_basis": "months over all spells",
            },
            (
                "Those in forced labour spent 4.0 months in it on average (95% interval: 3.0 to 5.0). "
                "Counted: months over all spells."
            ),
        ),
        (
            {
                "estimate": 0.0,
                "ci_low": 0.0,
                "ci_high": 0.0009,
            },  # before, 0.0 of every 1,000 adults *were* in forced labour
            (
                "At some time in the past 12 months, the survey found 0.0 of every 1,000 adults in forced "
                "labour (95% interval: 0.0 to 0.9)."
            ),
        ),
        (
            UNRELIABLE,
            "At some time in the past 12 months, 20.0 of every 1,000 adults were in forced labour (95% "
            "interval: 15.0 to 26.0). "
            "Unreliable: fewer than 15 cases.",
        ),
        (
            HIDDEN | {"reason": "confidential"},
            "Prevalence of forced labour (adults): not shown. Reason: confidential.",
        ),
        (
            HIDDEN | {"marker": "x", "reason": "not asked"},
            "Prevalence of forced labour (adults): not available. Reason: not asked.",
        ),
    ],
)
def test_a_number_is_a_sentence_with_its_time_its_interval_and_its_doubt(
    facts: dict[str, Any], told: str
) -> None:
    assert plain(result_sentences.sentence(EN, row(**facts))) == told


def test_the_headline_is_rate_number_and_time_of_each_headline_population() -> None:
    stock = row(measure="stock", estimate=90.0, ci_low=50.0, ci_high=140.0)
    out = small(stock, row(estimate=0.01, **CHILDREN), headlines=("adults", "children"))
    told = result_sentences.sentences(out, EN)
    assert [t.partition(" were in")[0].rpartition(", ")[2] for t in told] == [
        "20.0 of every 1,000 adults",
        "400 adults",
        "90 adults",
        "10.0 of every 1,000 children",
    ]
    assert len(result_sentences.sentences(small(headlines=()), EN)) == 2  # the default population


def unresolved(out: fl.Published) -> str:
    return result_sentences.headline_unresolved(out, EN)


def test_how_many_are_unresolved_is_told_as_far_as_it_may() -> None:
    told = unresolved(small())
    assert told.startswith("6 of the 2,000 persons who answered are unresolved: ")
    assert told.endswith(
        "the rate would be 23.0 per 1,000 (interval up to 30.0). Without them in the calculation, the "
        "rate is 20.1 per 1,000."
    )
    assert "Without them" not in unresolved(
        published(row(**OPEN | {"resolved_only": 0.02004}))
    )  # printed as the rate: 20.0
    for facts, key in (({"unresolved": NAN}, "hidden"), ({"unresolved": 0.0}, "none")):
        assert unresolved(published(row(**facts))) == EN.say(
            f"unresolved.{key}", why=EN.say("unresolved.why.answers")
        )
    assert unresolved(published(row(**HIDDEN))) == ""
    assert unresolved(published(row(unresolved=6.0, bound_high=NAN))) == ""


def test_parents_who_were_not_interviewed_are_named_where_children_are_open_for_it() -> None:
    """Before, the answers alone were blamed, also where most of the unresolved were children of a parent who
    was not interviewed."""
    chart = {"measure": "flowchart", "breakdown": "step"}
    adults = row(**chart | {"step": "unresolved", "reference_population": "adults"})
    child = row(**chart | CHILDREN | {"step": "child, unresolved"})
    whole = row(**OPEN | {"reference_population": "everybody"})
    parents = " or, for a child, a parent was not interviewed. They are not counted as cases"
    assert parents in unresolved(published(whole, adults, child, headlines=("everybody",)))
    assert parents not in unresolved(published(whole, adults, headlines=("everybody",)))
    assert parents not in unresolved(published(row(**OPEN), adults, child))  # the adults alone


def test_a_survey_of_children_says_that_other_routes_count_and_one_of_children_alone_by_which() -> None:
    chart = {"measure": "flowchart", "breakdown": "step"}
    child = row(**chart, **CHILDREN, step=CHILD_UNRESOLVED, category=CHILD_UNRESOLVED)
    adult = row(**chart, step="unresolved", category="unresolved")
    assert "by other criteria: work under a threat" in result_sentences.forced_labour(
        published(row(), child), EN
    )
    assert result_sentences.forced_labour(published(row(), adult, child), EN).endswith(
        "Children are counted by other criteria."
    )
    assert "by other criteria" not in result_sentences.forced_labour(published(row()), EN)


def test_what_every_number_rests_on_is_listed_and_what_is_not_known_left_out() -> None:
    lines = result_sentences.basis(small(notes=("A note.",)), EN)
    assert [line.partition(" ")[0] for line in lines] == [
        "Definition:",
        "Reference",
        "Small",
        "Confidential",
        "A",
    ]
    assert "is assumed, not asked; adult or child by age at interview" in lines[0]
    more = result_sentences.basis(
        published(row(n=NAN, calibration="raked to the census", to_verify="recalled")), EN
    )
    assert more[-2:] == ("Weights: raked to the census.", "To be verified: recalled")
    assert len(more) == 4
