"""Defines the unit in which each measure is printed, such as a number per 1,000. Estimates stay proportions
until they are printed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.spec.groups_and_tables import NUMBERS_OF_PERSONS

SCALES = {
    "prevalence": (1000.0, "rate"),
    "share": (100.0, "percent"),
    "total": (1.0, "persons"),
    "flowchart": (1.0, "persons"),
    "stock": (1.0, "number_day"),
    "stock_prevalence": (1000.0, "rate_day"),
    "current": (1.0, "number_now"),
    "current_prevalence": (1000.0, "rate_now"),
    "duration": (1.0, "months_unit"),
    "mean": (1.0, "mean"),
    "median": (1.0, "median"),
    "profile": (100.0, "percent"),
    "profile_total": (1.0, "persons"),
    "percent_decrease": (100.0, "percent"),
}
"""For each measure, the factor that an estimate is multiplied by, and the key of its unit under `kit.whom` in
the language files.
"""
# the units of rates, if the text does not name the population
BARE = {"rate": "bare", "rate_day": "bare_day", "rate_now": "bare_now"}
COUNT_MEASURES = (*NUMBERS_OF_PERSONS, "flowchart")
"""Measures that are numbers of persons."""
CASE_SHARES = ("share", "profile")
"""Measures that are shares of the cases."""
PERCENTAGES = (*CASE_SHARES, "percent_decrease")
"""Measures in percent. They are ratios of rounded numbers, so a decimal would promise too much precision."""
PROFILES = ("profile", "profile_total")
"""Measures of a profile of cases: a share or a number for each characteristic."""


def scale(measure: str) -> float:
    """Returns the factor by which a published estimate is multiplied before it is printed. For a rate it is
    1,000: 0.0187 becomes 18.7."""
    return SCALES[measure][0]


def scaled(value: float, measure: str) -> float:
    """Returns a published estimate in its printed unit: 0.0187 becomes 18.7. The rounding error of the
    multiplication is removed."""
    return round(float(value) * scale(measure), 12)


def rounded_as_printed(value: float, measure: str, places: int | None = None) -> float:
    """Returns a number rounded as documents, notebooks and the workbook print it. Numbers of persons have
    three significant digits (6,290), percentages have no decimal (36), all others have the decimals of their
    row (17.2). A number in the middle between two whole numbers is rounded up if it has no decimals. A
    missing number stays missing.

    Args:
        value: a number in its printed unit, such as per 1,000.
        measure: the name of its measure.
        places: the decimals of its row (`decimals_of`); None: those of the measure.
    """
    if math.isnan(value):
        return value
    if measure in COUNT_MEASURES:
        return round(value, -max(0, len(str(int(abs(value)))) - 3))
    places = decimals(measure) if places is None else places
    return round(value, places) if places else float(math.floor(value + 0.5))


def decimals(measure: str) -> int:
    """Returns the largest number of decimals that the numbers of a measure have in print."""
    return 0 if measure in (*COUNT_MEASURES, *PERCENTAGES) else 1


def decimals_of(row: Mapping[Any, Any]) -> int:
    """Returns the number of decimals of a row in print: those of its measure, or fewer if its column
    `decimals` says so."""
    most, given = decimals(str(row["measure"])), row.get("decimals")
    return most if given is None or math.isnan(given) else min(most, int(given))


def unit(measure: str, population: object = "") -> Reason:
    """Returns the unit of a printed number in words, such as `per 1,000 adults`.

    Args:
        measure: the name of the measure.
        population: the persons of whom a rate is given. Without it, the unit of a rate is only `per 1,000`.
    """
    key = SCALES[measure][1]
    if not is_rate(measure):
        return Reason.of(f"whom.{key}")
    return Reason.of(f"whom.{key}", who=population) if population else Reason.of(f"whom.{BARE[key]}")


def is_of_numbers(row: Mapping[Any, Any]) -> bool:
    """Returns whether a row is about a number that each case has: months (a duration), or an amount."""
    return row["measure"] == "duration" or bool(row.get("amount_unit"))


def is_rate(measure: str) -> bool:
    """Returns whether a measure divides cases by all persons, as the prevalence does. (A share divides cases
    by cases.)"""
    return measure.endswith("prevalence")
