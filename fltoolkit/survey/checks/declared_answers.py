"""Counts the persons for whom survey.yaml decides what a missing answer means. Either survey.yaml declares
that a blank counts as *no*, or it declares that a question is skipped after *don't know* or *refused* at an
earlier question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import narwhals as nw

from fltoolkit.survey.answers.skips_and_blanks import declared_no, is_blank, is_skipped
from fltoolkit.survey.checks.findings import count_rows
from fltoolkit.survey.checks.item_nonresponse import AskedQuestion, frames_with, questions, with_stages
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.spec.mapped_questions import MappedQuestions
from fltoolkit.survey.spec.routing import Routing

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["blank", "gate"]
TICKED = "another option of the question is ticked"


def declared_counts(survey: Survey, kind: Kind) -> pd.DataFrame:
    """Counts the persons whose blank answer to a question counts as *no* only because survey.yaml says so.
    Only persons who were asked the module on forced labour are counted. The counts are exact and must not be
    published.

    Args:
        survey: a survey.
        kind: `blank` counts the blanks of questions with `blank: no`, except those of persons for whom the
            question was skipped. `gate` counts the blanks of persons for whom the question was skipped only
            because they answered an earlier question (the gate) with *don't know* or *refused*.

    Returns:
        One row per column and reason, with the columns `where` (the first key of survey.yaml with this
            question), `column`, `why` (the reason) and `persons`. If episodes (spells of work) are rows of a
            file, `persons` counts episodes. Without such questions, the table is empty.
    """
    import pandas as pd

    return pd.DataFrame(declared_answers(survey, kind), columns=["where", "column", "why", "persons"])


def declared_answers(survey: Survey, kind: Kind) -> list[tuple[str, str, str, int]]:
    """Returns the rows of `declared_counts` for one kind, as tuples of key, column, reason and number of
    persons."""
    mapped, asked = survey.spec.mapped, questions(survey)
    found: dict[tuple[str, str], tuple[str, int]] = {}
    if not any(_declared_reason(q, kind) for q in asked):
        return []
    for frame, columns in frames_with(survey, [q.column for q in asked]):
        held = [q for q in asked if q.column in columns]
        staged, stages = with_stages(frame, held, mapped)
        declared = [
            (q, reached) for q, (_, reached) in zip(held, stages, strict=True) if _declared_reason(q, kind)
        ]
        made_no = {
            f"{i}": nw.col(reached) & _no_by_declaration(q, kind, mapped)
            for i, (q, reached) in enumerate(declared)
        }
        counts = count_rows(staged, made_no)
        for i, (q, _) in enumerate(declared):
            found.setdefault((q.column, _declared_reason(q, kind)), (q.where, counts[f"{i}"]))
    return [(where, column, why, persons) for (column, why), (where, persons) in found.items()]


def _declared_reason(question: AskedQuestion, kind: Kind) -> str:
    """Returns the reason in survey.yaml for counting a blank of this question as *no*. For the kind `blank`,
    this is the reason for `blank: no`. For `gate`, it is the reason why *don't know* or *refused* at an
    earlier question skips this question. The text is empty if survey.yaml gives no such reason."""
    source = question.source
    if kind == "blank":
        return (source.why or TICKED) if source.blank else ""
    return "; ".join(dict.fromkeys(gate.why for gate in source.gates if gate.why))


def _no_by_declaration(question: AskedQuestion, kind: Kind, mapped: MappedQuestions) -> nw.Expr:
    """Returns, for each person, whether a blank answer to the question counts as *no* only because
    survey.yaml declares it. `kind` is `blank` (the key `blank: no`) or `gate` (a question is skipped after
    *don't know* or *refused* at an earlier question)."""
    source, blank = question.source, is_blank(question.source, mapped, question.episode)
    skipped = is_skipped(source.routing, mapped, question.episode) if source.routing else nw.lit(False)
    if kind == "blank":
        return blank & declared_no(source, mapped, question.episode) & ~skipped
    silent_open = (
        is_skipped(_without_open_skips(source.routing, mapped), mapped, question.episode)
        if source.routing
        else nw.lit(False)
    )
    return blank & skipped & ~silent_open


def _without_open_skips(routing: Routing, mapped: MappedQuestions) -> Routing:
    """Returns a routing in which the question is not skipped after *don't know* or *refused* at an earlier
    question."""
    if routing.column:
        silent = frozenset().union(*(mapped.nonresponse_codes(name) for name in routing.column))
        kept = (
            None if routing.skipped is None else tuple(code for code in routing.skipped if code not in silent)
        )
        return routing.model_copy(update={"skipped": kept, "why": ""})
    below = tuple(_without_open_skips(gate, mapped) for gate in routing.joined)
    return routing.model_copy(update={"all" if routing.all is not None else "any": below})
