"""Groups that are made of the whole sample, and not of a person’s row alone."""
