"""The shipped Norvia survey as the kit classifies it, for R: for the golden numbers only.

    python -m tests.golden.export_norvia OUT.csv     # writes the CSV, prints the sha256 of persons.csv

Every person of the file is a row, with weight 0 where the module was not answered: they belong to the design,
though to no domain. `norvia.R` reads a temporary CSV; nothing of it is committed.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import fltoolkit as fl

SURVEY = Path(__file__).parents[2] / "data_samples" / "norvia_lfs_2025"
GROUPS = ["sex", "age_group", "region", "main_job_sector", "sector"]
COLUMNS = {
    "fl__strata": "stratum",
    "fl__psu": "psu",
    "fl__weight__adults": "weight",
    "fl__population__adults": "adults",
    "fl__population__workers": "workers",
    "forced_labour": "status",
    "months": "months",
}


def sha256() -> str:
    return hashlib.sha256((SURVEY / "persons.csv").read_bytes()).hexdigest()


def write(path: str) -> None:
    """One row a person: design, populations, status (1 case, 0 not, -1 unresolved), groups in ASCII."""
    persons = (
        fl.classify(fl.read_survey(SURVEY)).frame.select(*COLUMNS, *GROUPS).collect("pandas").to_native()
    )
    table = persons.rename(columns=COLUMNS)
    for column in ("adults", "workers"):
        table[column] = table[column].fillna(False).astype(int)
    table["status"] = table["status"].astype("Int64").fillna(-1)
    table["weight"] = table["weight"].where(table["adults"] == 1, 0.0)
    table[GROUPS] = table[GROUPS].replace("–", "-", regex=True)
    table.sort_values(["stratum", "psu", *GROUPS, "weight", "status"]).to_csv(path, index=False)


if __name__ == "__main__":
    write(sys.argv[1])
    print(sha256())
