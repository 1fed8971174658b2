"""What an answer holds, and what a blank means: a skip behind a shut gate, a declared no, or nothing that is known."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw

from fltoolkit.survey.answers.several_codes import holds_one_of
from fltoolkit.survey.data.person_frame import column, numeric
from fltoolkit.survey.spec.mapped_questions import MappedQuestions
from fltoolkit.survey.spec.questions import NumberOfEpisodes, Source
from fltoolkit.survey.spec.routing import Routing


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
    """Whether a question has no answer: nothing stands there, or a code of `missing`. True or false, never null."""
    value, missing = column(source.column, episode), mapped.codes(source).missing
    return value.is_null() | value.is_in(list(missing)).fill_null(False) if missing else value.is_null()


def no_when_blank(source: Source, mapped: MappedQuestions, episode: str = "") -> nw.Expr | None:
    """For whom a blank of a question is a no: routing skips it, or `blank: no` says so. True or false, never null; None: for nobody."""
    blank: list[nw.Expr] = []
    if source.routing:
        blank.append(shut(source.routing, mapped, episode))
    if source.blank:
        blank.append(declared_no(source, mapped, episode))
    return nw.any_horizontal(*blank, ignore_nulls=False) if blank else None


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
    if routing.all is not None:
        return nw.any_horizontal(*[shut(gate, mapped, episode) for gate in routing.all], ignore_nulls=False)
    if routing.any is not None:
        return nw.all_horizontal(*[shut(gate, mapped, episode) for gate in routing.any], ignore_nulls=False)
    each = [_shut_at(routing, name, mapped, episode) for name in routing.column or ()]
    return nw.all_horizontal(*each, ignore_nulls=False)


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
    skipped = no_when_blank(read, mapped, episode) if read else None
    return by_code if skipped is None or read is None else by_code | (is_blank(read, mapped, episode) & skipped)


def episode_exists(given: NumberOfEpisodes, place: int) -> nw.Expr:
    """Whether the episode at a place, counted from 1, exists by their number; null where the number is not known."""
    return nw.when(~column(given.number).is_in(list(given.missing))).then(numeric(given.number) >= place)
