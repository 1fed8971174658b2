"""Rules on codes of industries and occupations that are not in the classification, or have a wrong number of
digits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw

from fltoolkit.languages.reasons import Reason, Remark
from fltoolkit.survey.checks.rules.rule import WORDS, CheckRule
from fltoolkit.survey.classifications.job_codes import classification_of, job_label, job_rows
from fltoolkit.survey.data.fetch_rows import to_rows
from fltoolkit.survey.data.person_frame import Frame, column
from fltoolkit.survey.data.printable_values import Mask
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.spec.groups import Job, Sector


def job_code_rules(survey: Survey, mask: Mask) -> Iterator[CheckRule]:
    """Yields the rules on codes of industries and occupations that are not in the classification that
    survey.yaml names: a revision of ISIC, ISCO, or a correspondence table.

    A few unknown codes are a warning, and tables show their persons as `not stated`. If more than half of the
    rows with a code have an unknown code, or if codes have one digit too few and none has three or four as
    survey.yaml says, this is an error: `digits`, `revision` or the correspondence table must be wrong. If
    section letters do not separate fishing or domestic work from other industries, this is a note.
    """
    for name, sector in survey.spec.jobs.items():
        labels = sorted({row.label for row in job_rows(sector).values()})
        if held := tuple(label.split(" incl. ")[1] for label in labels if " incl. " in label):
            sectors = Reason.of(f"{WORDS}both", first=held[0], last=held[-1]) if held[1:] else held
            yield CheckRule(
                "section_letters", name, count=0, when=lambda _: True, values={"sectors": sectors}
            )
        own = sector.job == "forced_labour"  # the questions of the module
        frame = survey.episodes if own and survey.episodes is not None else survey.frame
        episodes = survey.spec.episodes.wide if any("{episode}" in c for c in sector.column) else ("",)
        codes, key = _codes(frame, sector, episodes), survey.spec.key_of_job(name)
        where = f"{', '.join(sector.column)} ({key})"
        yield from _unknown_job_codes(codes, sector, key, where, mask)
        yield from _short_job_codes(codes, sector, where, mask)


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

    def printed(self, codes: Sequence[str], mask: Mask) -> Remark | str:
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


def _unknown_job_codes(
    codes: _CodeCounts, sector: Job, key: str, where: str, mask: Mask
) -> Iterator[CheckRule]:
    unknown = [code for code in codes.rows if code not in codes.known]
    count, printed = codes.of(unknown), codes.printed(unknown, mask)
    values: dict[str, object] = {"classification": classification_of(sector), "values": printed, "key": key}
    if 2 * count > codes.of(codes.rows):
        cause = "codes"
        if isinstance(sector, Sector):
            cause = "table" if sector.correspondence else "revision"
        values["cause"] = Reason.of(f"{WORDS}job_cause.{cause}")
        yield CheckRule("most_jobs_unknown", where, count=count, values=values)
    else:
        yield CheckRule("jobs_unknown", where, count=count, values=values)


def _short_job_codes(codes: _CodeCounts, sector: Job, where: str, mask: Mask) -> Iterator[CheckRule]:
    """Yields a rule on codes with one digit too few.

    If survey.yaml says three or four digits and no code has that many, this is an error. Otherwise, if other
    codes of the column begin with zero, the short codes have probably lost their leading zero, which is a
    warning. Section letters, single digits and national codes have no such rule.
    """
    if sector.digits in ("letter", "1") or (isinstance(sector, Sector) and sector.correspondence):
        return
    digits = int(sector.digits)
    short = _matching(codes, rf"\d{{{digits - 1}}}")
    if digits > 2 and not _matching(codes, rf"[A-Za-z]?\d{{{digits}}}"):
        values: dict[str, object] = {"digits": digits, "fewer": digits - 1}
        yield CheckRule("job_digits", where, count=codes.of(short), values=values)
    elif _matching(codes, rf"0\d{{{digits - 1}}}"):
        values = {"values": codes.printed(short, mask)}
        yield CheckRule("job_zero_lost", where, count=codes.of(short), values=values)


def _matching(codes: _CodeCounts, pattern: str) -> list[str]:
    """Returns the codes whose whole text fits a regular expression (`pattern`)."""
    return [code for code in codes.rows if re.fullmatch(pattern, code, re.ASCII)]
