"""Tests the change since the baseline in documents: rows with intervals, verdicts, and nothing that is
hidden."""

from __future__ import annotations

import dataclasses
from typing import Any

import two_rounds
from handed import EN, FR
from promises import evidence_of, filled, plan_with

import fltoolkit as fl
from fltoolkit.estimate.change_over_time.difference import COVERS_ZERO, INCREASED, NO_CHANGE, NOT_COMPARABLE
from fltoolkit.estimate.change_over_time.unresolved_excess import MORE_UNRESOLVED
from fltoolkit.nap.later_survey import sign_and_verdict
from fltoolkit.report.document_sections import follow_up_section
from fltoolkit.show.printed_tables import change_tables

NAN = float("nan")
NORTH = {
    "group": "region",
    "category": "north",
    "value": 6.5,
    "ci_low": 4.0,
    "ci_high": 9.0,
    "change": 1.5,
    "change_ci_low": -1.0,
    "change_ci_high": 4.0,
    "verdict": NO_CHANGE,
    "light": sign_and_verdict(NO_CHANGE),
    "verdict_reason": COVERS_ZERO,
}
WEST = {
    "group": "region", "category": "west", "baseline_value": NAN, "baseline_ci_low": NAN,
    "baseline_ci_high": NAN, "value": NAN, "ci_low": NAN, "ci_high": NAN, "change": NAN, "change_ci_low": NAN,
    "change_ci_high": NAN, "verdict": "", "light": "", "marker": "c", "marker_before": "c",
    "verdict_reason": "before: confidential", "reason": "confidential",
}  # fmt: skip


def evidence(*followed: dict[str, Any]) -> fl.Evidence:
    """5 per 1,000 (4 to 6) in 2025, 3 (2 to 4) in 2027."""
    return evidence_of(filled(plan_with()), list(followed))


def test_each_row_has_both_rounds_the_change_and_the_verdict() -> None:
    table = follow_up_section.table(evidence({}, NORTH), EN)
    assert table is not None
    heads = [head.text for head in table.heads]
    assert heads == [
        "Group",
        "2025",
        "Interval (2025)",
        "2027",
        "Interval (2027)",
        "Change",
        "Interval of the change",
        "Changed?",
    ]
    head, whole = ([cell.replace("\xa0", " ") for cell in row] for row in table.texts)
    assert head == ["Prevalence (per 1,000 adults)"]
    assert whole == [
        "Everyone",
        "5.0",
        "4.0 to 6.0",
        "3.0",
        "2.0 to 4.0",
        "−2.0",
        "−3.0 to −1.0",
        "▼ decreased",
    ]
    assert table.note.startswith("The verdict is that of a test")


def test_changes_by_group_have_a_table_of_their_own() -> None:
    table = follow_up_section.by_group(evidence({}, NORTH), EN)
    assert table is not None
    head, group, north = ([cell.replace("\xa0", " ") for cell in row] for row in table.texts)
    assert (head, group) == (["Prevalence (per 1,000 adults)"], ["Region"])
    assert north == [
        "North",
        "5.0",
        "4.0 to 6.0",
        "6.5",
        "4.0 to 9.0",
        "+1.5",
        "−1.0 to +4.0",
        "– not detectable",
    ]
    assert table.title == "Change since the baseline, by group"
    assert follow_up_section.by_group(evidence({}), EN) is None


def test_beside_a_category_with_a_target_its_whole_group_is_important() -> None:
    """A reader who sees women fall asks for men. A group without a target stays out."""
    men, women = ({"group": "gender", "category": who} for who in ("men", "women"))
    made = evidence({}, men, women, NORTH)
    aimed = made.follow_up["category"].eq("women")
    rows = made.follow_up.assign(target_year=aimed.map({True: 2030.0, False: NAN}))
    found = follow_up_section.most_important(dataclasses.replace(made, follow_up=rows))
    assert found["category"].tolist() == [made.follow_up["category"].iloc[0], "men", "women"]
    without = follow_up_section.most_important(
        dataclasses.replace(made, follow_up=rows.assign(target_year=NAN))
    )
    assert len(without) == 1


def test_the_brief_has_each_shown_change_of_the_rate_and_says_what_it_leaves_out() -> None:
    """Before, a group that the plan does not name was left out, although its rate had fallen."""
    made = two_rounds.fell()
    assert made.changed is not None
    (table,) = follow_up_section.in_brief(made, EN)
    assert [(row[0], row[7].replace("\xa0", " ")) for row in table.texts if len(row) > 1] == [
        ("Everyone", "▼ decreased"),
        ("Men", "▼ decreased"),
        ("Women", "▼ decreased"),
    ]
    left_out = "Groups whose change is not shown are left out."
    assert left_out not in table.note
    hidden = made.changed.table.assign(
        verdict=made.changed.table["verdict"].mask(made.changed.table["category"] == "men", "")
    )
    without = dataclasses.replace(made, changed=dataclasses.replace(made.changed, table=hidden))
    (table,) = follow_up_section.in_brief(without, EN)
    assert "Men" not in {row[0] for row in table.texts}
    assert left_out in table.note
    assert follow_up_section.in_brief(evidence(), EN) == []


def test_a_group_that_the_plan_does_not_name_has_its_changes_in_a_table() -> None:
    """The brief has them, and sends readers who want more to the skeleton."""
    made = two_rounds.fell()
    (table,) = follow_up_section.of_other_groups(
        dataclasses.replace(made, follow_up=made.follow_up.head(1)), EN
    )
    assert {row[0] for row in table.texts if len(row) > 1} == {"Men", "Women"}
    assert table.title.startswith("Change since the baseline, by sex: ")
    assert "The verdict is that of a test" in table.note
    named = made.follow_up.head(1).assign(group="sex")
    assert follow_up_section.of_other_groups(dataclasses.replace(made, follow_up=named), EN) == []
    assert follow_up_section.of_other_groups(evidence(), EN) == []


def test_a_change_that_unresolved_answers_leave_unjudged_is_not_called_undetectable() -> None:
    """Its interval excludes 0. The table says so in few words, and a footnote says why."""
    verdict, reason = NO_CHANGE, MORE_UNRESOLVED
    unjudged = {"verdict": verdict, "verdict_reason": reason, "light": sign_and_verdict(verdict, reason)}
    table = follow_up_section.table(evidence(unjudged, NORTH), EN)
    assert table is not None
    assert table.texts[1][7].replace("\xa0", " ") == "○ not judged"
    assert table.footnotes == ("Not judged (more unresolved answers in one round)",)
    (said,) = follow_up_section.verdicts(evidence(unjudged), EN)
    assert said.startswith(
        "Prevalence: 5.0 in 2025, then 3.0 in 2027, per 1,000 adults; difference before rounding −2.0 "
        "(interval: "
    )
    assert said.endswith("Test of the change since 2025: not judged (more unresolved answers in one round).")
    (said,) = follow_up_section.verdicts(evidence(unjudged), FR)
    assert said.endswith(
        "Test de l’évolution depuis 2025\u202f: non jugé (davantage de réponses manquantes dans une des "
        "deux enquêtes)."
    )


def test_a_hidden_row_shows_its_marker_and_one_reason() -> None:
    table = follow_up_section.by_group(evidence({}, WEST), EN)
    assert table is not None
    assert table.texts[-1] == ("West", "[c]", "[c]", "", "", "[c]", "[c]", "[c]", "a")
    assert table.footnotes == ("Before: confidential",)
    assert table.note.endswith(f"[c]\xa0{EN.say('markers.c')}.")


def test_a_marker_belongs_to_the_number_of_its_round() -> None:
    """5.0 was reliable, 3.0 is not: the change between them has no marker, and the reason stands in the
    tables of the round."""
    table = follow_up_section.table(
        evidence({"marker": "u", "marker_after": "u", "reason": "after: fewer than 15 cases"}), EN
    )
    assert table is not None
    assert [text.replace("\xa0", " ") for text in table.texts[-1]] == [
        "Everyone",
        "5.0",
        "4.0 to 6.0",
        "3.0 [u]",
        "2.0 to 4.0",
        "−2.0",
        "−3.0 to −1.0",
        "▼ decreased",
    ]
    assert table.lettered == ()


def test_a_limit_that_rounds_to_zero_lies_on_its_side() -> None:
    table = follow_up_section.table(evidence({"change_ci_high": 0.0, "beyond_zero": "<0"}), EN)
    assert table is not None
    assert table.texts[-1][6].replace("\xa0", " ") == "−3.0 to <0"


def test_a_baseline_run_has_nothing_to_follow() -> None:
    assert follow_up_section.table(evidence(), EN) is None
    assert follow_up_section.verdicts(evidence(), EN) == ()


def test_a_year_that_is_not_known_leaves_words_for_both_rounds() -> None:
    table = follow_up_section.table(evidence({"year": NAN}), EN)
    assert table is not None
    assert [head.text for head in table.heads][1:4:2] == ["Before", "After"]


def test_a_verdict_is_a_sentence_of_the_total_with_its_reason() -> None:
    told = follow_up_section.verdicts(evidence(NORTH | {"group": "total"}, NORTH, WEST), EN)
    assert [t.replace("\xa0", " ") for t in told] == [
        "Prevalence: 5.0 in 2025, then 6.5 in 2027, per 1,000 adults; difference before rounding +1.5 "
        "(interval: −1.0 to +4.0). "
        "Test of the change since 2025: no detectable change."
    ]
    unlike = {
        "verdict": NOT_COMPARABLE,
        "light": sign_and_verdict(NOT_COMPARABLE),
        "change": NAN,
        "verdict_reason": "definition changed",
    }
    (without,) = follow_up_section.verdicts(evidence(unlike), EN)
    assert without == "Prevalence. Test of the change since 2025: not comparable (definition changed)."
    assert follow_up_section.verdicts(evidence({}), FR)[0].endswith(
        "Test de l’évolution depuis 2025\u202f: baisse."
    )


def test_a_hidden_light_has_no_words() -> None:
    assert change_tables.verdict_in_words(EN, {"measure": "total", "light": ""}) == ""
    assert change_tables.verdict_in_words(FR, {"light": sign_and_verdict(INCREASED)}) == "▲ hausse"
