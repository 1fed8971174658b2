"""Helps to run the notebooks of one survey: resets their kernel, shows their progress, and writes their
disclosure record."""
