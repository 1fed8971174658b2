"""Writes the first part of the draft: files and key, sample design, who answered the module on forced labour,
and age."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations
from math import prod
from pathlib import Path

import numpy as np

from fltoolkit.authoring.draft.column_contents import BLANK, ColumnContents
from fltoolkit.authoring.draft.column_roles import (
    UnusedColumns,
    is_weight,
    is_yes_no,
    key_of_question,
    rank_columns,
    score,
)
from fltoolkit.authoring.draft.vocabulary import first_hit, only_kind_of, vocabulary
from fltoolkit.authoring.draft.yaml_lines import (
    YamlLine,
    code_line,
    in_one_line,
    meanings,
    name_and_label,
    yaml_scalar,
)
from fltoolkit.survey.spec.files_and_design import METHODS, numbered_columns
from fltoolkit.yaml_files.loading import UNANSWERED

NO_KEY = "the columns that make a row unique"
NUMBERING = ("household", "line", "psu", "strata", "identifier")
MOST_TRIED = 8  # columns to try as a key, if no label or name suggests one
NUMBERED = re.compile(r"(.*?)(\d+)(\D*)")
FEWEST_REPLICATES = 10
ROLES = ("replicate_weight", "weight")


@dataclass(frozen=True)
class Sample:
    """The columns of the sample design and of the key. A column is None if the file does not have it.

    Attributes:
        weight: the survey weight.
        module_weight: the weight of the persons who answered the module on forced labour.
        household, line: the household, and the number of the person in it.
        strata, psu: the stratum and the primary sampling unit.
        key: the names of the columns that together identify a row.
        replicates: the columns of replicate weights.
        why: the reason for the choice of each column, in words.
    """

    weight: ColumnContents | None
    module_weight: ColumnContents | None
    household: ColumnContents | None
    line: ColumnContents | None
    strata: ColumnContents | None
    psu: ColumnContents | None
    key: tuple[str, ...]
    replicates: tuple[ColumnContents, ...]
    why: dict[str, str]


def find_sample(unused: UnusedColumns) -> Sample:
    """Find the columns of the sample design (weight, stratum, PSU) and of the key. A weight that some persons
    lack is taken as the weight of the module on forced labour.
    """
    replicates = find_replicates(unused.free())
    unused.use(replicates)
    weights = rank_columns(unused.free(), "weight")
    everybody, some = [c for c in weights if c.full], [c for c in weights if not c.full]
    weight, module_weight = next(iter(everybody or some), None), next(iter(some), None)
    unused.use([weight, module_weight])
    household, line, strata, psu = (unused.take(role)[0] for role in ("household", "line", "strata", "psu"))
    if weight:
        unused.compare(everybody or some, "weight")
    if module_weight and module_weight is not weight:
        unused.compare(some, "weight")
    roles = {"weight": weight, "household": household, "strata": strata, "psu": psu}
    why = {"weight": "the column of the sampling weight"}
    why |= {role: unused.why(column) for role, column in roles.items() if column}
    key = _smallest_key(unused, {"h": household, "l": line, "p": psu, "s": strata}) or _key_of_identifiers(
        unused
    )
    return Sample(weight, module_weight, household, line, strata, psu, key, replicates, why)


def _smallest_key(unused: UnusedColumns, columns: dict[str, ColumnContents | None]) -> tuple[str, ...]:
    """Returns the smallest key: the fewest columns that together make each row unique. The columns that are
    tried are person, household, PSU and stratum. All rows are checked. Returns an empty tuple if no
    combination is unique."""
    for tried in ("l", "hl", "phl", "sphl", "h"):
        key = [column.name for part in tried if (column := columns[part])]
        if len(key) == len(tried) and not unused.table.count_unusable_keys(key):
            return tuple(key)
    return ()


def _key_of_identifiers(unused: UnusedColumns) -> tuple[str, ...]:
    """Returns the fewest columns (at most three) that together make each row unique, so that they can be a
    key. Only columns of whole numbers whose label or name suggests an identifier are tried. Returns an empty
    tuple if there is no such key."""
    table = unused.table
    numbers = [
        c for c in unused.columns if c.full and c.distinct > 1 and any(score(c, part) for part in NUMBERING)
    ]
    whole = [c for c in numbers if not table.has_fractions([c.name])][:MOST_TRIED]
    for size in (1, 2, 3):
        for columns in combinations(whole, size):
            names = tuple(c.name for c in columns)
            enough = prod(c.distinct for c in columns) >= columns[0].rows
            if enough and not table.count_unusable_keys(names):
                return names
    return ()


def files(unused: UnusedColumns, sample: Sample, path: str) -> Iterator[YamlLine]:
    encoding = f", encoding: {yaml_scalar(unused.table.encoding)}" if unused.table.encoding else ""
    decimal = f", decimal: {yaml_scalar(unused.table.decimal)}" if unused.table.decimal else ""
    why = "tested: no two rows have the same values here, and no cell is blank" + (
        "; numbers have a decimal comma" if decimal else ""
    )
    yield YamlLine("files:")
    yield YamlLine(
        (
            "  person: "
            f"{{path: {yaml_scalar(path)}, key: {in_one_line(sample.key) if sample.key else UNANSWERED}{encoding}{decimal}}}"
        ),
        why if sample.key else f"{NO_KEY}; {_nearly_unique(unused, sample)}",
    )


def _nearly_unique(unused: UnusedColumns, sample: Sample) -> str:
    """Returns a comment on columns that were tried as a key without success. If only a few rows are equal in
    these columns, the comment gives the numbers of these rows."""
    tried = [c.name for c in (sample.strata, sample.psu, sample.household, sample.line) if c]
    if not tried:
        return "not found: no column looks like a key"
    for start in range(len(tried) - 2, -1, -1):
        if alike := unused.table.alike(tried[start:]):
            pairs = "one pair" if len(alike) == 1 else f"{len(alike)} groups of rows"
            rows = "; ".join(", ".join(f"{row:,}" for row in rows) for rows in alike)
            return (
                f"{in_one_line(tried[start:])} is unique except for {pairs}, rows {rows} (the first below the "
                "header is 1): name these columns, and correct the wrong row's under corrections"
            )
    return f"tried, but not unique: {', '.join(tried)}"


def design(unused: UnusedColumns, sample: Sample) -> Iterator[YamlLine]:
    yield YamlLine("design:")
    yield YamlLine(
        f"  weight: {unused.named(sample.weight) if sample.weight else UNANSWERED}",
        sample.why["weight"],
    )
    if sample.strata:
        yield YamlLine(f"  strata: {unused.named(sample.strata)}", sample.why["strata"])
    if sample.replicates:
        yield from _replicate_lines(sample.replicates)
    if sample.psu and sample.replicates:
        yield YamlLine(
            f"  # psu: {yaml_scalar(sample.psu.name)}",
            f"{sample.why['psu']}; the replicate weights stand for it",
        )
    elif sample.psu:
        yield YamlLine(f"  psu: {unused.named(sample.psu)}", sample.why["psu"])
    if sample.strata and sample.psu and not sample.replicates:
        yield from _nest_line(unused, sample.strata, sample.psu)
    if sample.household:
        yield _household_line(unused, sample, sample.household)
    yield YamlLine(f"  selection: {UNANSWERED}", "how PSUs were drawn: pps (by size), srs or systematic")
    if not sample.replicates and (
        absent := [word for word, column in (("strata", sample.strata), ("psu", sample.psu)) if not column]
    ):
        yield YamlLine(
            f"  # not found: {' and '.join(absent)}. If the sample had them, name them: without them, "
            "intervals are too short."
        )


def find_replicates(columns: Sequence[ColumnContents]) -> tuple[ColumnContents, ...]:
    """Returns the replicate weights of a file: the longest series of numbered columns (RW001, RW002 …) that
    are weights by their values, and replicates, or at least weights, by their labels or names. Empty if there
    is no series of ten."""
    series: dict[tuple[str, str], list[ColumnContents]] = {}
    for column in columns:
        if is_weight(column) and (found := NUMBERED.fullmatch(column.name)):
            series.setdefault((found[1], found[3]), []).append(column)
    long = [
        found
        for found in series.values()
        if len(found) >= FEWEST_REPLICATES and any(score(found[0], role) for role in ROLES)
    ]
    longest = max(long, key=len, default=[])
    return tuple(longest)


def _replicate_lines(replicates: Sequence[ColumnContents]) -> Iterator[YamlLine]:
    """Yields the draft's lines on replicate weights. No file says how they were made. The user must say too
    whether numbered weights are replicates, if neither their labels nor their names say so."""
    first, last = replicates[0].name, replicates[-1].name
    sure = bool(score(replicates[0], "replicate_weight"))
    named = in_one_line(_runs([column.name for column in replicates]))
    why = f"{len(replicates)} columns, {name_and_label(replicates[0])} to {last}"
    yield YamlLine("  replicates:")
    yield YamlLine(
        f"    columns: {named if sure else UNANSWERED}",
        why if sure else f"{why}: {named} if they are replicates of the weight; otherwise delete replicates",
    )
    yield YamlLine(
        f"    method: {UNANSWERED}",
        f"how {first} to {last} were made, as their documentation says: {', '.join(METHODS)}",
    )


def _runs(names: Sequence[str]) -> list[str]:
    """Returns numbered names in the short form of survey.yaml, `RW{001..120}`, if that form stands for
    exactly these names. Otherwise returns the names."""
    first, last = (NUMBERED.fullmatch(name) for name in (names[0], names[-1]))
    if first and last:
        run = f"{first[1]}{{{first[2]}..{last[2]}}}{first[3]}"
        with suppress(ValueError):
            if numbered_columns(run) == list(names):
                return [run]
    return list(names)


def _household_line(unused: UnusedColumns, sample: Sample, household: ColumnContents) -> YamlLine:
    """Returns the draft's line with the columns that identify a household: the columns of the key without the
    person's number. If it is not known which column is the person's number, the user must answer."""
    line = sample.line.name if sample.line else None
    within = [name for name in sample.key if name != line]
    if household.name in unused.rivals or (within and household.name not in within):
        return YamlLine(
            f"  household: {UNANSWERED}",
            f"the columns that identify the household; {sample.why['household']}",
        )
    sure = line in sample.key or sample.key in ((), (household.name,))
    if not sure:
        return YamlLine(
            f"  household: {UNANSWERED}",
            f"which columns of the key identify the household: {', '.join(sample.key)}?",
        )
    return YamlLine(f"  household: {in_one_line(within or [household.name])}", sample.why["household"])


def _nest_line(unused: UnusedColumns, strata: ColumnContents, psu: ColumnContents) -> Iterator[YamlLine]:
    """Yields the draft's line `nest` (PSU labels start again in each stratum) if most PSU labels occur in
    several strata. If only a few labels do, these may be mistakes, and the user must decide."""
    several, labels = unused.table.shared(strata.name, psu.name)
    if 2 * several > labels:
        yield YamlLine("  nest: true", "tested: the same PSU labels occur in several strata")
    elif several:
        sentence = f"{several} of {labels} PSU labels occur in more than one stratum"
        yield YamlLine(
            f"  nest: {UNANSWERED}",
            f"{sentence}: true if they are different PSUs, false if rows have a wrong stratum",
        )


def module(column: ColumnContents, why: str, named: str) -> tuple[list[YamlLine], Sequence[str]]:
    """Returns two things: the lines of the draft about who answered the module on forced labour, and the
    codes of the persons who answered it. There are no codes if the labels do not show who answered.

    Args:
        column: the column that says who answered.
        why: the reason why this column was chosen.
        named: the text that the draft writes for the column: its name, or `<answer>`.
    """
    by_meaning: dict[str, list[str]] = {}
    for code, label in column.codes.items():
        by_meaning.setdefault(_status_of_label(label) or "other", []).append(code)
    lines = [YamlLine("module:"), YamlLine(f"  column: {named}", why)]
    if "answered" not in by_meaning:
        lines.append(
            YamlLine(
                f"  answered: {UNANSWERED}",
                (
                    "the codes of persons who answered; add refused: and not_asked:; the codes are "
                    f"{meanings(column, column.codes)}"
                ),
            )
        )
        return lines, ()
    kinds = [kind for kind in ("answered", "refused", "not_asked") if kind in by_meaning]
    lines += [code_line(f"  {kind}", column, by_meaning[kind]) for kind in kinds]
    if left := by_meaning.get("other"):
        lines.append(code_line(f"  {UNANSWERED}", column, left, "under answered, refused or not_asked: "))
    return lines, by_meaning["answered"]


def _status_of_label(label: str) -> str | None:
    """Returns the status that the label of a code gives a person in the module on forced labour: `answered`,
    `refused` or `not_asked`. A label with a negation never means `answered`. Returns None if the label is not
    clear, as in *partly completed*."""
    kind = only_kind_of(label, vocabulary().module)
    unclear = kind == "answered" and first_hit(vocabulary().polarity.negation, label)
    return None if unclear or kind == "partly" else kind


def compare_with_module(
    unused: UnusedColumns, weight: ColumnContents, status: ColumnContents, answered: Sequence[str]
) -> None:
    """Compare two numbers of persons: those who have the module's weight, and those who answered the module
    on forced labour. If the numbers differ, the user must say which column is the weight."""
    counted = unused.table.counted([status.name])[status.name]
    if weight.filled != sum(counted.get(code, 0) for code in answered):
        unused.rivals.setdefault(weight.name, [])


def doubt_module(unused: UnusedColumns, status: ColumnContents, answered: Sequence[str]) -> str:
    """Notes that the user must say whether a column is about the module, if most persons with other codes
    have answers too: it may be the result of another interview. Returns this reason; empty if there is no
    doubt."""
    others = [code for code in status.codes if code not in answered]
    questions = [c for c in unused.columns if is_yes_no(c) and (key_of_question(c) or "").startswith("items")]
    given = unused.table.answers(questions, (status.name, others)) if others and questions else {}
    if (
        not given
        or np.mean([(places != BLANK).mean() for places in given.values() if len(places)] or [0]) < 0.5
    ):
        return ""
    unused.rivals.setdefault(status.name, [])
    return (
        "; most persons with its other codes have answers too, so it may be the result of another interview"
    )


def age(unused: UnusedColumns, column: ColumnContents | None, why: str) -> YamlLine:
    if not column:
        return YamlLine(f"age: {{column: {UNANSWERED}}}", "the column of age in completed years")
    beyond = unused.beyond(column, 120)
    missing, odd = (
        [code for code in beyond if code in column.no_answer],
        [code for code in beyond if code not in column.no_answer],
    )
    keys = f", missing: {in_one_line(missing)}" if missing else ""
    keys += f", {UNANSWERED}: {in_one_line(odd)}" if odd else ""
    comments = [why, f"no age: {meanings(column, missing)}" if missing else ""]
    comments += (
        [f"{', '.join(odd)}: under missing if it is a code; a wrong age goes under corrections"]
        if odd
        else []
    )
    return YamlLine(f"age: {{column: {unused.named(column)}{keys}}}", "; ".join(filter(None, comments)))


def year(unused: UnusedColumns, path: Path) -> YamlLine:
    """Returns the draft's line with the year of the survey. The year is taken from a column of years that
    contains a single value, or from the name of the file. If the two differ, or neither gives a year, the
    user must answer."""
    column, why = unused.take("year")
    named = {int(found) for found in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", path.stem)}
    years = (
        {int(column.low), int(column.high)}
        if column and column.low is not None and column.high is not None
        else set[int]()
    )
    (only, *more) = sorted(years | named) or [0]
    if only and not more:
        return YamlLine(f"year: {only}", why if years else "the file's name")
    seen = " or ".join(map(str, sorted(years | named)))
    return YamlLine(f"year: {UNANSWERED}", f"the year of the survey: {seen}?" if seen else "of the survey")
