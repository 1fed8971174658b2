"""Returns the content of a chart in the form in which a page draws it."""

from __future__ import annotations

import json
from typing import Any

from fltoolkit.show.charts.chart_style import MIME, Picture


def figure(picture: Picture) -> dict[str, Any]:
    """Returns the JSON that a notebook stores and a page draws."""
    data: dict[str, Any] = json.loads(json.dumps(picture._repr_mimebundle_()[MIME]))
    return data
