"""Describes a number that is known only from a publication, with the facts that the publication states about
it, such as the year and the number of cases. It raises an error if two of these facts contradict each
other."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from statistics import NormalDist
from typing import Annotated, Protocol

import numpy as np
from pydantic import Field

from fltoolkit.arguments import Level, checked
from fltoolkit.errors import RequestError
from fltoolkit.estimate.change_over_time.difference import LEAST_CASES, is_testable
from fltoolkit.estimate.measures.estimates import About
from fltoolkit.languages.reasons import Reason

SHORTEST_MONTH = 28  # days of the shortest month
FAR = 5.0  # a rate more than this factor away from cases ÷ n may be in another unit
LEAST_RATE = 1e-4  # smaller rates per 1,000 are printed as 0.0
LEAST_DEFF = 0.25  # a cluster sample is hardly four times as precise as a simple random one
OTHER_DEFF = 3.0  # times the stated design effect
TURNED = 0.5  # the arm of an interval of a rate below one half is hardly half as long above as below
Count = Annotated[int, Field(ge=0)]
AtLeastOne = Annotated[int, Field(ge=1)]
Deff = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class States(Protocol):
    """The interface of a published number with the facts that `contradiction` checks. A fact that the
    publication does not state is None or "". `PublishedBaseline` has this interface, and so have the numbers
    of a publication in nap.yaml."""

    @property
    def ci_low(self) -> float: ...
    @property
    def cases(self) -> int | None: ...
    @property
    def n(self) -> int | None: ...
    @property
    def psus_with_cases(self) -> int | None: ...
    @property
    def year(self) -> int | None: ...
    @property
    def reference_months(self) -> int | None: ...
    @property
    def window_start(self) -> str: ...
    @property
    def window_end(self) -> str: ...


@checked
@dataclass(frozen=True)
class PublishedBaseline:
    """A number that is known only from a publication, with its facts. A fact that the publication does not
    state stays at its default (None or "") and is not compared with the later survey.

    `estimate`, `ci_low` and `ci_high` have the scale of `Estimates.table` (a proportion, never per 1,000).
    `deff` is the design effect. `n` is the number of persons who answered. `unresolved_share` is the weighted
    share of persons whose answers do not decide whether they are cases (0.012 is 1.2%). The other fields are
    those of `About`.
    """

    estimate: float
    ci_low: float
    ci_high: float
    level: Level = 0.95
    cases: Count | None = None
    psus_with_cases: Count | None = None
    deff: Deff | None = None
    n: AtLeastOne | None = None
    unresolved_share: Share | None = None
    measure: str = ""
    outcome: str = ""
    country: str = ""
    survey: str = ""
    year: int | None = None
    rule_set: str = ""
    reference_months: AtLeastOne | None = None
    window_start: str = ""
    window_end: str = ""
    population_label: str = ""
    population_ages: str = ""

    def __post_init__(self) -> None:
        if not self.ci_low <= self.estimate <= self.ci_high:
            raise RequestError(
                "the published estimate is outside its interval",
                where="baseline",
                found=f"{self.estimate} in {self.ci_low} to {self.ci_high}",
                do="give all three in one scale, as proportions",
            )
        if problem := contradiction(self):
            raise RequestError(
                problem, where="baseline", do="give the numbers and dates as the publication has them"
            )

    @property
    def about(self) -> About:
        """Returns the facts that the publication states as an `About`. The facts of estimates have the same
        form. So the published number can be compared with them."""
        shared = {f.name for f in fields(About)} & {f.name for f in fields(self)}
        return About(interval="as published", **{name: getattr(self, name) for name in shared})

    @property
    def has_enough_cases(self) -> bool:
        """Returns whether the published number has enough cases for a verdict on its change (docs/methods.md
        §5).

        15 cases in 10 PSUs are enough. If the number of PSUs with cases is not published, 30 cases are
        enough, or 15 after division by the design effect. The result is false if the number of cases is not
        published.
        """
        if self.cases is None:
            return False
        if (
            self.psus_with_cases is None
            and self.deff is not None
            and self.cases / max(1.0, self.deff) >= LEAST_CASES
        ):
            return True
        return bool(is_testable(self.cases, np.nan if self.psus_with_cases is None else self.psus_with_cases))


def far_from_cases(rate: PublishedBaseline) -> float | None:
    """Returns the cases divided by the persons who answered, if a published rate is far from it. None if it is
    near, or if this cannot be known.

    The two differ by the weights, seldom by more than a factor of two; a wrong unit is a factor of ten or
    more. Cases may have been oversampled, so only somebody who knows the survey can say what is right.
    """
    if rate.cases is None or not rate.n:
        return None
    counted = rate.cases / rate.n
    low, high = sorted((rate.estimate, counted))
    return counted if high > FAR * low and high >= LEAST_RATE else None


def doubts(rate: PublishedBaseline) -> tuple[Reason, ...]:
    """Returns, in words, what contradicts itself in a published rate: it is far from its cases ÷ persons; it
    stands at the wrong end of its interval; or the width of the interval is that of a design effect below
    1/4, or far from the stated one. The interval of a rate that is far from its cases is not looked at."""
    p, low, high = rate.estimate, rate.ci_low, rate.ci_high
    if (counted := far_from_cases(rate)) is not None:
        return (Reason.of("rounds.doubts.far", rate=f"{p:.3g}", counted=f"{counted:.3g}"),)
    if not 0 < p < 0.5 or not low < high:
        return ()
    if p > low and high - p < TURNED * (p - low):
        return (Reason.of("rounds.doubts.turned"),)
    if not rate.n:
        return ()
    width = (high - low) / (2 * NormalDist().inv_cdf((1 + rate.level) / 2))
    deff = width**2 * rate.n / (p * (1 - p))
    deff_text = f"{float(f'{deff:.2g}'):g}"  # two digits, and never 2.9e+02
    if deff < LEAST_DEFF:
        return (Reason.of("rounds.doubts.narrow", deff=deff_text),)
    if rate.deff and not 1 / OTHER_DEFF <= deff / rate.deff <= OTHER_DEFF:
        return (Reason.of("rounds.doubts.other_deff", deff=deff_text, stated=f"{rate.deff:g}"),)
    return ()


def contradiction(figure: States) -> str:
    """Looks for an error in the facts of a publication: two facts cannot both be true, a lower limit is below
    0, or a date does not exist. Returns the first error in words, or an empty text.

    The window (the dates of the reference period) may be longer than its months, because each person looks
    back from another day. It may end in the year after that of the survey, with the last interviews.
    """
    if figure.ci_low < 0:
        return (
            f"ci_low ({figure.ci_low:g}) is below 0, which no rate, number or duration is; give 0 "
            "where the publication printed less"
        )
    if figure.cases is not None and figure.n is not None and figure.cases > figure.n:
        return f"cases ({figure.cases}) are more than n ({figure.n}), the persons who answered"
    if (
        figure.cases is not None
        and figure.psus_with_cases is not None
        and figure.psus_with_cases > figure.cases
    ):
        return f"psus_with_cases ({figure.psus_with_cases}) are more than cases ({figure.cases})"
    if figure.cases and figure.psus_with_cases == 0:
        return f"psus_with_cases is 0, but there are cases ({figure.cases})"
    days = dict[str, date]()
    for name in ("window_start", "window_end"):
        if text := getattr(figure, name):
            try:
                days[name] = date.fromisoformat(text)
            except ValueError:
                return f"{name} ({text}) is not a date such as 2025-03-01"
    start, end = days.get("window_start"), days.get("window_end")
    if start and figure.year is not None and start.year > figure.year:
        return f"window_start ({start}) is after the year of the survey ({figure.year})"
    if start and end and end < start:
        return f"window_end ({end}) is before window_start ({start})"
    months = figure.reference_months
    if start and end and months and (end - start).days < SHORTEST_MONTH * (months - 1):
        return f"the window ({start} to {end}) is shorter than reference_months ({months})"
    return ""
