"""The shipped Valdorie survey as the kit classifies it, for R: for the golden numbers only.

    python -m tests.golden.export_valdorie OUT.csv   # writes the CSV, prints the sha256 of persons.sav

Every person of the file is a row, with the weight of the module they answered, 0 where they answered none.
`psu` is the number in the file, which restarts in each stratum: it is R that nests it. `valdorie.R` reads a
temporary CSV; nothing of it is committed.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import fltoolkit as fl

SURVEY = Path(__file__).parents[2] / "data_samples" / "valdorie_enquete_2025"
GROUPS = ["sex", "age_group", "region", "route"]
COLUMNS = {
    "fl__strata": "stratum",
    "src__GRAPPE": "psu",
    "fl__weight__adults": "weight_of_adults",
    "fl__weight__children": "weight_of_children",
    "fl__population__adults": "adults",
    "fl__population__children": "children",
    "forced_labour": "status",
}


def sha256() -> str:
    return hashlib.sha256((SURVEY / "persons.sav").read_bytes()).hexdigest()


def write(path: str) -> None:
    """One row a person: design, populations, status (1 case, 0 not, -1 unresolved), groups in ASCII."""
    persons = (
        fl.classify(fl.read_survey(SURVEY)).frame.select(*COLUMNS, *GROUPS).collect("pandas").to_native()
    )
    table = persons.rename(columns=COLUMNS)
    for column in ("adults", "children"):
        table[column] = table[column].fillna(False).astype(int)
    weights = [table.pop(f"weight_of_{who}").where(table[who] == 1, 0.0) for who in ("adults", "children")]
    table["weight"] = weights[0] + weights[1]
    table["everybody"] = table["adults"] + table["children"]
    table["status"] = table["status"].astype("Int64").fillna(-1)
    table[GROUPS] = table[GROUPS].replace("–", "-", regex=True)
    table.sort_values(["stratum", "psu", *GROUPS, "weight", "status"]).to_csv(path, index=False)


if __name__ == "__main__":
    write(sys.argv[1])
    print(sha256())
