"""Differences between groups that a run names beforehand and publishes as one family."""
