"""Makes the shipped Norvia surveys: two rounds with the same questionnaire, two years apart. The true
prevalence is lower in the second round."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from fltoolkit.synthetic.codebook import read_codebook, write_dta
from fltoolkit.synthetic.living_conditions import with_living_conditions
from fltoolkit.synthetic.population import Population, people, with_work
from fltoolkit.synthetic.sample import MODULE, draw_sample

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
