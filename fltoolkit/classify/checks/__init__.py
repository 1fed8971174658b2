"""Checks of a survey's quality that are possible only after its persons have been classified."""
