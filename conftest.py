"""Notebooks against their stored outputs (`pytest --nbval notebooks`): what is not compared there."""

from __future__ import annotations

from typing import Any


def pytest_collectstart(collector: Any) -> None:
    """A chart's JSON and warnings may differ between two machines; the numbers beside each chart are compared.

    What is printed are the steps of long cells, which a stored notebook does not keep.
    """
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("application/vnd.plotly.v1+json", "stderr", "stdout")
