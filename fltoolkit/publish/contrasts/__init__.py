"""Differences between the categories of a group that survey.yaml names beforehand. They are published as one family of tests."""
