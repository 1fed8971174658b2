"""Gives the codes of a job their meaning: industries in ISIC or national codes, occupations in ISCO."""

from __future__ import annotations

import narwhals as nw

from fltoolkit.survey.classifications.industry_codes import SectorRow, key_of as industry_key, sector_rows
from fltoolkit.survey.classifications.standards import UNKNOWN, isic, standard
from fltoolkit.survey.spec.groups import Job, Sector

# The sub-major groups of ISCO-08 within each major group. Source: ILO, International Standard Classification of Occupations,
# 2012.
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


def job_key(value: nw.Expr, job: Job) -> nw.Expr:
    """Returns the part of a code of industry or occupation that decides in which row of a table a person is counted.

    For an industry, it is the division of an ISIC code, its section letter, or the whole national code (see
    `industry_codes.key_of`). For an occupation, it is the first two digits, or the single digit if the column has major groups.
    If a code of occupation lost one leading zero, the zero is restored. A code of another length becomes null.
    """
    if isinstance(job, Sector):
        return industry_key(value, job)
    digits = int(job.digits)
    if digits == 1:
        return nw.when(value.str.contains(r"^\d$")).then(value)
    lost_zero = value.str.contains(rf"^\d{{{digits - 1}}}$")
    whole = nw.when(lost_zero).then(nw.concat_str([nw.lit("0"), value])).otherwise(value)
    return nw.when(whole.str.contains(rf"^\d{{{digits}}}$")).then(whole.str.slice(0, 2))


def job_rows(job: Job) -> dict[str, SectorRow]:
    """Returns the industries or occupations that have their own row in tables, as {part of a code: industry or occupation}.
    `job_key` returns this part of a code. The order is that of the classification."""
    if isinstance(job, Sector):
        return sector_rows(job)
    major = standard().classifications[job.classification]
    rows = {digit: SectorRow(category.name_key, category.ilostat) for digit, category in major.items() if digit != UNKNOWN}
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
    """Returns the name of the classification to which a job's codes belong: the correspondence table of national codes, a
    revision of ISIC, or ISCO."""
    return job.correspondence or job.revision if isinstance(job, Sector) else job.classification
