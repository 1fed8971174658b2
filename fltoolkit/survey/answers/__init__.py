"""Reads the answers to a yes/no question from the data. This package reads the codes in a cell, and decides
which blanks count as *no*, for example because the question was skipped."""
