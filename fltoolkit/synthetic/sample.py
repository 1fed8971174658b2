"""Draws surveys from an invented population as a statistical office would draw them. A full count of the
population gives the value that the estimates should have."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.classify import classify
from fltoolkit.survey import SurveyDesign, read_survey
from fltoolkit.survey.checks.rules.weight_rules import weight_columns
from fltoolkit.survey.engine.engines import connect, to_pandas
from fltoolkit.survey.spec.survey_spec import read_spec
from fltoolkit.synthetic.living_conditions import LIVING_CONDITIONS
from fltoolkit.synthetic.population import COERCION, INVOLUNTARY, Population

MODULE = [
    *INVOLUNTARY, "FLEAVE", *COERCION, "FILTER", "FILTER2", "FSAME", "FILTER3", "FEXC", "FEXC_LIM", "FWHO",
    "FPLACE", "FMONTHS", "FISIC",
]  # fmt: skip


@dataclass(frozen=True)
class SampleSize:
    """The size of a sample.

    Attributes:
        areas: the number of enumeration areas.
        households: the number of households drawn per area.
        household_response: the share of households that respond.
        module_response: the share of adults who answer the module on forced labour, among the adults who are
            asked.
    """

    areas: int = 330
    households: int = 16
    household_response: float = 0.94
    module_response: float = 0.96


def draw_sample(population: Population, seed: int, size: SampleSize | None = None) -> pd.DataFrame:
    """Draws a sample as a labour force survey does: areas by systematic PPS (probability proportional to
    size) in each stratum, households at random, and one adult per household for the module on forced labour.

    Returns:
        The survey file, with one row per person of the responding households. The index is the person's row
            in the population. The weights are computed as a survey office would do. `W_LFS` is the weight of
            the households, raised in each area for the households that did not answer. `W_FL` is the weight
            of the adults who answered the module, raised in each stratum for the adults who refused.
    """
    size = size or SampleSize()
    rng = np.random.default_rng(seed)
    pool = draw_households(population, rng, size)
    rows = population.persons["household"].isin(pool.index).to_numpy()
    sample = population.persons[rows].join(pool, on="household").reset_index(drop=True)
    return _with_module(sample, rng, size).set_axis(np.flatnonzero(rows), axis=0)


def draw_households(population: Population, rng: np.random.Generator, size: SampleSize) -> pd.DataFrame:
    """Draws areas and households, and returns the households that respond. The index is the household's
    number. The columns are `stratum`, `W_LFS` (the weight) and `adults` (the number of adults in the
    household)."""
    homes = population.homes
    areas = homes.groupby("area").agg(stratum=("stratum", "first"), size=("stratum", "size"))
    chosen = []
    for _, frame in areas.groupby("stratum"):
        wanted = max(2, round(size.areas * frame["size"].sum() / len(homes)))
        frame = frame.sample(frac=1, random_state=rng)
        steps = (rng.random() + np.arange(wanted)) * frame["size"].sum() / wanted
        hit = frame.iloc[np.searchsorted(frame["size"].cumsum().to_numpy(), steps)]
        chosen.append(hit.assign(p=np.minimum(1, wanted * hit["size"] / frame["size"].sum())))
    drawn = pd.concat(chosen)
    drawn = drawn[~drawn.index.duplicated()]
    pool = homes[homes["area"].isin(drawn.index)].sample(frac=1, random_state=rng)
    pool = pool.groupby("area").head(size.households).join(drawn[["p", "size"]], on="area")
    asked = pool.groupby("area")["p"].transform("size")
    pool = pool[rng.random(len(pool)) < size.household_response]
    pool["W_LFS"] = (
        1 / (pool["p"] * asked / pool["size"]) * asked / pool.groupby("area")["p"].transform("size")
    )
    return pool[["stratum", "W_LFS", "adults"]]


def _with_module(sample: pd.DataFrame, rng: np.random.Generator, size: SampleSize) -> pd.DataFrame:
    """Returns a sample after the interviews on forced labour: one adult per household is asked the module,
    and a few adults refuse it. The result has a new column with the weights of the adults who answered."""
    adult = sample["true_age"] >= 18
    lot = pd.Series(rng.random(len(sample))).where(adult, 2)
    picked = adult & (lot == lot.groupby(sample["household"]).transform("min"))
    answered = picked & (rng.random(len(sample)) < size.module_response)
    weight = grossed_up(sample["W_LFS"] * sample["adults"], picked, answered, sample["stratum"])
    sample["FL_RESULT"] = np.where(answered, 1, np.where(picked, 2, 3))
    sample["W_FL"] = weight
    sample.loc[~answered, [*MODULE, "PROXY", "ALONE"]] = pd.NA
    names = {code: i + 1 for i, code in enumerate(sorted(sample["household"].unique()))}
    sample = sample.assign(
        HH=sample["household"].map(names),
        EA=1000 + sample["area"],
        STRATUM=sample["stratum"],
        W_LFS=sample["W_LFS"].round(3),
    )
    for isic in ("ISIC12", "FISIC"):
        sample[isic] = sample[isic].map("{:04d}".format, na_action="ignore")
    first_columns = ["HH", "LINE", "STRATUM", "EA", "W_LFS", "REGION", "AREA", "SEX", "AGE", "BORN"]
    work = [
        "WK_PAY",
        "WK_OWN",
        "WK_FAM",
        "WK_OTH",
        "WORKED",
        "ISIC12",
        "STATUS",
        "FL_RESULT",
        "W_FL",
        "PROXY",
        "ALONE",
    ]
    later = [name for name in LIVING_CONDITIONS if name in sample]
    return sample[[*first_columns, *work, *MODULE, *later]]


def grossed_up(weight: pd.Series, picked: pd.Series, answered: pd.Series, stratum: pd.Series) -> pd.Series:
    """Returns the weights of the persons who answered. These weights are raised, so that they also represent
    the persons of the same stratum who were picked and did not answer. Everybody else has a missing
    weight."""
    kept = weight.where(answered, 0).groupby(stratum).transform("sum") / weight.where(picked, 0).groupby(
        stratum
    ).transform("sum")
    return (weight / kept).where(answered).round(3)


def census(population: Population) -> pd.DataFrame:
    """Returns the answers of all adults of a population, as if all had been asked. Every weight is one. The
    reported prevalence (the prevalence in a survey without sampling error) is computed from this table."""
    people = population.persons
    adult = (people["true_age"] >= 18).to_numpy()
    everybody = people.assign(
        HH=people["household"] + 1,
        EA=1000 + people["area"],
        STRATUM=people["REGION"] * 10 + people["AREA"],
        W_LFS=1,
        FL_RESULT=np.where(adult, 1, 3),
        W_FL=np.where(adult, 1.0, np.nan),
    )
    for isic in ("ISIC12", "FISIC"):
        everybody[isic] = everybody[isic].map("{:04d}".format, na_action="ignore")
    return everybody[adult].drop(columns=["household", "area", "true_age"])


def reported_status(population: Population, survey: Path) -> NDArray[np.float64]:
    """Returns the kit's classification of each person of the population: 1 for a case, 0 for an adult who is
    not a case, and nan for a child or for an adult whose answers do not decide it.

    Args:
        population: the population.
        survey: the path of the survey.yaml that describes the answers.
    """
    everybody = census(population)
    found = full_count(everybody, survey, "forced_labour")["forced_labour"].astype("Float64")
    return np.asarray(found.reindex(population.persons.index).to_numpy(na_value=np.nan), np.float64)


def full_count(everybody: pd.DataFrame, survey: Path, *columns: str) -> pd.DataFrame:
    """Classifies everybody and returns columns of the classification, one row per person.

    Args:
        everybody: the answers of all persons, in the layout of the survey's person file.
        survey: the path of the survey.yaml that describes these answers.
        columns: the names of the columns to return.
    """
    with TemporaryDirectory() as folder:
        connect().from_df(everybody).write_parquet(str(Path(folder) / "persons.parquet"))
        path = Path(folder) / "survey.yaml"
        weights = weight_columns(read_spec(survey))
        entries = (
            f"  - {{finding: weights, column: {json.dumps(name)}, why: everybody was counted}}\n"
            for name in weights
        )
        said = re.sub(r"persons\.\w+", "persons.parquet", survey.read_text("utf-8"))
        path.write_text(f"{said}\naccept:  # every weight is 1\n{''.join(entries)}", encoding="utf-8")
        persons = classify(read_survey(path))
        key = list(persons.spec.files.person.key)
        found = to_pandas(persons.frame.select(*(f"src__{c}" for c in key), *columns))
    found.index = pd.MultiIndex.from_frame(found[[f"src__{c}" for c in key]].astype(int), names=key)
    return found[list(columns)].reindex(pd.MultiIndex.from_frame(everybody[key])).set_index(everybody.index)


def redraw(
    population: Population, status: NDArray[np.float64], seed: int, size: SampleSize | None = None
) -> SurveyDesign:
    """Draws one more sample for a simulation. Returns a design with a 0/1 column `case`, which is looked up
    in `status` (the result of `reported_status`).

    Nothing is classified again, so hundreds of samples take a minute. Persons who were not asked the module
    on forced labour stay in the design with weight zero.
    """
    sample = draw_sample(population, seed, size)
    asked = sample["FL_RESULT"] == 1
    case = pd.Series(status[sample.index] == 1, index=sample.index).astype(float).where(asked)
    persons = sample[["STRATUM", "EA"]].assign(W_FL=sample["W_FL"].fillna(0), case=case)
    return SurveyDesign(persons, weight="W_FL", strata="STRATUM", psu="EA")
