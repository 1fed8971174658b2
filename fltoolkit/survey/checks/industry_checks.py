"""Findings about codes of industries and occupations: unknown codes, and codes with an unclear number of digits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from fltoolkit.survey.checks.findings import Finding
from fltoolkit.survey.classifications.job_codes import classification_of, job_key, job_rows
from fltoolkit.survey.data.fetch_rows import to_arrow
from fltoolkit.survey.data.person_frame import Frame, column
from fltoolkit.survey.data.printable_values import Mask
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.spec.groups import Job, Sector

Found = list[Finding]


@dataclass(frozen=True)
class _AskedColumn:
    """A column whose codes are checked: codes of industries (sectors) or of occupations.

    Attributes:
        key: the key of survey.yaml, such as `sectors.sector`.
        sector: what survey.yaml says about the column.
        where: the column and its key, for findings.
    """

    key: str
    sector: Job
    where: str


def industries(survey: Survey, mask: Mask) -> Found:
    """Returns findings about codes of industries and occupations that are not in the classification that survey.yaml names: a
    revision of ISIC, ISCO, or a correspondence table.

    If a few codes are unknown, this is a warning, and they are shown as not stated. If more than half are unknown, or if no code
    has the right number of digits, this is an error: `digits`, `revision` or the table must be wrong.
    """
    out: Found = []
    for name, sector in survey.spec.jobs.items():
        rows = {row.label for row in job_rows(sector).values()}
        if held := [label.split(" incl. ")[1] for label in sorted(rows) if " incl. " in label]:
            what, do = f"section letters cannot tell {' and '.join(held)} apart", "give digits if the survey has them"
            out.append(Finding("note", "industry", name, what, 0, do))
        own = sector.job == "forced_labour"  # the questions of the module
        frame = survey.episodes if own and survey.episodes is not None else survey.frame
        episodes = survey.spec.episodes.wide if any("{episode}" in c for c in sector.column) else ("",)
        codes, key = _codes(frame, sector, episodes), survey.spec.key_of_job(name)
        asked = _AskedColumn(key, sector, f"{', '.join(sector.column)} ({key})")
        out += [*_unknown(codes, asked, mask), *_short(codes, asked, mask)]
    return out


def _codes(frame: Frame, sector: Job, episodes: Sequence[str]) -> pd.DataFrame:
    """Returns the different codes in a column of industries or occupations, over all episodes of work: `code`, `known` (whether
    the classification has it), and the number of `rows` with this code."""
    rows, known, keys = Counter[str](), set[str](), job_rows(sector).keys()
    for e in episodes:
        given = frame.select(column(sector.column, e).alias("code")).filter(~nw.col("code").is_null())
        counted = given.group_by("code").agg(nw.len().alias("rows"))
        # The key is derived after grouping, so that each different code is split only once.
        found = to_arrow(counted.with_columns(job_key(nw.col("code"), sector).alias("key"))).to_pydict()
        for code, n, key in zip(found["code"], found["rows"], found["key"], strict=True):
            if code not in sector.missing:
                rows[code] += int(n)
                known |= {code} if key in keys else set()
    codes = sorted(rows)
    return pd.DataFrame(
        {
            "code": pd.Series(codes, dtype="str"),
            "known": pd.Series([code in known for code in codes], dtype=bool),
            "rows": pd.Series([rows[code] for code in codes], dtype="int64"),
        }
    )


def _unknown(codes: pd.DataFrame, asked: _AskedColumn, mask: Mask) -> Found:
    sector, where = asked.sector, asked.where
    unknown = codes[~codes["known"]]
    count = int(unknown["rows"].sum())
    if not count:
        return []
    what = f"codes that are not in {classification_of(sector)}: {_printable_codes(codes, ~codes['known'], mask)}"
    if 2 * count > codes["rows"].sum():
        check = "the classification and digits: (points and blanks are no part of a code)"
        if isinstance(sector, Sector):
            check = "the table" if sector.correspondence else "revision: and digits: (points and blanks are no part of a code)"
        return [Finding("error", "industry", where, f"more than half of all are {what}", count, f"check {check}")]
    do = f"correct them, or list them under {asked.key}.missing"
    return [Finding("warning", "industry", where, f"{what}; shown as not stated", count, do)]


def _short(codes: pd.DataFrame, asked: _AskedColumn, mask: Mask) -> Found:
    """Returns findings about codes with one digit too few. If all other codes of the column have the right number of digits,
    these codes have probably lost a leading zero.

    Args:
        codes: the different codes, as `_codes` returns them.
        asked: the column.
        mask: decides which codes a message may print.
    """
    sector, where = asked.sector, asked.where
    if sector.digits in ("letter", "1") or (isinstance(sector, Sector) and sector.correspondence):
        return []
    digits = int(sector.digits)
    short = codes["code"].str.fullmatch(rf"\d{{{digits - 1}}}")
    count = int(codes["rows"][short].sum())
    if count and digits > 2 and not codes["code"].str.fullmatch(rf"[A-Za-z]?\d{{{digits}}}").any():
        what = f"no code has {digits} digits; many have {digits - 1}"
        do = f"say digits: {digits - 1}, or restore the leading zeros if all codes begin with one"
        return [Finding("error", "industry", where, what, count, do)]
    if count and codes["code"].str.fullmatch(rf"0\d{{{digits - 1}}}").any():
        what = f"codes one digit short, read as if a leading zero were lost: {_printable_codes(codes, short, mask)}"
        do = "check them: other codes of the column have their zero"
        return [Finding("warning", "industry", where, what, count, do)]
    return []


def _printable_codes(codes: pd.DataFrame, rows: pd.Series, mask: Mask) -> str:
    """Returns those codes of a column that a message may print, and the number of the others.

    Args:
        codes: the different codes, as `_codes` returns them.
        rows: which of these codes are meant.
        mask: decides which codes a message may print.
    """
    return mask.printed(dict(zip(codes["code"][rows], codes["rows"][rows].astype(int), strict=True)), len(codes))
