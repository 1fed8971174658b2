"""Weights calibrated to one margin or several, and the residuals that their variance takes (docs/methods.md,
Calibration)."""

from __future__ import annotations

import math
import numbers
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from .estimates import Unit
from .verdict import IllegalInput

Margins = Mapping[str, Mapping[str, float]]


def calibrated(
    units: Sequence[Unit], method: str, margins: Margins
) -> tuple[list[Unit], Callable[[list[float]], list[float]]]:
    """The rows with their calibrated weights, and what turns influence into residuals.

    Raises `IllegalInput` where sample and benchmarks do not fit.
    """
    _refuse(units, method, margins)
    factors = [1.0] * len(units)
    for _ in range(1000):
        before = list(factors)
        for name, totals in margins.items():
            sums: dict[str, float] = defaultdict(float)
            for unit, factor in zip(units, factors, strict=True):
                sums[unit.groups[name]] += unit.weight * factor
            factors = [
                f * totals[u.groups[name]] / sums[u.groups[name]] if u.weight else f
                for u, f in zip(units, factors, strict=True)
            ]
        if max(abs(a / b - 1) for a, b in zip(factors, before, strict=True)) < 1e-13:
            break
    else:
        raise IllegalInput("raking does not come to rest")
    weighed = [
        replace(unit, weight=unit.weight * factor) for unit, factor in zip(units, factors, strict=True)
    ]
    weights = [unit.weight for unit in units]
    categories = {name: [unit.groups[name] for unit in units] for name in margins}

    def residual(values: list[float]) -> list[float]:
        rest = list(values)
        rounds = 1 if method == "poststratify" else 10
        for _ in range(rounds):
            for of in categories.values():
                rest = _less_means(
                    rest, of, weights if method == "poststratify" else [float(w > 0) for w in weights]
                )
        return rest

    return weighed, residual


def _less_means(values: list[float], categories: Sequence[str], weights: Sequence[float]) -> list[float]:
    top: dict[str, list[float]] = defaultdict(list)
    base: dict[str, list[float]] = defaultdict(list)
    for value, category, weight in zip(values, categories, weights, strict=True):
        top[category].append(weight * value)
        base[category].append(weight)
    means = {
        category: math.fsum(top[category]) / math.fsum(base[category])
        for category in top
        if math.fsum(base[category])
    }
    return [value - means.get(category, 0.0) for value, category in zip(values, categories, strict=True)]


def _refuse(units: Sequence[Unit], method: str, margins: Margins) -> None:
    if not margins:
        raise IllegalInput("no margins")
    if method == "poststratify" and len(margins) > 1:
        raise IllegalInput("post-stratification to several margins")
    totals = []
    for name, benchmarks in margins.items():
        if not benchmarks:
            raise IllegalInput("a margin without categories")
        if not all(isinstance(v, numbers.Real) and math.isfinite(v) and v > 0 for v in benchmarks.values()):
            raise IllegalInput("a benchmark that is no positive number")
        here = {unit.groups[name] for unit in units if unit.weight > 0}
        if here - set(benchmarks):
            raise IllegalInput("a category without a benchmark")
        if set(benchmarks) - here:
            raise IllegalInput("a benchmark with nobody in the sample")
        totals.append(math.fsum(benchmarks.values()))
    if max(totals) - min(totals) > 1e-9 * max(totals):
        raise IllegalInput("margins with different totals")
