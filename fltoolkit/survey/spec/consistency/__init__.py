"""Checks that different parts of a survey.yaml fit together."""
