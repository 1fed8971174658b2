"""Finds codes of industries and occupations that are not in the classification, or have a wrong number of
digits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw

from fltoolkit.survey.checks.findings import Finding
from fltoolkit.survey.classifications.job_codes import classification_of, job_label, job_rows
from fltoolkit.survey.data.fetch_rows import to_rows
from fltoolkit.survey.data.person_frame import Frame, column
from fltoolkit.survey.data.printable_values import Mask
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.spec.groups import Job, Sector

Found = list[Finding]


@dataclass(frozen=True)
class _AskedColumn:
    """A column (or several) with codes of industries or of occupations, which is to be checked.

    Attributes:
        key: the key of survey.yaml, such as `sectors.sector`.
        sector: the entry of survey.yaml for the column.
        where: the column and its key in one text, for findings.
    """

    key: str
    sector: Job
    where: str


def industries(survey: Survey, mask: Mask) -> Found:
    """Returns findings about codes of industries and occupations that are not in the classification that
    survey.yaml names: a revision of ISIC, ISCO, or a correspondence table.

    A few unknown codes are a warning, and tables show their persons as `not stated`. If more than half of the
    rows with a code have an unknown code, or if codes have one digit too few and none has three or four as
    survey.yaml says, this is an error: `digits`, `revision` or the correspondence table must be wrong. If
    section letters do not separate fishing or domestic work from other industries, this is a note.
    """
    out: Found = []
    for name, sector in survey.spec.jobs.items():
        rows = {row.label for row in job_rows(sector).values()}
        if held := [label.split(" incl. ")[1] for label in sorted(rows) if " incl. " in label]:
            what, do = (
                f"section letters do not identify {' and '.join(held)}",
                "give digits if the survey has them",
            )
            out.append(Finding("note", "industry", name, what, 0, do))
        own = sector.job == "forced_labour"  # the questions of the module
        frame = survey.episodes if own and survey.episodes is not None else survey.frame
        episodes = survey.spec.episodes.wide if any("{episode}" in c for c in sector.column) else ("",)
        codes, key = _codes(frame, sector, episodes), survey.spec.key_of_job(name)
        asked = _AskedColumn(key, sector, f"{', '.join(sector.column)} ({key})")
        out += [*_unknown_code_findings(codes, asked, mask), *_short_code_findings(codes, asked, mask)]
    return out


@dataclass(frozen=True)
class _CodeCounts:
    """The different codes in a column of industries or occupations. If each episode (spell) of work has its
    own column, the codes of all these columns are counted together.

    Attributes:
        rows: for each code, the number of rows that have it. The codes are sorted.
        known: the codes in `rows` that are in the classification.
    """

    rows: Mapping[str, int]
    known: frozenset[str]

    def of(self, codes: Iterable[str]) -> int:
        """Returns the number of rows that have one of the given codes."""
        return sum(self.rows[code] for code in codes)

    def printed(self, codes: Sequence[str], mask: Mask) -> str:
        """Returns the given codes as a message may print them, in one text. Codes that could identify a
        person are only counted."""
        return mask.printed({code: self.rows[code] for code in codes}, len(self.rows))


def _codes(frame: Frame, sector: Job, episodes: Sequence[str]) -> _CodeCounts:
    """Returns the different codes in a column of industries or occupations, and the number of rows with each
    code. Blanks and the codes of `missing` are left out. `episodes` are the texts that replace `{episode}` in
    the name of the column."""
    rows, known = Counter[str](), set[str]()
    for e in episodes:
        counted = (
            frame.select(column(sector.column, e).alias("code")).group_by("code").agg(nw.len().alias("rows"))
        )
        # The label is found after grouping, so that each different code is looked up only once.
        for code, n, label in to_rows(
            counted.select("code", "rows", job_label(nw.col("code"), sector).alias("label"))
        ):
            if code is not None and code not in sector.missing:
                rows[code] += int(n)
                known |= {code} if label is not None else set()
    return _CodeCounts(dict(sorted(rows.items())), frozenset(known))


def _unknown_code_findings(codes: _CodeCounts, asked: _AskedColumn, mask: Mask) -> Found:
    sector, where = asked.sector, asked.where
    unknown = [code for code in codes.rows if code not in codes.known]
    count = codes.of(unknown)
    if not count:
        return []
    what = f"codes that are not in {classification_of(sector)}: {codes.printed(unknown, mask)}"
    if 2 * count > codes.of(codes.rows):
        check = "the classification and digits: (points and blanks are no part of a code)"
        if isinstance(sector, Sector):
            check = (
                "the table"
                if sector.correspondence
                else "revision: and digits: (points and blanks are no part of a code)"
            )
        return [
            Finding("error", "industry", where, f"more than half of all are {what}", count, f"check {check}")
        ]
    do = f"correct them, or list them under {asked.key}.missing"
    return [Finding("warning", "industry", where, f"{what}; shown as not stated", count, do)]


def _short_code_findings(codes: _CodeCounts, asked: _AskedColumn, mask: Mask) -> Found:
    """Returns findings about codes with one digit too few.

    If survey.yaml says three or four digits and no code has that many, this is an error. Otherwise, if other
    codes of the column begin with zero, the short codes have probably lost their leading zero, which is a
    warning. In all other cases the list is empty. It is always empty for section letters, single digits and
    national codes.

    Args:
        codes: the different codes, as `_codes` returns them.
        asked: the column.
        mask: decides which codes a message may print.
    """
    sector, where = asked.sector, asked.where
    if sector.digits in ("letter", "1") or (isinstance(sector, Sector) and sector.correspondence):
        return []
    digits = int(sector.digits)
    short = _matching(codes, rf"\d{{{digits - 1}}}")
    count = codes.of(short)
    if count and digits > 2 and not _matching(codes, rf"[A-Za-z]?\d{{{digits}}}"):
        what = f"no code has {digits} digits; many have {digits - 1}"
        do = f"say digits: {digits - 1}, or restore the leading zeros if all codes begin with one"
        return [Finding("error", "industry", where, what, count, do)]
    if count and _matching(codes, rf"0\d{{{digits - 1}}}"):
        what = f"codes one digit short, read as if a leading zero were lost: {codes.printed(short, mask)}"
        do = "check them: other codes of the column have their zero"
        return [Finding("warning", "industry", where, what, count, do)]
    return []


def _matching(codes: _CodeCounts, pattern: str) -> list[str]:
    """Returns the codes whose whole text fits a regular expression (`pattern`)."""
    return [code for code in codes.rows if re.fullmatch(pattern, code, re.ASCII)]
