"""The evidence that a run gives to its documents, in a small form: targets that can and cannot be verified,
and one evidence whose texts are hostile."""

from __future__ import annotations

import dataclasses
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import small_country as country
from shared_surveys import classified

import fltoolkit as fl
from fltoolkit.languages.language import Language, read_language
from fltoolkit.show.printed_tables.printed_table import PrintedTable

EN, FR, ES = (read_language(code) for code in ("en", "fr", "es"))
HOSTILE = {
    "script": "<script>alert(1)</script>", "link": '=HYPERLINK("http://example.org")',
    "path": "../../../escape", "braces": "{{7*7}} {value}", "formula": "$\\frac{1}{0}$",
    "image": "<img src=x onerror=alert(1)>", "bell": "ring\x07ing",
}  # fmt: skip


def plan(**keys: Any) -> dict[str, Any]:
    """Returns the small country's plan with three kinds of rows: a target that a repeat can detect, a target
    of the north that it cannot detect, and none for the west."""
    made = country.changed(
        country.PLAN, planned_sample=400, planned_surveys=[2028, 2030], languages=["en", "fr"], **keys
    )
    rows = made["framework"][0]["indicators"]
    rows[0]["targets"] = [
        {"year": 2030, "cut": 0.9, "path": "geometric"},
        {"year": 2030, "cut": 0.1, "group": "region", "category": "north"},
        {"year": 2030, "cut": 0.5, "group": "region", "category": "west"},
    ]
    return made


def _evidence(survey: dict[str, Any], said: dict[str, Any]) -> fl.Evidence:
    with tempfile.TemporaryDirectory() as folder:
        path = country.write(Path(folder), survey, said)
        out, read = country.run(path)
        return fl.evidence(read, fl.rounds(read, classified(path), out))


@cache
def evidence() -> fl.Evidence:
    return _evidence(country.SURVEY, plan())


@cache
def hostile() -> fl.Evidence:
    """Returns evidence in which every text of a survey or a plan was written with bad intentions."""
    regions = {
        **country.SURVEY["groups"]["region"]["codes"],
        1: HOSTILE["formula"],
        2: HOSTILE["script"],
        5: HOSTILE["path"],
    }
    groups = {**country.SURVEY["groups"], "region": {"column": "R", "codes": regions}}
    survey = country.changed(
        country.SURVEY,
        title=HOSTILE["script"],
        country=HOSTILE["link"],
        groups=groups,
        coverage_excludes=[HOSTILE["braces"], HOSTILE["image"]],
        populations={"adults": {"label": HOSTILE["image"], "age": {"min": 18}}},
        reference_period={"months": 12, "text": HOSTILE["braces"]},
    )
    said = plan(
        title=HOSTILE["link"], country=HOSTILE["link"], goal=HOSTILE["bell"], legal_basis=[HOSTILE["script"]]
    )
    said["framework"][0]["indicators"][1] |= {"indicator": HOSTILE["braces"], "lead": HOSTILE["image"]}
    said["framework"][0]["indicators"][0]["targets"] = said["framework"][0]["indicators"][0]["targets"][:1]
    return _evidence(survey, said)


def in_languages(evidence: fl.Evidence, *codes: str) -> fl.Evidence:
    """Returns the same evidence, with documents in these languages."""
    return dataclasses.replace(evidence, plan=evidence.plan.model_copy(update={"languages": codes}))


def words(language: Language) -> str:
    return "\n".join(language.words.values())


def aimed(found: fl.Evidence) -> pd.DataFrame:
    """Returns the rows of the plan that have a target."""
    return found.targets[found.targets["target_year"].notna()]


def column(table: PrintedTable, key: str) -> list[str]:
    """Returns the texts of a column of a printed table, without the lines that run across the table."""
    place = [head.key for head in table.heads].index(key)
    return [row[place].replace("\xa0", " ") for row in table.texts if len(row) > 1]
