"""Tests the headline if declared blanks are unresolved: it equals that of the survey without `blank: no`, and
reveals no small number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.languages.language import read_language
from fltoolkit.publish.headline_by_rule_set import BLANKS, with_blanks_unresolved
from fltoolkit.publish.published_set import restricted
from fltoolkit.survey.spec.questions import without_declared_blanks

Small = Callable[..., fl.ClassifiedSurvey]
WHY = "asked only of those with a debt"
ITEMS: dict[str, Any] = {
    "involuntary": {"very_low_or_no_wages": {"column": "INV"}},
    "coercion": {
        "withheld_wages": {"column": "COE"},
        "debt_bondage": {"column": "DEBT", "blank": "no", "why": WHY},
    },
}


def people(blank: int, open_: int = 12) -> list[tuple[str, dict[str, Any]]]:
    """Twenty cases; `blank` persons in involuntary work without coercion but for a blank; `open_` persons
    unresolved; 200 others."""
    kinds = [
        ("case", {"DEBT": 2}, 20),
        ("not", {"INV": 1, "DEBT": ""}, blank),
        ("open", {"DEBT": 2}, open_),
        ("not", {"DEBT": 2}, 200),
    ]
    told = [(answer, own) for answer, own, n in kinds for _ in range(n)]
    return [(answer, {"P": i % 40, **own}) for i, (answer, own) in enumerate(told)]


def test_the_headline_is_that_of_the_survey_without_the_line(small: Small) -> None:
    persons = small(people(blank=30), items=ITEMS)
    found = fl.blanks(persons, fl.publish_run(persons))
    assert found.lines.to_dict("records") == [
        {"where": "items.coercion.debt_bondage", "column": "DEBT", "why": WHY, "persons": 30}
    ]
    own, other = found.headline.to_dict("records")
    assert (own["blanks"], own["unresolved"], other["blanks"], other["unresolved"]) == (
        "no",
        12,
        "unresolved",
        42,
    )
    assert own["estimate"] == other["estimate"] == round(20 / 262, 4)
    assert other["bound_high"] == pytest.approx(62 / 262, abs=1e-3)
    note = fl.publish_run(persons).rule_sets()["rule_note"].iloc[1]
    assert note == "the blanks of DEBT are unresolved here, where the run takes them as a no"
    assert read_language("fr").kit(note).startswith("les blancs de DEBT sont ici des réponses manquantes")
    plain = {"debt_bondage": {"column": "DEBT"}}
    bare = small(people(blank=30), items=ITEMS | {"coercion": ITEMS["coercion"] | plain})
    exact = restricted(persons)
    exact = exact[(exact["rule_set"] == "icls_2018 v1" + BLANKS) & (exact["measure"] == "prevalence")]
    expected = fl.prevalence(bare).table
    for name in ("estimate", "se", "unresolved", "bound_high", "bound_ci_high", "resolved_only"):
        assert exact[name].iloc[0] == pytest.approx(expected[name].iloc[0], rel=1e-12)


@pytest.mark.parametrize(("blank", "shown"), [(4, False), (5, True)])
def test_of_two_counts_that_differ_by_few_persons_the_second_is_hidden(
    small: Small, blank: int, shown: bool
) -> None:
    persons = small(people(blank), items=ITEMS)
    found = fl.blanks(persons, fl.publish_run(persons))
    own, other = found.headline.to_dict("records")
    assert own["unresolved"] == 12
    assert pd.notna(other["unresolved"]) is shown
    assert pd.notna(other["bound_high"]) is shown
    assert (other["unresolved_marker"] == "c") is not shown
    assert pd.isna(found.lines["persons"].iloc[0]) is not (blank >= 5)


def test_without_a_declared_blank_nothing_stands_beside(small: Small) -> None:
    plain = ITEMS | {"coercion": {"withheld_wages": {"column": "COE"}}}
    persons = small(people(blank=30), items=plain)
    assert with_blanks_unresolved(persons) is None
    found = fl.blanks(persons, fl.publish_run(persons))
    assert len(found.lines) == 0
    assert found.headline["blanks"].to_list() == ["no"]


def test_only_declarations_are_taken_from_a_survey(small: Small) -> None:
    spec = small(people(blank=30), items=ITEMS).spec
    bare = without_declared_blanks(spec)
    assert [s.blank for _, s in bare.questions()] == [None] * 4
    assert [(where, s.column) for where, s in bare.questions()] == [
        (where, s.column) for where, s in spec.questions()
    ]
    assert [s.blank for _, s in spec.questions()] == [None, None, None, "no"]
    assert bare.model_dump(exclude={"items"}) == spec.model_dump(exclude={"items"})
