"""Makes Calda, an invented island. For each person, it has the village, the trade, and whether the person is
truly in forced labour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

TAKE = 20  # persons asked in each drawn village
COAST, INLAND = "coast", "inland"
FISHERS, KILN, OTHERS = "fishers", "kiln workers", "others"
VILLAGES = {COAST: 80, INLAND: 320}
SHARE = {FISHERS: 0.4, KILN: 0.6, OTHERS: 1.0}  # the share of a village's adults who have the village's trade
RISK = {(COAST, FISHERS): 0.075, (COAST, OTHERS): 0.018, (INLAND, KILN): 0.13, (INLAND, OTHERS): 0.006}


@dataclass(frozen=True)
class Island:
    """Calda, an invented island for teaching: all its adults and their villages, with the truth about who is
    in forced labour.

    `persons` has one row per adult (`stratum`, `village`, `sex`, `trade`, `case`). `areas` has one row per
    village: `stratum`, `adults`, `cases`, and the cases by trade. Exercises that draw hundreds of samples use
    only `areas`.
    """

    persons: pd.DataFrame
    areas: pd.DataFrame

    @property
    def truth(self) -> float:
        """Returns the true prevalence, as a proportion."""
        return float(self.areas["cases"].sum() / self.areas["adults"].sum())

    def after_a_fall(self, cut: float, seed: int = 5) -> Island:
        """Returns the island some years later, when forced labour has decreased. Each case has ended with the
        probability `cut`. This probability is the same everywhere."""
        rng = np.random.default_rng(seed)
        case = self.persons["case"].to_numpy() & (rng.random(len(self.persons)) >= cut)
        persons = self.persons.assign(case=case)
        return replace(self, persons=persons, areas=_areas(persons))

    def sample(self, persons: int = 2400, seed: int = 1) -> pd.DataFrame:
        """Returns one survey of the island, one row per person, with `weight`, `stratum` and `psu`.

        The coast has only a fifth of all villages, but half of the sampled villages. Villages are drawn with
        probability proportional to size, and 20 adults are asked in each.
        """
        rng, found = np.random.default_rng(seed), []
        rows = self.persons.groupby("village").indices
        for stratum, frame in self.areas.groupby("stratum"):
            drawn = rng.choice(frame.index, persons // TAKE // 2, p=frame["adults"] / frame["adults"].sum())
            for i, village in enumerate(drawn):
                own = self.persons.iloc[rng.choice(rows[village], TAKE, replace=False)]
                weight = frame["adults"].sum() / (persons / 2)
                found.append(
                    own.assign(psu=f"{stratum} {i + 1}", weight=weight, case=own["case"].astype(int))
                )
        return pd.concat(found, ignore_index=True)


@cache
def island(seed: int = 14) -> Island:
    """Returns the invented island: 400 villages, some 60,000 adults, and forced labour that is concentrated
    in some of the villages. The same seed always gives the same island.
    """
    rng = np.random.default_rng(seed)
    strata = np.repeat(list(VILLAGES), list(VILLAGES.values()))
    sizes = np.maximum(60, rng.lognormal(np.log(140), 0.35, len(strata))).astype(int)
    kilns = (strata == INLAND) & (rng.random(len(strata)) < 0.15)
    trade = np.where(strata == COAST, FISHERS, np.where(kilns, KILN, OTHERS))
    shape = np.where(
        kilns, 4.0, 0.5
    )  # forced labour is concentrated in some villages; near kilns it is in all of them
    effect = rng.gamma(shape, 1 / shape)
    village = np.repeat(np.arange(len(strata)), sizes)
    own = np.where(
        rng.random(len(village)) < pd.Series(trade).map(SHARE).to_numpy()[village], trade[village], OTHERS
    )
    risk = pd.Series(list(zip(strata[village], own, strict=True))).map(RISK).to_numpy() * effect[village]
    persons = pd.DataFrame(
        {
            "stratum": strata[village],
            "village": village,
            "sex": np.where(rng.random(len(village)) < 0.5, "men", "women"),
            "trade": own,
            "case": rng.random(len(village)) < np.minimum(risk, 0.6),
        }
    )
    return Island(persons, _areas(persons))


def _areas(persons: pd.DataFrame) -> pd.DataFrame:
    areas = persons.groupby("village").agg(
        stratum=("stratum", "first"), adults=("case", "size"), cases=("case", "sum")
    )
    by_trade = persons[persons["case"]].groupby(["village", "trade"]).size().unstack(fill_value=0)
    there = persons.groupby(["village", "trade"]).size().unstack(fill_value=0) > 0
    found = areas.join(by_trade.reindex(areas.index, fill_value=0)).join(there.add_prefix("has "))
    return found.astype({"cases": int})
