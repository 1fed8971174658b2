"""A first survey.yaml, drafted from a data file's own names, labels and codes."""
