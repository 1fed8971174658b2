"""Tests the titles of slides: a number or the verdict of a test, and never an unreliable number or the
largest of many."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from handed import EN, ES, FR
from promises import evidence_from, evidence_of
from published_rows import contrasts, of, published, row

from fltoolkit.languages.language import Language
from fltoolkit.publish.contrasts.published_contrasts import TOO_FEW
from fltoolkit.publish.published_set import Published
from fltoolkit.report.document_sections import slide_titles
from fltoolkit.show.wording import number_words, plan_words

UNSURE = {"flag": "unreliable", "marker": "u"}
TARGET = {"year": 2030, "cut": 0.9}


def compared(verdict: object, low: float = np.nan, high: float = np.nan, **women: object) -> Published:
    """A run in which men are compared with women."""
    rows = [
        row(),
        of("sex", "men", estimate=0.03, sex="men"),
        of("sex", "women", estimate=0.01, sex="women", **women),
    ]
    return dataclasses.replace(
        published(*rows, groups=("sex",)),
        lead="sex",
        contrasts=contrasts({"verdict": verdict, "ci_low": low, "ci_high": high}),
    )


def test_an_unreliable_number_is_in_no_title() -> None:
    assert "30.0" not in (slide_titles.groups(compared(TOO_FEW, **UNSURE), EN) or "")
    assert slide_titles.groups(published(row()), EN) is None
    assert slide_titles.rate(published(row(**UNSURE)), EN) is None
    assert slide_titles.rate(published(row()), EN) == "20 of every 1,000 adults in forced labour (2025)"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (EN, "20.0 per 1,000 in 2025; the target for 2030 is 2.0"),
        (FR, "20,0 pour 1\u202f000 en 2025\u202f; la cible pour 2030 est de 2,0"),
        (ES, "20,0 por 1\u202f000 en 2025; la meta para 2030 es 2,0"),
    ],
)
def test_the_path_names_the_target_and_the_measured_numbers(language: Language, said: str) -> None:
    before = evidence_from(published(row()), TARGET, planned_sample=2000)
    assert (slide_titles.path(before, language) or "").replace("por cada", "por") == said
    after = evidence_of(before.baseline, [{"value": 12.0}], published(row()))
    later = after.targets.assign(later_value=12.0, later_year=2027.0)
    told = slide_titles.path(dataclasses.replace(after, targets=later), language) or ""
    assert told.startswith("20")
    assert told.index("2025") < told.index("12") < told.index("2027")
    later = later.assign(later_ci_low=11.5, later_ci_high=12.5)
    for planned, side in ((13.0, "below"), (11.0, "above"), (12.4, "around")):
        beside = dataclasses.replace(
            after, targets=later, follow_up=after.follow_up.assign(milestone=planned)
        )
        numbers = {"now": plan_words.measured(language, later.iloc[0].to_dict()), "year": "2027"}
        unit, aimed = number_words.unit(language, "prevalence"), language.number("2.0")
        beside_planned = {"unit": unit, "planned": language.number(f"{planned}"), "by": "2030", "aim": aimed}
        assert slide_titles.path(beside, language) == language.say(
            f"slides.path_{side}", **numbers, **beside_planned
        )
    assert slide_titles.path(evidence_from(published(row())), language) is None


def test_the_targets_that_a_survey_could_verify_are_counted() -> None:
    made = evidence_from(published(row()), TARGET, {"year": 2032, "cut": 0.02}, planned_sample=2000)
    assert slide_titles.targets(made, EN) == "A later survey would find the fall for 1 of 2 targets"
    planned = (
        "In 2030, the planned survey (2,000 persons) has an 80% chance of finding a fall from 20.0 "
        "to 9.2 per 1,000 or lower"
    )
    assert slide_titles.repeat(made, EN) == planned
    aimless = dataclasses.replace(made, targets=made.targets.assign(target_year=np.nan))
    assert slide_titles.repeat(aimless, EN) == planned.replace("In 2030, the", "The")
    held = dataclasses.replace(made, targets=made.targets.assign(later_year=2030.0))  # that survey is over
    assert slide_titles.repeat(held, EN) == planned.replace("In 2030, the", "The")
    none = dataclasses.replace(made, targets=made.targets.assign(verifiable="no"))
    assert slide_titles.targets(none, EN) == "No target can be verified by a planned survey"
    open_ = dataclasses.replace(made, targets=made.targets.assign(verifiable=["no", ""]))
    assert (
        slide_titles.targets(open_, EN) == "A later survey would find the fall for 0 of 2 targets"
    )  # one cannot be said
    nothing = evidence_from(published(row()))
    assert slide_titles.targets(nothing, EN) is None
    assert slide_titles.repeat(dataclasses.replace(nothing, targets=nothing.targets.head(0)), EN) is None
