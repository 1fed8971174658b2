"""Finds weights that cannot be weights of these persons, and numbers that are not numbers of what they are
said to be."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from statistics import median

import narwhals as nw

from fltoolkit.survey.checks.rules.rule import CheckRule
from fltoolkit.survey.classifications.answer_labels import normalised
from fltoolkit.survey.design.survey_design import FEW_BELOW_ONE, Survey, scale_sums, weight_of
from fltoolkit.survey.engine.columns import AGE, ASKED, CHILD, FACTOR, NUMBER_OF, SOURCE, STRATA, WEIGHT
from fltoolkit.survey.engine.engines import to_rows, to_sums
from fltoolkit.survey.printed_values import Mask, rounded_sum
from fltoolkit.survey.spec.groups_and_tables import Group
from fltoolkit.survey.spec.survey_spec import SurveySpec

# A part of the persons, such as those who answered, has a mean of normalised weights that is not exactly 1.
MEAN_OF_NORMALISED = (0.5, 2.0)
TIMES = 5.0  # the mean weight: a stratum with the same weight for everybody is seldom so far from it
SHARE = 0.05  # of the sum of the weights: with less, no rate changes by more than a twentieth
FAR_FROM_OFFICIAL = 0.2  # of the official total
FAR_STRATUM = 30.0  # times the median of the mean weights of strata; oversampling seldom goes so far
FEWEST_STRATA, FEWEST = 3, 5  # strata, and persons of a stratum
PERSONS, CARRIED = "fl__persons", "fl__carried"
FEWEST_VALUES = 5  # values; with fewer, a pattern is chance
FEWEST_ALIKE = 100  # persons of one age
SMALL_MEAN = 20  # of weights with exactly three decimals: a person of a sample stands for more persons
OLD, CODES = (90, 97), (98, 99)  # ages, and codes that look like ages
THREE_DIGITS, WHOLE = r"^\d{1,3}\.\d{3}$", r"^\d+$"
BIRTH = {
    *("birth", "born", "yob", "dob", "naissance", "naiss", "nacimiento", "nacim", "nascimento"),
    *("birthyear", "yearofbirth", "annaiss", "anonac"),
}


def weight_columns(spec: SurveySpec) -> dict[str, str]:
    """Returns the weights of all populations and that of the design, as {column of the data: internal weight
    column}. Populations can share a weight."""
    populations = {name: p for name, p in spec.populations.items() if not p.sum_of}
    own = {p.weight or spec.design.weight: weight_of(name) for name, p in populations.items()}
    return own if spec.design.weight in own else {**own, spec.design.weight: WEIGHT}


def weight_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields the rules on the values of each weight."""
    spec = survey.spec
    for name, inside in weight_columns(spec).items():
        text, weight = nw.col(SOURCE + name), nw.col(inside)
        own = (p for p, v in spec.populations.items() if not v.sum_of)
        sides = {
            spec.of_children(p) for p in own if (spec.populations[p].weight or spec.design.weight) == name
        }
        both = nw.lit(len(sides) > 1)
        side = both if len(sides) != 1 else nw.col(CHILD) if True in sides else ~nw.col(CHILD)
        asked = nw.col(ASKED) & side
        yield CheckRule("weight_text", name, weight.is_null() & ~text.is_null(), printed=name)
        yield CheckRule("weight_bad", name, (weight < 0) | ~weight.is_finite())
        yield CheckRule("weight_blank", name, text.is_null() & asked)
        yield CheckRule("weight_zero", name, (weight == 0) & asked)
        yield CheckRule("weight_none", name, weight > 0, when=lambda persons: not persons)


def weight_sum_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields the rules on sums of weights. There are none if survey.yaml says that the weights are
    normalised, and only those on populations if it calibrates them."""
    if not survey.grosses_up:
        return
    spec = survey.spec
    for name, inside in () if spec.calibration else weight_columns(spec).items():
        there, *sums = scale_sums(nw.col(inside) / nw.col(FACTOR))
        for kind, is_so in _scales(bool(spec.design.psu or spec.design.replicates)).items():
            yield CheckRule(kind, name, there, sums=tuple(sums), when=is_so)
    yield from _population_rules(survey)


def stratum_weight_rules(survey: Survey, mask: Mask) -> Iterator[CheckRule]:
    """Yields a rule on strata whose mean weight is far from that of the others, which may be in another unit.
    A stratum in which every weight is 1 was not sampled, so its weights may be."""
    names = weight_columns(survey.spec) if survey.spec.design.strata else {}
    for name, inside in names.items():
        weight = nw.col(inside) / nw.col(FACTOR)
        there = survey.frame.filter(nw.col(ASKED) & (weight.is_finite() & (weight > 0)).fill_null(False))
        strata = (
            there.select(nw.col(STRATA), weight.alias(CARRIED))
            .group_by(STRATA)
            .agg(nw.len().alias(PERSONS), nw.col(CARRIED).mean(), nw.col(CARRIED).max().alias("fl__most"))
        )
        rows = [row for row in to_rows(strata, survey.path) if row[1] >= FEWEST]
        if len(rows) < FEWEST_STRATA:
            continue
        middle = median(mean for _, _, mean, _ in rows)
        far = {
            str(label): persons
            for label, persons, mean, most in rows
            if not 1 / FAR_STRATUM < mean / middle < FAR_STRATUM and not mean == most == 1
        }
        if far:
            values = {"labels": mask.printed(far, len(rows)), "times": f"{FAR_STRATUM:g}"}
            yield CheckRule("weights_of_stratum", name, count=len(far), values=values)


def dominant_weight_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields a rule for each value of a weight that is at least five times the mean weight and carries at
    least 5% of the sum of the weights, over the persons who answered the module."""
    for name, inside in weight_columns(survey.spec).items():
        weight = nw.col(inside) / nw.col(FACTOR)
        there = nw.col(ASKED) & (weight.is_finite() & (weight > 0)).fill_null(False)
        sums = [there, nw.when(there).then(weight).otherwise(0.0)]
        persons, added = map(float, to_sums(survey.frame, sums, survey.path))
        if not persons:
            continue
        large = survey.frame.filter(there).select(weight.alias(CARRIED))
        values = (
            large.filter(nw.col(CARRIED) >= TIMES * added / persons)
            .group_by(CARRIED)
            .agg(nw.len().alias(PERSONS))
            .filter(nw.col(CARRIED) * nw.col(PERSONS) >= SHARE * added)
        )
        for value, holders in sorted(to_rows(values, survey.path), reverse=True):
            kind = "weight_dominates" if holders == 1 else "weight_value_dominates"
            share = {"share": round(100 * value * holders / added)}
            yield CheckRule(kind, name, there & (weight == value), int(holders), values=share, printed=name)


def number_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields the rules on columns of numbers."""
    spec, weights = survey.spec, weight_columns(survey.spec)
    for name in dict.fromkeys((*weights, *(of.column for of in spec.numbers.values()))):
        yield from _thousands(name, is_weight=name in weights)
    for name in weights:
        yield from _other_columns(survey, name)
    yield from _age_rules(survey)


def _scales(drawn: bool) -> dict[str, Callable[[float, float, float, float], bool]]:
    """Returns, for each kind of finding about the scale of a weight, when there is one. It is told by the
    number of persons, the sum of their weights, how many weights are below 1, and how many are not 1.

    A mean far below 1 is that of shares, or of weights in thousands. A mean of about 1 is that of normalised
    weights. If every weight is 1, the data may be a census, in which nobody was drawn. `drawn` says whether
    survey.yaml names sampling units or replicate weights, which a census does not have.
    """
    low, high = MEAN_OF_NORMALISED

    def about_one(n: float, added: float) -> bool:
        return bool(n) and low <= added / n <= high

    def below_one(n: float, below: float) -> bool:
        return below > FEW_BELOW_ONE * n

    return {
        "weights_too_small": lambda n, added, *_: bool(n) and added / n < low,
        "weights_normalised": lambda n, added, below, other: (
            about_one(n, added) and (below_one(n, below) or (not other and drawn))
        ),
        "weights_one": lambda n, added, below, other: (
            about_one(n, added) and not (below_one(n, below) or other or drawn)
        ),
    }


def _population_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields, for each population, rules that compare two sums: the population's own weights, over persons
    who answered the module on forced labour, and the weights of the design, over all persons of the same
    ages."""
    spec, age = survey.spec, nw.col(AGE)
    for name, population in spec.populations.items():
        if population.sum_of or population.where:
            continue
        eligible = (age >= (population.age.min or 0)) & (age <= (population.age.max or spec.age.max))
        sums = [
            nw.when(who & nw.col(weight).is_finite()).then(nw.col(weight)).otherwise(0.0)
            for weight, who in ((weight_of(name), eligible & nw.col(ASKED)), (WEIGHT, eligible))
        ]
        where = population.weight or spec.design.weight
        yield CheckRule(
            "weights_infinite", where, count=0, sums=tuple(sums), when=_is_infinite, values={"name": name}
        )
        if population.population:
            yield CheckRule(
                "weights_far_from_population",
                where,
                count=0,
                sums=tuple(sums),
                when=_is_far_from(population.population),
                values=_rounded_sums(name, population.population),
            )
        yield CheckRule(
            "weights_differ", where, count=0, sums=tuple(sums), when=_differ, values=_rounded_sums(name)
        )


def _is_infinite(_: object, answered: float, whole: float) -> bool:
    return math.isinf(answered) or math.isinf(whole)


def _differ(_: object, answered: float, whole: float) -> bool:
    finite = not _is_infinite(_, answered, whole)
    return finite and whole > 0 and answered > 0 and not 0.5 < answered / whole < 2


def _is_far_from(official: float) -> Callable[[object, float, float], bool]:
    return lambda _, answered, whole: abs(answered - official) > FAR_FROM_OFFICIAL * official


def _rounded_sums(name: str, official: float = 0.0) -> Callable[..., Mapping[str, object]]:
    """Returns a function that gives two sums of weights as they may be printed."""
    return lambda _, answered, whole: {
        "name": name,
        "official": official,
        "answered": rounded_sum(answered),
        "whole": rounded_sum(whole),
    }


def _thousands(name: str, *, is_weight: bool) -> Iterator[CheckRule]:
    """Yields the rules on a point that separates thousands. If whole numbers stand beside numbers with a
    point and exactly three digits, the point is no decimal point. If all numbers of a weight are so written,
    this is only likely if they are small."""
    text, value = nw.col(SOURCE + name), nw.col(NUMBER_OF + name)
    pointed, three, whole = (text.str.contains(form) for form in (r"\.", THREE_DIGITS, WHOLE))
    sums = (three.fill_null(False), whole.fill_null(False))

    def beside_whole(pointed: int, three: int, whole: int) -> bool:
        return pointed >= FEWEST_VALUES and three == pointed and whole > 0

    yield CheckRule("thousands_beside_whole", name, pointed, sums=sums, when=beside_whole)
    if is_weight:
        added = nw.when(three).then(value).otherwise(0.0)

        def all_small(pointed: int, three: int, whole: int, added: float) -> bool:
            return (
                pointed >= FEWEST_VALUES and three == pointed and not whole and 2 < added / three < SMALL_MEAN
            )

        yield CheckRule("thousands_of_all", name, pointed, sums=(*sums, added), when=all_small)


def _other_columns(survey: Survey, weight: str) -> Iterator[CheckRule]:
    """Yields a rule for each column of another meaning, such as the age, that has the same value as the weight
    for every person, although the weight differs between persons; or that is itself named as the weight."""
    spec, design = survey.spec, survey.spec.design
    groups = [c for g in spec.groups.values() if isinstance(g, Group) for c in g.column]
    named = (
        spec.age.column,
        *spec.files.person.key,
        *design.household,
        *design.strata,
        design.psu,
        design.ssu,
    )
    modules = [of.column for of in (spec.module, spec.children and spec.children.module) if of]
    value, there = nw.col(NUMBER_OF + weight), ~nw.col(NUMBER_OF + weight).is_null()
    squares = nw.when(there).then(value * value).otherwise(0.0)
    sums = (there, nw.when(there).then(value).otherwise(0.0), squares)

    def everywhere(same: int, persons: int, added: float, squares: float) -> bool:
        differs = persons * squares - added * added > 1e-9 * added * added
        return persons >= FEWEST_VALUES and same == persons and differs

    for other in dict.fromkeys((*named, *groups, *modules)):
        if other:
            number = nw.col(SOURCE + other).cast(nw.String) == nw.col(SOURCE + weight)
            values = {"other": other}
            yield CheckRule(
                "weight_is_other_column", weight, number, sums=sums, when=everywhere, values=values
            )


def _age_rules(survey: Survey) -> Iterator[CheckRule]:
    age, name = nw.col(AGE), survey.spec.age.column
    known = ~age.is_null()
    old = ((age >= OLD[0]) & (age <= OLD[1])).fill_null(False)
    yield CheckRule(
        "ages_are_codes",
        name,
        age.is_in(CODES),
        sums=(old,),
        when=lambda n, old: n >= FEWEST_VALUES and n > old,
    )
    of_age = [nw.when(known).then(value).otherwise(0.0) for value in (age, age * age)]
    yield CheckRule(
        "age_constant",
        name,
        known,
        sums=tuple(of_age),
        when=lambda n, added, squares: n >= FEWEST_ALIKE and n * squares - added * added < 0.5,
    )
    words = normalised(name).split()
    if BIRTH.intersection((*words, "".join(words))):
        yield CheckRule("age_is_birth", name, count="")
