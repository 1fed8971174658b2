"""Reads a target of nap.yaml, and computes the planned value of each year from the baseline to it (the
path)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from fltoolkit.languages.reasons import Reason
from fltoolkit.publish.measure_units import decimals_of, rounded_as_printed
from fltoolkit.yaml_files.loading import Model, Year

EXACT = 9  # decimals; further digits are errors of floating-point numbers


def _refuse_percent(value: object) -> object:
    """Returns the value of a target's `cut`. Raises an error if it is above 1, because most people then mean
    a percentage."""
    try:
        percent = float(str(value)) > 1
    except ValueError:
        return value
    if percent:
        raise ValueError("a cut is a share of the baseline, 1 at most: 0.5 is a cut by half, 0.25 by 25%")
    return value


class Target(Model):
    """A target: the value that an indicator should have in a year. Exactly one of `value`, `cut` and
    `eradicate` is given. The geometric path p_t = p0·(1 − r)^(t/T) never reaches zero.

    Attributes:
        year: a year after that of the baseline.
        value: the target in the unit of the row, at most 1,000 for a rate per 1,000. Not for
            `percent_decrease`.
        cut: the decrease as a share of the baseline: 0.5 is a half.
        eradicate: true: the target is 0.
        path: how planned values between the baseline and the target are computed.
        group, category: for a target of one category, such as women.
    """

    year: Year
    value: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    cut: Annotated[float, Field(gt=0, le=1), BeforeValidator(_refuse_percent)] | None = None
    eradicate: bool = False
    path: Literal["linear", "geometric"] = "linear"
    group: str = ""
    category: str = ""

    @model_validator(mode="after")
    def _one_kind(self) -> Target:
        given = [name for name in ("value", "cut") if getattr(self, name) is not None] + [
            "eradicate"
        ] * self.eradicate
        if len(given) != 1:
            raise ValueError(
                f"a target is one of value, cut and eradicate; given: {', '.join(given) or 'none'}"
            )
        if self.path == "geometric" and (self.eradicate or self.value == 0 or self.cut == 1):
            raise ValueError("a geometric path never reaches zero; say path: linear")
        if bool(self.group) != bool(self.category):
            raise ValueError(
                "group and category go together: the category of a breakdown that the target is for"
            )
        return self


def target_value(target: Target, baseline: float) -> float:
    """Returns the value that a target asks for, in the unit of `baseline` (such as cases per 1,000 persons).
    A cut of 0.5 (a half) from a baseline of 17.2 gives 8.6. A target to eradicate gives 0."""
    if target.eradicate:
        return 0.0
    return round(baseline * (1 - target.cut), EXACT) if target.cut is not None else float(target.value or 0.0)


def target_in_words(target: Target, unit: object) -> Reason:
    """Returns a target in words: *a cut of 50% by 2030*. `unit` is the unit of the target's value."""
    if target.eradicate:
        return Reason.of("plan.eradication", N=str(target.year))
    if target.cut is not None:
        return Reason.of("plan.cut", N=100 * target.cut, M=str(target.year))
    return Reason.of("plan.value", N=target.value, unit=unit, M=str(target.year))


def targets_of_row(targets: Sequence[Target], group: str, category: str) -> list[Target]:
    """Returns the targets that are for one category of an indicator, the earliest first. The group `total`
    means the whole population."""
    key = ("", "") if group == "total" else (group, category)
    return sorted((t for t in targets if (t.group, t.category) == key), key=lambda t: t.year)


def on_the_way_down(targets: Sequence[Target], baseline: float, start: int) -> list[Target]:
    """Returns the targets after the year `start` that have a planned path: each is below the baseline and
    below the target before it. A plan to cut forced labour has no path upwards."""
    found: list[Target] = []
    lowest = baseline
    for target in targets:
        value = target_value(target, baseline)
        if target.year > start and value < lowest:
            found.append(target)
            lowest = value
    return found


def as_planned(value: float, row: Mapping[Any, Any]) -> float:
    """Returns a calculated value with the digits of the baseline in its row, because it is no more precise:
    14.973 gives 15.0."""
    return rounded_as_printed(value, str(row["measure"]), decimals_of(row))


def planned_value(targets: Sequence[Target], baseline: float, start: int, year: int) -> float:
    """Returns the planned value of a year, on the path from the baseline to the next target.

    The result is nan for a year before the baseline or after the last target, and if no target is on the way
    down. Let p0 be the value at the start of the path, pT the target, t the years since the start, and T the
    years from the start to the target. The linear path is p0 + (pT − p0)·t/T. The geometric path is
    p0·(pT/p0)^(t/T).

    Args:
        targets: the targets for one category of an indicator, the earliest first.
        baseline: the value of the baseline.
        start: the year of the baseline.
        year: the year for which the value is planned.
    """
    here, value = start, baseline
    for target in on_the_way_down(targets, baseline, start):
        goal = target_value(target, baseline)
        if here <= year <= target.year:
            share = (year - here) / (target.year - here)
            if target.path == "geometric":
                return float(value * (goal / value) ** share)
            return float(value + (goal - value) * share)
        here, value = target.year, goal
    return float("nan")


def planned_in_print(targets: Sequence[Target], row: Mapping[Any, Any], year: int) -> float:
    """Returns the planned value of a year with the digits of the baseline. In the year of a target it is the
    target, which keeps its digits.

    Args:
        targets: the targets for the row, the earliest first.
        row: a row of the baseline, with `baseline_value`, its `year` and its `measure`.
        year: the year for which the value is planned.
    """
    value = planned_value(targets, row["baseline_value"], int(row["year"]), year)
    return value if year in {target.year for target in targets} else as_planned(value, row)
