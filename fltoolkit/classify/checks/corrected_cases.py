"""Counts how many cases the corrections of a survey's data add and remove. Counts of cases are not shown
exactly, only as `fewer than 5` or `5 or more`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import narwhals as nw

from fltoolkit.arguments import checked
from fltoolkit.classify.adults import classify_checked
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.group_columns import POPULATION
from fltoolkit.classify.rule_set import load_rules
from fltoolkit.errors import RequestError
from fltoolkit.survey.checks.findings import count_rows
from fltoolkit.survey.design.survey_design import weight_of
from fltoolkit.survey.engine.columns import KEY, Frame
from fltoolkit.survey.engine.engines import to_sums
from fltoolkit.survey.printed_values import cases_in_words, count_in_words, rounded, rounded_sum
from fltoolkit.survey.survey_opening import without_corrections

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("population", "cases_before", "cases", "gained", "lost", "unresolved_before", "unresolved")


@checked
def corrected_cases(persons: ClassifiedSurvey, rules: str | Path = "icls_2018") -> pd.DataFrame:
    """Count the cases that the `corrections` of survey.yaml add and remove. The persons are classified twice:
    with the corrections and without them.

    Args:
        persons: the classified survey, as `fl.classify` returns it.
        rules: the rule set by which the persons were classified.

    Returns:
        One row for the default population and, if children were asked, one for the population of children and
        one for each sum of populations. The table is empty if there are no corrections. Its columns are
        `population` (its label), `cases_before` (without the corrections), `cases` (with them), `gained`
        (persons who are cases only with the corrections), `lost` (persons who are cases only without them),
        `unresolved_before` and `unresolved`. Counts are of persons, unweighted. Counts of cases are `fewer
        than 5` or `5 or more`. Counts of others are rounded (`about 30`). 0 means nobody.

    Raises:
        RequestError: the persons were classified by another rule set.
        DataError: a file changed since the survey was opened.
    """
    import pandas as pd  # slow to import, and `fltoolkit check` does not need it

    rule, spec = load_rules(rules, persons.path.parent), persons.spec
    if rule.label != persons.rules:
        raise RequestError(
            "the persons were classified by another rule set",
            where="rules",
            found=rule.label,
            allowed=persons.rules,
            do="give the rule set that fl.classify was given",
        )

    if persons.corrected is None:
        return pd.DataFrame(columns=list(COLUMNS))
    limit, names = spec.confidentiality.smallest_printed_count, spec.headlines
    before = _outcomes(classify_checked(without_corrections(persons.unclassified), rule), names, "before")
    # Before a correction, two persons can share a line number. A child whose parent has this number then has
    # two rows.
    earlier = before.group_by(KEY).agg([nw.col(c).max() for c in before.collect_schema().names() if c != KEY])
    both = _outcomes(persons, names, "now").join(earlier, on=KEY, how="left")
    counts = count_rows(
        both,
        {f"{kind} {i}": condition for i in range(len(names)) for kind, condition in _conditions(i).items()},
    )
    rows = [
        {"population": spec.populations[name].label}
        | {
            kind: (count_in_words if kind.startswith("unresolved") else cases_in_words)(
                counts[f"{kind} {i}"], limit
            )
            for kind in _conditions(i)
        }
        for i, name in enumerate(names)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


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


def _outcomes(persons: ClassifiedSurvey, populations: Sequence[str], when: str) -> Frame:
    """Returns one row per person: the key of the person and two 0/1 columns for each population. The first
    column says whether the person is a case in this population, and the second whether this is unresolved
    (the answers do not decide it).

    Args:
        persons: the classified survey.
        populations: the names of the populations.
        when: a word in the names of the columns: `before` the corrections, or `now`.
    """
    case, columns = nw.col("forced_labour"), [nw.col(KEY)]
    for i, name in enumerate(populations):
        inside = nw.col(POPULATION + name).fill_null(False)
        for kind, holds in (("case", case.fill_null(False)), ("open", case.is_null())):
            columns.append((inside & holds).cast(nw.Int64).alias(f"fl__{when}_{kind}{i}"))
    return persons.frame.select(columns)


def _conditions(i: int) -> dict[str, nw.Expr]:
    """Returns the conditions on persons that are counted for the population number `i`, as {name: condition}.
    `cases` and `unresolved` are counted with the corrections, `cases_before` and `unresolved_before` without
    them. `gained` and `lost` are the cases that the corrections add and remove."""
    case, earlier = nw.col(f"fl__now_case{i}") == 1, nw.col(f"fl__before_case{i}") == 1
    return {
        "cases_before": earlier,
        "cases": case,
        "gained": case & ~earlier,
        "lost": earlier & ~case,
        "unresolved_before": nw.col(f"fl__before_open{i}") == 1,
        "unresolved": nw.col(f"fl__now_open{i}") == 1,
    }
