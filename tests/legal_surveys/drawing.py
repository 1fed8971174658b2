"""Draws a legal survey of at most 400 persons: its table, survey.yaml, and perhaps a plan, a rule set and an earlier round."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Labour survey of Arland", "country": "Arland", "text": "the past 12 months", "adults": "adults",
        "workers": "adults who worked", "children": "children", "kind": "kind", "group": "group", "reason": "misread form",
        "goal": "By 2030 nobody is in forced labour.", "objective": "Forced labour reduced", "indicator": "Persons in forced labour",
        "decrease": "% decrease of prevalence", "counted": "Persons.", "means": "survey", "lead": "Commission", "homeless": "the homeless",
    },
    "fr": {
        "title": "Enquête sur le travail en Arlande", "country": "Arlande", "text": "les 12 derniers mois", "adults": "adultes",
        "workers": "adultes qui ont travaillé", "children": "enfants", "kind": "sorte", "group": "groupe", "reason": "formulaire mal lu",
        "goal": "D’ici à 2030, plus personne n’est en situation de travail forcé.", "objective": "Le travail forcé a reculé",
        "indicator": "Personnes en situation de travail forcé", "decrease": "Baisse de la prévalence, en %", "counted": "Personnes.",
        "means": "enquête", "lead": "Commission", "homeless": "les personnes sans domicile",
    },
    "es": {
        "title": "Encuesta de trabajo de Arlandia", "country": "Arlandia", "text": "los últimos 12 meses", "adults": "adultos",
        "workers": "adultos que trabajaron", "children": "niños", "kind": "clase", "group": "grupo", "reason": "formulario mal leído",
        "goal": "En 2030 nadie está en trabajo forzoso.", "objective": "El trabajo forzoso se ha reducido",
        "indicator": "Personas en trabajo forzoso", "decrease": "Disminución de la prevalencia, en %", "counted": "Personas.",
        "means": "encuesta", "lead": "Comisión", "homeless": "las personas sin hogar",
    },
}  # fmt: skip
MEASURES = (
    "prevalence",
    "total",
    "share",
    "profile",
    "profile_total",
    "stock",
    "stock_prevalence",
    "duration",
)


@dataclass(frozen=True)
class LegalSurvey:
    """A drawn survey. `plan` and `rules` are None where there is none; `before` is the earlier round."""

    seed: int
    language: str
    table: pd.DataFrame
    spec: Mapping[str, Any]
    plan: Mapping[str, Any] | None = None
    rules: Mapping[str, Any] | None = None
    before: LegalSurvey | None = None
    about: Mapping[str, Any] = field(default_factory=dict)  # what was drawn, for the report

    def write(self, folder: Path) -> Path:
        """Writes the survey and what belongs to it into a new folder, and returns the path of survey.yaml."""
        folder.mkdir(parents=True)
        self.table.to_csv(folder / "persons.csv", index=False)
        files = {"survey.yaml": self.spec, "nap.yaml": self.plan, "own_rules.yaml": self.rules}
        for name, content in files.items():
            if content is not None:
                (folder / name).write_text(
                    yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True), "utf-8"
                )
        if self.before is not None:
            self.before.write(folder / "before")
        return folder / "survey.yaml"


def drawn(seed: int, *, later: bool = True) -> LegalSurvey:
    """Returns the survey of a seed. `later`: it may have an earlier round, which is the survey of another seed of the same form."""
    lots = random.Random(seed)
    language = lots.choice(list(WORDS))
    words = WORDS[language]
    who = lots.choice(["adults", "adults", "both", "children"])
    size, groups = lots.choice([40, 120, 250, 400]), lots.choice([0, 1, 2, 3, 5, 8, 30])
    cases, unresolved = lots.choice([0, "one", 0.02, 0.1, 0.4, 1.0]), lots.choice([0.0, 0.02, 0.2, 0.5])
    design = lots.choice(["strata", "psu", "jk1", "persons"])
    categories = [lots.choice([1, 2, 3, 4, 6]) for _ in range(groups)]
    table = _table(seed, size, who, (cases, unresolved), design)
    for i, number in enumerate(categories):
        table[f"G{i}"] = np.random.default_rng([seed, i]).integers(1, number + 1, size)
    populations = {"adults": {"label": words["adults"], "age": {"min": 18}}} if who != "children" else {}
    if populations and lots.random() < 0.4:
        populations["workers"] = {"label": words["workers"], "age": {"min": 18}, "where": {"WORK": 1}}
    if who != "adults":
        populations["children"] = {"label": words["children"], "age": {"min": 5, "max": 17}}
    names = list(populations)
    lots.shuffle(names)
    spec: dict[str, Any] = {
        "title": words["title"], "country": words["country"], "language": language, "year": 2025,
        "reference_period": {"months": 12, "text": words["text"]},
        "files": {"person": {"path": "persons.csv", "key": ["HH", "LINE"]}},
        "design": _design(design),
        "age": {"column": "AGE"}, "answers": {"yes": 1, "no": 2, "dont_know": 8}, "any_work": {"column": "WORK"},
        "items": {"involuntary": {"very_low_or_no_wages": {"column": "INV"}}, "coercion": {"withheld_wages": {"column": "COE"}}},
        "episodes": {"same_work": "assumed"},
        "months": {"column": "MONTHS", "covers": "all_spells", "missing": 98},
        "populations": {name: populations[name] for name in names},
        "groups": {
            f"group_{i}": {"column": f"G{i}", "label": f"{words['group']} {i}", "codes": {c: f"{words['kind']} {c}" for c in range(1, n + 1)}}
            for i, n in enumerate(categories)
        },
        "coverage_excludes": [words["homeless"]],
    }  # fmt: skip
    if who != "adults":
        spec["children"] = {
            "third_party": {"done": "C1", "threat": "C2"},
            "with_parents": {"done": "C3", "threat": "C4"},
            "parents": {"line": "LINE", "columns": ["MOTHER", "FATHER"], "none": 98, "elsewhere": 97},
        }
    if who != "children" and lots.random() < 0.5:
        spec["sectors"] = {
            "sector": {"column": "FISIC", "revision": "isic_rev4", "digits": 2, "job": "forced_labour"}
        }
    if lots.random() < 0.2:
        spec["corrections"] = [
            {"rows": [{"HH": "1", "LINE": "1"}], "column": "W", "value": 12, "why": words["reason"]}
        ]
    spec["tables"] = _tables(lots, spec)
    rules = _rules(words) if lots.random() < 0.2 else None
    before = None
    if later and lots.random() < 0.25:
        spec["year"], spec["design"] = (
            2028,
            {**spec["design"], "psus_of_earlier_rounds": lots.choice(["kept", "new"])},
        )
        earlier = {
            **spec,
            "year": 2025,
            "design": {k: v for k, v in spec["design"].items() if k != "psus_of_earlier_rounds"},
        }
        past = _table(seed + 100_000, size, who, (lots.choice([0.02, 0.1, 0.4]), unresolved), design)
        past = past.assign(**{column: table[column] for column in table if column.startswith("G")})
        before = LegalSurvey(seed, language, past, earlier)
    plan = _plan(lots, words, language, spec) if rules is None and lots.random() < 0.7 else None
    about = {
        "language": language,
        "who": who,
        "size": size,
        "groups": groups,
        "cases": cases,
        "unresolved": unresolved,
        "design": design,
    }
    return LegalSurvey(seed, language, table, spec, plan, rules, before, about)


def _table(seed: int, size: int, who: str, answers: tuple[float | str, float], design: str) -> pd.DataFrame:
    """Returns the persons, without their groups. Each is a household."""
    random_ = np.random.default_rng(seed)
    n = np.arange(size)
    ages = {"adults": (18, 80), "children": (5, 18), "both": (5, 60)}[who]
    age = random_.integers(*ages, size)
    adult = age >= 18
    cases, unresolved = answers
    share = random_.random(size)
    first = n == int(np.argmax(adult)) if adult.any() and who != "children" else n == 0
    case = first if cases == "one" else share < float(cases)
    open_ = ~case & (share > 1 - unresolved * (1 - (0 if cases == "one" else float(cases))))
    answer = np.where(case, 1, np.where(open_, 8, 2))
    work = np.where(case | open_ | (random_.random(size) < 0.8), 1, 2)
    asked, blank = adult & (work == 1), ""
    table = pd.DataFrame({
        "HH": n, "LINE": 1, "W": np.round(10 * random_.lognormal(0, 0.4, size), 2), "S": n % 3, "P": n % 24, "AGE": age,
        "WORK": np.where(adult, work, blank), "INV": np.where(asked, answer, blank), "COE": np.where(asked, np.where(case | open_, 1, 2), blank),
        "MONTHS": np.where(asked & case, random_.integers(1, 13, size), blank),
        "FISIC": np.where(asked & case, np.where(n % 2 == 0, "01", "41"), blank),
    })  # fmt: skip
    if who != "adults":
        table["C1"] = np.where(adult, blank, np.where(case | open_, "1", "2"))
        table["C2"] = np.where(adult | ~(case | open_), blank, answer)
        table["C3"], table["C4"] = np.where(adult, blank, "2"), blank
        table["MOTHER"], table["FATHER"] = np.where(adult, blank, "97"), np.where(adult, blank, "98")
    if design == "jk1":
        for point in range(24):
            table[f"RW{point + 1}"] = np.where(table["P"] == point, 0, np.round(table["W"] * 24 / 23, 6))
    return table


def _design(kind: str) -> dict[str, Any]:
    more = {
        "strata": {"strata": "S", "psu": "P"},
        "psu": {"psu": "P"},
        "persons": {"psu": "HH"},
        "jk1": {"replicates": {"columns": "RW{1..24}", "method": "jk1"}},
    }[kind]
    return {"weight": "W", "household": "HH", "selection": "pps", **more}


def _tables(lots: random.Random, spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Returns tables of a few measures, each for one population."""
    populations, groups = list(spec["populations"]), list(spec["groups"])
    tables: list[dict[str, Any]] = []
    for measure in lots.sample(MEASURES, lots.randint(1, 4)):
        population = lots.choice(populations)
        if measure in ("stock", "stock_prevalence", "duration") and population == "children":
            continue
        row: dict[str, Any] = {"measure": measure, "population": population}
        if measure == "share":
            of = [*groups[:2], *(["sector"] if "sectors" in spec and population != "children" else [])]
            if not of:
                continue
            row["of"] = lots.choice(of)
        elif measure not in ("profile", "profile_total"):
            by: list[Any] = [[]] if lots.random() < 0.8 else []
            by += lots.sample(groups, lots.randint(0, len(groups)))
            if len(groups) > 1 and lots.random() < 0.2:
                by.append(groups[:2])
            row["by"] = by or [[]]
        if row not in tables:
            tables.append(row)
    return tables or [{"measure": "prevalence", "by": [[]], "population": populations[0]}]


def _rules(words: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": "own_rules", "version": 1, "title": words["title"], "source": words["title"],
        "involuntary": ["very_low_or_no_wages"], "coercion": ["withheld_wages"],
    }  # fmt: skip


def _plan(
    lots: random.Random, words: Mapping[str, str], language: str, spec: Mapping[str, Any]
) -> dict[str, Any]:
    """Returns a plan of two rows, with or without targets."""
    rows = [
        {
            "id": name, "indicator": words[title], "definition": {"counted": words["counted"]}, "means_of_verification": words["means"],
            "measure": measure, "lead": words["lead"],
        }
        for name, title, measure in (("decrease", "decrease", "percent_decrease"), ("persons", "indicator", "total"))
    ]  # fmt: skip
    plan: dict[str, Any] = {
        "title": words["objective"], "country": words["country"], "goal": words["goal"], "first_year": 2026, "last_year": 2030,
        "languages": [language],
        "framework": [{"level": "objective", "code": words["group"], "statement": words["objective"], "indicators": rows}],
    }  # fmt: skip
    if lots.random() < 0.5:
        plan |= {"planned_sample": len(spec["groups"]) * 100 + 400, "planned_surveys": [2030]}
        rows[0]["targets"] = [{"year": 2030, "cut": lots.choice([0.1, 0.5, 0.9])}]
    return plan
