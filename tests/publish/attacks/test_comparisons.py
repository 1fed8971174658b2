"""Attack: a p-value and two standard errors give the difference of two rates more exactly than their rounded
numbers do, and so the cases of a shown cell, from which a hidden part could be calculated.

The two categories are strata (such as urban and rural), so the variance of the difference is the sum of both
variances, and the reader knows all of it to the printed digits. The family has one comparison: the p-value is not
multiplied. The reader compares the difference of the printed rates with the one that p and the standard errors give.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from published_rows import RULES, of, published, row
from scipy.stats import t as student

from fltoolkit.publish.contrasts import published_contrasts as contrasts
from fltoolkit.publish.printed_numbers import significant
from fltoolkit.publish.reliability import load_publication_profile

BASE, PEOPLE, DF = 100.0, 50_000.0, 60
PROFILE = load_publication_profile("fltoolkit")


def differences(seed: int) -> tuple[float, float, float]:
    """Returns, for a random pair of rates: the exact difference, that of the printed rates, and the nearest to it
    that p and the standard errors allow (missing if no p-value is printed)."""
    rng = np.random.default_rng(seed)
    exact = rng.uniform(0.015, 0.03, 2)
    se = exact * rng.uniform(0.1, 0.15, 2)
    shown = np.round(exact * PEOPLE / BASE) * BASE / PEOPLE
    facts: dict[str, Any] = {"population": PEOPLE, "cases": 60.0, "rounding": BASE}
    rows = [
        of("sex", name, **facts, estimate=rate, se=float(significant(error, 2)))
        for name, rate, error in zip(("men", "women"), shown, se, strict=True)
    ]
    pair = {"reference_population": "adults", "group": "sex", "category": "men", "reference": "women"}
    numbers = {"estimate": exact[0] - exact[1], "se": float(np.hypot(*se)), "df": DF, "level": 0.95}
    sides = [pd.DataFrame([row(**facts, estimate=rate)]) for rate in exact]
    made = contrasts.Comparisons(pd.DataFrame([pair | numbers]), *sides)
    table = published(row(population=2 * PEOPLE, cases=120.0, rounding=BASE), *rows).table
    p = contrasts.published_contrasts(made, table, RULES, PROFILE)["p_adjusted"].iloc[0]
    if not p > 0:
        return exact[0] - exact[1], shown[0] - shown[1], np.nan
    half = 0.5 * 10 ** (np.floor(np.log10(p)) - 1)  # of the second digit
    z = student.isf(np.clip([p + half, p - half], 1e-6, 1) / 2, DF)
    known = np.hypot(*(r["se"] for r in rows)) * np.array([0.95, 1.05])  # two digits of each
    low, high = z[0] * known[0], z[1] * known[1]
    told = np.clip(abs(shown[0] - shown[1]), low, high)
    return exact[0] - exact[1], shown[0] - shown[1], float(told)


def corrected() -> int:
    """In how many of 200 pairs the reader learns that the printed difference is not the exact one."""
    return sum(
        not np.isnan(told) and abs(told - abs(shown)) > 1e-9
        for _, shown, told in map(differences, range(200))
    )


def test_a_p_value_tells_nothing_of_the_difference_that_the_printed_rates_do_not() -> None:
    assert corrected() == 0


def test_it_does_if_it_is_calculated_from_the_exact_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    printed_p = contrasts._printed_p
    monkeypatch.setattr(
        contrasts, "_printed_p", lambda made, _, *rest: printed_p(made, made.differences, *rest)
    )
    assert corrected() > 20
