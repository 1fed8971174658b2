"""Reads the sample design of a survey (strata, sampling units, weights) and adds it to the rows of the
data."""
