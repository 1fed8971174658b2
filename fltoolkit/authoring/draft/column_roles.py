"""What each column of an unknown file might be: by its label, else its name, and only if what stands in it fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fltoolkit.authoring.draft.column_contents import BLANK, Answers, ColumnContents
from fltoolkit.authoring.draft.vocabulary import hits, vocabulary

KINDS = ("yes", "no", "dont_know", "refused", "not_applicable")
USUAL = frozenset({"0", "1", "2", "3", "7", "8", "9", "77", "88", "97", "98", "99"})


@dataclass(frozen=True)
class Gate:
    """A column that says who was asked a question, tried on the data: nobody with a skipped code has an answer."""

    column: str
    asked: tuple[str, ...]
    skipped: tuple[str, ...]


def score(column: ColumnContents, concept: str) -> int:
    """How well a column's label, and less so its name, says that it is of this sort."""
    words = vocabulary().columns[concept]
    return 2 * min(hits(words.labels, column.label), 2) + min(hits(words.names, column.name), 1)


def ranked(columns: Iterable[ColumnContents], concept: str, fits: Callable[[ColumnContents], bool]) -> list[ColumnContents]:
    """The columns that could be of this sort, the likeliest first; of equals the first in the file."""
    found = [(score(c, concept), c) for c in columns]
    return [c for points, c in sorted(found, key=lambda pair: -pair[0]) if points and fits(c)]


def is_weight(column: ColumnContents) -> bool:
    """Numbers, none negative, not all alike, and none with a label."""
    return column.low is not None and column.low >= 0 and column.distinct > 1 and not any(column.codes.values())


def is_age(column: ColumnContents) -> bool:
    return column.low is not None and column.low >= 0 and column.distinct > 15 and column.widths[1] <= 3


def is_coded(column: ColumnContents, most: int = 60) -> bool:
    return 2 <= len(column.codes) <= most


def is_isic(column: ColumnContents) -> bool:
    """Letters A to V, or numbers of two to four digits, and more than a few of them."""
    letters = column.widths == (1, 1) and column.low is None and column.distinct > 3
    digits = column.low is not None and 2 <= column.widths[1] <= 4 and column.distinct > 8
    return letters or digits


def is_yes_no(column: ColumnContents) -> bool:
    """Labels of yes and of no, and of nothing else but no answer."""
    said = column.meanings
    return "yes" in said and "no" in said and "other" not in said


def may_be_yes_no(column: ColumnContents) -> bool:
    """No labels, and codes such as yes/no questions usually have: 1 and 2, or 0 and 1, and perhaps codes for no answer."""
    found = set(column.codes)
    return not any(column.codes.values()) and found <= USUAL and ({"1", "2"} <= found or {"0", "1"} <= found) and "3" not in found


def answer_codes(column: ColumnContents) -> dict[str, list[str]]:
    """A yes/no question's codes by kind. A code for `not stated` is one more way of not knowing."""
    said = column.meanings
    return {k: [*said.get(k, []), *(said.get("not_stated", []) if k == "dont_know" else [])] for k in KINDS}


def usual_codes(columns: Iterable[ColumnContents]) -> dict[str, list[str]]:
    """For each kind of answer, the codes that most of the questions have for it."""
    kinds: dict[str, Counter[tuple[str, ...]]] = {kind: Counter() for kind in KINDS}
    for column in columns:
        for kind, codes in answer_codes(column).items():
            if codes:
                kinds[kind][tuple(codes)] += 1
    usual: dict[str, list[str]] = {}
    for kind, times in kinds.items():
        taken = {code for codes in usual.values() for code in codes}
        usual[kind] = next((list(codes) for codes, _ in times.most_common() if not taken & set(codes)), [])
    return usual


def own_codes(column: ColumnContents, usual: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The codes of a question where they differ from the usual ones."""
    own = answer_codes(column)
    taken = {code for codes in own.values() for code in codes}
    differ = {k: codes for k, codes in own.items() if codes and codes != list(usual[k])}
    return differ | {k: [] for k, codes in own.items() if not codes and taken & set(usual[k])}


def place(column: ColumnContents) -> str | None:
    """The key of survey.yaml that a yes/no question belongs to, by its label; None where several fit or none."""
    words = vocabulary()
    points = {key: score(column, key) for key in ("any_work", "worked", "same_work", "trafficking", "current", "proxy", "alone")}
    for side, items in (("involuntary", words.involuntary), ("coercion", words.coercion)):
        points |= {f"items.{side}.{item}": 2 * hits(found, column.label) for item, found in items.items()}
    if score(column, "filter"):
        points = {"worked": points["worked"]}
    best = max(points.values())
    likeliest = [key for key, value in points.items() if value == best]
    return likeliest[0] if best and len(likeliest) == 1 else None


def gate(answers: Answers, question: ColumnContents, gates: Sequence[ColumnContents]) -> Gate | None:
    """The column whose codes say who has an answer to a question and who has none, if one does: tried on the rows.

    Of several the one that explains most blanks, and of equals the last; where the gate is blank too, an earlier one shut.

    Args:
        answers: of `DataTable.answers`, to the question and the gates, by those who were asked anything.
        question: the question.
        gates: columns that could say who was asked.
    """
    gates = [g for g in gates if g.name != question.name and g.filled > question.filled]
    if question.full or not gates or not question.filled:
        return None
    has = (answers[question.name] != BLANK).astype(np.intp)
    blanks, found = int(has.size - has.sum()), list[tuple[int, int, Gate]]()
    for position, g in enumerate(gates):
        times = np.bincount(answers[g.name] + 256 * has, minlength=512)
        counts = {code: (int(times[i] + times[256 + i]), int(times[256 + i])) for i, code in enumerate(g.codes, 1)}
        counts = {code: both for code, both in counts.items() if both[0]}
        skipped = tuple(c for c, (_, answered) in counts.items() if not answered)
        through = tuple(c for c, (n, answered) in counts.items() if answered >= 0.98 * n)
        if skipped and through and len(skipped) + len(through) == len(counts):
            unexplained = blanks - sum(counts[c][0] for c in skipped)
            found.append((unexplained, -position, Gate(g.name, through, skipped)))
    return min(found, key=lambda f: f[:2])[2] if found else None
