"""Makes the invented countries Norvia (adults) and Valdorie (families with children), and writes their surveys,
which are the kit's samples."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from fltoolkit.synthetic.codebook import read_codebook, write_dta, write_sav
from fltoolkit.synthetic.families import CHILD_MODULE, Families, make_families
from fltoolkit.synthetic.living_conditions import with_living_conditions
from fltoolkit.synthetic.population import COERCION, INVOLUNTARY, Population, people, with_work
from fltoolkit.synthetic.sample import MODULE, SampleSize, draw_households, draw_sample, grossed_up

# ----------------------------------------------------------------------------------------------------- Norvia

SECOND_SCALE = 0.45  # factor of the first round's risk; benchmarks/power_norvia.py says how often two samples find the fall
NEW_FRAME = 2000  # added to the numbers of enumeration areas, so that none is an area of the first round


def make_population(
    seed: int = 2025, areas: int = 1200, households: int = 110, scale: float = 1.0
) -> Population:
    """Returns a country of ten strata (five regions, urban and rural) and `areas` enumeration areas.

    Args:
        seed: the seed of all random numbers.
        areas: the number of enumeration areas.
        households: the mean number of households per area.
        scale: a factor for the risk of forced labour. With less than 1, forced labour is rarer, as in a
            second round.
    """
    rng = np.random.default_rng(seed)
    population = with_work(rng, people(rng, areas, households), scale)
    return replace(population, persons=with_living_conditions(population.persons, seed))


def write_sample(folder: Path, seed: int = 2025, draw: int = 7) -> dict[str, float]:
    """Write `persons.csv` of the shipped survey into `folder`. Returns two facts about its population: the
    true prevalence and the number of adults."""
    population = make_population(seed)
    draw_sample(population, draw).to_csv(folder / "persons.csv", index=False, lineterminator="\n")
    return {"true": population.true_prevalence, "adults": float(population.adults.sum())}


def make_second_round(seed: int = 2027) -> Population:
    """Returns the population of Norvia two years later, for the second survey. This population has other
    people in other areas, and less forced labour."""
    return make_population(seed, scale=SECOND_SCALE)


def write_second_round(folder: Path, draw: int = 11) -> None:
    """Write the two files of the second round: `persons.dta` with the labour force survey, and `module.dta`
    with the answers to the module on forced labour."""
    sample, book = draw_sample(make_second_round(), draw), read_codebook("norvia_en")
    sample["EA"] += NEW_FRAME
    module = ["W_FL", "PROXY", "ALONE", *MODULE]
    persons = book.only(name for name in book.columns if name not in module)
    write_dta(persons.apply(sample), persons, folder / "persons.dta")
    asked = book.only(["HH", "LINE", *module])
    write_dta(asked.apply(sample[sample["FL_RESULT"] == 1]), asked, folder / "module.dta")


# --------------------------------------------------------------------------------------------------- Valdorie

ADULT_MODULE = [*INVOLUNTARY, "FLEAVE", *COERCION, "FSAME", "FEXC", "FEXC_LIM", "FPLACE", "FMONTHS"]
ADULT_WORK = ["WK_PAY", "WK_OWN", "WK_FAM", "WK_OTH", "WORKED", "ISIC12", "STATUS", "ALONE"]
ANSWERED, SKIPPED = 1, 97
SIZE = SampleSize(areas=250, households=13)
REFUSED, ABSENT, CHILD_RESPONSE = 0.03, 0.06, 0.95


def draw_families(families: Families, seed: int, size: SampleSize = SIZE) -> pd.DataFrame:
    """Draws areas and households as in `draw_sample`. All adults are asked, and one child of 5 to 17 in each
    household.

    Returns:
        The survey's file. The index is the person's row in the population. Cluster numbers start again in
            each stratum. `PADULTE` and `PENFANT` are the weights of the adults and of the children who
            answered. Both weights are raised in each stratum for the persons who did not answer.
    """
    rng = np.random.default_rng(seed)
    pool = draw_households(families, rng, size)
    people = families.persons.assign(child=families.children, adult=families.adults)
    people = people[people["household"].isin(pool.index)].join(pool[["stratum", "W_LFS"]], on="household")
    adult, child, stratum, home = people["adult"], people["child"], people["stratum"], people["household"]
    draw, lot = rng.random(len(people)), pd.Series(rng.random(len(people)), people.index).where(child, 2)
    answers = adult & (draw > REFUSED + ABSENT)
    picked = child & (lot == lot.groupby(home).transform("min"))
    answered = picked & (draw < CHILD_RESPONSE)
    children = child.groupby(home).transform("sum")
    return _file(
        people.assign(
            HH=home.rank(method="dense").astype(int),
            EA=people.groupby("stratum")["area"].rank(method="dense").astype(int),
            W_LFS=people["W_LFS"].round(3),
            FL_RESULT=np.select([answers, adult & (draw < REFUSED), adult], [ANSWERED, 2, 3], 4),
            W_FL=grossed_up(people["W_LFS"], adult, answers, stratum),
            C_RESULT=np.select([answered, picked], [ANSWERED, 2], 3),
            W_CHILD=grossed_up(people["W_LFS"] * children, picked, answered, stratum),
        )
    )


def full_count_of_families(families: Families) -> pd.DataFrame:
    """Returns the answers of everybody as if all adults and all children of 5 to 17 had been asked, with
    weight one."""
    people, adult, child = families.persons, families.adults, families.children
    return _file(
        people.assign(
            stratum=people["REGION"] * 10 + people["AREA"],
            HH=people["household"] + 1,
            EA=people["area"],
            W_LFS=1,
            FL_RESULT=np.where(adult, ANSWERED, 4),
            W_FL=np.where(adult, 1, np.nan),
            C_RESULT=np.where(child, ANSWERED, 3),
            W_CHILD=np.where(child, 1, np.nan),
        )
    )


def _file(people: pd.DataFrame) -> pd.DataFrame:
    """Returns the table of the survey file. Persons who did not answer their module have blanks. A question
    that the routing skips has the code 97."""
    people = people.assign(STRATUM=people["stratum"])
    adult, child = people["FL_RESULT"] == ANSWERED, people["C_RESULT"] == ANSWERED
    for columns, asked in ((ADULT_MODULE, adult), (CHILD_MODULE, child), (["FWHO"], adult | child)):
        for column in columns:
            people[column] = people[column].fillna(SKIPPED).where(asked)
    people.loc[~adult, ADULT_WORK] = pd.NA
    for isic in ("ISIC12", "FISIC"):
        people[isic] = people[isic].where(adult | child).map("{:04d}".format, na_action="ignore")
    return read_codebook("enquete_fr").apply(people)


def write_valdorie(folder: Path, seed: int = 517, draw: int = 3) -> None:
    """Write `persons.sav` of the shipped survey into `folder`."""
    write_sav(draw_families(make_families(seed), draw), read_codebook("enquete_fr"), folder / "persons.sav")
