"""Rules on the sample design: persons without a PSU or stratum, a missing column of PSUs, labels of PSUs and
strata, and the finite population correction (FPC)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw

from fltoolkit.survey.checks.rules.rule import CheckRule
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.engine.columns import (
    ASKED,
    FPC,
    FPC2,
    HOUSEHOLD,
    PART,
    PSU,
    ROUNDED,
    SEPARATOR,
    SOURCE,
    SSU,
    STRATA,
    WEIGHT,
)
from fltoolkit.survey.engine.engines import count_distinct, rows_of, to_rows
from fltoolkit.survey.printed_values import Mask

FEWEST_PER_PSU = 1.5  # persons of the population in a PSU that is no person
FEWEST_PSUS = 10  # with fewer, it may be chance that each has one person
MOST_IN_HOUSEHOLD = 30
MISSING = {
    "null",
    "na",
    "n/a",
    "#n/a",
    "#na",
    "nan",
    "none",
    "missing",
    "?",
    "#null!",
    "#ref!",
    "#value!",
}


def design_rules(survey: Survey, mask: Mask) -> Iterator[CheckRule]:
    """Yields the rules on units, strata and their labels."""
    design = survey.spec.design
    units = [design.psu or "", *(design.second_stage if design.certainty else ())]
    yield CheckRule("no_psu", ", ".join(units), nw.col(PSU).is_null())
    yield CheckRule("no_strata", ", ".join(design.strata), nw.col(STRATA).is_null())
    key = survey.spec.files.person.key
    for name in dict.fromkeys((*key, *design.household, *design.strata, design.psu, design.ssu)):
        if name:
            yield CheckRule("rounded_codes", name, nw.col(SOURCE + name).str.contains(ROUNDED))
    direct = not survey.clustered and not survey.replication
    if direct and design.selection == "pps":
        yield CheckRule("pps_without_psu", "psu", count=0, when=lambda _: True)
    if design.certainty and not design.ssu:
        kind = "households_assumed" if design.household else "persons_assumed"
        yield CheckRule(kind, ", ".join(design.household) or "ssu", count="")
    elif direct and design.selection != "pps" and design.household:
        at_home = survey.frame.filter(nw.col(ASKED) & ~nw.col(HOUSEHOLD).is_null())
        shared = rows_of(at_home) - count_distinct(at_home, [HOUSEHOLD, PART])
        yield CheckRule("persons_drawn", "psu", count=shared, values={"household": design.household[0]})
    yield from _household_rules(survey)
    if survey.clustered:
        yield from _label_rules(survey, mask)
    if survey.stages:
        yield from _fpc_rules(survey, mask)


@dataclass(frozen=True)
class _Group:
    """A stratum or PSU: its persons, the number of units drawn in it, and its FPC."""

    label: str
    persons: int
    units: int
    fpc: float


def _fpc_rules(survey: Survey, mask: Mask) -> Iterator[CheckRule]:
    """Yields the strata whose units were all drawn according to the FPC, an FPC with which no estimate has a
    variance, and counts that may be percentages: the same in all strata, although the samples differ."""
    where, strata = ", ".join(survey.spec.design.fpc), _groups(survey, STRATA, PSU, FPC)
    taken = _all_drawn(strata)
    within = _groups(survey, PSU, SSU, FPC2) if survey.stages == 2 and len(taken) == len(strata) else []
    if strata and len(taken) == len(strata) and len(_all_drawn(within)) == len(within):
        yield CheckRule("fpc_no_variance", where, count=len(strata))
    elif taken:
        labels = mask.printed({group.label: group.persons for group in taken}, len(strata))
        yield CheckRule("fpc_takes_all", where, count=len(taken), values={"labels": labels})
    yield from _persons_as_psus(survey, strata)
    counts = {group.fpc for group in strata}
    if len(strata) > 2 and len(counts) == 1 < len({group.units for group in strata}):
        (count,) = counts
        if 1 < count <= 100:
            yield CheckRule("fpc_same", where, count=len(strata), values={"count": f"{count:g}"})


def _persons_as_psus(survey: Survey, strata: Sequence[_Group]) -> Iterator[CheckRule]:
    """Yields a rule if the FPC is about the number of persons in a stratum, by their weights, although a PSU
    of the sample has several."""
    if not (survey.clustered and survey.grosses_up and any(group.persons > group.units for group in strata)):
        return
    added = nw.when(nw.col(WEIGHT).is_finite()).then(nw.col(WEIGHT)).otherwise(0.0)
    sums = survey.frame.select(nw.col(STRATA), added.alias("added")).group_by(STRATA)
    weights = dict(to_rows(sums.agg(nw.col("added").sum()), survey.path))
    small = [g for g in strata if g.fpc > 1 and g.fpc * FEWEST_PER_PSU > weights.get(g.label, math.inf)]
    if small:
        yield CheckRule("fpc_is_persons", ", ".join(survey.spec.design.fpc), count=len(small))


def _groups(survey: Survey, by: str, unit: str, fpc: str) -> list[_Group]:
    """Returns the strata with their PSUs, or the PSUs with the units drawn within them."""
    persons, units = nw.col("persons"), nw.len().alias("units")
    drawn = survey.frame.group_by(by, unit).agg(nw.len().alias("persons"), nw.col(fpc).max())
    groups = drawn.group_by(by).agg(persons.sum(), units, nw.col(fpc).max())
    rows = to_rows(groups.filter(~nw.col(by).is_null() & ~nw.col(fpc).is_null()), survey.path)
    return [_Group(str(label), *numbers) for label, *numbers in rows]


def _all_drawn(groups: Sequence[_Group]) -> list[_Group]:
    """Returns the groups in which all units of the population were drawn. If every FPC is at most 1, all are
    sampling fractions."""
    fractions = all(group.fpc <= 1 for group in groups)
    return [group for group in groups if group.fpc == (1 if fractions else group.units)]


def _label_rules(survey: Survey, mask: Mask) -> Iterator[CheckRule]:
    """Yields the rules on the labels of PSUs and strata: PSU labels in more than one stratum, strata with a
    single PSU, PSUs of one person each, labels that look like a missing value, and labels that differ only in
    case, blanks or leading zeros."""
    design = survey.spec.design
    pairs = survey.frame.group_by(STRATA, PSU).agg(nw.len().alias("persons"))
    strata: dict[object, list[int]] = {}
    psus: dict[object, list[int]] = {}
    for stratum, psu, persons in to_rows(pairs, survey.path):
        if stratum is not None and psu is not None:
            strata.setdefault(stratum, []).append(persons)
            psus.setdefault(psu, []).append(persons)
    in_two = {str(label): sum(parts) for label, parts in psus.items() if len(parts) > 1}
    single = {str(label): sum(parts) for label, parts in strata.items() if len(parts) == 1}
    fails = "_fails" if design.single_psu == "fail" else ""
    for kind, where, found, labels in (
        ("psu_in_two_strata", design.psu or "", in_two, psus),
        (f"single_psu{fails}", ", ".join(design.strata) or "design", single, strata),
    ):
        if found:
            printed = {"labels": mask.printed(found, len(labels))}
            yield CheckRule(kind, where, count=len(found), values=printed)
    if len(psus) >= FEWEST_PSUS and all(parts == [1] for parts in psus.values()):
        yield CheckRule("psu_is_person", design.psu or "", count=len(psus))
    for where, labels, nested in (
        (design.psu or "", psus, True),
        (", ".join(design.strata), strata, False),
    ):
        persons = {str(label): sum(parts) for label, parts in labels.items()}
        columns = {label: label.replace("//", "/").split(SEPARATOR) for label in persons}
        own = {label: parts[-1:] if nested else parts for label, parts in columns.items()}
        missing = {label: n for label, n in persons.items() if MISSING.intersection(map(_plain, own[label]))}
        alike = {label: persons[label] for label in _alike(columns)}
        for kind, found in (("label_of_missing", missing), ("labels_alike", alike)):
            if found:
                printed = {"labels": mask.printed(found, len(labels))}
                yield CheckRule(kind, where, count=len(found), values=printed)


def _plain(label: str) -> str:
    """Returns a label without capitals, blanks and leading zeros, which can differ by mistake."""
    return "".join(label.split()).casefold().lstrip("0") or "0"


def _alike(parts: Mapping[str, Sequence[str]]) -> list[str]:
    """Returns the labels that are those of another unit but for case, blanks and leading zeros. `parts` has
    the labels of the columns of which each label is made."""
    same: dict[tuple[str, ...], list[str]] = {}
    for label, columns in parts.items():
        same.setdefault(tuple(map(_plain, columns)), []).append(label)
    return [label for labels in same.values() if len(labels) > 1 for label in labels]


def _household_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields a note if the same household labels are in several PSUs. Then each PSU has its own households. A
    warning is given if the whole file is one household."""
    named = survey.spec.design.household
    if not named:
        return
    labels = [nw.col(SOURCE + name) for name in named]
    known = survey.frame.filter(~nw.any_horizontal(*[c.is_null() for c in labels], ignore_nulls=False))
    raw = count_distinct(known, [SOURCE + name for name in named])
    if raw == 1 and rows_of(known) > MOST_IN_HOUSEHOLD:
        yield CheckRule("one_household", ", ".join(named), count=rows_of(known))
    nested = count_distinct(survey.frame.filter(~nw.col(HOUSEHOLD).is_null()), [HOUSEHOLD])
    if nested > raw:
        yield CheckRule("households_by_psu", ", ".join(named), count="")


def sees_all_errors_of_design(survey: Survey) -> bool:
    """Returns whether `check` finds every error of the sample design that would stop an estimate. For some
    designs it does not, and only a trial estimate shows all errors. These designs have an FPC, second-stage
    units, certain PSUs, replicate weights, normalised weights, no PSUs, a calibration, or conditions
    (`where`) of the default population."""
    design, populations = survey.spec.design, survey.spec.populations
    default = survey.spec.default_population
    parts = [populations[name] for name in populations[default].sum_of or (default,)]
    simple = (
        survey.clustered
        and survey.grosses_up
        and not (survey.stages or survey.replication or design.ssu or design.certainty)
    )
    return simple and survey.spec.calibration is None and not any(part.where for part in parts)
