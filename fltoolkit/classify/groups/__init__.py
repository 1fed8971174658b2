"""Groups that are computed from the whole sample, and not from a person's row alone."""
