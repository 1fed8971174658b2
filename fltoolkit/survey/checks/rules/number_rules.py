"""Rules on numbers that are probably something else: points that mean thousands, codes among ages, a year of
birth in place of an age, a weight that is another column."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw

from fltoolkit.survey.checks.rules.rule import CheckRule
from fltoolkit.survey.checks.rules.weight_rules import weight_columns
from fltoolkit.survey.classifications.answer_labels import normalised
from fltoolkit.survey.data.internal_columns import AGE, NUMBER_OF, SOURCE
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.spec.groups import Group

FEWEST = 5  # values; with fewer, a pattern is chance
FEWEST_ALIKE = 100  # persons of one age
SMALL_MEAN = 20  # of weights with exactly three decimals: a person of a sample stands for more persons
OLD, CODES = (90, 97), (98, 99)  # ages, and codes that look like ages
THREE_DIGITS, WHOLE = r"^\d{1,3}\.\d{3}$", r"^\d+$"
BIRTH = {
    *("birth", "born", "yob", "dob", "naissance", "naiss", "nacimiento", "nacim", "nascimento"),
    *("birthyear", "yearofbirth", "annaiss", "anonac"),
}


def number_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields the rules on columns of numbers."""
    spec, weights = survey.spec, weight_columns(survey.spec)
    for name in dict.fromkeys((*weights, *(of.column for of in spec.numbers.values()))):
        yield from _thousands(name, is_weight=name in weights)
    for name in weights:
        yield from _other_columns(survey, name)
    yield from _age_rules(survey)


def _thousands(name: str, *, is_weight: bool) -> Iterator[CheckRule]:
    """Yields the rules on a point that separates thousands. If whole numbers stand beside numbers with a
    point and exactly three digits, the point is no decimal point. If all numbers of a weight are so written,
    this is only likely if they are small."""
    text, value = nw.col(SOURCE + name), nw.col(NUMBER_OF + name)
    pointed, three, whole = (text.str.contains(form) for form in (r"\.", THREE_DIGITS, WHOLE))
    sums = (three.fill_null(False), whole.fill_null(False))

    def beside_whole(pointed: int, three: int, whole: int) -> bool:
        return pointed >= FEWEST and three == pointed and whole > 0

    yield CheckRule("thousands_beside_whole", name, pointed, sums=sums, when=beside_whole)
    if is_weight:
        added = nw.when(three).then(value).otherwise(0.0)

        def all_small(pointed: int, three: int, whole: int, added: float) -> bool:
            return pointed >= FEWEST and three == pointed and not whole and 2 < added / three < SMALL_MEAN

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
        return persons >= FEWEST and same == persons and differs

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
        "ages_are_codes", name, age.is_in(CODES), sums=(old,), when=lambda n, old: n >= FEWEST and n > old
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
