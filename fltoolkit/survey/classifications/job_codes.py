"""Gives the codes of a job their meaning: industries in ISIC or national codes, occupations in ISCO."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw

from fltoolkit.survey.classifications.industry_codes import SectorRow, code_pattern, is_one_of, sector_rows
from fltoolkit.survey.classifications.standards import UNKNOWN, isic, standard
from fltoolkit.survey.spec.groups import Job, Sector

# The sub-major groups of ISCO-08 within each major group. Source: ILO, International Standard Classification
# of Occupations, 2012.
SUB_MAJOR_GROUPS = {
    "1": "1234",
    "2": "123456",
    "3": "12345",
    "4": "1234",
    "5": "1234",
    "6": "123",
    "7": "12345",
    "8": "123",
    "9": "123456",
    "0": "123",
}


def job_label(value: nw.Expr, job: Job) -> nw.Expr:
    """Returns the label of the industry or occupation of each code: the name of its row in tables. It is null
    if the code is not in the classification, or has a wrong number of digits. If a code of digits lost one
    leading zero, the zero is restored."""
    codes: dict[str, list[str]] = {}
    for code, row in job_rows(job).items():
        codes.setdefault(row.label, []).append(code)
    # One condition per label: DuckDB reads the whole expression again in every step that uses it, so it names
    # each code once.
    label: nw.Expr = nw.lit(None, dtype=nw.String())
    for name, own in codes.items():
        label = nw.when(_is_one_of(value, own, job)).then(nw.lit(name)).otherwise(label)
    return label


def _is_one_of(value: nw.Expr, rows: Sequence[str], job: Job) -> nw.Expr:
    """Returns a true/false column: whether a code belongs to one of these keys of `job_rows`."""
    if isinstance(job, Sector):
        return is_one_of(value, rows, job)
    return value.is_in(rows) if job.digits == "1" else value.str.contains(code_pattern(rows, int(job.digits)))


def job_rows(job: Job) -> dict[str, SectorRow]:
    """Returns the industries or occupations that have their own row in tables, as {part of a code: industry
    or occupation}. For an industry, the part is the division of an ISIC code, its section letter, or the
    whole national code. For an occupation, it is the first two digits, or the single digit if the column has
    major groups. The order is that of the classification."""
    if isinstance(job, Sector):
        return sector_rows(job)
    major = standard().classifications[job.classification]
    rows = {
        digit: SectorRow(category.name_key, category.ilostat)
        for digit, category in major.items()
        if digit != UNKNOWN
    }
    if job.digits == "1":
        return rows
    return {digit + second: rows[digit] for digit, seconds in SUB_MAJOR_GROUPS.items() for second in seconds}


def not_stated_code(job: Job) -> str:
    """Returns ILOSTAT's code for the category `not stated`, for a breakdown by industry or occupation."""
    if not isinstance(job, Sector):
        return standard().classifications[job.classification][UNKNOWN].ilostat
    prefix = "ECO_AGGREGATE" if job.level == "ilo_aggregate" else isic(job.revision).ilostat["section"]
    return f"{prefix}_X"


def classification_of(job: Job) -> str:
    """Returns the name of the classification to which a job's codes belong: the correspondence table of
    national codes, a revision of ISIC, or ISCO."""
    return job.correspondence or job.revision if isinstance(job, Sector) else job.classification
