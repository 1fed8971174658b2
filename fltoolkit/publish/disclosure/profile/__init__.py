"""Decides which rows of a profile of cases may be shown."""
