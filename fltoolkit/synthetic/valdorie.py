"""Makes the shipped Valdorie survey, an SPSS file: all adults and one child of each household, with the
parents in the same file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from fltoolkit.synthetic.codebook import read_codebook, write_sav
from fltoolkit.synthetic.families import CHILD_MODULE, Families, make_families
from fltoolkit.synthetic.population import COERCION, INVOLUNTARY
from fltoolkit.synthetic.sample import SampleSize, draw_households, grossed_up

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
