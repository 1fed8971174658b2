"""The shipped samples, read, classified and published once for all tests that only look at them. Whoever changes or patches something makes
his own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import fltoolkit as fl

SAMPLES = Path(__file__).parents[1] / "data_samples"
NORVIA, VALDORIE = "norvia_lfs_2025", "valdorie_enquete_2025"


@cache
def persons(sample: str) -> fl.ClassifiedSurvey:
    """The classified persons of a sample, by the name of its folder."""
    return fl.classify(fl.read_survey(SAMPLES / sample / "survey.yaml"))


@cache
def plan(sample: str) -> fl.Plan:
    """The plan beside a sample."""
    return fl.read_plan(SAMPLES / sample / "nap.yaml")


@cache
def published(sample: str, *, planned: bool = False) -> fl.Published:
    """What a run of a sample publishes, with the rows of its plan or without."""
    return fl.publish_run(persons(sample), plan=plan(sample) if planned else None)
