"""Turns answers into items that are yes, no or unresolved (null), with Kleene's three-valued logic (docs/methods.md §1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import narwhals as nw

from fltoolkit.survey.answers.skips_and_blanks import is_blank, no_when_blank, one_of, says_no, says_yes
from fltoolkit.survey.data.person_frame import column
from fltoolkit.survey.spec.mapped_questions import MappedQuestions
from fltoolkit.survey.spec.questions import Source


def answer(source: Source, mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """Returns the answer to one question as yes, no or unresolved.

    A blank is *no* if the question was skipped because of an earlier answer, or if survey.yaml says `blank: no`. Any other blank
    is unresolved.

    Args:
        source: the question.
        mapped: all questions of the survey (`SurveySpec.mapped`).
        episode: the text that replaces `{episode}` in column names.
    """
    return any_answer([source], mapped, episode)


def any_answer(sources: Sequence[Source], mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """Returns yes if any question says yes, no if all say no, else unresolved.

    The same as `any_of` their answers, at half the cost.
    """
    if not sources:
        return nw.lit(False)
    yes, no = zip(*[_said(s, mapped, episode) for s in sources], strict=True)
    return any_of(yes) | nw.when(all_of(no)).then(nw.lit(False))


def _said(source: Source, mapped: MappedQuestions, episode: str) -> tuple[nw.Expr, nw.Expr]:
    """Returns whether a question says yes, and whether it says no; both are null if it has no answer."""
    yes, no = says_yes(source, mapped, episode), says_no(source, mapped, episode)
    blank = no_when_blank(source, mapped, episode)
    if blank is None:
        return yes, no
    return yes.fill_null(False), no | (is_blank(source, mapped, episode) & blank)


def truth_of(value: nw.Expr, yes: Sequence[str | int], no: Sequence[str | int]) -> nw.Expr:
    """Returns true for the codes of yes and false for the codes of no; null for any other code and for a blank."""
    return one_of(value, yes) | nw.when(one_of(value, no)).then(nw.lit(False))


def any_of(expressions: Sequence[nw.Expr]) -> nw.Expr:
    """Returns Kleene's or of the expressions; *no* if there are none."""
    return nw.any_horizontal(*expressions, ignore_nulls=False) if expressions else nw.lit(False)


def all_of(expressions: Sequence[nw.Expr]) -> nw.Expr:
    """Returns Kleene's and of the expressions."""
    return nw.all_horizontal(*expressions, ignore_nulls=False)


def at_least(least: int, expressions: Sequence[nw.Expr]) -> nw.Expr:
    """Returns whether at least `least` of the expressions are true; unresolved if this depends on the unresolved ones."""
    if least <= 1:
        return any_of(expressions) if least else nw.lit(True)
    if len(expressions) < least:
        return nw.lit(False)
    surely, perhaps = (nw.sum_horizontal(*[e.fill_null(open_).cast(nw.Int64) for e in expressions]) for open_ in (False, True))
    return nw.when(surely >= least).then(nw.lit(True)).otherwise(nw.when(perhaps < least).then(nw.lit(False)))


def choose(names: str | Sequence[str], options: Mapping[str, Sequence[str]], episode: str = "") -> nw.Expr:
    """Returns a coded column as labels: the option whose codes include the value; null if none does."""
    return relabelled(column(names, episode), {code: label for label, codes in options.items() for code in codes})


def relabelled(value: nw.Expr, labels: Mapping[str, str]) -> nw.Expr:
    """Returns the label of each code; null if the code has none.

    The code is looked up, not compared with one label after another: a group may have hundreds of labels.
    """
    nothing = nw.lit(None, dtype=nw.String())
    if not labels:
        return nothing
    return value.replace_strict(list(labels), list(labels.values()), default=nothing, return_dtype=nw.String())
