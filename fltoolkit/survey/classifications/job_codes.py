"""Reads codes of industries and occupations: by ISIC or ISCO, or by a national classification with its
correspondence table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import narwhals as nw

from fltoolkit.errors import SpecError
from fltoolkit.files import path_inside
from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.classifications.standards import OWN, UNKNOWN, Isic, isic, standard
from fltoolkit.survey.readers.small_csv import read_small_csv
from fltoolkit.survey.spec.groups_and_tables import Job, Sector
from fltoolkit.yaml_files.loading import canonical_code

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


def is_one_of(value: nw.Expr, rows: Sequence[str], sector: Sector) -> nw.Expr:
    """Returns a true/false column: whether an industry code belongs to one of these keys of `sector_rows`.
    Upper and lower case of section letters are the same. National codes are compared as they are.

    A section letter may stand before the digits of an ISIC code (`A0111`). It must be the letter of the
    division.
    """
    if sector.correspondence:
        return value.is_in(rows)
    value = value.str.to_uppercase()
    if sector.digits == "letter":
        return value.is_in(rows)
    letters = isic(sector.revision).section_of
    return value.str.contains(
        code_pattern([*rows, *(letters[division] + division for division in rows)], int(sector.digits))
    )


def code_pattern(starts: Iterable[str], digits: int) -> str:
    """Returns the regular expression of all codes of this many digits that have one of these starts (two
    digits, perhaps after a letter). If a code lost one leading zero, it is found too."""
    starts = list(starts)
    lost_zero = [start[1:] for start in starts if start.startswith("0")]
    return rf"^(?:{'|'.join([*starts, *lost_zero])})\d{{{digits - 2}}}$"


@dataclass(frozen=True)
class SectorRow:
    """An industry or occupation that has its own row in tables.

    Attributes:
        name_key: its name, as a key of the language files.
        ilostat: its code in ILOSTAT, or the kit's own code.
    """

    name_key: Reason
    ilostat: str

    @cached_property
    def label(self) -> str:
        """Returns the English name of the industry or occupation. The classified data have this name as the
        category of a person."""
        return str(self.name_key)


def sector_rows(sector: Sector) -> dict[str, SectorRow]:
    """Returns the table row of each industry code, as {division, section letter or national code: row}, in
    the order of the classification.

    Fishing and domestic work have their own rows. The rows to which they would otherwise belong have `excl.`
    in their names. If the codes are section letters, fishing or domestic work cannot be separated from the
    other industries of the same section. The row of such a section has `incl.` in its name. Source: ILO
    aggregate economic activities; docs/methods.md §1.
    """
    rows = _isic_rows(sector.revision, sector.level, sector.digits == "letter")
    if sector.correspondence:
        return {
            code: rows[target if sector.digits == "letter" else target[:2]]
            for code, target in sector.national.items()
        }
    return dict(rows)


def to_verify(sector: Sector) -> Reason | str:
    """Returns a note that is printed with every number in a breakdown by this sector. The note says that the
    ISIC rules were written from memory and not yet checked against their source. If the rules were checked,
    the text is empty."""
    return isic(sector.revision).to_verify if sector.level == "ilo_aggregate" else ""


def read_correspondences(sectors: Mapping[str, Sector], survey: Path) -> None:
    """Reads the correspondence tables (from national industry codes to ISIC) that survey.yaml names, and
    stores them in `national` of each sector.

    Args:
        sectors: the breakdowns by industry, by name.
        survey: the path of survey.yaml.

    Raises:
        SpecError: a table is missing, or a row of it cannot be used.
        DataError: the path of a table leaves the folder of survey.yaml.
    """
    for name, sector in sectors.items():
        if sector.correspondence:
            path = path_inside(
                survey.parent, sector.correspondence, f"{survey}: sectors.{name}.correspondence"
            )
            sector.national.update(_read_correspondence(path, sector))


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


@cache  # a survey asks for these rows many times
def _isic_rows(revision: str, level: str, letters: bool) -> Mapping[str, SectorRow]:
    """Returns the table row of each code of ISIC, by section letter (`letters`) or by division."""
    table = isic(revision)
    names = {letter: _sector_category(table, level, letter) for letter in table.sections}
    alone = {s.codes[0] for s in table.sections.values() if len(s.codes) == 1}
    held = {names[table.section_of[d]]: d for d in table.own_rows}
    rows: dict[str, SectorRow] = {}
    for letter, section in table.sections.items():
        for division in section.codes:
            key, own = (letter if letters else division), table.own_rows.get(division)
            if own and (not letters or division in alone):
                rows[key] = SectorRow(
                    Reason.of(f"categories.{own}"), f"{table.ilostat['division']}_{letter}{division}"
                )
            else:
                is_apart = names[letter] not in held or not letters or held[names[letter]] in alone
                rows[key] = _section_row(names[letter], held.get(names[letter]), table.own_rows, is_apart)
    return rows


def _sector_category(table: Isic, level: str, letter: str) -> SectorRow:
    if level == "section":
        return SectorRow(
            Reason.of("categories.section", letter=letter), f"{table.ilostat['section']}_{letter}"
        )
    aggregate = table.sections[letter].aggregate
    return SectorRow(Reason.of(standard().ilo_aggregates[aggregate]), f"ECO_AGGREGATE_{aggregate}")


def _section_row(
    row: SectorRow, division: str | None, own_rows: Mapping[str, str], is_apart: bool
) -> SectorRow:
    """Returns the table row of an ISIC section. If one division of the section (fishing, domestic work) has
    its own row, the name of the section's row says whether the section includes this division.

    Args:
        row: the row of the whole section.
        division: the division with its own row. None: the section has none, and `row` is returned unchanged.
        own_rows: for each division with its own row, a part of the key of its name in the language files.
        is_apart: whether the codes distinguish the division from the rest of the section. If so, the name
            says that the division is excluded. Otherwise it says that it is included.
    """
    if division is None:
        return row
    words = {"sector": row.name_key, "part": Reason.of(f"categories.{own_rows[division]}_low")}
    if not is_apart:
        return SectorRow(Reason.of("categories.including", **words), row.ilostat)
    return SectorRow(
        Reason.of("categories.excluding", **words), f"{OWN}{row.ilostat.removeprefix(OWN)}_X{division}"
    )


def _read_correspondence(path: Path, sector: Sector) -> dict[str, str]:
    """Reads a correspondence table, and returns the ISIC code of each national code. Raises `SpecError` if a
    row cannot be used: a blank or repeated code, or a wrong ISIC code."""
    rows = read_small_csv(path, ("code", "isic"), "the correspondence table", SpecError)
    pairs = [(canonical_code(row.cells[0]), canonical_code(row.cells[1]).upper()) for row in rows]
    lines = [row.line for row in rows]
    digits, table = sector.digits, isic(sector.revision)
    known = table.sections if digits == "letter" else table.section_of
    length, times = 1 if digits == "letter" else int(digits), Counter(code for code, _ in pairs)
    blank = [line for line, pair in zip(lines, pairs, strict=True) if "" in pair]
    twice = [line for line, (code, _) in zip(lines, pairs, strict=True) if times[code] > 1]
    wrong = [
        line
        for line, (_, target) in zip(lines, pairs, strict=True)
        if len(target) != length or target[:2] not in known
    ]
    for problem, found, do in (
        ("rows of the correspondence table lack a code", blank, "fill them in or remove them"),
        (
            "the correspondence table has a code more than once",
            twice,
            "keep one row of each: a code has one industry",
        ),
        (
            f"targets of the correspondence table are not {digits}-digit codes of {sector.revision}".replace(
                "letter-digit", "letter"
            ),
            wrong,
            "correct them (leading zeros count), or check digits: and revision:",
        ),
    ):
        if found:
            raise SpecError(problem, where=str(path), found=[f"line {line}" for line in found], do=do)
    if not pairs:
        raise SpecError(
            "the correspondence table has no rows", where=str(path), do="give one row per national code"
        )
    return dict(pairs)


def _is_one_of(value: nw.Expr, rows: Sequence[str], job: Job) -> nw.Expr:
    """Returns a true/false column: whether a code belongs to one of these keys of `job_rows`."""
    if isinstance(job, Sector):
        return is_one_of(value, rows, job)
    return value.is_in(rows) if job.digits == "1" else value.str.contains(code_pattern(rows, int(job.digits)))
