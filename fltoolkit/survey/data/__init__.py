"""Reads files and tables into one frame with a row for each person. The rows are not loaded until they are
needed."""
