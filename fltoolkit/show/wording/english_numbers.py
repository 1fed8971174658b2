"""Published numbers in English words: in their printed unit, rounded to the precision of the survey, and always with their
markers and intervals."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import wraps
from typing import Any, TypeVar, cast

import pandas as pd

from fltoolkit.classify.profile.characteristics import TOPICS
from fltoolkit.publish.measure_units import as_read, decimals, scaled
from fltoolkit.publish.reliability import has_wide_bounds
from fltoolkit.show.wording.section_words import Nothing

PublishedNumber = Mapping[Hashable, Any]
NBSP = "\u00a0"


def number(value: float, measure: str) -> str:
    """Returns an estimate as it is printed, in the unit of its measure: 17.2 (per 1,000), 50 (%), 6,300 (persons, three
    significant digits).
    """
    if pd.isna(value):
        return ""
    return f"{as_read(scaled(value, measure), measure):,.{decimals(measure)}f}"


def percent(row: PublishedNumber) -> str:
    """Returns the confidence level of a number as `95 %`. The space does not break, so the level stays on one line."""
    return f"{float(row['level']) * 100:g}{NBSP}%"


def interval(row: PublishedNumber) -> str:
    """Returns the confidence interval of a published number, as `13.4 to 21.7`; empty if it is not shown."""
    if pd.isna(row["ci_low"]):
        return ""
    return f"{number(row['ci_low'], row['measure'])}{NBSP}to{NBSP}{number(row['ci_high'], row['measure'])}"


def shown(row: PublishedNumber) -> str:
    """Returns the words for a published number: the number, or its marker (such as [c]) if it is not shown."""
    return f"[{row['marker']}]" if pd.isna(row["estimate"]) else number(row["estimate"], row["measure"])


def value(group: str, code: object) -> str:
    """Returns the words for one value of a group: the form `domestic_work` gives `domestic work`.

    Characteristics of cases, such as forms of forced labour, have the names that the kit gives. Other values have the survey's
    names.
    """
    return str(code).replace("_", " ") if group in TOPICS else str(code)


def to_verify(row: PublishedNumber) -> str:
    """Returns `; to be verified` if a number depends on a rule or fact that was written from memory and not yet checked against
    its source. Otherwise returns an empty text."""
    return "; to be verified" if row["to_verify"] else ""


def count(value: float) -> str:
    return "" if pd.isna(value) else f"{value:,.0f}"


def count_or_mark(value: float | None) -> str:
    """Returns a count of persons, or `[c]` if it is hidden."""
    return "[c]" if value is None or pd.isna(value) else count(value)


def cases(row: PublishedNumber) -> str:
    """Returns the number of cases; for a cell of a breakdown the class of the number (`5–14`)."""
    return count(row["cases"]) or str(row["cases_class"])


def ends(beyond_zero: str, low: str, high: str) -> tuple[str, str]:
    """Returns the limits of a change's interval as texts. If a limit rounds to 0 but is not 0, `<0` or `>0` is printed instead:
    `beyond_zero` says which.
    """
    return (beyond_zero if beyond_zero == ">0" else low), (beyond_zero if beyond_zero == "<0" else high)


def in_large_type(row: PublishedNumber) -> str:
    """Returns a published number for a title. If its bounds are wide (many answers are not known), returns a range: from the
    estimate to the upper bound, at which all unresolved persons are cases.
    """
    if pd.isna(row["estimate"]) or not has_wide_bounds(row):
        return shown(row)
    return f"{shown(row)} to {number(row['bound_high'], row['measure'])}"


NO_PLAN = Nothing("There is no plan, so that there is nothing to say here.")
F = TypeVar("F", bound=Callable[..., Any])


def of_plan(make: F) -> F:
    """Decorates a function that needs a plan's evidence.

    If the evidence is None, the function returns a note that there is no plan.
    """

    @wraps(make)
    def asked(*given: Any, **named: Any) -> Any:
        return NO_PLAN if next(iter((*given, *named.values()))) is None else make(*given, **named)

    return cast(F, asked)
