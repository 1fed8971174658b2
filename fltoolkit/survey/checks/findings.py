"""A finding: what is wrong in the data, where, in how many rows, how serious it is, and what to do. Also counts the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import narwhals as nw
import pandas as pd

from fltoolkit.errors import DataError
from fltoolkit.survey.checks.printed_counts import rounded, told, told_of_cases, told_sum
from fltoolkit.survey.data.engines import different
from fltoolkit.survey.data.fetch_rows import to_arrow, to_pandas
from fltoolkit.survey.data.internal_columns import SOURCE
from fltoolkit.survey.data.person_frame import Frame
from fltoolkit.survey.data.printable_values import Mask

Counted = Literal["persons", "cases", "others"]
Count = int | tuple[int, int]
COLUMNS = ("severity", "check", "where", "what", "count", "do")


@dataclass(frozen=True)
class FindingRows:
    """The rows of the data that a finding is about: those of `frame` that meet `condition` (None: all).

    `file`: the kind of file that they are of, such as `module`; empty: the persons' or the episodes', whichever `frame` holds.
    """

    frame: Frame
    condition: nw.Expr | None
    file: str = ""


@dataclass(frozen=True)
class Finding:
    """One finding.

    Attributes:
        severity: `error` (stops an estimate), `warning` (travels with the numbers) or `note`.
        check: what was checked, such as `weights`. where: the column or the key of survey.yaml.
        what: what was found. count: how many, as they are; two numbers of which only the sum is told. do: what the reader should do.
        rows: the rows themselves, where single rows are meant. Only a private folder may hold their keys.
        acceptable: of an error about single rows, whether `accept` of survey.yaml can say that these are right.
        by: the columns that the finding is about with the persons at each, where it is about several; told in `what`, the most first.
        counted: what `count` counts. `others` are no persons (labels, columns), or rows of an error about the design.
    """

    severity: str
    check: str
    where: str
    what: str
    count: Count | Literal[""]
    do: str
    rows: FindingRows | None = None
    counted: Counted = "persons"
    acceptable: bool = False
    by: tuple[tuple[str, Count], ...] = ()


def findings(found: Sequence[Finding], limit: int | None) -> pd.DataFrame:
    """Findings as a table, the most serious first. Counts are rounded by `printed_counts` under a confidentiality limit, or exact
    if the limit is None.
    """
    facts = [{name: getattr(f, name) for name in COLUMNS} | {"what": _what(f, limit), "count": _count(f, limit)} for f in found]
    table = pd.DataFrame(facts, columns=list(COLUMNS))
    order = table["severity"].map({"error": 0, "warning": 1, "note": 2})
    return table.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def _what(finding: Finding, limit: int | None) -> str:
    """What was found, with the columns that it is about; sorted by printed counts, since the order of exact ones would tell."""
    if not finding.by:
        return finding.what
    by = sorted(finding.by, key=lambda pair: -_size(pair[1], limit))
    return f"{finding.what}: {', '.join(f'{column} ({_told(count, limit)})' for column, count in by)}"


def _size(count: Count, limit: int | None) -> int:
    """A count as it is printed, for an order; 0 where it is hidden, also of two hidden ones whose sum is not."""
    parts = count if isinstance(count, tuple) else (count,)
    if limit is None:
        return sum(parts)
    hidden = all(rounded(part, limit) is None for part in parts)
    return 0 if hidden else rounded(sum(parts), limit) or 0


def _told(count: Count, limit: int | None) -> object:
    if isinstance(count, tuple):
        return sum(count) if limit is None else told_sum(*count, limit)
    return count if limit is None else told(count, limit)


def _count(finding: Finding, limit: int | None) -> object:
    """The count of a finding as it is printed."""
    count = finding.count
    if isinstance(count, tuple):
        return sum(count) if limit is None else told_sum(*count, limit)
    if limit is None or finding.counted == "others" or count == "":
        return count
    return told_of_cases(count, limit) if finding.counted == "cases" else told(count, limit)


def stop_on_errors(table: pd.DataFrame, where: str) -> None:
    """Raise `DataError` listing the findings of severity error."""
    errors = table[table["severity"] == "error"]
    if len(errors):
        lines = [f"  - {e['where']}: {e['what']} ({e['count']}). {e['do']}" for e in errors.to_dict("records")]
        raise DataError(f"{len(errors)} finding(s) stop the estimate:\n" + "\n".join(lines), where=where)


def count_rows(frame: Frame, conditions: dict[str, nw.Expr]) -> dict[str, int]:
    """How many rows meet each condition, in one pass."""
    if not conditions:
        return {}
    flags = frame.select([c.cast(nw.Int64).alias(f"fl__c{i}") for i, c in enumerate(conditions.values())])
    (counts,) = to_arrow(flags.select(nw.all().sum())).to_pylist()
    return {name: int(value or 0) for name, value in zip(conditions, counts.values(), strict=True)}  # none: there is no row


def values_told(frame: Frame, name: str, rows: nw.Expr, mask: Mask) -> str:
    """The values of a column in some rows, as far as a message may print them."""
    value = SOURCE + name
    found = to_pandas(frame.filter(rows).group_by(value).agg(nw.len().alias("persons"))).sort_values(value)
    return mask.told(dict(zip(found[value], found["persons"], strict=True)), different(frame, [value]))
