"""Writes what a published set leaves in a folder of results that a later run can be protected beside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import fltoolkit as fl
from fltoolkit.run.run_record import RECORD, Record, file_hashes


def release(out: fl.Published, persons: fl.ClassifiedSurvey, folder: Path, **facts: Any) -> Path:
    """Writes estimates.csv and run.json of a published set. `facts`: other values of run.json."""
    fl.report.write_estimates(out, folder)
    spec = persons.spec
    record = Record(
        name=folder.name,
        title=str(spec.title),
        country=str(spec.country),
        year=spec.year,
        round=str(spec.round),
        release=spec.release,
        status="complete",
        outputs=file_hashes(folder),
    )
    (folder / RECORD).write_text(json.dumps(record.model_dump(mode="json") | facts))
    return folder
