"""The shipped samples, read, classified and published once for all tests that do not change them. A test that
changes or patches something must make its own.

Each worker of pytest reads and classifies the samples. One worker publishes them, and the others take its
result.
"""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TypeVar
from unittest import mock

import pandas as pd
from shared_surveys import classified_anew

import fltoolkit as fl
from fltoolkit.publish.published_set import restricted

SAMPLES = Path(__file__).parents[1] / "data_samples"
NORVIA, VALDORIE = "norvia_lfs_2025", "valdorie_enquete_2025"
SHARED = "FLTOOLKIT_TESTS_SHARED"  # names a folder of this run of pytest; tests/conftest.py makes it
Made = TypeVar("Made")


@cache
def persons(sample: str) -> fl.ClassifiedSurvey:
    """Returns the classified persons of a sample, by the name of its folder."""
    return classified_anew(SAMPLES / sample / "survey.yaml")


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

    def made() -> tuple[fl.Published, int]:
        passes = import_module("fltoolkit.estimate.totals.one_pass")
        with mock.patch.object(passes, "cluster_totals", wraps=passes.cluster_totals) as counted:
            out = fl.publish_run(persons(sample), plan=plan(sample) if planned else None)
            return out, counted.call_count

    return _once_for_all_workers(f"published_{sample}_{planned}", made)


@cache
def exact(sample: str) -> pd.DataFrame:
    """Returns the rows of a published set at full precision, before disclosure control."""
    return _once_for_all_workers(f"exact_{sample}", lambda: restricted(persons(sample)))


def _once_for_all_workers(name: str, make: Callable[[], Made]) -> Made:
    """Returns what `make` returns, in the first worker that asks for it. The other workers wait, and then read
    it from a file."""
    if SHARED not in os.environ:  # no pytest: a script calls this
        return make()
    folder = Path(os.environ[SHARED])
    kept, written = folder / f"{name}.pickle", folder / f"{name}.part"
    try:
        (folder / name).mkdir()
    except FileExistsError:
        for _ in range(1200):  # two minutes
            if kept.exists():
                found: Made = pickle.loads(kept.read_bytes())
                return found
            time.sleep(0.1)
        return make()  # the other worker was stopped
    value = make()
    written.write_bytes(pickle.dumps(value))
    written.replace(kept)
    return value
