"""What is true of the three surveys: a plain-Python classification of each, and the CSV from which R
estimates.

From tests/: `python -m brought_in.truth FOLDER` makes the surveys in FOLDER, prints the counts and writes
FOLDER/<survey>.csv for truth.R.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

from brought_in import truth_lerova, truth_quirama, truth_tamaria
from brought_in.make_surveys import make
from brought_in.three_valued import Person, count

READERS = {"quirama": truth_quirama.people, "tamaria": truth_tamaria.people, "lerova": truth_lerova.people}
COLUMNS = ("stratum", "psu", "weight", "population", "sex", "age_group", "asked", "outcome")
WORDS = {True: "yes", False: "no", None: "unresolved"}


def people(name: str, folder: Path) -> list[Person]:
    """Every person of a survey in a folder that `make_surveys.make` wrote, in the order of the file."""
    return READERS[name](folder)


def write_for_r(persons: Sequence[Person], path: Path) -> None:
    """The design and the outcome of every person, those not asked too: they belong to the sample that
    variances are about."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for p in persons:
            outcome = WORDS[p.outcome] if p.asked else ""
            table.writerow(
                [p.stratum, p.psu, repr(p.weight), p.population, p.sex, p.age_group, int(p.asked), outcome]
            )


if __name__ == "__main__":
    place = Path(sys.argv[1])
    for survey in READERS:
        persons = people(survey, make(survey, place))
        write_for_r(persons, place / f"{survey}.csv")
        populations = sorted({person.population for person in persons})
        print(survey, len(persons), {name: count(persons, name) for name in populations})
