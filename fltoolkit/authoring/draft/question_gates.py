"""Finds the gate of a question: an earlier question whose answers explain its blanks. A gate is proposed only if it fits almost all rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fltoolkit.authoring.draft.column_contents import BLANK, Answers, ColumnContents

OPEN_ENOUGH = 0.98  # of those who came through all gates, the share that has an answer
MOST_GATES = 3
BY_MISTAKE = 0.01  # answers of persons who were to skip the question, for each who did and for each who was asked

Rows = NDArray[np.bool_]


@dataclass(frozen=True)
class Gate:
    """A column that says who was asked a question: hardly anybody with a code of `skipped` or `unsure` has an answer.

    `skipped`: codes that mean no. `unsure`: codes of which that is not sure; the reader says what they are.
    Codes of don't know or refused are in neither: whoever did not answer the gate is unresolved.
    """

    column: str
    asked: tuple[str, ...]
    skipped: tuple[str, ...]
    unsure: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Tried:
    """A gate tried on the rows: who came through it, who was sent away, and when it was blank."""

    gate: Gate
    through: Rows
    shut: Rows
    blank: Rows


def find_gates(answers: Answers, question: ColumnContents, candidates: Sequence[ColumnContents]) -> tuple[Gate, ...]:
    """The gates that together explain who has an answer to a question; none if no few of them do.

    One gate is enough, of equals one of a sure no and the last in the file, if almost everybody who came through it has an answer.
    Where a gate is blank because an earlier one shut it, both are named, the earlier first.

    Args:
        answers: of `DataTable.answers`, to the question and the candidates, by those who were asked anything.
        question: the question.
        candidates: columns that could say who was asked, in the order of the file.
    """
    if not question.filled:
        return ()
    has = answers[question.name] != BLANK
    if has.all() or not has.any():
        return ()
    tried = [found for g in candidates if g.name != question.name and (found := _try(answers[g.name], g, has))]
    chosen = list[_Tried]()
    while tried and len(chosen) < MOST_GATES:
        unexplained = _unexplained(chosen, has)
        best = max(reversed(tried), key=lambda t: (int((t.shut & unexplained).sum()), not t.gate.unsure))
        if not (best.shut & unexplained).any() or (
            chosen and _opens(chosen, has) and 2 * (best.shut & unexplained).sum() < unexplained.sum()
        ):
            break
        chosen.append(best)
        tried.remove(best)
    if not chosen or not _opens(chosen, has):
        return ()
    rank = {g.name: i for i, g in enumerate(candidates)}
    return tuple(t.gate for t in sorted(_needed(chosen, has), key=lambda t: rank[t.gate.column]))


def _unexplained(chosen: Sequence[_Tried], has: Rows) -> Rows:
    """Blanks of the question that none of the gates shut: where a gate is blank itself, or all are open to too many who have no answer."""
    if not chosen:
        return ~has
    left: Rows = ~has & ~np.logical_or.reduce([t.shut for t in chosen])
    blank: Rows = np.logical_or.reduce([t.blank for t in chosen])
    return left & blank if _opens(chosen, has) else left


def _opens(chosen: Sequence[_Tried], has: Rows) -> bool:
    """Whether almost everybody who came through these gates has an answer."""
    through = np.logical_and.reduce([t.through for t in chosen])
    return bool(through.any() and (has & through).sum() >= OPEN_ENOUGH * through.sum())


def _needed(chosen: Sequence[_Tried], has: Rows) -> list[_Tried]:
    """The gates without those that the others make superfluous: they shut nobody whom the others let through."""
    kept = list(chosen)
    for one in chosen:
        others = [t for t in kept if t is not one]
        if others and _opens(others, has) and not (one.shut & ~np.logical_or.reduce([t.shut for t in others])).any():
            kept = others
    return kept


def _try(places: NDArray[np.uint8], column: ColumnContents, has: Rows) -> _Tried | None:
    """A column as a gate: some answers that nobody asked has, and some that those asked have. Of a yes/no question a no is among the first."""
    times = np.bincount(places.astype(np.intp) + 256 * has.astype(np.intp), minlength=512)
    codes = list(column.codes)
    here = [(i, code) for i, code in enumerate(codes, 1) if times[i] + times[256 + i]]
    away = tuple(code for i, code in here if times[256 + i] <= BY_MISTAKE * min(times[i], int(has.sum())))
    asked = tuple(code for _, code in here if code not in away)
    kinds = _kinds(column, codes)
    skipped = tuple(code for code in away if kinds[code] == "no")
    unsure = tuple(code for code in away if kinds[code] in ("yes", "other"))
    known = skipped or (unsure and "yes" not in column.meanings)
    if not asked or not known or times[256 + BLANK] > BY_MISTAKE * has.sum():
        return None
    sent = np.isin(places, [i for i, code in here if code in (*skipped, *unsure)])
    open_ = np.isin(places, [i for i, code in here if code in asked])
    return _Tried(Gate(column.name, asked, skipped, unsure), open_, sent, places == BLANK)


def _kinds(column: ColumnContents, codes: Sequence[str]) -> Mapping[str, str]:
    """What each code of a gate means. Without any label, 2 or 0 is taken for the no of a column of ones and twos or noughts."""
    said = {code: kind for kind, of in column.meanings.items() for code in of}
    if any(column.codes.values()) or "yes" in column.meanings:
        return said
    no = next((code for code in ("2", "0") if code in codes), "")
    return {code: "no" if code == no else "other" for code in codes}
