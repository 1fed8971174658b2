"""Shows controls for two calculations: the smallest decrease that a repeat of a survey detects, and the
number of people that it needs. The learner sets numbers, and the result is shown below them."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan
from typing import Any

from fltoolkit.estimate.power_and_sample_size import detectable_change, sample_size
from fltoolkit.show.explore.explorer_controls import WIDE, with_controls
from fltoolkit.show.wording.section_words import Words

# For each number: its label, the smallest and the largest value, and the step.
NUMBERS = {
    "baseline": ("Baseline, per 1,000", 1.0, 500.0, 1.0),
    "persons": ("People in each round", 100.0, 1_000_000.0, 100.0),
    "cut": ("Cut, in %", 1.0, 99.0, 1.0),
    "deff": ("Design effect", 1.0, 20.0, 0.1),
}


def play_smallest_fall(*, interactive: bool = False) -> Any:
    """Shows the smallest decrease of the prevalence that a repeat of a survey detects with a probability of
    80%. The learner sets the baseline, the sample size and the design effect."""

    def view(baseline: float, persons: float, deff: float) -> Words:
        found = detectable_change(baseline / 1000, persons, deff=deff)
        start = (
            f"From {baseline:g} per 1,000, with {persons:,.0f} people in each round and a design "
            f"effect of {deff:g}:"
        )
        if isnan(found.relative):
            return Words(f"{start} not even a fall to zero would be found with a chance of 80%.")
        return Words(
            f"{start} the smallest fall that is found with a chance of 80% is "
            f"**{100 * found.relative:.1f}%**."
        )

    return _panel(view, interactive, baseline=10.0, persons=1000.0, deff=1.0)


def play_sample_size(*, interactive: bool = False) -> Any:
    """Shows the number of people who must answer in each of two surveys, so that a decrease of a given size
    is detected. The learner sets the baseline, the decrease and the design effect."""

    def view(baseline: float, cut: float, deff: float) -> Words:
        needed = sample_size(baseline / 1000, cut=cut / 100, deff=deff)
        start = (
            f"From {baseline:g} per 1,000, to find a cut by {cut:g}% with a chance of 80% at a "
            f"design effect of {deff:g}:"
        )
        return Words(f"{start} **{needed:,}** people in each round.")

    return _panel(view, interactive, baseline=10.0, cut=50.0, deff=1.0)


def _panel(view: Callable[..., Words], interactive: bool, **starts: float) -> Any:
    """Returns the text for the starting numbers. In an interactive lesson, there is a field for each number
    above the text.

    Args:
        view: the function that returns the text. Its arguments are the numbers in the fields.
        interactive: whether there are fields.
        starts: the starting number of each field.
    """
    if not interactive:
        return view(**starts)
    fields = {name: _field(name, start) for name, start in starts.items()}
    return with_controls(
        list(fields.values()), lambda: (view(**{name: field.value for name, field in fields.items()}),)
    )


def _field(name: str, start: float) -> Any:
    """Returns a field for a number. A number outside its limits is moved to the nearer limit. `name` is its
    key in NUMBERS."""
    import ipywidgets as widgets

    label, least, most, step = NUMBERS[name]
    return widgets.BoundedFloatText(start, min=least, max=most, step=step, description=label, **WIDE)
