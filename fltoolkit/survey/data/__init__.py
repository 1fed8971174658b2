"""Reads files and tables into one frame of persons. The rows are not loaded until they are needed."""
