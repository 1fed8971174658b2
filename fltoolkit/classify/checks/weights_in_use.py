"""Lists the weight column of each population and the sum of its weights. A wrong weight changes every number,
and other checks do not find it."""

from __future__ import annotations

import narwhals as nw

from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.group_columns import POPULATION
from fltoolkit.survey.checks.printed_counts import count_in_words, rounded
from fltoolkit.survey.data.fetch_rows import to_sums
from fltoolkit.survey.data.printable_values import rounded_sum
from fltoolkit.survey.design.survey_design import weight_of


def weights_in_use(persons: ClassifiedSurvey) -> list[str]:
    """Returns one line of text per population: its number of persons, its weight column, and the sum of the
    weights. A population that is the sum of two others has no line.

    The number of persons is rounded as in `fl.check`. The printed sum of the weights is the rounded number
    times the mean weight, to three digits. The exact sum is not printed, because two exact sums would reveal
    by how many persons two populations differ. No sum is printed for a population with fewer persons than the
    smallest count that may be printed.
    """
    spec = persons.spec
    lines, limit = [], spec.confidentiality.smallest_printed_count
    for name, (count, added) in population_sums(persons).items():
        weight_name = spec.populations[name].weight or spec.design.weight
        line = f"{name}: {count_in_words(count, limit)} persons, weight {weight_name}"
        if about := rounded(count, limit):
            line += f", which adds up to about {rounded_sum(added / count * about, 3):,.0f}"
        lines.append(line)
    return lines


def population_sums(persons: ClassifiedSurvey) -> dict[str, tuple[int, float]]:
    """Returns, for each population that is not a sum of others, the exact number of its persons and the exact
    sum of their weights. These must not be printed."""
    own = [name for name, population in persons.spec.populations.items() if not population.sum_of]
    sums: list[nw.Expr] = []
    for name in own:
        inside = nw.col(POPULATION + name).fill_null(False)
        weight = nw.when(inside).then(nw.col(weight_of(name))).otherwise(0.0)
        sums += [inside.cast(nw.Int64), weight]
    found = to_sums(persons.frame, sums, persons.source)
    return {
        name: (int(number), float(added))
        for name, number, added in zip(own, found[::2], found[1::2], strict=True)
    }
