"""Tests rule sets: dimensions, strengths, counts and stages in a rule file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from staged_questions import asked, staged

import fltoolkit as fl
from fltoolkit.classify.rule_set import load_rules, shipped_rules
from fltoolkit.errors import SpecError
from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.spec.questions import STAGES, CoercionItem, InvoluntaryItem

One = Callable[..., dict[str, Any]]
SurveyOf = Callable[..., fl.Survey]

T, F, U = True, False, None
ANSWER = {True: "J", False: "N", None: "W"}
INVOLUNTARY, COERCION = get_args(InvoluntaryItem), get_args(CoercionItem)


EVERY = staged(*(f"{item} {stage}" for item in (*INVOLUNTARY, *COERCION) for stage in STAGES))

# --------------------------------------------------------------------------------------------------------- ht

HTS: dict[str, tuple[str, bool]] = {
    "deceived, papers kept, at recruitment": ("different_job_recruitment withheld_documents_recruitment", T),
    "deceived on wages, papers kept": ("very_low_or_no_wages_recruitment withheld_documents_recruitment", T),
    "both medium": ("very_low_or_no_wages_recruitment other_penalty_recruitment", F),
    "one strong, on the side of involuntariness": ("different_job_recruitment other_penalty_recruitment", T),
    "overtime and violence at work": ("unagreed_overtime_work threats_or_violence_work", T),
    "low wages at work are no indicator": ("very_low_or_no_wages_work threats_or_violence_work", F),
    "movement restricted at work, and violence": ("restricted_movement_work threats_or_violence_work", T),
    "movement restricted at work alone": ("restricted_movement_work", F),
    "movement restricted against leaving": ("no_freedom_to_leave_leaving restricted_movement_leaving", T),
    "debt as the reason to stay, and violence": ("debt_bondage_leaving threats_or_violence_leaving", T),
    "debt and overtime": ("debt_bondage_work unagreed_overtime_work", F),
    "two stages": ("different_job_recruitment threats_or_violence_work", F),
    "cannot leave, violence at work": ("no_freedom_to_leave_leaving threats_or_violence_work", F),
    "cannot leave, two medium penalties": (
        "no_freedom_to_leave_leaving abuse_of_vulnerability_leaving other_penalty_leaving",
        T,
    ),
}


def test_hts_needs_both_sides_and_a_strong_item_in_one_dimension(one: One) -> None:
    persons = {who: asked(EVERY, yes) for who, (yes, _) in HTS.items()}
    assert one("forced_labour", persons, EVERY, "hts_2012") == {
        who: forced for who, (_, forced) in HTS.items()
    }


def test_a_person_leaves_the_flow_where_the_rule_set_says(one: One) -> None:
    persons = {who: asked(EVERY, yes) for who, (yes, _) in HTS.items()}
    steps = one("step", persons, EVERY, "hts_2012")
    assert steps["both medium"] == steps["two stages"] == "below the rule's thresholds"
    assert steps["low wages at work are no indicator"] == "not involuntary"
    assert steps["movement restricted at work alone"] == "no coercion"
    assert one("step", persons, EVERY)["two stages"] == "forced labour"


def test_thresholds_and_same_work_are_told_apart_over_episodes(one: One) -> None:
    keys = staged(
        "no_freedom_to_leave leaving",
        "other_penalty leaving",
        "other_without_consent leaving",
        "withheld_wages leaving",
    )
    for side in keys["items"].values():
        for questions in side.values():
            questions[0]["column"] += "_{episode}"
    keys["episodes"] = {"wide": ["1", "2"], "exists": "job_{episode}"}
    names = ("no_freedom_to_leave", "other_penalty", "other_without_consent", "withheld_wages")

    def person(first: str, second: str) -> dict[str, str]:
        told = {
            f"{n}_leaving_{e}": ANSWER[n in yes.split()]
            for e, yes in (("1", first), ("2", second))
            for n in names
        }
        return told | {"job_1": "J", "job_2": "J"}

    persons = {
        "in one": person("no_freedom_to_leave other_penalty", ""),
        "in two": person("no_freedom_to_leave", "other_penalty"),
        "too weak": person("other_without_consent other_penalty", "no_freedom_to_leave"),
    }
    assert one("step", persons, keys, "hts_2012") == {
        "in one": "forced labour",
        "in two": "not in the same work",
        "too weak": "below the rule's thresholds",
    }


def test_an_open_answer_leaves_a_dimension_open_only_where_it_decides(one: One) -> None:
    cannot_leave = "no_freedom_to_leave_leaving"
    persons = {
        "decides": asked(EVERY, cannot_leave, "withheld_wages_leaving"),
        "another dimension": asked(EVERY, cannot_leave, "withheld_wages_work"),
        "decided elsewhere": asked(
            EVERY, f"{cannot_leave} withheld_wages_leaving", "unagreed_overtime_work debt_bondage_work"
        ),
        "strong or not": asked(EVERY, "other_penalty_work other_employers_work", "unagreed_overtime_work"),
        "medium either way": asked(EVERY, "other_penalty_work", "other_employers_work"),
    }
    assert one("forced_labour", persons, EVERY, "hts_2012") == {
        "decides": U,
        "another dimension": F,
        "decided elsewhere": T,
        "strong or not": U,
        "medium either way": F,
    }


def test_a_recalled_rule_says_so_in_its_file_and_with_every_figure(survey_of: SurveyOf) -> None:
    rule = load_rules("hts_2012", Path())
    assert rule.to_be_verified == Reason.of("reasons.recalled")
    survey = survey_of({"a": asked(EVERY), "b": asked(EVERY)}, EVERY)
    assert fl.prevalence(fl.classify(survey, "hts_2012")).about.to_verify == rule.to_be_verified
    assert fl.prevalence(fl.classify(survey)).about.to_verify == ""


# ------------------------------------------------------------------------------------------- rule files of on

RULES: dict[str, dict[str, Any]] = {
    "two of a side": {
        "involuntary": ["different_job", "hazardous_work", "debt_bondage"],
        "coercion": ["withheld_wages", "other_penalty"],
        "at_least": {"involuntary": 2},
    },
    "two strong": {
        "involuntary": {"strong": ["different_job", "hazardous_work"]},
        "coercion": {"strong": ["withheld_wages"], "medium": ["debt_bondage", "other_penalty"]},
        "at_least": {"strong": 2},
    },
    "dimensions": {
        "dimensions": {
            "deceived": {
                "stages": ["recruitment"],
                "involuntary": ["different_job", "hazardous_work"],
                "coercion": ["debt_bondage"],
            },
            "kept": {
                "involuntary": {"strong": ["debt_bondage"], "medium": ["hazardous_work"]},
                "coercion": ["withheld_wages", "other_penalty"],
                "at_least": {"coercion": 2, "strong": 1},
            },
        }
    },
}
QUESTIONS = (
    "different_job recruitment",
    "hazardous_work recruitment",
    "hazardous_work work",
    "debt_bondage recruitment",
    "withheld_wages work",
    "other_penalty leaving",
)


def rule_file(folder: Path, **rule: Any) -> str:
    text = {"name": "mine", "version": 1, "title": "Mine", "source": "here"} | rule
    (folder / "mine.yaml").write_text(yaml.safe_dump(text, sort_keys=False))
    return "mine.yaml"


def by_hand(rule: dict[str, Any], yes: set[str]) -> bool:
    """Whether a person who answered yes to these questions, and no to all others, is in forced labour."""

    def holds(part: dict[str, Any]) -> bool:
        items = {q.split()[0] for q in yes if not part.get("stages") or q.split()[1] in part["stages"]}
        lists = {
            side: part[side] if isinstance(part[side], dict) else {"medium": part[side]}
            for side in ("involuntary", "coercion")
        }
        need = {"involuntary": 1, "coercion": 1, "strong": 0} | part.get("at_least", {})
        strong = sum(len(items & set(names.get("strong", []))) for names in lists.values())
        enough = all(
            len(items & {i for n in names.values() for i in n}) >= need[side] for side, names in lists.items()
        )
        return enough and strong >= need["strong"]

    return any(holds(part) for part in rule.get("dimensions", {"": rule}).values())


def completions(answers: tuple[bool | None, ...]) -> Iterator[set[str]]:
    """Every set of yeses that the open answers may hide."""
    for closed in product(*([a] if a is not None else [True, False] for a in answers)):
        yield {question for question, yes in zip(QUESTIONS, closed, strict=True) if yes}


@pytest.mark.parametrize("name", RULES)
def test_every_combination_of_answers_is_decided_exactly_where_its_completions_agree(
    name: str, one: One, tmp_path: Path
) -> None:
    every = list(product((T, F, U), repeat=len(QUESTIONS)))
    persons = {
        str(i): {q.replace(" ", "_"): ANSWER[a] for q, a in zip(QUESTIONS, answers, strict=True)}
        for i, answers in enumerate(every)
    }
    got = one("forced_labour", persons, staged(*QUESTIONS), rule_file(tmp_path, **RULES[name]))
    for i, answers in enumerate(every):
        outcomes = {by_hand(RULES[name], yes) for yes in completions(answers)}
        assert got[str(i)] == (outcomes.pop() if len(outcomes) == 1 else None), answers
    assert set(got.values()) == {T, F, U}


def test_a_rule_file_is_read_from_the_folder_of_survey_yaml(
    survey_of: SurveyOf,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rules = rule_file(tmp_path, involuntary=["hazardous_work"], coercion=["debt_bondage"])
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    survey = survey_of({"a": {}})
    assert fl.classify(survey, rules).rules == "mine v1"
    assert fl.classify(survey, str(tmp_path / rules)).rules == "mine v1"
    rule_file(elsewhere, name="away", involuntary=["hazardous_work"], coercion=["debt_bondage"])
    assert fl.classify(survey, str(elsewhere / rules)).rules == "away v1"


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "both": (
        {"involuntary": ["debt_bondage"], "coercion": ["debt_bondage"]},
        "debt_bondage is on both sides",
    ),
    "too many": (
        {"involuntary": ["different_job"], "coercion": ["debt_bondage"], "at_least": {"coercion": 2}},
        "at_least.coercion asks for more items than there are: 1",
    ),
    "no strong": (
        {"involuntary": ["different_job"], "coercion": ["debt_bondage"], "at_least": {"strong": 1}},
        "at_least.strong asks for more items than there are: 0",
    ),
    "none needed": (
        {"involuntary": ["different_job"], "coercion": ["debt_bondage"], "at_least": {"coercion": 0}},
        "at_least.coercion: must be greater than or equal to 1",
    ),
    "twice": (
        {
            "involuntary": {"strong": ["different_job"], "medium": ["different_job"]},
            "coercion": ["debt_bondage"],
        },
        "involuntary: different_job is named twice",
    ),
    "empty": ({"involuntary": [], "coercion": ["debt_bondage"]}, "involuntary: name at least one item"),
    "one list": (
        {"involuntary": ["different_job"]},
        "coercion is missing: give involuntary and coercion, or dimensions",
    ),
    "beside": (
        {"coercion": ["debt_bondage"], "dimensions": RULES["dimensions"]["dimensions"]},
        "coercion is written next to dimensions",
    ),
    "stage": (
        {
            "dimensions": {
                "a": {"stages": ["start"], "involuntary": ["different_job"], "coercion": ["debt_bondage"]}
            }
        },
        "dimensions.a.stages.0: must be 'recruitment', 'work' or 'leaving'",
    ),
    "name": (
        {"name": "icls_2018", "involuntary": ["different_job"], "coercion": ["debt_bondage"]},
        "name: this is the name of a rule set that comes with the kit",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_rule_file_that_cannot_hold_is_refused_with_the_reason(name: str, tmp_path: Path) -> None:
    rule, said = BROKEN[name]
    with pytest.raises(SpecError) as error:
        load_rules(rule_file(tmp_path, **rule), tmp_path)
    assert "mine.yaml" in str(error.value)
    assert said in str(error.value)


# -------------------------------------------------------------------------------------------------- what is s


def test_the_shipped_rule_sets_are_these() -> None:
    assert shipped_rules() == ("hts_2012", "icls_2018")
    assert {name: bool(load_rules(name, Path()).to_be_verified) for name in shipped_rules()} == {
        "hts_2012": True,
        "icls_2018": False,
    }


def test_the_examples_of_the_docs_are_rule_sets(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "rule_sets.md").read_text("utf-8")
    examples = re.findall(r"```yaml\n(.*?)```", text, re.S)
    assert len(examples) == 2
    for example in examples:
        (tmp_path / "mine.yaml").write_text(example)
        rule = load_rules("mine.yaml", tmp_path)
        assert any(part.at_least.strong for part in rule.parts.values())
