"""Makes the definition explorer. It shows the path of an invented person through the flowchart of the
definition of forced labour. The user can change the person's answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from textwrap import shorten
from typing import Any

from fltoolkit.arguments import checked
from fltoolkit.classify.children import PARENT, THIRD, THIRD_THREAT, WITH, WITH_THREAT
from fltoolkit.classify.made_up_person import (
    EXCLUDED,
    FORCED,
    LINKED,
    NO,
    NOT_ASKED,
    OPEN,
    YES,
    Person,
    Verdict,
    Who,
)
from fltoolkit.languages.language import Language, read_language
from fltoolkit.languages.reasons import Reason
from fltoolkit.languages.word_files import BASE
from fltoolkit.show.charts import definition_flowchart
from fltoolkit.show.charts.chart_style import Picture, safe
from fltoolkit.show.charts.definition_flowchart import (
    ASKED,
    BELOW,
    CHILDREN,
    II,
    III,
    IV,
    NO_THREAT,
    NO_THREAT_THIRD,
    NO_WORK,
    OPEN_CHILD,
    QUESTIONS,
    WITH_PARENTS,
    I,
)
from fltoolkit.show.explore.explorer_controls import Part, dropdown, with_controls, without_controls
from fltoolkit.show.wording.english_numbers import ENGLISH
from fltoolkit.show.wording.section_words import Sentences, Words, bold

Answers = Mapping[str, str]
LONGEST = 45  # letters of an answer in a box
FIRST: Mapping[Who, Answers] = {
    "adult": dict.fromkeys(("any_work", "very_low_or_no_wages", "withheld_documents", "same_work"), YES),
    "child": {"with_parents": YES, FORCED: YES},
}
ROUTES = {I: "route1", II: "route2", III: "route3", IV: "route4"}
CASES = ("forced labour", *ROUTES)
UNRESOLVED = ("unresolved", "abroad, unresolved", OPEN_CHILD)
WAYS = {  # of children: the questions before each leaf
    IV: (f"?{IV}",),
    III: (f"?{IV}", WITH_PARENTS, f"?{III}"),
    II: (f"?{IV}", WITH_PARENTS, f"?{III}", f"?{II}"),
    I: (f"?{IV}", WITH_PARENTS, f"?{I}"),
    NO_THREAT: (f"?{IV}", WITH_PARENTS, f"?{III}", f"?{II}"),
    NO_THREAT_THIRD: (f"?{IV}", WITH_PARENTS, f"?{I}"),
    NO_WORK: (),
    OPEN_CHILD: (f"?{IV}",),
}
SIDE_OF = {"not involuntary": "involuntary", "no coercion": "coercion"}  # the items that decide a question
CHILD_ENDS = {
    NO_WORK: "no_work",
    NO_THREAT: "with_parents",
    NO_THREAT_THIRD: "third_party",
    OPEN_CHILD: "unresolved",
}


@cache
def person(who: Who) -> Person:
    """Returns the invented person (an adult or a child) of the definition explorer, whose answers can be
    changed. The person is read from a file and classified at the first call."""
    return Person(who)


def view(who: Who, answers: Answers, language: Language = ENGLISH) -> tuple[Words, Picture]:
    """Returns two parts to display. The first is a text that says whether a person with these answers is in
    forced labour. The second is the flowchart, in which the path of this person is highlighted.

    Args:
        who: `adult` or `child`.
        answers: the answer to each question, by the names in `person(who).questions`. A question that is
            missing here has the answer *no*.
    """
    found = person(who).verdict(answers)
    truths = _truths_of_adult(found, answers) if who == "adult" else _truths_of_child(found)
    passed = {
        name: _answer(language, who, name, "open" if truth is None else "yes" if truth else "no", answers)
        for name, truth in truths
    }
    asked = definition_flowchart.question if who == "adult" else definition_flowchart.child_question
    boxes = [
        *(f"{asked(language, name)} {answer}".replace("\n", " ") for name, answer in passed.items()),
        _last_box(language, found.step),
    ]
    way = " → ".join(boxes)
    verdict, way = _verdict(language, found.step), _say(language, "way", way=way)
    draw = _adult if who == "adult" else _child
    alt = _say(language, "alt", verdict=verdict, way=way)
    return Sentences(f"{bold(verdict)}\n\n{way}"), Picture(
        draw(found, passed, language), alt, least=580 if who == "adult" else 0
    )


@checked
def definition(*, interactive: bool = False, language: str = BASE) -> Any:
    """Shows the flowchart of the definition of forced labour with the path of an invented person.

    With `interactive`, the user can change every answer of an adult or a child. Otherwise the answers are
    fixed, and only the flowchart is shown.

    Args:
        language: the code of the language of controls, texts and flowchart, such as `fr`.

    Raises:
        SpecError: the kit has no words in this language.
    """
    words = read_language(language)
    return panel(words) if interactive else without_controls(view("adult", FIRST["adult"], words)[1:])


def panel(language: Language = ENGLISH) -> Any:
    """Returns the widget of the definition explorer. It has a choice between an adult and a child, a
    drop-down for each answer, and the flowchart with the path that follows from the answers."""
    import ipywidgets as widgets

    persons = [(_say(language, f"persons.{name}"), name) for name in FIRST]
    who = widgets.RadioButtons(options=persons, description=_say(language, "who"))
    asked = {name: _controls(language, name) for name in FIRST}
    groups = {
        name: [
            widgets.VBox(
                [
                    widgets.HTML(f"<b>{safe(_say(language, f'sides.{title}'))}</b>"),
                    *(asked[name][c] for c in columns),
                ]
            )
            for title, columns in _grouped_questions(name)
        ]
        for name in FIRST
    }
    sheets = {name: widgets.VBox(boxes) for name, boxes in groups.items()}

    def now() -> tuple[Part, ...]:
        for name, sheet in sheets.items():
            sheet.layout.display = "" if name == who.value else "none"
        return view(who.value, {c: control.value for c, control in asked[who.value].items()}, language)

    controls = [who, *asked["adult"].values(), *asked["child"].values()]
    return with_controls(controls, now, [who, *sheets.values()])


def _say(language: Language, key: str, **values: str) -> str:
    return language.say(f"explorer.definition.{key}", **values)


def _grouped_questions(who: Who) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yields the questions of a person in groups, in the order of the flowchart. Each group is a pair: the
    key of its title in the language files, and the columns of its questions."""
    questions, items = person(who).questions, person(who).items
    if who == "child":
        yield "child", questions
        return
    yield "work", questions[:1]
    yield from items.items()
    yield "later", questions[1 + sum(map(len, items.values())) :]


def _controls(language: Language, who: Who) -> dict[str, Any]:
    made = {}
    for column in person(who).questions:
        codes = (YES, NO, NOT_ASKED if column == FORCED else OPEN)
        options = {_say(language, f"answers.{code.replace(' ', '_')}"): code for code in codes}
        made[column] = dropdown(_say(language, f"questions.{column}"), options, FIRST[who].get(column, NO))
        made[column].layout.width, made[column].style.description_width = "29em", "21em"
    return made


def _verdict(language: Language, step: str) -> str:
    """Returns a sentence that says whether a person is in forced labour. `step` is the name of the box of the
    flowchart in which the path of the person ends."""
    if step in UNRESOLVED:
        return _say(language, "open")
    if step == "forced labour":
        return _say(language, "case")
    return _say(language, "case_of_child" if step in CASES else "not_case", end=_last_box(language, step))


def _last_box(language: Language, step: str) -> str:
    """Returns, in words, the box of the flowchart in which the path of a person ends. `step` is its name."""
    if step in ROUTES:
        return language.kit(Reason.of(f"categories.{ROUTES[step]}"))
    if step in CHILD_ENDS:
        return language.say(f"flowchart.children.ends.{CHILD_ENDS[step]}")
    if step in QUESTIONS:
        return definition_flowchart.exit_at(language, step)
    return language.say("flowchart.forced_labour" if step in CASES else "flowchart.unresolved")


def _answer(language: Language, who: Who, name: str, answer: str, answers: Answers) -> str:
    """Returns the answer to a question of the flowchart in words. In brackets follow the questions of the
    survey that an adult answered with *yes*."""
    items = [item for item in person(who).items.get(SIDE_OF.get(name, ""), ()) if answers.get(item) == YES]
    yes = language.list(_say(language, f"questions.{item}") for item in items)
    return " ".join([language.say(f"flowchart.{answer}"), *([f"({yes})"] if yes else [])])


def _truths_of_adult(found: Verdict, answers: Answers) -> list[tuple[str, bool | None]]:
    """Returns the questions of the flowchart that an adult reaches, in order, each with its answer: True,
    False, or None if the answers of the adult do not decide it."""
    truths = found.truths
    excluded = truths[EXCLUDED]
    truth_of = {
        "no work": truths["any_work"],
        "not involuntary": truths["involuntary"],
        "no coercion": truths["coercion"],
        "not in the same work": truths[LINKED],
        "exception within its limits": None if excluded is None else not excluded,
        "forced labour abroad": {YES: False, OPEN: None}.get(answers.get("abroad", NO), True),
    }
    leaves = list(truth_of)
    return list(truth_of.items())[: leaves.index(found.step) + 1 if found.step in leaves else None]


def _truths_of_child(found: Verdict) -> list[tuple[str, bool | None]]:
    """Returns the questions of the flowchart that a child reaches, each with its answer: True, False, or None
    if the answers do not decide it."""
    t = found.truths
    third = t[THIRD] if t[THIRD] is not True else t[THIRD_THREAT]
    reached = {*WAYS[found.step]}
    if found.step == OPEN_CHILD:
        reached |= {
            WITH_PARENTS,
            *(() if t[WITH] is False else (f"?{III}", f"?{II}")),
            *(() if t[WITH] is True else (f"?{I}",)),
        }
    truth_of = {
        f"?{IV}": t["route_iv"],
        WITH_PARENTS: t[WITH],
        f"?{III}": t[PARENT],
        f"?{II}": t[WITH_THREAT],
        f"?{I}": third,
    }
    return [(name, truth_of[name]) for name in CHILDREN if name in reached]


def _adult(found: Verdict, passed: Answers, language: Language) -> Any:
    leaves = [leaf for leaf in QUESTIONS if leaf != BELOW]
    words = {
        ASKED: f"<b>{safe(_say(language, 'made_up.adult'))}</b>",
        **{leaf: safe(_last_box(language, leaf)) for leaf in leaves},
        "forced labour": f"<b>{safe(_last_box(language, 'forced labour'))}</b>",
    }
    lit = {ASKED, *(f"?{leaf}" for leaf in passed), "unresolved" if found.step in UNRESOLVED else found.step}
    title, legend = _say(language, "titles.adult"), _say(language, "legend")
    boxes = {leaf: shorten(answer, LONGEST, placeholder=" …") for leaf, answer in passed.items()}
    return definition_flowchart.adults(title, legend, words, boxes, lit, language=language)


def _child(found: Verdict, passed: Answers, language: Language) -> Any:
    words = {
        ASKED: f"<b>{safe(_say(language, 'made_up.child'))}</b>",
        NO_WORK: safe(language.say("flowchart.children.no_work")),
        OPEN_CHILD: safe(language.say("flowchart.unresolved")),
    }
    title, legend = _say(language, "titles.child"), _say(language, "legend")
    lit = {ASKED, found.step, *passed}
    return definition_flowchart.children(title, legend, words, answers=passed, lit=lit, language=language)
