"""Tests the flowchart of Tool No. 2 for children, arrow by arrow: each child here takes one way through it,
with the parents who decide it.

What each must be was worked out by hand from the guidelines (docs/methods.md §1), never by the kit.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, get_args

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import DataError, RequestError, SpecError
from fltoolkit.survey.spec.questions import CoercionItem, InvoluntaryItem

Table = Callable[..., dict[str, dict[str, Any]]]

CHILDREN: dict[str, Any] = {
    "module": {"column": "cmodule", "answered": "done", "refused": "no", "not_asked": "out"},
    "third_party": {
        "done": "third",
        "threat": "third_threat",
        "by_third_party": {"column": "third_who", "yes": "boss", "no": "parent"},
    },
    "with_parents": {"done": "help", "threat": ["help_threat", "help_penalty"]},
    "worst_forms": {
        "slavery": "sold",
        "commercial_sexual_exploitation": "sexual",
        "illicit_activities": "illicit",
    },
    "parents": {"line": "line", "columns": ["mother", "father"], "none": "dead", "elsewhere": "away"},
}
KEYS: dict[str, Any] = {
    "children": CHILDREN,
    "module": {"column": "module", "answered": "done", "not_asked": "out"},
    "design.household": "home",
    "populations.children": {"label": "children aged 5 to 17", "age": {"min": 5, "max": 17}},
    "populations.everybody": {"label": "persons aged 5 and over", "sum_of": ["adults", "children"]},
    "form": {"column": "who_imposed", "forced_labour_exploitation": "firm", "state_imposed": "state"},
}
ADULT = {"module": "done", "cmodule": "out", "line": 1, "mother": "", "father": ""}
FORCED = {"hazardous_work": "J", "debt_bondage": "J"}
IDLE_CHILD = {
    "years": 12, "module": "out", "cmodule": "done", "line": 3, "mother": 1, "father": 2, "third": "N",
    "third_threat": "", "third_who": "", "help": "N", "help_threat": "", "help_penalty": "", "sold": "N",
    "sexual": "N", "illicit": "N", "who_imposed": "",
}  # fmt: skip
HELPS = {"help": "J", "help_threat": "N", "help_penalty": "N"}
FREE_PARENTS = ({}, {"line": 2})
BOSS = {"third": "J", "third_threat": "J", "third_who": "boss"}
IV, III = "worst form of child labour (iv)", "parent in forced labour (iii)"
II, ONE = "with parents, under threat (ii)", "for a third party, under threat (i)"

# A child, its parents, and: forced labour (None: unresolved), the four routes, the leaf of the flowchart.
Parents = tuple[Mapping[str, Any], ...]
ARROWS: list[tuple[str, dict[str, Any], Parents, bool | None, tuple[bool | None, ...], str]] = [
    # worst forms?
    ("sold", {"sold": "J"}, FREE_PARENTS, True, (False, False, False, True), IV),
    ("used for sexual exploitation", {"sexual": "J"}, FREE_PARENTS, True, (False, False, False, True), IV),
    ("used for illicit activities", {"illicit": "J"}, FREE_PARENTS, True, (False, False, False, True), IV),
    (
        "a worst form although another is refused",
        {"sold": "V", "illicit": "J"},
        FREE_PARENTS,
        True,
        (False, False, False, True),
        IV,
    ),
    (
        "worst forms not told",
        {"sold": "V"},
        FREE_PARENTS,
        None,
        (False, False, False, None),
        "child, unresolved",
    ),
    # not with parents: threat by a third party?
    ("works for a third party, threatened by it", BOSS, FREE_PARENTS, True, (True, False, False, False), ONE),
    (
        "works for a third party, not threatened",
        BOSS | {"third_threat": "N"},
        FREE_PARENTS,
        False,
        (False,) * 4,
        "child for a third party, no threat",
    ),
    (
        "works for a third party, threatened by the parents",
        BOSS | {"third_who": "parent"},
        FREE_PARENTS,
        False,
        (False,) * 4,
        "child for a third party, no threat",
    ),
    (
        "does not know whether threatened",
        BOSS | {"third_threat": "W"},
        FREE_PARENTS,
        None,
        (None, False, False, False),
        "child, unresolved",
    ),
    (
        "does not say by whom",
        BOSS | {"third_who": ""},
        FREE_PARENTS,
        None,
        (None, False, False, False),
        "child, unresolved",
    ),
    ("does not work", {}, FREE_PARENTS, False, (False,) * 4, "child, no work"),
    (
        "does not say whether for a third party",
        {"third": "V", "third_threat": "N"},
        FREE_PARENTS,
        False,
        (False,) * 4,
        None,
    ),
    # with parents: parents in forced labour?
    ("mother in forced labour", HELPS, (FORCED, {"line": 2}), True, (False, False, True, False), III),
    ("father in forced labour", HELPS, ({}, FORCED | {"line": 2}), True, (False, False, True, False), III),
    ("both in forced labour", HELPS, (FORCED, FORCED | {"line": 2}), True, (False, False, True, False), III),
    (
        "one in forced labour, the other not asked",
        HELPS,
        (FORCED, {"line": 2, "module": "out"}),
        True,
        (False, False, True, False),
        III,
    ),
    (
        "parents in forced labour whom the child does not work with",
        {},
        (FORCED, FORCED | {"line": 2}),
        False,
        (False,) * 4,
        "child, no work",
    ),
    (
        "one free, the other not asked",
        HELPS,
        ({}, {"line": 2, "module": "out"}),
        None,
        (False, False, None, False),
        "child, unresolved",
    ),
    (
        "one free, the other elsewhere",
        HELPS | {"father": "away"},
        ({},),
        None,
        (False, False, None, False),
        "child, unresolved",
    ),
    (
        "one free, the other dead",
        HELPS | {"father": "dead"},
        ({},),
        False,
        (False,) * 4,
        "child with parents, no threat",
    ),
    (
        "one in forced labour, the other dead",
        HELPS | {"father": "dead"},
        (FORCED,),
        True,
        (False, False, True, False),
        III,
    ),
    (
        "one free, the other not said",
        HELPS | {"father": ""},
        ({},),
        None,
        (False, False, None, False),
        "child, unresolved",
    ),
    (
        "a parent's line that nobody has",
        HELPS | {"father": 9},
        ({},),
        None,
        (False, False, None, False),
        "child, unresolved",
    ),
    (
        "both not asked",
        HELPS,
        ({"module": "out"}, {"line": 2, "module": "out"}),
        None,
        (False, False, None, False),
        "child, unresolved",
    ),
    (
        "a parent who is unresolved",
        HELPS,
        (FORCED | {"debt_bondage": "W"}, {"line": 2}),
        None,
        (False, False, None, False),
        "child, unresolved",
    ),
    (
        "a parent coerced but willing",
        HELPS,
        ({"debt_bondage": "J"}, {"line": 2}),
        False,
        (False,) * 4,
        "child with parents, no threat",
    ),
    # with parents, who are free: threat by a third party?
    (
        "helps, threatened by a third party",
        HELPS | {"help_penalty": "J"},
        FREE_PARENTS,
        True,
        (False, True, False, False),
        II,
    ),
    ("helps, not threatened", HELPS, FREE_PARENTS, False, (False,) * 4, "child with parents, no threat"),
    (
        "helps, threat refused",
        HELPS | {"help_threat": "V"},
        FREE_PARENTS,
        None,
        (False, None, False, False),
        "child, unresolved",
    ),
    (
        "helps, threatened, parents not asked",
        HELPS | {"help_threat": "J"},
        ({"module": "out"}, {"line": 2, "module": "out"}),
        True,
        (False, True, None, False),
        II,
    ),
    # two kinds of work, several routes: the primary one follows the flowchart
    (
        "two kinds of work, threatened in the other",
        HELPS | BOSS,
        FREE_PARENTS,
        True,
        (True, False, False, False),
        ONE,
    ),
    (
        "two kinds of work, threatened in both",
        HELPS | BOSS | {"help_threat": "J"},
        FREE_PARENTS,
        True,
        (True, True, False, False),
        II,
    ),
    (
        "two kinds of work, parents in forced labour too",
        HELPS | BOSS,
        (FORCED, {"line": 2}),
        True,
        (True, False, True, False),
        III,
    ),
    (
        "two kinds of work, free in both",
        HELPS | BOSS | {"third_threat": "N"},
        FREE_PARENTS,
        False,
        (False,) * 4,
        "child with parents, no threat",
    ),
    (
        "everything at once",
        HELPS | BOSS | {"help_threat": "J", "sold": "J"},
        (FORCED, {"line": 2}),
        True,
        (True, True, True, True),
        IV,
    ),
    (
        "two kinds of work, one unresolved, the other a case",
        HELPS | BOSS | {"help_threat": "W"},
        FREE_PARENTS,
        True,
        (True, None, False, False),
        ONE,
    ),
]


def keys(more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What survey.yaml says of the families, and more."""
    return copy.deepcopy({**KEYS, **(more or {})})


def family(child: Mapping[str, Any], parents: Parents, home: str = "h1") -> dict[str, dict[str, Any]]:
    """A child with its parents, in one home."""
    rows = {
        f"{home} parent {i}": {**ADULT, **IDLE_CHILD_BLANK, **p, "home": home} for i, p in enumerate(parents)
    }
    return {**rows, home: {**IDLE_CHILD, **child, "home": home}}


IDLE_CHILD_BLANK = {k: "" for k in IDLE_CHILD if k not in (*ADULT, "years")}


@pytest.fixture(scope="module")
def arrows(shared_table: Table) -> dict[str, dict[str, Any]]:
    """The children of all arrows, each in a home of its own."""
    homes: dict[str, dict[str, Any]] = {}
    for name, child, parents, *_ in ARROWS:
        homes |= family(child, parents, name)
    return shared_table("forced_labour route_i route_ii route_iii route_iv step route", homes, keys())


@pytest.mark.parametrize(
    ("name", "forced", "routes", "leaf"), [(a[0], *a[3:]) for a in ARROWS], ids=[a[0] for a in ARROWS]
)
def test_every_arrow_of_the_flowchart(
    arrows: dict[str, dict[str, Any]],
    name: str,
    forced: bool | None,
    routes: tuple[bool | None, ...],
    leaf: str | None,
) -> None:
    found = arrows[name]
    assert found["forced_labour"] is forced
    assert tuple(found[f"route_{n}"] for n in ("i", "ii", "iii", "iv")) == routes
    if leaf is not None:
        assert found["step"] == leaf
    assert found["route"] == (leaf if forced else None)


def test_a_line_number_with_a_leading_zero_is_the_same_line(table: Table) -> None:
    found = table("route_iii", family(HELPS | {"mother": "01", "father": "dead"}, (FORCED,)), keys())
    assert found["h1"]["route_iii"] is True


def test_a_line_number_is_looked_up_in_the_childs_own_home(table: Table) -> None:
    homes = family(HELPS, ({}, {"line": 2}), "h1") | family(HELPS, (FORCED, {"line": 2}), "h2")
    found = table("forced_labour", homes, keys())
    assert [found[home]["forced_labour"] for home in ("h1", "h2")] == [False, True]


def test_without_parents_in_the_file_route_iii_is_unresolved_and_the_others_stand(table: Table) -> None:
    more = {"children": {k: v for k, v in CHILDREN.items() if k != "parents"}}
    homes = (
        family(HELPS, (FORCED,), "h1")
        | family(HELPS | {"help_threat": "J"}, ({},), "h2")
        | family({}, ({},), "h3")
    )
    found = table("forced_labour route_iii", homes, keys(more))
    assert [found[h]["forced_labour"] for h in ("h1", "h2", "h3")] == [None, True, False]
    assert [found[h]["route_iii"] for h in ("h1", "h2", "h3")] == [None, None, False]


def test_adults_are_classified_as_without_children(table: Table) -> None:
    found = table("forced_labour route step route_i", family({}, (FORCED, {"line": 2})), keys())
    assert found["h1 parent 0"] == {
        "forced_labour": True,
        "route": "adult",
        "step": "forced labour",
        "route_i": None,
    }
    assert found["h1 parent 1"]["forced_labour"] is False


def test_the_age_line_is_the_surveys(table: Table) -> None:
    """At 16 with the line at 16 one is an adult: no test of consent is met, so no case; at 15 a child under
    threat."""
    more = {
        "age.adult": 16,
        "populations.adults.age": {"min": 16},
        "populations.children.age": {"min": 5, "max": 15},
    }
    homes = family(BOSS | {"years": 15, "module": "done"}, ({"years": 40}, {"line": 2}), "h1")
    homes |= family(BOSS | {"years": 16, "module": "done"}, ({"years": 40}, {"line": 2}), "h2")
    found = table("forced_labour route", homes, keys(more))
    assert [found[h]["forced_labour"] for h in ("h1", "h2")] == [True, False]


def test_of_an_unknown_age_the_module_answered_decides(table: Table) -> None:
    homes = family(BOSS | {"years": 99}, FREE_PARENTS, "h1") | family(
        BOSS | {"years": 99, "module": "done"}, FREE_PARENTS, "h2"
    )
    found = table("forced_labour fl__population__children fl__population__adults", homes, keys())
    assert [found[h]["fl__population__children"] for h in ("h1", "h2")] == [True, False]
    assert [found[h]["fl__population__adults"] for h in ("h1", "h2")] == [False, True]


def test_sexual_exploitation_of_a_child_is_its_form_and_the_rest_is_as_asked(table: Table) -> None:
    homes = family({"sexual": "J", "who_imposed": "firm"}, FREE_PARENTS, "h1") | family(
        BOSS | {"who_imposed": "state"}, FREE_PARENTS, "h2"
    )
    homes |= family(BOSS, FREE_PARENTS, "h3") | family({"who_imposed": "firm"}, FREE_PARENTS, "h4")
    found = table("form", homes, keys())
    assert [found[h]["form"] for h in ("h1", "h2", "h3", "h4")] == [
        "forced_commercial_sexual_exploitation",
        "state_imposed",
        "not stated",
        None,
    ]


def test_the_trace_tells_every_route(table: Table) -> None:
    found = table("trace short_trace", family(HELPS | BOSS, ({"module": "out"}, {"line": 2})), keys())
    conditions = (
        "worst form: no → with or for parents: yes (parent in forced labour: unresolved; threat by a "
        "third party: no)"
        " → for a third party: yes (threat: yes)"
    )
    assert found["h1"] == {
        "trace": f"{conditions} → for a third party, under threat (i)",
        "short_trace": conditions,
    }


def test_free_parents_decide_where_it_is_open_whether_the_child_works_with_them(table: Table) -> None:
    found = table(
        "route_iii",
        family({"help": "W"}, FREE_PARENTS, "h1") | family({"help": "W"}, (FORCED, {"line": 2}), "h2"),
        keys(),
    )
    assert [found[h]["route_iii"] for h in ("h1", "h2")] == [False, None]


def test_the_trace_tells_of_parents_and_threats_only_where_they_matter(table: Table) -> None:
    homes = (
        family(HELPS, FREE_PARENTS, "h1")
        | family(BOSS, (FORCED, {"line": 2}), "h2")
        | family({}, (FORCED, {"line": 2}), "h3")
    )
    found = table("trace", homes, keys())
    assert [found[h]["trace"].split(" → ")[1:3] for h in ("h1", "h2", "h3")] == [
        [
            "with or for parents: yes (parent in forced labour: no; threat by a third party: no)",
            "for a third party: no",
        ],
        ["with or for parents: no", "for a third party: yes (threat: yes)"],
        ["with or for parents: no", "for a third party: no"],
    ]


def test_a_child_is_counted_by_its_own_weight_and_the_sum_is_of_both(
    classified_of: Callable[..., fl.ClassifiedSurvey],
) -> None:
    """Adults weigh 3, children 5: one adult case and one child case of ten homes."""
    more = {"populations.adults.weight": "wa", "populations.children.weight": "wc", "design.psu": "home"}
    homes: dict[str, dict[str, Any]] = {}
    for i in range(10):
        homes |= family(BOSS if i == 0 else {}, (FORCED if i < 2 else {}, {"line": 2}), f"h{i}")
    for row in homes.values():
        row |= {
            "weight": 4,
            "wa": 3 if row["module"] == "done" else "",
            "wc": 5 if row["cmodule"] == "done" else "",
        }
    persons = classified_of(homes, keys(more))
    totals = {p: fl.total(persons, population=p).table.iloc[0] for p in ("adults", "children", "everybody")}
    assert [totals[p]["estimate"] for p in totals] == [6, 5, 11]
    assert [totals[p]["population"] for p in totals] == [60, 50, 110]
    assert [totals[p]["n"] for p in totals] == [20, 10, 30]
    # In home 0 an adult and a child are cases together: the sum's variance is that of 3·a + 5·c by home, by
    # hand
    values = pd.Series([3 + 5, 3, *[0] * 8], dtype=float)
    assert totals["everybody"]["se"] == pytest.approx((10 * values.var()) ** 0.5)


def test_what_children_are_not_asked_is_refused(survey_of: Callable[..., fl.Survey]) -> None:
    persons = fl.classify(survey_of(family(HELPS, FREE_PARENTS), keys()))
    with pytest.raises(RequestError, match="does not apply to children"):
        fl.prevalence(persons, "involuntary", population="children")
    with pytest.raises(RequestError, match="does not apply to children"):
        fl.prevalence(persons, "same_work", population="everybody")


# What survey.yaml says of children, and the words of the error.
WRONG: list[tuple[str, dict[str, Any], str]] = [
    (
        "a population of both",
        {"populations.all": {"label": "all"}},
        "is of adults .min 18 or more. or of children",
    ),
    (
        "a sum of two adult populations",
        {"populations.sum": {"label": "s", "sum_of": ["adults", "adults"]}},
        "given more than once: adults",
    ),
    (
        "a sum of one",
        {"populations.sum": {"label": "s", "sum_of": "adults"}},
        "one population of adults and one of children",
    ),
    (
        "a sum of a sum",
        {"populations.sum": {"label": "s", "sum_of": ["everybody", "children"]}},
        "one population of adults and one of",
    ),
    (
        "a sum with a weight",
        {"populations.everybody.weight": "w"},
        "a sum takes ages, conditions, weights and population from its parts",
    ),
    ("no household", {"design.household": None}, "children.parents: parents are found in the household"),
    (
        "a sum without children",
        {"children": None},
        "sum_of adds adults and children, and there is no children",
    ),
    (
        "a code of two meanings",
        {"children.parents.elsewhere": "dead"},
        "code dead means both none and elsewhere",
    ),
    ("an unknown worst form", {"children.worst_forms.begging": "x"}, "children.worst_forms.begging"),
]


@pytest.mark.parametrize(("more", "words"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_what_survey_yaml_may_not_say(
    survey_of: Callable[..., fl.Survey], more: dict[str, Any], words: str
) -> None:
    with pytest.raises(SpecError, match=words):
        survey_of(family({}, FREE_PARENTS), keys(more))


def test_a_code_of_a_childs_question_that_nobody_knows_is_found(survey_of: Callable[..., fl.Survey]) -> None:
    found = fl.check(survey_of(family({"help": "K"}, FREE_PARENTS), keys()), show_values=True)
    rows = found[found["what"].str.startswith("codes that survey.yaml does not name: K")]
    assert rows[["severity", "where"]].to_numpy().tolist() == [["error", "help (children.with_parents.done)"]]


def test_blank_answers_to_the_adults_questions_are_told_of_adults_alone(
    survey_of: Callable[..., fl.Survey],
) -> None:
    """A child who answered its own module was never asked the adults'."""
    nothing = dict.fromkeys(("paid", "own", *get_args(InvoluntaryItem), *get_args(CoercionItem)), "")
    for child, parent, told in ((nothing, {}, []), ({}, nothing, ["about 10"])):
        people: dict[str, Any] = {}
        for i in range(6):
            people |= family(child, (parent, {"line": 2}), f"h{i}")
        found = fl.check(survey_of(people, keys()))
        assert found[found["what"].str.startswith("every question blank")]["count"].to_list() == told


def test_a_sum_is_described_by_its_parts(survey_of: Callable[..., fl.Survey]) -> None:
    more = {"populations.adults.weight": "weight"}
    facts = fl.describe(survey_of(family({}, FREE_PARENTS), keys(more))).set_index("fact")["value"]
    assert facts["Populations"].endswith("persons aged 5 and over (adults + children)")


def test_a_child_without_a_household_stops_the_estimate(survey_of: Callable[..., fl.Survey]) -> None:
    homes = family({}, FREE_PARENTS)
    homes["h1"]["home"] = ""
    with pytest.raises(DataError, match="children without a household"):
        fl.classify(survey_of(homes, keys()))


def test_where_the_start_is_dated_it_decides_whether_consent_is_tested(table: Table) -> None:
    """Coerced and willing: no case as an adult, a case if the work began at 17; unknown starts are those of
    an adult."""
    more = {"age.at_start": "began"}
    people = {
        name: {**ADULT, **IDLE_CHILD_BLANK, "home": name, "debt_bondage": "J", "began": began}
        for name, began in (("at 17", 17), ("at 18", 18), ("unknown", ""))
    }
    people["forced at 30"] = {**ADULT, **IDLE_CHILD_BLANK, **FORCED, "home": "x", "began": 30}
    found = table(
        "forced_labour route", people | family({}, ({},), "h"), keys(more)
    )  # somebody answers for the children
    assert {name: found[name]["forced_labour"] for name in people} == {
        "at 17": True,
        "at 18": False,
        "unknown": False,
        "forced at 30": True,
    }
    assert found["at 17"]["route"] == "adult, a child at the start"
    assert found["forced at 30"]["route"] == "adult"


def test_each_episode_has_a_start_of_its_own(table: Table) -> None:
    """Coerced in both, willing in both: a case by the episode that began at 16."""
    items = {
        "involuntary": {"hazardous_work": "hazardous_work_{episode}"},
        "coercion": {"debt_bondage": "debt_bondage_{episode}"},
    }
    more = {
        "age.at_start": "began_{episode}", "episodes": {"wide": ["a", "b"]}, "items": items, "children": None,
        "form": None, "populations.children": None, "populations.everybody": None,
    }  # fmt: skip
    answers = {"debt_bondage_a": "J", "debt_bondage_b": "J", "hazardous_work_a": "N", "hazardous_work_b": "N"}
    people = {
        "young once": {**ADULT, "home": 1, **answers, "began_a": 30, "began_b": 16},
        "never young": {**ADULT, "home": 2, **answers, "began_a": 30, "began_b": 40},
    }
    found = table("forced_labour route", people, keys(more))
    assert found["young once"] == {"forced_labour": True, "route": "adult, a child at the start"}
    assert found["never young"]["forced_labour"] is False


# A family or many, and the finding that tells of it: severity, where, the words it starts with, and the
# count.
ABOUT_CASES: list[tuple[str, dict[str, Any], Parents, int, tuple[str, str, str, Any]]] = [
    (
        "a parent not asked",
        HELPS,
        ({}, {"line": 2, "module": "out"}),
        6,
        ("warning", "parents", "children who work with parents, one of whom was not asked", "about 10"),
    ),
    (
        "a parent not asked, in few homes",
        HELPS,
        ({}, {"line": 2, "module": "out"}),
        1,
        ("warning", "parents", "children who work with parents, one of whom was not asked", "fewer than 5"),
    ),
    (
        "another route decides",
        HELPS | BOSS,
        ({"module": "out"}, {"line": 2}),
        6,
        ("warning", "parents", "children who work with parents, one of whom was not asked", "about 10"),
    ),
    (
        "no other route decides",
        HELPS,
        ({"module": "out"}, {"line": 2}),
        6,
        ("warning", "parents", "children who work with parents, one of whom was not asked", "about 10"),
    ),
]


@pytest.mark.parametrize(
    ("child", "parents", "homes", "expected"), [a[1:] for a in ABOUT_CASES], ids=[a[0] for a in ABOUT_CASES]
)
def test_findings_about_the_cases(
    classified_of: Callable[..., fl.ClassifiedSurvey],
    child: dict[str, Any],
    parents: Parents,
    homes: int,
    expected: tuple[Any, ...],
) -> None:
    people: dict[str, Any] = {}
    for i in range(homes):
        people |= family(child, parents, f"h{i}")
    found = fl.check_cases(classified_of(people, keys()))
    severity, where, what, count = expected
    rows = found[found["what"].str.startswith(what)]
    assert rows[["severity", "where", "count"]].to_numpy().tolist() == [[severity, where, count]]


def test_children_under_the_adults_definition_are_told(
    classified_of: Callable[..., fl.ClassifiedSurvey],
) -> None:
    more = {"populations": {"all": {"label": "persons aged 15 and over", "age": {"min": 15}}}}
    people = {f"p{i}": {"years": 16 if i < 6 else 40} for i in range(12)}
    found = fl.check_cases(classified_of(people, more))
    assert found["what"].str.startswith("persons under 18 classified by the adults' definition").sum() == 1


def test_a_parent_who_was_not_asked_is_no_missing_answer_to_a_question(
    classified_of: Callable[..., fl.ClassifiedSurvey],
) -> None:
    people: dict[str, Any] = {}
    for i in range(6):
        people |= family(HELPS, ({}, {"line": 2, "module": "out"}), f"h{i}")
    kept = {k: v for k, v in keys().items() if not k.startswith("populations.")}
    more = {"populations": {"children": {"label": "children aged 5 to 17", "age": {"min": 5, "max": 17}}}}
    found = fl.check_cases(classified_of(people, kept | more))
    assert found.loc[found["check"] == "unresolved", "what"].item() == (
        "most of the persons asked are unresolved, so the estimate says almost nothing. Not known: "
        "whether a parent is in forced labour (about 10). "
        "No usable answer to: third_who (about 10)"
    )
