"""The controls with which a learner answers: click one of several choices, or type a number.

A learner types no quotes and no code that could fail.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

LABEL = "Your answer"


def choice(choices: Sequence[str], start: str | None) -> Any:
    """Returns radio buttons, one for each possible answer. At first the button that `start` names is chosen. If `start` is None,
    no button is chosen.
    """
    import ipywidgets as widgets

    layout = {"width": "max-content", "max_width": "100%"}
    return widgets.RadioButtons(options=choices, value=start, description=LABEL, layout=layout)


def number_field(unit: str, start: str | None) -> Any:
    """Returns a field in which a learner types a number as an answer.

    While the field is empty, it shows the unit of the number. It accepts any text. The check of the answer then says how it read
    the text.
    """
    import ipywidgets as widgets

    layout = {"width": "26em", "max_width": "100%"}
    return widgets.Text(start or "", description=LABEL, placeholder=unit, continuous_update=False, layout=layout)
