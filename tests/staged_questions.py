"""Surveys that ask at which stage each item happened, for rule sets that use stages, and the answers of a
person."""

from __future__ import annotations

from typing import Any, get_args

from fltoolkit.survey.spec.questions import InvoluntaryItem

INVOLUNTARY = get_args(InvoluntaryItem)


def staged(*questions: str) -> dict[str, Any]:
    """Returns the items of survey.yaml from lines `item stage`. The column of a question is `item_stage`."""
    sides: dict[str, dict[str, list[Any]]] = {"involuntary": {}, "coercion": {}}
    for question in questions:
        item, stage = question.split()
        side = "involuntary" if item in INVOLUNTARY else "coercion"
        sides[side].setdefault(item, []).append({"column": f"{item}_{stage}", "stage": stage})
    return {"items": sides}


def asked(keys: dict[str, Any], yes: str = "", perhaps: str = "") -> dict[str, str]:
    """Returns a person's answers to every question of `staged`: *no*, except for the named ones."""
    names = [q["column"] for side in keys["items"].values() for questions in side.values() for q in questions]
    return {name: "J" if name in yes.split() else "W" if name in perhaps.split() else "N" for name in names}
