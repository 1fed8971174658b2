"""Finds single weights, and values that many weights share, that carry much of the sum of the weights, such
as a code 9999.99 for a weight that is missing."""

from __future__ import annotations

import narwhals as nw

from fltoolkit.survey.checks.findings import Finding, FindingRows, printed_values
from fltoolkit.survey.checks.weights.weight_sums import weight_columns
from fltoolkit.survey.data.fetch_rows import to_rows, to_sums
from fltoolkit.survey.data.internal_columns import ASKED
from fltoolkit.survey.data.person_frame import FACTOR
from fltoolkit.survey.data.printable_values import Mask
from fltoolkit.survey.design.survey_design import Survey

TIMES = 5.0  # the mean weight: a stratum with the same weight for everybody is seldom so far from it
SHARE = 0.05  # of the sum of the weights: with less, no rate changes by more than a twentieth
PERSONS, CARRIED = "fl__persons", "fl__carried"


def dominant_weights(survey: Survey, mask: Mask) -> list[Finding]:
    """Returns a warning for each value of a weight that is at least five times the mean weight and carries at
    least 5% of the sum of the weights, over the persons who answered the module. `mask` decides which values
    the warning may print."""
    out: list[Finding] = []
    for name, inside in {name: inside for inside, name in weight_columns(survey.spec).items()}.items():
        weight = nw.col(inside) / nw.col(FACTOR)
        there = nw.col(ASKED) & (weight.is_finite() & (weight > 0)).fill_null(False)
        persons, added = map(
            float, to_sums(survey.frame, [there, nw.when(there).then(weight).otherwise(0.0)], survey.path)
        )
        if not persons:
            continue
        large = (
            survey.frame.filter(there)
            .select(weight.alias(CARRIED))
            .filter(nw.col(CARRIED) >= TIMES * added / persons)
        )
        values = (
            large.group_by(CARRIED)
            .agg(nw.len().alias(PERSONS))
            .filter(nw.col(CARRIED) * nw.col(PERSONS) >= SHARE * added)
        )
        for value, holders in sorted(to_rows(values, survey.path), reverse=True):
            rows = there & (weight == value)
            share = f"{value * holders / added:.0%} of the sum of the weights"
            what = (
                f"one weight carries {share}" if holders == 1 else f"one value of the weight carries {share}"
            )
            what = f"{what}: {printed_values(survey.frame, name, rows, mask)}"
            do = (
                "correct it if it is a code or an error of typing; if it is right, say in the report "
                "how much depends on it"
            )
            out.append(
                Finding("warning", "weights", name, what, int(holders), do, FindingRows(survey.frame, rows))
            )
    return out
