"""Checks the weights of a survey, and its replicate weights, by their sums."""
