"""Attacks a published model: calculates the cases of two hidden regions, one of which is wholly urban.

The odds ratio of urban, adjusted for region, comes from the regions that have both areas. The urban cases of
the other hidden region are then the printed urban cases minus theirs. The reader has only the files of a run,
and a public-use file with the weights and groups of everybody asked, but without answers about forced labour.

`python tests/model_attack.py 60` attacks sixty surveys, with the defence and without it, and prints what the
reader learns.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import shared_surveys
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from small_surveys import ANSWERS, SPEC, write_survey

import fltoolkit as fl
from fltoolkit.publish.models import published_model

Floats = NDArray[np.float64]
REGIONS = ("north", "south", "capital", "west")
SECRET = ("capital", "west")  # the capital is wholly urban
GROUPS = {"sex": ("men", "women"), "area": ("urban", "rural"), "region": REGIONS}
PROMISED = 5.0  # cases, or mean weights: the range of a hidden cell that must stay possible
BLUR = 1e-9


def people(seed: int, *, equal: bool) -> pd.DataFrame:
    """Returns 3,000 persons with their weights. The capital and the west have 1 to 8 cases each."""
    draw = np.random.default_rng(seed)
    size = 3000
    region = draw.choice(4, size, p=[0.35, 0.3, 0.15, 0.2])
    area = np.where((draw.random(size) < np.array([0.4, 0.5, 1.0, 0.5])[region]), 0, 1)
    sex = draw.integers(0, 2, size)
    chance = np.exp(draw.normal(0, 0.5) * area + draw.normal(0, 0.5) * sex)
    case = np.zeros(size, dtype=bool)
    for r in range(4):
        here = np.flatnonzero(region == r)
        many = int(draw.integers(1, 9) if REGIONS[r] in SECRET else draw.integers(15, 36))
        case[draw.choice(here, many, replace=False, p=chance[here] / chance[here].sum())] = True
    weight = np.full(size, 10.0) if equal else np.round(8.9 * np.exp(draw.normal(0, 0.4, size)), 3)
    points = 100 * region + draw.integers(0, 40, size)
    yes = pd.DataFrame([ANSWERS["case" if c else "not"] for c in case])
    table = {
        "HH": range(size),
        "LINE": 1,
        "W": weight,
        "S": region,
        "P": points,
        "AGE": 30,
        "SEX": sex,
        "AREA": area,
        "R": region,
    }
    return pd.concat([pd.DataFrame(table), yes], axis=1)


def classified(folder: Path, table: pd.DataFrame) -> fl.ClassifiedSurvey:
    folder.mkdir(parents=True, exist_ok=True)
    columns = {"sex": "SEX", "area": "AREA", "region": "R"}
    groups = {g: {"column": columns[g], "codes": dict(enumerate(names))} for g, names in GROUPS.items()}
    by = [[], *([g] for g in GROUPS)]
    tables = [{"measure": measure, "by": by} for measure in ("prevalence", "total")]
    spec = SPEC | {
        "groups": groups,
        "sectors": {},
        "tables": tables,
        "populations": {"adults": SPEC["populations"]["adults"]},
    }
    return shared_surveys.classified(write_survey(folder, spec, persons=table))


def write_run(folder: Path, persons: fl.ClassifiedSurvey, out: fl.Published) -> None:
    """Writes what the reader sees: the tables, the model, and the public-use file."""
    fl.report.write_estimates(out, folder)
    fl.report.write_risk_factors(fl.risk_factors(persons, out), folder)


@contextmanager
def without_defence() -> Iterator[None]:
    """Fits published models to the persons, as before: hidden categories are not merged, and cases are not
    those of printed rates."""
    with patch.object(published_model, "with_printed_cases", lambda patterns, *_: patterns):
        yield


@dataclass(frozen=True)
class Reader:
    """What a reader has: the patterns of the public-use file, and what the files of a run print.

    Attributes:
        labels: the categories of each pattern (all persons of one sex, area and region), one column per
            group.
        w: the weighted persons of each pattern, in mean weights.
        cases: the printed weighted cases of each category, in mean weights; nan if they are hidden. "" is the
            whole population.
        rates: the printed rates, as `cases`.
        blur: how far the printed weighted cases may be from the exact number.
        model: the printed table of the model.
    """

    labels: pd.DataFrame
    w: Floats
    cases: dict[str, float]
    rates: dict[str, float]
    blur: float
    model: pd.DataFrame

    @property
    def terms(self) -> list[tuple[str, str]]:
        """Returns the intercept and each category that is not a reference, as (group, category)."""
        other = self.model[self.model["category"] != self.model["reference"]]
        return [("", ""), *zip(other["group"], other["category"], strict=True)]

    def matrix(self, terms: list[tuple[str, str]]) -> Floats:
        columns = [np.ones(len(self.w)) if not g else self.labels[g].isin(c.split("+")) for g, c in terms]
        return np.column_stack(columns).astype(float)

    def printed(self, column: str, terms: list[tuple[str, str]]) -> Floats:
        """Returns what the model prints for each term; nan if it prints nothing."""
        values = self.model.set_index(["group", "category"])[column]
        return np.array([values.get(term, np.nan) for term in terms], dtype=float)


def read(folder: Path, public: pd.DataFrame) -> Reader:
    """Reads the files of a run. `public` is the public-use file: weights and groups."""
    table, model = (pd.read_csv(folder / name) for name in ("estimates.csv", "risk_factors.csv"))
    own = table[table["rule_set"] == table["rule_set"].iloc[0]].assign(
        category=table["category"].where(table["breakdown"].notna(), "")
    )
    numbers, rates = (
        own[own["measure"] == m].set_index("category")["estimate"].to_dict() for m in ("total", "prevalence")
    )
    mean, columns = public["W"].mean(), {"sex": "SEX", "area": "AREA", "region": "R"}
    weights = public.groupby(list(columns.values()))["W"].sum().reset_index()
    labels = pd.DataFrame({g: np.array(GROUPS[g])[weights[column]] for g, column in columns.items()})
    blur = 0.0 if public["W"].nunique() == 1 else float(own["rounding"].iloc[0]) / 2 / mean
    return Reader(
        labels, weights["W"].to_numpy() / mean, {c: v / mean for c, v in numbers.items()}, rates, blur, model
    )


def fitted(x: Floats, w: Floats, sums: Floats, *, firth: bool = False) -> Floats:
    """Returns the coefficients whose model has the given weighted cases of each term (Newton's method)."""
    beta = np.zeros(x.shape[1])
    for _ in range(300):
        mu = expit(x @ beta)
        spread = w * mu * (1 - mu)
        inverse = np.linalg.pinv(x.T @ (spread[:, None] * x))
        h = spread * np.einsum("ij,jk,ik->i", x, inverse, x) if firth else np.zeros(len(w))
        step = np.clip(inverse @ (sums - x.T @ (w * mu - h * (0.5 - mu))), -1, 1)
        beta = beta + step
        if np.abs(step).max() < 1e-12:
            break
    return beta


def as_printed(ratios: Floats) -> Floats:
    return np.array([float(f"{ratio:.2g}") for ratio in ratios])


def hidden_cases(reader: Reader) -> float:
    """Returns the weighted cases of both hidden regions together."""
    return reader.cases[""] - sum(v for c, v in reader.cases.items() if c in REGIONS and np.isfinite(v))


def possible_counts(reader: Reader) -> list[int]:
    """Returns the numbers of cases in the west that give the printed odds ratios, if all persons have one
    weight. The reader tries each number: the capital has the other hidden cases."""
    terms = reader.terms
    ratios, hidden = reader.printed("odds_ratio_ml", terms), round(hidden_cases(reader))
    shown, x, found = np.isfinite(ratios), reader.matrix(terms), []
    for west in range(hidden + 1):
        mine = {**reader.cases, "west": west, "capital": hidden - west}
        beta = fitted(x, reader.w, np.array([mine[c] for _, c in terms]))
        if (as_printed(np.exp(beta[shown])) == ratios[shown]).all():
            found.append(west)
    return found


def possible_range(reader: Reader, *, model: bool = True) -> tuple[float, float]:
    """Returns the smallest and the largest weighted cases of the west, in mean weights, that agree with the
    printed numbers of cases and, if `model`, with the printed odds ratios. It returns nan if nothing
    agrees."""
    terms = reader.terms
    x, ratios = reader.matrix(terms), reader.printed("odds_ratio_ml", terms)
    known = [c for c, v in reader.cases.items() if np.isfinite(v)]
    holds = np.array(
        [np.ones(len(reader.w)) if not c else (reader.labels == c).any(axis=1) for c in known]
    ).astype(float)
    middle = np.array([reader.cases[c] for c in known])
    west = (reader.labels["region"] == "west").to_numpy(float)

    def foretold(beta: Floats) -> Floats:
        return np.asarray(reader.w * expit(x @ beta))

    def slack(beta: Floats) -> Floats:
        off = (holds @ foretold(beta) - middle) / reader.blur
        return np.concatenate([1 - off, 1 + off])

    step = 10.0 ** (np.floor(np.log10(np.where(np.isfinite(ratios), ratios, 1.0))) - 1)
    bounds = [
        (np.log(r - s / 2), np.log(r + s / 2)) if model and np.isfinite(r) else (-12.0, 12.0)
        for r, s in zip(ratios, step, strict=True)
    ]
    found: list[float] = []
    for share in (0.2, 0.5, 0.8):
        hidden = hidden_cases(reader)
        mine = {**reader.cases, "west": share * hidden, "capital": (1 - share) * hidden}
        begin = np.clip(fitted(x, reader.w, np.array([mine[c] for _, c in terms])), *np.array(bounds).T)
        for sign in (1, -1):
            goal = minimize(
                lambda b, sign=sign: sign * float(west @ foretold(b)),
                begin,
                bounds=bounds,
                method="SLSQP",
                constraints=[{"type": "ineq", "fun": slack}],
                options={"maxiter": 500},
            )
            if slack(goal.x).min() > -1e-3:
                found.append(sign * float(goal.fun))
    return (min(found), max(found)) if found else (np.nan, np.nan)


def recomputed(reader: Reader) -> pd.DataFrame:
    """Returns the printed odds ratios beside those that the reader calculates from the printed rates
    alone."""
    terms, rates = [("", "")], reader.rates
    whole = rates[""] * reader.w.sum()
    sums = {"": whole}
    for group, part in reader.model.groupby("group", sort=False):
        shown = [c for c in part["category"] if np.isfinite(rates[c])]
        mine = {c: rates[c] * reader.w[reader.labels[group] == c].sum() for c in shown}
        hidden, rest = "+".join(c for c in part["category"] if c not in shown), whole - sum(mine.values())
        if not hidden or rest <= 0:
            mine = {c: v * whole / sum(mine.values()) for c, v in mine.items()}
        sums |= mine | ({hidden: max(rest, 0.0)} if hidden else {})
        terms += [(str(group), c) for c in (*shown, hidden) if c and c != part["reference"].iloc[0]]
    x, wanted = reader.matrix(terms), np.array([sums[c] for _, c in terms])
    found = {"terms": [c for _, c in terms]}
    for column, firth in (("odds_ratio", True), ("odds_ratio_ml", False)):
        found[column] = reader.printed(column, terms)
        found[f"{column} again"] = np.exp(fitted(x, reader.w, wanted, firth=firth))
    return pd.DataFrame(found).dropna()


def follows_from_rates(reader: Reader) -> bool:
    """Returns whether the printed rates alone give every printed odds ratio. Then the model tells nothing
    that they do not tell."""
    again = recomputed(reader)
    return all((as_printed(again[f"{c} again"]) == again[c]).all() for c in ("odds_ratio", "odds_ratio_ml"))


@dataclass(frozen=True)
class Learned:
    """What a reader learns about the west from the files of one run. All numbers are weighted cases, in mean
    weights.

    Attributes:
        true: the cases of the west.
        possible: the least and the most that agree with the tables and the model.
        tables: the least and the most that agree with the tables alone.
    """

    true: float
    possible: tuple[float, float]
    tables: tuple[float, float]

    @property
    def exact(self) -> bool:
        """Returns whether only the true number is possible."""
        low, high = self.possible
        return low == high == self.true

    @property
    def broken(self) -> bool:
        """Returns whether the model makes the range narrower than the kit promises: five cases, or 1 to 4 of
        such a cell."""
        (low, high), (least, most) = self.possible, self.tables
        few = 0 < self.true < PROMISED and (low > max(1, least) or high < min(PROMISED - 1, most))
        return few or high - low < min(PROMISED, most - least) - 0.01


def learned(folder: Path, table: pd.DataFrame) -> Learned:
    """Attacks the files of a run. `table` has the persons with their answers; of them, the reader has weights
    and groups."""
    reader = read(folder, table[["W", "SEX", "AREA", "R"]])
    cases = table["W"][(table["R"] == REGIONS.index("west")) & (table["INV"] == 1)] / table["W"].mean()
    tables = possible_range(reader, model=False) if reader.blur else (0.0, float(round(hidden_cases(reader))))
    if follows_from_rates(reader):
        return Learned(float(cases.sum()), tables, tables)
    if reader.blur:
        return Learned(float(cases.sum()), possible_range(reader), tables)
    counts = possible_counts(reader)
    return Learned(float(cases.sum()), (float(min(counts)), float(max(counts))), tables)


def is_attackable(out: fl.Published) -> bool:
    """Returns whether the run hides exactly the two regions of `SECRET`."""
    region = out.select("prevalence", "region")
    return set(region.loc[region["estimate"].isna(), "category"]) == set(SECRET)


def main(many: int) -> None:
    rows: list[dict[str, Any]] = []
    for equal in (True, False):
        seed = -1
        while sum(row["weights"] == equal for row in rows) < many:  # two rows a survey, half of the surveys
            seed += 1
            with tempfile.TemporaryDirectory() as name:
                folder, table = Path(name), people(seed, equal=equal)
                persons = classified(folder, table)
                out = fl.publish_run(persons)
                if not is_attackable(out):
                    continue
                with without_defence():
                    write_run(folder / "without", persons, out)
                write_run(folder / "with", persons, out)
                found = {defence: learned(folder / defence, table) for defence in ("without", "with")}
            for defence, one in found.items():
                width, tables = (high - low for low, high in (one.possible, one.tables))
                rows.append(
                    {
                        "weights": equal,
                        "defence": defence,
                        "exact": one.exact,
                        "broken": one.broken,
                        "width": width,
                        "tables": tables,
                    }
                )
    table = pd.DataFrame(rows).replace({"weights": {True: "equal", False: "varying"}})
    by = table.groupby(["weights", "defence"])
    print(
        by[["exact", "broken"]]
        .sum()
        .join(by[["width", "tables"]].median())
        .join(by.size().rename("surveys"))
        .round(2)
        .to_string()
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
