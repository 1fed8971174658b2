"""A survey with nested gates, chains of gates, blanks that mean *no* and select-multiple questions. Its
persons are classified in plain Python.

Nothing here uses the kit: a person is a dictionary of texts, and a truth is True, False or None.
"""

from __future__ import annotations

import random
from typing import Any

Truth = bool | None
Person = dict[str, str]

# The questionnaire as it is printed:
#   WORKED 1 yes, 2 no.  Q1 (of who worked) 1 yes, 2 no.  Q2 1 to 3, of which 3 goes on to nothing.  Q3 1 yes, 2 no.
#   WAGES and HOURS: if WORKED = 1.  HOURS only if also Q1 = 1, or Q2 = 1 or 2.
#   THREAT: if HOURS = 1, refused goes on too.  DEBT: of those with a debt, blank for all others.  FORCE: only if Q3 = 1, or DEBT = 1.
#   PENALTY: several codes, 0 none, 98 don't know; if WORKED = 1.  LOCKED: if code 2 of PENALTY was ticked.
#   DOC_A, DOC_B, DOC_NONE: one select-multiple in columns, 1 where ticked, else blank.
SPEC: dict[str, Any] = {
    "title": "Gates",
    "country": "Testland",
    "year": 2024,
    "reference_period": {"months": 12, "text": "the last year"},
    "files": {"person": {"path": "people.csv", "key": "WHO"}},
    "design": {"weight": "W", "selection": "srs"},
    "age": {"column": "AGE"},
    "answers": {"yes": 1, "no": 2, "dont_know": 8, "refused": 9},
    "any_work": "WORKED",
    "items": {
        "involuntary": {
            "very_low_or_no_wages": [{"column": "WAGES", "routing": {"column": "WORKED", "asked": 1}}],
            "unagreed_overtime": [
                {
                    "column": "HOURS",
                    "routing": {
                        "all": [
                            {"column": "WORKED", "asked": 1, "skipped": 2},
                            {
                                "any": [
                                    {"column": "Q1", "asked": 1},
                                    {"column": "Q2", "asked": [1, 2], "skipped": 3, "unknown": 7},
                                ]
                            },
                        ]
                    },
                }
            ],
        },
        "coercion": {
            "threats_or_violence": [
                {
                    "column": "THREAT",
                    "routing": {"column": "HOURS", "asked": 1, "skipped": [2, 9], "why": "as printed"},
                }
            ],
            "debt_bondage": [{"column": "DEBT", "blank": "no", "why": "filled only of those with a debt"}],
            "restricted_movement": [
                {
                    "column": "FORCE",
                    "routing": {"any": [{"column": "Q3", "asked": 1}, {"column": "DEBT", "asked": 1}]},
                },
                {"column": "LOCKED", "routing": {"column": "PENALTY", "asked": 2}},
            ],
            "withheld_wages": [
                {
                    "column": "PENALTY",
                    "contains": 1,
                    "no": [0, 3],
                    "dont_know": 98,
                    "routing": {"column": "WORKED", "asked": 1},
                }
            ],
            "other_penalty": [
                {
                    "column": "PENALTY",
                    "contains": [2, 12],
                    "no": [0, 3],
                    "routing": {"column": "WORKED", "asked": 1},
                }
            ],
            "withheld_documents": [
                {"column": "DOC_A", "blank": "no", "if_ticked": ["DOC_B", "DOC_NONE"]},
                {"column": "DOC_B", "blank": "no", "if_ticked": ["DOC_A", "DOC_NONE"]},
            ],
        },
    },
    "episodes": {"same_work": "assumed"},
    "populations": {"all": {"label": "everybody"}},
    "coverage_excludes": [],
    "accept": [
        {
            "finding": "routing",
            "column": column,
            "why": "persons answer at random here, whether they were asked or not",
        }
        for column in ("WAGES", "HOURS", "THREAT", "FORCE", "LOCKED", "PENALTY")
    ],
}
YES_NO = ["1", "2", "2", "2", "8", "9", ""]
ANSWERS: dict[str, list[str]] = {
    "WORKED": ["1", "1", "1", "1", "2", "8", ""],
    "Q2": ["1", "2", "3", "3", "7", "8", ""],
    "PENALTY": ["", "0", "0", "3", "1", "2", "12", "1 2", "3,12", "3;98", "98", "1|98", " 2 , 3 ", "9"],
    "DOC_A": ["1", "", ""],
    "DOC_B": ["1", "", ""],
    "DOC_NONE": ["1", "", ""],
    **dict.fromkeys(("Q1", "Q3"), YES_NO),
    **{name: [*YES_NO, "", "", ""] for name in ("WAGES", "HOURS", "THREAT", "DEBT", "FORCE", "LOCKED")},
}


def persons(count: int, seed: int) -> list[Person]:
    """Returns persons who answered at random, also questions that they were not asked."""
    draw = random.Random(seed)
    return [{name: draw.choice(codes) for name, codes in ANSWERS.items()} for _ in range(count)]


def any_of(*truths: Truth) -> Truth:
    return True if True in truths else None if None in truths else False


def all_of(*truths: Truth) -> Truth:
    return False if False in truths else None if None in truths else True


def truths(p: Person) -> dict[str, Truth]:
    """Returns the truth of each item and of the definition for a person."""
    listed = p["PENALTY"].replace(",", " ").replace(";", " ").replace("|", " ").split()
    # Each gate: True open, False shut, None unknown.
    worked = {"1": True, "2": False}.get(p["WORKED"])
    q1 = {"1": True, "2": False}.get(p["Q1"])
    q2 = {"1": True, "2": True, "3": False}.get(p["Q2"])
    before_hours = all_of(worked, any_of(q1, q2))
    hours_gate: Truth = {"1": True, "2": False, "9": False}.get(p["HOURS"])
    if p["HOURS"] == "" and before_hours is False:
        hours_gate = False
    debt_gate: Truth = {"1": True, "2": False, "": False}.get(p["DEBT"])
    q3 = {"1": True, "2": False}.get(p["Q3"])
    penalty_gate: Truth = None
    if listed:
        penalty_gate = True if "2" in listed else None if {"98", "8", "9"} & {*listed} else False
    elif worked is False:
        penalty_gate = False

    def plain(name: str, gate: Truth) -> Truth:
        if p[name] == "":
            return False if gate is False else None
        return {"1": True, "2": False}.get(p[name])

    def ticked(codes: set[str]) -> Truth:
        if not listed:
            return False if worked is False else None
        if codes & {*listed}:
            return True
        return None if {"98", "8", "9"} & {*listed} else False

    def option(name: str, *others: str) -> Truth:
        if p[name]:
            return p[name] == "1"
        return False if any(p[other] == "1" for other in others) else None

    found = {
        "very_low_or_no_wages": plain("WAGES", worked),
        "unagreed_overtime": plain("HOURS", before_hours),
        "threats_or_violence": plain("THREAT", hours_gate),
        "debt_bondage": False if p["DEBT"] == "" else {"1": True, "2": False}.get(p["DEBT"]),
        "restricted_movement": any_of(plain("FORCE", any_of(q3, debt_gate)), plain("LOCKED", penalty_gate)),
        "withheld_wages": ticked({"1"}),
        "other_penalty": ticked({"2", "12"}),
        "withheld_documents": any_of(
            option("DOC_A", "DOC_B", "DOC_NONE"), option("DOC_B", "DOC_A", "DOC_NONE")
        ),
    }
    involuntary = any_of(found["very_low_or_no_wages"], found["unagreed_overtime"])
    coercion = any_of(
        *[truth for item, truth in found.items() if item not in ("very_low_or_no_wages", "unagreed_overtime")]
    )
    return {
        **found,
        "involuntary": involuntary,
        "coercion": coercion,
        "forced_labour": all_of(worked, involuntary, coercion),
    }
