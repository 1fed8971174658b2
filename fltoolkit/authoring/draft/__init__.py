"""Drafts a first survey.yaml from the column names, labels and codes of a data file."""
