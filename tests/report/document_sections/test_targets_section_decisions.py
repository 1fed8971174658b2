"""Tests what documents say is to be decided about the plan's targets. Each kind of decision has a golden text of odd evidence."""

from __future__ import annotations

import dataclasses

import pandas as pd
from handed import EN
from target_rows import RATE, TARGETS, decided, evidence

from fltoolkit.languages.reasons import joined_reasons
from fltoolkit.nap.targets import TOO_WIDE, UNPLANNED, short_obstacle
from fltoolkit.report.document_formats.document_blocks import Bullets, Paragraph
from fltoolkit.report.document_sections import targets_section


def test_where_unresolved_answers_are_one_of_two_reasons_the_remedy_is_theirs() -> None:
    """More persons alone do not help there."""
    one = evidence(TARGETS[:1])
    alone, both = (
        one.targets.assign(
            verifiable="no",
            obstacle=pd.Series([obstacle] * len(one.targets), dtype=object),
            sample_needed=3500.0,
        )
        for obstacle in (TOO_WIDE, joined_reasons((TOO_WIDE, short_obstacle("sample"))))
    )
    first, second = (decided(dataclasses.replace(one, now=RATE, targets=table)) for table in (alone, both))
    assert first == second


def test_targets_without_a_survey_have_a_decision_of_their_own() -> None:
    """Before, *plan a survey for that year* was asked of targets of three years, although one of four lacked
    only a survey."""
    made = evidence([{"year": year, "cut": 0.5} for year in (2027, 2029, 2031, 2033)])
    mixed = made.targets.assign(verifiable="no", obstacle=[short_obstacle("sample"), *[UNPLANNED] * 5])
    small, unplanned = targets_section.decisions(dataclasses.replace(made, now=RATE, targets=mixed), EN)
    assert small[0].startswith("ask as many persons")
    assert unplanned[0].startswith("plan a survey for 2029, 2031 and 2033")


def test_on_a_slide_the_question_comes_first_and_each_reason_has_a_bullet() -> None:
    made = dataclasses.replace(evidence(TARGETS), now=RATE)
    question, reasons = targets_section.to_decide_on_slide(made, EN)
    assert isinstance(question, Paragraph)
    assert isinstance(reasons, Bullets)
    assert question.text.endswith("or keep 4.5?")
    assert decided(made) == f"{question.text} {reasons.items[0]}"  # the page has one reason
