"""Reads the answers to a yes/no question from the data: the codes in a cell, and the blanks that mean no, such as those of a
skipped question."""
