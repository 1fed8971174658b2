"""Defines a finding of the checks: what is wrong in the data, where, in how many rows, how serious it is, and
what to do. The table of findings is in the words of one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw

from fltoolkit.errors import DataError
from fltoolkit.languages.language import Language, read_language
from fltoolkit.languages.reasons import Reason, Remark
from fltoolkit.languages.word_files import BASE
from fltoolkit.survey.engine.columns import SOURCE, Frame
from fltoolkit.survey.engine.engines import count_distinct, to_pandas, to_sums
from fltoolkit.survey.printed_values import Mask, cases_in_words, count_in_words, rounded, sum_in_words

if TYPE_CHECKING:
    import pandas as pd

Counted = Literal["persons", "cases", "others"]
Count = int | tuple[int, int]
Columns = tuple[tuple[str | Reason, Count], ...]
Words = Remark | str
SEVERITIES = ("error", "warning", "note")  # the most serious first
BY_COLUMN = "kit.findings.by_column"
COLUMNS = ("severity", "check", "where", "what", "count", "do")


@dataclass(frozen=True)
class FindingRows:
    """The rows of the data that a finding is about.

    Attributes:
        frame: rows of persons, of episodes (spells of work), or of another file.
        condition: a true/false expression that marks the rows of `frame` that are meant. None: all rows.
        file: for rows of another file, the kind of this file, such as `module`. For rows of persons or
            episodes, the text is empty.
    """

    frame: Frame
    condition: nw.Expr | None
    file: str = ""


@dataclass(frozen=True)
class Finding:
    """One result of the checks of the data: something that is wrong, or that a statistician should know.

    Attributes:
        severity: `error` (stops an estimate), `warning` (printed next to the numbers) or `note`.
        check: what was checked, such as `weights`.
        where: the column, or the key of survey.yaml.
        what: what was found, as a remark with words in every language, or as a text.
        count: the exact number of rows. A pair of numbers is printed only as their sum. An empty text means
            that nothing was counted.
        do: what the reader should do, as `what`.
        rows: the rows, if the finding is about single rows. Only a private folder may contain their keys.
        counted: what `count` counts: `persons`, `cases` (persons in forced labour), or `others` (such as
            labels or columns, or the rows of an error about the design). The count of `others` is never
            rounded.
        acceptable: whether `accept` of survey.yaml may say that this is right. An error then becomes a
            warning, a warning a note.
        by: if the finding is about several columns, the columns, each with its number of persons. They are
            printed after `what`, the column with the most persons first. They are the values, and the keys
            are the keys in the language files of the words before them, such as `No usable answer to`.
    """

    severity: str
    check: str
    where: Words
    what: Words
    count: Count | Literal[""]
    do: Words
    rows: FindingRows | None = None
    counted: Counted = "persons"
    acceptable: bool = False
    by: Mapping[str, Columns] = field(default_factory=dict)


def findings(found: Sequence[Finding], limit: int | None, language: str = BASE) -> pd.DataFrame:
    """Returns findings as a table with the columns `severity`, `check`, `where`, `what`, `count` and `do`.
    The table has one row per finding, the most serious first, with the content that may be printed (see
    `finding_facts`)."""
    import pandas as pd

    return pd.DataFrame(finding_facts(found, limit, language), columns=list(COLUMNS))


def finding_facts(found: Sequence[Finding], limit: int | None, language: str = BASE) -> list[dict[str, Any]]:
    """Returns the printable content of some findings, the most serious first. Each finding is a mapping with
    the keys `severity`, `check`, `where`, `what`, `count` and `do`.

    `limit` is the confidentiality limit: a count of persons below this limit is not printed, and higher
    counts are rounded. If `limit` is None, all counts are exact. `language` is that of the words.
    """
    ordered = sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))
    words = read_language(language)
    return [
        {name: getattr(f, name) for name in COLUMNS}
        | {"where": _say(f.where, words), "what": _finding_in_words(f, limit, words)}
        | {"count": _count_in_words(f, limit, words), "do": _say(f.do, words)}
        for f in ordered
    ]


def _say(words: Words, language: Language) -> str:
    """Returns a remark or a text in one language. In English, names stay as they are in YAML files."""
    if isinstance(words, Remark) and language.code != BASE:
        return words.in_words(language)
    return str(words)


def _finding_in_words(finding: Finding, limit: int | None, language: Language) -> str:
    """Returns the text of a finding: what was found, and the columns concerned with their counts, those with
    the same printed count together. The columns are sorted by their printed counts, because an order by exact
    counts could reveal the exact counts."""
    said = _say(finding.what, language)
    for before, counted in finding.by.items():
        told: dict[str, list[str]] = {}
        for column, count in sorted(counted, key=lambda pair: -_sort_size(pair[1], limit)):
            printed = str(_exact_or_in_words(count, limit, language))
            told.setdefault(printed, []).append(_say(column, language))
        parts = (
            language.say(
                f"{BY_COLUMN}.{'several' if len(columns) > 1 else 'one'}",
                columns=", ".join(columns),
                count=count,
            )
            for count, columns in told.items()
        )
        if before:
            said = f"{said}. {language.say(before)}"
        said = language.colon(said, language.list(parts))
    return said


def _sort_size(count: Count, limit: int | None) -> int:
    """Returns the number by which a finding's count is sorted: the count after rounding. A count below the
    confidentiality limit is not printed, so it is sorted as 0. A pair of counts is sorted by its sum. If both
    counts of a pair are below the limit, the pair is sorted as 0, even if the sum is printed. Without a
    limit, nothing is rounded."""
    parts = count if isinstance(count, tuple) else (count,)
    if limit is None:
        return sum(parts)
    hidden = all(rounded(part, limit) is None for part in parts)
    return 0 if hidden else rounded(sum(parts), limit) or 0


def _exact_or_in_words(count: Count, limit: int | None, language: Language) -> object:
    if isinstance(count, tuple):
        return sum(count) if limit is None else sum_in_words(*count, limit, language)
    return count if limit is None else count_in_words(count, limit, language)


def _count_in_words(finding: Finding, limit: int | None, language: Language) -> object:
    """Returns the count of a finding as it is printed. A count of persons or cases (persons in forced labour)
    becomes words such as `about 30` or `fewer than 5`. The count stays exact if there is no limit, or if the
    finding counts something else."""
    count = finding.count
    if count == "" or (finding.counted == "others" and not isinstance(count, tuple)):
        return count
    if finding.counted == "cases" and limit is not None and not isinstance(count, tuple):
        return cases_in_words(count, limit, language)
    return _exact_or_in_words(count, limit, language)


def stop_on_errors(facts: Sequence[Mapping[str, Any]], where: str) -> None:
    """Raises `DataError` if one of the findings is an error. The message lists all errors. `where` is the
    place that the message names."""
    if errors := [fact for fact in facts if fact["severity"] == "error"]:
        lines = [f"  - {e['where']}: {e['what']} ({e['count']}). {e['do']}" for e in errors]
        raise DataError(f"{len(errors)} finding(s) stop the estimate:\n" + "\n".join(lines), where=where)


def count_rows(frame: Frame, conditions: dict[str, nw.Expr]) -> dict[str, int]:
    """Returns the number of rows of a frame that meet each condition, as {name of the condition: number}. All
    conditions are counted in one pass."""
    if not conditions:
        return {}
    counts = to_sums(frame, list(conditions.values()))
    return {name: int(count) for name, count in zip(conditions, counts, strict=True)}


def printed_values(frame: Frame, name: str, rows: nw.Expr, mask: Mask) -> Words:
    """Returns, for a message, the values of the column `name` in those rows for which `rows` is true. Values
    that could identify a person are only counted (see `Mask`)."""
    value = SOURCE + name
    found = to_pandas(frame.filter(rows).group_by(value).agg(nw.len().alias("persons"))).sort_values(value)
    return mask.printed(
        dict(zip(found[value], found["persons"], strict=True)), count_distinct(frame, [value])
    )
