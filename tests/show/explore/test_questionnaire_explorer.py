"""The questionnaire explorer: each item's open answers and its contribution, from published counts only."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from fltoolkit.errors import RequestError
from fltoolkit.show import explore
from fltoolkit.show.explore.questionnaire_explorer import ALL, choices, panel, view

FOUND = pd.DataFrame(
    [
        ("involuntary", "hazardous_work", 40, 31, 6),
        ("involuntary", "different_job", 40, 12, pd.NA),
        ("coercion", "debt_bondage", 40, pd.NA, 0),
    ],
    columns=["side", "item", "cases", "yes", "only"],
).astype(dict.fromkeys(("cases", "yes", "only"), "Int64"))
COUNTS = pd.DataFrame(
    [("items.involuntary.hazardous_work", "FI4", "<b>hazard</b>", 7, pd.NA, 0, 0), ("items.involuntary.different_job", "FI2", "another job", 8, 9, 0, 0),
     ("items.coercion.debt_bondage", "FC3", "debt", 0, 0, 0, 11), ("any_work", "WK", "work", 5, 5, 0, 0)],
    columns=["where", "column", "label", "dont_know", "refused", "not_applicable", "missing"],
).astype(dict.fromkeys(("dont_know", "refused", "not_applicable", "missing"), "Int64"))  # fmt: skip


def test_every_item_can_be_chosen_and_all_together() -> None:
    assert choices(FOUND) == {
        "All items": ALL, "Hazardous work (involuntary)": "hazardous_work", "Different job (involuntary)": "different_job",
        "Debt bondage (coercion)": "debt_bondage",
    }  # fmt: skip
    with pytest.raises(RequestError, match="no such item"):
        view(COUNTS, FOUND, "shoe size")


def test_all_items_are_bars_and_what_is_hidden_is_marked() -> None:
    picture, table = view(COUNTS, FOUND, ALL)
    alt = picture.alt  # type: ignore[union-attr]
    assert "Hazardous work (involuntary): yes 31, only item 6" in alt
    assert "Different job (involuntary): yes 12, only item [c]" in alt
    assert "Debt bondage (coercion): yes [c], only item 0" in alt
    yes, only, marks = picture.figure.data  # type: ignore[union-attr]
    assert (list(yes.x), list(only.x)) == ([31, 12, 0], [6, 0, 0])
    assert list(zip(marks.y, marks.text, strict=True)) == [
        ("Different job (involuntary)", "  [c] only item"), ("Debt bondage (coercion)", "  [c] yes"),
    ]  # fmt: skip
    assert "[c] confidential" in table.text  # type: ignore[union-attr]
    assert "nan" not in table.text.lower()  # type: ignore[union-attr]


def test_one_item_is_told_in_words_beside_its_own_questions() -> None:
    words, picture, table = view(COUNTS, FOUND, "hazardous_work")
    assert "of 40 cases, 31 answered yes to it; for 6 it is the only item on its side" in str(words)
    assert picture.alt == "Stacked bars of open answers by question. FI4: don't know 7, refused [c], blank 0."  # type: ignore[union-attr]
    assert "<b>hazard</b>" not in table.html  # type: ignore[union-attr]
    assert "another job" not in table.html  # type: ignore[union-attr]
    assert "[c] answered yes to it; for 0" in str(view(COUNTS, FOUND, "debt_bondage")[0])


def test_the_panel_goes_from_item_to_item() -> None:
    picker, screen = panel(COUNTS, FOUND).children
    assert picker.description == "Item"
    assert "What each item contributes" in screen.outputs[0]["data"]["application/vnd.plotly.v1+json"]["layout"]["title"]["text"]
    picker.value = "different_job"
    assert "12 answered yes" in screen.outputs[0]["data"]["text/plain"]


def test_without_interaction_all_items_are_displayed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr("IPython.display.display", seen.append)
    assert explore.questionnaire(COUNTS, FOUND) is None
    assert len(seen) == 2
    assert explore.questionnaire(COUNTS, FOUND, interactive=True).children[0].value == ALL
