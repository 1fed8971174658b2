"""Pictures of redraws with controls above them; without interaction, the picture at its start. Labelled, and usable from the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fltoolkit.show.style import Picture
from fltoolkit.teaching.island import Island
from fltoolkit.teaching.pictures import METHODS, distribution, intervals
from fltoolkit.teaching.redraw import fall, redraw

SIZES = (300, 600, 1200, 2400, 4800, 9600)
TIMES = 500  # samples a picture: fast enough to follow a hand


def play_samples(people: Island, *, interactive: bool = False) -> Any:
    """The hill of the estimates beside that of simple random samples, everything that goes wrong switched on one by one."""

    def view(persons: int, weights_forgotten: bool, **switches: Any) -> Picture:
        drawn = redraw(people, TIMES, persons=persons, weighted=not weights_forgotten, **switches)
        on = [name for name, value in {**switches, "weights_forgotten": weights_forgotten}.items() if value]
        told = ", ".join(on).replace("_", " ") or "nothing switched on"
        return distribution({"simple random": redraw(people, TIMES, persons=persons), told: drawn})

    off = dict.fromkeys(("oversample", "weights_forgotten", "nonresponse", "response_error"), False)
    return _panel(view, interactive, persons=(1200, SIZES), clusters=True, **off)


def play_intervals(people: Island, *, interactive: bool = False) -> Any:
    """A hundred intervals, by size, method and clustering."""

    def view(persons: int, method: Any, clusters: bool) -> Picture:
        return intervals(redraw(people, TIMES, persons=persons, clusters=clusters), method)

    methods = tuple((words, name) for name, words in METHODS.items())
    return _panel(view, interactive, persons=(300, SIZES), method=("wald", methods), clusters=True)


def play_repeats(people: Island, *, interactive: bool = False) -> Any:
    """A hundred repeats after a true fall, by its size and that of both rounds."""

    def view(persons: int, fall_in_percent: int) -> Picture:
        rounds = (people, people.after_a_fall(fall_in_percent / 100))
        drawn = [redraw(p, TIMES, persons=persons, clusters=True, seed=i) for i, p in enumerate(rounds)]
        return intervals(fall(*drawn), zero=True)

    return _panel(view, interactive, persons=(4800, SIZES), fall_in_percent=(50, (0, 10, 25, 50, 75)))


def _panel(view: Callable[..., Picture], interactive: bool, **controls: Any) -> Any:
    """A view, below controls by name: a truth is a check box; a start and its choices are a slider."""
    if not interactive:
        return view(**{name: c if isinstance(c, bool) else c[0] for name, c in controls.items()})
    import ipywidgets as widgets

    def made(name: str, control: Any) -> Any:
        look = {"style": {"description_width": "12em"}, "layout": {"width": "40em"}}
        words = name.replace("_", " ").capitalize()
        if isinstance(control, bool):
            return widgets.Checkbox(control, description=words, **look)
        return widgets.SelectionSlider(options=control[1], value=control[0], description=words, **look)

    boxes, screen = {name: made(name, control) for name, control in controls.items()}, widgets.Output()

    def show(_: object = None) -> None:
        data = view(**{name: box.value for name, box in boxes.items()})._repr_mimebundle_()
        screen.outputs = ({"output_type": "display_data", "data": data, "metadata": {}},)

    for box in boxes.values():
        box.observe(show, names="value")
    show()
    return widgets.VBox([*boxes.values(), screen])
