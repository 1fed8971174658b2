"""Reads the answers to a yes/no question from the data. It reads the codes in a cell, and decides which blanks mean no, for
example because the question was skipped."""
