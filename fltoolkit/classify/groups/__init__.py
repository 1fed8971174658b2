"""Groups for which the whole sample is needed, such as fifths of household wealth."""
