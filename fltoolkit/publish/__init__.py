"""Room 4: what may leave: rounded, protected, each number with its flag and reason."""

from fltoolkit.publish.item_counts import contributions
from fltoolkit.publish.published_change import publish_change
from fltoolkit.publish.published_model import PublishedModel, risk_factors
from fltoolkit.publish.published_set import Published, paths, publish, publish_run
from fltoolkit.publish.response_error import ResponseError, observed_rate, response_error
from fltoolkit.publish.rounds_and_changes import Rounds, changes, rounds

__all__ = [
    "Published", "PublishedModel", "ResponseError", "Rounds", "changes", "contributions", "observed_rate", "paths", "publish",
    "publish_change", "publish_run", "response_error", "risk_factors", "rounds",
]  # fmt: skip
