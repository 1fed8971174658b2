"""The definition explorer: shows the path of an invented person through the flowchart. The user can change the person's
answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from fltoolkit.arguments import checked
from fltoolkit.classify.children import PARENT, THIRD, THIRD_THREAT, WITH, WITH_THREAT
from fltoolkit.classify.made_up_person import EXCLUDED, FORCED, LINKED, NO, NOT_ASKED, OPEN, YES, Person, Verdict, Who
from fltoolkit.show.charts import definition_flowchart
from fltoolkit.show.charts.chart_style import Picture
from fltoolkit.show.charts.definition_flowchart import (  # fmt: skip
    ASKED,
    BELOW,
    EXITS,
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
from fltoolkit.show.explore.explorer_controls import Part, dropdown, shell, static
from fltoolkit.show.wording.section_words import Words

Answers = Mapping[str, str]
FIRST: Mapping[Who, Answers] = {
    "adult": dict.fromkeys(("any_work", "very_low_or_no_wages", "withheld_documents", "same_work"), YES),
    "child": {"with_parents": YES, FORCED: YES},
}
CASES = ("forced labour", IV, III, II, I)
OPENED = ("unresolved", "abroad, unresolved", OPEN_CHILD)
WAYS = {  # of children: the questions before each leaf
    IV: (f"?{IV}",), III: (f"?{IV}", WITH_PARENTS, f"?{III}"), II: (f"?{IV}", WITH_PARENTS, f"?{III}", f"?{II}"),
    I: (f"?{IV}", WITH_PARENTS, f"?{I}"), NO_THREAT: (f"?{IV}", WITH_PARENTS, f"?{III}", f"?{II}"),
    NO_THREAT_THIRD: (f"?{IV}", WITH_PARENTS, f"?{I}"), NO_WORK: (), OPEN_CHILD: (f"?{IV}",),
}  # fmt: skip
LEGEND = "the way is framed thick; under each question what the answers make of it"


@cache
def person(who: Who) -> Person:
    """Returns the invented person (an adult or a child) of the definition explorer, whose answers can be changed. The person is
    read from a file and classified at the first call.
    """
    return Person(who)


def view(who: Who, answers: Answers) -> tuple[Words, Picture]:
    """Returns two parts to display: a sentence that says whether a person with these answers is in forced labour, and the
    flowchart with this person's path highlighted.

    Args:
        who: `adult` or `child`.
        answers: for each question of `person(who).questions`; a question that is missing here is answered no.
    """
    found = person(who).verdict(answers)
    # here each item has one question with the same name
    sentence, way = _verdict_sentence(found), re.sub(r" \[\w+\]", "", found.trace)
    draw = _adult if who == "adult" else _child
    return Words(f"{sentence}\n\nThe path, as the classification writes it: {way}"), Picture(
        draw(found, answers), f"Flowchart with the way of one made-up {who}: {way}. {sentence.replace('**', '')}"
    )


@checked
def definition(*, interactive: bool = False) -> Any:
    """Shows the flowchart of the definition with the path of an invented person.

    With `interactive` every answer of an adult or a child can be changed; otherwise shows one view.
    """
    return panel() if interactive else static(view("adult", FIRST["adult"]))


def panel() -> Any:
    """Returns the widget of the definition explorer: a choice between an adult and a child, a drop-down for each answer, and the
    flowchart with the path that follows from the answers.
    """
    import ipywidgets as widgets

    who = widgets.RadioButtons(options=[("an adult", "adult"), ("a child", "child")], description="Who is asked")
    asked = {name: _controls(name) for name in ("adult", "child")}
    groups = [_group(title, [asked["adult"][c] for c in columns]) for title, columns in _sides().items()]
    sheets = {"adult": widgets.VBox(groups), "child": widgets.VBox([_group("A child's work", list(asked["child"].values()))])}

    def now() -> tuple[Part, ...]:
        for name, sheet in sheets.items():
            sheet.layout.display = "" if name == who.value else "none"
        return view(who.value, {c: control.value for c, control in asked[who.value].items()})

    controls = [who, *asked["adult"].values(), *asked["child"].values()]
    return shell(controls, now, [who, *sheets.values()])


def _sides() -> dict[str, list[str]]:
    """Returns the adult's questions in the order of the flowchart."""
    adult = person("adult")
    later = [c for c in adult.questions if c != "any_work" and c not in (*adult.items["involuntary"], *adult.items["coercion"])]
    return {
        "Work": ["any_work"], "Involuntary: one is enough": list(adult.items["involuntary"]),
        "Coercion: one is enough": list(adult.items["coercion"]), "Same work, exceptions, place": [*[c for c in later if c != "abroad"], "abroad"],
    }  # fmt: skip


def _controls(who: str) -> dict[str, Any]:
    options_of_item = {YES: YES, NO: NO, OPEN: OPEN}
    made = {}
    for column, question in person(who).questions.items():
        options = {YES: YES, NO: NO, NOT_ASKED: NOT_ASKED} if column == FORCED else options_of_item
        made[column] = dropdown(question[0].upper() + question[1:], options, FIRST[who].get(column, NO))  # type: ignore[index]
        made[column].layout.width, made[column].style.description_width = "29em", "21em"
    return made


def _group(title: str, controls: list[Any]) -> Any:
    import ipywidgets as widgets

    return widgets.VBox([widgets.HTML(f"<b>{title}</b>"), *controls])


def _verdict_sentence(found: Verdict) -> str:
    if found.step in CASES:
        return f"**In forced labour**: {found.step}." if found.step != "forced labour" else "**In forced labour.**"
    if found.step in OPENED:
        return "**Unresolved**: an answer that is missing would decide. Counted apart, not as a case."
    return f"**Not in forced labour in this country**: {found.step}."


def _adult(found: Verdict, answers: Answers) -> Any:
    truths = found.truths
    truth_of = {"no work": truths["any_work"], "not involuntary": truths["involuntary"], "no coercion": truths["coercion"],
            "not in the same work": truths[LINKED], "exception within its limits": _not(truths[EXCLUDED]),
            "forced labour abroad": {YES: False, OPEN: None}.get(answers.get("abroad", NO), True)}  # fmt: skip
    leaves = [leaf for leaf in QUESTIONS if leaf != BELOW]
    passed = leaves[: leaves.index(found.step) + 1] if found.step in leaves else leaves
    step = "unresolved" if found.step in OPENED else found.step
    words = {ASKED: "<b>A made-up adult</b>", **{leaf: EXITS[leaf] for leaf in leaves}, "forced labour": "<b>in forced labour</b>",
             "unresolved": "unresolved"}  # fmt: skip
    return definition_flowchart.adults(
        "The way of one adult through the definition", LEGEND, words,
        {leaf: _word(truth_of[leaf]) for leaf in passed}, {ASKED, *(f"?{leaf}" for leaf in passed), step},
    )  # fmt: skip


def _child(found: Verdict, _: Answers) -> Any:
    t = found.truths
    third = t[THIRD] if t[THIRD] is not True else t[THIRD_THREAT]
    lit = {ASKED, found.step, *WAYS[found.step]}
    if found.step == OPEN_CHILD:
        lit |= {WITH_PARENTS, *(() if t[WITH] is False else (f"?{III}", f"?{II}")), *(() if t[WITH] is True else (f"?{I}",))}
    truth_of = {f"?{IV}": t["route_iv"], WITH_PARENTS: t[WITH], f"?{III}": t[PARENT], f"?{II}": t[WITH_THREAT], f"?{I}": third}
    words = {ASKED: "<b>A made-up child</b>", NO_WORK: "did not work", OPEN_CHILD: "unresolved"}
    answers = {name: _word(truth) for name, truth in truth_of.items() if name in lit}
    return definition_flowchart.children("The way of one child through the definition", LEGEND, words, answers=answers, lit=lit)


def _not(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def _word(truth: bool | None) -> str:
    return "left open" if truth is None else "yes" if truth else "no"
