"""Tests sentences on the shares of the cases: the reliable ones of a group, and the characteristics of most
cases."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from handed import EN
from published_rows import HIDDEN, of, published, row

from fltoolkit.languages.reasons import Reason
from fltoolkit.show import result
from fltoolkit.show.wording import share_sentences

UNSURE = {"flag": "unreliable", "marker": "u"}


def test_of_many_shares_the_largest_reliable_ones_are_named() -> None:
    shares = [
        of("sector", c, measure="share", estimate=e, sector=c)
        for c, e in (("a", 0.1), ("b", 0.2), ("c", 0.3))
    ]
    told = "Of 100 established cases: c 30, b 20 (differences not tested)"
    few, many = (
        published(row(), *shares),
        published(row(), *shares, of("sector", "d", measure="share", sector="d", **HIDDEN)),
    )
    assert (
        share_sentences.shares(EN, few.select("share", ["sector"]))
        == "Of every 100 established cases (adults): a 10, b 20, c 30"
    )
    assert share_sentences.shares(EN, many.select("share", ["sector"])) == told
    unsure = published(row(), *shares, of("sector", "d", measure="share", estimate=0.9, sector="d", **UNSURE))
    assert share_sentences.shares(EN, unsure.select("share", ["sector"])) == told
    none = published(
        row(), *(of("sector", c, measure="share", estimate=0.2, sector=c, **UNSURE) for c in "abcd")
    )
    assert share_sentences.shares(EN, none.select("share", ["sector"])).endswith(
        "sector of the forced labour: none of these shares is reliable"
    )


def test_a_category_of_the_kit_has_a_small_letter_in_a_sentence_and_one_of_the_survey_its_own() -> None:
    shares = [
        of("sector", c, measure="share", sector="s") for c in (Reason.of("categories.market"), "Fishing")
    ]
    told = share_sentences.largest(EN, published(row(), *shares).select("share", ["sector"]))
    assert told == "Of 100 established cases: market services 2, Fishing 2 (differences not tested)"


def test_a_majority_has_its_whole_interval_above_one_half() -> None:
    def rows(*lows: float, **more: object) -> pd.DataFrame:
        made = [
            of("coercion", f"m{i}", measure="profile", estimate=0.7, ci_low=low, **more)
            for i, low in enumerate(lows)
        ]
        return published(row(), *made).select("profile", ["coercion"])

    assert (
        share_sentences.majority(EN, rows(0.51, 0.5, 0.6))
        == "Clearly more than half of the cases (adults): m0; m2"
    )
    assert share_sentences.majority(EN, rows(0.5, 0.49)) is None
    assert share_sentences.majority(EN, rows(0.51, **UNSURE)) is None
    assert share_sentences.majority(EN, rows(*[0.6] * (share_sentences.FEW + 1))) is None


def test_a_section_on_the_profile_begins_with_what_most_cases_have_or_with_the_largest_shares() -> None:
    def told(*lows: float) -> str:
        made = [
            of("coercion", f"m{i}", measure="profile", estimate=0.7 - i / 100, ci_low=low)
            for i, low in enumerate(lows)
        ]
        first = of("involuntary", "other", measure="profile", estimate=0.3, ci_low=0.2)
        stage = of("coercion_stage", "work", measure="profile", estimate=0.9, ci_low=0.8)
        out = published(row(), first, *made, stage)
        return str(result.groups(replace(out, table=out.table.astype({"bounds_note": object})), "profile"))

    assert told(0.6, 0.4).startswith(
        "Clearly more than half of the cases (adults): m0. “Clearly”: the whole interval is above 50%."
    )
    assert told(0.4, 0.4).startswith("Of 100 established cases: other 30 (differences not tested).")
