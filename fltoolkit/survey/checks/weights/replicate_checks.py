"""Checks the replicate weights that survey.yaml names: whether they are replicates of the weight, and whether
all are named. Asks about numbered weights of a file if survey.yaml names none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import narwhals as nw

from fltoolkit.survey.checks.findings import Finding
from fltoolkit.survey.data.fetch_rows import to_sums
from fltoolkit.survey.data.internal_columns import AGE, ASKED, REPLICATE
from fltoolkit.survey.design.replicate_sums import (
    CONSTANT,
    OTHER_COLUMNS,
    ZERO,
    ReplicateSums,
    replicate_sums,
    what_they_are,
)
from fltoolkit.survey.design.survey_design import Survey

COLUMNS = "design.replicates.columns"
LISTED = 12  # columns in one message
FEWEST = 10  # replicates; a shorter series of numbered weights may be those of quarters or of jobs
WEIGHT = re.compile(
    r"w|wt|wgt|wgh|pw|rw|rwt|rwgt|bw|bsw\w*|\w*weight\w*|rep|repw\w*|repl\w*|wrep\w*|brr\w*|boot\w*|jk\w*|fay\w*|pond\w*|poids\w*|peso\w*|fexp\w*"
)


def replicate_findings(survey: Survey) -> list[Finding]:
    """Returns findings about the replicate weights. Errors are only those that are wrong under every method.
    If survey.yaml names none, a warning asks about numbered weights in the files."""
    given = survey.spec.design.replicates
    if given is None:
        return _series_not_named(survey)
    age = nw.col(AGE).fill_null(0.0)
    sums = replicate_sums(survey.frame, given.names, combined=given.combined, asked=nw.col(ASKED), beside=age)
    return [*_impossible(sums, given.combined), *_doubtful(survey, sums), *_not_named(survey, given.names)]


def _impossible(sums: ReplicateSums, combined: bool) -> list[Finding]:
    out = []
    if sums.are_other:
        do = f"say combined: {str(not combined).lower()} there, or name the right weight under design.weight"
        where, count = "design.replicates.combined", len(sums.names)
        out.append(
            Finding("error", "replicates", where, what_they_are(combined), count, do, counted="others")
        )
    for what, wrong in ((ZERO, sums.zero), (CONSTANT, sums.constant)):
        out += _about(wrong, "error", what, OTHER_COLUMNS)
    if len(sums.equal) == len(sums.names):
        what = "every replicate weight is the weight itself, or a multiple of it: the variance would be zero"
        out.append(
            Finding("error", "replicates", COLUMNS, what, len(sums.names), OTHER_COLUMNS, counted="others")
        )
    return out


def _doubtful(survey: Survey, sums: ReplicateSums) -> list[Finding]:
    """Returns warnings about replicate weights that some methods allow: equal to the weight, twice the same,
    or with a sum that is far from that of the weight. In the method of successive differences one replicate
    may equal the weight, and others may repeat."""
    given, out = survey.spec.design.replicates, []
    differences, equal = given is not None and given.method == "successive_difference", sums.equal
    if len(equal) > differences and len(equal) < len(sums.names):
        do = (
            "check that each column is a replicate; only a jackknife that the producer filled up to a "
            "fixed number of replicates has "
            "such columns (say mse: true then)"
        )
        out += _about(
            equal,
            "warning",
            "replicate weights that equal the weight, or a multiple of it: they add no variance",
            do,
        )
    if not differences and not sums.zero:
        do = "name each replicate once; with few PSUs, two replicates of a bootstrap can be equal by chance"
        out += _about(
            _twice(survey, sums),
            "warning",
            "replicate weights that are the same as another one for everybody",
            do,
        )
    if not sums.are_other and (
        far := [name for name in sums.far if name not in (*sums.zero, *sums.constant)]
    ):
        do = "check that they are replicates of design.weight, on the same scale"
        what = (
            "replicate weights with a sum that is less than 0.4 times or more than 2.5 times that of "
            "the weight"
        )
        out += _about(far, "warning", what, do)
    return out


def _twice(survey: Survey, sums: ReplicateSums) -> list[str]:
    """Returns the replicates that are, for each person asked, the same as an earlier one. Those that equal
    the weight have a finding of their own."""
    pairs = [(a, b) for a, b in sums.alike if sums.names[a] not in sums.equal]
    if not pairs:
        return []
    apart = [
        nw.when(nw.col(ASKED))
        .then((nw.col(f"{REPLICATE}{a}") - nw.col(f"{REPLICATE}{b}")).abs())
        .otherwise(0.0)
        for a, b in pairs
    ]
    found = to_sums(survey.frame, apart, survey.path)
    return [
        f"{sums.names[max(pair)]} (as {sums.names[min(pair)]})"
        for pair, sum_ in zip(pairs, found, strict=True)
        if sum_ == 0
    ]


def _not_named(survey: Survey, named: Sequence[str]) -> list[Finding]:
    """Returns a warning if a file has numbered columns that continue the numbers of the replicates, or fill a
    gap between them, and that survey.yaml does not use."""
    numbers: dict[tuple[str, str], set[int]] = {}
    for stem, number in filter(None, map(_numbered, named)):
        numbers.setdefault(stem, set()).add(number)
    left = [
        name
        for stem, others in _free_series(survey).items()
        if stem in numbers
        for name in _continuing(numbers[stem], others)
    ]
    what = (
        "numbered columns that continue those of the replicates, and are not named: without some "
        "replicates the variance is wrong"
    )
    return _about(
        left,
        "warning",
        what,
        f"name all replicates of the file under {COLUMNS}, unless these are no replicates",
    )


def _series_not_named(survey: Survey) -> list[Finding]:
    """Returns a warning if a file has a series of numbered columns whose name is that of a weight, and that
    survey.yaml does not use. They may be replicate weights: without them, the standard errors would be those
    of a simpler design."""
    weight = survey.spec.design.weight
    found = [
        [others[number] for number in sorted(others)]
        for (before, _), others in _free_series(survey).items()
        if len(others) >= FEWEST
        and (before.startswith(weight) or any(map(WEIGHT.fullmatch, re.findall("[a-z]+", before.lower()))))
    ]
    what = (
        "numbered columns that look like replicate weights, and survey.yaml does not name them: the "
        "standard errors may be wrong"
    )
    do = "name them under design.replicates, with their method"
    return [
        replace(finding, acceptable=True) for names in found for finding in _about(names, "warning", what, do)
    ]


def _free_series(survey: Survey) -> dict[tuple[str, str], dict[int, str]]:
    """Returns the numbered columns of the files that survey.yaml does not use, by the texts around their
    number and by number."""
    used = {*survey.spec.person_columns(), *survey.spec.files.person.key}
    free: dict[tuple[str, str], dict[int, str]] = {}
    for name in (name for names in survey.columns_of_files.values() for name in names if name not in used):
        if found := _numbered(name):
            free.setdefault(found[0], {})[found[1]] = name
    return free


def _numbered(name: str) -> tuple[tuple[str, str], int] | None:
    """Returns a numbered name as the texts before and after its number, and the number. None: the name has no
    number."""
    found = re.fullmatch(r"(.*?)0*([1-9]\d*)(\D*)", name)
    return None if found is None else ((found[1], found[3]), int(found[2]))


def _continuing(named: set[int], others: Mapping[int, str]) -> list[str]:
    """Returns those of the other columns whose number is between the named numbers, or follows them without a
    gap."""
    last = max(named)
    while last + 1 in others:
        last += 1
    return [others[number] for number in sorted(others) if min(named) < number <= last]


def _about(names: Sequence[str], severity: str, what: str, do: str) -> list[Finding]:
    """Returns one finding about some columns. The list is empty if there are no columns."""
    if not names:
        return []
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    sentence = f"{what}: {', '.join(names[:LISTED])}{more}"
    return [Finding(severity, "replicates", COLUMNS, sentence, len(names), do, counted="others")]
