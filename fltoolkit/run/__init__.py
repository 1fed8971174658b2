"""Runs the notebooks for many surveys, on one machine or on many."""
