"""Computes groups whose limits depend on the whole sample, such as fifths of household wealth."""
