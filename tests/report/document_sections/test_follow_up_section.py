"""What changed since the baseline in documents: rows with intervals, verdicts, and nothing that is hidden."""

from __future__ import annotations

from typing import Any

from handed import EN, FR
from promises import evidence_of, filled, plan_with

import fltoolkit as fl
from fltoolkit.estimate.change_over_time.difference import COVERS_ZERO, INCREASED, NO_CHANGE, NOT_COMPARABLE
from fltoolkit.nap.follow_up import light
from fltoolkit.report.document_sections import follow_up_section

NAN = float("nan")
NORTH = {
    "group": "region", "category": "north", "value": 6.5, "ci_low": 4.0, "ci_high": 9.0, "change": 1.5, "change_ci_low": -1.0,
    "change_ci_high": 4.0, "verdict": NO_CHANGE, "light": light(NO_CHANGE), "verdict_reason": COVERS_ZERO,
}  # fmt: skip
WEST = {
    "group": "region", "category": "west", "baseline_value": NAN, "value": NAN, "change": NAN, "verdict": "", "light": "", "marker": "c",
    "verdict_reason": "before: confidential", "reason": "confidential",
}  # fmt: skip


def evidence(*followed: dict[str, Any]) -> fl.Evidence:
    """5 per 1,000 (4 to 6) in 2025, 3 (2 to 4) in 2027."""
    return evidence_of(filled(plan_with()), list(followed))


def test_each_row_has_both_rounds_the_change_and_the_verdict() -> None:
    table = follow_up_section.table(evidence({}, NORTH), EN)
    assert table is not None
    assert table.columns == ("Group", "2025", "2027", "Change (interval)", "Verdict", "Marker", "Remark")
    head, whole, north = ([cell.replace("\xa0", " ") for cell in row] for row in table.rows)
    assert head == ["Prevalence"]
    assert whole == ["everyone", "5.0 (4.0 to 6.0)", "3.0 (2.0 to 4.0)", "−2.0 (−3.0 to −1.0)", "▼ decreased", "", ""]
    assert north[1:] == ["5.0 (4.0 to 6.0)", "6.5 (4.0 to 9.0)", "+1.5 (−1.0 to +4.0)", "? no detectable change", "", ""]


def test_a_hidden_row_shows_its_marker_and_one_reason() -> None:
    table = follow_up_section.table(evidence({}, WEST), EN)
    assert table is not None
    assert table.rows[-1] == ("west", "", "", "", "", "[c]", "before: confidential")
    assert table.note.endswith("[c] confidential: not shown")
    unreliable = WEST | {"marker": "u", "verdict_reason": "", "reason": "fewer than 15 cases"}
    made = follow_up_section.table(evidence({}, unreliable), EN)
    assert made is not None
    assert made.rows[-1][-2:] == ("[u]", "fewer than 15 cases")


def test_a_baseline_run_has_nothing_to_follow() -> None:
    assert follow_up_section.table(evidence(), EN) is None
    assert follow_up_section.verdicts(evidence(), EN) == ()


def test_a_year_that_is_not_known_leaves_its_words() -> None:
    table = follow_up_section.table(evidence({"year": NAN}), EN)
    assert table is not None
    assert table.columns[1:3] == ("2025", "After")


def test_a_verdict_is_a_sentence_of_the_total_and_no_question() -> None:
    """Its sign is left out where it would read as a question; the reason follows."""
    told = follow_up_section.verdicts(evidence(NORTH | {"group": "total"}, NORTH, WEST), EN)
    assert [t.replace("\xa0", " ") for t in told] == [
        "Prevalence, 2025 to 2027: no detectable change. 5.0, then 6.5 per 1,000 adults; difference before rounding +1.5 "
        f"(interval: −1.0 to +4.0). Reason: {COVERS_ZERO}."
    ]
    (without,) = follow_up_section.verdicts(
        evidence(
            {"verdict": NOT_COMPARABLE, "light": light(NOT_COMPARABLE), "change": NAN, "verdict_reason": "definition changed"}
        ),
        EN,
    )
    assert without == "Prevalence, 2025 to 2027: × not comparable. Reason: definition changed."
    assert (
        follow_up_section.verdicts(evidence({}), FR)[0].replace("\xa0", " ").startswith("Prevalence, de 2025 à 2027 : ▼ baisse.")
    )


def test_a_change_has_its_sign_and_a_hidden_light_none() -> None:
    row = {"measure": "total", "light": ""}
    assert [follow_up_section.signed(EN, v, row) for v in (1200.0, -1200.0, 0.0, NAN)] == ["+1,200", "−1,200", "+0", ""]
    assert follow_up_section.light(EN, row) == ""
    assert follow_up_section.light(FR, {"light": light(INCREASED)}) == "▲ hausse"
