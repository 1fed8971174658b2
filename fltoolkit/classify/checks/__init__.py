"""Checks of a survey's quality that need the classification."""
