"""Who of the shipped Norvia survey the kit finds to be a case, for R: for the golden numbers only.

    python -m tests.golden.export_groups OUT.csv     # writes the CSV, prints the sha256 of persons.csv

One row a person: the key, and the status (1 case, 0 not, -1 unresolved). The groups are not in it: `groups.R`
makes them itself from persons.csv. R reads a temporary CSV; nothing of it is committed.
"""

from __future__ import annotations

import sys

import fltoolkit as fl
from tests.golden.export_norvia import SURVEY, sha256


def write(path: str) -> None:
    """The statuses by HH and LINE."""
    found = (
        fl.classify(fl.read_survey(SURVEY))
        .frame.select("src__HH", "src__LINE", "forced_labour")
        .collect("pandas")
        .to_native()
    )
    table = found.rename(columns={"src__HH": "HH", "src__LINE": "LINE", "forced_labour": "status"})
    table["status"] = table["status"].astype("Int64").fillna(-1)
    table.sort_values(["HH", "LINE"]).to_csv(path, index=False)


if __name__ == "__main__":
    write(sys.argv[1])
    print(sha256())
