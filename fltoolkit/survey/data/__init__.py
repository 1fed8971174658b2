"""Reads files and tables into one frame of persons, which is not loaded until it is needed."""
