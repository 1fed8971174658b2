"""The shipped survey's published set, and what it hides."""

from __future__ import annotations

import pandas as pd
import pytest
import shipped

import fltoolkit as fl
from fltoolkit.publish.published_set import restricted


@pytest.fixture(scope="session")
def norvia_persons() -> fl.Survey:
    return shipped.persons(shipped.NORVIA)


@pytest.fixture(scope="session")
def norvia_plan() -> fl.Plan:
    return shipped.plan(shipped.NORVIA)


@pytest.fixture(scope="session")
def norvia() -> fl.Published:
    return shipped.published(shipped.NORVIA, planned=True)


@pytest.fixture(scope="session")
def norvia_hidden(norvia: fl.Published, norvia_persons: fl.Survey, norvia_plan: fl.Plan) -> pd.DataFrame:
    """The estimates that the published set leaves out, as they were before."""
    full = restricted(norvia_persons, plan=norvia_plan)
    keys = ["measure", "reference_population", "breakdown", "category", "rule_set"]
    gone = norvia.table[norvia.table["estimate"].isna()][keys]
    return full.merge(gone, on=keys, validate="one_to_one")
