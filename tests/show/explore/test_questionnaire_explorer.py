"""Tests the questionnaire explorer: the item non-response of each item, and the published share of the cases
that answered yes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from published_rows import published, row

import fltoolkit as fl
from fltoolkit.show import explore
from fltoolkit.show.explore.questionnaire_explorer import ALL, choices, panel, view

COUNTS = pd.DataFrame(
    [
        ("items.involuntary.hazardous_work", "FI4", "<b>hazard</b>", 7, pd.NA, 0, 0),
        ("items.involuntary.different_job", "FI2", "another job", 8, 9, 0, 0),
        ("items.coercion.debt_bondage", "FC3", "debt", 0, 0, 0, 11),
        ("any_work", "WK", "work", 5, 5, 0, 0),
    ],
    columns=["where", "column", "label", "dont_know", "refused", "not_applicable", "missing"],
).astype(dict.fromkeys(("dont_know", "refused", "not_applicable", "missing"), "Int64"))


def share_of(out: fl.Published, item: str) -> Any:
    rows = out.own_rows(measure="profile")
    return rows[
        rows["breakdown"].isin(["involuntary", "coercion"]) & (rows["category"].astype(str) == item)
    ].iloc[0]


def test_every_item_can_be_chosen_and_all_together() -> None:
    assert choices(COUNTS) == {
        "All items": ALL,
        "Hazardous work (involuntary)": "involuntary.hazardous_work",
        "Different job (involuntary)": "involuntary.different_job",
        "Debt bondage (coercion)": "coercion.debt_bondage",
    }


def test_all_items_of_both_sides_are_one_picture_with_the_published_shares(norvia: fl.Published) -> None:
    (shown,) = view(COUNTS, norvia, ALL)
    alt = shown.alt.lower()  # type: ignore[union-attr]
    assert f"debt bondage: {100 * share_of(norvia, 'debt_bondage')['estimate']:.0f} (" in alt
    assert alt.index("hazardous work") < alt.index("debt bondage")


def test_one_item_is_told_in_words_beside_its_own_questions(norvia: fl.Published) -> None:
    words, picture, table = view(COUNTS, norvia, "involuntary.hazardous_work")
    share = 100 * share_of(norvia, "hazardous_work")["estimate"]
    assert f"**Hazardous work** (involuntary): {share:.0f}% of the cases answered yes to it" in str(words)
    assert (
        picture.alt
        == "Stacked bars of unresolved answers by question. FI4: don't know 7, refused [c], blank 0."
    )  # type: ignore[union-attr]
    assert "<b>hazard</b>" not in table.html  # type: ignore[union-attr]
    assert "another job" not in table.html  # type: ignore[union-attr]


def test_a_hidden_share_is_marked_and_one_that_is_not_asked_says_so(norvia: fl.Published) -> None:
    assert pd.isna(share_of(norvia, "very_low_or_no_wages")["estimate"])
    counts = COUNTS.assign(where=COUNTS["where"].str.replace("hazardous_work", "very_low_or_no_wages"))
    told = str(view(counts, norvia, "involuntary.very_low_or_no_wages")[0])
    assert "[c]; the share of cases that answered yes to it is not shown" in told
    without = replace(norvia, table=norvia.table[norvia.table["measure"] != "profile"].reset_index(drop=True))
    assert "asks for no profile" in str(view(COUNTS, without, ALL)[0])
    assert "asks for no profile" in str(view(COUNTS, without, "coercion.debt_bondage")[0])


def test_a_profile_that_the_survey_cannot_give_has_its_reason() -> None:
    few = row(measure="profile", marker="x", estimate=float("nan"), reason="fewer than 30 cases")
    for item in (ALL, "coercion.debt_bondage"):
        assert "not available. Reason: fewer than 30 cases." in str(
            view(COUNTS, published(row(), few), item)[0]
        )


def test_the_panel_goes_from_item_to_item(norvia: fl.Published) -> None:
    picker, screen = panel(COUNTS, norvia).children
    assert picker.description == "Item"
    picker.value = "involuntary.different_job"
    assert "% of the cases answered yes" in screen.outputs[0]["data"]["text/plain"]


def test_without_interaction_all_items_are_displayed(
    monkeypatch: pytest.MonkeyPatch, norvia: fl.Published
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr("IPython.display.display", seen.append)
    assert explore.questionnaire(COUNTS, norvia) is None
    assert len(seen) == 1
    assert explore.questionnaire(COUNTS, norvia, interactive=True).children[0].value == ALL


def test_it_speaks_the_language_that_is_asked_for(norvia: fl.Published) -> None:
    picker, screen = explore.questionnaire(COUNTS, norvia, interactive=True, language="fr").children
    assert picker.description == "Élément"
    picker.label = "Travail dangereux (travail involontaire)"
    words, picture, table = (output["data"] for output in screen.outputs)
    assert "des cas ont répondu oui (intervalle à 95\u202f%" in words["text/plain"]
    assert "ne sait pas 7, refus [c], blanc 0" in picture["text/plain"]
    assert "Réponses manquantes par question" in table["text/html"]
