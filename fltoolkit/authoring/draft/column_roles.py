"""Guesses the role of each column (weight, stratum, age …) from its label, then from its name. The values of
the column must fit the role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from fltoolkit.authoring.draft.column_contents import ColumnContents
from fltoolkit.authoring.draft.vocabulary import vocabulary
from fltoolkit.survey.classifications.answer_labels import count_hits

KINDS = ("yes", "no", "dont_know", "refused", "not_applicable")
MOST_OPEN = 6  # codes of a yes/no question that are not known answers
USUAL = frozenset({"0", "1", "2", "3", "7", "8", "9", "77", "88", "97", "98", "99"})


def score(column: ColumnContents, concept: str, grouped: bool = False) -> int:
    """Returns a score for the fit of a column to a role, such as weight or age: 0 means that it does not fit,
    and 5 is the best. The label of the column counts more than its name.

    `concept` names the role. `grouped` says whether the groups of ODK in a name count too: a group says what
    a block of questions is about, as in `work/q1`, but `household/size` is no household.
    """
    words = vocabulary().columns[concept]
    label = column.known_label
    if count_hits(words.never, label):
        return 0
    return 2 * min(count_hits(words.labels, label), 2) + min(
        count_hits(words.names, column.name if grouped else column.own_name), 1
    )


def rank_columns(
    columns: Iterable[ColumnContents], concept: str, fits: Callable[[ColumnContents], bool]
) -> list[ColumnContents]:
    """Returns the columns that could have a role (such as weight or age), the most likely first. `concept`
    names the role, and `fits` says whether the values of a column fit it. Equally likely columns are in the
    order of the file."""
    found = [(score(c, concept), c) for c in columns]
    return [c for points, c in sorted(found, key=lambda pair: -pair[0]) if points and fits(c)]


def is_weight(column: ColumnContents) -> bool:
    """Returns whether a column can be a weight: non-negative numbers that differ, some with several digits,
    without labels, and not just codes of answers."""
    numbers = column.low is not None and column.low >= 0 and column.distinct > 1 and column.widths[1] > 1
    return numbers and not any(column.codes.values()) and not may_be_yes_no(column)


def is_age(column: ColumnContents) -> bool:
    return column.low is not None and column.low >= 0 and column.distinct > 15 and column.widths[1] <= 3


def is_coded(column: ColumnContents, most: int = 60) -> bool:
    return 2 <= len(column.codes) <= most


def is_isic(column: ColumnContents) -> bool:
    """Returns whether a column can hold ISIC codes: letters A to V, or numbers of two to four digits, with
    more than a few different values."""
    letters = column.widths == (1, 1) and column.low is None and column.distinct > 3
    digits = column.low is not None and 2 <= column.widths[1] <= 4 and column.distinct > 8
    return letters or digits


def is_yes_no(column: ColumnContents) -> bool:
    """Returns whether a column has labels for *yes* and for *no*, and only a few other codes. In the draft,
    the user must say what these other codes mean."""
    by_meaning = column.meanings
    return "yes" in by_meaning and "no" in by_meaning and len(by_meaning.get("other", [])) <= MOST_OPEN


def may_be_yes_no(column: ColumnContents) -> bool:
    """Returns whether a column can be a yes/no question without labels: its codes are 1 and 2, or 0 and 1,
    and perhaps codes for no answer."""
    found = set(column.codes)
    return (
        not any(column.codes.values())
        and found <= USUAL
        and ({"1", "2"} <= found or {"0", "1"} <= found)
        and "3" not in found
    )


def answer_codes(column: ColumnContents) -> dict[str, list[str]]:
    """Returns the codes of a yes/no question by kind of answer: `yes`, `no`, `dont_know`, `refused`,
    `not_applicable`. A kind without a code has an empty list. A code for *not stated* counts as
    `dont_know`."""
    by_meaning = column.meanings
    return {
        k: [*by_meaning.get(k, []), *(by_meaning.get("not_stated", []) if k == "dont_know" else [])]
        for k in KINDS
    }


def open_codes(column: ColumnContents) -> dict[str, str]:
    """Returns those codes of a yes/no question whose meaning is not clear from their label, each with this
    label. In the draft, the user must say what they mean."""
    by_meaning = column.meanings
    return {
        code: column.codes[code]
        for kind in ("other", "declared_missing")
        for code in by_meaning.get(kind, [])
    }


def usual_codes(columns: Sequence[ColumnContents]) -> dict[str, list[str]]:
    """Returns the most frequent codes of the questions, by kind of answer: `{"yes": ["1"], "no": ["2"],
    "refused": []}`. No code is in two lists."""
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


def usual_open_codes(columns: Sequence[ColumnContents], usual: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Returns the codes that have no clear label and that at least half of the questions share: `{"7":
    "Other"}`. The user must say only once what these codes mean. The argument `usual` has the codes with a
    known meaning. Those are left out."""
    taken = {code for codes in usual.values() for code in codes}
    times = Counter(pair for column in columns for pair in open_codes(column).items() if pair[0] not in taken)
    return {code: label for (code, label), n in times.most_common() if n > 1 and 2 * n >= len(columns)}


def differing_codes(column: ColumnContents, usual: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Compares the codes of one yes/no question with the most frequent codes of all questions. Returns the
    codes that differ, by kind of answer: `{"no": ["5"]}`. If the question has no code for a kind, but uses
    the usual code of this kind for something else, the list of this kind is empty. The argument `usual` has
    the most frequent codes, by kind of answer."""
    own = answer_codes(column)
    taken = {code for codes in own.values() for code in codes} | open_codes(column).keys()
    differ = {k: codes for k, codes in own.items() if codes and codes != list(usual[k])}
    return differ | {k: [] for k, codes in own.items() if not codes and taken & set(usual[k])}


def key_of_question(column: ColumnContents) -> str | None:
    """Returns the key of survey.yaml under which a yes/no question belongs, such as
    `items.coercion.debt_bondage`. The label of the question decides. Returns None if no key fits, or several
    do."""
    words = vocabulary()
    points = {
        key: score(column, key, grouped=True)
        for key in ("any_work", "worked", "same_work", "trafficking", "current", "proxy", "alone")
    }
    for side, items in (("involuntary", words.involuntary), ("coercion", words.coercion)):
        points |= {
            f"items.{side}.{item}": 2 * count_hits(found, column.known_label) for item, found in items.items()
        }
    if score(column, "filter"):
        points = {"worked": points["worked"]}
    best = max(points.values())
    likeliest = [key for key, value in points.items() if value == best]
    return likeliest[0] if best and len(likeliest) == 1 else None
