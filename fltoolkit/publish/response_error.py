"""Shows how wrong answers would change the prevalence. The result is a sensitivity table; it never replaces
the published prevalence (docs/methods.md §8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from fltoolkit.arguments import checked
from fltoolkit.publish.published_set import Published
from fltoolkit.publish.reliability import has_wide_bounds
from fltoolkit.table_records import HoldsTable

SENSITIVITY = (1.0, 0.9, 0.8, 0.7, 0.6)
Proportion = Annotated[float, Field(ge=0, le=1), "3 per 1,000 is 0.003"]
SPECIFICITY = (1.0, 0.999, 0.998, 0.995, 0.99)


@dataclass(frozen=True, repr=False)
class ResponseError(HoldsTable):
    """The prevalences that would be true if some answers were wrong: one for each pair of sensitivity and
    specificity.

    The columns of `table`:

    - `sensitivity`: the share of true cases whose answers show that they are cases.
    - `specificity`: the share of all other persons whose answers show that they are not cases.
    - `prevalence`, `ci_low`, `ci_high`: the prevalence that would be true, and its interval, as proportions.
      They are missing if no prevalence fits the pair.
    - `reason`: why these numbers are missing.

    Attributes:
        table: one row per pair.
        observed, ci_low, ci_high: the headline (the published prevalence) from which the table starts.
        bound_high: the high end of the headline, if it is printed as a range whose low end is `observed`;
            otherwise missing.
        level, population_label, survey: what the headline is about (blank for a bare number).
    """

    SHOWN = ("sensitivity", "specificity", "prevalence", "ci_low", "ci_high", "reason")
    table: pd.DataFrame
    observed: float
    ci_low: float
    ci_high: float
    bound_high: float
    level: float
    population_label: str
    survey: str


@checked
def response_error(
    observed: Published | Proportion,
    sensitivity: Sequence[Proportion] = SENSITIVITY,
    specificity: Sequence[Proportion] = SPECIFICITY,
    *,
    population: str | None = None,
) -> ResponseError:
    """Returns the prevalence that would be true if some answers were wrong at given rates, for each pair of
    rates.

    The formula is p = (p_obs + specificity − 1)/(sensitivity + specificity − 1) (Rogan and Gladen 1978). The
    limits of the interval are calculated by the same formula, and cut off at 0 and 1.

    The rates are taken as known: the interval does not include their uncertainty.

    Args:
        observed: a published set, whose headline is used, or a proportion.
        sensitivity: shares of true cases whose answers show that they are cases.
        specificity: shares of all other persons whose answers show that they are not cases. Each sensitivity
            is paired with each specificity.
        population: the population of the headline; None: the default population.

    Raises:
        RequestError: a rate or a proportion is outside 0 to 1. If the headline is not shown, there is no
            error. Then every row is blank, and the column `reason` says why.
    """
    if isinstance(observed, Published):
        row = observed.select("prevalence", population=population).iloc[0].to_dict()
        about = (float(row["level"]), str(row["reference_population_label"]), str(row["survey"]))
        p, low, high = (float(row[c]) for c in ("estimate", "ci_low", "ci_high"))
        top = float(row["bound_high"]) if has_wide_bounds(row) else np.nan
    else:
        p, low, high, top, about = float(observed), np.nan, np.nan, np.nan, (np.nan, "", "")
    rows = [
        {"sensitivity": se, "specificity": sp, **_true_prevalence(p, low, high, se, sp)}
        for se in sensitivity
        for sp in specificity
    ]
    return ResponseError(pd.DataFrame(rows), p, low, high, top, *about)


@checked
def observed_rate(prevalence: Proportion, sensitivity: Proportion, specificity: Proportion) -> float:
    """Returns the prevalence that a survey would find if some answers were wrong at these rates:
    prevalence·sensitivity + (1 − prevalence)(1 − specificity).

    Raises:
        RequestError: a number is outside 0 to 1.
    """
    return prevalence * sensitivity + (1 - prevalence) * (1 - specificity)


def _true_prevalence(p: float, low: float, high: float, se: float, sp: float) -> dict[str, float | str]:
    blank = dict.fromkeys(("prevalence", "ci_low", "ci_high"), np.nan)
    if np.isnan(p):
        return {**blank, "reason": "the headline is not shown"}
    if se + sp <= 1:
        return {**blank, "reason": "such answers give no information"}
    value, lower, upper = ((v + sp - 1) / (se + sp - 1) for v in (p, low, high))
    if value < 0:
        return {**blank, "reason": "more false cases are expected than were found"}
    if value > 1:
        return {**blank, "reason": "fewer true cases are expected than were found"}
    limits = np.clip([lower, upper], 0, 1)
    return {"prevalence": value, "ci_low": float(limits[0]), "ci_high": float(limits[1]), "reason": ""}
