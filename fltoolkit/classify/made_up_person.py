"""Defines an invented adult, and an invented child with a parent. A user can change the answers and see how
the person is classified.

Each change runs the same classification as for a real survey.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import narwhals as nw

from fltoolkit.classify.adults import classify
from fltoolkit.classify.children import PARENT, THIRD, THIRD_THREAT, WITH, WITH_THREAT
from fltoolkit.errors import RequestError
from fltoolkit.survey.engine.columns import FACTOR, INTERNAL, NUMBER_OF, PART, SOURCE, column
from fltoolkit.survey.engine.engines import into_memory, to_pandas
from fltoolkit.survey.survey_opening import read_survey, with_design

Who = Literal["adult", "child"]
YES, NO, OPEN = "yes", "no", "no answer"
SHEET = INTERNAL + "answers"  # the table in which answers are changed
CODES = {YES: "1", NO: "2", OPEN: "9"}
FORCED, NOT_ASKED = (
    "parent_forced",
    "the parent was not asked",
)  # nobody is asked this: it sets the answers of the parent
LINKED, EXCLUDED = "fl__linked", "fl__excluded"
TRUTHS: Mapping[Who, tuple[str, ...]] = {
    "adult": ("any_work", "involuntary", "coercion", LINKED, EXCLUDED),
    "child": ("route_iv", WITH, PARENT, WITH_THREAT, THIRD, THIRD_THREAT),
}
LAST: Mapping[Who, str] = {"adult": "abroad", "child": FORCED}
"""The last question about an adult and the last question about a child. Neither is one of the yes/no
questions of survey.yaml."""


@dataclass(frozen=True)
class Verdict:
    """The classification of the invented person.

    Attributes:
        step: where the person ends in the flowchart of the definition, such as `not involuntary`.
        trace: the way through the flowchart, in words.
        truths: for each condition of the definition, as {column: value}, whether it is met. None means that
            the answers do not decide it.
    """

    step: str
    trace: str
    truths: Mapping[str, bool | None]


class Person:
    """An invented adult or child, whose answers a user can change. The method `verdict` classifies the person
    with given answers.

    Attributes:
        questions: the columns of the questions that can be answered, in the order of the flowchart.
        items: the items of the adults' definition (such as `debt_bondage`), for each side of the definition
            (involuntary, coercion).
    """

    def __init__(self, who: Who) -> None:
        folder = (
            Path(str(files("fltoolkit.classify"))) / "one_person" / ("adult" if who == "adult" else "family")
        )
        survey = read_survey(folder)
        self._who, spec, con = who, survey.spec, survey.held_in
        assert con is not None  # a table of two rows is kept in memory
        answers = [
            c
            for c in survey.frame.collect_schema().names()
            if c.startswith((SOURCE, NUMBER_OF)) or c in (FACTOR, PART)
        ]
        sheet = into_memory(nw.to_native(survey.frame.select(answers)), con, SHEET)
        rows, _ = with_design(spec, nw.from_native(sheet).lazy())
        persons = classify(replace(survey, rows=rows, held_in=None))
        self._change = con.execute
        asked = [
            s.column for where, s in spec.questions() if where.startswith("children") == (who == "child")
        ]
        self.questions = (*asked, LAST[who])
        self.items = {
            side: tuple(map(str, getattr(spec.items, side))) for side in ("involuntary", "coercion")
        }
        line = column("LINE") == ("1" if who == "adult" else "2")
        self._found = persons.frame.filter(line).select("step", persons.trace.alias("trace"), *TRUTHS[who])

    def verdict(self, answers: Mapping[str, str]) -> Verdict:
        """Returns the classification of the person. `answers` has the answers as {column of the question:
        answer}. An answer is `yes`, `no` or `no answer`. A question that is not in `answers` counts as *no*.

        Raises:
            RequestError: there is no such question or answer.
        """
        own = dict.fromkeys(self.questions, NO) | dict(answers)
        if unknown := sorted(own.keys() - {*self.questions}):
            raise RequestError("no such question", found=unknown, allowed=list(self.questions))
        forced = own.pop(FORCED, NO)
        if wrong := sorted(({*own.values()} - CODES.keys()) | ({forced} - {YES, NO, NOT_ASKED})):
            raise RequestError("no such answer", found=wrong, allowed=[*CODES, NOT_ASKED])
        if self._who == "child":
            parent = YES if forced == YES else NO
            self._write(
                "1",
                dict.fromkeys(("any_work", "low_wages", "papers_kept"), parent)
                | {"ASKED": NO if forced == NOT_ASKED else YES},
            )
        self._write("1" if self._who == "adult" else "2", own)
        row: dict[Any, Any] = to_pandas(self._found).astype(object).iloc[0].to_dict()
        truths = {t: bool(row[t]) if isinstance(row[t], bool) else None for t in TRUTHS[self._who]}
        return Verdict(row["step"], row["trace"], truths)

    def _write(self, line: str, answers: Mapping[str, str]) -> None:
        sets = ", ".join(f"\"{SOURCE}{c}\" = '{CODES[a]}'" for c, a in answers.items())
        self._change(f"UPDATE {SHEET} SET {sets} WHERE {SOURCE}LINE = '{line}'")
