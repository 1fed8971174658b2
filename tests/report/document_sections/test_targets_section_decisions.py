"""Tests what documents say is to be decided about the plan's targets."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd
from handed import EN
from target_rows import RATE, TARGETS, decided, evidence

from fltoolkit.languages.reasons import joined_reasons
from fltoolkit.nap.targets import TOO_WIDE, UNPLANNED, short_obstacle
from fltoolkit.report.document_formats.document_blocks import Bullets, Paragraph
from fltoolkit.report.document_sections import targets_section
from fltoolkit.show.wording.number_words import start


def test_what_is_to_be_decided_follows_from_the_targets() -> None:
    met, missed = (
        {"value": 2.0, "ci_low": 1.5, "ci_high": 2.4},
        {"value": 3.0, "ci_low": 2.6, "ci_high": 4.0, "year": 2030},
    )

    def said(followed: list[dict[str, Any]] | None, targets: list[dict[str, Any]]) -> str:
        return decided(dataclasses.replace(evidence(targets, followed), now=RATE))

    assert said(None, TARGETS) == (
        "Set a target for north whose fall the planned survey would detect (to 1.0 per 1,000 or lower), "
        "or keep 4.5? No survey of any size can "
        "confirm a fall as small as from 5.0 to 4.5, because the baseline is too uncertain. The planned "
        "survey (15,000 adults) would detect "
        "the fall to one other target at least 8 times in 10."
    )
    persons = f"{evidence(TARGETS[:1]).targets['sample_needed'].iloc[0]:,.0f}"
    needed = f"Persons who must answer: {persons} (target for “Prevalence”)."
    assert said(None, TARGETS[:1]) == f"{start(EN.say('sheet.decisions.open'))} {needed}"
    assert said([met], TARGETS[:1]) == start(EN.say("sheet.decisions.met"))
    assert said([missed], TARGETS) == start(EN.say("sheet.decisions.missed", targets="“Prevalence”"))
    assert said(None, []).startswith(
        "Which target to set. Prevalence: a repeat of 15,000 persons would find a fall from 5.0 in 2025 to "
    )


def test_where_unresolved_answers_make_the_result_wide_the_first_remedy_is_fewer_of_them() -> None:
    """More persons alone do not help there. They are named only for a target without wide bounds."""
    one = evidence(TARGETS[:1])

    def said(obstacle: object, needed: float, **more: Any) -> str:
        refused = one.targets.assign(
            verifiable="no",
            obstacle=pd.Series([obstacle] * len(one.targets), dtype=object),
            sample_needed=needed,
            **more,
        )
        return decided(dataclasses.replace(one, now=RATE, targets=refused))

    means = "train interviewers, ask for the missing answers"
    tasks = f"Get fewer unresolved answers ({means}), or keep the target as an aim that cannot be verified?"
    fewer = f"{tasks} {start(EN.say('sheet.decisions.fewer_open', targets='“Prevalence”'))}"
    assert said(TOO_WIDE, 3500.0) == f"{fewer} Asking more persons does not help by itself."
    assert said(joined_reasons((TOO_WIDE, short_obstacle("sample"))), 3500.0) == said(TOO_WIDE, 3500.0)
    nothing = float("nan")  # no number of persons is enough
    missed = (
        " Even without unresolved answers, the fall to 2.5 per 1,000 for “Prevalence” has only a "
        "52% chance of being detected."
    )
    likely = said(
        TOO_WIDE, nothing, power=0.81, smallest_value=2.0
    )  # of a size that may not be compared with the baseline's
    assert likely == f"{fewer} Asking more persons does not help by itself."
    assert said(TOO_WIDE, nothing, power=0.52, smallest_value=2.6) == fewer + missed
    lower = (
        " Lower the target for “Prevalence” from 2.5 to 2.0 (detected 8 times in 10 if no answer is "
        "unresolved), or keep it?"
    )
    assert said(TOO_WIDE, nothing, power=0.52, smallest_value=2.0) == fewer + lower + missed
    small = said(short_obstacle("sample"), 3500.0)
    assert small == (
        "Ask as many persons, or set another target? "
        "No planned survey can verify the target for “Prevalence”. Persons who must answer: 3,500 "
        "(target for “Prevalence”)."
    )
    none = said(short_obstacle("sample"), nothing)
    assert none.startswith(
        "Set other targets, or keep the present ones as aims?"
    )  # the planned survey would detect the fall to the target
    assert "persons" not in none
    assert said(UNPLANNED, 3500.0).startswith("Plan a survey for 2030, or set another target?")


def test_where_several_targets_cannot_be_verified_the_choice_is_about_all_of_them() -> None:
    made = evidence(TARGETS[:2])
    wide = made.targets.assign(
        verifiable="no", obstacle=pd.Series([TOO_WIDE] * len(made.targets), dtype=object)
    )
    assert "or keep the targets as aims that cannot be verified?" in decided(
        dataclasses.replace(made, now=RATE, targets=wide)
    )


def test_of_targets_without_a_survey_each_year_is_named_and_the_others_have_their_own_decision() -> None:
    """Before, *plan a survey for that year* was asked of targets of three years, although one of four lacked
    only a survey."""
    made = evidence([{"year": year, "cut": 0.5} for year in (2027, 2029, 2031, 2033)])
    targets = made.targets.assign(verifiable="no", obstacle=pd.Series([UNPLANNED] * 6, dtype=object))
    told = decided(dataclasses.replace(made, now=RATE, targets=targets))
    assert told.startswith(
        "Plan a survey for 2027, 2029, 2031 and 2033, or set another target? No planned survey can "
        "verify the target for "
    )
    assert "for “Prevalence” (2027), “Prevalence” (2029) and 2 others." in told
    mixed = targets.assign(obstacle=[short_obstacle("sample"), *[UNPLANNED] * 5])
    small, unplanned = targets_section.decisions(dataclasses.replace(made, now=RATE, targets=mixed), EN)
    assert small[0].startswith("ask as many persons")
    assert unplanned[0].startswith("plan a survey for 2029, 2031 and 2033")


def test_where_no_size_of_survey_answers_the_decision_asks_for_none() -> None:
    """Before, *whether the next survey asks enough persons* was to be decided where nobody was found, or all
    is hidden."""
    hidden = dataclasses.replace(evidence(TARGETS[2:]), now=RATE)
    assert decided(hidden) == (
        "Whether other targets are set: of the present ones, it cannot be said whether a survey could "
        "verify them (baseline not shown)."
    )


def test_on_a_slide_the_question_comes_first_and_each_reason_has_a_bullet() -> None:
    made = dataclasses.replace(evidence(TARGETS), now=RATE)
    question, reasons = targets_section.to_decide_on_slide(made, EN)
    assert isinstance(question, Paragraph)
    assert isinstance(reasons, Bullets)
    assert question.text.endswith("or keep 4.5?")
    assert decided(made) == " ".join((question.text, *reasons.items))


def test_a_number_that_is_below_its_target_but_unreliable_is_told_in_the_decision() -> None:
    """So the box does not contradict the row above it."""
    below = evidence(TARGETS[:1], [{"value": 2.0, "ci_low": 1.5, "ci_high": 2.4, "marker_after": "u"}])
    refused = dataclasses.replace(below, now=RATE, targets=below.targets.assign(verifiable="no"))
    told = (
        "For “Prevalence”, the survey of 2027 found 2.0 (1.5\xa0to\xa02.4): below the target of 2.5, "
        "but too unreliable to confirm it."
    )
    said = decided(refused)
    assert told in said
    assert "planned survey can" not in said


def test_a_target_whose_year_was_measured_without_an_answer_is_not_left_to_the_planned_survey() -> None:
    """Before, no planned survey could verify it, although the survey of its year was over."""
    inside = {"value": 2.4, "ci_low": 1.5, "ci_high": 4.0, "year": 2030}
    assert decided(dataclasses.replace(evidence(TARGETS[:1], [inside]), now=RATE)) == (
        "Set a later year, or set another target? The survey of 2030 could not decide whether the target "
        "for “Prevalence” is reached."
    )


def test_of_targets_of_several_years_the_decision_names_the_one_that_is_meant() -> None:
    """Before, no survey could verify *the target*, while the table above said yes of the other year."""
    made = dataclasses.replace(evidence([{"year": 2028, "cut": 0.05}, {"year": 2030, "cut": 0.5}]), now=RATE)
    assert [v for v in made.targets["verifiable"] if v] == ["no", "yes"]
    assert decided(made).startswith(
        "Set a target for “Prevalence” (2028) whose fall the planned survey would detect"
    )
    both = made.targets.assign(verifiable="yes")
    assert "(target for “Prevalence” (2030))" in decided(dataclasses.replace(made, targets=both))


def test_a_target_above_its_baseline_is_no_smaller_fall() -> None:
    """Before, it was *a smaller fall, such as that to 6.0*, and a later year was said to help."""
    made = dataclasses.replace(evidence([{"year": 2030, "value": 6}], n=20_000), now=RATE)
    assert decided(made) == (
        "Set other targets, or keep the present ones as aims? No planned survey can verify the target "
        "for “Prevalence”."
    )
