"""Makes small tables for the class: the island's villages, the results of many samples, and one table that
reveals a person."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from fltoolkit.estimate.measures.estimates import Estimates
from fltoolkit.show.charts.chart_style import Table
from fltoolkit.show.tables import plain
from fltoolkit.teaching.island_population import Island
from fltoolkit.teaching.redraw import Redraws

FEW = 5  # a smaller count is hidden


def villages(people: Island) -> Table:
    """Returns a table of the invented island, with one row per stratum and one for the whole island. It has
    the number of villages, the number of adults, and the true rate of forced labour, which no survey knows.
    """
    sums = people.areas.groupby("stratum").agg(
        villages=("cases", "size"), adults=("adults", "sum"), cases=("cases", "sum")
    )
    sums.loc["island"] = sums.sum()
    body = sums.assign(rate=(1000 * sums["cases"] / sums["adults"]).map("{:.1f}".format)).reset_index()
    body[["villages", "adults"]] = body[["villages", "adults"]].map("{:,}".format)
    names = {"stratum": "Where", "villages": "Villages", "adults": "Adults", "rate": "True cases per 1,000"}
    return plain(body[list(names)].rename(columns=names), "Calda", "everybody, as only its maker knows it")


def spread(series: Mapping[str, Redraws]) -> Table:
    """Returns a table with one row per way of sampling. A row shows the true value, the mean and the standard
    deviation of the estimates from many samples, and their mean standard error.
    """

    def as_printed(r: Redraws, value: float) -> str:
        return f"{value * r.scale:,.{2 if r.rate else 0}f}"

    rows = [
        {
            "Samples": name,
            "Truth": as_printed(r, r.truth),
            "Mean of the estimates": as_printed(r, float(np.mean(r.estimate))),
            "Their standard deviation": as_printed(r, float(np.std(r.estimate))),
            "Mean standard error": as_printed(r, float(np.mean(r.se))),
        }
        for name, r in series.items()
    ]
    first = next(iter(series.values()))
    return plain(
        pd.DataFrame(rows), "What the samples came to", "per 1,000 adults" if first.rate else "persons"
    )


def numbers(est: Estimates, title: str) -> Table:
    """Returns a table of estimates from a sample of the invented island. Nothing is hidden for
    confidentiality, because its people are invented.
    """
    by = sorted({g for b in est.by for g in b})
    names = {"estimate": "Persons", "se": "Standard error", "n": "Asked", "cases": "Cases"}
    rows = est.table[[*by, *names]].assign(**{c: est.table[c].map("{:,.0f}".format) for c in names})
    return plain(
        rows.rename(columns={**names, **{g: g.capitalize() for g in by}}),
        title,
        "number of persons in forced labour",
    )


def hidden(sample: pd.DataFrame) -> Table:
    """Returns a table of the cases of a sample by trade and sex, as a careless office would print it. Only
    small counts are hidden, so a reader can calculate them from the sums.
    """
    found = (
        sample[sample["case"] == 1]
        .groupby(["trade", "sex"])
        .size()
        .unstack(fill_value=0)
        .rename_axis(None, axis=1)
    )
    body = (
        found.astype(str)
        .mask(found < FEW, "[c]")
        .assign(total=found.sum(axis=1).astype(str))
        .rename_axis("Trade")
    )
    body.loc["total"] = [str(v) for v in (*found.sum(), found.to_numpy().sum())]
    note = f"[c] confidential: fewer than {FEW}"
    return plain(body.reset_index(), "Persons found in forced labour", "unweighted counts", note)
