"""Domain estimates and their Taylor standard errors, person by person (docs/methods.md, section 2)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .verdict import IllegalInput, Row, Rows

Measure = Literal["ratio", "total"]
TOTAL = "total"


@dataclass(frozen=True)
class Unit:
    """One row of the sample.

    `stratum` and `psu`: where it was drawn. `weight`: 0 adds nothing. `y`: the outcome, None where it is
    missing; `x`: the denominator. `case` and `unresolved` are counted. `groups`: its category in each
    breakdown. `inside`: whether it is of the population.
    """

    stratum: str
    psu: str
    weight: float
    y: float | None
    x: float
    case: bool
    unresolved: bool
    groups: Mapping[str, str]
    inside: bool = True


Residual = Callable[[list[float]], list[float]]


def sizes(units: Sequence[Unit]) -> dict[str, int]:
    """How many PSUs each stratum has in the whole sample."""
    found: dict[str, set[str]] = defaultdict(set)
    for unit in units:
        found[unit.stratum].add(unit.psu)
    return {stratum: len(psus) for stratum, psus in found.items()}


def refuse_single(units: Sequence[Unit], single_psu: str) -> None:
    """A stratum with one PSU stops the run unless `single_psu` says what it contributes."""
    if single_psu == "fail" and 1 in sizes(units).values():
        raise IllegalInput("a stratum with a single PSU")


def estimates(
    units: Sequence[Unit],
    breakdowns: Sequence[Sequence[str]],
    measure: Measure,
    single_psu: str = "fail",
    residual: Residual | None = None,
) -> Rows:
    """Every cell of every breakdown, by the values of all groups, `total` where a breakdown does not have
    one."""
    refuse_single(units, single_psu)
    names = list(dict.fromkeys(name for breakdown in breakdowns for name in breakdown))
    found: Rows = {}
    for breakdown in breakdowns:
        for key in dict.fromkeys(_key(unit, breakdown, names) for unit in units if _counts(unit)):
            here = [_counts(unit) and _key(unit, breakdown, names) == key for unit in units]
            found[key] = _row(units, here, measure, single_psu, residual)
    return found


def _counts(unit: Unit) -> bool:
    return unit.inside and unit.weight > 0 and unit.y is not None


def _key(unit: Unit, breakdown: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(unit.groups[name] if name in breakdown else TOTAL for name in names)


def _row(
    units: Sequence[Unit], here: Sequence[bool], measure: Measure, single_psu: str, residual: Residual | None
) -> Row:
    domain = [unit for unit, inside in zip(units, here, strict=True) if inside]
    top = math.fsum(unit.weight * (unit.y or 0.0) for unit in domain)
    base = math.fsum(unit.weight * unit.x for unit in domain)
    population = math.fsum(unit.weight for unit in domain) if measure == "total" else base
    if measure == "total":
        estimate, values = (
            top,
            [(unit.y or 0.0) if inside else 0.0 for unit, inside in zip(units, here, strict=True)],
        )
    elif base == 0:
        estimate, values = math.nan, [0.0] * len(units)
    else:
        estimate = top / base
        values = [
            ((u.y or 0.0) - estimate * u.x) / base if inside else 0.0
            for u, inside in zip(units, here, strict=True)
        ]
    if residual is not None:
        values = residual(values)
    influence: dict[tuple[str, str], float] = {(unit.stratum, unit.psu): 0.0 for unit in units}
    for unit, value in zip(units, values, strict=True):
        influence[unit.stratum, unit.psu] += unit.weight * value
    counted = [unit for unit in domain if unit.x > 0]
    pairs = {(unit.stratum, unit.psu) for unit in counted}
    df = len(pairs) - len({stratum for stratum, _ in pairs})
    return Row(
        n=len(counted),
        cases=sum(unit.case for unit in domain),
        unresolved=sum(unit.unresolved for unit in domain),
        population=population,
        estimate=estimate,
        se=math.sqrt(variance(influence, single_psu)),
        df=df,
        influence=influence,
        size=sizes(units),
    )


def variance(influence: Mapping[tuple[str, str], float], single_psu: str) -> float:
    """Between PSUs within strata; a lonely PSU as `single_psu` says."""
    strata: dict[str, list[float]] = defaultdict(list)
    for (stratum, _), value in influence.items():
        strata[stratum].append(value)
    everybody = math.fsum(influence.values()) / len(influence)
    parts, lonely = [], 0
    for values in strata.values():
        n = len(values)
        if n > 1:
            mean = math.fsum(values) / n
            parts.append(n / (n - 1) * math.fsum((value - mean) ** 2 for value in values))
        else:
            lonely += 1
            if single_psu == "adjust":
                parts.append((values[0] - everybody) ** 2)
    found = math.fsum(parts)
    if single_psu == "average" and lonely < len(strata):
        found *= len(strata) / (len(strata) - lonely)
    return found


def covariance(before: Row, after: Row) -> float:
    """Of two rounds that kept their PSUs: over the PSUs in both, each centred and scaled as in its own
    round."""

    def scaled(row: Row) -> dict[tuple[str, str], float]:
        sums: dict[str, float] = defaultdict(float)
        for (stratum, _), value in row.influence.items():
            sums[stratum] += value
        out = {}
        for (stratum, psu), value in row.influence.items():
            n = row.size[stratum]
            out[stratum, psu] = 0.0 if n == 1 else math.sqrt(n / (n - 1)) * (value - sums[stratum] / n)
        return out

    first, second = scaled(before), scaled(after)
    return math.fsum(first[unit] * second[unit] for unit in first.keys() & second.keys())
