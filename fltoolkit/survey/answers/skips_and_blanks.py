"""Decides what a blank answer means: a skipped question, a no that survey.yaml declares, or an unknown answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import narwhals as nw

from fltoolkit.survey.answers.several_codes import holds_one_of
from fltoolkit.survey.answers.three_valued import all_of, any_of
from fltoolkit.survey.data.internal_columns import SOURCE
from fltoolkit.survey.data.person_frame import Frame, column, numeric
from fltoolkit.survey.spec.mapped_questions import EPISODE, MappedQuestions
from fltoolkit.survey.spec.questions import NumberOfEpisodes, Source
from fltoolkit.survey.spec.routing import Routing

SKIPPED = "fl__skipped__"  # prefix of a column that says whether a blank in a gate's column is a no


def one_of(value: nw.Expr, codes: Sequence[str | int]) -> nw.Expr:
    """Returns whether a value is one of a few codes. Null if the value is null; without codes false, also for a null. The codes
    are compared one by one, which takes half the time of a list."""
    return any_of([value == code for code in codes])


def holds(source: Source, codes: Sequence[str], episode: str = "") -> nw.Expr:
    """Returns, for each person, whether the answer to a question is one of the given codes. If several options can be ticked, one
    of them is enough. Null if the answer is blank."""
    value = column(source.column, episode)
    return holds_one_of(value, codes, source.separator) if source.contains else one_of(value, codes)


def answered_yes(source: Source, mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """Returns whether the answer to a question is yes. Null if the question has no answer."""
    return holds(source, mapped.codes(source).yes, episode)


def answered_no(source: Source, mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """Returns whether the answer to a question is no. Null if the question has no answer.

    With several ticked options, the answer is no if neither the option of the question nor a code of don't know or refused is
    ticked.
    """
    codes = mapped.codes(source)
    if source.contains:
        return ~holds(source, [*codes.yes, *mapped.open_codes(source)], episode)
    return holds(source, codes.meaning_no, episode)


def is_blank(source: Source, mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """Returns whether a question has no answer: an empty cell or a code of `missing`. Never null."""
    value, missing = column(source.column, episode), mapped.codes(source).missing
    return value.is_null() | value.is_in(list(missing)).fill_null(False) if missing else value.is_null()


def no_when_blank(source: Source, mapped: MappedQuestions, episode: str = "") -> nw.Expr | None:
    """Returns, for each person, whether a blank answer to a question means no: the routing skips the question, or survey.yaml
    says `blank: no`. Never null. If a blank of this question can never mean no, the function returns None."""
    found = _no_when_blank(source, mapped, episode)
    return found if isinstance(found, nw.Expr) else nw.lit(True) if found else None


def declared_no(source: Source, mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """Returns, for each person, whether survey.yaml declares that a blank answer to a question is a no (`blank: no`).

    If the question has `if_ticked`, this is so only for persons who ticked another option of the question.
    """
    if not source.if_ticked:
        return nw.lit(True)
    yes = list(mapped.answers.yes if source.contains else mapped.codes(source).yes)
    ticked = [column(name, episode).is_in(yes).fill_null(False) for name in source.if_ticked]
    return nw.any_horizontal(*ticked, ignore_nulls=False)


def shut(routing: Routing, mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """Returns, for each person, whether the routing skips a question, that is, whether its gates are closed. A gate is an
    earlier question whose answer decides whether the question is asked.

    With `all`, one closed gate is enough. With `any`, all gates must be closed. A gate without a known answer is not closed.
    Never null.
    """
    return _as_truth(_shut(routing, mapped, episode))


def with_skipped_gates(frame: Frame, mapped: MappedQuestions) -> Frame:
    """Returns the rows with one more column for each gate that may itself have been skipped. A gate is an earlier question whose
    answer decides whether a question is asked. The column says whether a blank of the gate means no.

    The other functions of this module read these columns. Without them, the expression of a chain of gates would double with each
    gate.

    Args:
        frame: the rows of a file, with the source columns as text. Gates from other files are left out.
        mapped: the questions of the survey.
    """
    there = set(frame.collect_schema().names())
    for gates in mapped.gates_by_turn():
        here = {gate: read for gate in gates if SOURCE + gate in there and (read := mapped.blank_read_by(gate))}
        made = [_as_truth(_decided(read, mapped, there)).alias(SKIPPED + gate) for gate, read in here.items()]
        frame = frame.with_columns(*made) if made else frame
    return frame


def _decided(read: Source, mapped: MappedQuestions, there: Collection[str]) -> nw.Expr | bool:
    """Returns, for each person, whether a blank answer to a gate means no. A gate is an earlier question that decides whether
    another is asked.

    If the file lacks a column that is needed, the result is False for everybody: the blank is then unresolved.

    Args:
        read: the gate.
        mapped: the questions of the survey.
        there: the columns of the file.
    """
    needed = [*read.gate_columns, *read.if_ticked]
    return _no_when_blank(read, mapped, "") if all(SOURCE + column in there for column in needed) else False


def _as_truth(found: nw.Expr | bool) -> nw.Expr:
    return found if isinstance(found, nw.Expr) else nw.lit(found)


def _shut(routing: Routing, mapped: MappedQuestions, episode: str) -> nw.Expr | bool:
    if not routing.joined:
        return _joined([_shut_at(routing, name, mapped, episode) for name in routing.column or ()], one_is_enough=False)
    return _joined([_shut(gate, mapped, episode) for gate in routing.joined], one_is_enough=routing.all is not None)


def _shut_at(gate: Routing, name: str, mapped: MappedQuestions, episode: str) -> nw.Expr:
    """Returns, for each person, whether one column closes a gate, so that the next question is skipped. The reason is a code in
    the column, a blank that means no, or that the column's own question was skipped.

    Args:
        gate: the gate (an earlier question and its codes).
        name: the column.
        mapped: the questions of the survey.
        episode: the text that replaces `{episode}` in column names.
    """
    codes, value = mapped.gate_codes(gate, name), column(name, episode)
    if codes.listed:
        separator = mapped.by_column[name][0].separator
        ticked = holds_one_of(value, [*codes.asked, *codes.unknown], separator)
        by_code = (~ticked).fill_null(False)
    else:
        by_code = value.is_in(list(codes.skipped)).fill_null(False)
    read = mapped.blank_read_by(name)
    if read is None:
        return by_code
    return by_code | (is_blank(read, mapped, episode) & nw.col(SKIPPED + name.replace(EPISODE, episode)))


def _no_when_blank(source: Source, mapped: MappedQuestions, episode: str) -> nw.Expr | bool:
    skipped = _shut(source.routing, mapped, episode) if source.routing else False
    return _joined([skipped, declared_no(source, mapped, episode) if source.blank else False], one_is_enough=True)


def _joined(truths: Sequence[nw.Expr | bool], *, one_is_enough: bool) -> nw.Expr | bool:
    """Combines some conditions: by *or* if one of them is enough, otherwise by *and*. If a plain True or False decides the
    result, it is returned."""
    if one_is_enough in [truth for truth in truths if isinstance(truth, bool)]:
        return one_is_enough
    left = [truth for truth in truths if isinstance(truth, nw.Expr)]
    if not left:
        return not one_is_enough
    return any_of(left) if one_is_enough else all_of(left)


def episode_exists(given: NumberOfEpisodes, place: int) -> nw.Expr:
    """Returns whether a person had an episode (spell) of work with a given number. `place` is this number, from 1: a person
    with two episodes has the first and the second. Null if the person's number of episodes is not known. `given` names the
    column with the number of episodes."""
    return nw.when(~column(given.number).is_in(list(given.missing))).then(numeric(given.number) >= place)
