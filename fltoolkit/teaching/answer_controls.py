"""The controls with which a learner answers: click one of several choices, or type a number.

No quotes, and no code that could fail.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

LABEL = "Your answer"


def choice(choices: Sequence[str], start: str | None) -> Any:
    """Returns radio buttons. None is chosen unless `start` names one."""
    import ipywidgets as widgets

    layout = {"width": "max-content", "max_width": "100%"}
    return widgets.RadioButtons(options=choices, value=start, description=LABEL, layout=layout)


def number_field(unit: str, start: str | None) -> Any:
    """Returns a field for a number.

    It shows its unit while it is empty, and accepts any text: the check says what it understood.
    """
    import ipywidgets as widgets

    layout = {"width": "26em", "max_width": "100%"}
    return widgets.Text(start or "", description=LABEL, placeholder=unit, continuous_update=False, layout=layout)
