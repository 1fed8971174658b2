"""The shipped survey's published set, and what it hides."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.publish.published_set import restricted

SAMPLE = Path(__file__).parents[2] / "data_samples" / "norvia_lfs_2025"


@pytest.fixture(scope="session")
def norvia_persons() -> fl.Survey:
    return fl.classify(fl.read_survey(SAMPLE / "survey.yaml"))


@pytest.fixture(scope="session")
def norvia_plan() -> fl.Plan:
    return fl.read_plan(SAMPLE / "nap.yaml")


@pytest.fixture(scope="session")
def norvia(norvia_persons: fl.Survey, norvia_plan: fl.Plan) -> fl.Published:
    return fl.publish_run(norvia_persons, plan=norvia_plan)


@pytest.fixture(scope="session")
def norvia_hidden(norvia: fl.Published, norvia_persons: fl.Survey, norvia_plan: fl.Plan) -> pd.DataFrame:
    """The estimates that the published set leaves out, as they were before."""
    full = restricted(norvia_persons, plan=norvia_plan)
    keys = ["measure", "reference_population", "breakdown", "category", "rule_set"]
    gone = norvia.table[norvia.table["estimate"].isna()][keys]
    return full.merge(gone, on=keys, validate="one_to_one")
