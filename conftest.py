"""What holds for the tests and for `pytest --nbval notebooks`: one thread a process, and what is not compared
with stored outputs."""

from __future__ import annotations

import os
from typing import Any

# Workers, kernels and commands share a few cores: threads of the linear algebra would wait for each other,
# and take the time of both. Set here, before numpy is loaded; whatever is started takes it over.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collectstart(collector: Any) -> None:
    """A chart's JSON and warnings may differ between two machines; the numbers beside each chart are
    compared.

    What is printed are the steps of long cells, which a stored notebook does not keep.
    """
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("application/vnd.plotly.v1+json", "stderr", "stdout")
