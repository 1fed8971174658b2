"""Contains material for a class: an island whose truth is known, hundreds of samples from it, and exercises
that give hints, not solutions.

This folder may use every other folder of the package. Only `notebooks/teaching/` and the command `fltoolkit
class` use it.
"""

from fltoolkit.teaching.class_tables import hidden, numbers, spread, villages
from fltoolkit.teaching.described_people import routes
from fltoolkit.teaching.island_population import Island, island
from fltoolkit.teaching.lesson import Lesson, lesson
from fltoolkit.teaching.power_controls import play_sample_size, play_smallest_fall
from fltoolkit.teaching.redraw import Redraws, fall, redraw
from fltoolkit.teaching.redraw_controls import play_intervals, play_repeats, play_samples
from fltoolkit.teaching.redraw_pictures import difference, distribution, intervals

__all__ = [
    "Island", "Lesson", "Redraws", "difference", "distribution", "fall", "hidden", "intervals", "island",
    "lesson", "numbers", "play_intervals", "play_repeats", "play_sample_size", "play_samples",
    "play_smallest_fall", "redraw", "routes", "spread", "villages",
]  # fmt: skip
