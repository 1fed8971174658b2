"""Adds living conditions to the people of an invented country: schooling, disability, household wealth, and
facts about the main job, such as the occupation.

Living conditions have their own stream of random numbers and are drawn last, so that they do not change any
other answer.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.synthetic.population import NO, YES, if_asked

STREAM = 24  # added to the seed of the population
NOT_STATED = 9
DIFFICULTIES = ["SEE", "HEAR", "WALK", "REMEMBER", "CARE", "SPEAK"]
LIVING_CONDITIONS = ["EDU", *DIFFICULTIES, "WEALTH", "ISCO", "INFORMAL", "SOCPROT", "EMPLOYER", "FEE", "DEBT"]
UNKNOWN_AMOUNT = 99998

# Occupations of the workers in each industry: the first digits of the ISIC Rev.4 code, codes of ISCO-08, and
# how many of ten workers have each code.
OCCUPATIONS = [
    ("01", ["6111", "6121", "9211"], [4, 2, 4]), ("03", ["6222", "9216", "3152"], [6, 3, 1]),
    ("08", ["8111", "9311", "1322"], [4, 5, 1]), ("1", ["7511", "8153", "9329"], [3, 4, 3]),
    ("2", ["7314", "8114", "9329"], [3, 3, 4]), ("41", ["7112", "9313", "1323"], [5, 4, 1]),
    ("47", ["5221", "5223", "4311"], [5, 4, 1]), ("49", ["8322", "8332", "9333"], [4, 4, 2]),
    ("56", ["5120", "5131", "9412"], [3, 4, 3]), ("62", ["2512", "3513", "1330"], [6, 3, 1]),
    ("64", ["2412", "4211", "3312"], [3, 5, 2]), ("81", ["9112", "5153", "9613"], [6, 2, 2]),
    ("84", ["4110", "0310", "3353"], [4, 3, 3]), ("85", ["2341", "2330", "5312"], [5, 4, 1]),
    ("86", ["2221", "2212", "5321"], [5, 2, 3]), ("96", ["5141", "9121", "7531"], [5, 3, 2]),
    ("97", ["9111", "5152", "5311"], [7, 1, 2]),
]  # fmt: skip


def with_living_conditions(persons: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Returns the persons of a population with the columns of LIVING_CONDITIONS added.

    Args:
        persons: the persons of `make_population`, with the work of adults.
        seed: the seed of the population.
    """
    rng = np.random.default_rng([seed, STREAM])
    n, adult = len(persons), (persons["true_age"] >= 18).to_numpy()
    wealth = _wealth(rng, persons)
    out = pd.DataFrame(index=persons.index)
    school = np.digitize(wealth + rng.normal(0, 1, n), [-1.1, 0.3, 1.6]) + 1
    out["EDU"] = if_asked(adult, np.where(rng.random(n) < 0.01, NOT_STATED, school))
    for question in DIFFICULTIES:
        strain = rng.random(n) * np.exp(-np.maximum(persons["true_age"].to_numpy() - 25, 0) / 28)
        answer = 4 - np.digitize(strain, [0.001, 0.008, 0.09])
        out[question] = if_asked(adult, np.where(rng.random(n) < 0.004, NOT_STATED, answer))
    blank = (rng.random(persons["household"].max() + 1) < 0.01)[persons["household"]]
    out["WEALTH"] = pd.Series(wealth.round(3), index=persons.index).mask(blank)
    return pd.concat([persons, out, _job(rng, persons, wealth)], axis=1)[
        [*persons.columns, *LIVING_CONDITIONS]
    ]


def _wealth(rng: np.random.Generator, persons: pd.DataFrame) -> NDArray[np.float64]:
    """Returns an index of household wealth with a mean of about 0. The index is the same for all members of a
    household, and is higher in urban areas."""
    own = rng.normal(0, 0.9, persons["household"].max() + 1)[persons["household"]]
    of_area = rng.normal(0, 0.4, persons["area"].max() + 1)[persons["area"]]
    return np.asarray(own + of_area + np.where(persons["AREA"] == 1, 0.5, -0.3))


def _job(rng: np.random.Generator, persons: pd.DataFrame, wealth: NDArray[np.float64]) -> pd.DataFrame:
    """Returns facts about each person's main job: occupation, informality, social protection, employer, and
    the fee that the person paid for the job and the debt that came with it."""
    n, adult = len(persons), (persons["true_age"] >= 18).to_numpy()
    worked, paid = ((persons[c] == YES).fillna(False).to_numpy(bool) for c in ("WORKED", "WK_PAY"))
    industry = persons["ISIC12"].to_numpy(np.int64, na_value=-1)
    out = pd.DataFrame(index=persons.index)
    occupation = np.where(rng.random(n) < 0.5, "9329", "5223")  # for an unknown industry
    for start, codes, tenths in OCCUPATIONS:
        drawn = rng.choice(len(codes), size=n, p=np.array(tenths) / 10)
        here = _starts(industry, start)
        occupation[here] = np.array(codes)[drawn[here]]
    unknown = rng.random(n) < 0.01
    out["ISCO"] = pd.Series(np.where(unknown, "9999", occupation), index=persons.index).where(worked)
    public = paid & _starts(industry, "84", "85", "86")
    household = paid & _starts(industry, "97")
    employer = np.select([public & (rng.random(n) < 0.8), household, paid], [1, 3, 2], 4)
    out["EMPLOYER"] = if_asked(worked, np.where(rng.random(n) < 0.01, NOT_STATED, employer))
    informal = (employer != 1) & (rng.random(n) < 1 / (1 + np.exp(wealth - 0.6)))
    out["INFORMAL"] = if_asked(
        worked, np.where(rng.random(n) < 0.02, NOT_STATED, np.where(informal, YES, NO))
    )
    covered = rng.random(n) < np.where(worked & ~informal, 0.75, 0.22)
    out["SOCPROT"] = if_asked(adult, np.where(rng.random(n) < 0.015, NOT_STATED, np.where(covered, YES, NO)))
    abroad = (persons["BORN"] == 2).to_numpy()
    for amount, likely in (("FEE", np.where(abroad, 0.4, 0.12)), ("DEBT", np.where(abroad, 0.25, 0.06))):
        size = rng.lognormal(5.3, 0.9, n).round(-1)
        some = np.where(rng.random(n) < likely, size, 0).astype(int)
        out[amount] = if_asked(paid, np.where(rng.random(n) < 0.02, UNKNOWN_AMOUNT, some))
    return out


def _starts(industry: NDArray[np.int64], *digits: str) -> NDArray[np.bool_]:
    """Returns, for each ISIC code of four digits, whether it starts with some digits. -1 is no code."""
    codes = [code for code in np.unique(industry) if code >= 0 and f"{code:04d}".startswith(digits)]
    return np.isin(industry, codes)
