"""Shows pictures of many samples of the island, with controls above them. In a lesson that is not
interactive, only the first picture is shown.

Controls have labels and work by keyboard.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fltoolkit.show.charts.chart_style import Picture
from fltoolkit.show.explore.explorer_controls import WIDE, dropdown, with_controls
from fltoolkit.teaching.island_population import Island
from fltoolkit.teaching.redraw import fall, redraw
from fltoolkit.teaching.redraw_pictures import METHODS, distribution, intervals

OPTIONS: dict[str, dict[str, Any]] = {
    "persons": {f"{n:,}": n for n in (300, 600, 1200, 2400, 4800, 9600)},
    "method": {words: name for name, words in METHODS.items()},
    "cut": {f"{cut}%": cut for cut in (0, 10, 25, 50, 75)},
}
NAMES = {  # of the controls, as in the headings of the lessons
    "persons": "Persons asked",
    "clusters": "In villages",
    "oversample": "More on the coast",
    "weights_forgotten": "Weights forgotten",
    "nonresponse": "Some do not answer",
    "response_error": "Some answers are wrong",
    "method": "Method",
    "cut": "True fall",
}
TIMES = 500  # samples per picture: few enough for an immediate reaction


def play_samples(people: Island, *, interactive: bool = False) -> Any:
    """Shows the estimates of many samples of the island: a histogram for the chosen way of sampling, and a
    histogram for simple random samples.

    Each source of error can be switched on alone.
    """

    def view(persons: int, weights_forgotten: bool, **switches: Any) -> Picture:
        drawn = redraw(people, TIMES, persons=persons, weighted=not weights_forgotten, **switches)
        on = [
            NAMES[name].lower()
            for name, value in {**switches, "weights_forgotten": weights_forgotten}.items()
            if value
        ]
        design_words = ", ".join(on) or "nothing switched on"
        return distribution({"simple random": redraw(people, TIMES, persons=persons), design_words: drawn})

    off = dict.fromkeys(("oversample", "weights_forgotten", "nonresponse", "response_error"), False)
    return _panel(view, interactive, persons=1200, clusters=True, **off)


def play_intervals(people: Island, *, interactive: bool = False) -> Any:
    """Shows the confidence intervals of a hundred samples of the island. The user chooses the sample size,
    the method of the interval, and whether the sample has clusters.
    """

    def view(persons: int, method: Any, clusters: bool) -> Picture:
        return intervals(redraw(people, TIMES, persons=persons, clusters=clusters), method)

    return _panel(view, interactive, persons=300, method="wald", clusters=True)


def play_repeats(people: Island, *, interactive: bool = False) -> Any:
    """Shows the changes that a hundred repeats of a survey find after forced labour has truly decreased. The
    user chooses the size of the decrease, and the sample size of both rounds."""

    def view(persons: int, cut: int) -> Picture:
        rounds = (people, people.after_a_fall(cut / 100))
        drawn = [redraw(p, TIMES, persons=persons, clusters=True, seed=i) for i, p in enumerate(rounds)]
        return intervals(fall(*drawn), zero=True)

    return _panel(view, interactive, persons=4800, cut=50)


def _panel(view: Callable[..., Picture], interactive: bool, **starts: Any) -> Any:
    """Returns a picture with one control above it for each number or choice that it depends on.

    Args:
        view: the function that draws the picture. Its arguments are the values of the controls.
        interactive: whether there are controls. Otherwise the picture for the first values is returned alone.
        starts: the first value of each control.
    """
    if not interactive:
        return view(**starts)
    controls = {name: _control(name, start) for name, start in starts.items()}
    return with_controls(
        list(controls.values()),
        lambda: (view(**{name: control.value for name, control in controls.items()}),),
    )


def _control(name: str, start: Any) -> Any:
    """Returns a switch or a drop-down. A slider is not used: its handle has no name that a screen reader
    could say."""
    import ipywidgets as widgets

    return (
        dropdown(NAMES[name], OPTIONS[name], start)
        if name in OPTIONS
        else widgets.Checkbox(start, description=NAMES[name], **WIDE)
    )
