"""Defines what is measured: the kit, a plain GROUP BY of DuckDB on the same columns (the floor, the least
possible time), and svy. The tasks of R are in by_r.R.

Each function takes the path of a file of `surveys` and, for some tasks, a number of domains. It returns
numbers that must be the same for all programs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from surveys import COERCION, GROUPS, INVOLUNTARY, REPLICATES

FORMULA = "y ~ " + " + ".join(f"C(g{g})" for g in GROUPS)
MARGINS = ("g4", "d20")


def _design(path: Path, kind: str = "") -> Any:
    import fltoolkit as fl

    return fl.SurveyDesign(path, weight="w", strata=f"{kind}stratum", psu=f"{kind}psu")


def ours_domains(path: Path, domains: int, letter: str = "d", kind: str = "") -> list[float]:
    """Estimates domains with the kit. `kind` is "t" if strata, PSUs and domains are text."""
    import fltoolkit as fl

    est = fl.prevalence(_design(path, kind), "y", by=[f"{kind}{letter}{domains}"])
    return [float(est.table["estimate"].sum()), float(est.covariance.sum())]


def ours_districts(path: Path, domains: int) -> list[float]:
    return ours_domains(path, domains, "r")


def ours_texts(path: Path, domains: int) -> list[float]:
    return ours_domains(path, domains, kind="t")


def floor_domains(path: Path, domains: int, letter: str = "d", kind: str = "") -> list[float]:
    """Makes, in pandas, only the table of sums that an estimate needs. Nothing is estimated."""
    import duckdb

    columns = f"{kind}stratum, {kind}psu, {kind}{letter}{domains}"
    table = duckdb.sql(f"select {columns}, y, count(*), sum(w), sum(w * w) from '{path}' group by all").df()
    return [float(len(table))]


def floor_districts(path: Path, domains: int) -> list[float]:
    return floor_domains(path, domains, "r")


def floor_texts(path: Path, domains: int) -> list[float]:
    return floor_domains(path, domains, kind="t")


def svy_domains(path: Path, domains: int, letter: str = "d", kind: str = "") -> list[float]:
    import numpy as np
    import polars as pl
    import svy

    stratum, psu, domain = f"{kind}stratum", f"{kind}psu", f"{kind}{letter}{domains}"
    sample = svy.Sample(
        pl.read_parquet(path, columns=[stratum, psu, "w", "y", domain]),
        svy.Design(stratum=stratum, psu=psu, wgt="w"),
    )
    found = sample.estimation.mean("y", by=domain)
    return [float(found.to_polars()["est"].sum()), float(np.asarray(found.covariance).sum())]


def svy_districts(path: Path, domains: int) -> list[float]:
    return svy_domains(path, domains, "r")


def svy_texts(path: Path, domains: int) -> list[float]:
    return svy_domains(path, domains, kind="t")


def ours_logit(path: Path, _: int) -> list[float]:
    import fltoolkit as fl

    table = fl.logit(_design(path), FORMULA).table
    return [float(table["coefficient"].sum()), float((table["se"] ** 2).sum())]


def ours_replicates(path: Path, _: int) -> list[float]:
    import fltoolkit as fl

    design = fl.ReplicateDesign(path, weight="w", replicates="rw*", method="bootstrap", df=REPLICATES - 1)
    table = fl.prevalence(design, "y", by=["d20"]).table
    return [float(table["estimate"].sum()), float((table["se"] ** 2).sum())]


def floor_replicates(path: Path, _: int) -> list[float]:
    import duckdb

    sums = ", ".join(f"sum(rw{r})" for r in range(1, REPLICATES + 1))
    return [
        float(len(duckdb.sql(f"select d20, y, count(*), sum(w), {sums} from '{path}' group by all").df()))
    ]


def margins(path: Path) -> dict[tuple[str, ...], dict[str, int]]:
    """Returns benchmarks for the margins, as a census might have them. The total of the first category of
    each margin is a tenth above that of the sample."""
    import duckdb

    found: dict[tuple[str, ...], dict[str, int]] = {}
    for name in MARGINS:
        rows = duckdb.sql(f"select {name}, sum(w) from '{path}' group by all order by {name}").fetchall()
        shares = {str(k): v * (1.1 if i == 0 else 1.0) for i, (k, v) in enumerate(rows)}
        scale = 1_000_000 / sum(shares.values())
        totals = {k: round(v * scale) for k, v in shares.items()}
        totals[max(totals)] += 1_000_000 - sum(totals.values())
        found[(name,)] = totals
    return found


def ours_raking(path: Path, _: int) -> list[float]:
    import fltoolkit as fl

    table = fl.prevalence(fl.rake(_design(path), margins(path)), "y", by=["d20"]).table
    return [float(table["estimate"].sum()), float((table["se"] ** 2).sum())]


def ours_survey(path: Path, domains: int) -> list[float]:
    """Estimates with the kit from survey.yaml to the table by district. The checks of the data are measured
    separately."""
    import fltoolkit as fl
    from fltoolkit.classify.adults import classify_checked
    from fltoolkit.classify.rule_set import load_rules

    persons = classify_checked(fl.read_survey(path), load_rules("icls_2018", path))
    return [float(fl.prevalence(persons, "forced_labour", by=["district"]).table["cases"].sum())]


def ours_checks(path: Path, _: int) -> list[float]:
    import fltoolkit as fl

    fl.check(fl.read_survey(path))
    return []


def floor_survey(path: Path, _: int) -> list[float]:
    """Groups the same columns with a plain GROUP BY. It uses only the answers of adults, has no unresolved
    persons, and looks up no parents."""
    import duckdb

    file = f"'{path / 'persons.parquet'}'"
    either = [
        " or ".join(f"{letter}{i} = 1" for i in range(len(names)))
        for letter, names in (("I", INVOLUNTARY), ("C", COERCION))
    ]
    forced = f"(WORK1 = 1 or WORK2 = 1) and ({either[0]}) and ({either[1]}) and SAME = 1 and PLACE = 1"
    if path.name.startswith("families"):
        forced = (
            "case when AGE < 18 then (E1 = 1 and E1M = 1 and E1Q < 3) or (E2 = 1 and E2M = 1 and "
            f"E1Q < 3) or E3 = 1 else {forced} end"
        )
    query = (
        f"select STRATUM, EA, DISTRICT, {forced} as y, count(*), sum(W), sum(W * W) from {file} group by all"
    )
    return [float(len(duckdb.sql(query).df()))]
