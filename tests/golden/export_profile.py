"""The cases of a shipped survey as the kit classifies them, with the answers that their profile is of, for R:
for the golden numbers only.

    python -m tests.golden.export_profile norvia|valdorie OUT.csv   # writes the CSV, prints the sha256 of the
    persons' file

Every person of the file is a row, with weight 0 outside the population: of Norvia the adults, of Valdorie the
children. A column `topic/name` is 1 yes, 0 no, -1 unresolved of a case. `profile.R` reads a temporary CSV;
nothing of it is committed.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import fltoolkit as fl
from fltoolkit.classify.characteristics import ANSWERS, NO, OPEN, YES, with_characteristics

SAMPLES = Path(__file__).parents[2] / "data_samples"
SURVEYS = {
    "norvia": (SAMPLES / "norvia_lfs_2025", "persons.csv", "adults", "fl__psu"),
    "valdorie": (SAMPLES / "valdorie_enquete_2025", "persons.sav", "children", "src__GRAPPE"),
}
NUMBERS = {YES: 1, NO: 0, OPEN: -1}


def sha256(sample: str) -> str:
    folder, file, *_ = SURVEYS[sample]
    return hashlib.sha256((folder / file).read_bytes()).hexdigest()


def write(sample: str, path: str) -> None:
    """One row a person: design, population, status (1 case, 0 not, -1 unresolved), sex, and the
    characteristics."""
    folder, _, population, psu = SURVEYS[sample]
    told = with_characteristics(fl.classify(fl.read_survey(folder)), children=population == "children")
    columns = {
        "fl__strata": "stratum",
        psu: "psu",
        f"fl__weight__{population}": "weight",
        f"fl__population__{population}": "inside",
        "forced_labour": "status",
        "sex": "sex",
        ANSWERS: "answers",
    }
    table = told.persons.frame.select(*columns).collect("pandas").to_native().rename(columns=columns)
    table["inside"] = table["inside"].fillna(False).astype(int)
    table["weight"] = table["weight"].where(table["inside"] == 1, 0.0)
    table["status"] = table["status"].astype("Int64").fillna(-1)
    answers = table.pop("answers")
    for k, (topic, name) in enumerate(told.of):
        table[f"{topic}/{name}"] = answers.str[k].map(NUMBERS).fillna(0).astype(int)
    table.sort_values([*table.columns]).to_csv(path, index=False)


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2])
    print(sha256(sys.argv[1]))
