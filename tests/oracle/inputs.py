"""Writes the inputs of both sides: the samples, hostile surveys, surveys that a seed draws, broken inputs, and files for drafts."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from tests import broken, draft_surveys, small_country as country
from tests.fuzz.plans import plan_trial
from tests.fuzz.surveys import survey_trial

SAMPLES = ("norvia_lfs_2025", "norvia_lfs_2027", "valdorie_enquete_2025")
# What the smaller comparisons take. `plants` takes single kinds of broken inputs too.
TAKEN: Mapping[str, tuple[str, ...]] = {
    "fast": ("norvia_lfs_2025", "nobody_found", "hidden_headline", "french", "earlier_round", "later_round", "variant_00"),
    "plants": ("earlier_round", "all answers missing", "a population by a code that nobody has"),
}  # fmt: skip
MUTANTS = {"whole": 60, "fast": 10, "plants": 0}  # of survey.yaml, the data and nap.yaml, each
VARIANTS = 12  # of the small country
Table = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class Hostile:
    """A legal survey that is unlike the samples: changes of the small country's table, keys of survey.yaml and of nap.yaml."""

    name: str
    table: Table = lambda table: table
    keys: Mapping[str, Any] = field(default_factory=dict)
    plan: Mapping[str, Any] | None = field(default_factory=dict)  # None: there is no plan
    parameters: Mapping[str, str] = field(default_factory=dict)
    targets: tuple[Mapping[str, Any], ...] = ()


def answers(cases: int, unresolved: int = 0) -> Table:
    """Returns a change of the answers: so many persons, drawn anew, are cases, and so many others are unresolved."""

    def change(table: pd.DataFrame) -> pd.DataFrame:
        order = np.random.default_rng(1).permutation(len(table))
        asked = order < cases + unresolved
        sector = np.where(order % 2 == 0, "01", "41")
        return table.assign(
            INV=np.where(order < cases, 1, np.where(asked, 8, 2)),
            COE=np.where(asked, 1, 2),
            FISIC=np.where(order < cases, sector, ""),
        )

    return change


def _jackknife(table: pd.DataFrame) -> pd.DataFrame:
    """Adds the weights of a jackknife that leaves out one of the forty sampling points."""
    points = sorted(table["P"].unique())
    scale = len(points) / (len(points) - 1)
    kept = {f"RW{i}": np.where(table["P"] == p, 0, table["W"] * scale) for i, p in enumerate(points, 1)}
    return table.assign(**kept)


def _groups(number: int, categories: int) -> tuple[Table, dict[str, Any]]:
    """Returns a change that adds so many groups to the table, and the keys of survey.yaml that say so."""
    names = [f"kind_{i}" for i in range(number)]

    def change(table: pd.DataFrame) -> pd.DataFrame:
        drawn = np.random.default_rng(number).integers(1, categories + 1, (len(table), number))
        return table.assign(**{name: drawn[:, i] for i, name in enumerate(names)})

    codes = {code: f"label {code}" for code in range(1, categories + 1)}
    tables = [{"measure": "prevalence", "by": [[], *names]}]
    return change, {"groups": {name: {"column": name, "codes": codes} for name in names}, "tables": tables}


def _in(language: str, title: str, adults: str, window: str) -> dict[str, Any]:
    return {
        "language": language,
        "title": title,
        "reference_period": {"months": 12, "text": window},
        "populations": {"adults": {"label": adults, "age": {"min": 18}}},
    }


THREE = {
    "adults": {"label": "adults", "age": {"min": 18}},
    "workers": {"label": "workers", "age": {"min": 18}, "where": {"WORK": 1}},
    "young": {"label": "young adults", "age": {"min": 18, "max": 34}},
}
REPLICATES = {
    "weight": "W",
    "household": "HH",
    "selection": "pps",
    "replicates": {"columns": "RW{1..40}", "method": "jk1"},
}
PLANNED = {"baseline_survey": "survey.yaml", "planned_sample": 400, "planned_surveys": [2030]}
HOSTILE = (
    Hostile("nobody_found", answers(0)),
    Hostile("one_case", answers(1)),
    Hostile("everybody", answers(412)),
    Hostile("hidden_headline", answers(3)),
    Hostile("wide_bounds", answers(40, 150)),
    Hostile("replicates_only", _jackknife, {"design": REPLICATES}),
    Hostile("second_of_three", keys={
        "populations": THREE, "tables": [{"measure": "prevalence", "by": [[], "sex"], "population": "workers"}],
    }),
    Hostile("thirty_groups", *_groups(30, 3)),
    Hostile("four_hundred_categories", *_groups(1, 400)),
    Hostile("french", keys=_in("fr", "Petit pays 2025", "adultes", "les 12 derniers mois"), plan={"languages": ["fr"]}),
    Hostile("spanish", keys=_in("es", "País pequeño 2025", "adultos", "los últimos 12 meses"), plan={"languages": ["es"]}),
    Hostile("no_plan", plan=None),
    Hostile("no_targets"),
    Hostile("earlier_round", plan=PLANNED, targets=({"year": 2030, "cut": 0.5, "path": "geometric"},)),
    Hostile("later_round", answers(20), {
        "year": 2028, "round": "second", "design": {**country.SURVEY["design"], "psus_of_earlier_rounds": "kept"},
    }, parameters={"before": "../earlier_round/survey.yaml"}),
)  # fmt: skip


def write_all(folder: Path, base: Path, kind: str) -> None:
    """Writes `batch/` (surveys for the notebooks, with batch.yaml); `broken/`, `plans/`, `drafts/` and `questionnaire/` (for single
    commands).

    Args:
        folder: where; what is there is deleted.
        base: the files of the base, whose samples and questionnaire are taken.
        kind: `whole`, or `fast` or `plants`, which have few surveys and mutants.
    """
    shutil.rmtree(folder, ignore_errors=True)
    names = TAKEN.get(kind)
    jobs = []
    for name in SAMPLES:
        if names is None or name in names:
            shutil.copytree(base / "data_samples" / name, folder / "batch" / name)
            later = name == "norvia_lfs_2027"
            before = {"parameters": {"before": "../norvia_lfs_2025/survey.yaml"}} if later else {}
            plan = "norvia_lfs_2025" if later else name
            jobs.append({"survey": f"{name}/survey.yaml", "plan": f"{plan}/nap.yaml", **before})
    for hostile in (*HOSTILE, *map(_variant, range(VARIANTS))):
        if names is None or hostile.name in names:
            jobs.append(_write(hostile, folder / "batch"))
    if names is None:
        jobs += _children(folder / "batch")
    batch = {"outputs": "../outputs", "surveys": jobs}
    (folder / "batch" / "batch.yaml").write_text(yaml.safe_dump(batch, sort_keys=False), "utf-8")
    for number, one in enumerate(broken.KINDS):
        if kind != "plants" or one.name in TAKEN[kind]:
            one.make(_new(folder / "broken" / f"{number:03} {one.name}"))
    _write_mutants(folder, MUTANTS[kind])
    shutil.copytree(base / "docs" / "questionnaire", folder / "questionnaire")
    (folder / "drafts").mkdir()
    for language in draft_surveys.LABELS:
        path = draft_surveys.write_survey(folder / "drafts" / f"{language}.sav", language)
        content = bytearray(path.read_bytes())
        content[92:109] = b"01 Jan 2500:00:00"  # when the file was made
        path.write_bytes(content)


def _write(hostile: Hostile, folder: Path) -> dict[str, Any]:
    """Writes a survey, and returns its entry in batch.yaml. A later round has the plan of the earlier one."""
    plan = country.changed(country.PLAN, **(hostile.plan or {}))
    if hostile.targets:
        plan["framework"][0]["indicators"][0]["targets"] = list(hostile.targets)
    survey = country.changed(country.SURVEY, **hostile.keys)
    path = country.write(folder / hostile.name, survey, plan, hostile.table(country.persons()))
    job: dict[str, Any] = {"survey": f"{hostile.name}/survey.yaml", "parameters": dict(hostile.parameters)}
    if hostile.plan is None:
        path.with_name("nap.yaml").unlink()
        return job
    of = "earlier_round" if "before" in hostile.parameters else hostile.name
    return {**job, "plan": f"{of}/nap.yaml"}


def _children(folder: Path) -> list[dict[str, Any]]:
    """Writes a survey of adults and children, and one of children alone."""
    both = broken.SPEC
    alone = {**both, "populations": {"children": both["populations"]["children"]}, "sectors": {}}
    for name, spec in (("adults_and_children", both), ("children_only", alone)):
        (folder / name).mkdir()
        broken.write(folder / name, {**spec, "title": name})
    return [{"survey": f"{name}/survey.yaml"} for name in ("adults_and_children", "children_only")]


def _variant(number: int) -> Hostile:
    """Returns the survey of a seed: other cases, unresolved persons, weights, groups, tables, languages and profile."""
    lots = random.Random(number)
    cases, unresolved = lots.choice([2, 8, 25, 60, 150]), lots.choice([0, 3, 30])
    spread = lots.choice([0.0, 0.3, 1.0])
    groups = {name: group for name, group in country.SURVEY["groups"].items() if lots.random() < 0.7}
    crossed = [["sex", "region"]] if {"sex", "region"} <= set(groups) and lots.random() < 0.5 else []
    tables: list[dict[str, Any]] = [{"measure": "prevalence", "by": [[], *groups, *crossed]}]
    more = ({"measure": "total", "by": [[], *list(groups)[:1]]}, {"measure": "share", "of": "sector"})
    tables += [table for table in more if lots.random() < 0.5]
    languages = lots.choice([["en"], ["fr"], ["es"], ["en", "fr"]])

    def change(table: pd.DataFrame) -> pd.DataFrame:
        factors = np.random.default_rng(number).lognormal(0, spread, len(table))
        return answers(cases, unresolved)(table).assign(W=np.round(table["W"] * factors, 2))

    return Hostile(
        f"variant_{number:02}",
        change,
        {"groups": groups, "tables": tables},
        None if lots.random() < 0.3 else {"languages": languages},
        {"profile": "nchs_2017"} if lots.random() < 0.3 else {},
    )


def _write_mutants(folder: Path, mutants: int) -> None:
    """Writes mutants of survey.yaml, of the data and of nap.yaml."""
    for number in range(mutants):
        for family in ("survey.yaml", "CSV"):
            place = _new(folder / "broken" / f"{family} {number:02}")
            survey_trial(family, random.Random(f"{family} {number}"), place)
        place = _new(folder / "plans" / f"{number:02}")
        broken.write(place)
        plan_trial(random.Random(number), place)


def _new(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder
