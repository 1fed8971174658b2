"""What all explorers share: parts displayed as they stand, or on a screen under controls, drawn anew when one of them changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fltoolkit.show.charts.chart_style import MIME, Picture, Table
from fltoolkit.show.wording.section_words import Words

Part = Words | Picture | Table
WIDE = {"layout": {"width": "44em", "max_width": "100%"}, "style": {"description_width": "14em"}}


def static(parts: Sequence[Part]) -> None:
    """Display the parts of a view."""
    from IPython.display import display

    for part in parts:
        display(part)


def dropdown(label: str, options: Mapping[str, Any], value: Any) -> Any:
    """A native, labelled drop-down: the keyboard works it, and a screen reader names it."""
    import ipywidgets as widgets

    return widgets.Dropdown(options=tuple(options.items()), value=value, description=label, **WIDE)


def shell(
    controls: Sequence[Any],
    view: Callable[[], Sequence[Part]],
    beside: Sequence[Any] = (),
    changes: list[Callable[[], None]] | None = None,
) -> Any:
    """The controls above what `view` gives, which is drawn anew on every change of a control.

    Args:
        controls: widgets with a `value`.
        view: what is shown for the controls as they stand.
        beside: arranges many controls to the left of the view, where there is room.
        changes: what is called when something else changes that the view shows; redrawing is added to it.
    """
    import ipywidgets as widgets

    screen, busy = widgets.Output(), [False]

    def show(_: object = None) -> None:
        if busy[0]:  # a view may set its own controls; what that changes is drawn once
            return
        busy[0] = True
        try:
            drawn = [{"output_type": "display_data", "data": _bundle(part), "metadata": {}} for part in view()]
        finally:
            busy[0] = False
        screen.outputs = tuple(drawn)

    for control in controls:
        control.observe(show, names="value")
    if changes is not None:
        changes.append(show)
    show()
    if not beside:
        return widgets.VBox([*controls, screen])
    screen.layout.flex, screen.layout.min_width = "1 1 42em", "20em"
    return widgets.Box([widgets.VBox(beside), screen], layout={"flex_flow": "row wrap"})


def _bundle(part: Part) -> dict[str, Any]:
    if isinstance(part, Words):
        return {"text/markdown": part._repr_markdown_(), "text/plain": str(part)}
    data = part._repr_mimebundle_()
    if (
        MIME in data
    ):  # a screen's chart follows its width anyway; told to be responsive it may lose its height where it is not the first
        data[MIME]["config"] = {**data[MIME]["config"], "responsive": False}
    return data
