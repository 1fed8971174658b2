"""Runs the surveys through real kernels, as a batch does, and reads the lines of their documents."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from difflib import unified_diff
from pathlib import Path
from typing import Any

import yaml

from fltoolkit.run.batch import run_batch
from tests.checkouts import HOUSE
from tests.file_texts import lines, sentences

GOLDEN = Path(__file__).parent
SAMPLES: Mapping[str, dict[str, Any]] = {
    Path(job["survey"]).parent.name: job
    for job in yaml.safe_load((HOUSE / "data_samples" / "batch.yaml").read_text("utf-8"))["surveys"]
}
SMALL = "small_country_es"
SURVEYS = (*SAMPLES, SMALL)
ODD = "odd_evidence"
DOCUMENTS = (
    "evidence_brief_*.html",
    "nap_skeleton_*.docx",
    "slides_*.pptx",
    "nap_workbook.xlsx",
    "[1-4]_*.html",
)
# What differs from one run to the next. Nothing else is masked.
MASKED = {"version": re.compile(r"(?<=fltoolkit )\d+\.\d+\.\d+\S*")}
RECORD = '["'  # of what the kit wrote into a cell of the workbook: rows of a hidden sheet


def golden_lines(path: Path) -> list[str]:
    """Returns what a document says: a row of a table, a label of a picture or a sentence a line."""
    found: list[str] = []
    for line in lines(path):
        for name, pattern in MASKED.items():
            line = pattern.sub(f"({name})", line)
        found += [
            part
            for part in sentences(line)
            if part.strip() and not part.startswith(RECORD) and not _repeats(part, found)
        ]
    return found


def _repeats(line: str, before: list[str]) -> bool:
    """Returns whether a line has the formulas of the row above it."""
    return (
        line.startswith("=") and bool(before) and re.sub(r"\d+", "", line) == re.sub(r"\d+", "", before[-1])
    )


def run(survey: str, folder: Path) -> Path:
    """Runs one survey into a folder as a batch does, and returns the folder of its results."""
    batch = {"outputs": str(folder / "outputs"), "surveys": [_job(survey, folder) | {"name": survey}]}
    path = folder / "batch.yaml"
    path.write_text(yaml.safe_dump(batch), "utf-8")
    if not run_batch(path, say=lambda line: print(line, file=sys.stderr)):
        raise RuntimeError(f"the run of {survey} failed")
    return folder / "outputs" / survey


def documents(results: Path) -> dict[str, list[str]]:
    """Returns the lines of each document of a survey's results by its name, the front page first."""
    return {file.stem: golden_lines(file) for file in _files(results)}


def differing(survey: str, results: Path) -> str:
    """Returns the lines in which a survey's documents differ from its golden texts, "" if none does."""
    made, before = documents(results), stored(survey)
    lines = {
        name: unified_diff(before.get(name, []), made.get(name, []), name, lineterm="", n=0)
        for name in sorted({*made, *before})
    }
    return "\n".join("\n".join(differ) for differ in lines.values()).strip()


def _files(results: Path) -> Iterator[Path]:
    yield results.parent / "index.html"
    for pattern in DOCUMENTS:
        yield from sorted(results.glob(pattern))


def _job(survey: str, folder: Path) -> dict[str, Any]:
    if survey == SMALL:
        return {"survey": str(small_country(folder / SMALL)), "plan": str(folder / SMALL / "nap.yaml")}
    job = SAMPLES[survey]
    return job | {key: str(HOUSE / "data_samples" / job[key]) for key in ("survey", "plan")}


def small_country(folder: Path) -> Path:
    """Writes the small country in Spanish, with targets, and returns the path of its survey.yaml."""
    import handed
    import small_country as country
    from keys import write_key

    regions = dict(enumerate(("norte", "sur", "este", "oeste", "llano", "isla"), 1))
    survey = country.changed(
        country.SURVEY,
        language="es",
        title="Encuesta de trabajo 2025",
        country="Arlandia",
        reference_period={"months": 12, "text": "los últimos 12 meses"},
        populations={"adults": {"label": "adultos", "age": {"min": 18}}},
        coverage_excludes=["las personas sin hogar"],
        groups=country.SURVEY["groups"]
        | {
            "sex": {"column": "SEX", "codes": {1: "hombres", 2: "mujeres"}},
            "region": {"column": "R", "codes": regions},
        },
    )
    plan = handed.plan(
        language="es",
        title="Plan de Arlandia",
        country="Arlandia",
        goal="En 2030 nadie está en trabajo forzoso.",
    )
    plan["languages"] = ["es"]
    for target in plan["framework"][0]["indicators"][0]["targets"][1:]:
        target["category"] = {"north": "norte", "west": "oeste"}[target["category"]]
    path = country.write(folder, survey, plan)
    write_key(folder, 1)  # without it each writing would hide other cells
    return path


def odd_texts() -> dict[str, list[str]]:
    """Returns what odd evidence changes in documents, by its name."""
    import odd_evidence

    return {odd_evidence.file_name(name): odd_evidence.differences(name) for name in odd_evidence.MADE}


def stored(survey: str) -> dict[str, list[str]]:
    """Returns the golden lines of a survey's documents, as they are committed."""
    return {path.stem: path.read_text("utf-8").splitlines() for path in (GOLDEN / survey).glob("*.txt")}
