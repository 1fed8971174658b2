"""Trials of surveys: a mutant of survey.yaml or of its files, as a whole through `read_survey`, `classify`
and an estimate."""

from __future__ import annotations

import copy
import random
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import fltoolkit as fl

from .cases import CANARY, Case, bases
from .judge import Trial
from .loop.survey import survey_answer
from .loop.verdict import Row
from .mutate_cells import CELLS
from .mutate_yaml import YAML, nodes

NOT_READ = (
    "title",
    "country",
    "year",
    "round",
    "coverage_excludes",
    "reference_period.text",
    "confidentiality",
    "request.label",
)


def survey_trial(family: str, rng: random.Random, folder: Path) -> Trial:
    """A mutant of a family, `survey.yaml` or `CSV`, written into a folder."""
    number = rng.randrange(len(bases()))
    case = bases()[number]
    mutators = YAML if family == "survey.yaml" else CELLS
    told = [rng.choice(mutators)(case, rng)]
    if rng.random() < 0.15:
        twice = copy.deepcopy(case)
        with suppress(
            AttributeError, IndexError, KeyError, TypeError, ValueError
        ):  # what the second would change, the first took away
            told.append(rng.choice((*YAML[:-1], *CELLS))(twice, rng))
            case = twice
    path = case.write(folder)
    answer = survey_answer(path, case.by, case.population, case.measure)
    groups = len({name for breakdown in case.by for name in breakdown})
    secrets = _secrets(case, path)
    return Trial(
        family,
        " + ".join(told),
        lambda: asked(case, path),
        answer,
        groups,
        before(number),
        _is_read(case),
        str(folder),
        secrets,
    )


def _secrets(case: Case, path: Path) -> tuple[str, ...]:
    """The cells that no message may hold: longer than six characters, and not said in survey.yaml."""
    told = path.read_bytes().decode("utf-8", errors="replace")
    cells = {cell.strip() for sheet in case.sheets.values() for row in sheet.rows[1:] for cell in row}
    return (CANARY, *sorted(cell for cell in cells if len(cell) > 6 and cell not in told))


def asked(case: Case, path: Path) -> Any:
    """The kit's table."""
    verb = fl.total if case.measure == "total" else fl.prevalence
    return verb(fl.classify(fl.read_survey(path)), by=case.by, population=case.population).table


@cache
def before(number: int) -> dict[tuple[str, ...], Row]:
    """The loop's rows of a survey that no mutant changed."""
    case = bases()[number]
    with TemporaryDirectory() as folder:
        return survey_answer(case.write(Path(folder)), case.by, case.population, case.measure).rows


def _is_read(case: Case) -> bool:
    """Whether the loop reads something of what was changed."""
    named = {value for _, value in nodes(case.spec) if isinstance(value, str)}
    where = [key for population in _dicts(case.spec, "populations") for key in _dict(population.get("where"))]
    for touched in case.touched:
        if touched.startswith("column "):
            if touched.removeprefix("column ") in {*named, *where}:
                return True
        elif (
            touched != "text"
            and not touched.startswith(NOT_READ)
            and not touched.endswith(("label", "detail", "mode"))
        ):
            return True
    return False


def _dict(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(spec: Any, key: str) -> list[dict[Any, Any]]:
    return [v for v in _dict(_dict(spec).get(key)).values() if isinstance(v, dict)]
