"""Two rounds of a small survey, and a plan whose baseline is the first. The prevalence falls from 50 to 18.75
per 1,000."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import small_country as country
import yaml
from shared_surveys import classified, published
from small_surveys import SPEC, Person, persons_table, write_survey

import fltoolkit as fl

PLAN = country.with_rows(
    {
        "id": "decrease",
        "measure": "percent_decrease",
        "disaggregated_by": ["gender"],
        "targets": [{"year": 2029, "cut": 0.5}],
    },
    {"id": "persons", "disaggregated_by": ["gender", "nationality"]},
)


def survey(folder: Path, year: int, cases: int, months: int = 12, **keys: Any) -> Path:
    """Writes a round of 2,400 persons in 37 sampling points, and returns the path of its survey.yaml."""
    people: list[Person] = [
        ("case" if i < cases else "not", {"P": i * i % 37, "SEX": 1 + i % 2}) for i in range(2400)
    ]
    folder.mkdir()
    window = {"months": months, "text": f"the past {months} months"}
    spec = {
        **SPEC,
        "year": year,
        "reference_period": window,
        "design": {**SPEC["design"], "psus_of_earlier_rounds": "new"},
        **keys,
    }
    return write_survey(folder, spec, persons=persons_table(people))


def followed(
    root: Path, second: Path, baseline: Any = "first/survey.yaml", plan: dict[str, Any] = PLAN
) -> fl.Evidence:
    """Returns the evidence of a run of `second` under a plan with the given baseline."""
    content = {**plan, "country": SPEC["country"], "baseline_survey": baseline}
    (root / "nap.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    read = fl.read_plan(root / "nap.yaml")
    persons = classified(second)
    return fl.evidence(read, fl.rounds(read, persons, published(second, read)))


@cache
def fell() -> fl.Evidence:
    """Returns the evidence of the later round with the earlier one as its baseline."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        survey(root / "first", 2025, 120)
        return followed(root, survey(root / "second", 2027, 45))
