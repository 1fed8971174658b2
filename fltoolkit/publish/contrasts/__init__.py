"""Tests the differences between the categories of the lead group: the group that survey.yaml names before the
analysis."""
