"""The shipped samples, read, classified and published once for all tests that do not change them. A test that
changes or patches something must make its own."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from unittest import mock

import fltoolkit as fl

SAMPLES = Path(__file__).parents[1] / "data_samples"
NORVIA, VALDORIE = "norvia_lfs_2025", "valdorie_enquete_2025"


@cache
def persons(sample: str) -> fl.ClassifiedSurvey:
    """Returns the classified persons of a sample, by the name of its folder."""
    return fl.classify(fl.read_survey(SAMPLES / sample / "survey.yaml"))


@cache
def plan(sample: str) -> fl.Plan:
    """Returns the plan in the folder of a sample."""
    return fl.read_plan(SAMPLES / sample / "nap.yaml")


def published(sample: str, *, planned: bool = False) -> fl.Published:
    """Returns the published set of a sample, with or without the rows of its plan."""
    return published_in_passes(sample, planned)[0]


@cache
def published_in_passes(sample: str, planned: bool) -> tuple[fl.Published, int]:
    """Returns the published set of a run, and the number of passes over the persons."""
    passes = import_module("fltoolkit.estimate.totals.one_pass")
    with mock.patch.object(passes, "cluster_totals", wraps=passes.cluster_totals) as counted:
        return fl.publish_run(persons(sample), plan=plan(sample) if planned else None), counted.call_count
