"""A questionnaire that is small enough to write its form and its mapping by hand: work, involuntary
circumstances, coercion."""

from __future__ import annotations

import copy
from typing import Any

from fltoolkit.authoring.questionnaire.questionnaire_model import Questionnaire


def en(text: str) -> dict[str, str]:
    return {"en": text}


def asks(choices: str, key: str, **more: Any) -> dict[str, Any]:
    return {"choices": choices, "key": key, "label": en(f"About {key}?"), **more}


NOT_KNOWN = {"8": {"label": en("Does not know")}, "9": {"label": en("Refuses")}}
QUESTIONNAIRE: dict[str, Any] = {
    "form": {"id": "small", "version": "1"},
    "languages": {"en": "English (en)"},
    "title": en("Small"),
    "about": en("About it"),
    "survey": {
        "title": "Small survey",
        "country": "Nowhere",
        "year": "2025",
        "reference_period": {"months": "12", "text": "the past 12 months"},
        "files": {"person": {"path": "persons.csv", "key": ["household", "line"]}},
        "design": {"weight": "weight", "household": "household", "selection": "pps"},
        "age": {"column": "age"},
        "answers": {"yes": "1", "no": "2", "dont_know": "8", "refused": "9"},
        "episodes": {"same_work": "assumed"},
        "populations": {"adults": {"label": "adults", "age": {"min": "18"}}},
        "coverage_excludes": ["the homeless"],
    },
    "choices": {
        "yes_no": {"1": {"label": en("Yes")}, "2": {"label": en("No")}, **NOT_KNOWN},
        "sexes": {
            "1": {"label": en("men")},
            "2": {"label": en("women")},
            "7": {"label": en("not seen"), "means": "missing"},
        },
        "penalty": {
            "1": {"label": en("Done"), "mode": "experienced"},
            "3": {"label": en("Threatened"), "mode": "threatened"},
            "2": {"label": en("No")},
            **NOT_KNOWN,
        },
        "places": {
            "1": {"label": en("Here"), "means": "in_country"},
            "3": {"label": en("There"), "means": "abroad"},
            **NOT_KNOWN,
        },
        "go_on": {"1": {"label": en("Go on")}, "2": {"label": en("Stop")}},
    },
    "check": {"choices": "go_on", "label": en("Alone?"), "hint": en("Look"), "stop": en("Stop here")},
    "gates": {"work_asked": ["worked"], "case_asked": ["involuntary"]},
    "repeats": {"member": en("Member"), "interview": en("Interview")},
    "household": {
        "members": {
            "type": "integer",
            "label": en("How many?"),
            "allowed": ". > 0",
            "message": en("At least one"),
        }
    },
    "roster": {"called": {"type": "text", "label": en("Name?"), "hint": en("First name")}},
    "interview": {
        **{
            name: {"type": "calculate", "calculation": f"${{member}}/{name}"}
            for name in ("household", "line", "weight", "age")
        },
        "sex": asks("sexes", "groups.sex"),
    },
    "sections": {
        "work": {"label": en("Work"), "questions": {"worked": asks("yes_no", "any_work")}},
        "involuntary": {
            "label": en("Conditions"),
            "when": "${age} > 17",
            "gate": ["work_asked"],
            "check": True,
            "questions": {
                "low_pay": asks("yes_no", "items.involuntary.very_low_or_no_wages", short=en("low pay")),
                "hazard": asks("yes_no", "items.involuntary.hazardous_work", gate=["low_pay"], sure=True),
            },
        },
        "coercion": {
            "label": en("Pressure"),
            "gate": ["case_asked"],
            "questions": {
                "violence": asks("penalty", "items.coercion.threats_or_violence"),
                "abroad": asks("places", "place"),
                "end": {"type": "note", "label": en("Thank you")},
            },
        },
    },
}


def questionnaire(**changed: Any) -> Questionnaire:
    """Returns the questionnaire with some dotted keys set. Two underscores stand for a dot. A key that is set
    to None is removed."""
    data = copy.deepcopy(QUESTIONNAIRE)
    for dotted, value in changed.items():
        *path, last = dotted.split("__")
        here = data
        for step in path:
            here = here.setdefault(step, {})
        here.pop(last) if value is None else here.__setitem__(last, value)
    return Questionnaire.model_validate(data)
