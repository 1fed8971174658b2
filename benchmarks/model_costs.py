"""Measures what the protection of published models costs: odds ratios and intervals before and now, and why
they are lost.

The model of `fl.risk_factors` is published for the three samples and for random surveys. `python
benchmarks/model_costs.py CHECKOUT 100` compares it with the code in the folder CHECKOUT, on 100 random
surveys.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from disclosure_costs import HERE, SAMPLES, random_survey

ENOUGH = 30  # cases: with fewer, standard errors are blank


def published(surveys: list[str]) -> list[dict[str, Any]]:
    """Returns each category of each survey's model, with the cases that decide about its interval."""
    import fltoolkit as fl

    rows: list[dict[str, Any]] = []
    for survey in surveys:
        persons = fl.classify(fl.read_survey(survey))
        out = fl.publish_run(persons)
        population = persons.spec.default_population
        table = fl.risk_factors(persons, out).table
        own = out.own_rows(measure="prevalence", reference_population=population)
        cases = out.exact.loc[own.index].set_index(["breakdown", "category"])["cases"]
        hidden = set(own.loc[own["marker"] == "c", "breakdown"])
        for row in table.to_dict("records"):
            facts = {
                name: row[name]
                for name in ("group", "category", "odds_ratio", "ci_low", "ci_high", "effect", "flag")
            }
            pair = [cases.get((row["group"], row[name]), np.nan) for name in ("category", "reference")]
            is_base = row["category"] == row["reference"]
            rows.append(
                {
                    "survey": Path(survey).name,
                    "base": is_base,
                    "cases": min(pair),
                    "hidden": row["group"] in hidden,
                    **facts,
                }
            )
    return rows


def compared(base: str, many: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        surveys = [str(HERE / "data_samples" / name) for name in SAMPLES]
        surveys += [str(random_survey(Path(folder), i)) for i in range(many)]
        tables = []
        for checkout in (base, str(HERE)):
            command = [sys.executable, __file__, *surveys]
            environment = os.environ | {"PYTHONPATH": os.pathsep.join([checkout, str(HERE / "benchmarks")])}
            found = subprocess.run(
                command, env=environment, cwd=checkout, capture_output=True, text=True, check=True
            ).stdout
            tables.append(
                pd.DataFrame(json.loads(found.splitlines()[-1])).set_index(["survey", "group", "category"])
            )
    before, now = tables
    both = before.add_suffix("_before").join(now.add_suffix("_now"), how="outer")
    both = both[~both["base_now"].fillna(both["base_before"]).astype(bool)]
    ratio, limits = (
        {when: both[f"{name}_{when}"].notna() for when in ("before", "now")}
        for name in ("odds_ratio", "ci_low")
    )
    lost = limits["before"] & ~limits["now"]
    hidden, few = both["hidden_now"].fillna(False).astype(bool), both["cases_now"] < ENOUGH
    apart = np.log(both["odds_ratio_now"] / both["odds_ratio_before"]).abs()
    of_error = apart / (np.log(both["ci_high_before"] / both["ci_low_before"]) / 4)
    kind = both.index.get_level_values("survey").where(
        both.index.get_level_values("survey").isin(SAMPLES), "random surveys"
    )
    table = pd.DataFrame(
        {
            "odds ratios before": ratio["before"],
            "now": ratio["now"],
            "intervals before": limits["before"],
            "intervals now": limits["now"],
            "lost: few cases": lost & few & ~hidden,
            "lost: hidden category": lost & hidden & ~few,
            "lost: both": lost & few & hidden,
            "lost: other": lost & ~few & ~hidden,
        }
    )
    print(table.groupby(kind).sum().T.to_string())
    spread = pd.DataFrame({"|log ratio|": apart, "in standard errors": of_error}).replace(
        [np.inf, -np.inf], np.nan
    )
    print(spread.groupby(kind).quantile([0.5, 0.9, 1.0]).round(3).to_string())
    turned = both[(both["flag_before"] != both["flag_now"]) & ratio["now"]]
    print(turned.groupby(["flag_before", "flag_now"]).size().to_string())


if __name__ == "__main__":
    if sys.argv[2].isdigit():
        compared(sys.argv[1], int(sys.argv[2]))
    else:
        print(json.dumps(published(sys.argv[1:])))
