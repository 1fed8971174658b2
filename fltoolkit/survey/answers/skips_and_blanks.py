"""Says what a blank answer means: a skip by the routing, a no that survey.yaml declares, or unknown."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import narwhals as nw

from fltoolkit.survey.answers.several_codes import holds_one_of
from fltoolkit.survey.data.internal_columns import SOURCE
from fltoolkit.survey.data.person_frame import Frame, column, numeric
from fltoolkit.survey.spec.mapped_questions import EPISODE, MappedQuestions
from fltoolkit.survey.spec.questions import NumberOfEpisodes, Source
from fltoolkit.survey.spec.routing import Routing

SKIPPED = "fl__skipped__"  # before a gate's column: whether its blank is a no


def one_of(value: nw.Expr, codes: Sequence[str | int]) -> nw.Expr:
    """Whether a value is one of a few codes, null where it is null: compared one by one they cost half of what a list of them does."""
    return nw.any_horizontal(*[value == code for code in codes], ignore_nulls=False) if codes else nw.lit(False)


def holds(source: Source, codes: Sequence[str], episode: str = "") -> nw.Expr:
    """Whether the answer to a question is one of some codes, or has one of them among several; null where it is blank."""
    value = column(source.column, episode)
    return holds_one_of(value, codes, source.separator) if source.contains else one_of(value, codes)


def says_yes(source: Source, mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """Whether an answer is yes; null where it is blank."""
    return holds(source, mapped.codes(source).yes, episode)


def says_no(source: Source, mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """Whether an answer is no; null where it is blank. Of several codes in one text: it is not among them, nor is don't know or refused."""
    codes = mapped.codes(source)
    if source.contains:
        return ~holds(source, [*codes.yes, *mapped.open_codes(source)], episode)
    return holds(source, codes.meaning_no, episode)


def is_blank(source: Source, mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """Whether a question has no answer: an empty cell, or a code of `missing`. Always true or false, never null."""
    value, missing = column(source.column, episode), mapped.codes(source).missing
    return value.is_null() | value.is_in(list(missing)).fill_null(False) if missing else value.is_null()


def no_when_blank(source: Source, mapped: MappedQuestions, episode: str = "") -> nw.Expr | None:
    """Whether a blank means no for a person: routing skips the question, or survey.yaml says `blank: no`. True or false, never
    null. None if a blank never means no.
    """
    found = _no_when_blank(source, mapped, episode)
    return found if isinstance(found, nw.Expr) else nw.lit(True) if found else None


def declared_no(source: Source, mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """For whom `blank: no` makes a blank a no: everybody, or who ticked another option."""
    if not source.if_ticked:
        return nw.lit(True)
    yes = list(mapped.answers.yes if source.contains else mapped.codes(source).yes)
    ticked = [column(name, episode).is_in(yes).fill_null(False) for name in source.if_ticked]
    return nw.any_horizontal(*ticked, ignore_nulls=False)


def shut(routing: Routing, mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """Whether routing skips a question: of gates joined by `all` one is shut, of those by `any` each. True or false, never null: a gate
    that is unknown is not shut."""
    return _as_truth(_shut(routing, mapped, episode))


def with_skipped_gates(frame: Frame, mapped: MappedQuestions) -> Frame:
    """The frame with a column for each gate that may have been skipped itself: whether its blank is a no.

    The other functions of this module read these columns. Written out in each question, a chain of gates would double with every link.

    Args:
        frame: the rows of a file, source columns as text. Gates of other files are left out.
        mapped: the questions of the survey.
    """
    there = set(frame.collect_schema().names())
    for gates in mapped.gates_by_turn():
        here = {gate: read for gate in gates if SOURCE + gate in there and (read := mapped.blank_read_by(gate))}
        made = [_as_truth(_decided(read, mapped, there)).alias(SKIPPED + gate) for gate, read in here.items()]
        frame = frame.with_columns(*made) if made else frame
    return frame


def _decided(read: Source, mapped: MappedQuestions, there: Collection[str]) -> nw.Expr | bool:
    """For whom a gate's blank is a no. For nobody, where the rows do not hold what decides on it: it is then unresolved."""
    needed = [*read.gate_columns, *read.if_ticked]
    return _no_when_blank(read, mapped, "") if all(SOURCE + column in there for column in needed) else False


def _as_truth(found: nw.Expr | bool) -> nw.Expr:
    return found if isinstance(found, nw.Expr) else nw.lit(found)


def _shut(routing: Routing, mapped: MappedQuestions, episode: str) -> nw.Expr | bool:
    if not routing.joined:
        return _joined([_shut_at(routing, name, mapped, episode) for name in routing.column or ()], one_is_enough=False)
    return _joined([_shut(gate, mapped, episode) for gate in routing.joined], one_is_enough=routing.all is not None)


def _shut_at(gate: Routing, name: str, mapped: MappedQuestions, episode: str) -> nw.Expr:
    """Whether one column shuts a gate: by its code, or because it was itself skipped, or its blank is a no."""
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
    """`or` of some truths where one is enough, else `and`; those that are known are worked out now."""
    if one_is_enough in [truth for truth in truths if isinstance(truth, bool)]:
        return one_is_enough
    left = [truth for truth in truths if isinstance(truth, nw.Expr)]
    if not left:
        return not one_is_enough
    return nw.any_horizontal(*left, ignore_nulls=False) if one_is_enough else nw.all_horizontal(*left, ignore_nulls=False)


def episode_exists(given: NumberOfEpisodes, place: int) -> nw.Expr:
    """Whether the episode at a place, counted from 1, exists by their number; null where the number is not known."""
    return nw.when(~column(given.number).is_in(list(given.missing))).then(numeric(given.number) >= place)
