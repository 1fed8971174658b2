"""What a learner answers with: one of several choices is clicked, a number is typed. No quotes, and no code that could fail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

LABEL = "Your answer"


def choice(choices: Sequence[str], start: str | None) -> Any:
    """Radio buttons, of which none is chosen unless `start` says one."""
    import ipywidgets as widgets

    layout = {"width": "max-content", "max_width": "100%"}
    return widgets.RadioButtons(options=choices, value=start, description=LABEL, layout=layout)


def number_field(unit: str, start: str | None) -> Any:
    """A field for a number, which shows its unit while it is empty. It takes whatever is typed: the check says what it understood."""
    import ipywidgets as widgets

    layout = {"width": "26em", "max_width": "100%"}
    return widgets.Text(start or "", description=LABEL, placeholder=unit, continuous_update=False, layout=layout)
