"""Calibrates weights to known population numbers."""
