"""Tests the differences between the categories of the lead group, and decides which results may be published.

The lead group (`lead`) is the group, for example sex, that survey.yaml names before the analysis for the
first comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from fltoolkit.estimate.change_over_time.difference import is_testable
from fltoolkit.estimate.measures.estimates import Estimates
from fltoolkit.estimate.measures.family_of_contrasts import PAIR, as_one_family, pairs_of_categories
from fltoolkit.languages.reasons import Reason
from fltoolkit.publish.measure_units import decimals_of
from fltoolkit.publish.printed_numbers import nearest, rounding_steps, to_digits
from fltoolkit.publish.reliability import has_wide_bounds
from fltoolkit.survey.spec.survey_spec import SurveySpec
from fltoolkit.table_records import as_records

HIGHER, LOWER, NO_DIFFERENCE, NOT_TESTED = (
    Reason.of(f"contrasts.{v}") for v in ("higher", "lower", "none", "untested")
)
NOT_SHOWN, UNRELIABLE, WIDE, TOO_FEW = (
    Reason.of(f"contrasts.{why}") for why in ("hidden", "unreliable", "wide", "few")
)
POPULATION, MEASURE = "reference_population", "prevalence"
KEY = [POPULATION, "group", *PAIR]
PUBLISHED = [*KEY, "tested", "level", "ci_low", "ci_high", "decimals", "p_adjusted", "verdict", "reason"]
DECIMALS = 3  # of a p-value
Row = dict[Any, Any]


def differences(made: Sequence[Estimates], spec: SurveySpec) -> pd.DataFrame:
    """Returns the difference in prevalence between every two categories of the lead group, for each headline
    population.

    The lead group is the one that survey.yaml names beforehand for the first comparison, for example sex.
    Headline populations are those whose rate a run always shows, for example adults and children.

    Args:
        made: the estimates of a run.
        spec: the survey of the run.

    Returns:
        One row per pair. The columns `reference_population`, `group`, `category` and `reference` identify the
            pair. The other columns are `estimate` (category minus reference, a proportion), `se`, `df` and
            `level`. The table is confidential: it contains pairs of hidden cells.
    """
    lead, parts = spec.lead_group, []
    for est in made:
        own = est.about.measure == MEASURE and est.about.population in spec.headlines and not est.about.where
        if lead and own and (lead,) in est.by:
            rows = pairs_of_categories(est, lead)
            parts.append(
                rows.assign(reference_population=est.about.population, group=lead, level=est.about.level)
            )
    return (
        pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame(columns=[*KEY, "estimate", "se", "df", "level"])
    )


def published_contrasts(
    pairs: pd.DataFrame, table: pd.DataFrame, exact: pd.DataFrame, rule_set: str
) -> pd.DataFrame:
    """Returns the differences between categories of the lead group as they may be published. The lead group
    is the group that survey.yaml names for the first comparison, before any result is known. All pairs of
    categories that can be tested are one family of tests: together they have one error probability.

    A pair is tested if both rates fulfil these conditions: the rate is shown and reliable; it has no note
    *wide bounds* (see `reliability.bounds_notes`); and it has enough cases (15 in 10 PSUs, or 30 if the PSUs
    are not known). Other pairs are not tested, and the column `reason` says why.

    The columns `reference_population`, `group`, `category` and `reference` identify the pair. The other
    columns are:

    - `tested`: the number of pairs in the family
    - `level`: the confidence level
    - `ci_low`, `ci_high`: the simultaneous interval of category minus reference, rounded to the coarser step
      of the two rates
    - `decimals`: the decimals of the interval in print
    - `p_adjusted`: the p-value, adjusted for the number of tests by Holm's method; blank if the standard
      error of one of the rates is not printed
    - `verdict`: the result of the test
    - `reason`: why a pair is not tested

    Args:
        pairs: from `differences`.
        table, exact: the run's published set, as printed and at full precision.
        rule_set: the run's own rule set.

    Returns:
        One row per pair.
    """
    if pairs.empty:
        return pd.DataFrame(columns=PUBLISHED)
    shown, full = (_rates(rows, str(pairs["group"].iloc[0]), rule_set) for rows in (table, exact))
    categories = [[(row[POPULATION], row[name]) for name in PAIR] for row in as_records(pairs)]
    reasons = [
        next(
            (why for category in both if (why := _why_not_compared(shown.get(category), full.get(category)))),
            "",
        )
        for both in categories
    ]
    can = np.array([why == "" for why in reasons])
    family = as_one_family(pairs[can], float(pairs["level"].iloc[0])) if can.any() else pairs[can]
    rows = [_untested(pair, why) for pair, why in zip(as_records(pairs), reasons, strict=True)]
    for place, row in zip(np.flatnonzero(can), as_records(family), strict=True):
        rows[place] = _tested(row, [shown[category] for category in categories[place]])
    return pd.DataFrame(rows).assign(tested=int(can.sum()))[PUBLISHED]


def _rates(rows: pd.DataFrame, lead: str, rule_set: str) -> dict[tuple[str, str], Row]:
    """Returns the published rates of the lead group's categories, by population and label. The lead group is
    the one that survey.yaml names for the first comparison.
    """
    mine = rows[(rows["measure"] == MEASURE) & (rows["rule_set"] == rule_set) & (rows["breakdown"] == lead)]
    return {(row[POPULATION], str(row[lead])): row for row in as_records(mine)}


def _why_not_compared(shown: Row | None, full: Row | None) -> Reason | str:
    """Returns the reason why a rate cannot be compared with another rate, or an empty text if it can be
    compared.

    Args:
        shown: the row of the rate as published; None if there is none.
        full: the same row at full precision.
    """
    if shown is None or full is None or pd.isna(shown["estimate"]):
        return NOT_SHOWN
    if shown["flag"] in ("suppress", "unreliable"):
        return UNRELIABLE
    if has_wide_bounds(shown):
        return WIDE
    cases, psus = (np.nan if pd.isna(full[c]) else float(full[c]) for c in ("cases", "psus_with_cases"))
    return "" if is_testable(cases, psus) else TOO_FEW


def _untested(pair: Row, reason: Reason | str) -> Row:
    blank = dict.fromkeys(("ci_low", "ci_high", "decimals", "p_adjusted"), np.nan)
    return pair | blank | {"verdict": NOT_TESTED, "reason": reason}


def _tested(row: Row, both_rows: Sequence[Row]) -> Row:
    """Returns the row of a pair of categories that was tested, with the numbers as they are printed."""
    step = float(np.max(rounding_steps(pd.DataFrame(both_rows))))
    low, high = (float(to_digits(nearest(row[c], step), step)) for c in ("ci_low", "ci_high"))
    has_errors = all(pd.notna(one["se"]) for one in both_rows)
    verdict = (
        NO_DIFFERENCE if row["p_adjusted"] >= 1 - row["level"] else HIGHER if row["estimate"] > 0 else LOWER
    )
    p = round(row["p_adjusted"], DECIMALS) if has_errors else np.nan
    places = min(map(decimals_of, both_rows))
    return row | {
        "ci_low": low,
        "ci_high": high,
        "decimals": float(places),
        "p_adjusted": p,
        "verdict": verdict,
        "reason": "",
    }
