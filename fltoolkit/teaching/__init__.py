"""For a class: an island whose truth is known, samples redrawn from it by the hundred, and exercises that hint rather than tell.

It uses every room of the house, and nothing uses it but `notebooks/teaching/`.
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
    "Island", "Lesson", "Redraws", "difference", "distribution", "fall", "hidden", "intervals", "island", "lesson", "numbers",
    "play_intervals", "play_repeats", "play_sample_size", "play_samples", "play_smallest_fall", "redraw", "routes", "spread", "villages",
]  # fmt: skip
