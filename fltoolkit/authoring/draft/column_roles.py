"""Guesses the role of each column (weight, stratum, age …) from its label, then from its name. The values of
the column must fit the role. No column gets two roles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from fltoolkit.authoring.draft.column_contents import ColumnContents, DataTable
from fltoolkit.authoring.draft.vocabulary import vocabulary
from fltoolkit.authoring.draft.yaml_lines import name_and_label, yaml_scalar
from fltoolkit.survey.classifications.answer_labels import count_hits
from fltoolkit.yaml_files.loading import UNANSWERED

KINDS = ("yes", "no", "dont_know", "refused", "not_applicable")
MOST_OPEN = 6  # codes of a yes/no question that are not known answers
YEARS = (1980, 2100)
GROUPS = {  # the most codes of each
    "sex": 9, "region": 60, "area": 9, "migrant": 12, "status": 20, "education": 25, "informality": 9,
    "social_protection": 9, "employer": 15,
}  # fmt: skip
SHORT_SET = ("seeing", "hearing", "walking", "remembering", "self_care", "communicating")
AMOUNTS = ("recruitment_fee", "debt")
FEW_NUMBERS = 10  # different numbers; a column with fewer has codes
NUMBER = re.compile(r"\d+")
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


def is_months(column: ColumnContents) -> bool:
    """Returns whether a column can be months: small numbers that not everybody has, with labels only for
    codes of no answer."""
    numbers = column.distinct > 3 and column.low is not None and column.low >= 0 and column.widths[1] <= 3
    labelled = any(column.codes[code] for code in column.codes.keys() - column.no_answer)
    return numbers and not column.full and not labelled


# What the values of a column must be for each role. A label or a name suggests the role (vocabulary.yaml).
FITS: dict[str, Callable[[ColumnContents], bool]] = {
    "weight": is_weight,
    "household": lambda c: c.full and c.distinct > 1,
    "line": lambda c: c.full and c.distinct > 1 and (c.distinct <= 100 or c.distinct >= c.rows),
    "strata": lambda c: c.full and c.distinct < c.rows / 4,
    "psu": lambda c: c.full and 1 < c.distinct < c.rows,
    "module_status": lambda c: c.full and is_coded(c, 12),
    "age": is_age,
    "year": lambda c: c.full and c.low is not None and YEARS[0] <= c.low <= (c.high or 0) <= YEARS[1],
    **dict.fromkeys(("form", "place"), lambda c: is_coded(c, 20) and not is_yes_no(c) and not c.full),
    "months": is_months,
    **{group: partial(is_coded, most=most) for group, most in GROUPS.items()},
    **dict.fromkeys(("wealth", *AMOUNTS), lambda c: c.low is not None and c.distinct > FEW_NUMBERS),
    **dict.fromkeys(SHORT_SET, partial(is_coded, most=9)),
    **dict.fromkeys(("isic", "occupation"), is_isic),
}


def rank_columns(columns: Iterable[ColumnContents], concept: str) -> list[ColumnContents]:
    """Returns the columns that could have a role (such as weight or age), the most likely first. `concept`
    names the role. Equally likely columns are in the order of the file."""
    found = [(score(c, concept), c) for c in columns]
    return [c for points, c in sorted(found, key=lambda pair: -pair[0]) if points and FITS[concept](c)]


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


# ------------------------------------------------------------------------------------- columns without a role


@dataclass
class UnusedColumns:
    """The columns of a data file, with a note of which ones the draft already uses. A column that is used
    gets no second role. The attribute `rivals` gives, for a chosen column, other columns that fit equally
    well. A column is a rival of one column only, and of none once it has a role of its own."""

    table: DataTable
    columns: list[ColumnContents]
    used: set[str] = field(default_factory=set)
    rivals: dict[str, list[str]] = field(default_factory=dict)

    def free(self) -> list[ColumnContents]:
        return [c for c in self.columns if c.name not in self.used]

    def use(self, columns: Iterable[ColumnContents | None]) -> None:
        self.used |= {c.name for c in columns if c}
        for name, others in list(self.rivals.items()):
            if left := [other for other in others if other not in self.used]:
                self.rivals[name] = left
            elif others:
                del self.rivals[name]

    def take(self, concept: str) -> tuple[ColumnContents | None, str]:
        """Returns the column that fits a role (such as weight) best, among those not yet used, and the reason
        for the choice, as `why` gives it. The chosen column then counts as used."""
        found = rank_columns(self.free(), concept)
        if not found:
            return None, ""
        self.use(found[:1])
        return found[0], self.compare(found, concept)

    def compare(self, found: Sequence[ColumnContents], concept: str) -> str:
        """Notes the columns that fit a role (such as weight) as well as the first of these columns, which was
        chosen for it. Returns the reason for the choice."""
        offered = {name for names in self.rivals.values() for name in names} | self.used
        equals = [c.name for c in found[1:4] if score(c, concept) == score(found[0], concept)]
        if equals := [name for name in equals if name not in offered]:
            self.rivals[found[0].name] = equals
        return self.why(found[0])

    def why(self, column: ColumnContents) -> str:
        """Returns a comment on why a column was chosen for a role. If others fit equally well, the comment
        names them, and the user must choose. Called last, it leaves out those that got another role."""
        rivals = self.rivals.get(column.name)
        asked = f"; or is it {', '.join(rivals)}?" if rivals else ""
        return name_and_label(column) + asked

    def named(self, column: ColumnContents) -> str:
        """Returns the name of a chosen column as it is written in YAML. If another column fits the same role
        equally well, returns `<answer>` instead, so that the user must choose.
        """
        return UNANSWERED if column.name in self.rivals else yaml_scalar(column.name)

    def columns_of_other_jobs(self, column: ColumnContents) -> list[str]:
        """Returns other columns whose names differ in only one number, and whose labels have the same words.
        Such columns ask the same question about another job. Example: JOB2_WHO and JOB1_WHO."""
        label, others = NUMBER.sub("", column.label), [c for c in self.columns if c.name != column.name]
        parts = re.split(r"(\d+)", column.name)  # numbers are at the odd positions
        forms = [
            re.compile(r"\d+".join(map(re.escape, ("".join(parts[:i]), "".join(parts[i + 1 :])))))
            for i in range(1, len(parts), 2)
        ]
        like = [c for c in others if any(form.fullmatch(c.name) for form in forms)]
        return [c.name for c in like if NUMBER.sub("", c.label) == label]

    def beyond(self, column: ColumnContents, most: float) -> list[str]:
        """Returns the values in a column of numbers that cannot be measurements: codes for no answer, and
        values above `most`. `most` is the highest possible number, such as 120 for an age."""
        above = self.table.above(column.name, most) if (column.high or 0) > most else []
        return list(dict.fromkeys([*column.no_answer, *above[:20]]))
