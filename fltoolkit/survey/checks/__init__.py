"""Checks the data before any estimate."""
