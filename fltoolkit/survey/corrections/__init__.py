"""Applies the corrections that survey.yaml makes in the data. Each is counted and reported."""
