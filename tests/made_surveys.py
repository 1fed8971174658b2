"""Small surveys in several languages and formats whose true survey.yaml is known. Counts how much of it a
draft has right, asks, or has wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat

from fltoolkit.yaml_files.loading import UNANSWERED

PERSONS = 1200


@dataclass(frozen=True)
class Asked:
    """A question: its codes with their labels, the meaning of each code, its key in survey.yaml ("" for
    none), and its gates."""

    name: str
    label: str
    codes: Mapping[int, str]
    key: str = ""
    yes: tuple[int, ...] = (1,)
    no: tuple[int, ...] = (2,)
    gates: tuple[str, ...] = ()
    children: bool = False


@dataclass(frozen=True)
class Made:
    """A survey. `ending` is the ending of its file, `true` its true design, and `more` the columns that are
    not questions."""

    name: str
    ending: str
    questions: tuple[Asked, ...]
    true: Mapping[str, Any]
    more: Mapping[str, tuple[str, Any]] = field(default_factory=dict)

    def table(self) -> pd.DataFrame:
        """Returns persons who are drawn with a fixed seed. A person who did not pass every gate of a question
        has a blank there."""
        random = np.random.default_rng(len(self.name))
        said = {q.name: q for q in self.questions}
        columns: dict[str, Any] = {name: values for name, (_, values) in self.more.items()}
        for q in self.questions:
            codes = list(q.codes)
            weights = [12 if code in q.no else 8 if code in q.yes else 1 for code in codes]
            values = random.choice(codes, PERSONS, p=np.array(weights) / sum(weights)).astype(float)
            for gate in q.gates:
                values[~np.isin(columns[gate], said[gate].yes)] = np.nan
            if q.children:
                values[columns["age"] >= 18] = np.nan
            columns[q.name] = values
        return pd.DataFrame(columns)

    def write(self, folder: Path) -> Path:
        path = folder / f"{self.name.replace(' ', '_')}{self.ending}"
        labels = {
            **{name: label for name, (label, _) in self.more.items()},
            **{q.name: q.label for q in self.questions},
        }
        values = {q.name: dict(q.codes) for q in self.questions}
        if self.ending == ".csv":
            words = {q.name: q.codes for q in self.questions if any(q.codes.values())}
            self.table().replace(
                {name: {float(k): v for k, v in codes.items()} for name, codes in words.items()}
            ).to_csv(path, index=False)
        elif self.ending == ".sav":
            pyreadstat.write_sav(self.table(), str(path), column_labels=labels, variable_value_labels=values)
        else:
            pyreadstat.write_dta(self.table(), str(path), column_labels=labels, variable_value_labels=values)
        return path


@dataclass
class Score:
    """The number of facts that a draft has right, asks, and has wrong. The wrong ones are also given in
    words."""

    right: int = 0
    asked: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, what: str, mine: object, true: object) -> None:
        if UNANSWERED in str(mine):
            self.asked += 1
        elif mine == true:
            self.right += 1
        else:
            self.wrong.append(f"{what}: {mine}, not {true}")


def placed(draft: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields every question that a draft places, with its key."""
    for key in ("any_work", "trafficking", "current"):
        yield from ((key, q) for q in listed(draft.get(key)))
    for side, items in (draft.get("items") or {}).items():
        if isinstance(items, dict):
            yield from (
                (f"items.{side}.{item}", q) for item, questions in items.items() for q in listed(questions)
            )
    yield from (("same_work", q) for q in listed(draft["episodes"]["same_work"]))
    yield from ((key, q) for key, q in (draft.get("interview") or {}).items())


def listed(questions: object) -> list[dict[str, Any]]:
    return [q for q in (questions if isinstance(questions, list) else [questions]) if isinstance(q, dict)]


def score(made: Made, draft: Mapping[str, Any]) -> Score:
    """Returns the score of a draft: of the design, of each question that it places, and of each gate. What
    the draft leaves out is neither right nor wrong."""
    result = Score()
    answers = (
        draft["answers"] if isinstance(draft["answers"], dict) else {"yes": UNANSWERED, "no": UNANSWERED}
    )
    said = {q.name: q for q in made.questions}
    for key, true in made.true.items():
        place: Any = draft
        for step in key.split("."):
            place = place.get(step) if isinstance(place, dict) else None
        result.add(key, place, true)
    for key, q in placed(draft):
        true = said[q["column"]]
        own = {**answers, **q}
        mine = {kind: codes(own.get(kind)) for kind in ("yes", "no")}
        if UNANSWERED in q or any(code in codes(answers.get(UNANSWERED)) for code in map(str, true.codes)):
            result.asked += 1
            continue
        words = made.ending == ".csv" and any(true.codes.values())
        meant = {
            kind: {true.codes[c] if words else str(c) for c in getattr(true, kind)} for kind in ("yes", "no")
        }
        result.add(
            f"{key} {true.name}", (key, mine), (true.key, meant) if UNANSWERED not in str(mine) else None
        )
        for gate in gates_of(q):
            before = said[gate["column"]]
            no = {before.codes[c] if words else str(c) for c in before.no}
            sure = (gate["column"] in ancestors(said, true), codes(gate["skipped"]) <= no)
            result.add(f"routing of {true.name}", UNANSWERED if UNANSWERED in gate else sure, (True, True))
    return result


def gates_of(question: Mapping[str, Any]) -> list[dict[str, Any]]:
    routing = question.get("routing")
    return [] if not routing else routing.get("all", [routing])


def ancestors(said: Mapping[str, Asked], question: Asked) -> set[str]:
    found = set(question.gates)
    for gate in question.gates:
        found |= ancestors(said, said[gate])
    return found


def codes(value: object) -> set[str]:
    many: Sequence[object] = value if isinstance(value, list) else () if value is None else [value]
    return set(map(str, many))
