"""Runs the notebooks of one survey: their kernel, their state and their progress."""
