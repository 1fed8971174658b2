"""Runs one drawn survey, and finds what stopped or reads oddly."""

from __future__ import annotations

import tempfile
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import fltoolkit as fl
from tests.file_texts import page_lines, texts

from .drawing import LegalSurvey, drawn
from .odd_texts import odd_places
from .running import Failure, run_cells

DOCUMENTS = {".html", ".docx", ".pptx", ".xlsx", ".svg"}


@dataclass(frozen=True)
class Found:
    """Something that a survey should not have left: where, what it is, and the words."""

    seed: int
    where: str
    what: str
    words: str


def tried(seed: int) -> list[Found]:
    """Runs the survey of a seed, and returns what stopped or reads oddly."""
    survey = drawn(seed)
    with tempfile.TemporaryDirectory() as folder:
        try:
            return list(dict.fromkeys(_tried(survey, Path(folder))))
        except fl.errors.FltoolkitError as error:
            return [Found(seed, "check", type(error).__name__, str(error)[:400])]


def _tried(survey: LegalSurvey, folder: Path) -> Iterator[Found]:
    outputs = folder / "outputs"
    path = survey.write(folder / "survey")
    wrong = fl.check(fl.read_survey(path))
    for _, error in wrong[wrong["severity"] == "error"].iterrows():
        yield Found(survey.seed, "check", "error", f"{error['where']}: {error['what']}")
    parameters = {
        "survey": str(path),
        "outputs": str(outputs),
        "plan": "nap.yaml" if survey.plan else "",
        "rules": "own_rules.yaml" if survey.rules else "icls_2018",
        "before": "before/survey.yaml" if survey.before else "",
    }
    for shown in run_cells(parameters):
        if isinstance(shown, Failure):
            last = traceback.extract_tb(shown.error.__traceback__)[-1]
            place = f"{Path(last.filename).name}:{last.name}"
            yield Found(
                survey.seed,
                f"{shown.notebook}: {shown.cell[:60]}",
                type(shown.error).__name__,
                f"{place}: {shown.error}"[:400],
            )
        else:
            for what, words in odd_places(page_lines(shown)):
                yield Found(survey.seed, "notebooks", what, words[:300])
    for file in sorted(outputs.rglob("*")):
        if file.suffix in DOCUMENTS:
            for what, words in odd_places(texts(file), survey.language):
                yield Found(survey.seed, file.relative_to(outputs).as_posix(), what, words[:300])
