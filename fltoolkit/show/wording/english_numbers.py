"""Published numbers as people read them: scaled, rounded to what the survey can bear, and never without their doubt."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import wraps
from typing import Any, TypeVar, cast

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.classify.profile.characteristics import TOPICS
from fltoolkit.publish.measure_units import COUNTED, as_read, is_rate, scale, unit
from fltoolkit.publish.published_set import Published
from fltoolkit.publish.reliability import has_wide_bounds
from fltoolkit.show.wording.section_words import Nothing, Words

PublishedNumber = Mapping[Hashable, Any]
NBSP = "\u00a0"
WIDE = "Wide bounds: with all unresolved persons as cases it lies beyond the upper limit of its interval. No title and no verdict rests on it."
WHEN = {"stock": "on an average day of", "current": "at the time of the interview"}  # else at any time in it: the flow


def number(value: float, measure: str) -> str:
    """One number in the scale of its measure: 17.2 (per 1,000), 49.8 (%), 6,300 (persons, three significant digits)."""
    if pd.isna(value):
        return ""
    read = as_read(float(value) * scale(measure), measure)
    return f"{read:,.0f}" if measure in COUNTED else f"{read:,.1f}"


def percent(row: PublishedNumber) -> str:
    """The confidence level, as `95 %` on one line."""
    return f"{float(row['level']) * 100:g}{NBSP}%"


def interval(row: PublishedNumber) -> str:
    """The interval, as `13.4 to 21.7`; empty where it is not shown."""
    if pd.isna(row["ci_low"]):
        return ""
    return f"{number(row['ci_low'], row['measure'])}{NBSP}to{NBSP}{number(row['ci_high'], row['measure'])}"


def shown(row: PublishedNumber) -> str:
    """The number, or its marker where it is not shown."""
    return f"[{row['marker']}]" if pd.isna(row["estimate"]) else number(row["estimate"], row["measure"])


def value(group: str, code: object) -> str:
    """A value of a group as people read it: forms of forced labour and other characteristics of cases have the kit's own names, others the survey's."""
    return str(code).replace("_", " ") if group in TOPICS else str(code)


def to_verify(row: PublishedNumber) -> str:
    """`; to be verified` for a line about a figure that rests on a recalled fact; else nothing."""
    return "; to be verified" if row["to_verify"] else ""


def count(value: float) -> str:
    return "" if pd.isna(value) else f"{value:,.0f}"


def count_or_mark(value: float | None) -> str:
    """A count of persons, or `[c]` where it is hidden."""
    return "[c]" if value is None or pd.isna(value) else count(value)


def cases(row: PublishedNumber) -> str:
    """How many cases: their number, and of a cell of a breakdown the class of it (`5–14`)."""
    return count(row["cases"]) or str(row["cases_class"])


def ends(beyond_zero: str, low: str, high: str) -> tuple[str, str]:
    """A change's limits in words: `<0` or `>0` in place of one that rounds to 0 and lies on that side of it."""
    return (beyond_zero if beyond_zero == ">0" else low), (beyond_zero if beyond_zero == "<0" else high)


def sentence(row: PublishedNumber) -> str:
    """A published number as a sentence; a suppressed number is never written, an unreliable one is said to be."""
    who, measure = row["reference_population_label"], row["measure"]
    time = WHEN.get(measure.removesuffix("_prevalence"), "at any time in")
    period = time if time == WHEN["current"] else f"{time} {row['reference_period']}"
    if measure == "duration":
        subject, tail, period = "The mean duration of forced labour", " months among cases", f"in {row['reference_period']}"
    elif is_rate(measure):
        subject, tail = "The prevalence of forced labour", f" {unit('prevalence')} {who}"
    else:
        subject, tail = "The number of persons in forced labour", f" {who}" if measure != "flowchart" else ""
    if pd.isna(row["estimate"]):
        return f"{subject} {period} is not {'available' if row['marker'] == 'x' else 'shown'} ({row['reason']})."
    level = percent(row)
    text = f"{subject} {period} was {shown(row)}{tail} ({level} interval {interval(row)})."
    if row["duration_basis"]:
        text += f" It counts {row['duration_basis']}."
    if row["flag"] in ("unreliable", "caution", "review"):
        text += f" Read it with care: {row['reason']}."
    return f"{text} {WIDE}" if has_wide_bounds(row) else text


def in_large_type(row: PublishedNumber) -> str:
    """A number as a title may have it: where its bounds are wide, from the estimate to the upper bound."""
    if pd.isna(row["estimate"]) or not has_wide_bounds(row):
        return shown(row)
    return f"{shown(row)} to {number(row['bound_high'], row['measure'])}"


NO_PLAN = Nothing("There is no plan, so that there is nothing to say here.")
F = TypeVar("F", bound=Callable[..., Any])


def of_plan(make: F) -> F:
    """Let what a notebook asks of a plan's evidence say that there is none, where None stands for it."""

    @wraps(make)
    def asked(*given: Any, **named: Any) -> Any:
        return NO_PLAN if next(iter((*given, *named.values()))) is None else make(*given, **named)

    return cast(F, asked)


@checked
def headline(out: Published) -> Words:
    """The run's headlines in a few sentences: rate, number, unresolved persons, basis and coverage."""
    default = out.select("prevalence").iloc[0].to_dict()
    lines = [
        line
        for population in out.headlines or (default["reference_population"],)
        for line in _population_sentences(out, population)
    ]
    link = f"involuntary work and coercion in the same work: {default['same_work']}"
    lines.append(f"Rule set {default['rule_set']}; {link}; definition by {default['age_basis']}.")
    doubts = [str(text) for text in out.select("prevalence")["to_verify"].unique() if text]
    if doubts:
        lines.append(f"**To be verified: {'; '.join(doubts)}.**")
    if default["rule_note"]:
        lines.append(f"Under this rule set, {default['rule_note']}.")
    if default["calibration"]:
        lines.append(f"Weights {default['calibration']}.")
    if out.judged:
        lines.append(f"Reliability is judged by the profile {out.judged}.")
    if out.coverage_excludes:
        lines.append(f"The survey could not reach: {'; '.join(out.coverage_excludes)}.")
    return Words("\n\n".join([*lines, *map(str, out.notes)]))


def _population_sentences(out: Published, population: str) -> list[str]:
    """Rate, number and unresolved persons of one population, in sentences."""
    whole = out.own_rows(breakdown="", reference_population=population)
    measures = [m for m in ("prevalence", "total", "stock", "current", "duration") if m in set(whole["measure"])]
    rows = [out.select(m, population=population).iloc[0].to_dict() for m in measures]
    first = sentence(rows[0]) if has_wide_bounds(rows[0]) else f"**{sentence(rows[0])}**"
    lines = [first, *(sentence(r) for r in rows[1:]), left_open(rows[0])]
    return [line for line in lines if line]


def left_open(rate: PublishedNumber) -> str:
    """How many of those asked left a rate's question open, and between what it lies; nothing where it is hidden itself."""
    if pd.isna(rate.get("unresolved")):
        if pd.isna(rate["estimate"]):
            return ""
        return "The number of unresolved persons is too small to be shown; they are not counted as cases."
    if rate["unresolved"] == 0:
        return "No person asked is unresolved."
    if pd.isna(rate["bound_high"]):
        return ""
    high = f"{number(rate['bound_high'], 'prevalence')} (up to {number(rate['bound_ci_high'], 'prevalence')})"
    resolved = number(rate["resolved_only"], "prevalence")
    return (
        f"{count(rate['unresolved'])} of {count(rate['n'])} persons asked are unresolved and not counted as cases; as far "
        f"as open answers go this is a lower bound: without them the rate is {resolved}, and with all of them as cases {high} per 1,000."
    )
