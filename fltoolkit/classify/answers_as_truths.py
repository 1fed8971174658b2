"""Turns answers to questions into yes, no or unresolved (null), and combines them. Unresolved means that
nobody knows. *No* or *unresolved* is *unresolved*, and *yes* or *unresolved* is *yes* (Kleene's three-valued
logic; docs/methods.md §1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import narwhals as nw

from fltoolkit.survey.answers.skips_and_blanks import (
    answered_no,
    answered_yes,
    is_blank,
    no_when_blank,
    one_of,
)
from fltoolkit.survey.answers.three_valued import all_of, any_of
from fltoolkit.survey.data.person_frame import column
from fltoolkit.survey.spec.mapped_questions import MappedQuestions
from fltoolkit.survey.spec.questions import Source


def answer(source: Source, mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """Returns the answers to one question as a column of yes, no or unresolved (null).

    A blank is *no* if the question was skipped because of an earlier answer, or if survey.yaml says `blank:
    no`. Any other blank is unresolved.

    Args:
        source: the question.
        mapped: all questions of the survey (`SurveySpec.mapped`).
        episode: the label of the spell of work, which replaces `{episode}` in column names.
    """
    return any_answer([source], mapped, episode)


def any_answer(sources: Sequence[Source], mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """Returns a column of *yes*, *no* or *unresolved* (null). It is *yes* if at least one of the questions
    was answered *yes*, and *no* if all were answered *no*. Without any question it is *no* for everybody.

    `any_of` would give the same result for the answers, but would take twice the time.
    """
    if not sources:
        return nw.lit(False)
    yes, no = zip(*[_yes_and_no(s, mapped, episode) for s in sources], strict=True)
    return any_of(yes) | nw.when(all_of(no)).then(nw.lit(False))


def _yes_and_no(source: Source, mapped: MappedQuestions, episode: str) -> tuple[nw.Expr, nw.Expr]:
    """Returns two true/false columns about one question: whether the answer is *yes*, and whether it is *no*.
    Both are null if there is no answer. A blank that counts as *no* (see `answer`) is false in the first
    column and true in the second."""
    yes, no = answered_yes(source, mapped, episode), answered_no(source, mapped, episode)
    blank = no_when_blank(source, mapped, episode)
    if blank is None:
        return yes, no
    return yes.fill_null(False), no | (is_blank(source, mapped, episode) & blank)


def truth_of(value: nw.Expr, yes: Sequence[str | int], no: Sequence[str | int]) -> nw.Expr:
    """Returns a column of codes as true and false. A code in `yes` becomes true, and a code in `no` becomes
    false. Any other code, and a blank, becomes null."""
    return one_of(value, yes) | nw.when(one_of(value, no)).then(nw.lit(False))


def at_least(least: int, expressions: Sequence[nw.Expr]) -> nw.Expr:
    """Returns a column: whether at least `least` of the conditions are true. The column is null if the result
    depends on conditions that are null."""
    if least <= 1:
        return any_of(expressions) if least else nw.lit(True)
    if len(expressions) < least:
        return nw.lit(False)
    surely, perhaps = (
        nw.sum_horizontal(*[e.fill_null(open_).cast(nw.Int64) for e in expressions])
        for open_ in (False, True)
    )
    return nw.when(surely >= least).then(nw.lit(True)).otherwise(nw.when(perhaps < least).then(nw.lit(False)))


def code_labels(
    names: str | Sequence[str], options: Mapping[str, Sequence[str]], episode: str = ""
) -> nw.Expr:
    """Returns a column of labels, made from a column of codes. A code without a label becomes null.

    Args:
        names: the column of codes. If it is a list of columns, the first that has a value is used, person by
            person.
        options: the codes of each label: `{"men": ["1"]}` turns 1 into `men`.
        episode: the label of the spell of work, which replaces `{episode}` in column names.
    """
    return relabelled(
        column(names, episode), {code: label for label, codes in options.items() for code in codes}
    )


def relabelled(value: nw.Expr, labels: Mapping[str, str]) -> nw.Expr:
    """Returns a column with the label of each code: with `{"1": "men"}`, 1 becomes `men`. A code without a
    label becomes null."""
    nothing = nw.lit(None, dtype=nw.String())
    if not labels:
        return nothing
    return value.replace_strict(
        list(labels), list(labels.values()), default=nothing, return_dtype=nw.String()
    )
