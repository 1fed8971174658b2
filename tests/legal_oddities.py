"""Surveys that are legal and look odd: each is a change of one survey that is in order."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from scipy.linalg import hadamard

POINTS, HOMES = 24, 8  # sampling points, and households of two persons in each
N = 2 * HOMES * POINTS
ROW = np.arange(N)
SPEC: dict[str, Any] = {
    "title": "A survey", "country": "Nowhere", "language": "en", "year": 2025,
    "reference_period": {"months": 12, "text": "the past 12 months"},
    "files": {"person": {"path": "persons.csv", "key": ["HH", "LINE"]}},
    "design": {"weight": "W", "strata": "S", "psu": "P", "household": "HH", "selection": "srs"},
    "age": {"column": "AGE", "missing": 999}, "answers": {"yes": 1, "no": 2, "dont_know": 8}, "any_work": {"column": "WORK"},
    "items": {"involuntary": {"very_low_or_no_wages": {"column": "INV"}}, "coercion": {"withheld_wages": {"column": "COE"}}},
    "episodes": {"same_work": "assumed"},
    "months": {"column": "MONTHS", "covers": "all_spells", "missing": 98},
    "populations": {"adults": {"label": "adults", "age": {"min": 15}}},
    "groups": {
        "sex": {"column": "SEX", "codes": {1: "men", 2: "women"}},
        "region": {"column": "R", "codes": {1: "north", 2: "south", 3: "islands"}},
        "age_group": {"bands": [15, 25, 60]},
    },
    "coverage_excludes": ["the homeless"],
}  # fmt: skip
Table = Callable[[pd.DataFrame], Mapping[str, Any]]


@dataclass(frozen=True)
class Oddity:
    """A legal survey that looks odd.

    Attributes:
        name: what is odd.
        why: why it is legal.
        columns: the columns that differ from those of the survey in order.
        keys: the keys of survey.yaml that differ, such as `design.psu`; None takes a key away.
        asked: the questions of `check`, as pairs of a check and a column.
        files: further files of persons, each as the columns that differ from those of the first.
    """

    name: str
    why: str
    columns: Table = lambda table: {}
    keys: Mapping[str, Any] = field(default_factory=dict)
    asked: tuple[tuple[str, str], ...] = ()
    files: tuple[Table, ...] = ()

    def write(self, folder: Path, accept: list[dict[str, str]]) -> Path:
        """Writes the survey with entries under `accept`, and returns the path of its survey.yaml."""
        spec = copy.deepcopy(SPEC)
        for key, value in {**self.keys, "accept": accept}.items():
            *above, last = key.split(".")
            place = spec
            for name in above:
                place = place[name]
            place[last] = value
            if value is None:
                del place[last]
        first = persons()
        first = first.assign(**self.columns(first))
        decimal = spec["files"].get("decimal", ".")
        separator = ";" if decimal == "," else ","
        for number, change in enumerate((lambda table: {}, *self.files)):
            path = folder / f"persons{number or ''}.csv"
            first.assign(**change(first)).to_csv(path, index=False, decimal=decimal, sep=separator)
        (folder / "survey.yaml").write_text(yaml.safe_dump(spec), "utf-8")
        return folder / "survey.yaml"


def persons() -> pd.DataFrame:
    """Returns the persons of the survey in order: three strata of eight points."""
    case, work = ROW % 32 == 5, ROW % 5 != 0
    point = ROW // (2 * HOMES)
    lots = np.random.default_rng(1)
    return pd.DataFrame({
        "HH": ROW // 2 + 1, "LINE": ROW % 2 + 1, "S": point % 3 + 1, "P": point + 1, "R": point % 3 + 1,
        "W": np.round(40 * lots.lognormal(0, 0.3, POINTS * HOMES)[ROW // 2], 2), "AGE": 15 + ROW * 7 % 62,
        "SEX": ROW % 2 + 1, "WORK": np.where(work, 1, 2),
        "INV": np.where(work, np.where(case, 1, 2), ""), "COE": np.where(work, np.where(case, 1, 2), ""),
        "MONTHS": np.where(work & case, ROW % 12 + 1, ""), "INCOME": 900 + ROW * 37 % 5000,
    })  # fmt: skip


def replicated(points: int, factors: np.ndarray, by: str = "") -> Table:
    """Returns the weights of replicates, by the factor of each point in each. `by`: their sums by the categories of this
    column are those of the weight, as after a calibration."""

    def change(table: pd.DataFrame) -> dict[str, Any]:
        columns = {}
        for number, factor in enumerate(factors.T, 1):
            weight = table["W"] * factor[ROW // (N // points)]
            if by:
                whole, part = (w.groupby(table[by]).transform("sum") for w in (table["W"], weight))
                weight = weight * whole / part
            columns[f"RW{number}"] = weight
        return columns

    return change


def design(method: str, factors: np.ndarray, by: str = "", **more: Any) -> dict[str, Any]:
    """Returns columns and keys of a survey that comes with replicate weights."""
    replicates = {"columns": f"RW{{1..{factors.shape[1]}}}", "method": method, **more}
    keys = {"design.strata": None, "design.psu": None, "design.replicates": replicates}
    return {"columns": replicated(len(factors), factors, by), "keys": keys}


PAIRS = 1 - 2 * (hadamard(16)[:, 1:13].T > 0)  # of a point of twelve pairs in 16 replicates: 1 or -1
POINT = np.repeat(np.arange(POINTS // 2), 2)
SIDE = np.tile([1, -1], POINTS // 2)
BALANCED = 1 + SIDE[:, None] * PAIRS[POINT]
JACKKNIFE = (1 - np.eye(POINTS)) * POINTS / (POINTS - 1)
PAIRED = np.where(POINT[:, None] == np.arange(POINTS // 2), 1 + SIDE[:, None], 1)
DRAWN = np.random.default_rng(3).integers(0, 2, (POINTS // 2, 80))
RAO_WU = 2.0 * (DRAWN[POINT] == (SIDE[:, None] > 0))
WITHIN = np.random.default_rng(4).multinomial(POINTS - 1, [1 / POINTS] * POINTS, 80).T * POINTS / (POINTS - 1)
ORDER = hadamard(32)[1:]
SUCCESSIVE = 1 + 2**-1.5 * (ORDER[np.arange(POINTS)] - ORDER[np.arange(POINTS) + 1])
CHILDREN = {
    "populations": {"children": {"label": "children", "age": {"min": 5, "max": 17}}},
    "items": {"involuntary": {}, "coercion": {}},
}
NORMALISED = {"design.weights": "normalised"}
HALVES = {"files.person.path": ["persons.csv", "persons1.csv"], "files.person.weight_factor": [0.5, 0.5]}
ODDITIES = (
    Oddity(
        "a stratum of which everything was drawn",
        "FPC = n_h: it has no variance",
        lambda t: {"F": np.where(t["S"] == 1, 8, 200)},
        {"design.fpc": "F"},
    ),
    Oddity(
        "an FPC of fractions up to 1",
        "n/N is one of the two ways to say it",
        lambda t: {"F": np.where(t["S"] == 1, 1.0, 0.04)},
        {"design.fpc": "F"},
    ),
    Oddity(
        "strata of equal size, drawn unequally",
        "areas can have equal numbers of points",
        lambda t: {"S": np.where(t["P"] <= 4, 1, np.where(t["P"] <= 12, 2, 3)), "F": 80},
        {"design.fpc": "F"},
        (("fpc", "F"),),
    ),
    Oddity(
        "Rao and Wu's bootstrap, two PSUs a stratum",
        "its factors are 0 and 2, as in balanced half-samples",
        **design("bootstrap", RAO_WU),
    ),
    Oddity(
        "a bootstrap of one stratum",
        "weights vary from one replicate to the next",
        **design("bootstrap", WITHIN),
    ),
    Oddity(
        "a post-stratified bootstrap",
        "calibrated replicates have no clean pattern",
        **design("bootstrap", WITHIN, "SEX"),
    ),
    Oddity("a jackknife", "each replicate drops a point", **design("jk1", JACKKNIFE)),
    Oddity(
        "a calibrated jackknife",
        "calibrated replicates have no clean pattern",
        **design("jk1", JACKKNIFE, "AGE"),
    ),
    Oddity(
        "a jackknife with an FPC in its scale",
        "the producer of the data may put it there",
        **design("jk1", JACKKNIFE, scale=0.9 * 23 / 24),
    ),
    Oddity(
        "successive differences",
        "the scale is 4/R, and one replicate can equal the weight",
        **design("successive_difference", SUCCESSIVE),
    ),
    Oddity("a paired jackknife", "one replicate for each pair", **design("jk2", PAIRED)),
    Oddity("balanced half-samples", "half of the weights are 0", **design("brr", BALANCED)),
    Oddity("Fay's half-samples", "no weight is 0", **design("fay", 1 + 0.5 * (BALANCED - 1), rho=0.5)),
    Oddity(
        "raked half-samples", "calibrated replicates have no clean pattern", **design("brr", BALANCED, "SEX")
    ),
    Oddity(
        "raked half-samples beside their PSUs",
        "the file has both",
        replicated(POINTS, BALANCED, "SEX"),
        {"design.replicates": {"columns": "RW{1..16}", "method": "brr"}},
    ),
    Oddity("women only", "a survey may be of women", lambda t: {"SEX": 2}),
    Oddity(
        "women only, with one category",
        "a survey may be of women",
        lambda t: {"SEX": 2},
        {"groups.sex.codes": {2: "women"}},
    ),
    Oddity(
        "a register of persons, with PSU = person",
        "persons were drawn one by one",
        lambda t: {"P": ROW},
        {"design.household": None},
        (("units", "P"),),
    ),
    Oddity(
        "a register of persons, without PSU",
        "persons were drawn one by one",
        keys={"design.psu": None, "design.household": None},
    ),
    Oddity(
        "persons drawn, and two of a household",
        "chance can draw both",
        keys={"design.psu": None},
        asked=(("design", "psu"),),
    ),
    Oddity(
        "persons drawn by their size",
        "a list of workers with sizes",
        keys={"design.psu": None, "design.household": None, "design.selection": "pps"},
        asked=(("design", "psu"),),
    ),
    Oddity("normalised weights", "their mean is 1", lambda t: {"W": t["W"] / t["W"].mean()}, NORMALISED),
    Oddity(
        "a part of normalised weights",
        "the mean of a part is another",
        lambda t: {"W": 0.3 * t["W"] / t["W"].mean()},
        NORMALISED,
    ),
    Oddity(
        "households numbered within points",
        "their numbers restart",
        lambda t: {"HH": (t["HH"] - 1) % HOMES + 1},
        {"files.person.key": ["P", "HH", "LINE"]},
    ),
    Oddity(
        "points numbered within strata",
        "their numbers restart",
        lambda t: {"P": (t["P"] - 1) // 3},
        {"design.nest": True},
    ),
    Oddity(
        "codes 0100 and 100",
        "they can be two villages",
        lambda t: {"P": t["P"].replace({1: "0100", 4: "100"})},
        asked=(("units", "P"),),
    ),
    Oddity(
        "a region NA",
        "it is Namibia",
        lambda t: {"S": t["S"].replace({1: "NA", 2: "ZA", 3: "BW"})},
        asked=(("units", "S"),),
    ),
    Oddity(
        "cases spread evenly",
        "the design effect is below 1",
        lambda t: {"INV": np.where(t["INV"] == "", "", np.where(ROW % 16 == 3, 1, 2))},
    ),
    Oddity(
        "cases drawn more often",
        "cases have small weights",
        lambda t: {"W": np.where(t["INV"] == "1", 1.5, t["W"])},
    ),
    Oddity("a sample that weights itself", "all weights are equal", lambda t: {"W": 40}),
    Oddity(
        "points that were certain",
        "large towns are drawn always",
        lambda t: {"C": (t["P"] <= 3) * 1},
        {"design.certainty": {"column": "C", "codes": 1}},
    ),
    Oddity(
        "a stratum with one point, for which a rule is given",
        "a small island",
        lambda t: {"S": np.where(t["P"] == 24, 4, t["S"])},
        {"design.single_psu": "adjust"},
    ),
    Oddity(
        "a census",
        "everybody stands for himself",
        lambda t: {"W": 1},
        {"design.psu": None, "design.strata": None, "design.household": None},
        (("weights", "W"),),
    ),
    Oddity(
        "a census by its FPC",
        "all points were taken",
        lambda t: {"W": 1, "F": 8},
        {"design.fpc": "F"},
        (("weights", "W"), ("fpc", "F")),
    ),
    Oddity("one stratum", "a small country", lambda t: {"S": 1}),
    Oddity("PSU = household", "households were drawn from a list", keys={"design.psu": "HH"}),
    Oddity(
        "PSU = household, one person in each",
        "one adult is asked",
        lambda t: {"HH": ROW, "LINE": 1},
        {"design.psu": "HH"},
        (("units", "HH"),),
    ),
    Oddity(
        "systematic selection", "points follow one another on a list", keys={"design.selection": "systematic"}
    ),
    Oddity(
        "one weight with much of the sum",
        "a farm that was found late",
        lambda t: {"W": np.where(ROW == 3, 2000, t["W"])},
        asked=(("weights", "W"),),
    ),
    Oddity("ages heaped at 5 and 10", "people round", lambda t: {"AGE": t["AGE"] // 5 * 5}),
    Oddity("ages from 15 to 24", "a survey of the young", lambda t: {"AGE": 15 + ROW % 10}),
    Oddity("ages of 90 to 99", "a survey of the old", lambda t: {"AGE": 90 + ROW % 10}),
    Oddity(
        "some ages of 98 and 99",
        "a few people are so old",
        lambda t: {"AGE": np.where(ROW < 4, 98 + ROW % 2, t["AGE"])},
    ),
    Oddity(
        "some ages unknown",
        "not everybody knows",
        lambda t: {"AGE": np.where(ROW % 50 == 0, 999, t["AGE"])},
    ),
    Oddity(
        "many ages unknown",
        "few know their year of birth",
        lambda t: {"AGE": np.where(ROW % 5 == 0, 999, t["AGE"])},
        asked=(("age", "AGE"),),
    ),
    Oddity(
        "four questions left blank",
        "not everybody answers",
        lambda t: {
            n: np.where(ROW % 40 == 6, "", np.where(one == ROW, "1", t["INV"]))
            for n, one in (("I2", 41), ("C2", 42), ("INV", 43), ("COE", 44))
        },
        {
            "items.involuntary.hazardous_work": {"column": "I2"},
            "items.involuntary.no_freedom_to_leave": {"column": "I2"},
            "items.coercion.debt_bondage": {"column": "C2"},
        },
        (("non-response", "answers"),),
    ),
    Oddity(
        "a place of birth with the labels of the region",
        "the same places",
        lambda t: {"BORN": (ROW // 3) % 3 + 1},
        {"groups.born": {"column": "BORN", "codes": {1: "north", 2: "south", 3: "islands"}}},
    ),
    Oddity(
        "labels in capitals and with accents",
        "a file may have texts",
        lambda t: {"R": t["R"].replace({1: "NORD", 2: "Île-de-Pâques", 3: "SÜD"})},
        {"groups.region.codes": {"NORD": "NORD", "Île-de-Pâques": "Île-de-Pâques", "SÜD": "SÜD"}},
    ),
    Oddity(
        "a wave in one file only",
        "each file is a wave",
        lambda t: {"WAVE": 1},
        {
            **HALVES,
            "files.person.key": ["WAVE", "HH", "LINE"],
            "groups.wave": {"column": "WAVE", "codes": {1: "spring", 2: "autumn"}},
        },
        files=(lambda t: {"WAVE": 2, "AGE": t["AGE"] + 1},),
    ),
    Oddity(
        "the same persons in two waves",
        "a panel",
        keys=HALVES,
        files=(lambda t: {"AGE": t["AGE"] + ROW % 2, "W": t["W"] + 1},),
    ),
    Oddity(
        "two files, each of a part of the country",
        "each part has its file",
        lambda t: {"PART": 1},
        {**HALVES, "files.person.weight_factor": [1, 1], "files.person.key": ["PART", "HH", "LINE"]},
        (("files", "files.person.weight_factor"),),
        (lambda t: {"PART": 2, "P": t["P"] + 50, "S": t["S"] + 10, "HH": t["HH"] + 999},),
    ),
    Oddity(
        "sex as 0 and 1", "a dummy", lambda t: {"SEX": ROW % 2}, {"groups.sex.codes": {0: "men", 1: "women"}}
    ),
    Oddity(
        "sex as F and M",
        "letters",
        lambda t: {"SEX": np.where(ROW % 2, "F", "M")},
        {"groups.sex.codes": {"M": "men", "F": "women"}},
    ),
    Oddity(
        "a third sex",
        "some censuses have it",
        lambda t: {"SEX": np.where(ROW % 90 == 0, 3, t["SEX"])},
        {"groups.sex.codes": {1: "men", 2: "women", 3: "third sex"}},
    ),
    Oddity("nobody said yes", "a rare event", lambda t: {"INV": t["INV"].replace("1", "2"), "MONTHS": ""}),
    Oddity(
        "everybody said yes",
        "a survey of the rescued",
        lambda t: {"INV": t["INV"].replace("2", "1")},
        asked=(("items", "INV"),),
    ),
    Oddity(
        "two questions to which all said yes",
        "a survey of the rescued",
        lambda t: {n: t[n].replace("2", "1") for n in ("INV", "COE")},
        asked=(("items", "INV"), ("items", "COE")),
    ),
    Oddity(
        "optional columns without an answer",
        "a question of the next round",
        lambda t: {"MONTHS": "", "INCOME": ""},
        {"groups.income": {"column": "INCOME", "bands": [0, 1000, 2000]}},
    ),
    Oddity(
        "months of 0 to 12",
        "less than a month is 0",
        lambda t: {"MONTHS": np.where(t["MONTHS"] == "", "", ROW % 13)},
    ),
    Oddity(
        "a survey before 1970",
        "an archive",
        keys={"year": 1968, "reference_period.start": "1967-03-01", "reference_period.end": "1968-02-29"},
    ),
    Oddity(
        "an income in millions",
        "a currency of small units",
        lambda t: {"INCOME": t["INCOME"] * 1e6},
        {"groups.income": {"column": "INCOME", "quantiles": 5}},
    ),
    Oddity(
        "an income with three decimals",
        "a dinar has 1,000 millimes",
        lambda t: {"INCOME": [f"{x}.{x % 1000:03}" if x % 3 else f"{x}" for x in t["INCOME"]]},
        {"groups.income": {"column": "INCOME", "bands": [0, 2000, 4000]}},
    ),
    Oddity("decimal commas", "a file of a spreadsheet in Europe", keys={"files.person.decimal": ","}),
    Oddity(
        "weights with three decimals",
        "a format of output",
        lambda t: {"W": [f"{w / 5:.3f}" for w in t["W"]]},
        asked=(("numbers", "W"),),
    ),
    Oddity(
        "normalised weights with three decimals",
        "a format of output",
        lambda t: {"W": [f"{w / t['W'].mean():.3f}" for w in t["W"]]},
        NORMALISED,
    ),
    Oddity(
        "categories 97, 98 and 99",
        "they are occupations",
        lambda t: {"R": t["R"] + 96},
        {"groups.region.codes": {97: "farm", 98: "mine", 99: "boat"}},
    ),
    Oddity(
        "answers left blank",
        "not everybody answers",
        lambda t: {n: np.where(ROW % 40 == 6, "", t[n]) for n in ("INV", "COE")},
        asked=(("non-response", "INV, COE"),),
    ),
    Oddity(
        "weights of zero for those who were not asked",
        "the module has its own sample",
        lambda t: {"M": ROW % 4, "W": np.where(ROW % 4, t["W"], 0)},
        {"module": {"column": "M", "answered": [1, 2, 3], "not_asked": 0}},
    ),
    Oddity(
        "a module without weights of its own",
        "a third was asked",
        lambda t: {"M": ROW % 3, **{n: t[n].where(ROW % 3 == 1, "") for n in ("INV", "COE", "MONTHS")}},
        {"module": {"column": "M", "answered": 1, "not_asked": [0, 2]}},
        (("weights", "W"),),
    ),
    Oddity("codes of 16 digits", "a number of SPSS that fits", lambda t: {"HH": 9e15 + 2 * t["HH"]}),
)
