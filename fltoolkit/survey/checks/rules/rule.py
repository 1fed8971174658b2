"""The engine of the checks. A `CheckRule` names a kind of finding and the rows that it is about, and `apply_rules`
counts the rows of all rules together.

The words of each kind of finding are in the language files, below `kit.findings`. What else is always true of
a kind, such as its severity, is in `finding_kinds.yaml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import narwhals as nw

from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.checks.findings import Columns, Count, Counted, Finding, FindingRows, printed_values
from fltoolkit.survey.engine.columns import Frame
from fltoolkit.survey.engine.engines import to_sums
from fltoolkit.survey.printed_values import Mask
from fltoolkit.yaml_files.loading import Model, load_model

WORDS = "findings."


class FindingKind(Model):
    """What is true of all findings of a kind.

    Attributes:
        severity, check, counted, acceptable: as in `Finding`.
        listed: whether the rows of such a finding can be looked up in the private folder.
    """

    severity: Literal["error", "warning", "note"]
    check: str
    counted: Counted = "persons"
    acceptable: bool = False
    listed: bool = False


class _Kinds(Model):
    kinds: dict[str, FindingKind]


@dataclass(frozen=True)
class CheckRule:
    """A kind of finding, and the rows of the data that have it.

    Attributes:
        kind: its key in `finding_kinds.yaml` and in the language files.
        where: the column, or the key of survey.yaml.
        test: the rows that the finding is about. They are counted, unless `count` is given.
        count: how many rows or things the finding is about, if something else counts them. An empty text
            means that nothing is counted.
        sums: further columns. Their sums are given to `when` and `values`.
        when: called with the count and the sums; returns whether there is a finding. By default, there is one
            if the count is not 0.
        values: the values for the placeholders of the words, or a function that returns them for the count
            and the sums.
        printed: a column whose values in these rows are printed as `{values}`.
        frame: the rows in which `test` is counted. None: those of persons.
        file: the kind of file of rows that are not those of persons, such as `module`.
        by: see `Finding`.
    """

    kind: str
    where: str | Reason
    test: nw.Expr | None = None
    count: Count | Literal[""] | None = None
    sums: tuple[nw.Expr, ...] = ()
    when: Callable[..., object] = lambda count, *_: count != 0
    values: Mapping[str, object] | Callable[..., Mapping[str, object]] = field(default_factory=dict)
    printed: str = ""
    frame: Frame | None = None
    file: str = ""
    by: Mapping[str, Columns] = field(default_factory=dict)


@cache
def finding_kinds() -> Mapping[str, FindingKind]:
    """Returns all kinds of findings, as {key: kind}."""
    return load_model(Path(__file__).with_name("finding_kinds.yaml"), _Kinds).kinds


def apply_rules(rules: Iterable[CheckRule], persons: Frame, mask: Mask, path: object = "") -> list[Finding]:
    """Returns the findings of some rules, in the order of the rules. All rules on one frame are counted in
    one pass over it.

    Args:
        rules: the rules.
        persons: the rows of persons.
        mask: decides which values of the data a finding may print.
        path: the file that an error of reading names.
    """
    rules = list(rules)
    added: dict[tuple[int, int], Any] = {}
    for frame in {id(frame): frame for rule in rules for frame in (rule.frame or persons,)}.values():
        mine = (rule for rule in rules if (rule.frame or persons) is frame)
        # Rules share expressions, and each is added up once.
        wanted = {(id(frame), id(one)): one for rule in mine for one in _expressions(rule)}
        if wanted:
            added |= dict(zip(wanted, to_sums(frame, list(wanted.values()), path), strict=True))
    return list(_findings(rules, added, persons, mask))


def _expressions(rule: CheckRule) -> tuple[nw.Expr, ...]:
    return rule.sums if rule.test is None or rule.count is not None else (rule.test, *rule.sums)


def _findings(
    rules: Iterable[CheckRule], added: Mapping[tuple[int, int], Any], persons: Frame, mask: Mask
) -> Iterator[Finding]:
    for rule in rules:
        found = [added[id(rule.frame or persons), id(one)] for one in _expressions(rule)]
        count, *others = found if len(found) > len(rule.sums) else [rule.count, *found]
        if rule.when(count, *others):
            yield _finding(rule, count, others, rule.frame or persons, mask)


def _finding(rule: CheckRule, count: Any, others: list[Any], frame: Frame, mask: Mask) -> Finding:
    kind = finding_kinds()[rule.kind]
    values = dict(rule.values(count, *others) if callable(rule.values) else rule.values)
    if rule.printed and rule.test is not None:
        values["values"] = printed_values(frame, rule.printed, rule.test, mask)
    listed = kind.listed and (rule.test is not None or rule.frame is not None)
    return Finding(
        kind.severity,
        kind.check,
        rule.where,
        Reason.of(f"{WORDS}{rule.kind}.what", **values),
        int(count) if isinstance(count, float) else count,
        Reason.of(f"{WORDS}{rule.kind}.do", **values),
        FindingRows(frame, rule.test, rule.file) if listed else None,
        kind.counted,
        kind.acceptable,
        rule.by,
    )
