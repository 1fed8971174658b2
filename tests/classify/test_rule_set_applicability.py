"""Tests how a rule set fits a survey: what it can use, what is missing, why it cannot be applied, and whose
cases it can count."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from staged_questions import asked, staged

import fltoolkit as fl
from fltoolkit.classify.rule_set import (
    RuleSet,
    item_columns,
    item_sources,
    lacking,
    load_rules,
    note_on_rule_set,
    obstacle,
    within_icls,
)
from fltoolkit.errors import SpecError
from fltoolkit.survey.spec.survey_spec import SurveySpec

One = Callable[..., dict[str, Any]]
SurveyOf = Callable[..., fl.Survey]

HTS = load_rules("hts_2012", Path())


def test_items_without_a_stage_are_not_guessed(survey_of: SurveyOf) -> None:
    keys = staged(
        "unagreed_overtime work", "threats_or_violence work", "withheld_wages work", "hazardous_work work"
    )
    del keys["items"]["coercion"]["withheld_wages"][0]["stage"]
    with pytest.raises(SpecError) as error:
        fl.classify(survey_of({"a": asked(keys)}, keys), "hts_2012")
    message = str(error.value)
    for words in (
        "hts_2012 needs the stage",
        "found:   withheld_wages\n",
        "allowed: recruitment, work, leaving",
        "say stage:",
    ):
        assert words in message


def test_a_survey_in_which_no_dimension_can_hold_is_told_so(survey_of: SurveyOf) -> None:
    keys = staged("unagreed_overtime work", "threats_or_violence leaving")
    with pytest.raises(SpecError, match="asks too little for any dimension of hts_2012 to hold"):
        fl.classify(survey_of({"a": asked(keys)}, keys), "hts_2012")


def test_one_answer_may_not_stand_on_both_sides_of_one_dimension(survey_of: SurveyOf) -> None:
    """Two elements of coercion by the ICLS may share an answer; where a rule set parts them, they may not."""
    keys = staged("restricted_movement work", "threats_or_violence work", "hazardous_work work")
    for item in ("restricted_movement", "threats_or_violence"):
        keys["items"]["coercion"][item][0]["column"] = "held"
    persons = {"a": {"held": "J", "hazardous_work_work": "J"}, "b": {"held": "N", "hazardous_work_work": "N"}}
    survey = survey_of(persons, keys)
    assert fl.prevalence(fl.classify(survey)).table["cases"].to_list() == [1]
    with pytest.raises(SpecError, match="one answer counts on both sides") as error:
        fl.classify(survey, "hts_2012")
    assert "code J of held is restricted_movement and threats_or_violence" in str(error.value)


def test_the_items_lacking_are_those_the_rule_set_could_use(
    classified_of: Callable[..., fl.ClassifiedSurvey],
) -> None:
    keys = staged("unagreed_overtime work", "threats_or_violence work", "no_freedom_to_leave work")
    lacking = classified_of({"a": asked(keys)}, keys, rules="hts_2012").lacking
    assert "no_freedom_to_leave" in lacking["involuntary"]  # asked, but not of leaving
    assert "unagreed_overtime" not in lacking["involuntary"]
    assert "threats_or_violence" not in lacking["coercion"]


SAME_SIDES = staged(
    "unfree_recruitment recruitment",
    "very_low_or_no_wages recruitment",
    "withheld_documents recruitment",
    "unagreed_overtime work",
    "other_employers work",
    "threats_or_violence work",
    "other_penalty work",
    "longer_than_agreed leaving",
    "withheld_wages leaving",
)


MOVED = staged("restricted_movement work", "threats_or_violence work", "unagreed_overtime work")


def random_answers(keys: dict[str, Any], size: int) -> dict[str, dict[str, str]]:
    names, draw = list(asked(keys)), np.random.default_rng(7)
    return {
        str(i): dict(zip(names, draw.choice(["J", "N", "W"], len(names), p=[0.3, 0.6, 0.1]), strict=True))
        for i in range(size)
    }


def both(one: One, persons: dict[str, dict[str, str]], keys: dict[str, Any]) -> list[tuple[Any, Any]]:
    hts, icls = (one("forced_labour", persons, keys, rules) for rules in ("hts_2012", "icls_2018"))
    return [(hts[who], icls[who]) for who in persons]


def test_where_no_item_changes_sides_every_case_of_hts_is_one_of_icls(survey_of: SurveyOf, one: One) -> None:
    persons = random_answers(SAME_SIDES, 500)
    survey = survey_of(persons, SAME_SIDES)
    rule = load_rules("hts_2012", Path())
    assert within_icls(survey.spec, rule)
    assert (
        note_on_rule_set(survey.spec, rule)
        == "all its cases are cases of the 2018 international definition, too"
    )
    pairs = both(one, persons, SAME_SIDES)
    assert sum(hts is True for hts, _ in pairs) > 50
    assert all(icls is True for hts, icls in pairs if hts is True)
    assert any(icls is True and hts is not True for hts, icls in pairs)


def test_movement_as_involuntariness_makes_cases_that_icls_does_not_have(
    survey_of: SurveyOf, one: One
) -> None:
    persons = random_answers(MOVED, 500)
    survey = survey_of(persons, MOVED)
    rule = load_rules("hts_2012", Path())
    assert not within_icls(survey.spec, rule)
    assert "where the following are on the other side: restricted_movement;" in str(
        note_on_rule_set(survey.spec, rule)
    )
    assert (True, False) in both(one, persons, MOVED)
    person = {"a": asked(MOVED, "restricted_movement_work threats_or_violence_work")}
    assert both(one, person, MOVED) == [(True, False)]


def test_an_item_that_changes_sides_where_nothing_can_hold_changes_nothing(
    spec_of: Callable[..., SurveySpec],
) -> None:
    """A debt at recruitment is involuntariness; without a penalty at recruitment it makes nobody a case."""
    keys = staged("debt_bondage recruitment", "unagreed_overtime work", "threats_or_violence work")
    spec, rule = spec_of(keys), load_rules("hts_2012", Path())
    assert within_icls(spec, rule)
    assert str(note_on_rule_set(spec, rule)).endswith(
        "; the survey asks too little to find: unfree_recruitment, impossibility_of_leaving"
    )


def rule(**lists: Any) -> RuleSet:
    return RuleSet.model_validate({"name": "mine", "version": 1, "title": "Mine", "source": "here", **lists})


def test_a_rule_set_uses_the_questions_of_its_stages_and_may_move_an_item_to_the_other_side(
    spec_of: Callable[..., SurveySpec],
) -> None:
    keys = staged(
        "hazardous_work work",
        "hazardous_work leaving",
        "debt_bondage work",
        "other_penalty work",
        "different_job work",
    )
    spec = spec_of(keys)
    part = {"stages": ["leaving", "work"], "involuntary": ["debt_bondage"], "coercion": ["other_penalty"]}
    late = {
        "stages": ["leaving"],
        "involuntary": ["hazardous_work", "longer_than_agreed"],
        "coercion": ["other_penalty"],
    }
    mine = rule(dimensions={"a": part, "b": late})
    sources = item_sources(spec, mine)
    assert {
        side: [(column, item, source.column) for column, item, source in questions]
        for side, questions in sources.items()
    } == {
        "involuntary": [
            ("fl__involuntary__debt_bondage__0", "debt_bondage", "debt_bondage_work"),
            ("fl__involuntary__hazardous_work__1", "hazardous_work", "hazardous_work_leaving"),
        ],
        "coercion": [("fl__coercion__other_penalty__0", "other_penalty", "other_penalty_work")],
    }
    assert item_columns(sources) == {
        "involuntary": {
            "debt_bondage": ("fl__involuntary__debt_bondage__0",),
            "hazardous_work": ("fl__involuntary__hazardous_work__1",),
        },
        "coercion": {"other_penalty": ("fl__coercion__other_penalty__0",)},
    }
    assert lacking(mine, sources) == {"involuntary": ("longer_than_agreed",), "coercion": ()}
    assert obstacle(spec, mine, "survey.yaml") is None


def test_several_questions_on_one_item_are_its_columns_together(spec_of: Callable[..., SurveySpec]) -> None:
    keys = staged("hazardous_work work", "hazardous_work leaving", "debt_bondage work")
    sources = item_sources(spec_of(keys), load_rules("icls_2018", Path()))
    assert item_columns(sources)["involuntary"] == {
        "hazardous_work": ("fl__involuntary__hazardous_work__0", "fl__involuntary__hazardous_work__1")
    }


def test_two_lists_need_no_stage_and_of_the_guidelines_nothing_must_be_said(
    spec_of: Callable[..., SurveySpec],
) -> None:
    spec, base = spec_of(), load_rules("icls_2018", Path())
    assert obstacle(spec, base, "survey.yaml") is None
    assert (note_on_rule_set(spec, base), within_icls(spec, base)) == ("", True)
    error = obstacle(spec, HTS, "survey.yaml")
    assert isinstance(error, SpecError)
    assert "needs the stage" in str(error)


def test_a_dimension_that_lacks_a_strong_item_or_enough_of_a_side_cannot_hold(
    spec_of: Callable[..., SurveySpec],
) -> None:
    keys = staged("hazardous_work work", "different_job work", "debt_bondage work", "other_penalty work")
    spec = spec_of(keys)
    weak = {
        "involuntary": {"strong": ["longer_than_agreed"], "medium": ["hazardous_work"]},
        "coercion": ["other_penalty"],
    }
    two = {
        "involuntary": ["hazardous_work", "different_job"],
        "coercion": ["debt_bondage"],
        "at_least": {"involuntary": 2},
    }
    three = {
        "involuntary": ["hazardous_work", "different_job", "longer_than_agreed"],
        "coercion": ["debt_bondage"],
        "at_least": {"involuntary": 3},
    }
    mine = rule(dimensions={"weak": {**weak, "at_least": {"strong": 1}}, "two": two, "three": three})
    assert note_on_rule_set(spec, mine) == (
        "all its cases are cases of the 2018 international definition, too; the survey asks too "
        "little to find: weak, three"
    )
    assert obstacle(spec, mine, "survey.yaml") is None  # one that can hold is enough
    assert (
        obstacle(spec, rule(dimensions={"weak": {**weak, "at_least": {"strong": 1}}}), "survey.yaml")
        is not None
    )
    turned = rule(
        dimensions={"two": {"involuntary": ["debt_bondage", "other_penalty"], "coercion": ["hazardous_work"]}}
    )
    assert note_on_rule_set(spec, turned) == (
        "it can count persons who are no cases of the 2018 international definition, where the following "
        "are on the other side: "
        "debt_bondage, other_penalty, hazardous_work"
    )
