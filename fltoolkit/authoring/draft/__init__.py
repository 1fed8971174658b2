"""Drafts a first survey.yaml (the file that describes a survey to the kit) from the column names, labels and
codes of a data file.
"""
