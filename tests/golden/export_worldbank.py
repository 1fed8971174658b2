"""The World Bank's synthetic individual sample, as the PyPI package `svy` bundles it: for the golden numbers
only.

    python tests/golden/export_worldbank.py OUT.csv     # writes the CSV, prints the sha256 of svy's file

The data are not committed: `worldbank.R` reads a temporary CSV, the tests read svy's file again through
`frame()`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path

BANDS = "case when age < 15 then '00-14' when age < 25 then '15-24' when age < 55 then '25-54' else '55+' end"
COLUMNS = f"geo1, urbrur, ea, hhweight as weight, sex, age, {BANDS} as age_band, act_status"


def source() -> Path | None:
    """The bundled Parquet file; None where svy is not installed (it is found, never imported)."""
    spec = importlib.util.find_spec("svy")
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(
        next(iter(spec.submodule_search_locations)), "datasets", "_bundled", "ind_sample_wb_2023.parquet"
    )
    return path if path.exists() else None


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def frame(path: Path):
    """The persons as pandas: strata geo1 and urbrur, PSU ea, weight, sex, age_band, act_status."""
    import duckdb

    with duckdb.connect() as connection:
        return connection.execute(f"select {COLUMNS} from read_parquet(?)", [str(path)]).df()


if __name__ == "__main__":
    parquet = source()
    if parquet is None:
        sys.exit("svy is not installed: pip install svy==0.35.0")
    frame(parquet).to_csv(sys.argv[1], index=False)
    print(sha256(parquet))
