"""Checks that need the classification: what it shows about the quality of the survey."""
