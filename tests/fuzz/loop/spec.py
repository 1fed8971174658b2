"""survey.yaml as the documentation has it: which keys there are, and what may stand in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .text import canonical
from .verdict import Doubts, IllegalInput, UnknownInput

TOP = {
    "title", "country", "year", "round", "reference_period", "files", "design", "module", "age", "interview",
    "answers", "any_work", "items", "episodes", "exceptions", "form", "trafficking", "place", "months",
    "current", "children", "populations", "calibration", "groups", "sectors", "tables", "coverage_excludes",
    "confidentiality", "corrections", "accept",
}  # fmt: skip
NOT_IN_THE_LOOP = {
    "interview",
    "exceptions",
    "form",
    "trafficking",
    "place",
    "months",
    "current",
    "children",
    "calibration",
    "sectors",
    "tables",
    "corrections",
    "accept",
}
REQUIRED = {
    "title", "country", "year", "reference_period", "files", "design", "age", "any_work", "items", "episodes",
    "populations", "coverage_excludes",
}  # fmt: skip
ITEMS = {
    "involuntary": {
        "unfree_recruitment",
        "different_job",
        "unagreed_overtime",
        "hazardous_work",
        "very_low_or_no_wages",
        "degrading_living_conditions",
        "other_employers",
        "longer_than_agreed",
        "no_freedom_to_leave",
        "other_without_consent",
    },
    "coercion": {
        "threats_or_violence",
        "restricted_movement",
        "debt_bondage",
        "withheld_wages",
        "withheld_documents",
        "abuse_of_vulnerability",
        "other_penalty",
    },
}
ANSWERS = ("yes", "no", "dont_know", "refused", "not_applicable")
TRUE, FALSE = {"true": True, "True": True, "TRUE": True}, {"false": False, "False": False, "FALSE": False}


@dataclass(frozen=True)
class Question:
    """A yes/no question: its column, its codes, and the gate that explains a blank. `key`: where survey.yaml
    has it."""

    key: str
    column: str
    codes: dict[str, tuple[str, ...]]
    not_applicable_means: str
    gate: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()

    @property
    def named(self) -> set[str]:
        return {code for codes in self.codes.values() for code in codes}


def fields(
    value: Any, where: str, known: set[str], required: set[str] | None = None, beyond: set[str] | None = None
) -> dict[str, Any]:
    """A mapping with its keys checked; keys `beyond` are legal and the loop has no rule for them."""
    if not isinstance(value, dict):
        raise IllegalInput(f"{where}: no keys")
    if set(value) - known - (beyond or set()):
        raise IllegalInput(f"{where}: an unknown key")
    if (required or set()) - set(value):
        raise IllegalInput(f"{where}: a required key is missing")
    if set(value) & (beyond or set()):
        raise UnknownInput(f"{where}: a key that the loop does not read")
    return value


def text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise IllegalInput(f"{where}: no text")
    return value


def codes(value: Any, where: str, *, some: bool = False) -> tuple[str, ...]:
    """Codes, one or a list."""
    many = [value] if isinstance(value, str) else value
    if not isinstance(many, list) or not all(isinstance(v, str) for v in many):
        raise IllegalInput(f"{where}: no codes")
    found = tuple(canonical(v) for v in many)
    if some and not found:
        raise IllegalInput(f"{where}: an empty list")
    if "" in found or len(set(found)) < len(found):
        raise UnknownInput(f"{where}: a blank code, or one twice")
    return found


def names(value: Any, where: str, *, some: bool = True) -> tuple[str, ...]:
    if where.endswith(".key") and isinstance(value, dict):
        raise UnknownInput(f"{where}: names by file")
    many = [value] if isinstance(value, str) else value
    if not isinstance(many, list) or not all(isinstance(v, str) for v in many):
        raise IllegalInput(f"{where}: no names")
    if some and not many:
        raise IllegalInput(f"{where}: an empty list")
    if len(set(many)) < len(many):
        raise (IllegalInput if where.endswith(".path") else UnknownInput)(f"{where}: a name twice")
    return tuple(many)


def integer(value: Any, where: str) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value):
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"\s*[-+]?[0-9_]+(\.0*)?\s*", value):
        raise UnknownInput(f"{where}: a whole number in an unusual spelling, or a very long one")
    raise IllegalInput(f"{where}: no whole number")


def decimal(value: Any, where: str) -> float:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
        return float(value)
    if isinstance(value, str):
        try:
            float(value)
        except ValueError:
            pass
        else:
            raise UnknownInput(f"{where}: a number in an unusual spelling")
    raise IllegalInput(f"{where}: no number")


def truth(value: Any, where: str) -> bool:
    if isinstance(value, str) and value in {**TRUE, **FALSE}:
        return {**TRUE, **FALSE}[value]
    if isinstance(value, str) and value.lower() in ("1", "0", "yes", "no", "on", "off", "t", "f", "y", "n"):
        raise UnknownInput(f"{where}: a truth in an unusual spelling")
    raise IllegalInput(f"{where}: neither true nor false")


def one_of(value: Any, where: str, allowed: set[str]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise IllegalInput(f"{where}: not one of those allowed")
    return value


def refuse_double(where: str, *lists: tuple[str, ...]) -> None:
    every = [code for codes_ in lists for code in codes_]
    if len(set(every)) < len(every):
        raise IllegalInput(f"{where}: a code means two things")


def answer_codes(spec: dict[str, Any], doubts: Doubts) -> tuple[dict[str, tuple[str, ...]], str]:
    """The usual codes, and what not applicable means."""
    if not {"yes", "no"} <= set(spec.get("answers", {})):
        doubts.append("the usual codes of yes and no are left out")
    given = fields(spec.get("answers", {}), "answers", {*ANSWERS, "not_applicable_means"}, beyond={"missing"})
    found = {"yes": ("1",), "no": ("2",), "dont_know": (), "refused": (), "not_applicable": ()}
    found |= {kind: codes(given[kind], f"answers.{kind}") for kind in ANSWERS if kind in given}
    means = (
        one_of(given["not_applicable_means"], "answers", {"no", "unresolved"})
        if "not_applicable_means" in given
        else ""
    )
    return _checked(found, means, "answers")


def _checked(
    found: dict[str, tuple[str, ...]], means: str, where: str
) -> tuple[dict[str, tuple[str, ...]], str]:
    refuse_double(where, *found.values())
    if found["not_applicable"] and not means:
        raise IllegalInput(f"{where}: not_applicable without its meaning")
    return found, means


def questions(value: Any, where: str, usual: tuple[dict[str, tuple[str, ...]], str]) -> list[Question]:
    """One question or several, each a column's name or a mapping."""
    many = value if isinstance(value, list) else [value]
    if not many:
        raise IllegalInput(f"{where}: no question")
    return [_question(one, where, usual) for one in many]


def _question(value: Any, where: str, usual: tuple[dict[str, tuple[str, ...]], str]) -> Question:
    if isinstance(value, str):
        return Question(where, value, *usual)
    known = {"column", *ANSWERS, "not_applicable_means", "mode", "stage", "detail", "label", "routing"}
    given = fields(
        value, where, known, {"column"}, {"contains", "separator", "blank", "if_ticked", "why", "missing"}
    )
    own = {kind: codes(given[kind], f"{where}.{kind}") for kind in ANSWERS if kind in given}
    means = (
        one_of(given["not_applicable_means"], where, {"no", "unresolved"})
        if "not_applicable_means" in given
        else usual[1]
    )
    one_of(given.get("mode", "experienced"), f"{where}.mode", {"experienced", "threatened", "witnessed"})
    one_of(given.get("stage", "work"), f"{where}.stage", {"recruitment", "work", "leaving"})
    for free in ("detail", "label"):
        text(given.get(free, ""), f"{where}.{free}")
    found, means = _checked({**usual[0], **own}, means, where)
    column = text(given["column"], where)
    if "routing" not in given:
        return Question(where, column, found, means)
    beyond = {"unknown", "why", "all", "any"}
    gate = fields(given["routing"], f"{where}.routing", {"column", "asked", "skipped"}, beyond=beyond)
    if not {"column", "asked"} <= set(gate):
        raise IllegalInput(f"{where}.routing: a gate without its column, or without who is asked")
    if "skipped" not in gate:
        raise UnknownInput(f"{where}.routing: who is skipped is left to the codes of no")
    asked, skipped = codes(gate["asked"], where), codes(gate["skipped"], where)
    refuse_double(f"{where}.routing", asked, skipped)
    return Question(where, column, found, means, names(gate["column"], f"{where}.routing"), asked, skipped)


def refuse_gates(asked: list[Question], usual: tuple[dict[str, tuple[str, ...]], str]) -> None:
    """A gate is another question's column; don't know and refused do not shut it without a reason."""
    for question in asked:
        for column in question.gate:
            own = [q for q in asked if q.column == column]
            if column == question.column or set(question.skipped) & silent(own, usual):
                raise IllegalInput(
                    f"{question.key}.routing: its own column, or a refusal that shuts the gate"
                )
            if any(q.gate for q in own):
                raise UnknownInput(f"{question.key}.routing: a gate behind another")


def silent(own: list[Question], usual: tuple[dict[str, tuple[str, ...]], str]) -> set[str]:
    """The codes of don't know and refused of the questions on a column; where there is none, the usual
    ones."""
    return {
        code
        for found in [q.codes for q in own] or [usual[0]]
        for kind in ("dont_know", "refused")
        for code in found[kind]
    }


def sides(spec: dict[str, Any], usual: tuple[dict[str, tuple[str, ...]], str]) -> dict[str, list[Question]]:
    """The questions of each side of the definition; no answer may feed both."""
    given, found = fields(spec["items"], "items", set(ITEMS), set(ITEMS)), {}
    for side, known in ITEMS.items():
        items = fields(given[side], f"items.{side}", known)
        if not items:
            raise IllegalInput(f"items.{side}: no item")
        found[side] = [
            q for item, value in items.items() for q in questions(value, f"items.{side}.{item}", usual)
        ]
    fed = {(q.column, code) for q in found["involuntary"] for code in q.codes["yes"]}
    if any((q.column, code) in fed for q in found["coercion"] for code in q.codes["yes"]):
        raise IllegalInput("items: one answer feeds both sides")
    return found


def every_column(found: list[Question]) -> Iterator[str]:
    for question in found:
        yield question.column
        yield from question.gate
