"""Finds the gate of a question: an earlier question whose answers explain its blanks. A gate is proposed only
if it fits almost all rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fltoolkit.authoring.draft.column_contents import BLANK, Answers, ColumnContents

OPEN_ENOUGH = 0.98  # share of the persons who passed all gates that must have an answer
MOST_GATES = 3
MOST_MISTAKES = 0.01  # largest share of persons with an answer who should have skipped, of those who did skip and of those asked

Rows = NDArray[np.bool_]


@dataclass(frozen=True)
class Gate:
    """An earlier question whose answer decides whether another question was asked. The draft finds it from
    the rows: almost nobody with a code of `skipped` or `unsure` has an answer to the other question.

    `asked` lists the codes of persons who were asked the other question. `skipped` lists codes that mean
    *no*. `unsure` lists codes that may mean *no*; the user must decide. Codes of don't know or refused are in
    no list: a person who did not answer the gate might have been asked the other question.
    """

    column: str
    asked: tuple[str, ...]
    skipped: tuple[str, ...]
    unsure: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Tried:
    """A column that was tried as a gate: an earlier question that decides whether another question is asked.

    Attributes:
        gate: the gate that the column would be.
        through: for each row, whether a person with this answer is asked the other question.
        shut: for each row, whether a person with this answer is not asked the other question.
        blank: for each row, whether the column is blank.
    """

    gate: Gate
    through: Rows
    shut: Rows
    blank: Rows


def find_gates(
    answers: Answers, question: ColumnContents, candidates: Sequence[ColumnContents]
) -> tuple[Gate, ...]:
    """Returns the gates of a question: the earlier questions that together explain which persons have an
    answer to this question. The result is empty if more than a few gates would be needed.

    A single gate is enough if almost everybody who passed it has an answer. Among equally good gates, a gate
    with a clear *no* is preferred, then the last gate in the file. If a gate is blank because an earlier gate
    sent persons away, both are returned, the earlier one first.

    Args:
        answers: the answers to the question and to the candidates, as `DataTable.answers` returns them. They
            are the answers of persons who were asked the module on forced labour.
        question: the question.
        candidates: columns that could say who was asked, in the order of the file.
    """
    if not question.filled:
        return ()
    has = answers[question.name] != BLANK
    if has.all() or not has.any():
        return ()
    tried = [
        found for g in candidates if g.name != question.name and (found := _as_gate(answers[g.name], g, has))
    ]
    chosen = list[_Tried]()
    while tried and len(chosen) < MOST_GATES:
        unexplained = _unexplained_blanks(chosen, has)
        best = max(reversed(tried), key=lambda t: (int((t.shut & unexplained).sum()), not t.gate.unsure))
        if not (best.shut & unexplained).any() or (
            chosen and _gates_explain(chosen, has) and 2 * (best.shut & unexplained).sum() < unexplained.sum()
        ):
            break
        chosen.append(best)
        tried.remove(best)
    if not chosen or not _gates_explain(chosen, has):
        return ()
    rank = {g.name: i for i, g in enumerate(candidates)}
    return tuple(t.gate for t in sorted(_needed_gates(chosen, has), key=lambda t: rank[t.gate.column]))


def _unexplained_blanks(chosen: Sequence[_Tried], has: Rows) -> Rows:
    """Returns the rows in which a question is blank and no chosen gate explains why. A gate is an earlier
    question that decides whether another is asked. `has` says for each row whether the question has an
    answer. Sometimes almost everybody who passed all the gates has an answer. Then a blank is unexplained
    only if a gate is blank in the same row."""
    if not chosen:
        return ~has
    left: Rows = ~has & ~np.logical_or.reduce([t.shut for t in chosen])
    blank: Rows = np.logical_or.reduce([t.blank for t in chosen])
    return left & blank if _gates_explain(chosen, has) else left


def _gates_explain(chosen: Sequence[_Tried], has: Rows) -> bool:
    """Returns whether almost everybody who passed the chosen gates (earlier questions) has an answer. Then
    the gates decide who is asked. `has` says for each row whether the question has an answer."""
    through = np.logical_and.reduce([t.through for t in chosen])
    return bool(through.any() and (has & through).sum() >= OPEN_ENOUGH * through.sum())


def _needed_gates(chosen: Sequence[_Tried], has: Rows) -> list[_Tried]:
    """Returns the chosen gates (earlier questions) without the unnecessary ones. A gate is unnecessary if the
    other gates already exclude everybody whom it excludes. `has` says for each row whether the question has
    an answer."""
    kept = list(chosen)
    for one in chosen:
        others = [t for t in kept if t is not one]
        if (
            others
            and _gates_explain(others, has)
            and not (one.shut & ~np.logical_or.reduce([t.shut for t in others])).any()
        ):
            kept = others
    return kept


def _as_gate(places: NDArray[np.uint8], column: ColumnContents, has: Rows) -> _Tried | None:
    """Returns a column as a gate (an earlier question that decides whether another is asked), or None if it
    cannot be one. A gate has two kinds of codes. Almost nobody with a code of the first kind has an answer to
    the other question. Persons with a code of the second kind have an answer. If the column is a yes/no
    question, its *no* must be of the first kind.

    Args:
        places: the column's answers, one byte per row, as `DataTable.answers` returns them.
        column: the column.
        has: for each row, whether the other question has an answer.
    """
    times = np.bincount(places.astype(np.intp) + 256 * has.astype(np.intp), minlength=512)
    codes = list(column.codes)
    here = [(i, code) for i, code in enumerate(codes, 1) if times[i] + times[256 + i]]
    away = tuple(code for i, code in here if times[256 + i] <= MOST_MISTAKES * min(times[i], int(has.sum())))
    asked = tuple(code for _, code in here if code not in away)
    kinds = _code_meanings(column, codes)
    skipped = tuple(code for code in away if kinds[code] == "no")
    unsure = tuple(code for code in away if kinds[code] in ("yes", "other"))
    known = skipped or (unsure and "yes" not in column.meanings)
    if not asked or not known or times[256 + BLANK] > MOST_MISTAKES * has.sum():
        return None
    sent = np.isin(places, [i for i, code in here if code in (*skipped, *unsure)])
    open_ = np.isin(places, [i for i, code in here if code in asked])
    return _Tried(Gate(column.name, asked, skipped, unsure), open_, sent, places == BLANK)


def _code_meanings(column: ColumnContents, codes: Sequence[str]) -> Mapping[str, str]:
    """Returns the meaning of each code of a gate, such as *yes* or *no*. A gate is an earlier question that
    decides whether another is asked.

    If the codes have no labels, 2 is taken as *no*. If there is no code 2, 0 is taken as *no*. All other
    codes then mean `other`.
    """
    meaning_of = {code: kind for kind, of in column.meanings.items() for code in of}
    if any(column.codes.values()) or "yes" in column.meanings:
        return meaning_of
    no = next((code for code in ("2", "0") if code in codes), "")
    return {code: "no" if code == no else "other" for code in codes}
