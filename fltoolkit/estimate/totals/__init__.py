"""The one pass over persons, and the sums by unit and cell that come of it."""
