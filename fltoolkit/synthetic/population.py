"""Makes the people of an invented country: who they are, who is truly in forced labour, and what each person
would answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

INVOLUNTARY = [f"FI{i}" for i in range(1, 10)]
COERCION = ["FC1", "FC1W", *(f"FC{i}" for i in range(2, 8))]
YES, NO, DONT_KNOW, REFUSED = 1, 2, 8, 9

# Industries: ISIC Rev.4 code, share of rural workers, share of urban workers, and the factor by which forced
# labour is more likely.
INDUSTRIES = [
    (111, 0.24, 0.02, 1.2), (119, 0.16, 0.01, 1.2), (141, 0.10, 0.01, 0.8), (311, 0.05, 0.01, 3.0),
    (810, 0.02, 0.01, 2.5), (1010, 0.03, 0.04, 1.0), (1410, 0.03, 0.08, 1.8), (2392, 0.04, 0.03, 3.5),
    (4100, 0.06, 0.10, 2.0), (4711, 0.09, 0.16, 0.6), (4921, 0.03, 0.06, 0.5), (5610, 0.03, 0.08, 1.4),
    (6201, 0.00, 0.03, 0.2), (6419, 0.00, 0.03, 0.2), (8121, 0.01, 0.05, 1.3), (8411, 0.03, 0.08, 0.5),
    (8510, 0.03, 0.08, 0.3), (8610, 0.02, 0.05, 0.3), (9609, 0.01, 0.02, 1.5), (9700, 0.02, 0.05, 4.0),
]  # fmt: skip


@dataclass(frozen=True)
class Population:
    """Every person of an invented country, with the true status and the answers that the person would give.

    Attributes:
        persons: one row per person, with the columns of the survey file except its weights.
        truth: for each person, true if the person is an adult who is truly in forced labour.
    """

    persons: pd.DataFrame
    truth: NDArray[np.bool_]

    @property
    def adults(self) -> NDArray[np.bool_]:
        return np.asarray(self.persons["true_age"] >= 18)

    @cached_property
    def homes(self) -> pd.DataFrame:
        """Returns one row per household: the area, the stratum and the number of adults. The index is the
        number of the household."""
        stratum = self.persons["REGION"] * 10 + self.persons["AREA"]
        people = self.persons[["household", "area"]].assign(stratum=stratum, adult=self.adults)
        return people.groupby("household").agg(
            area=("area", "first"), stratum=("stratum", "first"), adults=("adult", "sum")
        )

    @property
    def true_prevalence(self) -> float:
        """Returns the true prevalence of forced labour: the share of adults who are truly in forced labour,
        whatever they would answer."""
        return float(self.truth[self.adults].mean())


def with_work(rng: np.random.Generator, persons: pd.DataFrame, scale: float) -> Population:
    """Returns the population with columns about the twelve months before the interview: what work each adult
    did, who was truly in forced labour, and what the adults would say about it. `scale` is a factor for the
    risk of forced labour."""
    n, adult = len(persons), (persons["true_age"] >= 18).to_numpy()
    worked = (
        adult
        & (rng.random(n) < np.where(persons["SEX"] == 1, 0.82, 0.61))
        & (rng.random(n) < np.where(persons["true_age"] > 64, 0.35, 1))
    )
    industry = draw_industry(rng, persons, worked)
    truth = worked & (rng.random(n) < _risk(rng, persons, industry, scale))
    answers = _answers(rng, persons, worked, truth, industry)
    return Population(pd.concat([persons, answers], axis=1), truth)


def people(rng: np.random.Generator, areas: int, households: int, others: float = 2.4) -> pd.DataFrame:
    """Returns the persons of an invented country, in households within enumeration areas. The table has no
    columns about work yet.

    Lines 1 and 2 of a household are adults. `others` is the mean number of persons in a household besides the
    first.
    """
    region_of_area = rng.choice([1, 2, 3, 4, 5], size=areas, p=[0.2, 0.22, 0.18, 0.24, 0.16])
    urban = rng.random(areas) < np.array([0, 0.45, 0.3, 0.25, 0.35, 0.9])[region_of_area]
    sizes = np.maximum(30, rng.lognormal(np.log(households), 0.45, areas)).astype(int)
    area_of_household = np.repeat(np.arange(areas), sizes)
    members = 1 + rng.poisson(others, len(area_of_household))
    household = np.repeat(np.arange(len(area_of_household)), members)
    area = area_of_household[household]
    line = np.arange(len(household)) - np.repeat(np.cumsum(members) - members, members) + 1
    age = (
        np.where(line <= 2, 18 + rng.gamma(2.2, 10, len(line)), rng.gamma(1.4, 13, len(line)))
        .astype(int)
        .clip(0, 97)
    )
    born_abroad = rng.random(len(line)) < np.array([0, 0.06, 0.04, 0.02, 0.04, 0.14])[region_of_area[area]]
    return pd.DataFrame(
        {
            "household": household,
            "area": area,
            "LINE": line,
            "REGION": region_of_area[area],
            "AREA": np.where(urban[area], 1, 2),
            "SEX": np.where(rng.random(len(line)) < 0.49, 1, 2),
            "true_age": age,
            "AGE": np.where(rng.random(len(line)) < 0.002, 999, age),
            "BORN": np.where(born_abroad, 2, 1),
        }
    )


def draw_industry(
    rng: np.random.Generator, persons: pd.DataFrame, worked: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Returns the industry of each person's main job in the last twelve months, as a position in INDUSTRIES,
    drawn at random. The position is -1 for a person without a job."""
    rural, town = (np.array([row[i] for row in INDUSTRIES]) for i in (1, 2))
    draw = rng.random(len(persons))
    urban = (persons["AREA"] == 1).to_numpy()
    found = np.where(
        urban,
        np.searchsorted(np.cumsum(town / town.sum()), draw),
        np.searchsorted(np.cumsum(rural / rural.sum()), draw),
    )
    return np.where(worked, np.minimum(found, len(INDUSTRIES) - 1), -1)


def _risk(
    rng: np.random.Generator, persons: pd.DataFrame, industry: NDArray[np.int64], scale: float
) -> NDArray[np.float64]:
    """Returns each person's probability of being in forced labour if the person works. The probability
    depends on industry, origin, age and enumeration area, and is multiplied by `scale`."""
    in_industry = np.array([row[3] for row in INDUSTRIES])[industry]
    abroad = np.where(persons["BORN"] == 2, 2.2, 1.0)
    young = np.where(persons["true_age"] < 25, 1.5, np.where(persons["true_age"] > 54, 0.6, 1.0))
    area_effect = rng.lognormal(-0.125, 0.5, persons["area"].max() + 1)[persons["area"]]
    return np.asarray(np.minimum(0.0205 * scale * in_industry * abroad * young * area_effect, 0.6))


def _answers(
    rng: np.random.Generator,
    persons: pd.DataFrame,
    worked: NDArray[np.bool_],
    truth: NDArray[np.bool_],
    industry: NDArray[np.int64],
) -> pd.DataFrame:
    """Returns the answers that each person would give, with one column per question. Some persons forget, a
    few report what did not happen, and some do not know or refuse."""
    n = len(persons)
    adult = (persons["true_age"] >= 18).to_numpy()
    kind = np.where(~worked, 0, rng.choice([1, 2, 3, 4], size=n, p=[0.52, 0.33, 0.1, 0.05]))
    out = {
        f"WK_{w}": if_asked(adult, np.where(kind == i, YES, NO))
        for i, w in enumerate(("PAY", "OWN", "FAM", "OTH"), 1)
    }
    out["WORKED"] = if_asked(adult, np.where(worked, YES, NO))
    code = np.array([row[0] for row in INDUSTRIES])[industry]
    out["ISIC12"] = if_asked(worked, np.where(rng.random(n) < 0.01, 9999, code))
    out["STATUS"] = if_asked(worked, np.array([0, 1, 3, 4, 9])[kind])
    out["PROXY"] = if_asked(adult, np.full(n, NO))
    out["ALONE"] = if_asked(adult, np.where(rng.random(n) < 0.8, YES, NO))
    alone_inv, alone_coe, other_work = rng.random(n) < 0.09, rng.random(n) < 0.012, rng.random(n) < 0.004
    some = np.zeros(n, bool)
    for i, item in enumerate(INVOLUNTARY):
        true = worked & (
            (truth & (rng.random(n) < 0.38))
            | ((alone_inv | other_work) & ~truth & (rng.random(n) < 0.16))
            | (truth & (i == 4))
        )
        answer = reported_answers(rng, true)
        out[item], some = if_asked(worked, answer), some | (answer != NO)
    leave = np.where(truth & (rng.random(n) < 0.25), 2, np.where(truth & (rng.random(n) < 0.2), 3, 1))
    leave = np.where(rng.random(n) < 0.006, DONT_KNOW, leave)
    out["FLEAVE"] = if_asked(worked, leave)
    some = (some | (leave != 1)) & worked
    out["FILTER"] = if_asked(worked, np.where(some, YES, NO))
    linked = np.isin(leave, [3, DONT_KNOW])
    for i, item in enumerate(COERCION):
        true = some & (
            (truth & (rng.random(n) < 0.30))
            | ((alone_coe | other_work) & ~truth & (rng.random(n) < 0.25))
            | (truth & (i == 5))
        )
        answer = reported_answers(rng, true)
        out[item], linked = if_asked(some, answer), linked | (answer != NO)
    linked &= some
    out["FILTER2"] = if_asked(worked, np.where(linked, YES, NO))
    same = truth | (rng.random(n) < 0.45)
    same_work = np.where(rng.random(n) < 0.02, DONT_KNOW, np.where(same & ~other_work, YES, NO))
    out["FSAME"] = if_asked(linked, same_work)
    named = linked & (same_work != NO)
    out["FILTER3"] = if_asked(worked, np.where(named, YES, NO))
    exception = np.where(rng.random(n) < 0.03, rng.choice([1, 2, 3], size=n), 0)
    out["FEXC"] = if_asked(named, exception)
    out["FEXC_LIM"] = if_asked(named & (exception > 0), np.where(rng.random(n) < 0.7, YES, NO))
    out["FWHO"] = if_asked(named, rng.choice([1, 2, 3, 4, 8], size=n, p=[0.58, 0.21, 0.08, 0.08, 0.05]))
    out["FPLACE"] = if_asked(named, np.where(rng.random(n) < 0.06, 2, 1))
    out["FMONTHS"] = if_asked(named, np.where(rng.random(n) < 0.04, 98, rng.integers(1, 13, n)))
    out["FISIC"] = if_asked(named, np.where(rng.random(n) < 0.03, 9999, code))
    return pd.DataFrame(out)


def reported_answers(
    rng: np.random.Generator, true: NDArray[np.bool_], recall: float = 0.90
) -> NDArray[np.int64]:
    """Returns the code of each person's answer to a yes/no question, with errors. If *yes* is the true
    answer, the share `recall` of the persons says *yes*. If *no* is the true answer, 1 person in 2,000 says
    *yes*. A few persons do not know or refuse."""
    answered_yes = np.where(true, rng.random(len(true)) < recall, rng.random(len(true)) < 0.0005)
    silent, draw = np.where(true, 0.02, 0.0012), rng.random(len(true))
    return np.where(
        draw < silent * 0.6, DONT_KNOW, np.where(draw < silent, REFUSED, np.where(answered_yes, YES, NO))
    )


def if_asked(asked: NDArray[np.bool_], values: NDArray[np.int64] | pd.Series) -> pd.Series:
    """Returns the values for persons who were asked a question, and blanks for all others."""
    return pd.Series(pd.arrays.IntegerArray(np.array(values, np.int64), ~asked))
