"""A survey about to be written: its survey.yaml, its files, and what is asked of it; and the small surveys
that mutants start from."""

from __future__ import annotations

import copy
import csv
import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CANARY = "Zq7"  # every free text of the data holds it, and no message may
By = list[list[str]]


@dataclass
class Sheet:
    """A CSV file: header and rows as text, and how they are written. `raw`: its bytes, where a mutant wrote
    them itself."""

    rows: list[list[str]]
    delimiter: str = ","
    encoding: str = "utf-8"
    newline: str = "\n"
    quoted: bool = False
    raw: bytes | None = None

    @property
    def header(self) -> list[str]:
        return self.rows[0]

    def bytes(self) -> bytes:
        """The file's content."""
        if self.raw is not None:
            return self.raw
        out = io.StringIO()
        quoting: Any = csv.QUOTE_ALL if self.quoted else csv.QUOTE_MINIMAL
        csv.writer(out, delimiter=self.delimiter, lineterminator=self.newline, quoting=quoting).writerows(
            self.rows
        )
        return out.getvalue().encode(self.encoding, errors="replace")


@dataclass
class Case:
    """One survey and one question to it. `text`: survey.yaml as a mutant wrote it, in place of `spec`."""

    name: str
    spec: Any
    sheets: dict[str, Sheet]
    by: By
    population: Any = None
    measure: str = "prevalence"
    text: bytes | None = None
    touched: list[str] = field(default_factory=list)

    def write(self, folder: Path) -> Path:
        """Write the survey into a folder; the path of its survey.yaml."""
        for name, sheet in self.sheets.items():
            (folder / name).write_bytes(sheet.bytes())
        path = folder / "survey.yaml"
        path.write_bytes(self.text if self.text is not None else self.dumped())
        return path

    def dumped(self) -> bytes:
        """survey.yaml as text."""
        return str(yaml.dump(self.spec, Dumper=_Dumper, sort_keys=False, allow_unicode=True)).encode(
            "utf-8", errors="replace"
        )


class _Dumper(yaml.SafeDumper):
    """No aliases: two keys with one value are written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


GATED = {"column": "COE2", "label": "threats", "routing": {"column": "GATE", "asked": 1, "skipped": 2}}
PLAIN: dict[str, Any] = {
    "title": "Small survey 2025",
    "country": "Nowhere",
    "year": 2025,
    "reference_period": {"months": 12, "text": "the 12 months before the interview"},
    "files": {"person": {"path": "persons.csv", "key": ["HH", "LINE"]}},
    "design": {"weight": "W", "strata": "S", "psu": "P", "household": "HH", "selection": "pps"},
    "module": {"column": "RESULT", "answered": 1, "refused": 2, "not_asked": 3},
    "age": {"column": "AGE", "missing": 999},
    "answers": {"yes": 1, "no": 2, "dont_know": 8, "refused": 9},
    "any_work": ["WORK"],
    "items": {
        "involuntary": {"very_low_or_no_wages": "INV1"},
        "coercion": {"withheld_wages": "COE1", "threats_or_violence": GATED},
    },
    "episodes": {"same_work": "assumed"},
    "populations": {
        "adults": {"label": "adults", "age": {"min": 18}},
        "workers": {"label": "workers", "age": {"min": 18, "max": 64}, "where": {"WORK": 1}},
    },
    "groups": {
        "sex": {"column": "SEX", "codes": {1: "men", 2: "women"}},
        "region": {"column": "REGION", "codes": {1: "north", 2: "south", 3: "east"}, "missing": 9},
    },
    "coverage_excludes": ["the homeless"],
}


def _people(seed: int, count: int, strata: int, psus: int) -> list[dict[str, str]]:
    """Persons with answers of every kind: cases, open answers, skips, refusals, blanks."""
    rng = random.Random(seed)
    rows = []
    for i in range(count):
        area = i % (strata * psus)
        works, first, second = rng.random() < 0.85, rng.choice("111222289"), rng.choice("111222289")
        gate = rng.choice("112")
        answered = rng.choice("1111111111123")
        rows.append(
            {
                "HH": f"{4471000 + i // 2}",
                "LINE": f"{i % 2 + 1}",
                "W": f"{rng.choice([8, 10, 12.5, 20, 0.75, 33])}",
                "S": f"{area % strata + 1}",
                "P": f"{area + 1}",
                "RESULT": answered,
                "AGE": rng.choice(["19", "22", "34", "41", "58", "67", "16", "999"]),
                "SEX": f"{i % 2 + 1}",
                "REGION": rng.choice("11223339"),
                "WORK": "1" if works else "2",
                "INV1": first if works else "",
                "INV2": rng.choice("1222") if works else "",
                "GATE": gate if works else "",
                "COE1": second if works else "",
                "COE2": rng.choice("12") if works and gate == "1" else "",
                "NAME": f"{CANARY}Marta Lopez {i}",
                "PHONE": f"55{i:05d}",
            }
        )
    return rows


def _sheet(rows: Sequence[Mapping[str, str]], **how: Any) -> Sheet:
    header = list(rows[0])
    return Sheet([header, *([row[name] for name in header] for row in rows)], **how)


def _plain() -> Case:
    spec = copy.deepcopy(PLAIN)
    spec["items"]["involuntary"]["hazardous_work"] = "INV2"
    return Case("plain", spec, {"persons.csv": _sheet(_people(1, 96, 3, 4))}, [[], ["sex"]])


def _household() -> Case:
    """The design and the region stand in the household's file."""
    rows, spec = _people(2, 80, 2, 5), copy.deepcopy(PLAIN)
    spec["files"]["household"] = {"path": "households.csv", "key": "HH"}
    homes = [
        {"HH": row["HH"], "S": row["S"], "P": str(int(row["HH"]) % 10 + 1), "REGION": row["REGION"]}
        for row in rows[::2]
    ]
    for home in homes:
        home["S"] = str(int(home["P"]) % 2 + 1)
    persons = [{k: v for k, v in row.items() if k not in ("S", "P", "REGION")} for row in rows]
    return Case(
        "household", spec, {"persons.csv": _sheet(persons), "households.csv": _sheet(homes)}, [[], ["region"]]
    )


def _european() -> Case:
    """Semicolons, decimal commas, Windows-1252, and answers written out."""
    rows, spec = _people(3, 72, 2, 4), copy.deepcopy(PLAIN)
    words = {"1": "Ja", "2": "Nein", "8": "weiß nicht", "9": "k. A.", "": ""}
    for row in rows:
        row["W"] = row["W"].replace(".", ",")
        row.update({name: words[row[name]] for name in ("WORK", "INV1", "INV2", "COE1", "COE2", "GATE")})
        row["REGION"] = {"1": "Düren", "2": "Köln", "3": "Aachen", "9": ""}[row["REGION"]]
    spec["files"]["person"] |= {"delimiter": ";", "decimal": ",", "encoding": "cp1252"}
    spec["answers"] = {"yes": "Ja", "no": "Nein", "dont_know": "weiß nicht", "refused": "k. A."}
    spec["items"]["coercion"]["threats_or_violence"] = {
        "column": "COE2",
        "routing": {"column": "GATE", "asked": "Ja", "skipped": "Nein"},
    }
    spec["populations"]["workers"]["where"] = {"WORK": "Ja"}
    spec["groups"]["region"] = {
        "column": "REGION",
        "codes": {"Düren": "Düren", "Köln": "Köln", "Aachen": "Aachen"},
    }
    return Case(
        "european", spec, {"persons.csv": _sheet(rows, delimiter=";", encoding="cp1252")}, [[], ["region"]]
    )


def _nested() -> Case:
    """PSU labels restart in each stratum, with zeros before them; the work is linked by a question."""
    rows, spec = _people(4, 90, 3, 3), copy.deepcopy(PLAIN)
    for row in rows:
        row["P"] = f"0{(int(row['P']) - 1) // 3 + 1}"
        row["SAME"] = "" if row["WORK"] == "2" else "2" if int(row["HH"]) % 5 == 0 else "1"
    spec["design"] |= {"nest": True, "single_psu": "adjust"}
    spec["episodes"] = {"same_work": "SAME"}
    spec["groups"] = {"sex": spec["groups"]["sex"], "age_group": {"bands": [18, 25, 45]}}
    return Case("nested", spec, {"persons.csv": _sheet(rows)}, [["sex"], ["age_group"]])


def _pooled() -> Case:
    """Two quarters below each other, codes with zeros before them, and a weight of its own for one
    population."""
    spec, sheets = copy.deepcopy(PLAIN), {}
    for quarter in (1, 2):
        rows = _people(4 + quarter, 60, 2, 4)
        for row in rows:
            row["SEX"] = f"0{row['SEX']}"
            row["W2"] = str(float(row["W"]) * 2)
        sheets[f"quarter{quarter}.csv"] = _sheet(rows)
    spec["files"]["person"] |= {"path": list(sheets), "weight_factor": [0.5, 0.25]}
    spec["groups"]["sex"] = {"column": "SEX", "codes": {"01": "men", "02": "women"}}
    spec["populations"]["workers"]["weight"] = "W2"
    return Case("pooled", spec, sheets, [[], ["sex"]], "workers")


def _direct() -> Case:
    """Persons drawn directly: no strata, no PSUs, no module status."""
    spec = copy.deepcopy(PLAIN)
    spec["design"] = {"weight": "W", "household": "HH", "selection": "srs"}
    del spec["module"]
    return Case("direct", spec, {"persons.csv": _sheet(_people(7, 60, 1, 4))}, [[], ["sex", "region"]])


@cache
def _bases() -> tuple[Case, ...]:
    return (_plain(), _household(), _european(), _nested(), _pooled(), _direct())


def bases() -> tuple[Case, ...]:
    """The surveys that mutants start from, each time anew."""
    return copy.deepcopy(_bases())
