"""Calda, an invented island: who lives in which village, at what trade, and who is truly in forced labour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

TAKE = 20  # persons asked in each village that is drawn
COAST, INLAND = "coast", "inland"
FISHERS, KILN, OTHERS = "fishers", "kiln workers", "others"
VILLAGES = {COAST: 80, INLAND: 320}
SHARE = {FISHERS: 0.4, KILN: 0.6, OTHERS: 1.0}  # of a village's adults, whose trade it is
RISK = {(COAST, FISHERS): 0.075, (COAST, OTHERS): 0.018, (INLAND, KILN): 0.13, (INLAND, OTHERS): 0.006}


@dataclass(frozen=True)
class Island:
    """Every adult, one row each (`stratum`, `village`, `sex`, `trade`, `case`), and the villages they live in.

    `areas` has a row a village: `stratum`, `adults`, `cases`, and by trade the cases in it. All that is redrawn comes from there.
    """

    persons: pd.DataFrame
    areas: pd.DataFrame

    @property
    def truth(self) -> float:
        """The true prevalence, as a proportion."""
        return float(self.areas["cases"].sum() / self.areas["adults"].sum())

    def after_a_fall(self, cut: float, seed: int = 5) -> Island:
        """The island some years on: of every hundred cases so many are none any more, wherever they live."""
        rng = np.random.default_rng(seed)
        case = self.persons["case"].to_numpy() & (rng.random(len(self.persons)) >= cut)
        persons = self.persons.assign(case=case)
        return replace(self, persons=persons, areas=_areas(persons))

    def sample(self, persons: int = 2400, seed: int = 1) -> pd.DataFrame:
        """One survey of the island, a row a person with `weight`, `stratum` and `psu`: half of its villages on the coast, where a
        fifth of the villages are; drawn with probability proportional to size, 20 adults in each."""
        rng, found = np.random.default_rng(seed), []
        rows = self.persons.groupby("village").indices
        for stratum, frame in self.areas.groupby("stratum"):
            drawn = rng.choice(frame.index, persons // TAKE // 2, p=frame["adults"] / frame["adults"].sum())
            for i, village in enumerate(drawn):
                own = self.persons.iloc[rng.choice(rows[village], TAKE, replace=False)]
                weight = frame["adults"].sum() / (persons / 2)
                found.append(own.assign(psu=f"{stratum} {i + 1}", weight=weight, case=own["case"].astype(int)))
        return pd.concat(found, ignore_index=True)


@cache
def island(seed: int = 14) -> Island:
    """The island, always the same: 400 villages, some 60,000 adults, forced labour in few of the villages."""
    rng = np.random.default_rng(seed)
    strata = np.repeat(list(VILLAGES), list(VILLAGES.values()))
    sizes = np.maximum(60, rng.lognormal(np.log(140), 0.35, len(strata))).astype(int)
    kilns = (strata == INLAND) & (rng.random(len(strata)) < 0.15)
    trade = np.where(strata == COAST, FISHERS, np.where(kilns, KILN, OTHERS))
    shape = np.where(kilns, 4.0, 0.5)  # forced labour gathers in some villages; around kilns it is everywhere
    effect = rng.gamma(shape, 1 / shape)
    village = np.repeat(np.arange(len(strata)), sizes)
    own = np.where(rng.random(len(village)) < pd.Series(trade).map(SHARE).to_numpy()[village], trade[village], OTHERS)
    risk = pd.Series(list(zip(strata[village], own, strict=True))).map(RISK).to_numpy() * effect[village]
    persons = pd.DataFrame({
        "stratum": strata[village], "village": village, "sex": np.where(rng.random(len(village)) < 0.5, "men", "women"), "trade": own,
        "case": rng.random(len(village)) < np.minimum(risk, 0.6),
    })  # fmt: skip
    return Island(persons, _areas(persons))


def _areas(persons: pd.DataFrame) -> pd.DataFrame:
    areas = persons.groupby("village").agg(stratum=("stratum", "first"), adults=("case", "size"), cases=("case", "sum"))
    by_trade = persons[persons["case"]].groupby(["village", "trade"]).size().unstack(fill_value=0)
    there = persons.groupby(["village", "trade"]).size().unstack(fill_value=0) > 0
    found = areas.join(by_trade.reindex(areas.index, fill_value=0)).join(there.add_prefix("has "))
    return found.astype({"cases": int})
