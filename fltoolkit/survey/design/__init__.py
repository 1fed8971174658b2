"""Connects the sample design (strata, sampling units, weights) with the data."""
