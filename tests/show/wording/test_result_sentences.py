"""What a survey found in sentences: no number without its time, its interval and its doubt, and none that is hidden."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import small_country as country
from handed import EN
from published_rows import CHILDREN, HIDDEN, UNRELIABLE, plain, published, row, small

import fltoolkit as fl
from fltoolkit.show.wording import result_sentences

NAN = float("nan")


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, "At some time in the past 12 months, 20.0 of every 1,000 adults were in forced labour (95 % interval: 15.0 to 26.0)."),
        ({"measure": "total", "estimate": 400.0, "ci_low": 300.0, "ci_high": 520.0},
         "At some time in the past 12 months, 400 adults were in forced labour (95 % interval: 300 to 520)."),
        ({"measure": "stock_prevalence"},
         "On an average day of the past 12 months, 20.0 of every 1,000 adults were in forced labour (95 % interval: 15.0 to 26.0)."),
        ({"measure": "current", "estimate": 90.0, "ci_low": 50.0, "ci_high": 140.0},
         "At the time of the interview, 90 adults were in forced labour (95 % interval: 50 to 140)."),
        ({"measure": "duration", "estimate": 4.0, "ci_low": 3.0, "ci_high": 5.0, "duration_basis": "months over all spells"},
         "Those in forced labour spent 4.0 months in it on average (95 % interval: 3.0 to 5.0). It counts months over all spells."),
        (UNRELIABLE, "At some time in the past 12 months, 20.0 of every 1,000 adults were in forced labour (95 % interval: 15.0 to 26.0). "
         "Read it with care: fewer than 15 cases."),
        (HIDDEN | {"reason": "confidential"}, "Prevalence of forced labour (adults): not shown. Reason: confidential."),
        (HIDDEN | {"marker": "x", "reason": "not asked"}, "Prevalence of forced labour (adults): not available. Reason: not asked."),
    ],
)  # fmt: skip
def test_a_number_is_a_sentence_with_its_time_its_interval_and_its_doubt(facts: dict[str, Any], told: str) -> None:
    assert plain(result_sentences.sentence(EN, row(**facts))) == told


def test_the_headline_is_rate_number_and_time_of_each_headline_population() -> None:
    stock = row(measure="stock", estimate=90.0, ci_low=50.0, ci_high=140.0)
    out = small(stock, row(estimate=0.01, **CHILDREN), headlines=("adults", "children"))
    told = result_sentences.sentences(out, EN)
    assert [t.partition(" were in")[0].rpartition(", ")[2] for t in told] == [
        "20.0 of every 1,000 adults", "400 adults", "90 adults", "10.0 of every 1,000 children",
    ]  # fmt: skip
    assert len(result_sentences.sentences(small(headlines=()), EN)) == 2  # the default population


def unresolved(out: fl.Published) -> str:
    return result_sentences.unresolved(result_sentences.headline_rows(out)[0], EN)


def test_how_many_left_the_question_open_is_told_as_far_as_it_may() -> None:
    told = unresolved(small())
    assert told.startswith("6 of 2,000 persons asked left the question open")
    assert told.endswith("Without them it is 20.1 per 1,000; with all of them as cases 23.0 (at most 30.0).")
    for facts, key in (({"unresolved": NAN}, "hidden"), ({"unresolved": 0.0}, "none")):
        assert unresolved(published(row(**facts))) == EN.say(f"unresolved.{key}")
    assert unresolved(published(row(**HIDDEN))) == ""
    assert unresolved(published(row(unresolved=6.0, bound_high=NAN))) == ""


def test_what_every_number_rests_on_is_listed_and_what_is_not_known_left_out() -> None:
    lines = result_sentences.basis(small(notes=("A note.",)), EN)
    assert [line.partition(" ")[0] for line in lines] == ["Rule", "Window:", "Small", "Confidential", "A"]
    assert "is assumed, not asked; definition by age at interview" in lines[0]
    more = result_sentences.basis(published(row(n=NAN, calibration="raked to the census", to_verify="recalled")), EN)
    assert more[-2:] == ("Weights: raked to the census.", "To be verified: recalled")
    assert len(more) == 4


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
    assert "Under this rule set: it counts more." in told


def test_the_headline_tells_rate_number_unresolved_basis_and_coverage() -> None:
    told = headline()
    assert told.startswith("**At some time in the past 12 months, 99.5 of every 1,000 adults were in forced labour (95")
    assert "410 adults were in forced labour" in told
    assert "5 of 412 persons asked left the question open" in told
    assert "Without them it is 100.7 per 1,000; with all of them as cases 111.7" in told  # 41 of 407, 46 of 412
    assert "in the same work is assumed, not asked; definition by age at interview." in told
    assert "The survey could not reach: the homeless." in told


def test_the_headline_keeps_a_small_number_of_unresolved_persons_to_itself() -> None:
    told = headline(unresolved=float("nan"), bound_high=float("nan"), bound_ci_high=float("nan"), resolved_only=float("nan"))
    assert "How many persons left the question open is too small a number to be shown" in told
    assert "Without them" not in told


def test_the_headline_says_when_nobody_is_unresolved() -> None:
    assert "No person asked left the question open." in headline(unresolved=0.0)


def test_the_headline_of_a_suppressed_rate_has_no_hole_where_numbers_would_stand() -> None:
    nothing = dict.fromkeys(("estimate", "ci_low", "ci_high", "resolved_only", "bound_high", "bound_ci_high"), float("nan"))
    told = headline(**nothing, flag="suppress", marker="u", reason="fewer than 30 persons in the denominator")
    assert "not shown. Reason: fewer than 30 persons in the denominator." in told
    assert "Without them" not in told
    assert "nan" not in told


def test_notes_about_lowered_limits_go_with_the_headline() -> None:
    out = replace(country.published(), notes=("Confidentiality limits were lowered on purpose: cases 3 (instead of 5).",))
    assert str(fl.show.headline(out)).endswith("lowered on purpose: cases 3 (instead of 5).")
