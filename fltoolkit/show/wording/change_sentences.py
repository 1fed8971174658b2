"""A published change in English sentences. They say no more than the verdict of the test, and never name a cause."""

from __future__ import annotations

import pandas as pd

from fltoolkit.estimate.change_over_time.unresolved_excess import further_reason, stated_verdict
from fltoolkit.publish.measure_units import unit
from fltoolkit.publish.published_set import Published
from fltoolkit.show.wording.english_numbers import NBSP, PublishedNumber, ends, number, percent


def of_headline(found: Published) -> tuple[str, ...]:
    """Returns a sentence on the change of the rate, and of the number of persons, in the default population."""
    rows = found.table[(found.table["reference_population"] == found.headlines[0]) & (found.table["breakdown"] == "")]
    return tuple(
        sentence(r) for c in ("prevalence", "total") for r in rows[rows["measure"] == f"change_in_{c}"].to_dict("records")
    )


def sentence(row: PublishedNumber) -> str:
    """Returns a published change as a sentence. It says that a rate fell or rose only if the verdict of the test says so."""
    measure = str(row["measure"]).removeprefix("change_in_")
    what = "The prevalence of forced labour" if measure == "prevalence" else "The number of persons in forced labour"
    years = f"from {round_of(row, '_before')} to {round_of(row, '')}"
    if pd.isna(row["estimate"]):
        return f"{what}, {years}: change not shown ({row['verdict_reason'] or row['reason']})."
    numbers = f"{number(row['estimate_before'], measure)} and {number(row['estimate_after'], measure)}{_per(row, measure)}"
    gap = f"difference {signed(row['estimate'], measure)}, {percent(row)} interval {_signed_limits(row, measure)}"
    why = further_reason(row["verdict"], row["verdict_reason"])
    because = f": {why}" if why else ""
    return f"{what}, {years}: {stated_verdict(row['verdict'], row['verdict_reason'])} ({numbers}; {gap}){because}."


def signed(value: float, measure: str) -> str:
    """Returns a change in the printed unit of its measure, with its sign: −7.8 (per 1,000), +410 (persons)."""
    return "" if pd.isna(value) else f"{'−' if value < 0 else '+'}{number(abs(value), measure)}"


def _signed_limits(row: PublishedNumber, measure: str) -> str:
    if pd.isna(row["ci_low"]):
        return ""
    low, high = ends(row["beyond_zero"], signed(row["ci_low"], measure), signed(row["ci_high"], measure))
    return f"{low}{NBSP}to{NBSP}{high}"


def round_of(row: PublishedNumber, suffix: str) -> str:
    """Returns the year of a round, or its name if both rounds are of the same year."""
    return str(row[f"round{suffix}"] if row["year"] == row["year_before"] else row[f"year{suffix}"])


def _per(row: PublishedNumber, measure: str) -> str:
    return f" {unit(measure, row['reference_population_label'])}" if measure == "prevalence" else ""
