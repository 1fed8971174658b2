"""Rules on the replicate weights that survey.yaml names: whether they are replicates of the weight, and
whether all are named. A further rule asks about numbered weights of a file if survey.yaml names none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import narwhals as nw

from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.checks.item_nonresponse import said_yes_to_an_item
from fltoolkit.survey.checks.rules.rule import WORDS, CheckRule
from fltoolkit.survey.design.replicate_fit import ReplicateSums, replicate_fit, replicate_sums, se_over_taylor
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.engine.columns import AGE, ASKED, REPLICATE, SOURCE
from fltoolkit.survey.engine.engines import to_sums
from fltoolkit.survey.spec.files_and_design import ReplicatesSpec

COLUMNS, METHOD = "design.replicates.columns", "design.replicates.method"
ALIKE = (0.5, 2.0)  # a calibration, and chance in few replicates, stay within these limits
LISTED = 12  # columns in one message
FEWEST = 10  # replicates; a shorter series of numbered weights may be those of quarters or of jobs
WEIGHT_NAME = re.compile(
    r"w|wt|wgt|wgh|pw|rw|rwt|rwgt|bw|bsw\w*|\w*weight\w*|rep|repw\w*|repl\w*|wrep\w*|brr\w*|boot\w*|jk\w*|fay\w*|pond\w*|poids\w*|peso\w*|fexp\w*"
)


def replicate_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields the rules on replicate weights. Errors are those that are wrong under every method, and a
    pattern that is not that of the stated method."""
    given = survey.spec.design.replicates
    if given is None:
        for names in _series_not_named(survey):
            yield from _about("replicates_not_named", names)
        return
    age = nw.col(AGE).fill_null(0.0)
    sums = replicate_sums(survey.frame, given.names, combined=given.combined, asked=nw.col(ASKED), beside=age)
    found = list(_column_rules(survey, sums, given))
    yield from found
    if given.df and given.df > len(given.names):
        facts = {"df": given.df, "replicates": len(given.names)}
        yield CheckRule("replicates_df", "design.replicates.df", count="", values=facts)
    damaged = sums.are_other or sums.zero or sums.constant or sums.far or len(sums.equal) == len(sums.names)
    if survey.replication is None or damaged:
        return
    method, factor = given.replicate_method, survey.replication.factor
    fit = replicate_fit(survey.frame, sums, method, factor, nw.col(ASKED))
    clean = fit is None and method.name not in ("bootstrap", "other")
    if fit and fit.kind != "replicates_without_pattern":
        yield CheckRule(fit.kind, METHOD, count=len(sums.names), values=fit.values)
    elif not clean and (times := _se_over_taylor(survey)) is not None:
        low, high = ALIKE
        kind = "replicates_like_taylor" if low <= times <= high else "replicates_unlike_taylor"
        values = {"method": method.name, "times": float(f"{times:.2g}")}
        yield CheckRule(kind, METHOD, count=len(sums.names), values=values)
    elif fit and not found:
        yield CheckRule(fit.kind, METHOD, count=len(sums.names), values=fit.values)


def _se_over_taylor(survey: Survey) -> float | None:
    """Returns how the standard errors of the replicates and of the PSUs compare, for the share of persons with
    *yes* to a question of an item. Of what is known before persons are classified, it is nearest to the
    headline. It is also rare, so a calibration changes its standard error little. None: survey.yaml names no
    PSUs beside the replicates, or there is nothing to compare."""
    design, yes = survey.spec.design, said_yes_to_an_item(survey)
    if survey.replication is None or not design.psu or yes is None:
        return None
    strata, psu = [SOURCE + column for column in design.strata], SOURCE + design.psu
    return se_over_taylor(
        survey.frame, survey.replication, strata=strata, psu=psu, asked=nw.col(ASKED), yes=yes
    )


def _column_rules(survey: Survey, sums: ReplicateSums, given: ReplicatesSpec) -> Iterator[CheckRule]:
    """Yields the rules on single columns of replicate weights."""
    if sums.are_other:
        kind = "replicates_are_factors" if given.combined else "replicates_are_weights"
        yield CheckRule(kind, "design.replicates.combined", count=len(sums.names))
    yield from _about("replicates_zero", sums.zero)
    yield from _about("replicates_constant", sums.constant)
    if len(sums.equal) == len(sums.names):
        yield CheckRule("replicates_all_equal", COLUMNS, count=len(sums.names))
    # In the method of successive differences one replicate may equal the weight, and others may repeat.
    differences = given.method == "successive_difference"
    if differences < len(sums.equal) < len(sums.names):
        yield from _about("replicates_equal", sums.equal)
    if not differences and not sums.zero:
        yield from _about("replicates_twice", _twice(survey, sums))
    if not sums.are_other:
        far = [name for name in sums.far if name not in (*sums.zero, *sums.constant)]
        yield from _about("replicates_far", far)
    if sums.negative:
        yield CheckRule("replicates_negative", COLUMNS, count=int(sums.negative))
    yield from _about("replicates_continue", _not_named(survey, given.names))


def _about(kind: str, names: Sequence[str | Reason]) -> Iterator[CheckRule]:
    if names:
        columns: object = tuple(names[:LISTED])
        if len(names) > LISTED:
            columns = Reason.of(f"{WORDS}and_more", columns=columns, N=len(names) - LISTED)
        yield CheckRule(kind, COLUMNS, count=len(names), values={"columns": columns})


def _twice(survey: Survey, sums: ReplicateSums) -> list[Reason]:
    """Returns the replicates that are, for each person asked, the same as an earlier one. Those that equal
    the weight have a finding of their own."""
    pairs = [(a, b) for a, b in sums.alike if sums.names[a] not in sums.equal]
    if not pairs:
        return []
    columns = [(nw.col(f"{REPLICATE}{a}"), nw.col(f"{REPLICATE}{b}")) for a, b in pairs]
    apart = [nw.when(nw.col(ASKED)).then((a - b).abs()).otherwise(0.0) for a, b in columns]
    found = zip(pairs, to_sums(survey.frame, apart, survey.path), strict=True)
    twice = [(sums.names[max(pair)], sums.names[min(pair)]) for pair, sum_ in found if sum_ == 0]
    return [Reason.of(f"{WORDS}same_as", column=column, other=other) for column, other in twice]


def _not_named(survey: Survey, named: Sequence[str]) -> list[str]:
    """Returns the numbered columns of the files that continue the numbers of the replicates, or fill a gap
    between them, and that survey.yaml does not use."""
    numbers: dict[tuple[str, str], set[int]] = {}
    for stem, number in filter(None, map(_numbered, named)):
        numbers.setdefault(stem, set()).add(number)
    free = _free_series(survey)
    return [name for stem in free if stem in numbers for name in _continuing(numbers[stem], free[stem])]


def _series_not_named(survey: Survey) -> Iterator[list[str]]:
    """Yields each series of numbered columns whose name is that of a weight, and that survey.yaml does not
    use. They may be replicate weights: without them, the standard errors would be those of a simpler
    design."""
    weight = survey.spec.design.weight
    for (before, _), others in _free_series(survey).items():
        words = re.findall("[a-z]+", before.lower())
        if len(others) >= FEWEST and (before.startswith(weight) or any(map(WEIGHT_NAME.fullmatch, words))):
            yield [others[number] for number in sorted(others)]


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
