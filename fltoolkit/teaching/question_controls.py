"""Makes the controls with which a learner answers a question: radio buttons for choices, or a field for a
number.

The learner writes no code, so no syntax error is possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

LABEL = "Your answer"


def choice(choices: Sequence[str], start: str | None) -> Any:
    """Returns radio buttons, one for each possible answer. At first the button that `start` names is chosen.
    If `start` is None, no button is chosen.
    """
    import ipywidgets as widgets

    layout = {"width": "max-content", "max_width": "100%"}
    return widgets.RadioButtons(options=choices, value=start, description=LABEL, layout=layout)


def number_field(unit: str, start: str | None) -> Any:
    """Returns a field in which a learner types a number as an answer. While the field is empty, it shows the
    unit of the number.

    The field accepts any text. The number is read from the text when the answer is checked.
    """
    import ipywidgets as widgets

    layout = {"width": "26em", "max_width": "100%"}
    return widgets.Text(
        start or "", description=LABEL, placeholder=unit, continuous_update=False, layout=layout
    )
