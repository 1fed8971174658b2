"""Calibrates the survey weights, so that they add up to known numbers of persons in the population."""
